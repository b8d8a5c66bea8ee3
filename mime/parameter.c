#include "mime/parameter.h"

#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "mime/blank.h"
#include "mime/charset.h"
#include "mime/text.h"

/* More pieces of one value than this are not put together. */
enum { PIECES_MAX = 64 };

/* One "name*3*=value". */
struct parameter {
	struct span name;  /* without stars */
	struct span value; /* quotes around it, as written */
	int piece;	   /* -1 when it has no number */
	bool is_extended;  /* percent codes are in it */
};

static bool
is_token_byte(char byte)
{
	return (unsigned char)byte > ' ' && byte != 0x7f &&
	    strchr("()<>@,;:\\\"[]?=", byte) == NULL;
}

static struct span
take_token(struct span *rest)
{
	struct span token;

	blank_skip(rest);
	token.at = rest->at;
	token.size_bytes = 0;
	while (token.size_bytes < rest->size_bytes &&
	    is_token_byte(rest->at[token.size_bytes]))
		token.size_bytes++;
	*rest = span_from(*rest, token.size_bytes);
	blank_skip(rest);
	return token;
}

static void
add_lower(struct buffer *out, struct span text)
{
	size_t i;

	for (i = 0; i < text.size_bytes; i++)
		buffer_add_byte(out,
		    text.at[i] >= 'A' && text.at[i] <= 'Z'
			? (char)(text.at[i] | 0x20)
			: text.at[i]);
}

struct span
parameter_main(struct span value, struct arena *arena)
{
	struct buffer out;

	buffer_start(&out, arena);
	add_lower(&out, take_token(&value));
	if (out.size_bytes > 0 && span_starts(value, "/")) {
		buffer_add_byte(&out, '/');
		value = span_from(value, 1);
		add_lower(&out, take_token(&value));
	}
	return buffer_span(&out);
}

/* From quote to quote, both of them taken along. */
static struct span
take_quoted(struct span *rest)
{
	struct span quoted = { rest->at, 1 };

	while (quoted.size_bytes < rest->size_bytes &&
	    rest->at[quoted.size_bytes] != '"')
		quoted.size_bytes +=
		    rest->at[quoted.size_bytes] == '\\' ? 2 : 1;
	quoted.size_bytes++;
	if (quoted.size_bytes > rest->size_bytes)
		quoted.size_bytes = rest->size_bytes;
	*rest = span_from(*rest, quoted.size_bytes);
	return quoted;
}

static struct span
unquoted(struct span quoted, struct arena *arena)
{
	struct buffer out;
	size_t i;

	if (!span_starts(quoted, "\""))
		return quoted;
	buffer_start(&out, arena);
	for (i = 1; i < quoted.size_bytes && quoted.at[i] != '"'; i++) {
		if (quoted.at[i] == '\\' && i + 1 < quoted.size_bytes)
			i++;
		if (quoted.at[i] != '\r' && quoted.at[i] != '\n')
			buffer_add_byte(&out, quoted.at[i]);
	}
	return buffer_span(&out);
}

/*
 * A value without quotes. What is no token but stands there all the same
 * ("filename=a b.txt", "charset=x/y") goes up to the next semicolon.
 */
static struct span
take_bare(struct span *rest)
{
	struct span bare = { rest->at, 0 };

	while (bare.size_bytes < rest->size_bytes &&
	    strchr(";\"(", rest->at[bare.size_bytes]) == NULL)
		bare.size_bytes++;
	*rest = span_from(*rest, bare.size_bytes);
	return span_trim(bare);
}

/* Take stars and the number off the end of a name. */
static void
name_split(struct parameter *parameter)
{
	struct span *name = &parameter->name;
	const char *star = memchr(name->at, '*', name->size_bytes);
	struct span tail;

	parameter->piece = -1;
	if (star == NULL)
		return;
	tail = span_from(*name, (size_t)(star - name->at) + 1);
	name->size_bytes = (size_t)(star - name->at);
	if (tail.size_bytes > 0 && tail.at[tail.size_bytes - 1] == '*') {
		parameter->is_extended = true;
		tail.size_bytes--;
	}
	if (tail.size_bytes == 0) {
		parameter->is_extended = true;
	} else if (tail.size_bytes <= 3) {
		parameter->piece = 0;
		for (; tail.size_bytes > 0; tail = span_from(tail, 1))
			parameter->piece =
			    parameter->piece * 10 + (tail.at[0] & 0x0f);
	}
}

static void
skip_to_semicolon(struct span *rest)
{
	while (rest->size_bytes > 0 && rest->at[0] != ';') {
		if (rest->at[0] == '(')
			blank_skip(rest);
		else
			*rest = span_from(*rest, 1);
	}
}

/* The next parameter behind a semicolon; false at the end. */
static bool
parameter_next(struct parameter *parameter, struct span *rest)
{
	for (;;) {
		memset(parameter, 0, sizeof(*parameter));
		skip_to_semicolon(rest);
		if (rest->size_bytes == 0)
			return false;
		*rest = span_from(*rest, 1);
		parameter->name = take_token(rest);
		if (parameter->name.size_bytes == 0 || !span_starts(*rest, "="))
			continue;
		*rest = span_from(*rest, 1);
		blank_skip(rest);
		parameter->value = span_starts(*rest, "\"") ? take_quoted(rest)
							    : take_bare(rest);
		name_split(parameter);
		return true;
	}
}

static int
hex_value(char byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	byte |= 0x20;
	return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

static void
add_percent(struct buffer *out, struct span text)
{
	size_t i;

	for (i = 0; i < text.size_bytes; i++) {
		bool is_code = text.at[i] == '%' && text.size_bytes - i > 2 &&
		    hex_value(text.at[i + 1]) >= 0 &&
		    hex_value(text.at[i + 2]) >= 0;

		if (is_code) {
			buffer_add_byte(out,
			    (char)(hex_value(text.at[i + 1]) << 4 |
				hex_value(text.at[i + 2])));
			i += 2;
		} else {
			buffer_add_byte(out, text.at[i]);
		}
	}
}

/* Take "charset'language'" off the front. */
static struct span
take_charset(struct span *value)
{
	struct span charset = { NULL, 0 };
	const char *first, *second;

	if (value->size_bytes == 0)
		return charset;
	first = memchr(value->at, '\'', value->size_bytes);
	if (first == NULL)
		return charset;
	second = memchr(first + 1, '\'',
	    value->size_bytes - (size_t)(first + 1 - value->at));
	if (second == NULL)
		return charset;
	charset.at = value->at;
	charset.size_bytes = (size_t)(first - value->at);
	*value = span_from(*value, (size_t)(second + 1 - value->at));
	return charset;
}

/* Pieces 0 to the first that is missing, as one value in UTF-8. */
static struct span
pieces_join(struct parameter *pieces, struct arena *arena)
{
	struct span charset = { NULL, 0 };
	struct buffer bytes, out;
	int i;

	buffer_start(&bytes, arena);
	if (pieces[0].is_extended)
		charset = take_charset(&pieces[0].value);
	for (i = 0; i < PIECES_MAX && pieces[i].name.size_bytes > 0; i++)
		if (pieces[i].is_extended)
			add_percent(&bytes, pieces[i].value);
		else
			buffer_add(&bytes, pieces[i].value);
	buffer_start(&out, arena);
	if (charset.size_bytes > 0 &&
	    charset_to_utf8(charset, buffer_span(&bytes), &out))
		return buffer_span(&out);
	return buffer_span(&bytes);
}

/* The pieces of one value, or its only one. */
struct found {
	struct parameter pieces[PIECES_MAX];
	struct parameter plain;
};

static void
found_note(struct found *found, const struct parameter *parameter)
{
	struct parameter *place = &found->plain;

	if (parameter->piece >= PIECES_MAX)
		return;
	if (parameter->piece >= 0)
		place = &found->pieces[parameter->piece];
	else if (parameter->is_extended)
		place = &found->pieces[0];
	if (place->name.size_bytes == 0)
		*place = *parameter;
}

bool
parameter_find(struct span value, const char *name, struct arena *arena,
    struct span *found_out)
{
	struct parameter parameter;
	struct found found;
	int i;

	memset(&found, 0, sizeof(found));
	while (parameter_next(&parameter, &value))
		if (parameter.name.size_bytes == strlen(name) &&
		    span_starts_nocase(parameter.name, name))
			found_note(&found, &parameter);
	for (i = 0; i < PIECES_MAX; i++)
		found.pieces[i].value = unquoted(found.pieces[i].value, arena);
	if (found.pieces[0].name.size_bytes > 0)
		*found_out = pieces_join(found.pieces, arena);
	else if (found.plain.name.size_bytes > 0)
		*found_out =
		    text_decode(unquoted(found.plain.value, arena), arena);
	else
		return false;
	return true;
}
