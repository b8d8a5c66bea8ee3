/*
 * extension.h - the names that a script may require.
 */
#ifndef SIEVE_EXTENSION_H
#define SIEVE_EXTENSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "sieve/sieve.h"

struct extension_set {
	uint64_t bits; /* by number of the extension; extras above */
};

/*
 * extension_find - the number of an extension that scripts may use.
 *
 * Gives   false for what is unknown, or disabled by options.
 */
bool extension_find(const struct sieve_options *options, struct span name,
    size_t *number_out);

/*
 * extension_require - add an extension, and all that it brings along.
 *
 * Gives   false as above; the set is then as it was.
 */
bool extension_require(struct extension_set *set,
    const struct sieve_options *options, struct span name);

/*
 * extension_has - is this extension in the set?
 */
bool extension_has(const struct extension_set *set,
    const struct sieve_options *options, const char *name);

/*
 * extension_nearest - a name that may have been meant; NULL when none is.
 */
const char *extension_nearest(struct span name);

#endif
