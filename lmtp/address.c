#include "lmtp/address.h"

#include <string.h>

#include "base/utf8.h"

/* A word on its way into a buffer of ADDRESS_BYTES. */
struct word {
	char *text;
	size_t used_bytes;
	bool is_long;
};

static void
put(struct word *word, char byte)
{
	if (word->used_bytes == ADDRESS_BYTES - 1) {
		word->is_long = true;
		return;
	}
	word->text[word->used_bytes++] = byte;
	word->text[word->used_bytes] = '\0';
}

static bool
is_next(struct span text, char byte)
{
	return text.size_bytes > 0 && text.at[0] == byte;
}

static bool
take(struct span *text, char byte)
{
	if (!is_next(*text, byte))
		return false;
	*text = span_from(*text, 1);
	return true;
}

static bool
is_printable(char byte)
{
	return (unsigned char)byte > ' ' && byte != 0x7f;
}

/* "@one,@two:" in front of the address: RFC 5321 says to ignore it. */
static bool
skip_route(struct span *text)
{
	size_t i;

	if (!is_next(*text, '@'))
		return true;
	for (i = 0; i < text->size_bytes; i++) {
		if (text->at[i] == ':') {
			*text = span_from(*text, i + 1);
			return true;
		}
		if (!is_printable(text->at[i]) || text->at[i] == '>')
			return false;
	}
	return false;
}

/* Behind the opening quote, to the closing one. */
static bool
take_quoted(struct span *text, struct word *local)
{
	bool is_escaped = false;
	char byte;

	while (text->size_bytes > 0) {
		byte = text->at[0];
		*text = span_from(*text, 1);
		if (byte != ' ' && !is_printable(byte))
			return false;
		if (!is_escaped && byte == '"')
			return true;
		is_escaped = !is_escaped && byte == '\\';
		if (!is_escaped)
			put(local, byte);
	}
	return false;
}

static bool
is_plain(char byte)
{
	return is_printable(byte) && strchr("<>()[]\\,;:@\"", byte) == NULL;
}

static bool
take_local(struct span *text, struct word *local)
{
	if (take(text, '"'))
		return take_quoted(text, local);
	while (text->size_bytes > 0 && is_plain(text->at[0])) {
		put(local, text->at[0]);
		*text = span_from(*text, 1);
	}
	return local->used_bytes > 0;
}

/* What only an address of the net may hold; strchr() would find a NUL. */
static bool
is_of_literal(char byte)
{
	return byte == '[' || byte == ']' || byte == ':';
}

/* A name, or an address of the net in brackets. */
static bool
take_domain(struct span *text, struct word *domain)
{
	bool is_literal = is_next(*text, '[');
	char byte = '\0';

	while (text->size_bytes > 0) {
		byte = text->at[0];
		if (!is_plain(byte) && !(is_literal && is_of_literal(byte)))
			break;
		put(domain, byte);
		*text = span_from(*text, 1);
		if (byte == ']')
			break;
	}
	return domain->used_bytes > 0 && is_literal == (byte == ']');
}

static bool
take_mailbox(struct lmtp_address *address, struct span *text)
{
	struct word local = { address->local, 0, false };
	struct word domain = { address->domain, 0, false };
	struct word whole = { address->whole, 0, false };
	struct span start;
	size_t i;

	if (!skip_route(text))
		return false;
	start = *text;
	if (!take_local(text, &local))
		return false;
	if (take(text, '@') && !take_domain(text, &domain))
		return false;
	start.size_bytes -= text->size_bytes;
	for (i = 0; i < start.size_bytes; i++)
		put(&whole, start.at[i]);
	return !whole.is_long && utf8_is_valid(span_of(address->whole));
}

bool
address_take(struct lmtp_address *address, struct span *rest, bool may_be_null)
{
	struct span text = *rest;

	address->whole[0] = '\0';
	address->local[0] = '\0';
	address->domain[0] = '\0';
	if (!take(&text, '<'))
		return false;
	if (!(may_be_null && is_next(text, '>')) &&
	    !take_mailbox(address, &text))
		return false;
	if (!take(&text, '>'))
		return false;
	*rest = text;
	return true;
}
