#include "base/utf8.h"

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

size_t
utf8_decode(struct span text, unsigned long *code_out)
{
	const unsigned char *at = (const unsigned char *)text.at;
	size_t length = length_of(at[0]);
	size_t i;

	if (length == 0 || length > text.size_bytes)
		return 0;
	*code_out = length == 1 ? at[0] : at[0] & (0x7fU >> length);
	for (i = 1; i < length; i++) {
		if ((at[i] & 0xc0U) != 0x80)
			return 0;
		*code_out = *code_out << 6 | (at[i] & 0x3fU);
	}
	return is_character(*code_out, length) ? length : 0;
}

bool
utf8_is_valid(struct span text)
{
	unsigned long ignored;
	size_t length;

	for (; text.size_bytes > 0; text = span_from(text, length))
		if ((length = utf8_decode(text, &ignored)) == 0)
			return false;
	return true;
}
