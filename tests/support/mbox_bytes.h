/*
 * mbox_bytes.h - bytes that grow, and a sink that collects them.
 */
#ifndef TESTS_SUPPORT_MBOX_BYTES_H
#define TESTS_SUPPORT_MBOX_BYTES_H

#include <atf-c.h>
#include <stdlib.h>
#include <string.h>

#include "base/failure.h"
#include "base/span.h"

struct bytes {
	char *at; /* owned, NULL at first */
	size_t used_bytes;
	size_t room_bytes;
};

/*
 * bytes_add - put data behind what is there.
 */
static inline void
bytes_add(struct bytes *bytes, const char *at, size_t size_bytes)
{
	if (bytes->used_bytes + size_bytes >= bytes->room_bytes) {
		bytes->room_bytes = 2 * bytes->room_bytes + size_bytes + 64;
		bytes->at = realloc(bytes->at, bytes->room_bytes);
		ATF_REQUIRE(bytes->at != NULL);
	}
	if (size_bytes > 0)
		memcpy(bytes->at + bytes->used_bytes, at, size_bytes);
	bytes->used_bytes += size_bytes;
	bytes->at[bytes->used_bytes] = '\0';
}

/*
 * bytes_text - the same for a string.
 */
static inline void
bytes_text(struct bytes *bytes, const char *text)
{
	bytes_add(bytes, text, strlen(text));
}

/*
 * bytes_fill - the same byte many times.
 */
static inline void
bytes_fill(struct bytes *bytes, char byte, size_t count)
{
	char block[4096];
	size_t part;

	memset(block, byte, sizeof(block));
	for (; count > 0; count -= part) {
		part = count < sizeof(block) ? count : sizeof(block);
		bytes_add(bytes, block, part);
	}
}

/*
 * bytes_span - what is there, until the next change.
 */
static inline struct span
bytes_span(const struct bytes *bytes)
{
	struct span whole = { bytes->at, bytes->used_bytes };

	return whole;
}

/*
 * bytes_free - start anew with nothing.
 */
static inline void
bytes_free(struct bytes *bytes)
{
	free(bytes->at);
	memset(bytes, 0, sizeof(*bytes));
}

/*
 * bytes_sink - a spool_sink; context is a struct bytes.
 */
static inline enum verdict
bytes_sink(void *context, struct span data, struct failure *why)
{
	(void)why;
	bytes_add(context, data.at, data.size_bytes);
	return VERDICT_OK;
}

#endif
