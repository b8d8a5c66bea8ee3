#include "message/envelope.h"

#include <string.h>

static bool
is_equal(struct span address, const char *text)
{
	return address.size_bytes == strlen(text) && span_starts(address, text);
}

void
envelope_set_sender(struct envelope *envelope, struct span address)
{
	envelope->has_sender = true;
	envelope->sender = address;
	if (is_equal(address, "<>") || is_equal(address, "MAILER-DAEMON"))
		envelope->sender = span_of(NULL);
}

/* Bytes of the address at the start of a span; quotes may hold blanks. */
static size_t
address_length(struct span text)
{
	bool is_quoted = false;
	size_t i;

	for (i = 0; i < text.size_bytes; i++) {
		if (text.at[i] == '\n' || (text.at[i] == ' ' && !is_quoted))
			break;
		if (text.at[i] == '\\' && is_quoted)
			i++;
		else if (text.at[i] == '"')
			is_quoted = !is_quoted;
	}
	return i < text.size_bytes ? i : text.size_bytes;
}

void
envelope_take_from_line(struct envelope *envelope, struct span *head)
{
	struct span rest = *head;
	struct span line = span_line(&rest);
	struct span address;

	if (!span_starts(line, "From ") || line.at[line.size_bytes - 1] != '\n')
		return;
	*head = rest;
	address = span_trim(span_from(line, strlen("From ")));
	address.size_bytes = address_length(address);
	if (!envelope->has_sender && address.size_bytes > 0)
		envelope_set_sender(envelope, address);
}
