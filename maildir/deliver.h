/*
 * deliver.h - one message into one Maildir: durable, visible whole, once.
 */
#ifndef MAILDIR_DELIVER_H
#define MAILDIR_DELIVER_H

#include <sys/types.h>

#include <stdbool.h>

#include "base/failure.h"
#include "durable/stage.h"
#include "maildir/layout.h"
#include "maildir/leftover.h"
#include "maildir/name.h"
#include "message/message.h"

/* One delivery: set by the caller above the line, by the delivery below. */
struct maildir_delivery {
	const struct maildir *where; /* borrowed */
	struct message *message;     /* borrowed */
	/* Letters of maildir(5): the message is no longer new, and goes into
	   cur/. NULL or "": into new/. Borrowed. */
	const char *flags;
	/* ---- */
	struct layout layout;	  /* owned: path, folders */
	struct stage stage;	  /* owned: names, size, times */
	struct leftover leftover; /* a witness means "delivered before" */
	char host[NAME_HOST_BYTES];
	enum verdict verdict; /* as one of a group, maildir/group.h */
	struct failure why;   /* where that is not VERDICT_OK */
	const struct maildir_delivery *donor; /* borrowed: whose file it shares */
	bool is_rewritten; /* the first file could not be made durable */
	bool has_synced;   /* new/, for all in it: */
	dev_t new_dev;
	ino_t new_ino;
};

/*
 * maildir_open - open the folders, before any byte of the message is read.
 *
 * Takes   where is set; the message need not be.
 * Owns    maildir_close() after VERDICT_OK.
 * Fails   as layout_open().
 */
enum verdict maildir_open(
    struct maildir_delivery *delivery, struct failure *why);

/*
 * maildir_deliver - store a message in an open Maildir.
 *
 * Gives   VERDICT_OK when the message is in new/ (or where a reader moved
 *         it) and on stable storage. After any other verdict nothing of it
 *         is visible, unless why->residue is set.
 * Owns    after VERDICT_OK the lock that says that we live, until
 *         maildir_close() or the process's end.
 * Never   follows a path or looks above the Maildir: a sandbox may be up.
 * Fails   as group_deliver().
 */
enum verdict maildir_deliver(
    struct maildir_delivery *delivery, struct failure *why);

/*
 * maildir_close - let go of what maildir_open() opened, and of the lock.
 */
void maildir_close(struct maildir_delivery *delivery);

#endif
