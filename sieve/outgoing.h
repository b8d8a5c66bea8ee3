/*
 * outgoing.h - the mail that actions of a plan send, byte for byte.
 *
 * Pure: who sends it, when and from where is told by the caller.
 */
#ifndef SIEVE_OUTGOING_H
#define SIEVE_OUTGOING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"
#include "sieve/plan.h"

/* What is true of the delivery that sends. All borrowed. */
struct outgoing_facts {
	int64_t now_s;
	int zone_minutes;	/* of the Date field, east of UTC */
	uint64_t serial;	/* for the Message-ID: never the same twice */
	struct span host;	/* for the Message-ID */
	struct span own;	/* the user's address, bare */
	struct span recipient;	/* of the envelope, if another one; or empty */
	struct span sender;	/* of the message; empty for <> */
	struct span message;	/* the one that is delivered */
	struct span postmaster; /* From of a refusal, bare */
};

/* A message, and its envelope. */
struct outgoing {
	struct span from; /* empty for <> */
	struct span to;
	struct span bytes; /* lines end in LF, or as in the message */
};

/*
 * outgoing_redirect - the message itself, on its way to another address.
 *
 * Gives   true; the header as the action has it, with X-Sieve-Redirected-From
 *         naming facts->own in front of it, from facts->sender. False when
 *         the message bears that field with this address, or the recipient's,
 *         already: it has come in a circle, and must not go round again.
 * Source  RFC 5228 sections 4.2 and 10.
 */
bool outgoing_redirect(struct outgoing *out, const struct sieve_action *action,
    const struct outgoing_facts *facts, struct arena *arena);

/*
 * outgoing_vacation - the answer of somebody who is away.
 *
 * Takes   an action SIEVE_VACATION whose why_not is NULL.
 * Gives   a message from <>, marked as automatic.
 * Source  RFC 5230 sections 5.1 to 5.8.
 */
void outgoing_vacation(struct outgoing *out, const struct sieve_action *action,
    const struct outgoing_facts *facts, struct arena *arena);

/*
 * outgoing_reject - tell the sender that a message was refused.
 *
 * Takes   an action SIEVE_REJECT or SIEVE_EREJECT; for a place where neither
 *         exit status nor protocol can say it.
 * Gives   true with a report from <> to facts->sender, with the header of the
 *         message at its end; false when the sender is <>: nothing is sent.
 * Source  RFC 5429 section 2.1.1; RFC 8098.
 */
bool outgoing_reject(struct outgoing *out, const struct sieve_action *action,
    const struct outgoing_facts *facts, struct arena *arena);

#endif
