/*
 * journal.h - what was being appended to an mbox when we might have died.
 *
 * A file .NAME.mda beside the mbox, of JOURNAL_ENTRIES blocks, each with a
 * checksum of its own and overwritten in place. It is read and written only
 * under the locks of the mbox.
 */
#ifndef MBOX_JOURNAL_H
#define MBOX_JOURNAL_H

#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

#include "base/failure.h"
#include "mbox/box.h"
#include "mbox/from_line.h"
#include "mbox/marks.h"
#include "mbox/mbox.h"

enum {
	JOURNAL_ENTRIES = 16,
	JOURNAL_BLOCK = 512, /* a sector: written whole or not at all */
	JOURNAL_NAME_MAX = 256
};

enum journal_state {
	ENTRY_FREE = 'f',  /* never used, or not readable */
	ENTRY_OPEN = 'o',  /* its sender has not been told "delivered" */
	ENTRY_WHOLE = 'w', /* nor this one's, but it was seen whole since */
	ENTRY_DONE = 'd',  /* its sender has */
	ENTRY_VOID = 'v'   /* it never became whole, and that is settled */
};

struct journal_entry {
	enum journal_state state;
	uint64_t sequence; /* larger is newer */
	uint64_t ino;	   /* of the mbox */
	uint64_t start;	   /* size of the mbox before */
	uint64_t lead;	   /* LFs written in front of the record */
	uint64_t length;   /* of the record */
	uint64_t sum;	   /* checksum() of the record */
	uint64_t when;	   /* seconds since 1970 */
	char from_line[FROM_LINE_MAX]; /* of the record, without LF */
	struct marks marks;	       /* of the record */
};

struct journal {
	int fd; /* owned; -1: there is no journal */
	struct journal_entry entries[JOURNAL_ENTRIES];
};

/*
 * journal_open - open or create the journal of an mbox, and read it.
 *
 * Takes   a box whose folder is open; may_create.
 * Gives   a journal with fd -1 where the rule is JOURNAL_OFF, where it is
 *         JOURNAL_AUTO and no file can be made or the one there is not a
 *         regular file of ours, or where nothing is there and may_create is
 *         false. An entry whose checksum is wrong counts as free.
 * Owns    journal_close() after VERDICT_OK.
 * Fails   VERDICT_RETRY at "journal", or as sync_file() and sync_folder().
 */
enum verdict journal_open(struct journal *journal, const struct box *box,
    bool may_create, struct failure *why);

/*
 * journal_begin - note durably what is about to be appended.
 *
 * Takes   entry; its state and sequence are set here.
 * Gives   *slot_out for journal_settle(). Nothing to do without a journal.
 * Fails   VERDICT_RETRY at "journal".
 */
enum verdict journal_begin(struct journal *journal,
    const struct journal_entry *entry, size_t *slot_out,
    struct failure *why);

/*
 * journal_settle - note what became of an entry.
 *
 * Gives   no sync: whole or torn is told by the record's own checksum. An
 *         error leaves the entry as it was, to be looked at once more.
 */
void journal_settle(
    struct journal *journal, size_t slot, enum journal_state state);

/*
 * journal_settle_unlocked - note that an entry's sender is about to be told.
 *
 * Called behind the locks: nothing is written when another delivery, with
 * none but unsettled entries to choose from, has taken the slot meanwhile.
 */
void journal_settle_unlocked(struct journal *journal, size_t slot);

/*
 * journal_close - close the file; it stays where it is.
 */
void journal_close(struct journal *journal);

/*
 * journal_mark_room - how many marks a block can hold beside a From_ line.
 *
 * Gives   6 to MARKS_MAX.
 */
size_t journal_mark_room(const char *from_line);

/*
 * journal_encode - write an entry as a block.
 *
 * Takes   block, JOURNAL_BLOCK large; an entry with no more marks than
 *         journal_mark_room() says.
 * Gives   a line of text: "mda2", the numbers in hexadecimal, the state, the
 *         From_ line, a tab, the marks, blanks, a checksum, LF.
 */
void journal_encode(char *block, const struct journal_entry *entry);

/*
 * journal_decode - read an entry from a block.
 *
 * Gives   an entry that is ENTRY_FREE for anything journal_encode() does not
 *         write, but for "mda1" in front: then it has no marks.
 */
void journal_decode(struct journal_entry *entry, const char *block);

#endif
