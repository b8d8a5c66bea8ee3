/*
 * block.h - memory that costs no system call.
 *
 * A delivery of a small message needs a few blocks, and asking the system
 * for a heap would cost it several calls. So the first blocks come out of
 * the program's own data, and what does not fit there comes from the heap.
 */
#ifndef BASE_BLOCK_H
#define BASE_BLOCK_H

#include <stddef.h>

enum { BLOCK_POOL_BYTES = 96 * 1024 };

/*
 * block_take - a block of memory.
 *
 * Gives   size_bytes bytes for any type, not cleared; NULL, with errno, when
 *         there is no memory.
 * Owns    the caller gives it back by block_give().
 */
void *block_take(size_t size_bytes);

/*
 * block_give - take a block back.
 *
 * Takes   what block_take() gave, or NULL. The pool is used again when all
 *         that was taken from it has come back.
 */
void block_give(void *block);

#endif
