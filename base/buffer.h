/*
 * buffer.h - bytes that grow at their end, in the memory of an arena.
 */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include <stddef.h>

#include "base/arena.h"
#include "base/span.h"

struct buffer {
	struct arena *arena; /* borrowed */
	char *at;	     /* of the arena; NULL while empty */
	size_t size_bytes;
	size_t room_bytes;
};

/*
 * buffer_start - an empty buffer that will grow in this arena.
 */
void buffer_start(struct buffer *buffer, struct arena *arena);

/*
 * buffer_reserve - make room for so many bytes more.
 *
 * Gives   where they may be written; whoever does adds them to size_bytes.
 *         NULL when the arena is exhausted.
 */
char *buffer_reserve(struct buffer *buffer, size_t more_bytes);

/*
 * buffer_add - put bytes at the end.
 *
 * Gives   nothing is added when the arena is exhausted, which it then says.
 */
void buffer_add(struct buffer *buffer, struct span bytes);

/*
 * buffer_add_text - put a string at the end, without its NUL.
 */
void buffer_add_text(struct buffer *buffer, const char *text);

/*
 * buffer_add_byte - put one byte at the end.
 */
void buffer_add_byte(struct buffer *buffer, char byte);

/*
 * buffer_add_number - put a decimal number at the end.
 *
 * Takes   digits, the least number of them; zeros fill up.
 */
void buffer_add_number(struct buffer *buffer, long long number, int digits);

/*
 * buffer_span - what the buffer holds.
 *
 * Gives   a span that is valid until more is added.
 */
struct span buffer_span(const struct buffer *buffer);

#endif
