/*
 * charset_table.h - character sets of one byte a character.
 */
#ifndef MIME_CHARSET_TABLE_H
#define MIME_CHARSET_TABLE_H

#include "base/span.h"

/*
 * charset_table_find - the characters of the bytes 0x80 to 0xff.
 *
 * Takes   charset, its name in either case.
 * Gives   128 code points of Unicode, 0xfffd where there is no character; NULL
 *         for a set that is not among ours. Below 0x80 all are US-ASCII.
 */
const unsigned short *charset_table_find(struct span charset);

#endif
