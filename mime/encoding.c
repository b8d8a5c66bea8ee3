#include "mime/encoding.h"

#include <string.h>

#include "mime/blank.h"
#include "mime/charset.h"

/* RFC 2047 section 2: a word of at most 75, lines of at most 76. */
enum {
	WORD_CHARS_MAX = 45, /* 60 in base64, and "=?utf-8?B?" "?=" around */
	WORD_CHARS_WORTH = 12,
	LINE_BYTES_MAX = 76
};

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* 0 to 63; 64 for padding; -1 for anything else. */
static int
base64_value(char byte)
{
	if (byte >= 'A' && byte <= 'Z')
		return byte - 'A';
	if (byte >= 'a' && byte <= 'z')
		return byte - 'a' + 26;
	if (byte >= '0' && byte <= '9')
		return byte - '0' + 52;
	if (byte == '+')
		return 62;
	if (byte == '/')
		return 63;
	return byte == '=' ? 64 : -1;
}

bool
encoding_add_base64(struct buffer *out, struct span text)
{
	unsigned long bits = 0;
	bool is_right = true;
	int have = 0;
	size_t i;
	char *to = buffer_reserve(out, text.size_bytes / 4 * 3 + 3);

	if (to == NULL)
		return false;
	for (i = 0; i < text.size_bytes; i++) {
		int value = base64_value(text.at[i]);

		if (value == 64) {
			is_right = is_right && have != 6;
			have = 0;
		} else if (value >= 0) {
			bits = (bits << 6 | (unsigned long)value) & 0xffffff;
			have += 6;
		} else if (!blank_is_white(text.at[i])) {
			is_right = false;
		}
		if (have >= 8) {
			have -= 8;
			*to++ = (char)(unsigned char)(bits >> have);
		}
	}
	out->size_bytes = (size_t)(to - out->at);
	return is_right && have != 6;
}

static int
hex_value(char byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	if (byte >= 'A' && byte <= 'F')
		return byte - 'A' + 10;
	if (byte >= 'a' && byte <= 'f')
		return byte - 'a' + 10;
	return -1;
}

/* The byte of two digits behind a "=", or -1. */
static int
hex_pair(struct span text, size_t at)
{
	int high, low;

	if (text.size_bytes - at < 3)
		return -1;
	high = hex_value(text.at[at + 1]);
	low = hex_value(text.at[at + 2]);
	return high == -1 || low == -1 ? -1 : high * 16 + low;
}

/* A line without its end; true when a "=" at its end joins the next one. */
static bool
quoted_line(struct buffer *out, struct span line)
{
	size_t i = 0;

	while (
	    line.size_bytes > 0 && blank_is_white(line.at[line.size_bytes - 1]))
		line.size_bytes--;
	while (i < line.size_bytes) {
		int code = line.at[i] == '=' ? hex_pair(line, i) : -1;

		if (code != -1) {
			buffer_add_byte(out, (char)(unsigned char)code);
			i += 3;
		} else if (line.at[i] == '=' && i + 1 == line.size_bytes) {
			return true;
		} else {
			buffer_add_byte(out, line.at[i++]);
		}
	}
	return false;
}

static struct span
line_end(struct span line)
{
	size_t i = line.size_bytes;

	if (i > 0 && line.at[i - 1] == '\n')
		i--;
	if (i < line.size_bytes && i > 0 && line.at[i - 1] == '\r')
		i--;
	return span_from(line, i);
}

void
encoding_add_quoted(struct buffer *out, struct span text)
{
	while (text.size_bytes > 0 && !out->arena->is_exhausted) {
		struct span line = span_line(&text);

		if (!quoted_line(out, line))
			buffer_add(out, line_end(line));
	}
}

bool
encoding_add_q(struct buffer *out, struct span text)
{
	size_t i = 0;

	while (i < text.size_bytes) {
		int code = text.at[i] == '=' ? hex_pair(text, i) : -1;

		if (text.at[i] == '=' && code == -1)
			return false;
		if (code != -1)
			buffer_add_byte(out, (char)(unsigned char)code);
		else
			buffer_add_byte(out,
			    text.at[i] == '_' ? ' ' : text.at[i]);
		i += code == -1 ? 1 : 3;
	}
	return true;
}

static void
add_base64(struct buffer *out, struct span bytes)
{
	size_t i, k;

	for (i = 0; i < bytes.size_bytes; i += 3) {
		unsigned long bits = 0;
		size_t have = bytes.size_bytes - i;

		for (k = 0; k < 3; k++)
			bits = bits << 8 |
			    (k < have ? (unsigned char)bytes.at[i + k] : 0);
		for (k = 0; k < 4; k++)
			buffer_add_byte(out,
			    k > have ? '='
				     : alphabet[bits >> (18 - 6 * k) & 63]);
	}
}

/* The longest piece that makes one word and cuts no character. */
static struct span
word_piece(struct span text, size_t most_bytes)
{
	struct span piece = { text.at, 0 };

	while (piece.size_bytes < text.size_bytes) {
		size_t more =
		    charset_char_bytes(span_from(text, piece.size_bytes));

		if (piece.size_bytes + more > most_bytes)
			break;
		piece.size_bytes += more;
	}
	return piece;
}

/* How many bytes of text fit into a word on what is left of the line. */
static size_t
word_room(size_t line_bytes)
{
	size_t room_bytes = 0;

	if (line_bytes + 12 < LINE_BYTES_MAX)
		room_bytes = (LINE_BYTES_MAX - 12 - line_bytes) / 4 * 3;
	return room_bytes > WORD_CHARS_MAX ? WORD_CHARS_MAX : room_bytes;
}

static void
add_encoded(struct buffer *out, struct span text, size_t line_bytes)
{
	while (text.size_bytes > 0 && !out->arena->is_exhausted) {
		size_t room_bytes = word_room(line_bytes);
		struct span piece;

		if (room_bytes < WORD_CHARS_WORTH) {
			buffer_add_text(out, "\n ");
			line_bytes = 1;
			room_bytes = word_room(line_bytes);
		}
		piece = word_piece(text, room_bytes);
		buffer_add_text(out, "=?utf-8?B?");
		add_base64(out, piece);
		buffer_add_text(out, "?=");
		line_bytes = LINE_BYTES_MAX;
		text = span_from(text, piece.size_bytes);
	}
}

static size_t
word_bytes(struct span text)
{
	size_t i = 0;

	while (i < text.size_bytes && text.at[i] == ' ')
		i++;
	while (i < text.size_bytes && text.at[i] != ' ')
		i++;
	return i;
}

/* Folding puts a line end before a blank, and never makes a blank line. */
void
encoding_add_folded(struct buffer *out, struct span text, size_t line_bytes)
{
	while (text.size_bytes > 0 && !out->arena->is_exhausted) {
		struct span word = { text.at, word_bytes(text) };

		if (line_bytes + word.size_bytes > LINE_BYTES_MAX &&
		    line_bytes > 1 && word.at[0] == ' ' &&
		    word.at[word.size_bytes - 1] != ' ') {
			buffer_add_text(out, "\n");
			line_bytes = 0;
		}
		buffer_add(out, word);
		line_bytes += word.size_bytes;
		text = span_from(text, word.size_bytes);
	}
}

/* Text that would be read as an encoded word is not plain either. */
static bool
is_plain(struct span text)
{
	size_t i;

	for (i = 0; i < text.size_bytes; i++)
		if (text.at[i] < ' ' || text.at[i] > '~' ||
		    (text.at[i] == '=' && i + 1 < text.size_bytes &&
			text.at[i + 1] == '?'))
			return false;
	return true;
}

/* Decoded, too, they could begin another line, or end the text. */
static bool
is_line_byte(char byte)
{
	return byte == '\r' || byte == '\n' || byte == '\t' || byte == '\0';
}

void
encoding_add_word(struct buffer *out, struct span text, size_t line_bytes)
{
	struct buffer clean;
	size_t i;

	buffer_start(&clean, out->arena);
	for (i = 0; i < text.size_bytes; i++)
		buffer_add_byte(&clean,
		    is_line_byte(text.at[i]) ? ' ' : text.at[i]);
	if (is_plain(buffer_span(&clean)))
		encoding_add_folded(out, buffer_span(&clean), line_bytes);
	else
		add_encoded(out, buffer_span(&clean), line_bytes);
}
