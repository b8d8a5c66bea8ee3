#include "base/buffer.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* What a short field needs; the room doubles from there. */
enum { FIRST_BYTES = 64 };

void
buffer_start(struct buffer *buffer, struct arena *arena)
{
	memset(buffer, 0, sizeof(*buffer));
	buffer->arena = arena;
}

char *
buffer_reserve(struct buffer *buffer, size_t more_bytes)
{
	size_t room_bytes = buffer->room_bytes;
	char *at;

	if (more_bytes > SIZE_MAX / 4 - buffer->size_bytes) {
		buffer->arena->is_exhausted = true;
		return NULL;
	}
	if (room_bytes - buffer->size_bytes < more_bytes || room_bytes == 0) {
		room_bytes = room_bytes * 2 + FIRST_BYTES;
		if (room_bytes < buffer->size_bytes + more_bytes)
			room_bytes = buffer->size_bytes + more_bytes;
		at = arena_grow(buffer->arena, buffer->at, buffer->room_bytes,
		    room_bytes);
		if (at == NULL)
			return NULL;
		buffer->at = at;
		buffer->room_bytes = room_bytes;
	}
	return buffer->at + buffer->size_bytes;
}

void
buffer_add(struct buffer *buffer, struct span bytes)
{
	char *at;

	if (bytes.size_bytes == 0)
		return;
	at = buffer_reserve(buffer, bytes.size_bytes);
	if (at == NULL)
		return;
	memcpy(at, bytes.at, bytes.size_bytes);
	buffer->size_bytes += bytes.size_bytes;
}

void
buffer_add_text(struct buffer *buffer, const char *text)
{
	buffer_add(buffer, span_of(text));
}

void
buffer_add_byte(struct buffer *buffer, char byte)
{
	char *at = buffer_reserve(buffer, 1);

	if (at == NULL)
		return;
	*at = byte;
	buffer->size_bytes++;
}

void
buffer_add_number(struct buffer *buffer, long long number, int digits)
{
	char text[64];
	int length;

	length = snprintf(text, sizeof(text), "%0*lld", digits, number);
	if (length > 0 && (size_t)length < sizeof(text))
		buffer_add_text(buffer, text);
}

struct span
buffer_span(const struct buffer *buffer)
{
	struct span all = { buffer->at, buffer->size_bytes };

	return all;
}
