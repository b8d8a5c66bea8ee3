/*
 * arena.h - memory that is given back all at once, up to a limit.
 *
 * What a stranger's message makes us allocate has a bound, and code that
 * takes text apart need not look at every allocation: an arena that has
 * given out all it may says so until its end, and whoever decides something
 * from what was computed looks at is_exhausted first.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

struct arena_block;

struct arena {
	struct arena_block *blocks; /* owned, newest first */
	struct arena_block *large;  /* owned, one piece each */
	size_t left_bytes;	    /* of the limit */
	bool is_exhausted;	    /* something asked for was not given */
};

/*
 * arena_start - begin an arena that will never hold more than limit_bytes.
 *
 * Owns    nothing until the first arena_take(); ended by arena_end().
 */
void arena_start(struct arena *arena, size_t limit_bytes);

/*
 * arena_end - give everything back.
 *
 * Gives   an arena that gives nothing more.
 */
void arena_end(struct arena *arena);

/*
 * arena_take - room for count things, each byte 0.
 *
 * Gives   memory that lives until arena_end(); NULL when the limit or the
 *         system has no more: is_exhausted is then true, and all that follow
 *         give NULL too, whatever their size.
 */
void *arena_take(struct arena *arena, size_t count, size_t size_bytes);

/*
 * arena_grow - a larger piece in the place of one that was taken before.
 *
 * Takes   old, of old_bytes, or NULL with 0; new_bytes, not less.
 * Gives   the bytes of the old one, then zeros; in place where the old one is
 *         the newest of its block. NULL as with arena_take(). The old one is
 *         not to be used any more.
 */
void *arena_grow(struct arena *arena, void *old, size_t old_bytes,
    size_t new_bytes);

/*
 * arena_copy - the same bytes, owned by the arena, with a NUL behind them.
 *
 * Gives   the empty span when there is no more memory.
 */
struct span arena_copy(struct arena *arena, struct span bytes);

#endif
