#include "mime/text.h"

#include <stdbool.h>
#include <string.h>

#include "base/buffer.h"
#include "mime/charset.h"
#include "mime/encoding.h"

/* RFC 2047 section 2 has 75 for the whole word. */
enum { CHARSET_BYTES_MAX = 64 };

/* One encoded word: "=?charset?encoding?text?=". */
struct word {
	struct span charset;
	char encoding; /* 'B' or 'Q' */
	struct span text;
	size_t size_bytes; /* of it all */
};

/* Decoded words in one character set, which may share a character. */
struct run {
	struct span charset;
	struct buffer bytes;
};

struct span
text_unfold(struct span raw, struct arena *arena)
{
	struct span value = span_trim(raw);
	struct buffer line;
	size_t i;

	if (value.size_bytes == 0 ||
	    memchr(value.at, '\n', value.size_bytes) == NULL)
		return value;
	buffer_start(&line, arena);
	if (buffer_reserve(&line, value.size_bytes) == NULL)
		return span_of(NULL);
	for (i = 0; i < value.size_bytes; i++) {
		if (value.at[i] == '\n' ||
		    (value.at[i] == '\r' && value.at[i + 1] == '\n'))
			continue;
		line.at[line.size_bytes++] = value.at[i];
	}
	return buffer_span(&line);
}

static bool
is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

static bool
is_word_byte(char byte)
{
	return (unsigned char)byte > ' ' && byte != 0x7f && byte != '?';
}

/* How many bytes up to a "?"; 0 when a blank or the end comes first. */
static size_t
up_to_mark(struct span text)
{
	size_t i = 0;

	while (i < text.size_bytes && is_word_byte(text.at[i]))
		i++;
	return i < text.size_bytes && text.at[i] == '?' ? i : 0;
}

static struct span
without_language(struct span charset)
{
	const char *star = memchr(charset.at, '*', charset.size_bytes);

	if (star != NULL)
		charset.size_bytes = (size_t)(star - charset.at);
	return charset;
}

/* Read an encoded word at the start of a text; false when there is none. */
static bool
word_read(struct word *word, struct span text)
{
	struct span rest = span_from(text, 2);

	if (!span_starts(text, "=?"))
		return false;
	word->charset.at = rest.at;
	word->charset.size_bytes = up_to_mark(rest);
	rest = span_from(rest, word->charset.size_bytes + 1);
	if (word->charset.size_bytes == 0 ||
	    word->charset.size_bytes > CHARSET_BYTES_MAX)
		return false;
	word->charset = without_language(word->charset);
	if (!span_starts_nocase(rest, "B?") && !span_starts_nocase(rest, "Q?"))
		return false;
	word->encoding = (char)(rest.at[0] & ~0x20);
	rest = span_from(rest, 2);
	word->text.at = rest.at;
	word->text.size_bytes = up_to_mark(rest);
	rest = span_from(rest, word->text.size_bytes);
	if (!span_starts(rest, "?="))
		return false;
	word->size_bytes = (size_t)(rest.at + 2 - text.at);
	return true;
}

static bool
word_decode(const struct word *word, struct buffer *out)
{
	if (!charset_is_known(word->charset))
		return false;
	if (word->encoding == 'Q')
		return encoding_add_q(out, word->text);
	return encoding_add_base64(out, word->text);
}

static void
run_flush(struct run *run, struct buffer *out)
{
	if (run->bytes.size_bytes > 0)
		(void)charset_to_utf8(run->charset, buffer_span(&run->bytes),
		    out);
	run->bytes.size_bytes = 0;
}

static bool
is_same_charset(struct span one, struct span other)
{
	return one.size_bytes > 0 && span_equals(one, other);
}

/* Decode a word behind what the run has; false leaves the run as it was. */
static bool
run_add(struct run *run, const struct word *word, struct buffer *out)
{
	size_t before_bytes;

	if (!is_same_charset(run->charset, word->charset)) {
		run_flush(run, out);
		run->charset = word->charset;
	}
	before_bytes = run->bytes.size_bytes;
	if (word_decode(word, &run->bytes))
		return true;
	run->bytes.size_bytes = before_bytes;
	return false;
}

/* How many bytes come before what may be a word. */
static size_t
plain_bytes(struct span text)
{
	struct span rest = text;

	while (rest.size_bytes > 1) {
		const char *mark = memchr(rest.at, '=', rest.size_bytes - 1);

		if (mark == NULL)
			break;
		if (mark[1] == '?')
			return (size_t)(mark - text.at);
		rest = span_from(rest, (size_t)(mark - rest.at) + 1);
	}
	return text.size_bytes;
}

static size_t
blank_bytes(struct span text)
{
	size_t i = 0;

	while (i < text.size_bytes && is_blank(text.at[i]))
		i++;
	return i;
}

/*
 * Decode words as long as one follows the other, with blanks between them.
 * Gives the bytes of text that are done with; 0 when it begins with none.
 */
static size_t
words_decode(struct run *run, struct span text, struct buffer *out)
{
	size_t done_bytes = 0;
	size_t gap_bytes = 0;
	struct word word;

	while (word_read(&word, span_from(text, done_bytes + gap_bytes)) &&
	    run_add(run, &word, out)) {
		done_bytes += gap_bytes + word.size_bytes;
		gap_bytes = blank_bytes(span_from(text, done_bytes));
	}
	run_flush(run, out);
	return done_bytes;
}

struct span
text_decode(struct span text, struct arena *arena)
{
	struct run run = { { NULL, 0 }, { NULL, NULL, 0, 0 } };
	struct span rest = text;
	struct buffer out;

	if (plain_bytes(text) == text.size_bytes)
		return text;
	buffer_start(&out, arena);
	buffer_start(&run.bytes, arena);
	while (rest.size_bytes > 0 && !arena->is_exhausted) {
		struct span plain = { rest.at, plain_bytes(rest) };
		size_t done_bytes;

		buffer_add(&out, plain);
		rest = span_from(rest, plain.size_bytes);
		done_bytes = words_decode(&run, rest, &out);
		if (done_bytes == 0 && rest.size_bytes > 0) {
			buffer_add_byte(&out, rest.at[0]);
			done_bytes = 1;
		}
		rest = span_from(rest, done_bytes);
	}
	return buffer_span(&out);
}

struct span
text_header(struct span raw, struct arena *arena)
{
	return text_decode(text_unfold(raw, arena), arena);
}
