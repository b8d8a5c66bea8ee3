#include "sieve/compare.h"

#include <atf-c.h>
#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/guard.h"
#include "tests/support/prng.h"
#include "tests/support/spans.h"

static int
sign(int order)
{
	return (order > 0) - (order < 0);
}

#define CHECK_ORDER(want, comparator, a, b)                             \
	do {                                                            \
		ATF_CHECK_EQ(want,                                      \
		    sign(compare_order(comparator, SPAN(a), SPAN(b)))); \
		ATF_CHECK_EQ(-(want),                                   \
		    sign(compare_order(comparator, SPAN(b), SPAN(a)))); \
	} while (0)

ATF_TC_WITHOUT_HEAD(named__known__its_comparator);
ATF_TC_BODY(named__known__its_comparator, tc)
{
	enum comparator comparator = COMPARATOR_OCTET;

	ATF_CHECK(compare_named(&comparator, SPAN("i;ascii-numeric")));
	ATF_CHECK_EQ(COMPARATOR_NUMERIC, comparator);
	ATF_CHECK(compare_named(&comparator, SPAN("I;OCTET")));
	ATF_CHECK_EQ(COMPARATOR_OCTET, comparator);
	ATF_CHECK(compare_named(&comparator, SPAN("i;ascii-casemap")));
	ATF_CHECK_EQ(COMPARATOR_CASEMAP, comparator);
	ATF_CHECK(!compare_named(&comparator, SPAN("i;unicode-casemap")));
	ATF_CHECK(!compare_named(&comparator, SPAN("")));
}

ATF_TC_WITHOUT_HEAD(substrings__numeric__has_none);
ATF_TC_BODY(substrings__numeric__has_none, tc)
{
	ATF_CHECK(compare_has_substrings(COMPARATOR_OCTET));
	ATF_CHECK(compare_has_substrings(COMPARATOR_CASEMAP));
	ATF_CHECK(!compare_has_substrings(COMPARATOR_NUMERIC));
}

ATF_TC_WITHOUT_HEAD(octet__bytes__as_unsigned);
ATF_TC_BODY(octet__bytes__as_unsigned, tc)
{
	CHECK_ORDER(0, COMPARATOR_OCTET, "a\0b", "a\0b");
	CHECK_ORDER(1, COMPARATOR_OCTET, "a\0c", "a\0b");
	CHECK_ORDER(1, COMPARATOR_OCTET, "a", "A");
	CHECK_ORDER(1, COMPARATOR_OCTET, "ab", "a");
	CHECK_ORDER(1, COMPARATOR_OCTET, "\377", "a");
	CHECK_ORDER(1, COMPARATOR_OCTET, "a", "");
	CHECK_ORDER(0, COMPARATOR_OCTET, "", "");
}

ATF_TC_WITHOUT_HEAD(casemap__ascii_letters__alike);
ATF_TC_BODY(casemap__ascii_letters__alike, tc)
{
	CHECK_ORDER(0, COMPARATOR_CASEMAP, "aBc", "AbC");
	CHECK_ORDER(0, COMPARATOR_CASEMAP, "a\0b", "A\0B");
	CHECK_ORDER(1, COMPARATOR_CASEMAP, "b", "A");
	CHECK_ORDER(1, COMPARATOR_CASEMAP, "a_", "aa");
	CHECK_ORDER(1, COMPARATOR_CASEMAP, "\303\244", "\303\204");
	CHECK_ORDER(1, COMPARATOR_CASEMAP, "ab", "A");
}

ATF_TC_WITHOUT_HEAD(numeric__rfc_4790_9_1__numbers);
ATF_TC_BODY(numeric__rfc_4790_9_1__numbers, tc)
{
	CHECK_ORDER(1, COMPARATOR_NUMERIC, "10", "9");
	CHECK_ORDER(0, COMPARATOR_NUMERIC, "007", "7abc");
	CHECK_ORDER(0, COMPARATOR_NUMERIC, "0", "000");
	CHECK_ORDER(1, COMPARATOR_NUMERIC, "99999999999999999999999",
	    "99999999999999999999998");
}

ATF_TC_WITHOUT_HEAD(numeric__no_digit__infinite_and_all_alike);
ATF_TC_BODY(numeric__no_digit__infinite_and_all_alike, tc)
{
	CHECK_ORDER(1, COMPARATOR_NUMERIC, "abc", "99999999999999999999");
	CHECK_ORDER(0, COMPARATOR_NUMERIC, "abc", "");
	CHECK_ORDER(0, COMPARATOR_NUMERIC, "-1", "+1");
}

ATF_TC_WITHOUT_HEAD(count__key__compared_as_text_of_the_comparator);
ATF_TC_BODY(count__key__compared_as_text_of_the_comparator, tc)
{
	ATF_CHECK(compare_count(COMPARATOR_NUMERIC, 10, SPAN("9")) > 0);
	ATF_CHECK_EQ(0, compare_count(COMPARATOR_NUMERIC, 0, SPAN("0")));
	ATF_CHECK(compare_count(COMPARATOR_CASEMAP, 10, SPAN("9")) < 0);
	ATF_CHECK(compare_count(COMPARATOR_NUMERIC, 10, SPAN("x")) < 0);
}

ATF_TC_WITHOUT_HEAD(relation__each_word__holds_as_it_says);
ATF_TC_BODY(relation__each_word__holds_as_it_says, tc)
{
	static const struct {
		const char *name;
		bool less, equal, greater;
	} known[] = { { "gt", false, false, true }, { "ge", false, true, true },
		{ "lt", true, false, false }, { "le", true, true, false },
		{ "EQ", false, true, false }, { "ne", true, false, true } };
	enum relation relation = RELATION_GT;
	size_t i;

	for (i = 0; i < 6; i++) {
		ATF_REQUIRE(
		    compare_relation_named(&relation, span_of(known[i].name)));
		ATF_CHECK_EQ(known[i].less, compare_holds(relation, -5));
		ATF_CHECK_EQ(known[i].equal, compare_holds(relation, 0));
		ATF_CHECK_EQ(known[i].greater, compare_holds(relation, 5));
	}
	ATF_CHECK(!compare_relation_named(&relation, SPAN("=")));
	ATF_CHECK(!compare_relation_named(&relation, SPAN("")));
}

/* RFC 4790 section 9.1: what does not begin with a digit is above all. */
static long long
value_of(const char *text)
{
	return isdigit((unsigned char)text[0]) ? strtoll(text, NULL, 10)
					       : LLONG_MAX;
}

static const char *
folded(const char *text, char *room)
{
	size_t i;

	for (i = 0; text[i] != '\0'; i++)
		room[i] = (char)toupper((unsigned char)text[i]);
	room[i] = '\0';
	return room;
}

ATF_TC_WITHOUT_HEAD(order__any_two_strings__as_the_c_library_says);
ATF_TC_BODY(order__any_two_strings__as_the_c_library_says, tc)
{
	static const char letters[] = "00123999aAbBzZ_[.-\303\244 ";
	char one[10], other[10], up[10], down[10];
	unsigned int seed;

	for (seed = 0; seed < 200000; seed++) {
		struct prng prng = prng_start(seed);
		char *texts[2] = { one, other };
		struct span a, b;
		size_t i, k, size;

		for (k = 0; k < 2; k++) {
			size = prng_below(&prng, sizeof(one));
			for (i = 0; i < size; i++)
				texts[k][i] =
				    letters[prng_below(&prng, sizeof(letters) - 1)];
			texts[k][size] = '\0';
		}
		a = guard_place(one, strlen(one));
		b = span_of(other);
		ATF_REQUIRE_EQ_MSG(sign(strcmp(one, other)),
		    sign(compare_order(COMPARATOR_OCTET, a, b)), "seed %u",
		    seed);
		ATF_REQUIRE_EQ_MSG(
		    sign(strcmp(folded(one, up), folded(other, down))),
		    sign(compare_order(COMPARATOR_CASEMAP, a, b)), "seed %u",
		    seed);
		ATF_REQUIRE_EQ_MSG(
		    (value_of(one) > value_of(other)) -
			(value_of(one) < value_of(other)),
		    sign(compare_order(COMPARATOR_NUMERIC, a, b)), "seed %u",
		    seed);
	}
}

ATF_TC_WITHOUT_HEAD(order__any_three_strings__an_order);
ATF_TC_BODY(order__any_three_strings__an_order, tc)
{
	static const char *const words[] = { "a", "A", "1", "10", "0", "_",
		"\377" };
	char text[3][8];
	unsigned int seed;

	for (seed = 0; seed < 30000; seed++) {
		struct prng prng = prng_start(seed);
		enum comparator comparator = (enum comparator)(seed % 3);
		struct span s[3];
		int i, ab, bc, ac;

		for (i = 0; i < 3; i++) {
			s[i].at = text[i];
			s[i].size_bytes = prng_words(&prng, text[i],
			    sizeof(text[i]), words, 7);
		}
		ab = compare_order(comparator, s[0], s[1]);
		bc = compare_order(comparator, s[1], s[2]);
		ac = compare_order(comparator, s[0], s[2]);
		ATF_REQUIRE_EQ_MSG(sign(ab),
		    -sign(compare_order(comparator, s[1], s[0])), "%u", seed);
		if (ab <= 0 && bc <= 0)
			ATF_REQUIRE_MSG(ac <= 0, "seed %u", seed);
	}
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, named__known__its_comparator);
	ATF_TP_ADD_TC(tp, substrings__numeric__has_none);
	ATF_TP_ADD_TC(tp, octet__bytes__as_unsigned);
	ATF_TP_ADD_TC(tp, casemap__ascii_letters__alike);
	ATF_TP_ADD_TC(tp, numeric__rfc_4790_9_1__numbers);
	ATF_TP_ADD_TC(tp, numeric__no_digit__infinite_and_all_alike);
	ATF_TP_ADD_TC(tp, count__key__compared_as_text_of_the_comparator);
	ATF_TP_ADD_TC(tp, relation__each_word__holds_as_it_says);
	ATF_TP_ADD_TC(tp, order__any_two_strings__as_the_c_library_says);
	ATF_TP_ADD_TC(tp, order__any_three_strings__an_order);
	return atf_no_error();
}
