#include "sieve/mail.h"

#include <string.h>

#include "mime/text.h"

void
mail_start(struct sieve_mail *mail, struct span message, struct arena *arena)
{
	struct span head, line;

	memset(mail, 0, sizeof(*mail));
	mail->message = message;
	mail->arena = arena;
	field_split(message, &head, &mail->body);
	mail->has_body = head.size_bytes == 0
	    ? message.size_bytes > 0
	    : head.size_bytes + mail->body.size_bytes < message.size_bytes;
	field_list_read(&mail->fields, head, arena);
	line = span_line(&head);
	mail->is_crlf =
	    line.size_bytes > 1 && line.at[line.size_bytes - 2] == '\r';
}

uint64_t
mail_size(const struct sieve_mail *mail)
{
	uint64_t size = mail->body.size_bytes;
	size_t i;

	if (!mail->is_edited)
		return mail->message.size_bytes;
	for (i = 0; i < mail->fields.count; i++)
		size += mail->fields.fields[i].whole.size_bytes;
	return size + (mail->is_crlf ? 2 : 1); /* the empty line */
}

bool
mail_next(const struct sieve_mail *mail, struct span name, size_t *at)
{
	for (; *at < mail->fields.count; (*at)++)
		if (field_is_named(&mail->fields.fields[*at], name))
			return true;
	return false;
}

static bool
select_from_end(const struct sieve_mail *mail, struct span name,
    uint64_t number, size_t *at)
{
	for (*at = mail->fields.count; (*at)-- > 0;)
		if (field_is_named(&mail->fields.fields[*at], name) &&
		    --number == 0)
			return true;
	return false;
}

bool
mail_select(const struct sieve_mail *mail, struct span name, uint64_t number,
    bool is_last, size_t *at)
{
	if (number == 0)
		return false;
	if (is_last)
		return select_from_end(mail, name, number, at);
	for (*at = 0; mail_next(mail, name, at); (*at)++)
		if (--number == 0)
			return true;
	return false;
}

static bool
make_room(struct sieve_mail *mail)
{
	size_t room = mail->fields.count;

	if (room <= mail->value_room)
		return true;
	mail->values = arena_take(mail->arena, room, sizeof(*mail->values));
	mail->has_value =
	    arena_take(mail->arena, room, sizeof(*mail->has_value));
	mail->value_room =
	    mail->values != NULL && mail->has_value != NULL ? room : 0;
	return mail->value_room > 0;
}

struct span
mail_value(struct sieve_mail *mail, size_t at)
{
	struct span raw = mail->fields.fields[at].value;

	if (!make_room(mail))
		return text_header(raw, mail->arena);
	if (!mail->has_value[at]) {
		mail->values[at] = text_header(raw, mail->arena);
		mail->has_value[at] = true;
	}
	return mail->values[at];
}

bool
mail_field(struct sieve_mail *mail, const char *name, struct span *value_out)
{
	size_t at = 0;

	if (!mail_next(mail, span_of(name), &at))
		return false;
	*value_out = mail_value(mail, at);
	return true;
}

void
mail_was_edited(struct sieve_mail *mail)
{
	if (mail->value_room > 0)
		memset(mail->has_value, 0,
		    mail->value_room * sizeof(*mail->has_value));
	mail->is_edited = true;
	mail->header = NULL;
}

const struct part_list *
mail_parts(struct sieve_mail *mail)
{
	struct span head, body;

	if (mail->parts.count == 0) {
		field_split(mail->message, &head, &body);
		part_read(&mail->parts, head, body, mail->arena);
	}
	return &mail->parts;
}
