#include "sieve/bound.h"

#include <atf-c.h>
#include <regex.h>
#include <string.h>

#include "tests/support/arenas.h"
#include "tests/support/guard.h"
#include "tests/support/prng.h"
#include "tests/support/spans.h"

static bool
is_refused(const char *pattern)
{
	return bound_fault(span_of(pattern)) != NULL;
}

ATF_TC_WITHOUT_HEAD(fault__harmless__none);
ATF_TC_BODY(fault__harmless__none, tc)
{
	static const char *const texts[] = { "", "a*", "^[a-z]{1,100}$",
		"(a{1,10}){1,100}", "a{1000}", "\\(a\\)\\.", "[\\1]", "[]1{9}]",
		"(a|b)+", "a{2,}", "[[:alpha:]]{3}", "a\\{9999\\}", "(", ")",
		"a{1,", "[", "x{10}y{900}z{900}" };
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		ATF_CHECK_MSG(!is_refused(texts[i]), "%s", texts[i]);
}

/* Where a bracket ends: what looks like a bound within one is none. */
ATF_TC_WITHOUT_HEAD(fault__brackets__end_where_they_end);
ATF_TC_BODY(fault__brackets__end_where_they_end, tc)
{
	static const char *const within[] = { "[[:digit:]({1001}]",
		"[[=a=]{1001}]", "[[.-.]{1001}]", "[^]{1001}]", "[[{1001}]",
		"[a[:alpha:][:digit:]{1001}]", "[a[]{3}", "[[.].]{1001}]" };
	static const char *const behind[] = { "[[:digit:]](a)\\1",
		"[^]](a)\\1", "[]](a)\\1", "[[](a)\\1", "[[=]=]](a)\\1",
		"[a[:alpha:]]{1001}", "[a:]{1001}", "[[.].]]{1001}",
		"[[a:]{1001}" };
	size_t i;

	for (i = 0; i < sizeof(within) / sizeof(within[0]); i++)
		ATF_CHECK_MSG(!is_refused(within[i]), "%s", within[i]);
	for (i = 0; i < sizeof(behind) / sizeof(behind[0]); i++)
		ATF_CHECK_MSG(is_refused(behind[i]), "%s", behind[i]);
}

ATF_TC_WITHOUT_HEAD(fault__back_reference__refused);
ATF_TC_BODY(fault__back_reference__refused, tc)
{
	ATF_CHECK(is_refused("(.*)\\1"));
	ATF_CHECK(is_refused("(a)(b)\\2"));
	ATF_CHECK(is_refused("\\9"));
}

ATF_TC_WITHOUT_HEAD(fault__bounds_within_bounds__product_over_1000_refused);
ATF_TC_BODY(fault__bounds_within_bounds__product_over_1000_refused, tc)
{
	ATF_CHECK(!is_refused("((a{1,10}){1,10}){1,10}"));
	ATF_CHECK(is_refused("((a{1,10}){1,10}){1,11}"));
	ATF_CHECK(is_refused("a{1001}"));
	ATF_CHECK(is_refused("a{40}{40}"));
	ATF_CHECK(is_refused("((a{1,100}){1,100}){1,100}"));
	ATF_CHECK(is_refused("(x(a{50}|b){3}y){10}"));
	ATF_CHECK(is_refused("((a{500})*){3,}"));
	ATF_CHECK(is_refused("(([)]a{40}){40})"));
	ATF_CHECK(is_refused("a{99999999999999999999}"));
}

ATF_TC_WITHOUT_HEAD(fault__long_when_written_out__refused);
ATF_TC_BODY(fault__long_when_written_out__refused, tc)
{
	ATF_CHECK(is_refused("(abcdefghijklmnopqrstuvwxyz){1000}"));
	ATF_CHECK(!is_refused("(abcdefghijklmnopqrst){1000}"));
}

ATF_TC_WITHOUT_HEAD(fault__nul__refused);
ATF_TC_BODY(fault__nul__refused, tc)
{
	ATF_CHECK(bound_fault(SPAN("a\0b")) != NULL);
}

ATF_TC_WITHOUT_HEAD(fault__groups_too_deep__refused);
ATF_TC_BODY(fault__groups_too_deep__refused, tc)
{
	char text[300];

	memset(text, '(', sizeof(text));
	ATF_CHECK(bound_fault((struct span){ text, 300 }) != NULL);
	ATF_CHECK(bound_fault((struct span){ text, 90 }) == NULL);
}

/* What passes must compile quickly, or fail quickly. */
ATF_TC_WITHOUT_HEAD(fault__any_pattern_that_passes__compiles_in_no_time);
ATF_TC_BODY(fault__any_pattern_that_passes__compiles_in_no_time, tc)
{
	static const char *const words[] = { "a", "(", ")", "{1,30}", "{40}",
		"*", "+", "|", "[ab]", "\\.", "{2,}", "[^]x]" };
	char text[41];
	unsigned int seed;

	for (seed = 0; seed < 3000; seed++) {
		struct prng prng = prng_start(seed);
		size_t length =
		    prng_words(&prng, text, sizeof(text) - 1, words, 12);
		double before_s = cpu_s();
		regex_t compiled;

		if (bound_fault(guard_place(text, length)) != NULL)
			continue;
		text[length] = '\0';
		if (regcomp(&compiled, text, REG_EXTENDED) == 0)
			regfree(&compiled);
		ATF_CHECK_MSG(cpu_s() - before_s < limit_s() / 2, "%s",
		    text);
	}
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, fault__harmless__none);
	ATF_TP_ADD_TC(tp, fault__brackets__end_where_they_end);
	ATF_TP_ADD_TC(tp, fault__back_reference__refused);
	ATF_TP_ADD_TC(tp,
	    fault__bounds_within_bounds__product_over_1000_refused);
	ATF_TP_ADD_TC(tp, fault__long_when_written_out__refused);
	ATF_TP_ADD_TC(tp, fault__nul__refused);
	ATF_TP_ADD_TC(tp, fault__groups_too_deep__refused);
	ATF_TP_ADD_TC(tp, fault__any_pattern_that_passes__compiles_in_no_time);
	return atf_no_error();
}
