/*
 * blank.h - what separates the words of a structured field.
 */
#ifndef MIME_BLANK_H
#define MIME_BLANK_H

#include <stdbool.h>

#include "base/span.h"

/*
 * blank_is_white - is it a blank, a tab, or a part of a line end?
 */
bool blank_is_white(char byte);

/*
 * blank_skip - pass over white space and comments.
 *
 * Takes   rest, of a field.
 * Gives   rest begins with what is neither, or is empty. Comments nest; one
 *         without end goes to the end.
 * Source  RFC 5322 section 3.2.2.
 */
void blank_skip(struct span *rest);

#endif
