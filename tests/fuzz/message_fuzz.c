/*
 * What a message says: its fields, dates, addresses and parts, all of them
 * read. A date is what the C library makes of its time; an address is read
 * alike when it is written; what is encoded comes back; parts lie within each
 * other. The header itself is header_fuzz's.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "mime/address.h"
#include "mime/date.h"
#include "mime/encoding.h"
#include "mime/field.h"
#include "mime/parameter.h"
#include "mime/part.h"
#include "mime/text.h"
#include "tests/fuzz/fuzz.h"

static bool
lies_within(struct span inner, struct span outer)
{
	return inner.size_bytes == 0 ||
	    (inner.at >= outer.at &&
		inner.at + inner.size_bytes <= outer.at + outer.size_bytes);
}

/* ---- Addresses ----------------------------------------------------------- */

/* Written, it is one address, and the same. */
static void
check_address(const struct address *address, struct arena *arena)
{
	struct address_list again;
	struct buffer out;

	buffer_start(&out, arena);
	address_add(&out, address);
	address_read(&again, buffer_span(&out), arena);
	if (arena->is_exhausted)
		return;
	MUST(again.count == 1);
	MUST(again.items[0].is_valid && !again.items[0].is_null);
	MUST(span_equals(again.items[0].local, address->local));
	MUST(span_equals(again.items[0].domain, address->domain));
	MUST(!address_has_extras(buffer_span(&out), arena));
}

static void
read_addresses(struct span value, struct arena *arena)
{
	struct address_list list;
	size_t i;

	address_read(&list, value, arena);
	(void)address_has_extras(value, arena); /* no crash is all */
	for (i = 0; i < list.count; i++)
		if (list.items[i].is_valid && !list.items[i].is_null)
			check_address(&list.items[i], arena);
}

/* ---- Dates --------------------------------------------------------------- */

/*
 * A leap second is the last one of its minute, and one more. Where time_t has
 * no room for a date, the C library knows nothing of it.
 */
static void
check_date(const struct date *date)
{
	bool is_leap = date->second == 60;
	long long exact_s =
	    date->epoch_s + (long long)date->zone_minutes * 60 - is_leap;
	time_t local_s = (time_t)exact_s;
	struct tm tm;

	if ((long long)local_s != exact_s)
		return;
	MUST(gmtime_r(&local_s, &tm) != NULL);
	MUST(date->year == tm.tm_year + 1900LL);
	MUST(date->month == tm.tm_mon + 1);
	MUST(date->day == tm.tm_mday);
	MUST(date->hour == tm.tm_hour);
	MUST(date->minute == tm.tm_min);
	MUST(date->second == tm.tm_sec + is_leap);
	MUST(date->weekday == tm.tm_wday);
}

/* Written as mail has it, it is the same date. */
static void
check_date_again(const struct date *date, struct arena *arena)
{
	struct date again;
	struct buffer out;

	if (date->year < 1900 || date->year > 9999)
		return;
	buffer_start(&out, arena);
	MUST(date_add_part(date, span_of("std11"), &out));
	if (arena->is_exhausted)
		return;
	MUST(date_read(&again, buffer_span(&out)));
	MUST(again.epoch_s == date->epoch_s);
	MUST(again.zone_minutes == date->zone_minutes);
	MUST(again.second == date->second && again.weekday == date->weekday);
}

/* The first bytes as a time, written by the C library. */
static void
check_made_date(struct span bytes)
{
	static const long long last_s = 253402300799; /* of the year 9999 */
	struct date date;
	long long made_s = 0;
	time_t epoch_s;
	struct tm tm;
	char text[64];
	size_t i;

	for (i = 0; i < 5 && i < bytes.size_bytes; i++)
		made_s = made_s << 8 | (unsigned char)bytes.at[i];
	epoch_s = (time_t)(made_s % last_s);
	MUST(gmtime_r(&epoch_s, &tm) != NULL);
	MUST(
	    strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &tm) > 0);
	MUST(date_read(&date, span_of(text)));
	MUST(date.epoch_s == epoch_s);
}

static void
read_date(struct span value, struct arena *arena)
{
	struct date date;

	if (!date_read(&date, value) && !date_read_last(&date, value))
		return;
	check_date(&date);
	check_date_again(&date, arena);
}

/* ---- Encodings ----------------------------------------------------------- */

static void
check_base64(struct span bytes, struct arena *arena)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	struct buffer code, plain;
	unsigned int bits = 0, have = 0;
	size_t i;

	buffer_start(&code, arena);
	buffer_start(&plain, arena);
	for (i = 0; i < bytes.size_bytes; i++) {
		bits = (bits << 8 | (unsigned char)bytes.at[i]) & 0xffff;
		for (have += 8; have >= 6; have -= 6)
			buffer_add_byte(&code, digits[bits >> (have - 6) & 63]);
		if (i % 57 == 56)
			buffer_add_text(&code, "\r\n");
	}
	if (have > 0)
		buffer_add_byte(&code, digits[bits << (6 - have) & 63]);
	buffer_add_text(&code, have == 2 ? "==" : have == 4 ? "=" : "");
	MUST(encoding_add_base64(&plain, buffer_span(&code)) ||
	    arena->is_exhausted);
	MUST(span_equals(buffer_span(&plain), bytes) || arena->is_exhausted);
}

static void
check_quoted(struct span bytes, struct arena *arena)
{
	struct buffer code, plain;
	char pair[4];
	size_t i;

	buffer_start(&code, arena);
	buffer_start(&plain, arena);
	for (i = 0; i < bytes.size_bytes; i++) {
		unsigned char byte = (unsigned char)bytes.at[i];

		(void)snprintf(pair, sizeof(pair), "=%02X", byte);
		if (byte > ' ' && byte < 127 && byte != '=')
			buffer_add_byte(&code, bytes.at[i]);
		else
			buffer_add_text(&code, pair);
		if (i % 19 == 18)
			buffer_add_text(&code, "= \n");
	}
	encoding_add_quoted(&plain, buffer_span(&code));
	MUST(span_equals(buffer_span(&plain), bytes) || arena->is_exhausted);
}

/* ---- Fields and parts ---------------------------------------------------- */

static void
read_field(const struct field *field, struct arena *arena)
{
	struct span value, line = text_unfold(field->value, arena);

	MUST(line.size_bytes <= field->value.size_bytes);
	MUST(line.size_bytes == 0 ||
	    memchr(line.at, '\n', line.size_bytes) == NULL);
	(void)text_header(field->value, arena); /* no crash is all */
	(void)parameter_main(field->value, arena);
	(void)parameter_find(field->value, "charset", arena, &value);
	read_date(field->value, arena);
	read_addresses(field->value, arena);
}

/* The message itself, then each part before those within it. */
static void
check_parts(const struct part_list *list, struct span message)
{
	size_t i, k;

	MUST(list->count >= 1 && list->count <= PART_COUNT_MAX);
	MUST(list->parts[0].depth == 0 && list->parts[0].end == list->count);
	for (i = 0; i < list->count; i++) {
		const struct part *part = &list->parts[i];

		MUST(part->depth <= PART_DEPTH_MAX);
		MUST(part->end > i && part->end <= list->count);
		MUST(lies_within(part->head, message));
		MUST(lies_within(part->body, message));
		for (k = i + 1; k < part->end; k++) {
			MUST(list->parts[k].depth > part->depth);
			MUST(list->parts[k].end <= part->end);
			MUST(lies_within(list->parts[k].head, part->body));
			MUST(lies_within(list->parts[k].body, part->body));
		}
		MUST(k == list->count || list->parts[k].depth <= part->depth);
		MUST(part->is_message || part->is_multipart || k == i + 1);
	}
}

static void
read_parts(struct span message, struct span head, struct span body,
    struct arena *arena)
{
	struct part_list list;
	struct span text;
	size_t i;

	part_read(&list, head, body, arena);
	if (!arena->is_exhausted)
		check_parts(&list, message);
	for (i = 0; i < list.count; i++) {
		(void)part_content(&list.parts[i], arena); /* no crash is all */
		(void)part_text(&list.parts[i], arena, &text);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
	struct span message = { (const char *)data, size_bytes };
	struct span head, body, rest;
	struct field field;
	struct arena arena;

	arena_start(&arena, (size_t)64 << 20);
	field_split(message, &head, &body);
	for (rest = head; field_next(&field, &rest);)
		read_field(&field, &arena);
	read_parts(message, head, body, &arena);
	check_made_date(body);
	check_base64(body, &arena);
	check_quoted(body, &arena);
	arena_end(&arena);
	return 0;
}
