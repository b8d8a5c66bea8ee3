/*
 * arenas.h - an arena for a case, and how long something takes.
 */
#ifndef TESTS_SUPPORT_ARENAS_H
#define TESTS_SUPPORT_ARENAS_H

#include "compat/compat.h"

#include <stdlib.h>
#include <time.h>

#include "base/arena.h"
#include "tests/support/slow.h"

/*
 * test_arena - the arena of this case: 256 MB, emptied at each call.
 */
static inline struct arena *
test_arena(void)
{
	static struct arena arena;

	arena_end(&arena);
	arena_start(&arena, (size_t)256 << 20);
	return &arena;
}

/*
 * cpu_s - the processor time that this process has used.
 */
static inline double
cpu_s(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

/*
 * limit_s - what takes less than that does not grow with the square.
 *
 * Where each access is looked at, or each instruction translated, more time
 * passes.
 */
static inline double
limit_s(void)
{
	if (is_slow())
		return 120;
	return HAS_LEAK_CHECKER ? 20 : 2;
}

#endif
