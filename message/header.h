/*
 * header.h - what the header of a message says, found in one pass.
 */
#ifndef MESSAGE_HEADER_H
#define MESSAGE_HEADER_H

#include <stdbool.h>

#include "base/span.h"

struct header {
	struct span fields;	/* borrowed: the field lines, no empty line */
	struct span message_id; /* borrowed: value of the first one, or empty */
	bool has_message_id;
	bool has_received;
	bool has_return_path;
	bool has_delivered_to;
	bool is_crlf; /* its first line ends in CR LF */
};

/*
 * header_scan - read the header at the start of a message.
 *
 * Takes   head, the beginning of a message without From_ line; it may end
 *         anywhere, and a field cut off there counts by its name.
 * Gives   fields is empty when the first line is no field. The header ends
 *         at the first line that is neither a field nor a folded part of one.
 * Source  RFC 5322 sections 2.2 and 3.6.
 */
void header_scan(struct header *header, struct span head);

/*
 * header_is_field - does a line begin with a field name and a colon?
 *
 * Source  RFC 5322 section 3.6.8; blanks before the colon, section 4.5.
 */
bool header_is_field(struct span line);

/*
 * header_is_named - is a line the field of this name, in either case?
 *
 * Takes   name, without the colon.
 */
bool header_is_named(struct span line, const char *name);

#endif
