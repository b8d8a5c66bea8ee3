/*
 * A message: its fields, dates, addresses and parts, all of them read.
 */
#include "mime/address.h"
#include "mime/date.h"
#include "mime/field.h"
#include "mime/parameter.h"
#include "mime/part.h"
#include "mime/text.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes);

static void
read_addresses(struct span value, struct arena *arena)
{
	struct address_list list;
	struct buffer out;
	size_t i;

	address_read(&list, value, arena);
	(void)address_has_extras(value, arena); /* no crash is all */
	for (i = 0; i < list.count; i++) {
		if (!list.items[i].is_valid || list.items[i].is_null)
			continue;
		buffer_start(&out, arena);
		address_add(&out, &list.items[i]);
	}
}

static void
read_field(const struct field *field, struct arena *arena)
{
	struct span value;
	struct date date;

	(void)text_header(field->value, arena); /* no crash is all */
	(void)parameter_main(field->value, arena);
	(void)parameter_find(field->value, "charset", arena, &value);
	if (!date_read(&date, field->value))
		(void)date_read_last(&date, field->value); /* so */
	read_addresses(field->value, arena);
}

static void
read_parts(struct span head, struct span body, struct arena *arena)
{
	struct part_list list;
	struct span text;
	size_t i;

	part_read(&list, head, body, arena);
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
	read_parts(head, body, &arena);
	arena_end(&arena);
	return 0;
}
