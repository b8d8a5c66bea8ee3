/*
 * fuzz.h - what the targets of a fuzzer share.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/span.h"

/* What must be true, whatever came in. */
#define MUST(claim) ((claim) ? (void)0 : abort())

/*
 * LLVMFuzzerTestOneInput - try one input.
 *
 * Gives   0; a claim that does not hold aborts.
 * Source  libFuzzer of clang.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes);

/*
 * fuzz_flags - take one byte off the front, 0 when there is none.
 */
static inline unsigned int
fuzz_flags(struct span *rest)
{
	unsigned int flags = 0;

	if (rest->size_bytes > 0)
		flags = (unsigned char)rest->at[0];
	*rest = span_from(*rest, rest->size_bytes > 0);
	return flags;
}

#endif
