/*
 * The header of a message, as both readers of it find it, and whether two
 * messages are one. Each answer is compared with that of a slow reader, which
 * has a table of the lines and knows only what the headers tell.
 *
 * The first byte says what becomes of the message before it is compared with
 * itself, the second one where.
 */
#include <string.h>
#include <strings.h>

#include "message/header.h"
#include "message/same.h"
#include "mime/field.h"
#include "tests/fuzz/fuzz.h"

enum { INPUT_BYTES_MAX = 1 << 13, BYTES_MAX = INPUT_BYTES_MAX + 64 };

/* Of a message: line i is from start[i] to start[i + 1]. */
struct table {
	struct span all;
	size_t start[BYTES_MAX + 2];
	size_t count;
};

/* ---- The slow reader ----------------------------------------------------- */

static void
table_make(struct table *table, struct span message)
{
	size_t i;

	table->all = message;
	table->count = 0;
	for (i = 0; i < message.size_bytes; i++)
		if (i == 0 || message.at[i - 1] == '\n')
			table->start[table->count++] = i;
	table->start[table->count] = message.size_bytes;
}

static struct span
part_of(const struct table *table, size_t from, size_t to)
{
	struct span part = span_from(table->all, table->start[from]);

	part.size_bytes = table->start[to] - table->start[from];
	return part;
}

static bool
is_blank_first(const struct table *table, size_t i)
{
	char first = table->all.at[table->start[i]];

	return first == ' ' || first == '\t';
}

/* What stands before the first colon, without blanks; empty: no field. */
static struct span
name_of(const struct table *table, size_t i)
{
	struct span line = part_of(table, i, i + 1);
	struct span name = { line.at, 0 };
	size_t k;

	while (name.size_bytes < line.size_bytes &&
	    line.at[name.size_bytes] != ':')
		name.size_bytes++;
	if (name.size_bytes == line.size_bytes)
		return span_of(NULL);
	while (name.size_bytes > 0 &&
	    (line.at[name.size_bytes - 1] == ' ' ||
		line.at[name.size_bytes - 1] == '\t'))
		name.size_bytes--;
	for (k = 0; k < name.size_bytes; k++)
		if (line.at[k] < 33 || line.at[k] > 126)
			return span_of(NULL);
	return name;
}

static bool
is_named(const struct table *table, size_t i, const char *name)
{
	struct span found = name_of(table, i);

	return found.size_bytes == strlen(name) &&
	    strncasecmp(found.at, name, found.size_bytes) == 0;
}

/* The lines that begin the message and are fields, or folded parts of one. */
static size_t
header_lines(const struct table *table)
{
	size_t i = 0;

	while (i < table->count &&
	    (name_of(table, i).size_bytes > 0 ||
		(i > 0 && is_blank_first(table, i))))
		i++;
	return i;
}

/* The line behind the last folded one of what begins at this line. */
static size_t
end_of_field(const struct table *table, size_t i, size_t end)
{
	for (i++; i < end && is_blank_first(table, i); i++)
		continue;
	return i;
}

/* The first line of such a field; end when there is none. */
static size_t
find(const struct table *table, const char *name, size_t end)
{
	size_t i;

	for (i = 0; i < end; i++)
		if (is_named(table, i, name))
			return i;
	return end;
}

static struct span
behind_colon(struct span text)
{
	while (text.at[0] != ':')
		text = span_from(text, 1);
	return span_from(text, 1);
}

/* Of the first field, the first line that says something. */
static struct span
message_id_of(const struct table *table, size_t end)
{
	size_t i = find(table, "Message-ID", end);
	struct span value = span_of(NULL);
	size_t last;

	if (i == end)
		return value;
	last = end_of_field(table, i, end);
	value = span_trim(behind_colon(part_of(table, i, i + 1)));
	for (i++; i < last && value.size_bytes == 0; i++)
		value = span_trim(part_of(table, i, i + 1));
	return value;
}

/* ---- The two readers ----------------------------------------------------- */

static void
check_scan(const struct table *table)
{
	size_t end = header_lines(table);
	struct header header;

	header_scan(&header, table->all);
	MUST(header.fields.at == table->all.at);
	MUST(header.fields.size_bytes == table->start[end]);
	MUST(header.has_message_id == (find(table, "message-id", end) < end));
	MUST(header.has_received == (find(table, "received", end) < end));
	MUST(header.has_return_path == (find(table, "return-path", end) < end));
	MUST(header.has_delivered_to ==
	    (find(table, "delivered-to", end) < end));
	MUST(span_equals(header.message_id, message_id_of(table, end)));
	MUST(header.is_crlf ==
	    (table->count > 0 && table->start[1] >= 2 &&
		memcmp(table->all.at + table->start[1] - 2, "\r\n", 2) == 0));
}

static bool
is_empty_line(const struct table *table, size_t i)
{
	struct span line = part_of(table, i, i + 1);

	return span_equals(line, span_of("\n")) || span_equals(line, span_of("\r\n"));
}

static void
check_field(const struct table *table, size_t i, size_t last,
    const struct field *field)
{
	struct span value = behind_colon(part_of(table, i, last));

	if (value.size_bytes > 0 && value.at[value.size_bytes - 1] == '\n')
		value.size_bytes--;
	if (value.size_bytes > 0 && value.at[value.size_bytes - 1] == '\r')
		value.size_bytes--;
	MUST(field->whole.at == table->all.at + table->start[i]);
	MUST(field->whole.size_bytes == part_of(table, i, last).size_bytes);
	MUST(span_equals(field->name, name_of(table, i)));
	MUST(span_equals(field->value, value));
}

/* Lines that are no field go with those folded beneath them. */
static void
check_fields(const struct table *table, size_t end, struct span head)
{
	struct span rest = head;
	struct field field;
	size_t i, last;

	for (i = 0; i < end; i = last) {
		last = end_of_field(table, i, end);
		if (name_of(table, i).size_bytes == 0)
			continue;
		MUST(field_next(&field, &rest));
		check_field(table, i, last, &field);
	}
	MUST(!field_next(&field, &rest));
}

static void
check_list(struct span head)
{
	struct field_list list;
	struct arena arena;
	size_t size_bytes = 0, i;

	arena_start(&arena, (size_t)16 << 20);
	field_list_read(&list, head, &arena);
	for (i = 0; i < list.count; i++) {
		MUST(list.fields[i].whole.at == head.at + size_bytes);
		size_bytes += list.fields[i].whole.size_bytes;
	}
	MUST(size_bytes == head.size_bytes);
	arena_end(&arena);
}

static void
check_split(const struct table *table)
{
	struct span head, body;
	size_t end = 0, behind;

	if (table->count > 0 && name_of(table, 0).size_bytes > 0)
		while (end < table->count && !is_empty_line(table, end))
			end++;
	behind = end;
	if (behind < table->count && is_empty_line(table, behind))
		behind++;
	field_split(table->all, &head, &body);
	MUST(span_equals(head, part_of(table, 0, end)));
	MUST(span_equals(body, part_of(table, behind, table->count)));
	check_fields(table, end, head);
	check_list(head);
}

/* ---- Two messages -------------------------------------------------------- */

static bool
holds(struct span text, const char *word)
{
	for (; text.size_bytes > 0; text = span_from(text, 1))
		if (span_starts(text, word))
			return true;
	return false;
}

static bool
is_made_anew(const struct table *table, size_t i, size_t last)
{
	struct span field = part_of(table, i, last);

	return is_named(table, i, "Delivery-date") ||
	    (is_named(table, i, "Received") &&
		(holds(field, "(fetchmail-") || holds(field, " getmail")));
}

/* The message without the fields that senders make anew. */
static struct span
lasting(char *room, const struct table *table)
{
	size_t end = header_lines(table);
	struct span kept = { room, 0 };
	size_t i, last;

	for (i = 0; i < table->count; i = last) {
		struct span part;

		last = i < end ? end_of_field(table, i, end) : table->count;
		part = part_of(table, i, last);
		if (i < end && is_made_anew(table, i, last))
			continue;
		memcpy(room + kept.size_bytes, part.at, part.size_bytes);
		kept.size_bytes += part.size_bytes;
	}
	return kept;
}

/* At a place of the message: one byte changed, or a line put in. */
static struct span
changed(char *room, struct span message, unsigned int kind, unsigned int where)
{
	static const char *const lines[] = { "Delivery-date: now\n",
		"Received: by a (fetchmail-6)\n", "Received: by b\n\tfor c\n",
		"\n" };
	struct span line = span_of(lines[kind & 3]);
	struct span changed = { room, message.size_bytes };
	size_t at = message.size_bytes * where / 256;

	memcpy(room, message.at, message.size_bytes);
	if (kind & 4) {
		room[at] ^= (char)(kind >> 3 | 1);
		return changed;
	}
	while (at > 0 && message.at[at - 1] != '\n')
		at--;
	memcpy(room + at, line.at, line.size_bytes);
	memcpy(room + at + line.size_bytes, message.at + at,
	    message.size_bytes - at);
	changed.size_bytes += line.size_bytes;
	return changed;
}

static void
check_same(const struct table *one, unsigned int kind, unsigned int where)
{
	static char bytes[BYTES_MAX], rooms[2][BYTES_MAX];
	static struct table other;
	struct span first = lasting(rooms[0], one), second;

	MUST(same_message(one->all, one->all));
	if (one->all.size_bytes == 0)
		return; /* there is nothing to change */
	table_make(&other, changed(bytes, one->all, kind, where));
	second = lasting(rooms[1], &other);
	MUST(same_message(one->all, other.all) == span_equals(first, second));
	MUST(same_message(other.all, one->all) == span_equals(first, second));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
	static struct table table;
	struct span rest = { (const char *)data, size_bytes };
	unsigned int kind = fuzz_flags(&rest);
	unsigned int where = fuzz_flags(&rest);

	if (rest.size_bytes > INPUT_BYTES_MAX)
		rest.size_bytes = INPUT_BYTES_MAX;
	table_make(&table, rest);
	check_scan(&table);
	check_split(&table);
	check_same(&table, kind, where);
	return 0;
}
