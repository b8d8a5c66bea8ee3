#include "sieve/edit.h"

#include <string.h>

#include "base/buffer.h"
#include "mime/encoding.h"

/* How the field looks in the message, its line ends those of the message. */
static void
add_lines(struct buffer *out, struct span text, bool is_crlf)
{
	size_t i;

	for (i = 0; i < text.size_bytes; i++) {
		if (text.at[i] == '\n' && is_crlf)
			buffer_add_byte(out, '\r');
		buffer_add_byte(out, text.at[i]);
	}
	if (is_crlf)
		buffer_add_byte(out, '\r');
	buffer_add_byte(out, '\n');
}

static bool
field_make(struct field *field, struct span name, struct span value,
    bool is_crlf, struct arena *arena)
{
	struct buffer lines, folded;
	struct span whole;

	buffer_start(&folded, arena);
	buffer_start(&lines, arena);
	encoding_add_word(&folded, span_trim(value), name.size_bytes + 2);
	buffer_add(&lines, name);
	buffer_add_text(&lines, ": ");
	add_lines(&lines, buffer_span(&folded), is_crlf);
	if (arena->is_exhausted)
		return false;
	whole = buffer_span(&lines);
	field->whole = whole;
	field->name.at = whole.at;
	field->name.size_bytes = name.size_bytes;
	field->value = span_from(whole, name.size_bytes + 1);
	field->value.size_bytes -= is_crlf ? 2 : 1;
	return true;
}

bool
edit_add(struct field_list *list, struct span name, struct span value,
    bool is_last, bool is_crlf, struct arena *arena)
{
	size_t at = is_last ? list->count : 0;
	struct field field;

	if (!field_make(&field, name, value, is_crlf, arena))
		return false;
	if (list->count == list->room) {
		size_t room = list->room * 2 + 1;
		struct field *more = arena_grow(arena, list->fields,
		    list->room * sizeof(field), room * sizeof(field));

		if (more == NULL)
			return false;
		list->fields = more;
		list->room = room;
	}
	memmove(list->fields + at + 1, list->fields + at,
	    (list->count - at) * sizeof(field));
	list->fields[at] = field;
	list->count++;
	return true;
}

void
edit_delete(struct field_list *list, size_t at)
{
	list->count--;
	memmove(list->fields + at, list->fields + at + 1,
	    (list->count - at) * sizeof(list->fields[0]));
}

void
edit_delete_marked(struct field_list *list, const bool *is_marked)
{
	size_t from, to = 0;

	for (from = 0; from < list->count; from++)
		if (!is_marked[from])
			list->fields[to++] = list->fields[from];
	list->count = to;
}

size_t
edit_find(const struct field_list *list, struct span name, size_t number,
    bool is_last)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		size_t at = is_last ? list->count - 1 - i : i;

		if (field_is_named(&list->fields[at], name) && --number == 0)
			return at;
	}
	return list->count;
}

struct span
edit_head(const struct field_list *list, struct arena *arena)
{
	struct buffer head;
	size_t i;

	buffer_start(&head, arena);
	for (i = 0; i < list->count; i++) {
		/* The last line of a message may have come without its end. */
		if (head.size_bytes > 0 && head.at[head.size_bytes - 1] != '\n')
			buffer_add_byte(&head, '\n');
		buffer_add(&head, list->fields[i].whole);
	}
	return buffer_span(&head);
}
