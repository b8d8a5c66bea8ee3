#include "sieve/encoded.h"

#include "mime/charset.h"

/* Above all that Unicode has, and far from an overflow. */
#define CODE_LIMIT 0x110000UL

enum code_kind { CODE_NONE = 0, CODE_HEX, CODE_UNICODE };

static int
hex_digit(char byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	if (byte >= 'a' && byte <= 'f')
		return byte - 'a' + 10;
	if (byte >= 'A' && byte <= 'F')
		return byte - 'A' + 10;
	return -1;
}

static void
pass_blanks(struct span *rest)
{
	while (rest->size_bytes > 0 &&
	    (rest->at[0] == ' ' || rest->at[0] == '\t' || rest->at[0] == '\r' ||
		rest->at[0] == '\n'))
		*rest = span_from(*rest, 1);
}

/* Gives the count of digits; *number_out stays at the limit above it. */
static size_t
take_number(struct span *rest, unsigned long *number_out)
{
	size_t digits = 0;

	*number_out = 0;
	while (rest->size_bytes > 0 && hex_digit(rest->at[0]) != -1) {
		*number_out =
		    *number_out * 16 + (unsigned long)hex_digit(rest->at[0]);
		if (*number_out > CODE_LIMIT)
			*number_out = CODE_LIMIT;
		digits++;
		*rest = span_from(*rest, 1);
	}
	return digits;
}

static enum code_kind
take_opening(struct span *rest)
{
	if (span_starts_nocase(*rest, "${hex:")) {
		*rest = span_from(*rest, sizeof("${hex:") - 1);
		return CODE_HEX;
	}
	if (span_starts_nocase(*rest, "${unicode:")) {
		*rest = span_from(*rest, sizeof("${unicode:") - 1);
		return CODE_UNICODE;
	}
	return CODE_NONE;
}

/* Is this, up to the brace, a code? Then rest begins behind it. */
static bool
pass_code(enum code_kind kind, struct span *rest)
{
	struct span at = *rest;
	size_t count = 0;

	for (;; count++) {
		unsigned long number;
		const char *before = at.at;
		size_t digits;

		pass_blanks(&at);
		if (at.size_bytes > 0 && at.at[0] == '}')
			break;
		if (count > 0 && at.at == before)
			return false;
		digits = take_number(&at, &number);
		if (digits == 0 || (kind == CODE_HEX && digits > 2))
			return false;
	}
	*rest = span_from(at, 1);
	return count > 0;
}

static bool
add_code(struct buffer *out, enum code_kind kind, struct span digits)
{
	unsigned long number;

	for (;;) {
		pass_blanks(&digits);
		if (take_number(&digits, &number) == 0)
			return true;
		if (kind == CODE_HEX)
			buffer_add_byte(out, (char)(unsigned char)number);
		else if (number >= CODE_LIMIT ||
		    (number >= 0xd800 && number <= 0xdfff))
			return false;
		else
			charset_add_code(out, number);
	}
}

bool
encoded_add(struct buffer *out, struct span string)
{
	while (string.size_bytes > 0) {
		struct span digits = string;
		enum code_kind kind = take_opening(&digits);
		struct span rest = digits;

		if (kind != CODE_NONE && pass_code(kind, &rest)) {
			if (!add_code(out, kind, digits))
				return false;
			string = rest;
			continue;
		}
		buffer_add_byte(out, string.at[0]);
		string = span_from(string, 1);
	}
	return true;
}
