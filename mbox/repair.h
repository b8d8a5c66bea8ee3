/*
 * repair.h - what earlier deliveries left unfinished in an mbox.
 */
#ifndef MBOX_REPAIR_H
#define MBOX_REPAIR_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "base/failure.h"
#include "mbox/box.h"
#include "mbox/journal.h"
#include "mbox/record.h"

/* What an entry of the journal turns out to be. */
enum repair_finding {
	FOUND_OTHER,   /* not about this file, settled, or not to be read now */
	FOUND_WHOLE,   /* its record stands in the mbox, whole */
	FOUND_TORN,    /* only a torn piece of it, at the end: can be cut */
	FOUND_NOTHING, /* nothing of it was written */
	FOUND_FOREIGN  /* something else is there: not to be touched */
};

struct repair {
	bool is_witness;	  /* the message in hand stands there already */
	size_t witness;		  /* its slot in the journal */
	long long cut_bytes;	  /* removed from the end */
	bool is_folder_known;	  /* its name was made durable before */
};

/*
 * repair_look - judge one entry without changing anything.
 *
 * Takes   a locked box whose st is current.
 * Gives   FOUND_TORN only when what follows entry->start, up to the first
 *         block of NULs, fits the entry's From_ line and marks, and either
 *         ends at a mark, in the middle of a line, or in such a block; and
 *         when nothing behind the last mark could be another From_ line, not
 *         even in the middle of a line. A record once seen whole is never
 *         torn: a reader may have changed it.
 */
enum repair_finding repair_look(
    const struct box *box, const struct journal_entry *entry);

/*
 * repair_next - go through the entries as repair_run() does, newest first.
 *
 * Takes   before, the sequence of the last one; UINT64_MAX for the newest.
 * Gives   a slot; JOURNAL_ENTRIES when there is none older.
 */
size_t repair_next(const struct journal *journal, uint64_t before);

/*
 * repair_run - settle every open entry, newest first.
 *
 * Takes   a locked box; record, the message in hand.
 * Gives   a torn end is cut off, and box->st is current again. With
 *         is_witness set nothing needs to be appended.
 * Fails   VERDICT_RETRY as append_cut().
 */
enum verdict repair_run(struct repair *repair, struct box *box,
    struct journal *journal, const struct record *record,
    struct failure *why);

#endif
