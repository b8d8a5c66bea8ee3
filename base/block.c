#include "base/block.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "compat/compat.h"

enum { ALIGN_BYTES = 16 }; /* divides the pool's size */

static union {
	long double widest;
	void *pointer;
	unsigned char bytes[BLOCK_POOL_BYTES];
} pool;

static size_t used_bytes;
static size_t taken; /* blocks of the pool that are out */

/* A sanitizer watches the edges of the heap's blocks, not of ours. */
static bool
fits(size_t size_bytes)
{
	return !HAS_LEAK_CHECKER &&
	    size_bytes <= BLOCK_POOL_BYTES - used_bytes;
}

void *
block_take(size_t size_bytes)
{
	void *block;

	if (size_bytes == 0)
		size_bytes = 1; /* an address of its own */
	if (!fits(size_bytes))
		return malloc(size_bytes);
	block = pool.bytes + used_bytes;
	used_bytes += size_bytes;
	used_bytes = (used_bytes + ALIGN_BYTES - 1) / ALIGN_BYTES * ALIGN_BYTES;
	taken++;
	return block;
}

static bool
is_ours(const void *block)
{
	uintptr_t at = (uintptr_t)block;

	return at >= (uintptr_t)pool.bytes &&
	    at < (uintptr_t)(pool.bytes + BLOCK_POOL_BYTES);
}

void
block_give(void *block)
{
	if (!is_ours(block)) {
		free(block);
		return;
	}
	if (--taken == 0)
		used_bytes = 0;
}
