#include "base/json.h"

#include <stdbool.h>
#include <stdio.h>

void
json_escape_byte(char *text, unsigned char byte)
{
	bool is_plain =
	    byte >= ' ' && byte < 0x7f && byte != '"' && byte != '\\';

	if (is_plain)
		(void)snprintf(text, JSON_ESCAPED_MAX, "%c", byte);
	else
		(void)snprintf(text, JSON_ESCAPED_MAX, "\\u%04x", byte);
}

/* By the first byte; 0 for one that begins no character. */
static size_t
length_of(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first <= 0xdf)
		return 2;
	if (first >= 0xe0 && first <= 0xef)
		return 3;
	if (first >= 0xf0 && first <= 0xf4)
		return 4;
	return 0;
}

static bool
is_character(unsigned long code, size_t length)
{
	static const unsigned long least[] = { 0, 0, 0x80, 0x800, 0x10000 };

	return code >= least[length] && code <= 0x10ffff &&
	    (code < 0xd800 || code > 0xdfff);
}

/* Gives the length of the character in front; 0 when there is none. */
static size_t
decode(struct span rest, unsigned long *code_out)
{
	const unsigned char *at = (const unsigned char *)rest.at;
	size_t length = length_of(at[0]);
	size_t i;

	if (length == 0 || length > rest.size_bytes)
		return 0;
	*code_out = length == 1 ? at[0] : at[0] & (0x7fU >> length);
	for (i = 1; i < length; i++) {
		if ((at[i] & 0xc0U) != 0x80)
			return 0;
		*code_out = *code_out << 6 | (at[i] & 0x3fU);
	}
	return is_character(*code_out, length) ? length : 0;
}

static void
escape_code(char *text, unsigned long code)
{
	unsigned long above = code - 0x10000;

	if (code < 0x80)
		json_escape_byte(text, (unsigned char)code);
	else if (code < 0x10000)
		(void)snprintf(text, JSON_ESCAPED_MAX, "\\u%04lx", code);
	else
		(void)snprintf(text, JSON_ESCAPED_MAX, "\\u%04lx\\u%04lx",
		    0xd800 + (above >> 10), 0xdc00 + (above & 0x3ff));
}

void
json_escape_next(char *text, struct span *rest)
{
	unsigned long code = 0;
	size_t length = decode(*rest, &code);

	escape_code(text, length == 0 ? 0xfffd : code);
	*rest = span_from(*rest, length == 0 ? 1 : length);
}
