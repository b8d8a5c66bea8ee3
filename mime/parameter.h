/*
 * parameter.h - values such as "text/plain; charset=utf-8".
 */
#ifndef MIME_PARAMETER_H
#define MIME_PARAMETER_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/span.h"

/*
 * parameter_main - what stands before the first ";", without comments.
 *
 * Gives   "text/plain" in lower case; the empty span when there is nothing.
 * Source  RFC 2045 section 5.1, RFC 2183.
 */
struct span parameter_main(struct span value, struct arena *arena);

/*
 * parameter_find - the value of one parameter.
 *
 * Takes   value, of a Content-Type or Content-Disposition field.
 * Gives   true with *found_out in UTF-8, unquoted, pieces put together and
 *         percent codes resolved; false when there is no such parameter.
 * Source  RFC 2045 section 5.1, RFC 2231 sections 3 and 4.
 */
bool parameter_find(struct span value, const char *name, struct arena *arena,
    struct span *found_out);

#endif
