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

ATF_TC_WITHOUT_HEAD(cut__within_a_character__before_it);
ATF_TC_BODY(cut__within_a_character__before_it, tc)
{
	ATF_CHECK_EQ(1, span_cut(SPAN("a\360\237\230\200"), 1));
	ATF_CHECK_EQ(1, span_cut(SPAN("a\360\237\230\200"), 4));
	ATF_CHECK_EQ(5, span_cut(SPAN("a\360\237\230\200"), 5));
	ATF_CHECK_EQ(5, span_cut(SPAN("a\360\237\230\200b"), 5));
}

ATF_TC_WITHOUT_HEAD(cut__no_utf_8__where_it_is);
ATF_TC_BODY(cut__no_utf_8__where_it_is, tc)
{
	ATF_CHECK_EQ(6, span_cut(SPAN("\200\200\200\200\200\200\200\200"), 6));
}

ATF_TC_WITHOUT_HEAD(piece__line_that_fits__without_its_lf);
ATF_TC_BODY(piece__line_that_fits__without_its_lf, tc)
{
	struct span rest = SPAN("abcd\n\nefg");

	CHECK_SPAN("abcd", span_piece(&rest, 4));
	CHECK_SPAN("", span_piece(&rest, 4));
	CHECK_SPAN("efg", span_piece(&rest, 4));
	ATF_CHECK_EQ(0, rest.size_bytes);
}

ATF_TC_WITHOUT_HEAD(piece__too_long__to_the_last_blank);
ATF_TC_BODY(piece__too_long__to_the_last_blank, tc)
{
	struct span rest = SPAN("ab cd efgh\n");

	CHECK_SPAN("ab cd", span_piece(&rest, 5));
	CHECK_SPAN("efgh", span_piece(&rest, 5));
	ATF_CHECK_EQ(0, rest.size_bytes);
}

ATF_TC_WITHOUT_HEAD(piece__no_blank__between_characters);
ATF_TC_BODY(piece__no_blank__between_characters, tc)
{
	struct span rest = SPAN("abc\303\274d");

	CHECK_SPAN("abc", span_piece(&rest, 4));
	CHECK_SPAN("\303\274d", span_piece(&rest, 4));
}

/* Nothing is lost but line ends and the blanks that stood at them. */
ATF_TC_WITHOUT_HEAD(piece__any_text__short_and_in_order);
ATF_TC_BODY(piece__any_text__short_and_in_order, tc)
{
	static const char *const words[] = { "\n", " ", "a", "word",
		"\303\274", "\360\237\230\200" };
	struct prng prng;
	char text[200];
	int round;

	prng = prng_start(7);
	for (round = 0; round < 20000; round++) {
		size_t size = prng_words(&prng, text, sizeof(text), words, 6);
		size_t most = 4 + prng_below(&prng, 30);
		struct span rest = { text, size };
		const char *at = text;

		while (rest.size_bytes > 0) {
			struct span piece = span_piece(&rest, most);

			ATF_REQUIRE(piece.size_bytes <= most);
			ATF_REQUIRE(piece.at == at);
			at += piece.size_bytes;
			if (at != text + size && at != rest.at) {
				ATF_REQUIRE(*at == ' ' || *at == '\n');
				at++;
			}
			ATF_REQUIRE(at == text + size - rest.size_bytes);
		}
		ATF_REQUIRE(at == text + size);
	}
}

ATF_TC_WITHOUT_HEAD(equals__same_bytes__yes_wherever_they_lie);
ATF_TC_BODY(equals__same_bytes__yes_wherever_they_lie, tc)
{
	const struct span nowhere = { NULL, 0 };

	ATF_CHECK(span_equals(guard_place("a\0b", 3), SPAN("a\0b")));
	ATF_CHECK(span_equals(nowhere, span_of("")));
}

ATF_TC_WITHOUT_HEAD(equals__another_byte_or_length__no);
ATF_TC_BODY(equals__another_byte_or_length__no, tc)
{
	ATF_CHECK(!span_equals(guard_place("a\0b", 3), SPAN("a\0c")));
	ATF_CHECK(!span_equals(span_of("ab"), span_of("a")));
	ATF_CHECK(!span_equals(span_of("a"), span_of("A")));
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
	ATF_TP_ADD_TC(tp, equals__same_bytes__yes_wherever_they_lie);
	ATF_TP_ADD_TC(tp, equals__another_byte_or_length__no);
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
	ATF_TP_ADD_TC(tp, cut__within_a_character__before_it);
	ATF_TP_ADD_TC(tp, cut__no_utf_8__where_it_is);
	ATF_TP_ADD_TC(tp, piece__line_that_fits__without_its_lf);
	ATF_TP_ADD_TC(tp, piece__too_long__to_the_last_blank);
	ATF_TP_ADD_TC(tp, piece__no_blank__between_characters);
	ATF_TP_ADD_TC(tp, piece__any_text__short_and_in_order);
	return atf_no_error();
}
