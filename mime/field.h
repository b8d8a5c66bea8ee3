/*
 * field.h - the fields of a header, one after the other.
 *
 * Robust where mail is not well formed: lines end in LF or CR LF, values may
 * hold any byte, and a line that is no field (a From_ line in the middle, a
 * line without colon) is passed over together with its folded lines.
 */
#ifndef MIME_FIELD_H
#define MIME_FIELD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/span.h"

struct field {
	struct span name;  /* borrowed: without colon or blanks before it */
	struct span value; /* borrowed: raw, folded, without last line end */
	struct span whole; /* borrowed: its lines with all line ends; for a
			      line that is no field, that line */
};

struct field_list {
	struct field *fields; /* of the arena, in the order of the header;
				 lines that are no field have no name */
	size_t count;
	size_t room;
};

/*
 * field_split - where does the header end and the body begin?
 *
 * Takes   message, without a From_ line in front.
 * Gives   head_out, all lines before the first empty one; body_out, all
 *         behind it. Without an empty line all is header; when the very first
 *         line is no field, all is body (an empty first line goes).
 * Source  RFC 5322 section 2.1.
 */
void field_split(struct span message, struct span *head_out,
    struct span *body_out);

/*
 * field_next - take the next field off the front of a header.
 *
 * Gives   true with *field set, and rest behind it; false at the end, or at
 *         an empty line. Lines that are no field are passed over.
 * Source  RFC 5322 sections 2.2, 4.5 (blanks before the colon).
 */
bool field_next(struct field *field, struct span *rest);

/*
 * field_is_named - is this the name of the field, in either case?
 */
bool field_is_named(const struct field *field, struct span name);

/*
 * field_find - the first field of this name in a header.
 *
 * Gives   true with *field_out set; false when there is none.
 */
bool field_find(struct span head, const char *name, struct field *field_out);

/*
 * field_name_is_valid - may a field have this name?
 *
 * Source  RFC 5322 section 2.2: printable US-ASCII without colon.
 */
bool field_name_is_valid(struct span name);

/*
 * field_list_read - all lines of a header as a list, for many look-ups and
 * for changes.
 *
 * Gives   the list; put together, the "whole" of all entries is the header.
 *         Empty where the arena is exhausted.
 */
void field_list_read(struct field_list *list, struct span head,
    struct arena *arena);

#endif
