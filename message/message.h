/*
 * message.h - the message in hand: its envelope, its header, its bytes.
 */
#ifndef MESSAGE_MESSAGE_H
#define MESSAGE_MESSAGE_H

#include <stdbool.h>

#include "base/failure.h"
#include "base/span.h"
#include "message/envelope.h"
#include "message/header.h"
#include "message/spool.h"
#include "message/trace.h"

struct message_limits {
	size_t memory_bytes;  /* held in memory, 1 or more */
	long long most_bytes; /* a larger message is refused; 0: none is */
};

struct message {
	struct spool spool;	  /* owned */
	struct span lines;	  /* owned: what we put in front */
	struct span head;	  /* borrowed from spool, no From_ line */
	struct header header;	  /* borrowed from spool */
	struct envelope envelope; /* borrowed */
};

/*
 * message_open - read a message and prepare it for storing.
 *
 * Takes   in_fd; limits; *envelope, to which a From_ line may add the
 *         sender.
 * Owns    message_close() frees it, whatever the verdict.
 * Fails   as spool_open() and trace_make().
 */
enum verdict message_open(struct message *message, int in_fd,
    const struct message_limits *limits, const struct envelope *envelope,
    const struct trace_rules *rules, struct failure *why);

/*
 * message_open_file - the same for a message that is all that a file holds.
 *
 * Gives   message_copy() can be called again, whatever its size.
 * Owns    as message_open().
 * Fails   as message_open().
 */
enum verdict message_open_file(struct message *message, int in_fd,
    const struct message_limits *limits, const struct envelope *envelope,
    const struct trace_rules *rules, struct failure *why);

/*
 * message_share - the same message for one more recipient.
 *
 * Takes   first, repeatable, which must outlive this one: its bytes are
 *         borrowed. envelope and rules may differ.
 * Owns    message_close() frees it, whatever the verdict.
 * Fails   as trace_make().
 */
enum verdict message_share(struct message *message,
    const struct message *first, const struct envelope *envelope,
    const struct trace_rules *rules, struct failure *why);

/*
 * message_copy - hand every byte that is to be stored to a sink, in order.
 *
 * Gives   a message that is whole in memory, or in a file, can be copied
 *         again; another one only once.
 * Fails   as spool_rest(), and as the sink.
 */
enum verdict message_copy(struct message *message, spool_sink *sink,
    void *context, struct failure *why);

/*
 * message_is_repeatable - can message_copy() be called once more?
 */
bool message_is_repeatable(const struct message *message);

/*
 * message_is_alike - would two messages be stored as the same bytes?
 *
 * Gives   true for one and the same, and for two that have the same bytes by
 *         message_share() and get the same lines in front.
 */
bool message_is_alike(const struct message *one, const struct message *other);

/*
 * message_is_identifiable - are two of these, alike to the byte, one message?
 *
 * Gives   true with a Message-ID or Received field. Without either, two
 *         equal notes from a script may well be two.
 */
bool message_is_identifiable(const struct message *message);

/*
 * message_close - free what message_open() took.
 */
void message_close(struct message *message);

#endif
