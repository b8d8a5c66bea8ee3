/*
 * group.h - several deliveries into Maildirs that share their syncs.
 *
 * All are staged, then all sealed, then all linked, then each folder is
 * synced once: a message for a hundred mailboxes waits for the disk about as
 * often as one for one. Each delivery keeps a verdict of its own.
 */
#ifndef MAILDIR_GROUP_H
#define MAILDIR_GROUP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/failure.h"
#include "maildir/deliver.h"

struct maildir_group {
	/* borrowed: opened by maildir_open(), each with its message; several
	   may have the same one, and several the same Maildir */
	struct maildir_delivery *const *deliveries;
	size_t count;
	bool may_share;	     /* identical bytes become links to one file */
	bool is_all_or_none; /* one that fails takes the others along */
	bool is_more_to_come; /* the caller says interrupt_done(), later */
	/* NULL, or asked once, when all is sealed and nothing is visible */
	enum verdict (*gate)(void *context, struct failure *why);
	void *context;
};

/*
 * group_deliver - store messages in open Maildirs, all together.
 *
 * Takes   a message that is not repeatable may stand in several deliveries:
 *         it is read for the first and copied from there.
 * Gives   delivery->verdict for each. VERDICT_OK when the message is in
 *         new/ (or where a reader moved it) and on stable storage. After any
 *         other verdict nothing of it is visible, unless residue is set in
 *         delivery->why. What the gate refuses, and with is_all_or_none what
 *         another fails at, fails all that can still be undone. The
 *         witnesses stay until group_settle().
 * Owns    after VERDICT_OK the lock that says that we live, until
 *         maildir_close() or the process's end.
 * Never   follows a path or looks above a Maildir: a sandbox may be up.
 * Fails   as message_copy(), stage_open() to stage_sync_name(),
 *         leftover_scan(), leftover_adopt(), and the gate.
 */
void group_deliver(const struct maildir_group *group);

/*
 * group_settle - remove the witnesses: the sender knows.
 *
 * Takes   a group after group_deliver(). Whoever tells a sender over a
 *         connection does so before: when that fails, or we die, the
 *         witnesses make the next try harmless.
 */
void group_settle(const struct maildir_group *group);

#endif
