/*
 * json.h - bytes from anywhere, as part of a JSON string.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/span.h"

enum { JSON_ESCAPED_MAX = 13 }; /* two \uxxxx and the NUL */

/*
 * json_escape_next - take the next character off a span of UTF-8.
 *
 * Takes   text, JSON_ESCAPED_MAX large; rest, which is not empty.
 * Gives   ASCII only: characters above it as \uxxxx, or two of them. A byte
 *         that is no part of a character becomes \ufffd. One byte at least
 *         is taken off.
 * Source  RFC 8259 section 7; what is a character, utf8_decode() says.
 */
void json_escape_next(char *text, struct span *rest);

#endif
