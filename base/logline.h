/*
 * logline.h - one line of fixed keys and escaped values, for programs.
 */
#ifndef BASE_LOGLINE_H
#define BASE_LOGLINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

enum {
	LOGLINE_MAX = 8192,	 /* longer ones are cut by syslog daemons */
	LOGLINE_VALUE_MAX = 512, /* so thirteen of them fit, keys and all */
	LOGLINE_VALUE_FEW = 64	 /* for sockets that take no long line */
};

struct logline {
	char text[LOGLINE_MAX]; /* NUL-terminated, no line end */
	size_t used_bytes;
	bool is_json;	   /* else logfmt */
	size_t value_most; /* bytes of a value, as written */
};

/*
 * logline_start - begin an empty line.
 *
 * Takes   value_most: what a value takes in the line ends there, so that a
 *         long one cannot crowd others out.
 */
void logline_start(struct logline *line, bool is_json, size_t value_most);

/*
 * logline_span - add key=value where the value is bytes from anywhere.
 *
 * Takes   key, lower-case ASCII of our own.
 * Gives   ASCII only. logfmt: a value with blanks, quotes, "=" or nothing in
 *         it is put between double quotes; control bytes, bytes above 0x7e,
 *         quotes and backslashes become \ooo. JSON: characters of UTF-8 as
 *         json_escape_next() has them; a byte that is no part of one becomes
 *         \ufffd. A value that would take more than value_most is cut, never
 *         within an escape; a pair that no longer fits is left out. So no
 *         value can end the line, forge another key or crowd one out.
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
