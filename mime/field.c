#include "mime/field.h"

#include <string.h>
#include <strings.h>

/* What most headers hold; the room doubles from there. */
enum { FIRST_FIELDS = 32 };

static bool
is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

static bool
is_name_byte(char byte)
{
	return byte > ' ' && byte < 0x7f && byte != ':';
}

static bool
is_empty_line(struct span line)
{
	return span_starts(line, "\n") || span_starts(line, "\r\n");
}

static bool
is_folded(struct span line)
{
	return line.size_bytes > 0 && is_blank(line.at[0]);
}

/* Split a line at its colon; false when it is no field. */
static bool
name_split(struct span line, struct field *field)
{
	size_t name_bytes = 0;
	size_t colon;

	while (
	    name_bytes < line.size_bytes && is_name_byte(line.at[name_bytes]))
		name_bytes++;
	for (colon = name_bytes; colon < line.size_bytes; colon++)
		if (!is_blank(line.at[colon]))
			break;
	if (name_bytes == 0 || colon == line.size_bytes ||
	    line.at[colon] != ':')
		return false;
	field->name.at = line.at;
	field->name.size_bytes = name_bytes;
	field->value = span_from(line, colon + 1);
	return true;
}

static struct span
without_line_end(struct span text)
{
	if (text.size_bytes > 0 && text.at[text.size_bytes - 1] == '\n')
		text.size_bytes--;
	if (text.size_bytes > 0 && text.at[text.size_bytes - 1] == '\r')
		text.size_bytes--;
	return text;
}

/* The next line with what is folded beneath it; no field has no name. */
static bool
entry_next(struct field *field, struct span *rest)
{
	struct span after = *rest;
	struct span whole = span_line(&after);

	if (whole.size_bytes == 0 || is_empty_line(whole))
		return false;
	while (is_folded(after))
		whole.size_bytes += span_line(&after).size_bytes;
	memset(field, 0, sizeof(*field));
	field->whole = whole;
	if (name_split(whole, field))
		field->value = without_line_end(field->value);
	*rest = after;
	return true;
}

void
field_split(struct span message, struct span *head_out, struct span *body_out)
{
	struct span rest = message;
	struct field first;
	struct span line;

	*head_out = span_of(NULL);
	*body_out = message;
	if (is_empty_line(message)) {
		(void)span_line(body_out);
		return;
	}
	if (!entry_next(&first, &rest) || first.name.size_bytes == 0)
		return;
	for (;;) {
		*body_out = rest;
		line = span_line(&rest);
		if (line.size_bytes == 0 || is_empty_line(line))
			break;
	}
	head_out->at = message.at;
	head_out->size_bytes = message.size_bytes - body_out->size_bytes;
	*body_out = rest;
}

bool
field_next(struct field *field, struct span *rest)
{
	while (entry_next(field, rest))
		if (field->name.size_bytes > 0)
			return true;
	return false;
}

bool
field_is_named(const struct field *field, struct span name)
{
	return field->name.size_bytes == name.size_bytes &&
	    name.size_bytes > 0 &&
	    strncasecmp(field->name.at, name.at, name.size_bytes) == 0;
}

bool
field_find(struct span head, const char *name, struct field *field_out)
{
	while (field_next(field_out, &head))
		if (field_is_named(field_out, span_of(name)))
			return true;
	return false;
}

bool
field_name_is_valid(struct span name)
{
	size_t i;

	for (i = 0; i < name.size_bytes; i++)
		if (!is_name_byte(name.at[i]))
			return false;
	return name.size_bytes > 0;
}

void
field_list_read(struct field_list *list, struct span head, struct arena *arena)
{
	struct field field;

	memset(list, 0, sizeof(*list));
	while (entry_next(&field, &head)) {
		if (list->count == list->room) {
			size_t room = list->room * 2 + FIRST_FIELDS;
			struct field *more = arena_grow(arena, list->fields,
			    list->room * sizeof(field), room * sizeof(field));

			if (more == NULL)
				return;
			list->fields = more;
			list->room = room;
		}
		list->fields[list->count++] = field;
	}
}
