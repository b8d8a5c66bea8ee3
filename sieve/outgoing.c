#include "sieve/outgoing.h"

#include <string.h>

#include "base/buffer.h"
#include "mime/address.h"
#include "mime/date.h"
#include "mime/encoding.h"
#include "mime/field.h"

static const char redirected_from[] = "X-Sieve-Redirected-From";

/* ---- Fields ------------------------------------------------------------- */

/* A value from outside: no line end of it begins another field. */
static void
add_field(struct buffer *out, const char *name, struct span value)
{
	buffer_add_text(out, name);
	buffer_add_text(out, ": ");
	encoding_add_word(out, value, strlen(name) + 2);
	buffer_add_text(out, "\n");
}

static void
add_address_field(struct buffer *out, const char *name, struct span bare)
{
	buffer_add_text(out, name);
	buffer_add_text(out, ": <");
	buffer_add(out, bare);
	buffer_add_text(out, ">\n");
}

static bool
is_ascii(struct span text)
{
	size_t i;

	for (i = 0; i < text.size_bytes; i++)
		if (text.at[i] < ' ' || text.at[i] > '~')
			return false;
	return true;
}

/*
 * RFC 5230 section 4.3: encoded words if, and only if, it is not US-ASCII; so
 * what looks like an encoded word stays one.
 */
static void
add_subject(struct buffer *out, struct span subject)
{
	static const char name[] = "Subject: ";

	buffer_add_text(out, name);
	if (is_ascii(subject))
		encoding_add_folded(out, subject, strlen(name));
	else
		encoding_add_word(out, subject, strlen(name));
	buffer_add_text(out, "\n");
}

static void
add_quoted(struct buffer *out, struct span text)
{
	size_t i;

	buffer_add_byte(out, '"');
	for (i = 0; i < text.size_bytes; i++) {
		if (text.at[i] == '"' || text.at[i] == '\\')
			buffer_add_byte(out, '\\');
		buffer_add_byte(out, text.at[i]);
	}
	buffer_add_byte(out, '"');
}

/*
 * The name alone may be encoded, never the address (RFC 2047 section 5). Each
 * stands on a line of its own.
 */
static void
add_mailbox(struct buffer *out, const struct address *address)
{
	if (address->name.size_bytes == 0) {
		address_add(out, address);
		return;
	}
	if (is_ascii(address->name))
		add_quoted(out, address->name);
	else
		encoding_add_word(out, address->name, 6);
	buffer_add_text(out, " <");
	address_add(out, address);
	buffer_add_text(out, ">");
}

static bool
is_mailbox_list(const struct address_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (!list->items[i].is_valid || list->items[i].is_null)
			return false;
	return list->count > 0;
}

/*
 * "Name <a@b>, ..." as a script wrote it; of several, one must be the sender
 * (RFC 5322 section 3.6.2).
 */
static void
add_from(struct buffer *out, struct span from, struct span own)
{
	struct address_list list;
	size_t i;

	address_read(&list, from, out->arena);
	if (!is_mailbox_list(&list)) {
		add_address_field(out, "From", own);
		return;
	}
	buffer_add_text(out, "From: ");
	if (is_ascii(from))
		buffer_add(out, span_trim(from));
	for (i = 0; i < list.count && !is_ascii(from); i++) {
		buffer_add_text(out, i > 0 ? ",\n " : "");
		add_mailbox(out, &list.items[i]);
	}
	buffer_add_text(out, "\n");
	if (list.count > 1)
		add_address_field(out, "Sender", own);
}

static void
add_date(struct buffer *out, const struct outgoing_facts *facts)
{
	struct date date;

	date_set(&date, facts->now_s, facts->zone_minutes);
	buffer_add_text(out, "Date: ");
	(void)date_add_part(&date, span_of("std11"), out); /* is a part */
	buffer_add_text(out, "\n");
}

static void
add_message_id(struct buffer *out, const struct outgoing_facts *facts)
{
	buffer_add_text(out, "Message-ID: <");
	buffer_add_number(out, (long long)facts->now_s, 1);
	buffer_add_text(out, ".");
	buffer_add_number(out, (long long)(facts->serial >> 1), 1);
	buffer_add_text(out, ".mda@");
	buffer_add(out, facts->host);
	buffer_add_text(out, ">\n");
}

/* ---- Redirect ----------------------------------------------------------- */

static bool
came_round(struct span head, const struct outgoing_facts *facts)
{
	struct field field;

	while (field_next(&field, &head)) {
		struct span value = span_trim(field.value);

		if (field_is_named(&field, span_of(redirected_from)) &&
		    value.size_bytes > 0 &&
		    (span_equals(value, facts->own) ||
			span_equals(value, facts->recipient)))
			return true;
	}
	return false;
}

static bool
has_crlf(struct span text)
{
	struct span line = span_line(&text);

	return line.size_bytes > 1 && line.at[line.size_bytes - 2] == '\r';
}

bool
outgoing_redirect(struct outgoing *out, const struct sieve_action *action,
    const struct outgoing_facts *facts, struct arena *arena)
{
	struct span head, body;
	struct buffer bytes;

	field_split(facts->message, &head, &body);
	if (came_round(head, facts))
		return false;
	buffer_start(&bytes, arena);
	buffer_add_text(&bytes, redirected_from);
	buffer_add_text(&bytes, ": ");
	buffer_add(&bytes, facts->own);
	buffer_add_text(&bytes, has_crlf(facts->message) ? "\r\n" : "\n");
	/* A message without header now has one, which an empty line ends. */
	if (action->header == NULL && head.size_bytes == 0)
		buffer_add_text(&bytes, "\n");
	if (action->header != NULL) {
		buffer_add(&bytes, *action->header);
		buffer_add(&bytes, body);
	} else {
		buffer_add(&bytes,
		    head.size_bytes == 0 ? body : facts->message);
	}
	out->from = facts->sender;
	out->to = action->address;
	out->bytes = buffer_span(&bytes);
	return true;
}

/* ---- Vacation ----------------------------------------------------------- */

static void
add_text_body(struct buffer *out, struct span text)
{
	buffer_add_text(out,
	    "Content-Type: text/plain; charset=utf-8\n"
	    "Content-Transfer-Encoding: 8bit\n\n");
	buffer_add(out, text);
	if (text.size_bytes == 0 || text.at[text.size_bytes - 1] != '\n')
		buffer_add_text(out, "\n");
}

void
outgoing_vacation(struct outgoing *out, const struct sieve_action *action,
    const struct outgoing_facts *facts, struct arena *arena)
{
	const struct sieve_vacation *vacation = &action->vacation;
	struct buffer bytes;

	buffer_start(&bytes, arena);
	add_from(&bytes, vacation->from, facts->own);
	add_address_field(&bytes, "To", vacation->to);
	add_subject(&bytes, vacation->subject);
	add_date(&bytes, facts);
	add_message_id(&bytes, facts);
	if (vacation->in_reply_to.size_bytes > 0)
		add_field(&bytes, "In-Reply-To", vacation->in_reply_to);
	if (vacation->references.size_bytes > 0)
		add_field(&bytes, "References", vacation->references);
	buffer_add_text(&bytes,
	    "Auto-Submitted: auto-replied (vacation)\n"
	    "Precedence: bulk\n"
	    "MIME-Version: 1.0\n");
	if (vacation->is_mime)
		buffer_add(&bytes, vacation->reason);
	else
		add_text_body(&bytes, vacation->reason);
	out->from = span_of(NULL);
	out->to = vacation->to;
	out->bytes = buffer_span(&bytes);
}

/* ---- Reject ------------------------------------------------------------- */

static void
add_boundary(struct buffer *out, const struct outgoing_facts *facts,
    const char *end)
{
	buffer_add_text(out, "\n--mda.");
	buffer_add_number(out, (long long)(facts->serial >> 1), 1);
	buffer_add_text(out, end);
}

static void
add_report_head(struct buffer *out, const struct outgoing_facts *facts)
{
	add_address_field(out, "From", facts->postmaster);
	add_address_field(out, "To", facts->sender);
	add_field(out, "Subject", span_of("Automatically rejected mail"));
	add_date(out, facts);
	add_message_id(out, facts);
	buffer_add_text(out,
	    "Auto-Submitted: auto-replied (rejected)\n"
	    "Precedence: bulk\n"
	    "MIME-Version: 1.0\n"
	    "Content-Type: multipart/report;\n"
	    " report-type=disposition-notification;\n"
	    " boundary=\"mda.");
	buffer_add_number(out, (long long)(facts->serial >> 1), 1);
	buffer_add_text(out, "\"\n");
}

static void
add_refusal(struct buffer *out, struct span reason)
{
	struct buffer text;

	buffer_start(&text, out->arena);
	buffer_add_text(&text,
	    "Your message was refused by the mail filter of its recipient.\n"
	    "The reason that was given:\n\n");
	buffer_add(&text, reason);
	add_text_body(out, buffer_span(&text));
}

static void
add_disposition(struct buffer *out, const struct outgoing_facts *facts,
    struct span head)
{
	struct field id;

	buffer_add_text(out,
	    "Content-Type: message/disposition-notification\n\n"
	    "Reporting-UA: ");
	buffer_add(out, facts->host);
	buffer_add_text(out, "; mda\nFinal-Recipient: rfc822; ");
	buffer_add(out, facts->own);
	if (field_find(head, "Message-ID", &id)) {
		buffer_add_text(out, "\nOriginal-Message-ID: ");
		encoding_add_word(out, span_trim(id.value), 21);
	}
	buffer_add_text(out,
	    "\nDisposition: automatic-action/MDN-sent-automatically; "
	    "deleted\n");
}

bool
outgoing_reject(struct outgoing *out, const struct sieve_action *action,
    const struct outgoing_facts *facts, struct arena *arena)
{
	struct span head, body;
	struct buffer bytes;

	if (facts->sender.size_bytes == 0)
		return false;
	field_split(facts->message, &head, &body);
	buffer_start(&bytes, arena);
	add_report_head(&bytes, facts);
	add_boundary(&bytes, facts, "\n");
	add_refusal(&bytes, action->text);
	add_boundary(&bytes, facts, "\n");
	add_disposition(&bytes, facts, head);
	add_boundary(&bytes, facts, "\n");
	buffer_add_text(&bytes, "Content-Type: text/rfc822-headers\n\n");
	buffer_add(&bytes, head);
	add_boundary(&bytes, facts, "--\n");
	out->from = span_of(NULL);
	out->to = facts->sender;
	out->bytes = buffer_span(&bytes);
	return true;
}
