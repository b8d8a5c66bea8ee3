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

/* Do these four bytes stand in a list of such? */
static bool
is_in(const char *list, const char *word)
{
	for (; *list != '\0'; list += 4)
		if (memcmp(list, word, 4) == 0)
			return true;
	return false;
}

/*
 * Does it begin as asctime(3) does? What stands in the place of the address is
 * the date then: procmail writes so for the null sender.
 */
static bool
is_date(struct span text)
{
	return text.size_bytes >= 8 &&
	    is_in("Sun Mon Tue Wed Thu Fri Sat ", text.at) &&
	    is_in("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec ",
		text.at + 4);
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
	if (is_date(address))
		address = span_of("MAILER-DAEMON");
	address.size_bytes = address_length(address);
	if (!envelope->has_sender && address.size_bytes > 0)
		envelope_set_sender(envelope, address);
}
