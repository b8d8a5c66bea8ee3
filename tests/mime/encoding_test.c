#include "mime/encoding.h"

#include <atf-c.h>
#include <string.h>

#include "mime/charset.h"
#include "mime/text.h"
#include "tests/support/arenas.h"
#include "tests/support/guard.h"
#include "tests/support/prng.h"
#include "tests/support/spans.h"

static struct span
base64(struct span text, bool want)
{
	struct buffer out;

	buffer_start(&out, test_arena());
	ATF_CHECK_EQ(want, encoding_add_base64(&out, text));
	return buffer_span(&out);
}

static struct span
quoted(struct span text)
{
	struct buffer out;

	buffer_start(&out, test_arena());
	encoding_add_quoted(&out, text);
	return buffer_span(&out);
}

static struct span
word(struct span text, size_t line_bytes)
{
	struct buffer out;

	buffer_start(&out, test_arena());
	encoding_add_word(&out, text, line_bytes);
	return buffer_span(&out);
}

ATF_TC_WITHOUT_HEAD(base64__rfc_4648_10_examples__their_bytes);
ATF_TC_BODY(base64__rfc_4648_10_examples__their_bytes, tc)
{
	CHECK_SPAN("", base64(SPAN(""), true));
	CHECK_SPAN("f", base64(SPAN("Zg=="), true));
	CHECK_SPAN("fo", base64(SPAN("Zm8="), true));
	CHECK_SPAN("foo", base64(SPAN("Zm9v"), true));
	CHECK_SPAN("foob", base64(SPAN("Zm9vYg=="), true));
	CHECK_SPAN("fooba", base64(SPAN("Zm9vYmE="), true));
	CHECK_SPAN("foobar", base64(SPAN("Zm9v\r\nYmFy\n"), true));
}

ATF_TC_WITHOUT_HEAD(base64__no_padding__taken);
ATF_TC_BODY(base64__no_padding__taken, tc)
{
	CHECK_SPAN("f", base64(SPAN("Zg"), true));
}

ATF_TC_WITHOUT_HEAD(base64__wrong_bytes__passed_over_and_told);
ATF_TC_BODY(base64__wrong_bytes__passed_over_and_told, tc)
{
	CHECK_SPAN("foo", base64(SPAN("Z!m9*v"), false));
	CHECK_SPAN("foo", base64(SPAN("Zm9vY"), false));
}

ATF_TC_WITHOUT_HEAD(base64__pieces_with_padding__each_decoded);
ATF_TC_BODY(base64__pieces_with_padding__each_decoded, tc)
{
	CHECK_SPAN("ffo", base64(SPAN("Zg==Zm8="), true));
}

ATF_TC_WITHOUT_HEAD(quoted__rfc_2045_6_7_example__one_line);
ATF_TC_BODY(quoted__rfc_2045_6_7_example__one_line, tc)
{
	CHECK_SPAN("Now's the time for all folk to come to the aid of their "
		   "country.",
	    quoted(SPAN("Now's the time =\n"
			"for all folk to come=\r\n"
			" to the aid of their country.")));
}

ATF_TC_WITHOUT_HEAD(quoted__codes__either_case);
ATF_TC_BODY(quoted__codes__either_case, tc)
{
	CHECK_SPAN("\303\244=\n", quoted(SPAN("=C3=a4=3D\n")));
}

ATF_TC_WITHOUT_HEAD(quoted__blanks_at_line_end__gone);
ATF_TC_BODY(quoted__blanks_at_line_end__gone, tc)
{
	CHECK_SPAN("a\nb\r\n", quoted(SPAN("a \t\nb  \r\n")));
}

ATF_TC_WITHOUT_HEAD(quoted__no_code__stays);
ATF_TC_BODY(quoted__no_code__stays, tc)
{
	CHECK_SPAN("a=b =G0", quoted(SPAN("a=b =G0")));
}

ATF_TC_WITHOUT_HEAD(word__plain__as_it_is);
ATF_TC_BODY(word__plain__as_it_is, tc)
{
	CHECK_SPAN("hello world", word(SPAN("hello world"), 9));
}

ATF_TC_WITHOUT_HEAD(word__line_ends__blanks);
ATF_TC_BODY(word__line_ends__blanks, tc)
{
	CHECK_SPAN("a  Bcc: x", word(SPAN("a\r\nBcc: x"), 9));
}

ATF_TC_WITHOUT_HEAD(word__other_control_bytes__encoded);
ATF_TC_BODY(word__other_control_bytes__encoded, tc)
{
	struct span got = word(SPAN("a\ab"), 9);
	struct arena arena;

	ATF_CHECK(span_starts(got, "=?utf-8?B?"));
	arena_start(&arena, 10000);
	CHECK_SPAN("a\ab", text_decode(got, &arena));
	arena_end(&arena);
}

ATF_TC_WITHOUT_HEAD(word__looks_encoded__encoded);
ATF_TC_BODY(word__looks_encoded__encoded, tc)
{
	struct span got = word(SPAN("=?utf-8?Q?a?="), 9);
	struct arena arena;

	ATF_CHECK(span_starts(got, "=?utf-8?B?"));
	arena_start(&arena, 10000);
	CHECK_SPAN("=?utf-8?Q?a?=", text_decode(got, &arena));
	arena_end(&arena);
}

static void
check_lines(struct span text, size_t taken_bytes)
{
	while (text.size_bytes > 0) {
		struct span line = span_line(&text);

		ATF_CHECK(taken_bytes + line.size_bytes <= 78);
		ATF_CHECK(taken_bytes > 0 || span_trim(line).size_bytes > 0);
		ATF_CHECK(taken_bytes > 0 || line.at[0] == ' ');
		taken_bytes = 0;
	}
}

ATF_TC_WITHOUT_HEAD(word__long__folded_and_read_back);
ATF_TC_BODY(word__long__folded_and_read_back, tc)
{
	char text[400];
	unsigned int seed;

	for (seed = 0; seed < 5000; seed++) {
		static const char *const words[] = { "word ", "\303\244",
			"longer-word", "\342\202\254", " ", "x" };
		struct prng prng = prng_start(seed);
		size_t count = seed % 2 == 0 ? 6 : 1;
		size_t length = 0;
		struct span got, back;
		struct arena arena;

		while (length < 350) {
			const char *piece = words[prng_below(&prng, count)];

			memcpy(text + length, piece, strlen(piece));
			length += strlen(piece);
		}
		arena_start(&arena, 100000);
		got = word(guard_place(text, length), 9);
		check_lines(got, 9);
		back = text_header(got, &arena);
		ATF_CHECK_MSG(span_equals(back,
				  span_trim((struct span){ text, length })) ||
			span_equals(back, (struct span){ text, length }),
		    "seed %u", seed);
		arena_end(&arena);
	}
}

ATF_TC_WITHOUT_HEAD(all__any_bytes__no_crash);
ATF_TC_BODY(all__any_bytes__no_crash, tc)
{
	static const char *const words[] = { "=", "=C3", "Zg==", "\n", "\r\n",
		" ", "_", "=\n" };
	char text[200];
	unsigned int seed;

	for (seed = 0; seed < 10000; seed++) {
		struct prng prng = prng_start(seed);
		size_t length = prng_words(&prng, text, sizeof(text), words, 8);
		struct span bytes = guard_place(text, length);
		struct buffer out;

		buffer_start(&out, test_arena());
		(void)encoding_add_base64(&out, bytes);
		encoding_add_quoted(&out, bytes);
		(void)encoding_add_q(&out, bytes);
		ATF_REQUIRE_MSG(out.size_bytes <= 3 * length, "seed %u", seed);
		encoding_add_word(&out, bytes, 20);
	}
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, base64__rfc_4648_10_examples__their_bytes);
	ATF_TP_ADD_TC(tp, base64__no_padding__taken);
	ATF_TP_ADD_TC(tp, base64__wrong_bytes__passed_over_and_told);
	ATF_TP_ADD_TC(tp, base64__pieces_with_padding__each_decoded);
	ATF_TP_ADD_TC(tp, quoted__rfc_2045_6_7_example__one_line);
	ATF_TP_ADD_TC(tp, quoted__codes__either_case);
	ATF_TP_ADD_TC(tp, quoted__blanks_at_line_end__gone);
	ATF_TP_ADD_TC(tp, quoted__no_code__stays);
	ATF_TP_ADD_TC(tp, word__plain__as_it_is);
	ATF_TP_ADD_TC(tp, word__line_ends__blanks);
	ATF_TP_ADD_TC(tp, word__other_control_bytes__encoded);
	ATF_TP_ADD_TC(tp, word__looks_encoded__encoded);
	ATF_TP_ADD_TC(tp, word__long__folded_and_read_back);
	ATF_TP_ADD_TC(tp, all__any_bytes__no_crash);
	return atf_no_error();
}
