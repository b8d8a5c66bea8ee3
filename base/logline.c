#include "base/logline.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"

enum { CLOSE_RESERVE = 2 }; /* room kept for "}" */

void
logline_start(struct logline *line, bool is_json, size_t value_most)
{
	line->text[0] = '\0';
	line->used_bytes = 0;
	line->is_json = is_json;
	line->value_most = value_most;
}

/* Append our own text; false, with the line unchanged, when it is full. */
static bool
append(struct logline *line, const char *text)
{
	size_t size_bytes = strlen(text);

	if (line->used_bytes + size_bytes + CLOSE_RESERVE >= LOGLINE_MAX)
		return false;
	memcpy(line->text + line->used_bytes, text, size_bytes + 1);
	line->used_bytes += size_bytes;
	return true;
}

static bool
append_key(struct logline *line, const char *key)
{
	bool is_first = line->used_bytes == 0;

	if (line->is_json)
		return append(line, is_first ? "{\"" : ",\"") &&
		    append(line, key) && append(line, "\":");
	return append(line, is_first ? "" : " ") && append(line, key) &&
	    append(line, "=");
}

static bool
is_plain(unsigned char byte)
{
	return byte > ' ' && byte < 0x7f && byte != '"' && byte != '\\';
}

static bool
needs_quotes(struct span value)
{
	size_t i;

	for (i = 0; i < value.size_bytes; i++)
		if (!is_plain((unsigned char)value.at[i]) ||
		    value.at[i] == '=')
			return true;
	return value.size_bytes == 0;
}

/* Takes the next byte off a value, or the next character in JSON. */
static void
escape_next(const struct logline *line, char *escaped, struct span *rest)
{
	unsigned char byte = (unsigned char)rest->at[0];

	if (line->is_json) {
		json_escape_next(escaped, rest);
		return;
	}
	(void)snprintf(escaped, JSON_ESCAPED_MAX,
	    is_plain(byte) || byte == ' ' ? "%c" : "\\%03o", byte);
	*rest = span_from(*rest, 1);
}

static bool
append_value(struct logline *line, struct span value, const char *quote)
{
	size_t left_bytes = line->value_most;
	char escaped[JSON_ESCAPED_MAX];
	bool has_room = append(line, quote);

	while (has_room && value.size_bytes > 0) {
		escape_next(line, escaped, &value);
		if (strlen(escaped) > left_bytes)
			break;
		left_bytes -= strlen(escaped);
		has_room = append(line, escaped);
	}
	return has_room && append(line, quote);
}

void
logline_span(struct logline *line, const char *key, struct span value)
{
	size_t start_bytes = line->used_bytes;
	bool is_quoted = line->is_json || needs_quotes(value);

	if (append_key(line, key) &&
	    append_value(line, value, is_quoted ? "\"" : ""))
		return;
	line->used_bytes = start_bytes;
	line->text[start_bytes] = '\0';
}

void
logline_text(struct logline *line, const char *key, const char *value)
{
	logline_span(line, key, span_of(value));
}

void
logline_number(struct logline *line, const char *key, long long value)
{
	size_t start_bytes = line->used_bytes;
	char digits[24];

	(void)snprintf(digits, sizeof(digits), "%lld", value);
	if (append_key(line, key) && append(line, digits))
		return;
	line->used_bytes = start_bytes;
	line->text[start_bytes] = '\0';
}

void
logline_end(struct logline *line)
{
	if (line->is_json && line->used_bytes > 0) {
		line->text[line->used_bytes++] = '}';
		line->text[line->used_bytes] = '\0';
	}
}
