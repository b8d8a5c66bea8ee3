/*
 * charset.h - text of other character sets in UTF-8.
 *
 * What this folder computes is computed in a process that can open no file.
 * glibc's iconv(3) loads its tables from files. So the common sets of one
 * byte a character, and those of Unicode, have tables of our own; the sets of
 * East Asia are the system's, opened beforehand by charset_prepare(), and
 * only if the message names them.
 */
#ifndef MIME_CHARSET_H
#define MIME_CHARSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/span.h"

/*
 * charset_prepare - open the system's converters that this message may want.
 *
 * Takes   message, the bytes in which the names of sets are looked for.
 * Gives   converters kept for this process; to be called before it gives up
 *         the right to open files. Without it, sets that have no table of
 *         our own are unknown.
 */
void charset_prepare(struct span message);

/*
 * charset_wanted - which of the system's converters may this message want?
 *
 * Gives   a set of bits for charset_open(), in this or another process of the
 *         same program: for one that must open them before it may see the
 *         message.
 */
uint64_t charset_wanted(struct span message);

/*
 * charset_open - open these converters, as charset_prepare() does.
 *
 * Takes   wanted, from charset_wanted(); bits that mean nothing are ignored.
 */
void charset_open(uint64_t wanted);

/*
 * charset_is_known - can text of this character set be converted?
 */
bool charset_is_known(struct span charset);

/*
 * charset_to_utf8 - add text to a buffer, in UTF-8.
 *
 * Takes   charset, its name in either case.
 * Gives   true when the set is known; bytes that are wrong in it become
 *         U+FFFD. Bytes that are not UTF-8 in text that says it is become
 *         U+FFFD, too. False for an unknown set: nothing is added.
 */
bool charset_to_utf8(struct span charset, struct span bytes,
    struct buffer *out);

/*
 * charset_is_same - is this text the same in UTF-8, to the byte?
 *
 * Gives   true for well-formed UTF-8 (US-ASCII with it) that says it is.
 */
bool charset_is_same(struct span charset, struct span bytes);

/*
 * charset_add_code - add one character to a buffer, in UTF-8.
 *
 * Takes   code, a Unicode code point; what is none becomes U+FFFD.
 */
void charset_add_code(struct buffer *out, unsigned long code);

/*
 * charset_is_utf8 - are these bytes well-formed UTF-8?
 *
 * Source  RFC 3629.
 */
bool charset_is_utf8(struct span bytes);

/*
 * charset_char_bytes - the length of the first character of a UTF-8 text.
 *
 * Gives   1 to 4; 1 for a byte that begins none; 0 for the empty span.
 */
size_t charset_char_bytes(struct span text);

#endif
