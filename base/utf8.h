/*
 * utf8.h - one character of UTF-8 at a time.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>

#include "base/span.h"

/*
 * utf8_decode - the character that a span begins with.
 *
 * Takes   text, which is not empty.
 * Gives   its length in bytes, and *code_out; 0 when there is none.
 * Source  RFC 3629 section 4, which forbids longer forms than needed,
 *         surrogates, and all above U+10FFFF.
 */
size_t utf8_decode(struct span text, unsigned long *code_out);

/*
 * utf8_is_valid - is a span made of such characters alone?
 */
bool utf8_is_valid(struct span text);

#endif
