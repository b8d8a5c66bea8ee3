#include "mime/html.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "mime/charset.h"

/* The names of U+00A0 to U+00FF (HTML 4.01 section 24.2). */
static const char *const latin[96] = { "nbsp", "iexcl", "cent", "pound",
	"curren", "yen", "brvbar", "sect", "uml", "copy", "ordf", "laquo",
	"not", "shy", "reg", "macr", "deg", "plusmn", "sup2", "sup3", "acute",
	"micro", "para", "middot", "cedil", "sup1", "ordm", "raquo", "frac14",
	"frac12", "frac34", "iquest", "Agrave", "Aacute", "Acirc", "Atilde",
	"Auml", "Aring", "AElig", "Ccedil", "Egrave", "Eacute", "Ecirc", "Euml",
	"Igrave", "Iacute", "Icirc", "Iuml", "ETH", "Ntilde", "Ograve",
	"Oacute", "Ocirc", "Otilde", "Ouml", "times", "Oslash", "Ugrave",
	"Uacute", "Ucirc", "Uuml", "Yacute", "THORN", "szlig", "agrave",
	"aacute", "acirc", "atilde", "auml", "aring", "aelig", "ccedil",
	"egrave", "eacute", "ecirc", "euml", "igrave", "iacute", "icirc",
	"iuml", "eth", "ntilde", "ograve", "oacute", "ocirc", "otilde", "ouml",
	"divide", "oslash", "ugrave", "uacute", "ucirc", "uuml", "yacute",
	"thorn", "yuml" };

static const struct {
	const char *name;
	unsigned long code;
} others[] = { { "amp", '&' }, { "lt", '<' }, { "gt", '>' }, { "quot", '"' },
	{ "apos", '\'' }, { "euro", 0x20ac }, { "ndash", 0x2013 },
	{ "mdash", 0x2014 }, { "hellip", 0x2026 }, { "lsquo", 0x2018 },
	{ "rsquo", 0x2019 }, { "sbquo", 0x201a }, { "ldquo", 0x201c },
	{ "rdquo", 0x201d }, { "bdquo", 0x201e }, { "bull", 0x2022 },
	{ "trade", 0x2122 }, { "zwnj", 0x200c } };

/* Tags that end a line of what is read. */
static const char *const line_tags[] = { "br", "p", "div", "tr", "li", "ul",
	"ol", "h1", "h2", "h3", "h4", "h5", "h6", "table", "blockquote", "hr",
	"pre", "title", "dt", "dd" };

enum { ENTITY_BYTES_MAX = 10 };

static bool
is_letter(char byte)
{
	return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

static bool
is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static bool
is_same(struct span text, const char *name)
{
	return text.size_bytes > 0 && text.at[0] == name[0] &&
	    text.size_bytes == strlen(name) && span_starts(text, name);
}

/* "#228" or "#xE4"; 0 for what is none. */
static unsigned long
code_of_number(struct span text)
{
	bool is_hex = span_starts_nocase(text, "#x");
	unsigned long code = 0;
	size_t i;

	for (i = is_hex ? 2 : 1; i < text.size_bytes; i++) {
		char byte = text.at[i];

		if (is_digit(byte))
			code = code * (is_hex ? 16 : 10) +
			    (unsigned long)(byte - '0');
		else if (is_hex && (byte | 0x20) >= 'a' && (byte | 0x20) <= 'f')
			code = code * 16 +
			    (unsigned long)((byte | 0x20) - 'a' + 10);
		else
			return 0;
	}
	return code;
}

static unsigned long
code_of(struct span name)
{
	unsigned long i;

	if (span_starts(name, "#"))
		return code_of_number(name);
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (is_same(name, others[i].name))
			return others[i].code;
	for (i = 0; i < 96; i++)
		if (is_same(name, latin[i]))
			return 0xa0 + i;
	return 0;
}

/* At a "&": add what it stands for; how many bytes that took. */
static size_t
add_entity(struct buffer *out, struct span html)
{
	struct span name = { html.at + 1, 0 };
	unsigned long code;

	while (name.size_bytes < ENTITY_BYTES_MAX &&
	    name.size_bytes + 1 < html.size_bytes &&
	    (is_letter(name.at[name.size_bytes]) ||
		is_digit(name.at[name.size_bytes]) ||
		name.at[name.size_bytes] == '#'))
		name.size_bytes++;
	code = code_of(name);
	if (code == 0) {
		buffer_add_byte(out, '&');
		return 1;
	}
	/* A blank that must not break is a blank to who searches. */
	charset_add_code(out, code == 0xa0 ? ' ' : code);
	return 1 + name.size_bytes +
	    span_starts(span_from(html, 1 + name.size_bytes), ";");
}

static struct span
tag_name(struct span tag)
{
	struct span name = span_from(tag, span_starts(tag, "</") ? 2 : 1);
	size_t size_bytes = 0;

	while (size_bytes < name.size_bytes &&
	    (is_letter(name.at[size_bytes]) || is_digit(name.at[size_bytes])))
		size_bytes++;
	name.size_bytes = size_bytes;
	return name;
}

static bool
is_tag(struct span name, const char *wanted)
{
	return name.size_bytes == strlen(wanted) &&
	    span_starts_nocase(name, wanted);
}

static void
add_for_tag(struct buffer *out, struct span name)
{
	size_t i;

	if (is_tag(name, "td") || is_tag(name, "th"))
		buffer_add_byte(out, ' ');
	for (i = 0; i < sizeof(line_tags) / sizeof(line_tags[0]); i++)
		if (is_tag(name, line_tags[i])) {
			buffer_add_byte(out, '\n');
			return;
		}
}

/* Where a text first stands, in either case; at the end when it does not. */
static size_t
find(struct span html, const char *text)
{
	struct span rest = html;

	while (rest.size_bytes > 0) {
		const char *at = memchr(rest.at, text[0], rest.size_bytes);

		if (at == NULL)
			break;
		rest = span_from(rest, (size_t)(at - rest.at));
		if (span_starts_nocase(rest, text))
			return (size_t)(rest.at - html.at);
		rest = span_from(rest, 1);
	}
	return html.size_bytes;
}

/* At a tag: how many bytes are not to be read, it and what it hides. */
static size_t
tag_bytes(struct span html, size_t end_bytes)
{
	struct span name = tag_name(html);
	struct span inside = span_from(html, end_bytes);

	if (span_starts(html, "<!--"))
		return find(html, "-->") + 3;
	if (is_tag(name, "script") && !span_starts(html, "</"))
		return end_bytes + find(inside, "</script");
	if (is_tag(name, "style") && !span_starts(html, "</"))
		return end_bytes + find(inside, "</style");
	return end_bytes;
}

static bool
begins_tag(struct span html)
{
	return html.size_bytes > 1 && html.at[0] == '<' &&
	    (is_letter(html.at[1]) || html.at[1] == '/' || html.at[1] == '!' ||
		html.at[1] == '?');
}

/*
 * Each search runs forward from where the last one ended. One that finds
 * nothing ends the text, so none is made twice.
 */
void
html_add_text(struct buffer *out, struct span html)
{
	while (html.size_bytes > 0 && !out->arena->is_exhausted) {
		size_t done_bytes = 1;

		if (begins_tag(html)) {
			size_t end_bytes = find(html, ">") + 1;

			add_for_tag(out, tag_name(html));
			done_bytes = tag_bytes(html, end_bytes);
		} else if (html.at[0] == '&') {
			done_bytes = add_entity(out, html);
		} else {
			buffer_add_byte(out, html.at[0]);
		}
		html = span_from(html, done_bytes);
	}
}
