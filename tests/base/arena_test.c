#include "base/arena.h"

#include <atf-c.h>
#include <stdint.h>
#include <string.h>

#include "tests/support/align.h"
#include "tests/support/prng.h"
#include "tests/support/spans.h"

ATF_TC_WITHOUT_HEAD(take__again_and_again__zeros_that_stay_apart);
ATF_TC_BODY(take__again_and_again__zeros_that_stay_apart, tc)
{
	unsigned char *pieces[300];
	struct arena arena;
	size_t i, k;

	arena_start(&arena, 1000000);
	for (i = 0; i < 300; i++) {
		pieces[i] = arena_take(&arena, i, 7);
		ATF_REQUIRE(pieces[i] != NULL);
		ATF_REQUIRE_EQ(0, (uintptr_t)pieces[i] % ALIGN_OF_ANY);
		for (k = 0; k < i * 7; k++)
			ATF_REQUIRE_EQ(0, pieces[i][k]);
		memset(pieces[i], (int)i, i * 7);
	}
	for (i = 1; i < 300; i++)
		for (k = 0; k < i * 7; k++)
			ATF_REQUIRE_EQ(i % 256, pieces[i][k]);
	ATF_CHECK(!arena.is_exhausted);
	arena_end(&arena);
}

ATF_TC_WITHOUT_HEAD(take__over_the_limit__null_and_exhausted);
ATF_TC_BODY(take__over_the_limit__null_and_exhausted, tc)
{
	struct arena arena;

	arena_start(&arena, 100);
	ATF_CHECK(arena_take(&arena, 1, 60) != NULL);
	ATF_CHECK(!arena.is_exhausted);
	ATF_CHECK(arena_take(&arena, 1, 60) == NULL);
	ATF_CHECK(arena.is_exhausted);
	ATF_CHECK(arena_take(&arena, 1, 1) == NULL);
	arena_end(&arena);
}

ATF_TC_WITHOUT_HEAD(take__product_overflows__null);
ATF_TC_BODY(take__product_overflows__null, tc)
{
	struct arena arena;

	arena_start(&arena, SIZE_MAX);
	ATF_CHECK(arena_take(&arena, SIZE_MAX / 2, 4) == NULL);
	ATF_CHECK(arena.is_exhausted);
	arena_end(&arena);
}

ATF_TC_WITHOUT_HEAD(end__then_take__null);
ATF_TC_BODY(end__then_take__null, tc)
{
	struct arena arena;

	arena_start(&arena, 1000);
	arena_end(&arena);
	ATF_CHECK(arena_take(&arena, 1, 1) == NULL);
}

ATF_TC_WITHOUT_HEAD(grow__newest__in_place);
ATF_TC_BODY(grow__newest__in_place, tc)
{
	struct arena arena;
	char *at;

	arena_start(&arena, 1000);
	at = arena_take(&arena, 1, 10);
	ATF_CHECK(arena_grow(&arena, at, 10, 500) == at);
	ATF_CHECK_EQ(0, at[499]);
	arena_end(&arena);
}

ATF_TC_WITHOUT_HEAD(grow__not_newest__moved_with_its_bytes);
ATF_TC_BODY(grow__not_newest__moved_with_its_bytes, tc)
{
	struct arena arena;
	char *at, *larger;

	arena_start(&arena, 1000);
	at = arena_take(&arena, 1, 10);
	memcpy(at, "0123456789", 10);
	(void)arena_take(&arena, 1, 1);
	larger = arena_grow(&arena, at, 10, 50);
	ATF_REQUIRE(larger != NULL && larger != at);
	ATF_CHECK(memcmp(larger, "0123456789\0\0", 12) == 0);
	arena_end(&arena);
}

ATF_TC_WITHOUT_HEAD(grow__over_the_limit__null);
ATF_TC_BODY(grow__over_the_limit__null, tc)
{
	struct arena arena;
	char *at;

	arena_start(&arena, 100);
	at = arena_take(&arena, 1, 10);
	ATF_CHECK(arena_grow(&arena, at, 10, 500) == NULL);
	ATF_CHECK(arena.is_exhausted);
	arena_end(&arena);
}

ATF_TC_WITHOUT_HEAD(grow__any_sizes__bytes_and_limit_hold);
ATF_TC_BODY(grow__any_sizes__bytes_and_limit_hold, tc)
{
	unsigned int seed;

	for (seed = 0; seed < 300; seed++) {
		struct prng prng = prng_start(seed);
		struct arena arena;
		size_t size[4] = { 0, 0, 0, 0 }, i, k, round;
		unsigned char *at[4] = { NULL, NULL, NULL, NULL };

		arena_start(&arena, 400000);
		for (round = 0; round < 100; round++) {
			i = prng_below(&prng, 4);
			k = size[i] +
			    prng_below(&prng, round % 20 == 0 ? 20000 : 300);
			at[i] = arena_grow(&arena, at[i], size[i], k);
			if (at[i] == NULL)
				break;
			memset(at[i] + size[i], (int)i + 1, k - size[i]);
			size[i] = k;
			for (k = 0; k < size[i]; k++)
				ATF_REQUIRE_EQ_MSG(i + 1, at[i][k], "seed %u",
				    seed);
		}
		arena_end(&arena);
	}
}

ATF_TC_WITHOUT_HEAD(grow__large__old_one_given_back);
ATF_TC_BODY(grow__large__old_one_given_back, tc)
{
	struct arena arena;
	size_t size_bytes;
	char *at = NULL;

	arena_start(&arena, 1100000);
	for (size_bytes = 0; size_bytes < 1000000; size_bytes += 1000)
		at = arena_grow(&arena, at, size_bytes, size_bytes + 1000);
	ATF_CHECK(at != NULL);
	ATF_CHECK(!arena.is_exhausted);
	arena_end(&arena);
}

ATF_TC_WITHOUT_HEAD(copy__bytes__same_with_a_nul_behind);
ATF_TC_BODY(copy__bytes__same_with_a_nul_behind, tc)
{
	struct arena arena;
	struct span copy;

	arena_start(&arena, 1000);
	copy = arena_copy(&arena, SPAN("a\0b"));
	CHECK_SPAN("a\0b", copy);
	ATF_CHECK_EQ('\0', copy.at[3]);
	ATF_CHECK(arena_copy(&arena, SPAN("")).at != NULL);
	arena_end(&arena);
}

ATF_TC_WITHOUT_HEAD(copy__exhausted__empty);
ATF_TC_BODY(copy__exhausted__empty, tc)
{
	struct arena arena;

	arena_start(&arena, 0);
	ATF_CHECK_EQ(0, arena_copy(&arena, SPAN("a")).size_bytes);
	ATF_CHECK(arena.is_exhausted);
	arena_end(&arena);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, take__again_and_again__zeros_that_stay_apart);
	ATF_TP_ADD_TC(tp, take__over_the_limit__null_and_exhausted);
	ATF_TP_ADD_TC(tp, take__product_overflows__null);
	ATF_TP_ADD_TC(tp, end__then_take__null);
	ATF_TP_ADD_TC(tp, grow__newest__in_place);
	ATF_TP_ADD_TC(tp, grow__not_newest__moved_with_its_bytes);
	ATF_TP_ADD_TC(tp, grow__over_the_limit__null);
	ATF_TP_ADD_TC(tp, grow__any_sizes__bytes_and_limit_hold);
	ATF_TP_ADD_TC(tp, grow__large__old_one_given_back);
	ATF_TP_ADD_TC(tp, copy__bytes__same_with_a_nul_behind);
	ATF_TP_ADD_TC(tp, copy__exhausted__empty);
	return atf_no_error();
}
