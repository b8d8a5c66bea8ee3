#include "sieve/search.h"

#include <atf-c.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/arenas.h"
#include "tests/support/guard.h"
#include "tests/support/prng.h"
#include "tests/support/spans.h"

ATF_TC_WITHOUT_HEAD(holds__word__found);
ATF_TC_BODY(holds__word__found, tc)
{
	ATF_CHECK(search_holds(COMPARATOR_OCTET, SPAN("abcabd"), SPAN("abd")));
	ATF_CHECK(search_holds(COMPARATOR_OCTET, SPAN("abc"), SPAN("abc")));
	ATF_CHECK(search_holds(COMPARATOR_OCTET, SPAN("a\0b"), SPAN("\0b")));
	ATF_CHECK(!search_holds(COMPARATOR_OCTET, SPAN("abc"), SPAN("B")));
	ATF_CHECK(!search_holds(COMPARATOR_OCTET, SPAN("ab"), SPAN("abc")));
}

ATF_TC_WITHOUT_HEAD(holds__casemap__either_case);
ATF_TC_BODY(holds__casemap__either_case, tc)
{
	ATF_CHECK(search_holds(COMPARATOR_CASEMAP, SPAN("xaBcx"), SPAN("AbC")));
	ATF_CHECK(search_holds(COMPARATOR_CASEMAP, SPAN("xB"), SPAN("b")));
	ATF_CHECK(!search_holds(COMPARATOR_CASEMAP, SPAN("a["), SPAN("{")));
}

ATF_TC_WITHOUT_HEAD(holds__empty_word__always);
ATF_TC_BODY(holds__empty_word__always, tc)
{
	ATF_CHECK(search_holds(COMPARATOR_OCTET, SPAN(""), SPAN("")));
	ATF_CHECK(search_holds(COMPARATOR_OCTET, SPAN("a"), SPAN("")));
	ATF_CHECK(!search_holds(COMPARATOR_OCTET, SPAN(""), SPAN("a")));
}

static bool
naive(enum comparator comparator, struct span text, struct span word)
{
	size_t i, k;

	for (i = 0; i + word.size_bytes <= text.size_bytes; i++) {
		for (k = 0; k < word.size_bytes; k++)
			if (!search_same(comparator, text.at[i + k],
				word.at[k]))
				break;
		if (k == word.size_bytes)
			return true;
	}
	return false;
}

ATF_TC_WITHOUT_HEAD(holds__any_strings__as_the_slow_way_says);
ATF_TC_BODY(holds__any_strings__as_the_slow_way_says, tc)
{
	static const char *const words[] = { "a", "b", "aab", "abab", "A" };
	char text[64], word[16];
	unsigned int seed;

	for (seed = 0; seed < 300000; seed++) {
		struct prng prng = prng_start(seed);
		enum comparator comparator = (enum comparator)(seed % 2);
		struct span where, what;
		size_t count = 2 + seed % 4;

		what.at = word;
		what.size_bytes =
		    prng_words(&prng, word, sizeof(word), words, count);
		where = guard_place(text,
		    prng_words(&prng, text, sizeof(text), words, count));
		ATF_REQUIRE_EQ_MSG(naive(comparator, where, what),
		    search_holds(comparator, where, what), "seed %u", seed);
	}
}

ATF_TC_WITHOUT_HEAD(holds__bad_for_the_slow_way__within_two_seconds);
ATF_TC_BODY(holds__bad_for_the_slow_way__within_two_seconds, tc)
{
	size_t size_bytes = 10 << 20;
	char *text = malloc(size_bytes);
	struct span where = { text, size_bytes };
	struct span what = { text, size_bytes / 2 };
	double before_s = cpu_s();

	ATF_REQUIRE(text != NULL);
	memset(text, 'a', size_bytes);
	text[size_bytes / 2 - 1] = 'b';
	where = span_from(where, size_bytes / 2);
	ATF_CHECK(!search_holds(COMPARATOR_CASEMAP, where, what));
	ATF_CHECK(cpu_s() - before_s < limit_s());
	free(text);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, holds__word__found);
	ATF_TP_ADD_TC(tp, holds__casemap__either_case);
	ATF_TP_ADD_TC(tp, holds__empty_word__always);
	ATF_TP_ADD_TC(tp, holds__any_strings__as_the_slow_way_says);
	ATF_TP_ADD_TC(tp, holds__bad_for_the_slow_way__within_two_seconds);
	return atf_no_error();
}
