/*
 * One to three messages into an mbox of each format: a reader must find as
 * many, and in an mboxrd the bytes that came in. The first byte chooses.
 */
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "mbox/record.h"
#include "message/message.h"
#include "tests/fuzz/fuzz.h"

enum { BOX_BYTES = 1 << 16, INPUT_BYTES_MAX = 1 << 13 };

static const enum mbox_format formats[] = { MBOX_RD, MBOX_O, MBOX_CL2 };

struct mailbox {
	char bytes[BOX_BYTES];
	size_t used_bytes;
};

static bool
is_empty_line(struct span line)
{
	return (line.size_bytes == 1 && line.at[0] == '\n') ||
	    (line.size_bytes == 2 && memcmp(line.at, "\r\n", 2) == 0);
}

/* What a reader of mboxrd has to take off a line: one ">" before "From ". */
static struct span
unquoted(struct span line)
{
	struct span inner = line;

	while (inner.size_bytes > 0 && inner.at[0] == '>')
		inner = span_from(inner, 1);
	if (inner.at != line.at && span_starts(inner, "From "))
		return span_from(line, 1);
	return line;
}

static bool
has_length_field(struct span message)
{
	for (; message.size_bytes > 0; message = span_from(message, 1))
		if (span_starts_nocase(message, "Content-Length"))
			return true;
	return false;
}

/* Every byte comes back, and nothing but missing LFs behind them. */
static void
check_original(struct span record, struct span original)
{
	struct span line, plain;

	(void)span_line(&record);
	while (record.size_bytes > 0) {
		line = span_line(&record);
		plain = unquoted(line);
		if (plain.size_bytes > original.size_bytes) {
			MUST(plain.size_bytes == original.size_bytes + 1);
			MUST(plain.at[plain.size_bytes - 1] == '\n');
			plain.size_bytes--;
		}
		MUST(plain.size_bytes == 0 ||
		    memcmp(plain.at, original.at, plain.size_bytes) == 0);
		original = span_from(original, plain.size_bytes);
	}
	MUST(original.size_bytes == 0);
}

static void
append(struct mailbox *box, struct span message, enum mbox_format format)
{
	struct message_limits limits = { INPUT_BYTES_MAX + 1, 0 };
	struct trace_rules rules = { TRACE_NEVER, TRACE_NEVER };
	struct envelope envelope;
	struct message read;
	struct record record;
	struct failure why;
	int ends[2];

	memset(&envelope, 0, sizeof(envelope));
	MUST(pipe(ends) == 0);
	MUST(write(ends[1], message.at, message.size_bytes) ==
	    (ssize_t)message.size_bytes);
	MUST(close(ends[1]) == 0);
	MUST(message_open(&read, ends[0], &limits, &envelope, &rules, &why) ==
	    VERDICT_OK);
	MUST(record_make(&record, &read, format, -1, 0, &why) == VERDICT_OK);
	MUST(record.bytes.size_bytes <= BOX_BYTES - box->used_bytes);
	memcpy(box->bytes + box->used_bytes, record.bytes.at,
	    record.bytes.size_bytes);
	box->used_bytes += record.bytes.size_bytes;
	if (format == MBOX_RD && !has_length_field(message) &&
	    !span_starts(message, "From "))
		check_original(record.bytes, message);
	record_free(&record);
	message_close(&read);
	MUST(close(ends[0]) == 0);
}

/* A reader that knows only this: From_ lines stand behind empty lines. */
static unsigned int
count_by_lines(struct span rest)
{
	unsigned int count = 0;
	bool is_behind_empty = true;

	while (rest.size_bytes > 0) {
		struct span line = span_line(&rest);

		if (span_starts(line, "From ")) {
			MUST(is_behind_empty);
			count++;
		}
		is_behind_empty = line.size_bytes == 1;
	}
	MUST(is_behind_empty);
	return count;
}

static size_t
number_in(struct span text)
{
	size_t number = 0;

	text = span_trim(text);
	MUST(text.size_bytes > 0);
	for (; text.size_bytes > 0; text = span_from(text, 1)) {
		MUST(text.at[0] >= '0' && text.at[0] <= '9');
		number = number * 10 + (size_t)(text.at[0] - '0');
	}
	return number;
}

/* To the body; the length that the one Content-Length field tells. */
static size_t
skip_header(struct span *rest)
{
	static const char name[] = "Content-Length:";
	unsigned int fields = 0;
	size_t length = 0;
	struct span line;

	do {
		MUST(rest->size_bytes > 0);
		line = span_line(rest);
		MUST(!span_starts(line, "From "));
		if (span_starts_nocase(line, name)) {
			length = number_in(span_from(line, sizeof(name) - 1));
			fields++;
		}
	} while (!is_empty_line(line));
	MUST(fields == 1);
	return length;
}

/* A reader that believes Content-Length. */
static unsigned int
count_by_length(struct span rest)
{
	unsigned int count = 0;
	size_t length;

	for (; rest.size_bytes > 0; count++) {
		MUST(span_starts(rest, "From "));
		(void)span_line(&rest);
		length = skip_header(&rest);
		MUST(length < rest.size_bytes);
		rest = span_from(rest, length);
		MUST(rest.at[0] == '\n');
		rest = span_from(rest, 1);
	}
	return count;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
	static struct mailbox box;
	struct span rest = { (const char *)data, size_bytes };
	unsigned int flags = fuzz_flags(&rest);
	enum mbox_format format = formats[flags % 3];
	unsigned int count = 1 + flags / 3 % 3;
	unsigned int i;
	struct span all = { box.bytes, 0 };
	size_t part;

	if (rest.size_bytes > INPUT_BYTES_MAX)
		rest.size_bytes = INPUT_BYTES_MAX;
	part = rest.size_bytes / count;
	for (box.used_bytes = 0, i = 0; i < count; i++) {
		struct span message = { rest.at, part };

		append(&box, message, format);
		rest = span_from(rest, part);
	}
	all.size_bytes = box.used_bytes;
	if (format == MBOX_CL2)
		MUST(count_by_length(all) == count);
	else
		MUST(count_by_lines(all) == count);
	return 0;
}
