/*
 * logline.h - one line of fixed keys and escaped values, for programs.
 */
#ifndef BASE_LOGLINE_H
#define BASE_LOGLINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

enum { LOGLINE_MAX = 4096 };

struct logline {
	char text[LOGLINE_MAX]; /* NUL-terminated, no line end */
	size_t used_bytes;
	bool is_json; /* else logfmt */
};

/*
 * logline_start - begin an empty line.
 */
void logline_start(struct logline *line, bool is_json);

/*
 * logline_span - add key=value where the value is bytes from anywhere.
 *
 * Takes   key, lower-case ASCII of our own.
 * Gives   logfmt: a value with blanks, quotes, "=" or nothing in it is put
 *         between double quotes; control bytes, bytes above 0x7e, quotes
 *         and backslashes become \ooo. JSON: escaped as RFC 8259 asks,
 *         bytes above 0x7e as \u00xx. A value of more than 512 bytes is cut;
 *         a pair that no longer fits is left out. So no value can end the
 *         line or forge another key.
 */
void logline_span(struct logline *line, const char *key, struct span value);

/*
 * logline_text - the same for a string.
 */
void logline_text(struct logline *line, const char *key, const char *value);

/*
 * logline_number - add key=number.
 */
void logline_number(struct logline *line, const char *key, long long value);

/*
 * logline_end - close the line; nothing can be added any more.
 */
void logline_end(struct logline *line);

#endif
