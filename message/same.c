#include "message/same.h"

#include "message/header.h"

/* Case matters: this is the senders' own spelling. */
static bool
contains(struct span text, const char *word)
{
	for (; text.size_bytes > 0; text = span_from(text, 1))
		if (span_starts(text, word))
			return true;
	return false;
}

static bool
is_folded(struct span line)
{
	return line.size_bytes > 0 &&
	    (line.at[0] == ' ' || line.at[0] == '\t');
}

/* A field with its folded lines; empty when the header is over. */
static struct span
take_field(struct span *rest)
{
	struct span field = span_of(NULL);
	struct span next = *rest;
	struct span line = span_line(&next);

	if (!header_is_field(line))
		return field;
	field = line;
	*rest = next;
	for (line = span_line(&next); is_folded(line);
	     line = span_line(&next)) {
		field.size_bytes += line.size_bytes;
		*rest = next;
	}
	return field;
}

static bool
is_regenerated(struct span field)
{
	if (header_is_named(field, "Delivery-date"))
		return true;
	return header_is_named(field, "Received") &&
	    (contains(field, "(fetchmail-") || contains(field, " getmail"));
}

static struct span
take_lasting_field(struct span *rest)
{
	struct span field = take_field(rest);

	while (field.size_bytes > 0 && is_regenerated(field))
		field = take_field(rest);
	return field;
}

bool
same_message(struct span one, struct span other)
{
	struct span one_field;
	struct span other_field;

	do {
		one_field = take_lasting_field(&one);
		other_field = take_lasting_field(&other);
		if (!span_equals(one_field, other_field))
			return false;
	} while (one_field.size_bytes > 0);
	return span_equals(one, other);
}
