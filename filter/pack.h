/*
 * pack.h - the actions of a plan as records, and back with every doubt.
 */
#ifndef FILTER_PACK_H
#define FILTER_PACK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "sieve/plan.h"
#include "sieve/sieve.h"

enum {
	PACK_FLAGS_MAX = SIEVE_FLAGS_MAX,
	PACK_FLAG_BYTES = SIEVE_FLAG_BYTES_MAX,
	PACK_MAILBOX_BYTES = SIEVE_MAILBOX_BYTES_MAX,
	PACK_TEXT_BYTES = SIEVE_TEXT_BYTES_MAX
};

/* Headers that actions of a plan may have instead of the message's own. */
struct pack_headers {
	struct span *at; /* owned by an arena */
	size_t count;
	size_t room;
};

/*
 * pack_action - write an action into a record.
 *
 * Takes   header, 1 for the first of the headers sent before, 0 for none.
 */
void pack_action(struct buffer *record, const struct sieve_action *action,
    size_t header);

/*
 * pack_read_action - take an action out of a record, if it can be one.
 *
 * Takes   record, from a process that may have been taken over; headers that
 *         came before; sender, of the envelope; memory, which outlives the
 *         action.
 * Gives   true with *action. Addresses are single and sendable, names and
 *         flags are text without control bytes and not long, an answer goes to the sender alone.
 *         False for anything else.
 */
bool pack_read_action(struct sieve_action *action, struct span record,
    const struct pack_headers *headers, struct span sender,
    struct arena *memory);

/*
 * pack_is_header - can these bytes stand in front of a body?
 *
 * Gives   true for lines that end with the first empty one.
 */
bool pack_is_header(struct span text);

/*
 * pack_is_plan - may these actions stand together?
 *
 * Gives   false when there are too many of a kind, or when nothing says what
 *         becomes of the message.
 */
bool pack_is_plan(const struct sieve_plan *plan,
    const struct sieve_limits *limits);

#endif
