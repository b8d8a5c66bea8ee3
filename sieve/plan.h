/*
 * plan.h - what a script wants done with a message, as a list of actions.
 *
 * A plan is always complete: whoever executes every action of the list, in
 * its order, has done what the script says, implicit keep included. Nothing
 * in it has been done yet.
 */
#ifndef SIEVE_PLAN_H
#define SIEVE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"

/*
 * What no plan has more of; a script that asks for it is told so, or gets less.
 * Much of it comes out of the message: that must not be the end of a plan.
 */
enum {
	SIEVE_MAILBOX_BYTES_MAX = 1024,
	SIEVE_FLAGS_MAX = 64,
	SIEVE_FLAG_BYTES_MAX = 64,
	SIEVE_PATH_BYTES_MAX = 4096,	   /* of a script's name */
	SIEVE_FIELD_BYTES_MAX = 64 * 1024, /* of one field of an answer */
	SIEVE_TEXT_BYTES_MAX = 1024 * 1024 /* of reasons, handles and ids */
};

enum sieve_action_kind {
	SIEVE_KEEP = 1,	 /* store in the default mailbox */
	SIEVE_FILEINTO,	 /* store in mailbox */
	SIEVE_DISCARD,	 /* nothing to do: says why nothing is stored */
	SIEVE_REDIRECT,	 /* send on to address */
	SIEVE_REJECT,	 /* refuse; a reason in UTF-8 may need a DSN */
	SIEVE_EREJECT,	 /* refuse, by all means in the protocol */
	SIEVE_VACATION,	 /* answer, unless vacation.why_not says no */
	SIEVE_DUPLICATE, /* remember this id, once all else has succeeded */
	SIEVE_NOTIFY	 /* tell somebody by the method in address */
};

/* An autoreply. All texts are UTF-8 unless said otherwise. */
struct sieve_vacation {
	/*
	 * NULL when an answer is in place. Else a static sentence on why RFC
	 * 5230 forbids it (sections 4.5 and 4.6); nothing is to be sent.
	 */
	const char *why_not;
	struct span to;		 /* the envelope's sender */
	struct span from;	 /* of the From field; empty: the executor's */
	struct span subject;	 /* decided; not yet encoded for a header */
	struct span reason;	 /* the text, or the MIME entity */
	struct span handle;	 /* what "already answered" is kept under */
	struct span in_reply_to; /* Message-ID of the message, or empty */
	struct span references;	 /* for the References field, or empty */
	uint64_t period_s;	 /* no second answer within; 0: always */
	bool is_mime;		 /* reason begins with MIME header fields */
};

/* An id for the executor's list of messages seen (RFC 7352). */
struct sieve_mark {
	struct span handle;
	struct span id;
	uint64_t period_s;
	bool is_last; /* the period counts from the newest sight (:last) */
};

struct sieve_action {
	enum sieve_action_kind kind;
	const char *script; /* its name as given to the compiler */
	unsigned line;	    /* the line that asked for it; 0: implicit */

	/*
	 * FILEINTO: UTF-8 without control characters, as the script says;
	 * "INBOX", in either case, is where KEEP stores.
	 */
	struct span mailbox;
	struct span address;	  /* REDIRECT: one bare address */
	struct span text;	  /* REJECT, EREJECT: reason; NOTIFY: message */
	const struct span *flags; /* KEEP, FILEINTO: IMAP flags, none double */
	size_t flag_count;
	bool is_implicit; /* KEEP: no command asked for it */
	bool is_filed;	  /* KEEP: that fileinto asked for as well */
	bool is_copy;	  /* FILEINTO, REDIRECT: did not cancel the keep */
	bool create;	  /* FILEINTO: make the mailbox when it is absent */

	/*
	 * Stores and redirects: the whole header to write instead of the
	 * message's own (editheader), with the empty line; NULL: unchanged.
	 * What follows the header of the message is never edited.
	 */
	const struct span *header;

	struct sieve_vacation vacation; /* VACATION */
	struct sieve_mark mark;		/* DUPLICATE */
};

struct sieve_plan {
	struct sieve_action *actions; /* owned, in the order of the script */
	size_t count;
	size_t room;
	bool keeps_implicitly; /* no action so far cancels the keep */
	struct arena memory;   /* of all that the actions point to */
};

/*
 * sieve_plan_init - an empty plan, with the implicit keep in force.
 */
void sieve_plan_init(struct sieve_plan *plan);

/*
 * sieve_plan_add - append an action.
 *
 * Takes   an action whose spans lie in plan->memory, or outlive the plan.
 * Gives   the place in the list, good until the next call; NULL: no memory.
 */
struct sieve_action *sieve_plan_add(struct sieve_plan *plan,
    const struct sieve_action *action);

/*
 * sieve_plan_clear - forget all actions; the implicit keep is in force again.
 */
void sieve_plan_clear(struct sieve_plan *plan);

/*
 * sieve_plan_release - give the memory of a plan back.
 */
void sieve_plan_release(struct sieve_plan *plan);

/*
 * sieve_plan_action_name - the word for a kind of action: "fileinto", "keep" ...
 */
const char *sieve_plan_action_name(enum sieve_action_kind kind);

#endif
