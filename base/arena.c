#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * Small pieces share blocks; one that is larger than a block has one of its
 * own, which can be made larger without keeping the old one.
 */
enum { BLOCK_BYTES = 16384, ALIGNMENT = 16 };

struct arena_block {
	struct arena_block *next;
	struct arena_block **link; /* what points to this one */
	size_t used_bytes;	   /* of what follows */
};

/* The memory that is given out follows the block, aligned for any type. */
enum {
	HEAD_BYTES =
	    (sizeof(struct arena_block) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT
};

void
arena_start(struct arena *arena, size_t limit_bytes)
{
	memset(arena, 0, sizeof(*arena));
	arena->left_bytes = limit_bytes;
}

static void
free_all(struct arena_block *block)
{
	while (block != NULL) {
		struct arena_block *next = block->next;

		free(block);
		block = next;
	}
}

void
arena_end(struct arena *arena)
{
	free_all(arena->blocks);
	free_all(arena->large);
	memset(arena, 0, sizeof(*arena));
	arena->is_exhausted = true;
}

static void *
exhausted(struct arena *arena)
{
	arena->is_exhausted = true;
	return NULL;
}

static char *
block_bytes(struct arena_block *block)
{
	return (char *)block + HEAD_BYTES;
}

static size_t
rounded(size_t size_bytes)
{
	return (size_bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static void
block_link(struct arena_block **list, struct arena_block *block)
{
	block->link = list;
	block->next = *list;
	if (block->next != NULL)
		block->next->link = &block->next;
	*list = block;
}

static struct arena_block *
block_add(struct arena *arena, struct arena_block **list, size_t size_bytes)
{
	struct arena_block *block = calloc(1, HEAD_BYTES + size_bytes);

	if (block == NULL)
		return exhausted(arena);
	block_link(list, block);
	return block;
}

/* A block with room for so many bytes, which are at most BLOCK_BYTES. */
static struct arena_block *
shared_block(struct arena *arena, size_t size_bytes)
{
	struct arena_block *block = arena->blocks;

	if (block != NULL && BLOCK_BYTES - block->used_bytes >= size_bytes)
		return block;
	return block_add(arena, &arena->blocks, BLOCK_BYTES);
}

void *
arena_take(struct arena *arena, size_t count, size_t size_bytes)
{
	struct arena_block *block;
	size_t all_bytes;
	char *at;

	if (arena->is_exhausted ||
	    (size_bytes > 0 && count > (SIZE_MAX / 2) / size_bytes))
		return exhausted(arena);
	all_bytes = rounded(count * size_bytes);
	if (all_bytes > arena->left_bytes)
		return exhausted(arena);
	block = all_bytes > BLOCK_BYTES
	    ? block_add(arena, &arena->large, all_bytes)
	    : shared_block(arena, all_bytes);
	if (block == NULL)
		return NULL;
	arena->left_bytes -= all_bytes;
	at = block_bytes(block) + block->used_bytes;
	block->used_bytes += all_bytes;
	return at;
}

/* Is this piece the last of the newest block, with room behind it? */
static bool
can_stretch(struct arena *arena, const char *old, size_t old_bytes,
    size_t more_bytes)
{
	struct arena_block *block = arena->blocks;

	return block != NULL && old_bytes > 0 &&
	    old + rounded(old_bytes) ==
	    block_bytes(block) + block->used_bytes &&
	    BLOCK_BYTES - block->used_bytes >= more_bytes;
}

static void *
grow_large(struct arena *arena, char *old, size_t old_bytes, size_t more_bytes)
{
	struct arena_block *block =
	    (struct arena_block *)(void *)(old - HEAD_BYTES);
	struct arena_block *larger;

	*block->link = block->next;
	if (block->next != NULL)
		block->next->link = block->link;
	larger = realloc(block, HEAD_BYTES + block->used_bytes + more_bytes);
	if (larger == NULL) {
		block_link(&arena->large, block);
		return exhausted(arena);
	}
	block_link(&arena->large, larger);
	larger->used_bytes += more_bytes;
	arena->left_bytes -= more_bytes;
	memset(block_bytes(larger) + old_bytes, 0,
	    larger->used_bytes - old_bytes);
	return block_bytes(larger);
}

void *
arena_grow(struct arena *arena, void *old, size_t old_bytes, size_t new_bytes)
{
	size_t more_bytes;
	void *larger;

	if (arena->is_exhausted || new_bytes > SIZE_MAX / 2)
		return exhausted(arena);
	more_bytes = rounded(new_bytes) - rounded(old_bytes);
	if (more_bytes > arena->left_bytes)
		return exhausted(arena);
	if (rounded(old_bytes) > BLOCK_BYTES)
		return grow_large(arena, old, old_bytes, more_bytes);
	if (can_stretch(arena, old, old_bytes, more_bytes)) {
		arena->left_bytes -= more_bytes;
		arena->blocks->used_bytes += more_bytes;
		return old;
	}
	larger = arena_take(arena, 1, new_bytes);
	if (larger != NULL && old_bytes > 0)
		memcpy(larger, old, old_bytes);
	return larger;
}

struct span
arena_copy(struct arena *arena, struct span bytes)
{
	struct span copy = { NULL, 0 };
	char *at;

	if (bytes.size_bytes > SIZE_MAX / 2)
		return copy;
	at = arena_take(arena, bytes.size_bytes + 1, 1);
	if (at == NULL)
		return copy;
	if (bytes.size_bytes > 0)
		memcpy(at, bytes.at, bytes.size_bytes);
	copy.at = at;
	copy.size_bytes = bytes.size_bytes;
	return copy;
}
