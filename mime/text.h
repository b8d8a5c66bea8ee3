/*
 * text.h - the value of a header field as people read it.
 */
#ifndef MIME_TEXT_H
#define MIME_TEXT_H

#include "base/arena.h"
#include "base/span.h"

/*
 * text_unfold - the value of a field as one line.
 *
 * Gives   the bytes without blanks at both ends, and without line ends
 *         inside. A value that needs no change is given as it is, borrowed.
 * Source  RFC 5322 section 2.2.3.
 */
struct span text_unfold(struct span raw, struct arena *arena);

/*
 * text_decode - encoded words in UTF-8, the rest as it is.
 *
 * Takes   unfolded text.
 * Gives   UTF-8 where it was right; an encoded word that is broken, or in a
 *         character set that we do not know, stays as it was written. Blanks
 *         between two encoded words go, and a character cut in two between
 *         them is put together. Text without encoded words is borrowed.
 * Source  RFC 2047, RFC 2231 section 5 (language behind the character set).
 */
struct span text_decode(struct span text, struct arena *arena);

/*
 * text_header - text_unfold(), then text_decode().
 */
struct span text_header(struct span raw, struct arena *arena);

#endif
