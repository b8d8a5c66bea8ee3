/*
 * printable.h - text from anywhere, for a terminal or another one's log.
 */
#ifndef MDA_PRINTABLE_H
#define MDA_PRINTABLE_H

#include "base/span.h"

enum { PRINTABLE_MAX = 32 }; /* one character and the NUL, in any locale */

/*
 * printable_next - take the next character off a text, fit to be printed.
 *
 * Takes   text, PRINTABLE_MAX large; rest, which is not empty, in UTF-8 or
 *         in the reader's character set.
 * Gives   the character as it is. "?" for what could move a cursor, end a
 *         line or turn the direction of what follows: C0 and C1 controls in
 *         either form, DEL, the separators of lines and paragraphs, and the
 *         embeddings, overrides and isolates of right-to-left text. One byte
 *         at least is taken off.
 * Source  ECMA-48; Unicode Standard Annex 9, section 2.
 */
void printable_next(char *text, struct span *rest);

/*
 * printable - the same for all of a string, which never grows by it.
 */
void printable(char *text);

/*
 * printable_lines - the same, but the text may have several lines.
 */
void printable_lines(char *text);

#endif
