#include "sieve/lexer.h"

#include <stdio.h>
#include <string.h>

#include "base/buffer.h"

/* RFC 5228 demands no less than 2^31 - 1; this fits every signed type. */
#define NUMBER_MAX ((uint64_t)INT64_MAX)

void
lexer_start(struct lexer *lexer, const char *script, struct span text,
    struct arena *arena, struct sieve_errors *errors)
{
	memset(lexer, 0, sizeof(*lexer));
	lexer->script = script;
	lexer->rest = text;
	lexer->place.line = lexer->place.column = 1;
	lexer->arena = arena;
	lexer->errors = errors;
	/* Editors put a byte order mark in front. */
	if (span_starts(text, "\xef\xbb\xbf"))
		lexer->rest = span_from(text, 3);
}

static bool
is_letter(int byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	    byte == '_';
}

static bool
is_digit(int byte)
{
	return byte >= '0' && byte <= '9';
}

/* The byte at this distance; -1 behind the end. */
static int
peek(const struct lexer *lexer, size_t ahead)
{
	return ahead < lexer->rest.size_bytes
	    ? (unsigned char)lexer->rest.at[ahead]
	    : -1;
}

/* Bytes that continue a character of UTF-8 are no column of their own. */
static void
advance(struct lexer *lexer, size_t bytes)
{
	for (; bytes > 0; bytes--) {
		int byte = peek(lexer, 0);

		lexer->rest = span_from(lexer->rest, 1);
		if (byte == '\n') {
			lexer->place.line++;
			lexer->place.column = 1;
		} else if ((byte & 0xc0) != 0x80)
			lexer->place.column++;
	}
}

static bool
pass_bracketed_comment(struct lexer *lexer)
{
	struct sieve_place start = lexer->place;

	advance(lexer, 2);
	while (peek(lexer, 0) != '*' || peek(lexer, 1) != '/') {
		if (peek(lexer, 0) == -1)
			return error_add(lexer->errors, lexer->script, start,
			    "this comment never ends: write \"*/\" behind it");
		advance(lexer, 1);
	}
	advance(lexer, 2);
	return true;
}

static void
pass_line(struct lexer *lexer)
{
	while (peek(lexer, 0) != -1 && peek(lexer, 0) != '\n')
		advance(lexer, 1);
}

static bool
pass_blank(struct lexer *lexer)
{
	for (;;) {
		int byte = peek(lexer, 0);

		if (byte == ' ' || byte == '\t' || byte == '\n' ||
		    (byte == '\r' && peek(lexer, 1) == '\n'))
			advance(lexer, 1);
		else if (byte == '#')
			pass_line(lexer);
		else if (byte == '/' && peek(lexer, 1) == '*') {
			if (!pass_bracketed_comment(lexer))
				return false;
		} else
			return true;
	}
}

static struct span
read_identifier(struct lexer *lexer)
{
	struct span word = lexer->rest;
	size_t length = 0;

	while (is_letter(peek(lexer, length)) ||
	    (length > 0 && is_digit(peek(lexer, length))))
		length++;
	word.size_bytes = length;
	advance(lexer, length);
	return word;
}

static uint64_t
multiplier(int letter)
{
	switch (letter) {
	case 'k':
	case 'K':
		return (uint64_t)1 << 10;
	case 'm':
	case 'M':
		return (uint64_t)1 << 20;
	case 'g':
	case 'G':
		return (uint64_t)1 << 30;
	}
	return 1;
}

static bool
read_number(struct lexer *lexer)
{
	uint64_t number = 0, factor;
	bool fits = true;

	for (; is_digit(peek(lexer, 0)); advance(lexer, 1)) {
		uint64_t digit = (uint64_t)(peek(lexer, 0) - '0');

		fits = fits && number <= (NUMBER_MAX - digit) / 10;
		number = number * 10 + digit;
	}
	factor = multiplier(peek(lexer, 0));
	if (factor > 1)
		advance(lexer, 1);
	if (!fits || number > NUMBER_MAX / factor)
		return error_add(lexer->errors, lexer->script,
		    lexer->token.place, "this number is too large");
	if (is_letter(peek(lexer, 0)))
		return error_add(lexer->errors, lexer->script, lexer->place,
		    "a number ends in K, M or G, or in no letter");
	lexer->token.kind = TOKEN_NUMBER;
	lexer->token.number = number * factor;
	return true;
}

/* Lines of strings end in CR LF, however those of the script end. */
static bool
add_string_byte(struct lexer *lexer, struct buffer *text)
{
	int byte = peek(lexer, 0);

	if (byte == '\n')
		buffer_add_text(text, "\r\n");
	else if (byte == '\0')
		return error_add(lexer->errors, lexer->script, lexer->place,
		    "a script must not hold the byte 0");
	else if (byte != '\r' || peek(lexer, 1) != '\n')
		buffer_add_byte(text, (char)byte);
	advance(lexer, 1);
	return true;
}

static bool
read_quoted(struct lexer *lexer)
{
	struct buffer text;

	buffer_start(&text, lexer->arena);
	advance(lexer, 1);
	while (peek(lexer, 0) != '"') {
		if (peek(lexer, 0) == '\\')
			advance(lexer, 1);
		if (peek(lexer, 0) == -1)
			return error_add(lexer->errors, lexer->script,
			    lexer->token.place,
			    "this string never ends: write a closing quote");
		if (!add_string_byte(lexer, &text))
			return false;
	}
	advance(lexer, 1);
	lexer->token.kind = TOKEN_STRING;
	lexer->token.text = buffer_span(&text);
	return true;
}

/* What may follow "text:" on its line: blanks and a comment. */
static bool
pass_rest_of_line(struct lexer *lexer)
{
	while (peek(lexer, 0) == ' ' || peek(lexer, 0) == '\t')
		advance(lexer, 1);
	if (peek(lexer, 0) == '#')
		pass_line(lexer);
	if (peek(lexer, 0) == '\r')
		advance(lexer, 1);
	if (peek(lexer, 0) != '\n')
		return error_add(lexer->errors, lexer->script, lexer->place,
		    "the text begins on the line after \"text:\"; only a "
		    "comment may follow on the same line");
	advance(lexer, 1);
	return true;
}

static bool
is_last_line(const struct lexer *lexer)
{
	return peek(lexer, 0) == '.' &&
	    (peek(lexer, 1) == '\n' || peek(lexer, 1) == -1 ||
		(peek(lexer, 1) == '\r' && peek(lexer, 2) == '\n'));
}

static bool
read_text_line(struct lexer *lexer, struct buffer *text)
{
	if (peek(lexer, 0) == '.' && peek(lexer, 1) == '.')
		advance(lexer, 1);
	for (;;) {
		bool is_end = peek(lexer, 0) == '\n';

		if (peek(lexer, 0) == -1)
			return error_add(lexer->errors, lexer->script,
			    lexer->token.place,
			    "this text never ends: write a line with a "
			    "single dot behind it");
		if (!add_string_byte(lexer, text))
			return false;
		if (is_end)
			return true;
	}
}

static bool
read_text(struct lexer *lexer)
{
	struct buffer text;

	buffer_start(&text, lexer->arena);
	if (!pass_rest_of_line(lexer))
		return false;
	while (!is_last_line(lexer))
		if (!read_text_line(lexer, &text))
			return false;
	advance(lexer, 1);
	lexer->token.kind = TOKEN_STRING;
	lexer->token.text = buffer_span(&text);
	return true;
}

static bool
read_word(struct lexer *lexer)
{
	struct span word = read_identifier(lexer);

	if (word.size_bytes == 4 && span_starts_nocase(word, "text") &&
	    peek(lexer, 0) == ':') {
		advance(lexer, 1);
		return read_text(lexer);
	}
	lexer->token.kind = TOKEN_IDENTIFIER;
	lexer->token.text = word;
	return true;
}

static bool
read_tag(struct lexer *lexer)
{
	advance(lexer, 1);
	lexer->token.kind = TOKEN_TAG;
	lexer->token.text = read_identifier(lexer);
	if (lexer->token.text.size_bytes == 0)
		return error_add(lexer->errors, lexer->script,
		    lexer->token.place,
		    "a tag is a colon with a word right behind it");
	return true;
}

static bool
read_sign(struct lexer *lexer)
{
	int byte = peek(lexer, 0);

	if (byte == '/')
		return error_add(lexer->errors, lexer->script, lexer->place,
		    "unexpected \"/\"; a comment begins with \"#\" or "
		    "\"/*\"");
	if (byte == '\'' || byte == '`')
		return error_add(lexer->errors, lexer->script, lexer->place,
		    "strings stand between double quotes");
	if (byte > ' ' && byte < 0x7f && strchr(";,()[]{}", byte) == NULL)
		return error_add(lexer->errors, lexer->script, lexer->place,
		    "unexpected \"%c\"", byte);
	if (byte <= ' ' || byte >= 0x7f)
		return error_add(lexer->errors, lexer->script, lexer->place,
		    "unexpected byte 0x%02x outside of a string", byte);
	lexer->token.kind = TOKEN_SIGN;
	lexer->token.text = lexer->rest;
	lexer->token.text.size_bytes = 1;
	advance(lexer, 1);
	return true;
}

bool
lexer_next(struct lexer *lexer)
{
	int byte;

	memset(&lexer->token, 0, sizeof(lexer->token));
	if (!pass_blank(lexer))
		return false;
	byte = peek(lexer, 0);
	lexer->token.place = lexer->place;
	if (byte == -1)
		return true;
	if (is_letter(byte))
		return read_word(lexer);
	if (is_digit(byte))
		return read_number(lexer);
	if (byte == ':')
		return read_tag(lexer);
	if (byte == '"')
		return read_quoted(lexer);
	return read_sign(lexer);
}

bool
lexer_is_sign(const struct lexer *lexer, char sign)
{
	return lexer->token.kind == TOKEN_SIGN &&
	    lexer->token.text.at[0] == sign;
}

const char *
lexer_describe(const struct lexer *lexer)
{
	enum { SHOWN_BYTES = 32, WORDS_BYTES = SHOWN_BYTES + 32 };
	struct span text = lexer->token.text;
	bool is_long = text.size_bytes > SHOWN_BYTES;
	char *words = arena_take(lexer->arena, 1, WORDS_BYTES);

	if (words == NULL)
		return "something";
	if (lexer->token.kind == TOKEN_END)
		return "the end of the script";
	if (lexer->token.kind == TOKEN_NUMBER)
		return "a number";
	(void)snprintf(words, WORDS_BYTES, "%s%.*s%s\"",
	    lexer->token.kind == TOKEN_TAG	    ? "the tag \":"
		: lexer->token.kind == TOKEN_STRING ? "the string \""
						    : "\"",
	    is_long ? SHOWN_BYTES : (int)text.size_bytes,
	    text.at != NULL ? text.at : "", is_long ? "..." : "");
	return words;
}
