#include "base/span.h"

#include <atf-c.h>
#include <string.h>

#include "tests/support/guard.h"
#include "tests/support/prng.h"
#include "tests/support/spans.h"

ATF_TC_WITHOUT_HEAD(of__text__all_but_its_nul);
ATF_TC_BODY(of__text__all_but_its_nul, tc)
{
	CHECK_SPAN("abc", span_of("abc"));
}

ATF_TC_WITHOUT_HEAD(of__null__empty);
ATF_TC_BODY(of__null__empty, tc)
{
	ATF_CHECK_EQ(0, span_of(NULL).size_bytes);
}

ATF_TC_WITHOUT_HEAD(from__less_than_all__rest);
ATF_TC_BODY(from__less_than_all__rest, tc)
{
	CHECK_SPAN("c", span_from(SPAN("abc"), 2));
}

ATF_TC_WITHOUT_HEAD(from__nothing__all);
ATF_TC_BODY(from__nothing__all, tc)
{
	CHECK_SPAN("abc", span_from(SPAN("abc"), 0));
}

ATF_TC_WITHOUT_HEAD(from__all__empty);
ATF_TC_BODY(from__all__empty, tc)
{
	ATF_CHECK_EQ(0, span_from(SPAN("abc"), 3).size_bytes);
}

ATF_TC_WITHOUT_HEAD(from__more_than_all__empty);
ATF_TC_BODY(from__more_than_all__empty, tc)
{
	ATF_CHECK_EQ(0, span_from(SPAN("abc"), (size_t)-1).size_bytes);
}

ATF_TC_WITHOUT_HEAD(line__lf__goes_with_it);
ATF_TC_BODY(line__lf__goes_with_it, tc)
{
	struct span rest = SPAN("one\ntwo");

	CHECK_SPAN("one\n", span_line(&rest));
}

ATF_TC_WITHOUT_HEAD(line__lf__rest_behind_it);
ATF_TC_BODY(line__lf__rest_behind_it, tc)
{
	struct span rest = SPAN("one\ntwo");

	(void)span_line(&rest);
	CHECK_SPAN("two", rest);
}

ATF_TC_WITHOUT_HEAD(line__no_lf__what_is_left);
ATF_TC_BODY(line__no_lf__what_is_left, tc)
{
	struct span rest = SPAN("two");

	CHECK_SPAN("two", span_line(&rest));
}

ATF_TC_WITHOUT_HEAD(line__no_lf__nothing_left);
ATF_TC_BODY(line__no_lf__nothing_left, tc)
{
	struct span rest = SPAN("two");

	(void)span_line(&rest);
	ATF_CHECK_EQ(0, rest.size_bytes);
}

ATF_TC_WITHOUT_HEAD(line__nothing__empty);
ATF_TC_BODY(line__nothing__empty, tc)
{
	struct span rest = { NULL, 0 };

	ATF_CHECK_EQ(0, span_line(&rest).size_bytes);
}

ATF_TC_WITHOUT_HEAD(line__nul_and_cr__are_bytes);
ATF_TC_BODY(line__nul_and_cr__are_bytes, tc)
{
	struct span rest = SPAN("a\0b\rc\r\nd");

	CHECK_SPAN("a\0b\rc\r\n", span_line(&rest));
}

ATF_TC_WITHOUT_HEAD(line__any_bytes__lines_make_the_whole);
ATF_TC_BODY(line__any_bytes__lines_make_the_whole, tc)
{
	static const char *const words[] = { "\n", "a", "\r\n", "bcd" };
	char text[200];
	unsigned int seed;

	for (seed = 0; seed < 5000; seed++) {
		struct prng prng = prng_start(seed);
		size_t length = prng_words(&prng, text, sizeof(text), words, 4);
		struct span rest = guard_place(text, length);
		const char *at = rest.at;

		while (rest.size_bytes > 0) {
			struct span line = span_line(&rest);

			ATF_REQUIRE_MSG(line.at == at && line.size_bytes > 0 &&
				memchr(line.at, '\n', line.size_bytes - 1) ==
				    NULL,
			    "seed %u", seed);
			at += line.size_bytes;
			length -= line.size_bytes;
		}
		ATF_REQUIRE_EQ_MSG(0, length, "seed %u", seed);
	}
}

ATF_TC_WITHOUT_HEAD(starts__prefix__yes);
ATF_TC_BODY(starts__prefix__yes, tc)
{
	ATF_CHECK(span_starts(SPAN("From x"), "From "));
}

ATF_TC_WITHOUT_HEAD(starts__other_case__no);
ATF_TC_BODY(starts__other_case__no, tc)
{
	ATF_CHECK(!span_starts(SPAN("from x"), "From "));
}

ATF_TC_WITHOUT_HEAD(starts__span_shorter__no);
ATF_TC_BODY(starts__span_shorter__no, tc)
{
	ATF_CHECK(!span_starts(guard_place("Fro", 3), "From "));
}

ATF_TC_WITHOUT_HEAD(starts__empty_span__only_with_nothing);
ATF_TC_BODY(starts__empty_span__only_with_nothing, tc)
{
	ATF_CHECK(!span_starts(SPAN(""), "a"));
	ATF_CHECK(span_starts(SPAN(""), ""));
}

ATF_TC_WITHOUT_HEAD(starts_nocase__other_case__yes);
ATF_TC_BODY(starts_nocase__other_case__yes, tc)
{
	ATF_CHECK(span_starts_nocase(SPAN("mEsSaGe-Id: x"), "Message-ID"));
}

ATF_TC_WITHOUT_HEAD(starts_nocase__span_shorter__no);
ATF_TC_BODY(starts_nocase__span_shorter__no, tc)
{
	ATF_CHECK(!span_starts_nocase(guard_place("ab", 2), "abc"));
}

ATF_TC_WITHOUT_HEAD(starts_nocase__nul_in_span__no);
ATF_TC_BODY(starts_nocase__nul_in_span__no, tc)
{
	ATF_CHECK(!span_starts_nocase(SPAN("a\0c"), "abc"));
}

ATF_TC_WITHOUT_HEAD(trim__blanks_and_line_ends__gone);
ATF_TC_BODY(trim__blanks_and_line_ends__gone, tc)
{
	CHECK_SPAN("a b", span_trim(SPAN(" \t\r\na b\n\r\t ")));
}

ATF_TC_WITHOUT_HEAD(trim__only_blanks__empty);
ATF_TC_BODY(trim__only_blanks__empty, tc)
{
	ATF_CHECK_EQ(0, span_trim(SPAN(" \t\r\n")).size_bytes);
}

ATF_TC_WITHOUT_HEAD(trim__other_control_bytes__stay);
ATF_TC_BODY(trim__other_control_bytes__stay, tc)
{
	CHECK_SPAN("\va\f", span_trim(SPAN("\va\f")));
}

/* ---- span_has_control -------------------------------------------------- */

ATF_TC_WITHOUT_HEAD(has_control__each_byte__those_below_blank_and_del);
ATF_TC_BODY(has_control__each_byte__those_below_blank_and_del, tc)
{
	char text[3] = "a.b";
	struct span whole = { text, sizeof(text) };
	int byte;

	for (byte = 0; byte < 256; byte++) {
		text[1] = (char)(unsigned char)byte;
		ATF_CHECK_EQ(byte < 32 || byte == 127, span_has_control(whole));
	}
	whole.size_bytes = 0;
	ATF_CHECK(!span_has_control(whole));
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, of__text__all_but_its_nul);
	ATF_TP_ADD_TC(tp, of__null__empty);
	ATF_TP_ADD_TC(tp, from__less_than_all__rest);
	ATF_TP_ADD_TC(tp, from__nothing__all);
	ATF_TP_ADD_TC(tp, from__all__empty);
	ATF_TP_ADD_TC(tp, from__more_than_all__empty);
	ATF_TP_ADD_TC(tp, line__lf__goes_with_it);
	ATF_TP_ADD_TC(tp, line__lf__rest_behind_it);
	ATF_TP_ADD_TC(tp, line__no_lf__what_is_left);
	ATF_TP_ADD_TC(tp, line__no_lf__nothing_left);
	ATF_TP_ADD_TC(tp, line__nothing__empty);
	ATF_TP_ADD_TC(tp, line__nul_and_cr__are_bytes);
	ATF_TP_ADD_TC(tp, line__any_bytes__lines_make_the_whole);
	ATF_TP_ADD_TC(tp, starts__prefix__yes);
	ATF_TP_ADD_TC(tp, starts__other_case__no);
	ATF_TP_ADD_TC(tp, starts__span_shorter__no);
	ATF_TP_ADD_TC(tp, starts__empty_span__only_with_nothing);
	ATF_TP_ADD_TC(tp, starts_nocase__other_case__yes);
	ATF_TP_ADD_TC(tp, starts_nocase__span_shorter__no);
	ATF_TP_ADD_TC(tp, starts_nocase__nul_in_span__no);
	ATF_TP_ADD_TC(tp, trim__blanks_and_line_ends__gone);
	ATF_TP_ADD_TC(tp, trim__only_blanks__empty);
	ATF_TP_ADD_TC(tp, trim__other_control_bytes__stay);
	ATF_TP_ADD_TC(tp, has_control__each_byte__those_below_blank_and_del);
	return atf_no_error();
}
