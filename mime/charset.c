#include "mime/charset.h"

#include "compat/compat.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "mime/charset_table.h"

#if HAVE_ICONV
#include <iconv.h>
#endif

enum { REPLACEMENT = 0xfffd };

/* Sets that are UTF-8 or a part of it. */
static const char *const utf8_names[] = { "utf-8", "utf8", "us-ascii", "ascii",
	"unicode-1-1-utf-8", "ansi_x3.4-1968" };
static const char *const latin1_names[] = { "iso-8859-1", "latin1", "iso8859-1",
	"iso_8859-1", "l1" };

/* Sets of Unicode in units of two or four bytes. */
static const struct wide {
	const char *name;
	size_t unit_bytes;
	bool is_little;
	bool has_mark; /* a byte order mark decides */
} wides[] = {
	{ "utf-16", 2, false, true },
	{ "utf-16be", 2, false, false },
	{ "utf-16le", 2, true, false },
	{ "ucs-2", 2, false, true },
	{ "utf-32", 4, false, true },
	{ "utf-32be", 4, false, false },
	{ "utf-32le", 4, true, false },
};

static bool
is_named(struct span charset, const char *name)
{
	return charset.size_bytes == strlen(name) &&
	    span_starts_nocase(charset, name);
}

static bool
is_among(struct span charset, const char *const *names, size_t count)
{
	while (count-- > 0)
		if (is_named(charset, names[count]))
			return true;
	return false;
}

static bool
is_utf8_name(struct span charset)
{
	return is_among(charset, utf8_names,
	    sizeof(utf8_names) / sizeof(utf8_names[0]));
}

static bool
is_latin1_name(struct span charset)
{
	return is_among(charset, latin1_names,
	    sizeof(latin1_names) / sizeof(latin1_names[0]));
}

static const struct wide *
wide_find(struct span charset)
{
	size_t i;

	for (i = 0; i < sizeof(wides) / sizeof(wides[0]); i++)
		if (is_named(charset, wides[i].name))
			return &wides[i];
	return NULL;
}

/* ---- UTF-8 -------------------------------------------------------------- */

void
charset_add_code(struct buffer *out, unsigned long code)
{
	if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		code = REPLACEMENT;
	if (code < 0x80) {
		buffer_add_byte(out, (char)code);
		return;
	}
	if (code < 0x800) {
		buffer_add_byte(out, (char)(unsigned char)(0xc0 | code >> 6));
	} else if (code < 0x10000) {
		buffer_add_byte(out, (char)(unsigned char)(0xe0 | code >> 12));
	} else {
		buffer_add_byte(out, (char)(unsigned char)(0xf0 | code >> 18));
		buffer_add_byte(out,
		    (char)(unsigned char)(0x80 | (code >> 12 & 0x3f)));
	}
	if (code >= 0x800)
		buffer_add_byte(out,
		    (char)(unsigned char)(0x80 | (code >> 6 & 0x3f)));
	buffer_add_byte(out, (char)(unsigned char)(0x80 | (code & 0x3f)));
}

/* The length of a well-formed first character, or 0. */
static size_t
char_bytes(struct span text)
{
	unsigned long ignored;

	return text.size_bytes == 0 ? 0 : utf8_decode(text, &ignored);
}

size_t
charset_char_bytes(struct span text)
{
	size_t size_bytes = char_bytes(text);

	return size_bytes == 0 && text.size_bytes > 0 ? 1 : size_bytes;
}

/* How many bytes at the start are US-ASCII: most mail is, so eight at once. */
static size_t
ascii_bytes(struct span text)
{
	size_t done_bytes = 0;
	uint64_t eight;

	while (text.size_bytes - done_bytes >= sizeof(eight)) {
		memcpy(&eight, text.at + done_bytes, sizeof(eight));
		if ((eight & 0x8080808080808080U) != 0)
			break;
		done_bytes += sizeof(eight);
	}
	while (done_bytes < text.size_bytes &&
	    (unsigned char)text.at[done_bytes] < 0x80)
		done_bytes++;
	return done_bytes;
}

/* How many bytes at the start are well formed. */
static size_t
well_formed_bytes(struct span text)
{
	size_t done_bytes = ascii_bytes(text);
	size_t more_bytes;

	while ((more_bytes = char_bytes(span_from(text, done_bytes))) > 0) {
		done_bytes += more_bytes;
		done_bytes += ascii_bytes(span_from(text, done_bytes));
	}
	return done_bytes;
}

bool
charset_is_utf8(struct span bytes)
{
	return well_formed_bytes(bytes) == bytes.size_bytes;
}

static void
add_utf8(struct buffer *out, struct span bytes)
{
	while (bytes.size_bytes > 0 && !out->arena->is_exhausted) {
		struct span good = { bytes.at, well_formed_bytes(bytes) };

		buffer_add(out, good);
		bytes = span_from(bytes, good.size_bytes);
		if (bytes.size_bytes > 0)
			charset_add_code(out, REPLACEMENT);
		bytes = span_from(bytes, 1);
	}
}

/* ---- Tables, and wide units --------------------------------------------- */

/* Without a table the upper half is Unicode's own, as in ISO-8859-1. */
static void
add_single(struct buffer *out, struct span bytes, const unsigned short *upper)
{
	size_t i;

	for (i = 0; i < bytes.size_bytes; i++) {
		unsigned char byte = (unsigned char)bytes.at[i];

		charset_add_code(out,
		    byte < 0x80 || upper == NULL ? byte : upper[byte - 0x80]);
	}
}

static unsigned long
unit_at(struct span bytes, const struct wide *wide)
{
	unsigned long unit = 0;
	size_t i;

	for (i = 0; i < wide->unit_bytes; i++) {
		size_t at = wide->is_little ? wide->unit_bytes - 1 - i : i;

		unit = unit << 8 | (unsigned char)bytes.at[at];
	}
	return unit;
}

static bool
is_surrogate(unsigned long unit, unsigned long first)
{
	return unit >= first && unit < first + 0x400;
}

static void
add_wide(struct buffer *out, struct span bytes, struct wide wide)
{
	unsigned long high = 0;

	if (wide.has_mark && bytes.size_bytes >= wide.unit_bytes &&
	    unit_at(bytes, &wide) ==
		(wide.unit_bytes == 2 ? 0xfffeUL : 0xfffe0000UL))
		wide.is_little = true;
	for (; bytes.size_bytes >= wide.unit_bytes;
	     bytes = span_from(bytes, wide.unit_bytes)) {
		unsigned long unit = unit_at(bytes, &wide);

		if (high != 0 && is_surrogate(unit, 0xdc00)) {
			charset_add_code(out,
			    0x10000 + ((high - 0xd800) << 10) + unit - 0xdc00);
			high = 0;
			continue;
		}
		if (high != 0)
			charset_add_code(out, REPLACEMENT);
		high = is_surrogate(unit, 0xd800) ? unit : 0;
		if (high == 0 && unit != 0xfeff)
			charset_add_code(out, unit);
	}
	if (high != 0 || bytes.size_bytes > 0)
		charset_add_code(out, REPLACEMENT);
}

/* ---- The system's converters -------------------------------------------- */

#if HAVE_ICONV

/*
 * Only these are ever asked for: the names come from strangers, and some
 * of glibc's modules have had faults (ISO-2022-CN-EXT, CVE-2024-2961).
 */
static struct converter {
	const char *charset;
	const char *system_name;
	iconv_t way;
	bool is_open;
	bool is_absent;
} converters[] = {
	{ "iso-2022-jp", "ISO-2022-JP", NULL, false, false },
	{ "iso-2022-jp-2", "ISO-2022-JP-2", NULL, false, false },
	{ "shift_jis", "SHIFT_JIS", NULL, false, false },
	{ "x-sjis", "SHIFT_JIS", NULL, false, false },
	{ "windows-31j", "CP932", NULL, false, false },
	{ "cp932", "CP932", NULL, false, false },
	{ "euc-jp", "EUC-JP", NULL, false, false },
	{ "gb2312", "GBK", NULL, false, false },
	{ "gbk", "GBK", NULL, false, false },
	{ "cp936", "GBK", NULL, false, false },
	{ "gb18030", "GB18030", NULL, false, false },
	{ "big5", "BIG5", NULL, false, false },
	{ "big5-hkscs", "BIG5-HKSCS", NULL, false, false },
	{ "euc-tw", "EUC-TW", NULL, false, false },
	{ "euc-kr", "EUC-KR", NULL, false, false },
	{ "ks_c_5601-1987", "EUC-KR", NULL, false, false },
	{ "iso-2022-kr", "ISO-2022-KR", NULL, false, false },
	{ "utf-7", "UTF-7", NULL, false, false },
};

static struct converter *
converter_find(struct span charset)
{
	size_t i;

	for (i = 0; i < sizeof(converters) / sizeof(converters[0]); i++)
		if (is_named(charset, converters[i].charset))
			return &converters[i];
	return NULL;
}

/* "EUC-KR" as it begins this text, up to a byte that is in no name. */
static struct span
name_at_start(struct span text)
{
	struct span name = { text.at, 0 };

	while (name.size_bytes < text.size_bytes &&
	    strchr("?*\"'; \t\r\n", text.at[name.size_bytes]) == NULL &&
	    name.size_bytes < 32)
		name.size_bytes++;
	return name;
}

static uint64_t
converter_bit(struct span charset)
{
	const struct converter *converter = converter_find(charset);

	return converter == NULL ? 0 : UINT64_C(1) << (converter - converters);
}

static void
converter_open(struct converter *converter)
{
	if (converter->is_open || converter->is_absent)
		return;
	converter->way = iconv_open("UTF-8", converter->system_name);
	converter->is_absent = converter->way == (iconv_t)-1;
	converter->is_open = !converter->is_absent;
}

static bool
stands_before(const char *at, struct span message, const char *word)
{
	size_t size_bytes = strlen(word);

	return (size_t)(at - message.at) >= size_bytes &&
	    strncasecmp(at - size_bytes, word, size_bytes) == 0;
}

uint64_t
charset_wanted(struct span message)
{
	struct span rest = message;
	uint64_t wanted = 0;

	while (rest.size_bytes > 0) {
		const char *mark = memchr(rest.at, '=', rest.size_bytes);

		if (mark == NULL)
			break;
		rest = span_from(rest, (size_t)(mark - rest.at) + 1);
		if (stands_before(mark, message, "charset"))
			wanted |= converter_bit(name_at_start(
			    span_from(rest, span_starts(rest, "\""))));
		else if (span_starts(rest, "?") ||
		    stands_before(mark, message, "*0*") ||
		    stands_before(mark, message, "*"))
			wanted |= converter_bit(name_at_start(
			    span_from(rest, span_starts(rest, "?"))));
	}
	return wanted;
}

void
charset_open(uint64_t wanted)
{
	size_t i;

	for (i = 0; i < sizeof(converters) / sizeof(converters[0]); i++)
		if ((wanted >> i & 1) != 0)
			converter_open(&converters[i]);
}

/* Not every system's converter keeps to UTF-8: musl's writes single surrogates
   out of GB 18030. What is wrong behind done_bytes becomes question marks. */
static void
doubt(struct buffer *out, size_t done_bytes)
{
	for (;;) {
		done_bytes += well_formed_bytes(
		    span_from(buffer_span(out), done_bytes));
		if (done_bytes >= out->size_bytes)
			return;
		out->at[done_bytes++] = '?';
	}
}

/* A byte that is wrong is replaced, and the next one tried. */
static void
add_converted(struct buffer *out, struct span bytes,
    struct converter *converter)
{
	char *from = (char *)(size_t)bytes.at;
	size_t left_bytes = bytes.size_bytes;

	(void)iconv(converter->way, NULL, NULL, NULL, NULL);
	while (left_bytes > 0 && !out->arena->is_exhausted) {
		size_t room_bytes = left_bytes * 2 + 16;
		char *to = buffer_reserve(out, room_bytes);
		size_t before_bytes = left_bytes;
		size_t done_bytes = out->size_bytes;
		size_t result;

		if (to == NULL)
			return;
		result = iconv(converter->way, (void *)&from, &left_bytes, &to,
		    &room_bytes);
		out->size_bytes = (size_t)(to - out->at);
		doubt(out, done_bytes);
		if (result != (size_t)-1 || left_bytes == 0)
			return;
		if (errno == E2BIG && left_bytes < before_bytes)
			continue;
		charset_add_code(out, REPLACEMENT);
		from++;
		left_bytes--;
	}
}

static struct converter *
converter_ready(struct span charset)
{
	struct converter *converter = converter_find(charset);

	return converter != NULL && converter->is_open ? converter : NULL;
}

#else

struct converter;

uint64_t
charset_wanted(struct span message)
{
	(void)message; /* there are none */
	return 0;
}

void
charset_open(uint64_t wanted)
{
	(void)wanted;
}

static struct converter *
converter_ready(struct span charset)
{
	(void)charset;
	return NULL;
}

static void
add_converted(struct buffer *out, struct span bytes,
    struct converter *converter)
{
	(void)out;
	(void)bytes;
	(void)converter;
}

#endif

void
charset_prepare(struct span message)
{
	charset_open(charset_wanted(message));
}

/* ---- All of them -------------------------------------------------------- */

bool
charset_is_known(struct span charset)
{
	return is_utf8_name(charset) || is_latin1_name(charset) ||
	    charset_table_find(charset) != NULL || wide_find(charset) != NULL ||
	    converter_ready(charset) != NULL;
}

bool
charset_to_utf8(struct span charset, struct span bytes, struct buffer *out)
{
	const unsigned short *upper = charset_table_find(charset);
	const struct wide *wide = wide_find(charset);
	struct converter *converter = converter_ready(charset);

	if (is_utf8_name(charset))
		add_utf8(out, bytes);
	else if (upper != NULL || is_latin1_name(charset))
		add_single(out, bytes, upper);
	else if (wide != NULL)
		add_wide(out, bytes, *wide);
	else if (converter != NULL)
		add_converted(out, bytes, converter);
	else
		return false;
	return true;
}

bool
charset_is_same(struct span charset, struct span bytes)
{
	return is_utf8_name(charset) && charset_is_utf8(bytes);
}
