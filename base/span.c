#include "base/span.h"

#include <string.h>
#include <strings.h>

struct span
span_of(const char *text)
{
	struct span whole = { text, text == NULL ? 0 : strlen(text) };

	return whole;
}

struct span
span_from(struct span whole, size_t skip_bytes)
{
	if (skip_bytes >= whole.size_bytes)
		return span_of(NULL);
	whole.at += skip_bytes;
	whole.size_bytes -= skip_bytes;
	return whole;
}

struct span
span_line(struct span *rest)
{
	struct span line = *rest;
	const char *lf = NULL;

	if (rest->size_bytes > 0)
		lf = memchr(rest->at, '\n', rest->size_bytes);
	if (lf != NULL)
		line.size_bytes = (size_t)(lf - rest->at) + 1;
	*rest = span_from(*rest, line.size_bytes);
	return line;
}

size_t
span_cut(struct span whole, size_t most_bytes)
{
	size_t cut = most_bytes;

	if (whole.size_bytes <= most_bytes)
		return whole.size_bytes;
	/* No character has more than three such bytes; others are no UTF-8. */
	while (cut > 0 && most_bytes - cut < 3 &&
	    ((unsigned char)whole.at[cut] & 0xc0) == 0x80)
		cut--;
	return ((unsigned char)whole.at[cut] & 0xc0) == 0x80 ? most_bytes
							     : cut;
}

static size_t
last_blank(struct span text)
{
	size_t at = text.size_bytes;

	while (at > 0 && text.at[at - 1] != ' ')
		at--;
	return at > 0 ? at - 1 : 0;
}

struct span
span_piece(struct span *rest, size_t most_bytes)
{
	struct span after = *rest, piece = span_line(&after);
	size_t blank;

	if (piece.size_bytes > 0 && piece.at[piece.size_bytes - 1] == '\n')
		piece.size_bytes--;
	if (piece.size_bytes <= most_bytes) {
		*rest = after;
		return piece;
	}
	piece.size_bytes = most_bytes + 1; /* a blank may come just behind */
	blank = last_blank(piece);
	piece.size_bytes = blank > 0 ? blank : span_cut(*rest, most_bytes);
	*rest = span_from(*rest, piece.size_bytes + (blank > 0 ? 1 : 0));
	return piece;
}

/* An empty one may point nowhere, which memcmp() must not be given. */
bool
span_equals(struct span one, struct span other)
{
	return one.size_bytes == other.size_bytes &&
	    (one.size_bytes == 0 ||
		memcmp(one.at, other.at, one.size_bytes) == 0);
}

bool
span_starts(struct span whole, const char *prefix)
{
	size_t size_bytes = strlen(prefix);

	return whole.size_bytes >= size_bytes &&
	    memcmp(whole.at, prefix, size_bytes) == 0;
}

/* strncasecmp() would stop at a NUL; both sides are compared to the end. */
bool
span_starts_nocase(struct span whole, const char *prefix)
{
	size_t size_bytes = strlen(prefix);

	return whole.size_bytes >= size_bytes &&
	    strncasecmp(whole.at, prefix, size_bytes) == 0;
}

static bool
is_white(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

struct span
span_trim(struct span whole)
{
	while (whole.size_bytes > 0 && is_white(whole.at[0]))
		whole = span_from(whole, 1);
	while (whole.size_bytes > 0 && is_white(whole.at[whole.size_bytes - 1]))
		whole.size_bytes--;
	return whole;
}

bool
span_has_control(struct span whole)
{
	size_t i;

	for (i = 0; i < whole.size_bytes; i++)
		if ((unsigned char)whole.at[i] < ' ' || whole.at[i] == 0x7f)
			return true;
	return false;
}
