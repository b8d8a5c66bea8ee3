#include "mbox/repair.h"

#include <string.h>

#include "base/checksum.h"
#include "base/clock.h"
#include "base/sys.h"
#include "durable/append.h"
#include "durable/map.h"
#include "mbox/from_line.h"
#include "message/same.h"

enum { WITNESS_AGE_S = 5 * 24 * 60 * 60 }; /* the longest queue lifetime */

/* One past the record; larger than any file when the numbers make no sense. */
static uint64_t
end_of(const struct journal_entry *entry)
{
	uint64_t record_start = entry->start + entry->lead;
	uint64_t end = record_start + entry->length;

	if (record_start < entry->start || end < record_start)
		return UINT64_MAX;
	return end;
}

static bool
is_whole(const struct box *box, const struct journal_entry *entry)
{
	struct map map;
	bool is_equal;

	if (!map_open(&map, box->fd, (off_t)(entry->start + entry->lead),
		(off_t)entry->length))
		return false;
	is_equal = checksum(map.bytes) == entry->sum;
	map_close(&map);
	return is_equal;
}

/* Blocks that never reached the disk read as NULs. */
static bool
matches_or_nul(struct span bytes, size_t at, struct span wanted)
{
	size_t i;

	for (i = 0; i < wanted.size_bytes && at + i < bytes.size_bytes; i++)
		if (bytes.at[at + i] != wanted.at[i] &&
		    bytes.at[at + i] != '\0')
			return false;
	return true;
}

static bool
is_our_piece(struct span bytes, const struct journal_entry *entry)
{
	struct span lead = { "\n\n", (size_t)entry->lead };
	struct span from = span_of(entry->from_line);

	return entry->lead <= RECORD_LEAD_MAX &&
	    matches_or_nul(bytes, 0, lead) &&
	    matches_or_nul(bytes, lead.size_bytes, from) &&
	    !from_line_is_in(
		span_from(bytes, lead.size_bytes + from.size_bytes));
}

static enum repair_finding
look_at_end(const struct box *box, const struct journal_entry *entry)
{
	uint64_t size_bytes = (uint64_t)box->st.st_size;
	enum repair_finding finding = FOUND_FOREIGN;
	struct map map;

	if (size_bytes > end_of(entry) ||
	    !map_open(&map, box->fd, (off_t)entry->start,
		(off_t)(size_bytes - entry->start)))
		return FOUND_FOREIGN;
	if (is_our_piece(map.bytes, entry))
		finding = FOUND_TORN;
	map_close(&map);
	return finding;
}

enum repair_finding
repair_look(const struct box *box, const struct journal_entry *entry)
{
	uint64_t size_bytes = (uint64_t)box->st.st_size;

	if ((entry->state != ENTRY_OPEN && entry->state != ENTRY_WHOLE) ||
	    entry->ino != (uint64_t)box->st.st_ino)
		return FOUND_OTHER;
	if (size_bytes <= entry->start)
		return FOUND_NOTHING;
	if (size_bytes >= end_of(entry) && is_whole(box, entry))
		return FOUND_WHOLE;
	if (entry->state == ENTRY_WHOLE)
		return FOUND_FOREIGN;
	return look_at_end(box, entry);
}

/* From_ lines differ in their time, and are not the sender's. */
static bool
is_same_message(const struct box *box, const struct journal_entry *entry,
    const struct record *record)
{
	struct span ours = record->bytes;
	struct span theirs;
	struct map map;
	bool is_same;

	if (!record->is_identifiable ||
	    !map_open(&map, box->fd, (off_t)(entry->start + entry->lead),
		(off_t)entry->length))
		return false;
	theirs = map.bytes;
	(void)span_line(&ours);
	(void)span_line(&theirs);
	is_same = same_message(ours, theirs);
	map_close(&map);
	return is_same;
}

static enum verdict
cut(struct repair *repair, struct box *box, const struct journal_entry *entry,
    struct failure *why)
{
	const char *path = box->where->path;
	off_t start = (off_t)entry->start;
	enum verdict verdict;

	verdict = append_cut(box->fd, start, path, why);
	if (verdict != VERDICT_OK)
		return verdict;
	repair->cut_bytes += box->st.st_size - start;
	box->st.st_size = start;
	return VERDICT_OK;
}

static bool
is_too_old(const struct journal_entry *entry)
{
	return (uint64_t)clock_wall().tv_sec > entry->when + WITNESS_AGE_S;
}

static enum verdict
settle_whole(struct repair *repair, const struct box *box,
    struct journal *journal, size_t slot, const struct record *record)
{
	const struct journal_entry *entry = &journal->entries[slot];

	if (!repair->is_witness && is_same_message(box, entry, record)) {
		repair->is_witness = true;
		repair->witness = slot;
	} else if (is_too_old(entry)) {
		journal_settle(journal, slot, ENTRY_DONE);
	} else if (entry->state == ENTRY_OPEN) {
		journal_settle(journal, slot, ENTRY_WHOLE);
	}
	return VERDICT_OK;
}

static enum verdict
settle(struct repair *repair, struct box *box, struct journal *journal,
    size_t slot, const struct record *record, struct failure *why)
{
	const struct journal_entry *entry = &journal->entries[slot];
	enum repair_finding finding = repair_look(box, entry);
	enum verdict verdict = VERDICT_OK;

	if (finding == FOUND_WHOLE || finding == FOUND_TORN)
		repair->is_folder_known = true;
	switch (finding) {
	case FOUND_OTHER:
		return VERDICT_OK;
	case FOUND_WHOLE:
		return settle_whole(repair, box, journal, slot, record);
	case FOUND_TORN:
		if (box->is_fuse)
			return VERDICT_OK; /* sizes there are not certain */
		verdict = cut(repair, box, entry, why);
		break;
	case FOUND_NOTHING:
	case FOUND_FOREIGN:
		break;
	}
	if (verdict == VERDICT_OK)
		journal_settle(journal, slot, ENTRY_VOID);
	return verdict;
}

/* The newest entry older than before; JOURNAL_ENTRIES when there is none. */
static size_t
next_older(const struct journal *journal, uint64_t before)
{
	size_t found = JOURNAL_ENTRIES;
	uint64_t newest = 0;
	size_t i;

	for (i = 0; i < JOURNAL_ENTRIES; i++) {
		const struct journal_entry *entry = &journal->entries[i];

		if (entry->state == ENTRY_FREE || entry->sequence >= before ||
		    entry->sequence < newest)
			continue;
		newest = entry->sequence;
		found = i;
	}
	return found;
}

/*
 * A record that was finished in this very file. The number of a removed file
 * is soon another's, and a new one has not that size.
 */
static bool
tells_folder(const struct box *box, const struct journal_entry *entry)
{
	return entry->state == ENTRY_DONE &&
	    entry->ino == (uint64_t)box->st.st_ino &&
	    end_of(entry) <= (uint64_t)box->st.st_size;
}

enum verdict
repair_run(struct repair *repair, struct box *box, struct journal *journal,
    const struct record *record, struct failure *why)
{
	enum verdict verdict = VERDICT_OK;
	uint64_t before = UINT64_MAX;
	size_t slot;

	memset(repair, 0, sizeof(*repair));
	slot = next_older(journal, before);
	while (verdict == VERDICT_OK && slot < JOURNAL_ENTRIES) {
		if (tells_folder(box, &journal->entries[slot]))
			repair->is_folder_known = true;
		before = journal->entries[slot].sequence;
		verdict = settle(repair, box, journal, slot, record, why);
		slot = next_older(journal, before);
	}
	return verdict;
}
