/*
 * mail.h - the message that a script looks at, taken apart when needed.
 */
#ifndef SIEVE_MAIL_H
#define SIEVE_MAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"
#include "mime/field.h"
#include "mime/part.h"

struct sieve_mail {
	struct span message; /* borrowed */
	struct span body;    /* borrowed of message */
	struct arena *arena; /* borrowed */
	struct field_list fields;
	struct span *values; /* decoded, by index in fields */
	bool *has_value;
	size_t value_room;
	struct part_list parts; /* count is 0 until mail_parts() */
	bool is_crlf;
	bool has_body; /* perhaps an empty one, behind an empty line */
	bool is_edited;
	const struct span *header; /* of the plan: as edited; or NULL */
};

/*
 * mail_start - begin to look at a message.
 */
void mail_start(struct sieve_mail *mail, struct span message,
    struct arena *arena);

/*
 * mail_next - the next field of this name.
 *
 * Takes   at, the index from which to look.
 * Gives   true with *at its index.
 */
bool mail_next(const struct sieve_mail *mail, struct span name, size_t *at);

/*
 * mail_select - which field of this name does ":index" mean?
 *
 * Takes   number, from 1, counted from the end if is_last.
 * Gives   true with *at its index.
 */
bool mail_select(const struct sieve_mail *mail, struct span name,
    uint64_t number, bool is_last, size_t *at);

/*
 * mail_value - the value of a field in UTF-8, on one line.
 */
struct span mail_value(struct sieve_mail *mail, size_t at);

/*
 * mail_field - the value of the first field of this name, as mail_value().
 *
 * Gives   false when there is none.
 */
bool mail_field(struct sieve_mail *mail, const char *name,
    struct span *value_out);

/*
 * mail_was_edited - the list of fields is another one now.
 */
void mail_was_edited(struct sieve_mail *mail);

/*
 * mail_size - the bytes of the message, with its header as it is now.
 */
uint64_t mail_size(const struct sieve_mail *mail);

/*
 * mail_parts - the MIME parts of the message.
 */
const struct part_list *mail_parts(struct sieve_mail *mail);

#endif
