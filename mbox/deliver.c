#include "mbox/deliver.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/checksum.h"
#include "base/clock.h"
#include "base/interrupt.h"
#include "base/sys.h"
#include "compat/compat.h"
#include "durable/append.h"
#include "durable/folder.h"
#include "durable/host.h"
#include "durable/map.h"
#include "durable/transfer.h"
#include "mbox/marks.h"

/* How many LFs make the record stand behind an empty line. */
static enum verdict
find_lead(struct mbox_delivery *delivery, struct failure *why)
{
	const struct box *box = &delivery->box;
	off_t size_bytes = box->st.st_size;
	char tail[3] = "";
	size_t wanted = size_bytes < 3 ? (size_t)size_bytes : 3;

	delivery->lead = 0;
	if (wanted == 0)
		return VERDICT_OK;
	if (transfer_read_at(box->fd, tail + 3 - wanted, wanted,
		size_bytes - (off_t)wanted) != (ssize_t)wanted)
		return failure_errno(why, "pread", box->where->path);
	if (tail[2] != '\n')
		delivery->lead = 2;
	else if (size_bytes > 1 && tail[1] != '\n' &&
	    !(tail[1] == '\r' && tail[0] == '\n'))
		delivery->lead = 1;
	return VERDICT_OK;
}

/*
 * A journal entry for this very file says that its name was made durable
 * then. The folder's own change time says nothing: lock files change it.
 */
static enum verdict
sync_name(struct mbox_delivery *delivery, struct failure *why)
{
	const struct mbox *where = delivery->where;
	enum verdict verdict;

	if (delivery->repair.is_folder_known)
		return VERDICT_OK;
	verdict = sync_folder(delivery->box.dir_fd, &where->sync,
	    &delivery->is_folder_unsynced, where->path, why);
	if (verdict == VERDICT_OK)
		verdict = folder_sync_young(delivery->box.dir_fd, where->path,
		    where->home, &where->sync, &delivery->is_folder_unsynced,
		    why);
	return verdict;
}

static enum verdict
begin(struct mbox_delivery *delivery, struct failure *why)
{
	const struct record *record = &delivery->record;
	struct journal_entry entry = {
		.ino = (uint64_t)delivery->box.st.st_ino,
		.start = (uint64_t)delivery->box.st.st_size,
		.lead = delivery->lead,
		.length = record->bytes.size_bytes,
		.sum = record->sum,
		.when = (uint64_t)clock_wall().tv_sec,
	};

	(void)strlcpy(entry.from_line, record->from_line,
	    sizeof(entry.from_line)); /* as large */
	entry.from_line[strcspn(entry.from_line, "\n")] = '\0';
	entry.marks.room = journal_mark_room(entry.from_line);
	marks_make(&entry.marks, record->bytes,
	    (off_t)(entry.start + entry.lead), record->is_identifiable);
	return journal_begin(
	    &delivery->journal, &entry, &delivery->slot, why);
}

/* Another host appended without our locks: is our record whole all the same? */
static enum verdict
check_moved(struct mbox_delivery *delivery, const struct append *append,
    struct failure *why)
{
	const struct record *record = &delivery->record;
	off_t length = (off_t)record->bytes.size_bytes;
	bool is_whole = false;
	struct map map;

	if (append->end >= length &&
	    map_open(&map, append->fd, append->end - length, length)) {
		is_whole = checksum(map.bytes) == record->sum;
		map_close(&map);
	}
	if (is_whole)
		return VERDICT_OK;
	(void)failure_retry(why, "append-moved", "4.2.0", append->path);
	why->residue = true;
	return VERDICT_RETRY;
}

static enum verdict
append_record(struct mbox_delivery *delivery, struct failure *why)
{
	struct box *box = &delivery->box;
	struct span whole = record_with_lead(
	    &delivery->record, delivery->lead);
	struct append append = { box->fd, delivery->where->path,
		box->st.st_size, !box->is_fuse, 0 };
	long long start_us = clock_us();
	enum verdict verdict;

	delivery->size_bytes = (long long)whole.size_bytes;
	verdict = append_write(&append, whole, why);
	delivery->write_us = clock_us() - start_us;
	if (verdict == VERDICT_OK &&
	    append.end != append.start + (off_t)whole.size_bytes)
		verdict = check_moved(delivery, &append, why);
	return verdict;
}

/*
 * Programs see new mail by a modification time later than the access time,
 * some in whole seconds, and we have read the file's end just now.
 */
static void
keep_access_time(const struct box *box)
{
	struct timespec times[2] = { { 0, 0 }, { 0, UTIME_OMIT } };

	times[0].tv_sec = clock_wall().tv_sec - 1;
	if (box->st.st_atime < times[0].tv_sec)
		times[0].tv_sec = box->st.st_atime;
	(void)sys->futimens(box->fd, times); /* only a courtesy */
}

/*
 * The journal entry is the witness for the sender's next try. It is settled
 * last of all, so that a kill before the sender is told finds it; and never
 * when the close reports an error.
 */
static enum verdict
finish(struct mbox_delivery *delivery, struct failure *why)
{
	enum verdict verdict;

	keep_access_time(&delivery->box);
	verdict = box_unlock(&delivery->box, why);
	if (verdict == VERDICT_OK)
		delivery->is_unsettled = true;
	else
		why->residue = true;
	return verdict;
}

static enum verdict
append_and_finish(struct mbox_delivery *delivery, struct failure *why)
{
	enum verdict verdict = append_record(delivery, why);

	if (verdict == VERDICT_OK)
		return finish(delivery, why);
	if (!why->residue)
		journal_settle(&delivery->journal, delivery->slot, ENTRY_VOID);
	return verdict;
}

/* The record stands there already: make sure of it, and say so. */
static enum verdict
adopt(struct mbox_delivery *delivery, struct failure *why)
{
	enum verdict verdict;

	delivery->slot = delivery->repair.witness;
	delivery->size_bytes =
	    (long long)delivery->journal.entries[delivery->slot].length;
	verdict = sync_file(
	    delivery->box.fd, delivery->where->path, why);
	if (verdict == VERDICT_OK)
		verdict = finish(delivery, why);
	return verdict;
}

static enum verdict
store(struct mbox_delivery *delivery, struct failure *why)
{
	enum verdict verdict = VERDICT_OK;
	bool is_witness = delivery->repair.is_witness;

	if (!is_witness)
		verdict = find_lead(delivery, why);
	if (verdict == VERDICT_OK)
		verdict = sync_name(delivery, why);
	if (verdict == VERDICT_OK && !is_witness)
		verdict = begin(delivery, why);
	if (verdict != VERDICT_OK)
		return verdict;
	verdict = interrupt_commit(why);
	if (verdict != VERDICT_OK) {
		if (!is_witness)
			journal_settle(&delivery->journal, delivery->slot,
			    ENTRY_VOID);
		return verdict;
	}
	verdict = is_witness ? adopt(delivery, why)
			     : append_and_finish(delivery, why);
	if (verdict == VERDICT_OK && !delivery->is_more_to_come)
		interrupt_done();
	else
		interrupt_release();
	return verdict;
}

static enum verdict
deliver_locked(struct mbox_delivery *delivery, struct failure *why)
{
	struct box *box = &delivery->box;
	enum verdict verdict;

	verdict = journal_open(&delivery->journal, box, true, why);
	if (verdict != VERDICT_OK)
		return verdict;
	verdict = repair_run(&delivery->repair, box, &delivery->journal,
	    &delivery->record, why);
	if (verdict == VERDICT_OK)
		verdict = store(delivery, why);
	if (!delivery->is_unsettled)
		journal_close(&delivery->journal);
	return verdict;
}

/* Everything that takes a sender's time happens before the locks. */
static enum verdict
deliver_open(struct mbox_delivery *delivery, struct failure *why)
{
	struct box *box = &delivery->box;
	struct failure ignored; /* the first failure is the one that counts */
	enum verdict verdict;

	verdict = record_make(&delivery->record, delivery->message,
	    delivery->where->format, box->dir_fd, clock_wall().tv_sec, why);
	if (verdict == VERDICT_OK)
		verdict = box_lock(box, why);
	if (verdict != VERDICT_OK)
		return verdict;
	verdict = deliver_locked(delivery, why);
	if (verdict != VERDICT_OK)
		(void)box_unlock(box, &ignored);
	return verdict;
}

enum verdict
mbox_open(struct mbox_delivery *delivery, struct failure *why)
{
	char ignored[HOST_BOOT_BYTES];

	delivery->size_bytes = 0;
	delivery->write_us = 0;
	delivery->is_folder_unsynced = false;
	delivery->is_unsettled = false;
	memset(&delivery->repair, 0, sizeof(delivery->repair));
	if ((delivery->where->locks & MBOX_DOTLOCK) != 0)
		host_boot_id(ignored, sizeof(ignored)); /* it is kept */
	return box_open(&delivery->box, delivery->where, why);
}

enum verdict
mbox_store(struct mbox_delivery *delivery, struct failure *why)
{
	enum verdict verdict = deliver_open(delivery, why);

	record_free(&delivery->record);
	return verdict;
}

void
mbox_settle(struct mbox_delivery *delivery)
{
	if (!delivery->is_unsettled)
		return;
	journal_settle_unlocked(&delivery->journal, delivery->slot);
	journal_close(&delivery->journal);
	delivery->is_unsettled = false;
}

enum verdict
mbox_deliver(struct mbox_delivery *delivery, struct failure *why)
{
	enum verdict verdict = mbox_store(delivery, why);

	mbox_settle(delivery);
	return verdict;
}

void
mbox_close(struct mbox_delivery *delivery)
{
	if (delivery->is_unsettled)
		journal_close(&delivery->journal);
	delivery->is_unsettled = false;
	box_close(&delivery->box);
}
