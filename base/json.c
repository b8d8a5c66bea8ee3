#include "base/json.h"

#include <stdbool.h>
#include <stdio.h>

#include "base/utf8.h"

static void
escape_byte(char *text, unsigned char byte)
{
	bool is_plain =
	    byte >= ' ' && byte < 0x7f && byte != '"' && byte != '\\';

	if (is_plain)
		(void)snprintf(text, JSON_ESCAPED_MAX, "%c", byte);
	else
		(void)snprintf(text, JSON_ESCAPED_MAX, "\\u%04x", byte);
}

static void
escape_code(char *text, unsigned long code)
{
	unsigned long above = code - 0x10000;

	if (code < 0x80)
		escape_byte(text, (unsigned char)code);
	else if (code < 0x10000)
		(void)snprintf(text, JSON_ESCAPED_MAX, "\\u%04lx", code);
	else
		(void)snprintf(text, JSON_ESCAPED_MAX, "\\u%04lx\\u%04lx",
		    0xd800 + ((above >> 10) & 0x3ff),
		    0xdc00 + (above & 0x3ff));
}

void
json_escape_next(char *text, struct span *rest)
{
	unsigned long code = 0;
	size_t length = utf8_decode(*rest, &code);

	escape_code(text, length == 0 ? 0xfffd : code);
	*rest = span_from(*rest, length == 0 ? 1 : length);
}
