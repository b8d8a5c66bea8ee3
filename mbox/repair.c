#include "mbox/repair.h"

#include <string.h>

#include "base/checksum.h"
#include "base/clock.h"
#include "base/sys.h"
#include "durable/append.h"
#include "durable/map.h"
#include "mbox/from_line.h"
#include "mbox/marks.h"
#include "message/same.h"

enum {
	WITNESS_AGE_S = 5 * 24 * 60 * 60, /* the longest queue lifetime */
	HOLE_BYTES = 512		  /* the smallest block of a disk */
};

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

/* What cannot be read now may be whole: a later delivery judges it. */
static enum repair_finding
look_at_record(const struct box *box, const struct journal_entry *entry)
{
	struct map map;
	bool is_equal;

	if (!map_open(&map, box->fd, (off_t)(entry->start + entry->lead),
		(off_t)entry->length))
		return FOUND_OTHER;
	is_equal = checksum(map.bytes) == entry->sum;
	map_close(&map);
	return is_equal ? FOUND_WHOLE : FOUND_FOREIGN;
}

/*
 * Where a block begins that never reached the disk, and so is NULs up to its
 * end or that of the bytes; all bytes when there is none. A message may well
 * have NULs, but hardly those.
 */
static size_t
find_hole(struct span bytes, uint64_t file_at)
{
	static const char nuls[HOLE_BYTES];
	size_t at = 0;

	while (at < bytes.size_bytes) {
		size_t piece = HOLE_BYTES - (size_t)(file_at + at) % HOLE_BYTES;

		if (piece > bytes.size_bytes - at)
			piece = bytes.size_bytes - at;
		if (memcmp(bytes.at + at, nuls, piece) == 0)
			break;
		at += piece;
	}
	return at;
}

/* As far as both reach. */
static bool
begins_like(struct span bytes, struct span wanted)
{
	size_t shorter = bytes.size_bytes < wanted.size_bytes
	    ? bytes.size_bytes
	    : wanted.size_bytes;

	return shorter == 0 || memcmp(bytes.at, wanted.at, shorter) == 0;
}

static bool
ends_with_line(struct span bytes)
{
	return bytes.size_bytes > 0 &&
	    bytes.at[bytes.size_bytes - 1] == '\n';
}

/*
 * Is it a piece of our record? Behind what the marks prove no other record
 * may begin, and a piece with no hole in it must not end with a line there:
 * so ends a whole message. Nor is a piece as long as the record torn: there a
 * reader has edited it.
 */
static bool
is_our_piece(struct span bytes, const struct journal_entry *entry)
{
	struct span sound = { bytes.at, find_hole(bytes, entry->start) };
	bool has_hole = sound.size_bytes < bytes.size_bytes;
	bool is_complete = bytes.size_bytes == entry->lead + entry->length;
	struct span lead = { "\n\n", (size_t)entry->lead };
	struct span from = span_of(entry->from_line);
	struct span rest;
	size_t proved;

	if (entry->lead > RECORD_LEAD_MAX || !begins_like(sound, lead))
		return false;
	sound = span_from(sound, lead.size_bytes);
	bytes = span_from(bytes, lead.size_bytes);
	if (!begins_like(sound, from) ||
	    !marks_match(&entry->marks, sound,
		(off_t)(entry->start + entry->lead), &proved))
		return false;
	rest = span_from(sound, proved);
	if (!has_hole && (is_complete || ends_with_line(rest)))
		return false;
	if (proved < from.size_bytes)
		proved = from.size_bytes;
	return !from_line_is_in(span_from(bytes, proved));
}

static enum repair_finding
look_at_end(const struct box *box, const struct journal_entry *entry)
{
	uint64_t size_bytes = (uint64_t)box->st.st_size;
	enum repair_finding finding = FOUND_FOREIGN;
	struct map map;

	if (size_bytes > end_of(entry))
		return FOUND_FOREIGN;
	if (!map_open(&map, box->fd, (off_t)entry->start,
		(off_t)(size_bytes - entry->start)))
		return FOUND_OTHER;
	if (is_our_piece(map.bytes, entry))
		finding = FOUND_TORN;
	map_close(&map);
	return finding;
}

enum repair_finding
repair_look(const struct box *box, const struct journal_entry *entry)
{
	uint64_t size_bytes = (uint64_t)box->st.st_size;
	enum repair_finding finding = FOUND_FOREIGN;

	if ((entry->state != ENTRY_OPEN && entry->state != ENTRY_WHOLE) ||
	    entry->ino != (uint64_t)box->st.st_ino)
		return FOUND_OTHER;
	if (size_bytes <= entry->start)
		return FOUND_NOTHING;
	if (size_bytes >= end_of(entry))
		finding = look_at_record(box, entry);
	if (finding != FOUND_FOREIGN || entry->state == ENTRY_WHOLE)
		return finding;
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

size_t
repair_next(const struct journal *journal, uint64_t before)
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
 * is soon another's, but such a one does not end where the record did.
 */
static bool
tells_folder(const struct box *box, const struct journal_entry *entry)
{
	return entry->state == ENTRY_DONE &&
	    entry->ino == (uint64_t)box->st.st_ino &&
	    end_of(entry) == (uint64_t)box->st.st_size;
}

enum verdict
repair_run(struct repair *repair, struct box *box, struct journal *journal,
    const struct record *record, struct failure *why)
{
	enum verdict verdict = VERDICT_OK;
	uint64_t before = UINT64_MAX;
	size_t slot;

	memset(repair, 0, sizeof(*repair));
	slot = repair_next(journal, before);
	while (verdict == VERDICT_OK && slot < JOURNAL_ENTRIES) {
		if (tells_folder(box, &journal->entries[slot]))
			repair->is_folder_known = true;
		before = journal->entries[slot].sequence;
		verdict = settle(repair, box, journal, slot, record, why);
		slot = repair_next(journal, before);
	}
	return verdict;
}
