#include "message/header.h"

#include <atf-c.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/guard.h"
#include "tests/support/prng.h"
#include "tests/support/spans.h"

static struct header
scan(const char *text)
{
	struct header header;

	memset(&header, 0xff, sizeof(header));
	header_scan(&header, guard_place(text, strlen(text)));
	return header;
}

ATF_TC_WITHOUT_HEAD(scan__fields_and_body__fields_end_at_empty_line);
ATF_TC_BODY(scan__fields_and_body__fields_end_at_empty_line, tc)
{
	struct header header = scan("A: 1\nB: 2\n\nC: 3\n");

	CHECK_SPAN("A: 1\nB: 2\n", header.fields);
}

ATF_TC_WITHOUT_HEAD(scan__folded_lines__belong_to_fields);
ATF_TC_BODY(scan__folded_lines__belong_to_fields, tc)
{
	struct header header = scan("A: 1\n 2\n\t3\nB: 4\n\nbody\n");

	CHECK_SPAN("A: 1\n 2\n\t3\nB: 4\n", header.fields);
}

ATF_TC_WITHOUT_HEAD(scan__no_field_first__no_header);
ATF_TC_BODY(scan__no_field_first__no_header, tc)
{
	ATF_CHECK_EQ(0, scan("hello\nSubject: x\n").fields.size_bytes);
}

ATF_TC_WITHOUT_HEAD(scan__folded_line_first__no_header);
ATF_TC_BODY(scan__folded_line_first__no_header, tc)
{
	ATF_CHECK_EQ(0, scan(" A: 1\nB: 2\n").fields.size_bytes);
}

ATF_TC_WITHOUT_HEAD(scan__empty_line_first__no_header);
ATF_TC_BODY(scan__empty_line_first__no_header, tc)
{
	ATF_CHECK_EQ(0, scan("\nReceived: x\n").fields.size_bytes);
}

ATF_TC_WITHOUT_HEAD(scan__empty_message__no_header);
ATF_TC_BODY(scan__empty_message__no_header, tc)
{
	ATF_CHECK_EQ(0, scan("").fields.size_bytes);
}

ATF_TC_WITHOUT_HEAD(scan__no_body__all_are_fields);
ATF_TC_BODY(scan__no_body__all_are_fields, tc)
{
	CHECK_SPAN("A: 1\n", scan("A: 1\n").fields);
}

ATF_TC_WITHOUT_HEAD(scan__line_that_is_no_field__ends_header);
ATF_TC_BODY(scan__line_that_is_no_field__ends_header, tc)
{
	CHECK_SPAN("A: 1\n", scan("A: 1\n>From x\nB: 2\n").fields);
}

ATF_TC_WITHOUT_HEAD(scan__nothing_of_interest__all_false);
ATF_TC_BODY(scan__nothing_of_interest__all_false, tc)
{
	struct header header = scan("Subject: x\n\n");

	ATF_CHECK(!header.has_message_id);
	ATF_CHECK(!header.has_received);
	ATF_CHECK(!header.has_return_path);
	ATF_CHECK(!header.has_delivered_to);
	ATF_CHECK(!header.is_crlf);
	ATF_CHECK_EQ(0, header.message_id.size_bytes);
}

ATF_TC_WITHOUT_HEAD(scan__message_id__value_is_trimmed);
ATF_TC_BODY(scan__message_id__value_is_trimmed, tc)
{
	struct header header = scan("message-id:  <a@b> \r\n\r\n");

	ATF_CHECK(header.has_message_id);
	CHECK_SPAN("<a@b>", header.message_id);
}

ATF_TC_WITHOUT_HEAD(scan__two_message_ids__first_counts);
ATF_TC_BODY(scan__two_message_ids__first_counts, tc)
{
	CHECK_SPAN("<1>",
	    scan("Message-ID: <1>\nMessage-ID: <2>\n").message_id);
}

ATF_TC_WITHOUT_HEAD(scan__empty_message_id_first__stays_empty);
ATF_TC_BODY(scan__empty_message_id_first__stays_empty, tc)
{
	struct header header = scan("Message-ID:\nMessage-ID: <2>\n");

	ATF_CHECK(header.has_message_id);
	ATF_CHECK_EQ(0, header.message_id.size_bytes);
}

ATF_TC_WITHOUT_HEAD(scan__each_known_field__noted);
ATF_TC_BODY(scan__each_known_field__noted, tc)
{
	ATF_CHECK(scan("Received: x\n").has_received);
	ATF_CHECK(scan("Return-Path: <>\n").has_return_path);
	ATF_CHECK(scan("Delivered-To: x\n").has_delivered_to);
}

ATF_TC_WITHOUT_HEAD(scan__longer_name__not_noted);
ATF_TC_BODY(scan__longer_name__not_noted, tc)
{
	ATF_CHECK(!scan("Received-SPF: x\n").has_received);
	ATF_CHECK(!scan("X-Received: x\n").has_received);
}

ATF_TC_WITHOUT_HEAD(scan__name_inside_folded_line__not_noted);
ATF_TC_BODY(scan__name_inside_folded_line__not_noted, tc)
{
	ATF_CHECK(!scan("Subject: x\n Received: y\n").has_received);
}

ATF_TC_WITHOUT_HEAD(scan__name_in_body__not_noted);
ATF_TC_BODY(scan__name_in_body__not_noted, tc)
{
	ATF_CHECK(!scan("Subject: x\n\nReceived: y\n").has_received);
}

ATF_TC_WITHOUT_HEAD(scan__blanks_before_colon__a_field);
ATF_TC_BODY(scan__blanks_before_colon__a_field, tc)
{
	struct header header = scan("Message-ID \t: <a@b>\n\n");

	CHECK_SPAN("<a@b>", header.message_id);
}

ATF_TC_WITHOUT_HEAD(scan__crlf__known_by_the_first_line);
ATF_TC_BODY(scan__crlf__known_by_the_first_line, tc)
{
	ATF_CHECK(scan("A: 1\r\nB: 2\n\n").is_crlf);
	ATF_CHECK(!scan("A: 1\nB: 2\r\n\r\n").is_crlf);
}

ATF_TC_WITHOUT_HEAD(scan__crlf__empty_line_ends_header);
ATF_TC_BODY(scan__crlf__empty_line_ends_header, tc)
{
	CHECK_SPAN("A: 1\r\n", scan("A: 1\r\n\r\nB: 2\r\n").fields);
}

ATF_TC_WITHOUT_HEAD(scan__crlf_without_header__known);
ATF_TC_BODY(scan__crlf_without_header__known, tc)
{
	ATF_CHECK(scan("hello\r\n").is_crlf);
}

ATF_TC_WITHOUT_HEAD(scan__cut_in_a_value__counts_by_its_name);
ATF_TC_BODY(scan__cut_in_a_value__counts_by_its_name, tc)
{
	struct header header = scan("A: 1\nReceived: fro");

	ATF_CHECK(header.has_received);
	CHECK_SPAN("A: 1\nReceived: fro", header.fields);
}

ATF_TC_WITHOUT_HEAD(scan__cut_behind_the_colon__counts);
ATF_TC_BODY(scan__cut_behind_the_colon__counts, tc)
{
	struct header header = scan("Message-ID:");

	ATF_CHECK(header.has_message_id);
	ATF_CHECK_EQ(0, header.message_id.size_bytes);
}

ATF_TC_WITHOUT_HEAD(scan__cut_in_a_name__no_field);
ATF_TC_BODY(scan__cut_in_a_name__no_field, tc)
{
	CHECK_SPAN("A: 1\n", scan("A: 1\nReceiv").fields);
}

ATF_TC_WITHOUT_HEAD(scan__8_bit_value__a_field);
ATF_TC_BODY(scan__8_bit_value__a_field, tc)
{
	CHECK_SPAN("Subject: \xc3\xa4\xff\n",
	    scan("Subject: \xc3\xa4\xff\n\n").fields);
}

ATF_TC_WITHOUT_HEAD(scan__8_bit_name__no_field);
ATF_TC_BODY(scan__8_bit_name__no_field, tc)
{
	ATF_CHECK_EQ(0,
	    scan("S\xc3\xbc"
		 "bject: x\n")
		.fields.size_bytes);
}

ATF_TC_WITHOUT_HEAD(scan__nul_in_value__a_byte);
ATF_TC_BODY(scan__nul_in_value__a_byte, tc)
{
	struct header header;

	header_scan(&header, SPAN("A: \0 x\nReceived: y\n\n"));
	CHECK_SPAN("A: \0 x\nReceived: y\n", header.fields);
	ATF_CHECK(header.has_received);
}

ATF_TC_WITHOUT_HEAD(scan__line_of_4_mb__one_field);
ATF_TC_BODY(scan__line_of_4_mb__one_field, tc)
{
	enum { LINE_BYTES = 4 * 1024 * 1024 };
	char *text = malloc(LINE_BYTES);
	struct span whole = { text, LINE_BYTES };
	struct header header;

	ATF_REQUIRE(text != NULL);
	memset(text, 'x', LINE_BYTES);
	memcpy(text, "A:", 2);
	text[LINE_BYTES - 2] = '\n';
	text[LINE_BYTES - 1] = '\n';
	header_scan(&header, whole);
	ATF_CHECK_EQ(LINE_BYTES - 1, header.fields.size_bytes);
	free(text);
}

ATF_TC_WITHOUT_HEAD(is_field__forms__as_rfc_5322);
ATF_TC_BODY(is_field__forms__as_rfc_5322, tc)
{
	ATF_CHECK(header_is_field(SPAN("A:")));
	ATF_CHECK(header_is_field(SPAN("!#$~: x")));
	ATF_CHECK(header_is_field(SPAN("A \t :")));
	ATF_CHECK(!header_is_field(SPAN("")));
	ATF_CHECK(!header_is_field(SPAN(":")));
	ATF_CHECK(!header_is_field(SPAN(" A:")));
	ATF_CHECK(!header_is_field(SPAN("A")));
	ATF_CHECK(!header_is_field(SPAN("A ")));
	ATF_CHECK(!header_is_field(SPAN("A B: c")));
	ATF_CHECK(!header_is_field(SPAN("A\0:")));
	ATF_CHECK(!header_is_field(SPAN("From a@b Mon Jan  1 00:00:00 2024")));
}

ATF_TC_WITHOUT_HEAD(is_named__either_case__yes);
ATF_TC_BODY(is_named__either_case__yes, tc)
{
	ATF_CHECK(header_is_named(SPAN("rEcEiVeD: x"), "Received"));
	ATF_CHECK(header_is_named(SPAN("Received : x"), "received"));
}

ATF_TC_WITHOUT_HEAD(is_named__other_length__no);
ATF_TC_BODY(is_named__other_length__no, tc)
{
	ATF_CHECK(!header_is_named(SPAN("Receive: x"), "Received"));
	ATF_CHECK(!header_is_named(SPAN("Received2: x"), "Received"));
}

ATF_TC_WITHOUT_HEAD(is_named__no_colon__no);
ATF_TC_BODY(is_named__no_colon__no, tc)
{
	ATF_CHECK(!header_is_named(SPAN("Received"), "Received"));
}

static bool
lies_within(struct span part, struct span whole)
{
	return part.size_bytes == 0 ||
	    (part.at >= whole.at &&
		part.at + part.size_bytes <= whole.at + whole.size_bytes);
}

/* What the contract says about fields, line by line. */
static bool
ends_rightly(struct span fields, struct span head)
{
	struct span rest = span_from(head, fields.size_bytes);
	struct span next = span_line(&rest);

	if (next.size_bytes == 0)
		return true;
	if (fields.size_bytes > 0 && (next.at[0] == ' ' || next.at[0] == '\t'))
		return false;
	return !header_is_field(next);
}

ATF_TC_WITHOUT_HEAD(scan__any_bytes__fields_are_a_prefix_of_whole_lines);
ATF_TC_BODY(scan__any_bytes__fields_are_a_prefix_of_whole_lines, tc)
{
	static const char *const words[] = { "Message-ID", "Received", ":", " ",
		"\t", "\n", "\n", "\r\n", "A: b\n", "\n\n", "<x@y>" };
	struct header header;
	char text[300];
	unsigned int seed;

	for (seed = 0; seed < 20000; seed++) {
		struct prng prng = prng_start(seed);
		struct span head = guard_place(text,
		    prng_words(&prng, text, sizeof(text), words, 11));

		header_scan(&header, head);
		ATF_REQUIRE_MSG(header.fields.size_bytes <= head.size_bytes &&
			(header.fields.size_bytes == 0 ||
			    header.fields.at == head.at),
		    "seed %u", seed);
		ATF_REQUIRE_MSG(ends_rightly(header.fields, head), "seed %u",
		    seed);
		ATF_REQUIRE_MSG(lies_within(header.message_id, header.fields),
		    "seed %u", seed);
	}
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, scan__fields_and_body__fields_end_at_empty_line);
	ATF_TP_ADD_TC(tp, scan__folded_lines__belong_to_fields);
	ATF_TP_ADD_TC(tp, scan__no_field_first__no_header);
	ATF_TP_ADD_TC(tp, scan__folded_line_first__no_header);
	ATF_TP_ADD_TC(tp, scan__empty_line_first__no_header);
	ATF_TP_ADD_TC(tp, scan__empty_message__no_header);
	ATF_TP_ADD_TC(tp, scan__no_body__all_are_fields);
	ATF_TP_ADD_TC(tp, scan__line_that_is_no_field__ends_header);
	ATF_TP_ADD_TC(tp, scan__nothing_of_interest__all_false);
	ATF_TP_ADD_TC(tp, scan__message_id__value_is_trimmed);
	ATF_TP_ADD_TC(tp, scan__two_message_ids__first_counts);
	ATF_TP_ADD_TC(tp, scan__empty_message_id_first__stays_empty);
	ATF_TP_ADD_TC(tp, scan__each_known_field__noted);
	ATF_TP_ADD_TC(tp, scan__longer_name__not_noted);
	ATF_TP_ADD_TC(tp, scan__name_inside_folded_line__not_noted);
	ATF_TP_ADD_TC(tp, scan__name_in_body__not_noted);
	ATF_TP_ADD_TC(tp, scan__blanks_before_colon__a_field);
	ATF_TP_ADD_TC(tp, scan__crlf__known_by_the_first_line);
	ATF_TP_ADD_TC(tp, scan__crlf__empty_line_ends_header);
	ATF_TP_ADD_TC(tp, scan__crlf_without_header__known);
	ATF_TP_ADD_TC(tp, scan__cut_in_a_value__counts_by_its_name);
	ATF_TP_ADD_TC(tp, scan__cut_behind_the_colon__counts);
	ATF_TP_ADD_TC(tp, scan__cut_in_a_name__no_field);
	ATF_TP_ADD_TC(tp, scan__8_bit_value__a_field);
	ATF_TP_ADD_TC(tp, scan__8_bit_name__no_field);
	ATF_TP_ADD_TC(tp, scan__nul_in_value__a_byte);
	ATF_TP_ADD_TC(tp, scan__line_of_4_mb__one_field);
	ATF_TP_ADD_TC(tp, is_field__forms__as_rfc_5322);
	ATF_TP_ADD_TC(tp, is_named__either_case__yes);
	ATF_TP_ADD_TC(tp, is_named__other_length__no);
	ATF_TP_ADD_TC(tp, is_named__no_colon__no);
	ATF_TP_ADD_TC(tp, scan__any_bytes__fields_are_a_prefix_of_whole_lines);
	return atf_no_error();
}
