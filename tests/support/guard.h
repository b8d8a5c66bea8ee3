/*
 * guard.h - bytes that end where the memory ends.
 *
 * Whoever reads one byte too many is killed, and so is whoever writes.
 */
#ifndef TESTS_SUPPORT_GUARD_H
#define TESTS_SUPPORT_GUARD_H

#include <sys/mman.h>

#include <atf-c.h>
#include <string.h>
#include <unistd.h>

#include "base/span.h"

enum { GUARD_BYTES = 64 * 1024 }; /* a multiple of any page size in use */

/*
 * guard_place - copy data to the end of readable memory.
 *
 * Takes   at most GUARD_BYTES.
 * Gives   a span that is good until the next call.
 */
static inline struct span
guard_place(const void *data, size_t size_bytes)
{
	static char *pages;
	struct span placed;

	if (pages == NULL) {
		pages = mmap(NULL, 2 * GUARD_BYTES, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		ATF_REQUIRE(pages != MAP_FAILED);
		ATF_REQUIRE_EQ(0,
		    mprotect(pages + GUARD_BYTES, GUARD_BYTES, PROT_NONE));
	}
	ATF_REQUIRE(size_bytes <= GUARD_BYTES);
	placed.at = pages + GUARD_BYTES - size_bytes;
	placed.size_bytes = size_bytes;
	if (size_bytes > 0)
		memcpy(pages + GUARD_BYTES - size_bytes, data, size_bytes);
	return placed;
}

#endif
