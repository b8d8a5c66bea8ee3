/*
 * arenas.h - an arena for a case, and how long something takes.
 */
#ifndef TESTS_SUPPORT_ARENAS_H
#define TESTS_SUPPORT_ARENAS_H

#include "compat/compat.h"

#include <time.h>

#include "base/arena.h"

/* What may take two seconds takes longer where each access is looked at. */
#define LIMIT_S (HAS_LEAK_CHECKER ? 20 : 2)

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

#endif
