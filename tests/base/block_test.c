#include "base/block.h"

#include <atf-c.h>
#include <stdint.h>
#include <string.h>

#include "compat/compat.h"
#include "tests/support/align.h"

/* Fill blocks, and find in each what was put there. */
ATF_TC_WITHOUT_HEAD(take__several__apart);
ATF_TC_BODY(take__several__apart, tc)
{
	static const size_t sizes[] = { 1, 15, 16, 17, 64 * 1024, 0,
		BLOCK_POOL_BYTES, 3 };
	enum { BLOCKS = sizeof(sizes) / sizeof(sizes[0]) };
	unsigned char *blocks[BLOCKS];
	size_t i;
	size_t at;

	for (i = 0; i < BLOCKS; i++) {
		blocks[i] = block_take(sizes[i]);
		ATF_REQUIRE(blocks[i] != NULL);
		ATF_CHECK_EQ(0, (uintptr_t)blocks[i] % ALIGN_OF_ANY);
		memset(blocks[i], (int)i + 1, sizes[i]);
	}
	for (i = 0; i < BLOCKS; i++)
		for (at = 0; at < sizes[i]; at++)
			ATF_REQUIRE_EQ(i + 1, blocks[i][at]);
	for (i = 0; i < BLOCKS; i++)
		block_give(blocks[i]);
}

ATF_TC_WITHOUT_HEAD(give__all__first_block_again);
ATF_TC_BODY(give__all__first_block_again, tc)
{
	void *first = block_take(BLOCK_POOL_BYTES);
	void *second = block_take(8);

	if (HAS_LEAK_CHECKER)
		atf_tc_skip("a sanitizer watches blocks of the heap only");
	ATF_CHECK(first != second);
	block_give(second);
	block_give(first);
	block_give(NULL);
	second = block_take(BLOCK_POOL_BYTES);
	ATF_CHECK_EQ(first, second);
	block_give(second);
}

/* A block that is still out is never handed out once more. */
ATF_TC_WITHOUT_HEAD(give__one_of_two__other_stays);
ATF_TC_BODY(give__one_of_two__other_stays, tc)
{
	char *first = block_take(BLOCK_POOL_BYTES / 2);
	char *second = block_take(BLOCK_POOL_BYTES / 2);
	char *third;

	memset(second, 's', BLOCK_POOL_BYTES / 2);
	block_give(first);
	third = block_take(BLOCK_POOL_BYTES / 2);
	ATF_REQUIRE(third != NULL);
	memset(third, 't', BLOCK_POOL_BYTES / 2);
	ATF_CHECK_EQ('s', second[0]);
	ATF_CHECK_EQ('s', second[BLOCK_POOL_BYTES / 2 - 1]);
	block_give(second);
	block_give(third);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, take__several__apart);
	ATF_TP_ADD_TC(tp, give__all__first_block_again);
	ATF_TP_ADD_TC(tp, give__one_of_two__other_stays);
	return atf_no_error();
}
