/*
 * address.h - the addresses of a header field or an envelope.
 */
#ifndef MIME_ADDRESS_H
#define MIME_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/span.h"

struct address {
	struct span name;   /* display name or comment, not yet decoded */
	struct span local;  /* without quotes */
	struct span domain; /* without brackets' comments; as written */
	struct span all;    /* local@domain, in quotes if the local part
			       needs them; "" for "<>"; the text as written
			       when not valid */
	bool is_valid;	    /* local and domain were found by the grammar */
	bool is_null;	    /* "<>" */
};

struct address_list {
	struct address *items; /* of the arena */
	size_t count;
};

/*
 * address_read - all addresses of an address list.
 *
 * Takes   value, of a field, folded or not; UTF-8 and encoded words may be
 *         in it.
 * Gives   one item an address, members of groups among them (an empty group
 *         gives none). What cannot be read gives an item that is not valid,
 *         and reading goes on behind the next comma.
 * Source  RFC 5322 sections 3.4 and 4.4 (routes, empty items), RFC 6854,
 *         RFC 6532.
 */
void address_read(struct address_list *list, struct span value,
    struct arena *arena);

/*
 * address_path - the address of an envelope.
 *
 * Takes   path, with or without "<" ">"; a route in front is passed over.
 * Gives   "" and "<>" are the null address; a local part without domain
 *         ("postmaster", a local user) is valid with an empty domain.
 * Source  RFC 5321 section 4.1.2.
 */
void address_path(struct address *address, struct span path,
    struct arena *arena);

/*
 * address_add - write an address so that it is read as the same one.
 *
 * Takes   an address that is valid and not null.
 * Gives   local@domain, with quotes where the grammar wants them.
 * Source  RFC 5322 section 3.4.1.
 */
void address_add(struct buffer *out, const struct address *address);

/*
 * address_has_extras - is there more than mailboxes with commas between?
 *
 * Takes   value, of which address_read() gave valid items alone.
 * Gives   true when it holds a group or a route.
 * Source  RFC 5228 section 2.4.2.3, which forbids both.
 */
bool address_has_extras(struct span value, struct arena *arena);

/*
 * address_is_sendable - may mail be sent to exactly this address?
 *
 * Takes   text, an address without "<" ">" as a script wrote it.
 * Gives   true for one local@domain by the grammar, with neither control
 *         bytes nor blanks outside of quotes, and at most 320 bytes long.
 */
bool address_is_sendable(struct span text, struct arena *arena);

#endif
