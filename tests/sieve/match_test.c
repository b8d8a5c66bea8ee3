#include "sieve/match.h"

#include <atf-c.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/arenas.h"
#include "tests/support/guard.h"
#include "tests/support/prng.h"
#include "tests/support/spans.h"

static struct match_pieces pieces;

static bool
glob(struct span value, struct span pattern)
{
	memset(&pieces, 0, sizeof(pieces));
	return match_glob(COMPARATOR_CASEMAP, value, pattern, &pieces);
}

ATF_TC_WITHOUT_HEAD(is__comparator__decides);
ATF_TC_BODY(is__comparator__decides, tc)
{
	ATF_CHECK(match_is(COMPARATOR_CASEMAP, SPAN("aB"), SPAN("Ab")));
	ATF_CHECK(!match_is(COMPARATOR_OCTET, SPAN("aB"), SPAN("Ab")));
	ATF_CHECK(match_is(COMPARATOR_NUMERIC, SPAN("010"), SPAN("10")));
}

ATF_TC_WITHOUT_HEAD(contains__rfc_5228_2_7_1__anywhere);
ATF_TC_BODY(contains__rfc_5228_2_7_1__anywhere, tc)
{
	ATF_CHECK(match_contains(COMPARATOR_CASEMAP, SPAN("MakeMoney"),
	    SPAN("kemo")));
	ATF_CHECK(match_contains(COMPARATOR_CASEMAP, SPAN("x"), SPAN("")));
	ATF_CHECK(!match_contains(COMPARATOR_OCTET, SPAN("MAKE"), SPAN("ke")));
}

ATF_TC_WITHOUT_HEAD(glob__rfc_5228_2_7_1__wildcards);
ATF_TC_BODY(glob__rfc_5228_2_7_1__wildcards, tc)
{
	ATF_CHECK(glob(SPAN("frop"), SPAN("f*p")));
	ATF_CHECK(glob(SPAN("frop"), SPAN("*")));
	ATF_CHECK(glob(SPAN(""), SPAN("*")));
	ATF_CHECK(glob(SPAN("frop"), SPAN("fr?p")));
	ATF_CHECK(!glob(SPAN("frop"), SPAN("fr?")));
	ATF_CHECK(!glob(SPAN("frop"), SPAN("f*o")));
	ATF_CHECK(!glob(SPAN(""), SPAN("?")));
	ATF_CHECK(glob(SPAN(""), SPAN("")));
	ATF_CHECK(!glob(SPAN("a"), SPAN("")));
	ATF_CHECK(glob(SPAN("FROP"), SPAN("f*P")));
	ATF_CHECK(
	    !match_glob(COMPARATOR_OCTET, SPAN("FROP"), SPAN("f*P"), NULL));
}

ATF_TC_WITHOUT_HEAD(glob__backslash__takes_the_meaning);
ATF_TC_BODY(glob__backslash__takes_the_meaning, tc)
{
	ATF_CHECK(glob(SPAN("a*b"), SPAN("a\\*b")));
	ATF_CHECK(!glob(SPAN("axb"), SPAN("a\\*b")));
	ATF_CHECK(glob(SPAN("a?"), SPAN("a\\?")));
	ATF_CHECK(glob(SPAN("a\\b"), SPAN("a\\\\b")));
	ATF_CHECK(glob(SPAN("ab"), SPAN("a\\b")));
	ATF_CHECK(glob(SPAN("a\\"), SPAN("a\\")));
	ATF_CHECK(glob(SPAN("[x]"), SPAN("\\[?\\]")));
}

ATF_TC_WITHOUT_HEAD(glob__rfc_5229_3_2__shortest_pieces);
ATF_TC_BODY(glob__rfc_5229_3_2__shortest_pieces, tc)
{
	ATF_REQUIRE(
	    glob(SPAN("[acme-users] [fwd] version 1.0 is out"), SPAN("[*] *")));
	ATF_CHECK_EQ(3, pieces.count);
	CHECK_SPAN("[acme-users] [fwd] version 1.0 is out", pieces.at[0]);
	CHECK_SPAN("acme-users", pieces.at[1]);
	CHECK_SPAN("[fwd] version 1.0 is out", pieces.at[2]);
	ATF_REQUIRE(
	    glob(SPAN("coyote@ACME.Example.COM"), SPAN("*@*.example.com")));
	CHECK_SPAN("coyote", pieces.at[1]);
	CHECK_SPAN("ACME", pieces.at[2]);
}

ATF_TC_WITHOUT_HEAD(glob__star_that_must_grow__grows);
ATF_TC_BODY(glob__star_that_must_grow__grows, tc)
{
	ATF_REQUIRE(
	    glob(SPAN("foo.lists.lists.example"), SPAN("*.lists.example")));
	CHECK_SPAN("foo.lists", pieces.at[1]);
	ATF_REQUIRE(glob(SPAN("aXbXc"), SPAN("*X*")));
	CHECK_SPAN("a", pieces.at[1]);
	CHECK_SPAN("bXc", pieces.at[2]);
	ATF_REQUIRE(glob(SPAN("abab"), SPAN("*?b")));
	CHECK_SPAN("ab", pieces.at[1]);
	CHECK_SPAN("a", pieces.at[2]);
	ATF_REQUIRE(glob(SPAN("abc"), SPAN("**c")));
	CHECK_SPAN("", pieces.at[1]);
	CHECK_SPAN("ab", pieces.at[2]);
}

ATF_TC_WITHOUT_HEAD(glob__rfc_5228_2_7_1__question_mark_is_one_octet);
ATF_TC_BODY(glob__rfc_5228_2_7_1__question_mark_is_one_octet, tc)
{
	ATF_REQUIRE(glob(SPAN("x\303\244y"), SPAN("x??y")));
	CHECK_SPAN("\303", pieces.at[1]);
	CHECK_SPAN("\244", pieces.at[2]);
	ATF_CHECK(glob(SPAN("x\344y"), SPAN("x?y")));
	ATF_CHECK(!glob(SPAN("x\303\244y"), SPAN("x?y")));
}

ATF_TC_WITHOUT_HEAD(glob__no_match__pieces_as_they_were);
ATF_TC_BODY(glob__no_match__pieces_as_they_were, tc)
{
	ATF_REQUIRE(glob(SPAN("ab"), SPAN("a?")));
	ATF_CHECK(
	    !match_glob(COMPARATOR_OCTET, SPAN("x"), SPAN("?y"), &pieces));
	CHECK_SPAN("ab", pieces.at[0]);
}

ATF_TC_WITHOUT_HEAD(glob__more_wildcards_than_pieces__all_matched);
ATF_TC_BODY(glob__more_wildcards_than_pieces__all_matched, tc)
{
	char pattern[100], value[100];

	memset(pattern, '?', sizeof(pattern));
	memset(value, 'a', sizeof(value));
	ATF_REQUIRE(
	    glob((struct span){ value, 100 }, (struct span){ pattern, 100 }));
	ATF_CHECK_EQ(MATCH_PIECES_MAX, pieces.count);
	CHECK_SPAN("a", pieces.at[MATCH_PIECES_MAX - 1]);
	memset(pattern, '*', sizeof(pattern));
	ATF_CHECK(
	    glob((struct span){ value, 100 }, (struct span){ pattern, 100 }));
}

/*
 * What the words of RFC 5228 say, tried in every way: shorter ones first, as
 * RFC 5229 section 3.2 wants the pieces. pieces[depth] is the next one.
 */
static bool
naive(struct span value, struct span pattern, struct span *pieces_out,
    size_t depth)
{
	size_t i;

	if (pattern.size_bytes == 0)
		return value.size_bytes == 0;
	if (pattern.at[0] == '*') {
		for (i = 0; i <= value.size_bytes; i++) {
			pieces_out[depth] = (struct span){ value.at, i };
			if (naive(span_from(value, i), span_from(pattern, 1),
				pieces_out, depth + 1))
				return true;
		}
		return false;
	}
	if (value.size_bytes == 0)
		return false;
	if (pattern.at[0] == '\\' && pattern.size_bytes > 1)
		pattern = span_from(pattern, 1);
	else if (pattern.at[0] == '?') {
		pieces_out[depth] = (struct span){ value.at, 1 };
		return naive(span_from(value, 1), span_from(pattern, 1),
		    pieces_out, depth + 1);
	}
	return value.at[0] == pattern.at[0] &&
	    naive(span_from(value, 1), span_from(pattern, 1), pieces_out,
		depth);
}

ATF_TC_WITHOUT_HEAD(glob__any_strings__as_the_slow_way_says);
ATF_TC_BODY(glob__any_strings__as_the_slow_way_says, tc)
{
	char value[12], pattern[8];
	struct span slow[1 + sizeof(pattern)];
	unsigned int seed;
	bool is_match;

	for (seed = 0; seed < 300000; seed++) {
		struct prng prng = prng_start(seed);
		struct span text, key;
		size_t i, k;

		for (i = 0; i < sizeof(value); i++)
			value[i] = "ab"[prng_below(&prng, 2)];
		for (i = 0; i < sizeof(pattern); i++)
			pattern[i] = "ab**?\\"[prng_below(&prng, 6)];
		i = prng_below(&prng, sizeof(value) + 1);
		k = prng_below(&prng, sizeof(pattern) + 1);
		text.at = value;
		text.size_bytes = i;
		key = guard_place(pattern, k);
		is_match = naive(text, key, slow, 1);
		ATF_REQUIRE_EQ_MSG(is_match, glob(text, key), "seed %u", seed);
		for (i = 1; is_match && i < pieces.count; i++)
			ATF_REQUIRE_MSG(
			    pieces.at[i].size_bytes == slow[i].size_bytes &&
				(slow[i].size_bytes == 0 ||
				    pieces.at[i].at == slow[i].at),
			    "seed %u: piece %zu of \"%.*s\" by \"%.*s\"", seed,
			    i, (int)text.size_bytes, text.at,
			    (int)key.size_bytes, key.at);
	}
}

ATF_TC_WITHOUT_HEAD(glob__many_stars__never_exponential);
ATF_TC_BODY(glob__many_stars__never_exponential, tc)
{
	char value[2000];
	char pattern[81];
	double before_s = cpu_s();
	int i;

	memset(value, 'a', sizeof(value));
	for (i = 0; i < 80; i += 2)
		memcpy(pattern + i, "*a", 2);
	pattern[80] = 'b';
	ATF_CHECK(!glob((struct span){ value, sizeof(value) },
	    (struct span){ pattern, sizeof(pattern) }));
	ATF_CHECK(cpu_s() - before_s < 0.5);
}

ATF_TC_WITHOUT_HEAD(escape__wildcards__match_only_themselves);
ATF_TC_BODY(escape__wildcards__match_only_themselves, tc)
{
	struct span escaped = match_escape(SPAN("Rock\\n*Roll?"), test_arena());

	CHECK_SPAN("Rock\\\\n\\*Roll\\?", escaped);
	ATF_CHECK(glob(SPAN("Rock\\n*Roll?"), escaped));
	ATF_CHECK(!glob(SPAN("Rock\\nxRoll?"), escaped));
}

static int
regex(enum comparator comparator, const char *pattern, struct span value)
{
	struct arena *arena = test_arena();
	const char *fault = NULL;
	struct match_regex *compiled =
	    match_regex_compile(comparator, span_of(pattern), arena, &fault);
	int result;

	if (compiled == NULL) {
		ATF_CHECK(fault != NULL && fault[0] != '\0');
		return -2;
	}
	result = match_regex_try(compiled, value, arena, &pieces);
	match_regex_free(compiled);
	return result;
}

ATF_TC_WITHOUT_HEAD(regex__match__pieces_of_its_groups);
ATF_TC_BODY(regex__match__pieces_of_its_groups, tc)
{
	ATF_REQUIRE_EQ(1,
	    regex(COMPARATOR_CASEMAP, "^\\[([^]]+)\\] (x)?(.*)$",
		SPAN("[List] hello")));
	ATF_CHECK_EQ(4, pieces.count);
	CHECK_SPAN("[List] hello", pieces.at[0]);
	CHECK_SPAN("List", pieces.at[1]);
	CHECK_SPAN("", pieces.at[2]);
	CHECK_SPAN("hello", pieces.at[3]);
}

ATF_TC_WITHOUT_HEAD(regex__part_of_the_value__matches);
ATF_TC_BODY(regex__part_of_the_value__matches, tc)
{
	ATF_CHECK_EQ(1, regex(COMPARATOR_OCTET, "b+", SPAN("abbc")));
	CHECK_SPAN("bb", pieces.at[0]);
	ATF_CHECK_EQ(0, regex(COMPARATOR_OCTET, "^b", SPAN("abbc")));
	ATF_CHECK_EQ(1, regex(COMPARATOR_OCTET, "^$", SPAN("")));
}

ATF_TC_WITHOUT_HEAD(regex__comparator__decides_about_case);
ATF_TC_BODY(regex__comparator__decides_about_case, tc)
{
	ATF_CHECK_EQ(1, regex(COMPARATOR_CASEMAP, "ABC", SPAN("abc")));
	ATF_CHECK_EQ(0, regex(COMPARATOR_OCTET, "ABC", SPAN("abc")));
}

ATF_TC_WITHOUT_HEAD(regex__value_not_terminated__read_to_its_end_only);
ATF_TC_BODY(regex__value_not_terminated__read_to_its_end_only, tc)
{
	ATF_CHECK_EQ(0, regex(COMPARATOR_OCTET, "abcd", guard_place("abc", 3)));
	ATF_CHECK_EQ(1, regex(COMPARATOR_OCTET, "c$", guard_place("abc", 3)));
}

ATF_TC_WITHOUT_HEAD(regex__wrong__refused_with_a_word);
ATF_TC_BODY(regex__wrong__refused_with_a_word, tc)
{
	ATF_CHECK_EQ(-2, regex(COMPARATOR_OCTET, "(a", SPAN("")));
	ATF_CHECK_EQ(-2, regex(COMPARATOR_OCTET, "[a", SPAN("")));
	ATF_CHECK_EQ(-2, regex(COMPARATOR_OCTET, "(.*)\\1", SPAN("")));
	ATF_CHECK_EQ(-2,
	    regex(COMPARATOR_OCTET, "((a{1,100}){1,100}){1,100}", SPAN("")));
}

ATF_TC_WITHOUT_HEAD(regex__more_groups_than_pieces__those_that_fit);
ATF_TC_BODY(regex__more_groups_than_pieces__those_that_fit, tc)
{
	char pattern[200] = "";
	int i;

	for (i = 0; i < 40; i++)
		(void)strcat(pattern, "(a)");
	ATF_CHECK_EQ(1,
	    regex(COMPARATOR_OCTET, pattern,
		SPAN("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")));
	ATF_CHECK_EQ(MATCH_PIECES_MAX, pieces.count);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, is__comparator__decides);
	ATF_TP_ADD_TC(tp, contains__rfc_5228_2_7_1__anywhere);
	ATF_TP_ADD_TC(tp, glob__rfc_5228_2_7_1__wildcards);
	ATF_TP_ADD_TC(tp, glob__backslash__takes_the_meaning);
	ATF_TP_ADD_TC(tp, glob__rfc_5229_3_2__shortest_pieces);
	ATF_TP_ADD_TC(tp, glob__star_that_must_grow__grows);
	ATF_TP_ADD_TC(tp, glob__rfc_5228_2_7_1__question_mark_is_one_octet);
	ATF_TP_ADD_TC(tp, glob__no_match__pieces_as_they_were);
	ATF_TP_ADD_TC(tp, glob__more_wildcards_than_pieces__all_matched);
	ATF_TP_ADD_TC(tp, glob__any_strings__as_the_slow_way_says);
	ATF_TP_ADD_TC(tp, glob__many_stars__never_exponential);
	ATF_TP_ADD_TC(tp, escape__wildcards__match_only_themselves);
	ATF_TP_ADD_TC(tp, regex__match__pieces_of_its_groups);
	ATF_TP_ADD_TC(tp, regex__part_of_the_value__matches);
	ATF_TP_ADD_TC(tp, regex__comparator__decides_about_case);
	ATF_TP_ADD_TC(tp, regex__value_not_terminated__read_to_its_end_only);
	ATF_TP_ADD_TC(tp, regex__wrong__refused_with_a_word);
	ATF_TP_ADD_TC(tp, regex__more_groups_than_pieces__those_that_fit);
	return atf_no_error();
}
