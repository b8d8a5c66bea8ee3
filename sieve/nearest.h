/*
 * nearest.h - which known word did somebody mean who wrote another one?
 */
#ifndef SIEVE_NEAREST_H
#define SIEVE_NEAREST_H

#include <stddef.h>

#include "base/span.h"

struct nearest {
	struct span word; /* borrowed */
	const char *best; /* borrowed; NULL when none is near */
	size_t distance;
};

/*
 * nearest_start - look for words near this one.
 */
void nearest_start(struct nearest *nearest, struct span word);

/*
 * nearest_offer - a known word; letters of either case are the same.
 */
void nearest_offer(struct nearest *nearest, const char *known);

/*
 * nearest_result - the nearest of the words that were offered.
 *
 * Gives   NULL when it would take more than two letters, or a third of the
 *         word, to make it of what was written.
 */
const char *nearest_result(const struct nearest *nearest);

#endif
