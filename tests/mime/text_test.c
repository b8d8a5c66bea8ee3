#include "mime/text.h"

#include <atf-c.h>
#include <stdlib.h>
#include <string.h>

#include "mime/charset.h"
#include "tests/support/arenas.h"
#include "tests/support/guard.h"
#include "tests/support/prng.h"
#include "tests/support/spans.h"

#define CHECK_DECODED(want, text) \
	CHECK_SPAN(want, text_header(SPAN(text), test_arena()))

ATF_TC_WITHOUT_HEAD(unfold__line_ends__gone_and_blanks_kept);
ATF_TC_BODY(unfold__line_ends__gone_and_blanks_kept, tc)
{
	CHECK_SPAN("a  b\tc",
	    text_unfold(SPAN("  a \r\n b\n\tc \n"), test_arena()));
}

ATF_TC_WITHOUT_HEAD(unfold__one_line__borrowed);
ATF_TC_BODY(unfold__one_line__borrowed, tc)
{
	struct span raw = SPAN(" abc ");
	struct span got = text_unfold(raw, test_arena());

	CHECK_SPAN("abc", got);
	ATF_CHECK(got.at == raw.at + 1);
}

ATF_TC_WITHOUT_HEAD(unfold__lone_cr__stays);
ATF_TC_BODY(unfold__lone_cr__stays, tc)
{
	CHECK_SPAN("a\rb c", text_unfold(SPAN("a\rb\n c"), test_arena()));
}

ATF_TC_WITHOUT_HEAD(decode__rfc_2047_8_examples__as_displayed);
ATF_TC_BODY(decode__rfc_2047_8_examples__as_displayed, tc)
{
	CHECK_DECODED("a", "=?ISO-8859-1?Q?a?=");
	CHECK_DECODED("a b", "=?ISO-8859-1?Q?a?= b");
	CHECK_DECODED("ab", "=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=");
	CHECK_DECODED("ab", "=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=");
	CHECK_DECODED("ab", "=?ISO-8859-1?Q?a?=\n  =?ISO-8859-1?Q?b?=");
	CHECK_DECODED("a b", "=?ISO-8859-1?Q?a_b?=");
	CHECK_DECODED("a b", "=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=");
}

ATF_TC_WITHOUT_HEAD(decode__rfc_2047_headers__utf8);
ATF_TC_BODY(decode__rfc_2047_headers__utf8, tc)
{
	CHECK_DECODED("Keld J\303\270rn Simonsen <keld@dkuug.dk>",
	    "=?ISO-8859-1?Q?Keld_J=F8rn_Simonsen?= <keld@dkuug.dk>");
	CHECK_DECODED("If you can read this you understand the example.",
	    "=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?=\n"
	    " =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=");
}

ATF_TC_WITHOUT_HEAD(decode__lower_case__the_same);
ATF_TC_BODY(decode__lower_case__the_same, tc)
{
	CHECK_DECODED("\303\244", "=?utf-8?q?=c3=a4?=");
	CHECK_DECODED("\303\244", "=?UTF-8?b?w6Q=?=");
}

ATF_TC_WITHOUT_HEAD(decode__language__passed_over);
ATF_TC_BODY(decode__language__passed_over, tc)
{
	CHECK_DECODED("a", "=?us-ascii*en-gb?Q?a?=");
}

ATF_TC_WITHOUT_HEAD(decode__character_cut_between_words__put_together);
ATF_TC_BODY(decode__character_cut_between_words__put_together, tc)
{
	CHECK_DECODED("\303\244", "=?utf-8?Q?=C3?= =?utf-8?Q?=A4?=");
	CHECK_DECODED("\342\202\254x",
	    "=?utf-8?B?4oI=?= =?utf-8?B?rA==?= =?utf-8?Q?x?=");
}

ATF_TC_WITHOUT_HEAD(decode__unknown_set__as_written);
ATF_TC_BODY(decode__unknown_set__as_written, tc)
{
	CHECK_DECODED("=?x-none?Q?a?= b", "=?x-none?Q?a?= b");
	CHECK_DECODED("c =?x-none?Q?a?= d",
	    "=?utf-8?Q?c?= =?x-none?Q?a?= =?utf-8?Q?d?=");
}

ATF_TC_WITHOUT_HEAD(decode__broken_words__as_written);
ATF_TC_BODY(decode__broken_words__as_written, tc)
{
	CHECK_DECODED("=?utf-8?Q?a", "=?utf-8?Q?a");
	CHECK_DECODED("=?utf-8?Q?a?", "=?utf-8?Q?a?");
	CHECK_DECODED("=?utf-8?X?a?=", "=?utf-8?X?a?=");
	CHECK_DECODED("=?utf-8?Q?a b?=", "=?utf-8?Q?a b?=");
	CHECK_DECODED("=?utf-8?Q?=G1?=", "=?utf-8?Q?=G1?=");
	CHECK_DECODED("=?utf-8?B?!!?=", "=?utf-8?B?!!?=");
	CHECK_DECODED("=\?\?Q?a?=", "=\?\?Q?a?=");
	CHECK_DECODED("= ?=?", "= ?=?");
}

ATF_TC_WITHOUT_HEAD(decode__empty_word__nothing);
ATF_TC_BODY(decode__empty_word__nothing, tc)
{
	CHECK_DECODED("a  b", "a =?utf-8?Q?\?= b");
}

ATF_TC_WITHOUT_HEAD(decode__no_words__borrowed);
ATF_TC_BODY(decode__no_words__borrowed, tc)
{
	struct span raw = SPAN("a = b");
	struct span got = text_decode(raw, test_arena());

	ATF_CHECK(got.at == raw.at && got.size_bytes == raw.size_bytes);
}

ATF_TC_WITHOUT_HEAD(decode__wrong_bytes_of_the_set__replaced);
ATF_TC_BODY(decode__wrong_bytes_of_the_set__replaced, tc)
{
	CHECK_DECODED("\357\277\275", "=?utf-8?Q?=FF?=");
}

ATF_TC_WITHOUT_HEAD(decode__any_bytes__no_crash_and_no_growth);
ATF_TC_BODY(decode__any_bytes__no_crash_and_no_growth, tc)
{
	static const char *const words[] = { "=?", "?=", "utf-8", "?Q?", "?B?",
		"=C3", "w6Q=", " ", "iso-8859-1", "\n " };
	char text[300];
	unsigned int seed;

	for (seed = 0; seed < 20000; seed++) {
		struct prng prng = prng_start(seed);
		size_t length =
		    prng_words(&prng, text, sizeof(text), words, 10);
		struct span got =
		    text_header(guard_place(text, length), test_arena());

		ATF_REQUIRE_MSG(got.size_bytes <= 3 * length, "seed %u", seed);
	}
}

static void
check_fast(const char *piece)
{
	size_t size_bytes = 10 << 20;
	char *text = malloc(size_bytes);
	struct span whole = { text, size_bytes };
	double before_s = cpu_s();
	size_t i;

	ATF_REQUIRE(text != NULL);
	for (i = 0; i < size_bytes; i++)
		text[i] = piece[i % strlen(piece)];
	(void)text_header(whole, test_arena());
	ATF_CHECK_MSG(cpu_s() - before_s < limit_s(), "%s", piece);
	free(text);
}

ATF_TC_WITHOUT_HEAD(decode__ten_megabytes__within_two_seconds);
ATF_TC_BODY(decode__ten_megabytes__within_two_seconds, tc)
{
	check_fast("=?");
	check_fast("=?utf-8?Q?");
	check_fast("=?utf-8?Q?a?= ");
	check_fast("=?utf-8?B?YQ==?=\n ");
	check_fast("=?utf-8?Q?a?=                       x");
	check_fast("=?aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	check_fast("=?utf-8?Q?a?= =?latin1?Q?b?= ");
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, unfold__line_ends__gone_and_blanks_kept);
	ATF_TP_ADD_TC(tp, unfold__one_line__borrowed);
	ATF_TP_ADD_TC(tp, unfold__lone_cr__stays);
	ATF_TP_ADD_TC(tp, decode__rfc_2047_8_examples__as_displayed);
	ATF_TP_ADD_TC(tp, decode__rfc_2047_headers__utf8);
	ATF_TP_ADD_TC(tp, decode__lower_case__the_same);
	ATF_TP_ADD_TC(tp, decode__language__passed_over);
	ATF_TP_ADD_TC(tp, decode__character_cut_between_words__put_together);
	ATF_TP_ADD_TC(tp, decode__unknown_set__as_written);
	ATF_TP_ADD_TC(tp, decode__broken_words__as_written);
	ATF_TP_ADD_TC(tp, decode__empty_word__nothing);
	ATF_TP_ADD_TC(tp, decode__no_words__borrowed);
	ATF_TP_ADD_TC(tp, decode__wrong_bytes_of_the_set__replaced);
	ATF_TP_ADD_TC(tp, decode__any_bytes__no_crash_and_no_growth);
	ATF_TP_ADD_TC(tp, decode__ten_megabytes__within_two_seconds);
	return atf_no_error();
}
