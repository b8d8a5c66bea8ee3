#include "message/trace.h"

#include <atf-c.h>
#include <stdlib.h>
#include <string.h>

#include "base/block.h"
#include "tests/support/guard.h"
#include "tests/support/prng.h"
#include "tests/support/spans.h"

static const struct trace_rules missing = { TRACE_MISSING, TRACE_MISSING };
static const struct trace_rules always = { TRACE_ALWAYS, TRACE_ALWAYS };
static const struct trace_rules never = { TRACE_NEVER, TRACE_NEVER };

static const struct envelope both = { { "al@a", 4 }, { "bo@b", 4 }, true,
	true };

/* The lines for a message; the process's end frees them. */
static struct span
lines_of(const struct trace_rules *rules, const struct envelope *envelope,
    const char *text)
{
	struct span head = guard_place(text, strlen(text));
	struct span lines = { "unset", 5 };
	struct header header;
	struct failure why;

	header_scan(&header, head);
	ATF_REQUIRE_EQ(VERDICT_OK,
	    trace_make(&lines, rules, envelope, &header, head, &why));
	return lines;
}

ATF_TC_WITHOUT_HEAD(missing__no_such_fields__both_lines);
ATF_TC_BODY(missing__no_such_fields__both_lines, tc)
{
	CHECK_SPAN("Return-Path: <al@a>\nDelivered-To: bo@b\n",
	    lines_of(&missing, &both, "A: b\n\n"));
}

ATF_TC_WITHOUT_HEAD(missing__return_path_there__other_line_alone);
ATF_TC_BODY(missing__return_path_there__other_line_alone, tc)
{
	CHECK_SPAN("Delivered-To: bo@b\n",
	    lines_of(&missing, &both, "return-path: <x>\n\n"));
}

ATF_TC_WITHOUT_HEAD(missing__delivered_to_there__other_line_alone);
ATF_TC_BODY(missing__delivered_to_there__other_line_alone, tc)
{
	CHECK_SPAN("Return-Path: <al@a>\n",
	    lines_of(&missing, &both, "A: b\nDelivered-To: x\n\n"));
}

ATF_TC_WITHOUT_HEAD(missing__both_there__nothing);
ATF_TC_BODY(missing__both_there__nothing, tc)
{
	ATF_CHECK_EQ(0,
	    lines_of(&missing, &both, "Return-Path: x\nDelivered-To: y\n\n")
		.size_bytes);
}

ATF_TC_WITHOUT_HEAD(always__both_there__both_lines);
ATF_TC_BODY(always__both_there__both_lines, tc)
{
	CHECK_SPAN("Return-Path: <al@a>\nDelivered-To: bo@b\n",
	    lines_of(&always, &both, "Return-Path: x\nDelivered-To: y\n\n"));
}

ATF_TC_WITHOUT_HEAD(never__none_there__nothing);
ATF_TC_BODY(never__none_there__nothing, tc)
{
	ATF_CHECK_EQ(0, lines_of(&never, &both, "A: b\n\n").size_bytes);
}

ATF_TC_WITHOUT_HEAD(always__nothing_known__nothing);
ATF_TC_BODY(always__nothing_known__nothing, tc)
{
	static const struct envelope nobody;

	ATF_CHECK_EQ(0, lines_of(&always, &nobody, "A: b\n\n").size_bytes);
}

ATF_TC_WITHOUT_HEAD(null_sender__known__empty_angle_brackets);
ATF_TC_BODY(null_sender__known__empty_angle_brackets, tc)
{
	struct envelope envelope = { { NULL, 0 }, { NULL, 0 }, true, false };

	CHECK_SPAN("Return-Path: <>\n",
	    lines_of(&missing, &envelope, "A: b\n\n"));
}

ATF_TC_WITHOUT_HEAD(crlf__header__lines_end_alike);
ATF_TC_BODY(crlf__header__lines_end_alike, tc)
{
	CHECK_SPAN("Return-Path: <al@a>\r\nDelivered-To: bo@b\r\n",
	    lines_of(&missing, &both, "A: b\r\n\r\n"));
}

ATF_TC_WITHOUT_HEAD(control_bytes__in_addresses__question_marks);
ATF_TC_BODY(control_bytes__in_addresses__question_marks, tc)
{
	struct envelope envelope = { { "a\nB: c", 6 }, { "d\r\0\177e", 5 },
		true, true };

	CHECK_SPAN("Return-Path: <a?B: c>\nDelivered-To: d???e\n",
	    lines_of(&missing, &envelope, "A: b\n\n"));
}

ATF_TC_WITHOUT_HEAD(bytes_of_8_bits__in_addresses__kept);
ATF_TC_BODY(bytes_of_8_bits__in_addresses__kept, tc)
{
	struct envelope envelope = { { "\xc3\xa4@b", 4 }, { NULL, 0 }, true,
		false };

	CHECK_SPAN("Return-Path: <\xc3\xa4@b>\n",
	    lines_of(&missing, &envelope, "A: b\n\n"));
}

ATF_TC_WITHOUT_HEAD(body_alone__no_field_first__empty_line_after_ours);
ATF_TC_BODY(body_alone__no_field_first__empty_line_after_ours, tc)
{
	CHECK_SPAN("Return-Path: <al@a>\nDelivered-To: bo@b\n\n",
	    lines_of(&missing, &both, "hello\n"));
}

ATF_TC_WITHOUT_HEAD(body_alone__crlf__empty_line_is_crlf);
ATF_TC_BODY(body_alone__crlf__empty_line_is_crlf, tc)
{
	CHECK_SPAN("Return-Path: <al@a>\r\nDelivered-To: bo@b\r\n\r\n",
	    lines_of(&missing, &both, "hello\r\n"));
}

ATF_TC_WITHOUT_HEAD(body_alone__folded_line_first__empty_line_after_ours);
ATF_TC_BODY(body_alone__folded_line_first__empty_line_after_ours, tc)
{
	CHECK_SPAN("Return-Path: <al@a>\nDelivered-To: bo@b\n\n",
	    lines_of(&missing, &both, " X: y\n"));
}

ATF_TC_WITHOUT_HEAD(body_alone__nothing_to_add__nothing);
ATF_TC_BODY(body_alone__nothing_to_add__nothing, tc)
{
	ATF_CHECK_EQ(0, lines_of(&never, &both, "hello\n").size_bytes);
}

ATF_TC_WITHOUT_HEAD(empty_line_first__lines__no_second_one);
ATF_TC_BODY(empty_line_first__lines__no_second_one, tc)
{
	CHECK_SPAN("Return-Path: <al@a>\nDelivered-To: bo@b\n",
	    lines_of(&missing, &both, "\nhello\n"));
	CHECK_SPAN("Return-Path: <al@a>\r\nDelivered-To: bo@b\r\n",
	    lines_of(&missing, &both, "\r\nhello\r\n"));
}

ATF_TC_WITHOUT_HEAD(empty_message__lines__no_empty_line);
ATF_TC_BODY(empty_message__lines__no_empty_line, tc)
{
	CHECK_SPAN("Return-Path: <al@a>\nDelivered-To: bo@b\n",
	    lines_of(&missing, &both, ""));
}

static size_t
line_ends(struct span text)
{
	size_t count = 0;

	while (text.size_bytes > 0)
		if (span_line(&text).size_bytes > 0)
			count++;
	return count;
}

ATF_TC_WITHOUT_HEAD(any_bytes__in_addresses__never_add_a_field);
ATF_TC_BODY(any_bytes__in_addresses__never_add_a_field, tc)
{
	static const char *const words[] = { "\n", "\r\n", "\nBcc: x\n", "\r",
		"a@b", ">", " ", "\n\n" };
	char text[2][80];
	unsigned int seed;

	for (seed = 0; seed < 20000; seed++) {
		struct prng prng = prng_start(seed);
		struct envelope envelope = {
			{ text[0], prng_words(&prng, text[0], 80, words, 8) },
			{ text[1], prng_words(&prng, text[1], 80, words, 8) },
			true, true
		};
		struct span lines = lines_of(&always, &envelope, "A: b\n");
		struct span rest = lines;
		struct span line = span_line(&rest);

		ATF_REQUIRE_EQ_MSG(2, line_ends(lines), "seed %u", seed);
		ATF_REQUIRE_MSG(span_starts(line, "Return-Path: <") &&
			span_starts(rest, "Delivered-To: ") &&
			lines.size_bytes ==
			    strlen("Return-Path: <>\nDelivered-To: \n") +
				envelope.sender.size_bytes +
				envelope.recipient.size_bytes &&
			memchr(lines.at, '\r', lines.size_bytes) == NULL,
		    "seed %u", seed);
		block_give((void *)lines.at);
	}
}

ATF_TC_WITHOUT_HEAD(any_message__scanned_again__same_fields_behind_ours);
ATF_TC_BODY(any_message__scanned_again__same_fields_behind_ours, tc)
{
	static const char *const words[] = { "A: b\n", " c\n", "\n", "\r\n",
		"hello\n", "Received: x\n", ":" };
	static char whole[1000];
	char text[120];
	unsigned int seed;

	for (seed = 0; seed < 10000; seed++) {
		struct prng prng = prng_start(seed);
		size_t length =
		    prng_words(&prng, text, sizeof(text) - 1, words, 7);
		struct span head = { text, length };
		struct header before;
		struct header after;
		struct span lines;
		struct span all;
		struct failure why;

		header_scan(&before, head);
		ATF_REQUIRE_EQ(VERDICT_OK,
		    trace_make(&lines, &always, &both, &before, head, &why));
		memcpy(whole, lines.at, lines.size_bytes);
		memcpy(whole + lines.size_bytes, text, length);
		all = guard_place(whole, lines.size_bytes + length);
		header_scan(&after, all);
		ATF_REQUIRE_EQ_MSG(before.has_received, after.has_received,
		    "seed %u", seed);
		if (before.fields.size_bytes > 0)
			ATF_REQUIRE_EQ_MSG(lines.size_bytes +
				before.fields.size_bytes,
			    after.fields.size_bytes, "seed %u", seed);
		else
			ATF_REQUIRE_MSG(after.fields.size_bytes <=
				lines.size_bytes,
			    "seed %u", seed);
		block_give((void *)lines.at);
	}
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, missing__no_such_fields__both_lines);
	ATF_TP_ADD_TC(tp, missing__return_path_there__other_line_alone);
	ATF_TP_ADD_TC(tp, missing__delivered_to_there__other_line_alone);
	ATF_TP_ADD_TC(tp, missing__both_there__nothing);
	ATF_TP_ADD_TC(tp, always__both_there__both_lines);
	ATF_TP_ADD_TC(tp, never__none_there__nothing);
	ATF_TP_ADD_TC(tp, always__nothing_known__nothing);
	ATF_TP_ADD_TC(tp, null_sender__known__empty_angle_brackets);
	ATF_TP_ADD_TC(tp, crlf__header__lines_end_alike);
	ATF_TP_ADD_TC(tp, control_bytes__in_addresses__question_marks);
	ATF_TP_ADD_TC(tp, bytes_of_8_bits__in_addresses__kept);
	ATF_TP_ADD_TC(tp, body_alone__no_field_first__empty_line_after_ours);
	ATF_TP_ADD_TC(tp, body_alone__crlf__empty_line_is_crlf);
	ATF_TP_ADD_TC(tp, body_alone__folded_line_first__empty_line_after_ours);
	ATF_TP_ADD_TC(tp, body_alone__nothing_to_add__nothing);
	ATF_TP_ADD_TC(tp, empty_line_first__lines__no_second_one);
	ATF_TP_ADD_TC(tp, empty_message__lines__no_empty_line);
	ATF_TP_ADD_TC(tp, any_bytes__in_addresses__never_add_a_field);
	ATF_TP_ADD_TC(tp, any_message__scanned_again__same_fields_behind_ours);
	return atf_no_error();
}
