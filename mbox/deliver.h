/*
 * deliver.h - one message into one mbox: appended whole, once, or not at all.
 */
#ifndef MBOX_DELIVER_H
#define MBOX_DELIVER_H

#include <sys/types.h>

#include <stdbool.h>

#include "base/failure.h"
#include "mbox/box.h"
#include "mbox/journal.h"
#include "mbox/mbox.h"
#include "mbox/record.h"
#include "mbox/repair.h"
#include "message/message.h"

/* One delivery: set by the caller above the line, by the delivery below. */
struct mbox_delivery {
	const struct mbox *where; /* borrowed */
	struct message *message;  /* borrowed */
	bool is_more_to_come; /* the caller says interrupt_done(), later */
	/* ---- */
	struct box box;
	struct record record;
	struct journal journal;
	struct repair repair;
	size_t lead;		 /* LFs written in front */
	size_t slot;		 /* of our journal entry */
	long long size_bytes;	 /* written */
	long long write_us;	 /* with the sync that O_SYNC brings */
	bool is_folder_unsynced; /* the policy let that pass */
	bool is_unsettled;	 /* mbox_settle() is still to come */
};

/*
 * mbox_open - open the folder that the mbox lies in, before any byte of the
 * message is read.
 *
 * Takes   where is set; the message need not be.
 * Owns    mbox_close() after VERDICT_OK.
 * Fails   as box_open().
 */
enum verdict mbox_open(struct mbox_delivery *delivery, struct failure *why);

/*
 * mbox_deliver - store a message in an mbox whose folder is open.
 *
 * Gives   VERDICT_OK when the message stands whole in the mbox, on stable
 *         storage. After any other verdict the mbox is as it was, unless
 *         why->residue is set; then the journal tells the next delivery what
 *         to look for.
 * Never   follows a path, but to RECORD_SPILL_FOLDER and, folder by folder,
 *         upward from the mbox to sync them: a sandbox may be up.
 * Fails   as record_make(), box_lock(), journal_open(),
 *         repair_run(), append_write(), box_unlock(); VERDICT_RETRY at
 *         "append-moved" when another host's write came between.
 */
enum verdict mbox_deliver(
    struct mbox_delivery *delivery, struct failure *why);

/*
 * mbox_store - the same, and leave the witness that makes a second try of
 * the sender's harmless.
 *
 * Gives   as mbox_deliver(). Whoever tells a sender over a connection calls
 *         mbox_settle() behind that; when it fails, or we die, the journal
 *         lets the next try find the record.
 * Owns    the journal stays open until mbox_settle() or mbox_close().
 * Fails   as mbox_deliver().
 */
enum verdict mbox_store(struct mbox_delivery *delivery, struct failure *why);

/*
 * mbox_settle - the sender knows: the record needs no witness any more.
 *
 * Takes   a delivery after mbox_store(), whatever its verdict.
 */
void mbox_settle(struct mbox_delivery *delivery);

/*
 * mbox_close - let go of what mbox_open() opened.
 */
void mbox_close(struct mbox_delivery *delivery);

#endif
