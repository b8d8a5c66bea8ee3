/*
 * encoded.h - "${hex:40}" and "${unicode:e9}" in strings of a script.
 */
#ifndef SIEVE_ENCODED_H
#define SIEVE_ENCODED_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/span.h"

/*
 * encoded_add - add a string to a buffer, with its codes resolved.
 *
 * Gives   true; what only looks like a code stays as it is. False for a
 *         number that is no Unicode character.
 * Source  RFC 5228 section 2.4.2.4.
 */
bool encoded_add(struct buffer *out, struct span string);

#endif
