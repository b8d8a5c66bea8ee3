/*
 * encoding.h - base64 and quoted-printable.
 */
#ifndef MIME_ENCODING_H
#define MIME_ENCODING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/span.h"

/*
 * encoding_add_base64 - decode base64 into a buffer.
 *
 * Gives   all that is there; bytes outside the alphabet are passed over, and
 *         padding begins anew. False when there was such a byte, or the end
 *         was not whole.
 * Source  RFC 2045 section 6.8.
 */
bool encoding_add_base64(struct buffer *out, struct span text);

/*
 * encoding_add_quoted - decode quoted-printable into a buffer.
 *
 * Gives   the bytes, with line ends as they were written; a "=" that begins
 *         no code stays. Blanks at the ends of lines go.
 * Source  RFC 2045 section 6.7.
 */
void encoding_add_quoted(struct buffer *out, struct span text);

/*
 * encoding_add_q - decode the Q of an encoded word into a buffer.
 *
 * Gives   false when a "=" begins no code; the buffer may have grown.
 * Source  RFC 2047 section 4.2.
 */
bool encoding_add_q(struct buffer *out, struct span text);

/*
 * encoding_add_folded - write plain text, folded before column 78.
 *
 * Takes   text, US-ASCII without control bytes; line_bytes, how much of the
 *         line is taken already.
 * Gives   the text with line ends before some of its blanks.
 * Source  RFC 5322 section 2.2.3.
 */
void encoding_add_folded(struct buffer *out, struct span text,
    size_t line_bytes);

/*
 * encoding_add_word - write text as encoded words where it is not plain.
 *
 * Takes   text, in UTF-8; line_bytes, how much of the line is taken already.
 * Gives   plain US-ASCII as it is, folded at blanks before column 78; else
 *         encoded words in base64, none over 75 bytes, folded between them,
 *         no character cut. Line ends, tabs and the byte 0 become blanks.
 * Source  RFC 2047 sections 2 and 5.
 */
void encoding_add_word(struct buffer *out, struct span text, size_t line_bytes);

#endif
