#include "mbox/journal.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/checksum.h"
#include "base/sys.h"
#include "compat/compat.h"
#include "durable/sync.h"
#include "durable/transfer.h"

enum {
	NUMBERS = 7,
	SUM_AT = JOURNAL_BLOCK - 18, /* " ", 16 digits, LF */
	TEXT_AT = 5 + NUMBERS * 17,  /* behind "mda2 " and the numbers */
	FROM_AT = TEXT_AT + 2,	     /* behind the state and a blank */
	MARK_DIGITS = 8
};

static const char magic[] = "mda2 ";
static const char magic_without_marks[] = "mda1 ";

size_t
journal_mark_room(const char *from_line)
{
	size_t used = FROM_AT + strlen(from_line) + 1; /* the tab */
	size_t room = used < SUM_AT ? (SUM_AT - used) / MARK_DIGITS : 0;

	return room < MARKS_MAX ? room : MARKS_MAX;
}

void
journal_encode(char *block, const struct journal_entry *entry)
{
	const uint64_t numbers[NUMBERS] = { entry->sequence, entry->ino,
		entry->start, entry->lead, entry->length, entry->sum,
		entry->when };
	struct span text = { block, SUM_AT };
	char line[JOURNAL_BLOCK];
	size_t used = sizeof(magic) - 1;
	size_t i;

	memcpy(line, magic, used);
	for (i = 0; i < NUMBERS; i++)
		used += (size_t)snprintf(line + used, sizeof(line) - used,
		    "%016llx ", (unsigned long long)numbers[i]);
	used += (size_t)snprintf(line + used, sizeof(line) - used, "%c %s\t",
	    entry->state, entry->from_line);
	for (i = 0; i < entry->marks.count; i++)
		used += (size_t)snprintf(line + used, sizeof(line) - used,
		    "%08lx", (unsigned long)entry->marks.sums[i]);
	memset(block, ' ', JOURNAL_BLOCK);
	memcpy(block, line, used < SUM_AT ? used : SUM_AT);
	(void)snprintf(line, sizeof(line), " %016llx\n",
	    (unsigned long long)checksum(text));
	memcpy(block + SUM_AT, line, JOURNAL_BLOCK - SUM_AT);
}

static bool
has_magic(const char *block)
{
	return memcmp(block, magic, sizeof(magic) - 1) == 0 ||
	    memcmp(block, magic_without_marks, sizeof(magic) - 1) == 0;
}

static bool
has_sum(const char *block)
{
	struct span text = { block, SUM_AT };
	char line[32];

	(void)snprintf(line, sizeof(line), " %016llx\n",
	    (unsigned long long)checksum(text));
	return memcmp(block + SUM_AT, line, JOURNAL_BLOCK - SUM_AT) == 0;
}

/* The checksum has vouched for the form; this only takes it apart. */
static uint64_t
number_at(const char *block, size_t index)
{
	char digits[17];

	memcpy(digits, block + sizeof(magic) - 1 + index * 17, 16);
	digits[16] = '\0';
	return strtoull(digits, NULL, 16);
}

static void
decode_marks(struct marks *marks, struct span digits)
{
	char mark[MARK_DIGITS + 1] = "";

	digits = span_trim(digits);
	while (digits.size_bytes >= MARK_DIGITS && marks->count < MARKS_MAX) {
		memcpy(mark, digits.at, MARK_DIGITS);
		marks->sums[marks->count++] =
		    (uint32_t)strtoull(mark, NULL, 16);
		digits = span_from(digits, MARK_DIGITS);
	}
}

static void
decode_text(struct journal_entry *entry, const char *block)
{
	struct span text = { block + FROM_AT, SUM_AT - FROM_AT };
	const char *tab = memchr(text.at, '\t', text.size_bytes);

	if (tab != NULL) {
		size_t before = (size_t)(tab - text.at);

		decode_marks(&entry->marks, span_from(text, before + 1));
		text.size_bytes = before;
	}
	text = span_trim(text);
	if (text.size_bytes >= sizeof(entry->from_line))
		text.size_bytes = sizeof(entry->from_line) - 1;
	if (text.size_bytes > 0)
		memcpy(entry->from_line, text.at, text.size_bytes);
	entry->from_line[text.size_bytes] = '\0';
	entry->marks.room = journal_mark_room(entry->from_line);
}

static enum journal_state
state_of(char letter)
{
	switch (letter) {
	case ENTRY_OPEN:
		return ENTRY_OPEN;
	case ENTRY_WHOLE:
		return ENTRY_WHOLE;
	case ENTRY_DONE:
		return ENTRY_DONE;
	case ENTRY_VOID:
		return ENTRY_VOID;
	default:
		return ENTRY_FREE;
	}
}

void
journal_decode(struct journal_entry *entry, const char *block)
{
	memset(entry, 0, sizeof(*entry));
	entry->state = ENTRY_FREE;
	if (!has_magic(block) || !has_sum(block))
		return;
	entry->sequence = number_at(block, 0);
	entry->ino = number_at(block, 1);
	entry->start = number_at(block, 2);
	entry->lead = number_at(block, 3);
	entry->length = number_at(block, 4);
	entry->sum = number_at(block, 5);
	entry->when = number_at(block, 6);
	entry->state = state_of(block[TEXT_AT]);
	decode_text(entry, block);
}

/*
 * In a shared spool anybody may have put something there: EPERM. When nobody
 * can say, that is the system's own error, and no reason to go without; nor
 * is it one that the name was just taken away (ESTALE). How many names a file
 * has counts only while one of them is certainly ours, as in box.c.
 */
static enum verdict
need_ours(const struct journal *journal, const struct box *box,
    const char *name, struct failure *why)
{
	struct stat at_path;
	struct stat st;

	if (sys->fstat(journal->fd, &st) == -1)
		return failure_errno(why, "journal", name);
	errno = EPERM;
	if (sys->fstatat(box->dir_fd, name, &at_path, AT_SYMLINK_NOFOLLOW) ==
		-1 ||
	    at_path.st_dev != st.st_dev || at_path.st_ino != st.st_ino)
		errno = ESTALE;
	else if (S_ISREG(at_path.st_mode) && at_path.st_uid == box->euid) {
		if (at_path.st_nlink == 1)
			return VERDICT_OK;
		errno = EMLINK;
	}
	return failure_errno(why, "journal", name);
}

static int
open_journal(const struct box *box, const char *name, int more_flags)
{
	return sys->openat(box->dir_fd, name,
	    O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | more_flags, 0600);
}

static int
create_journal(const struct box *box, const char *name)
{
	int fd = open_journal(box, name, O_CREAT | O_EXCL);
	int error;

	if (fd != -1)
		return fd;
	error = box_help(box->where, HELP_MAKE_JOURNAL, errno);
	if (error == 0)
		return open_journal(box, name, 0);
	errno = error;
	return -1;
}

/* All blocks exist from the start, so that a full disk cannot stop one. */
static enum verdict
create(struct journal *journal, const struct box *box, const char *name,
    struct failure *why)
{
	static const char blanks[JOURNAL_ENTRIES * JOURNAL_BLOCK];
	bool is_unsynced = false;
	enum verdict verdict;

	journal->fd = create_journal(box, name);
	if (journal->fd == -1)
		return failure_errno(why, "journal", name);
	/* It may have been swapped in the moment the helper made it. */
	verdict = need_ours(journal, box, name, why);
	if (verdict != VERDICT_OK)
		return verdict;
	if (!transfer_write_at(journal->fd, blanks, sizeof(blanks), 0)) {
		verdict = failure_errno(why, "journal", name);
		(void)sys->unlinkat(box->dir_fd, name, 0); /* useless so */
		return verdict;
	}
	verdict = sync_file(journal->fd, name, why);
	if (verdict == VERDICT_OK)
		verdict = sync_folder(box->dir_fd, &box->where->sync,
		    &is_unsynced, name, why);
	return verdict;
}

static bool
is_forbidden(int sys_errno)
{
	return sys_errno == EACCES || sys_errno == EPERM ||
	    sys_errno == EROFS || sys_errno == ELOOP ||
	    sys_errno == EMLINK || sys_errno == EISDIR || sys_errno == ENXIO;
}

static enum verdict
open_file(struct journal *journal, const struct box *box, const char *name,
    bool may_create, struct failure *why)
{
	enum verdict verdict;

	journal->fd = open_journal(box, name, 0);
	if (journal->fd == -1 && errno == ENOENT && may_create)
		return create(journal, box, name, why);
	if (journal->fd == -1)
		return failure_errno(why, "journal", name);
	verdict = need_ours(journal, box, name, why);
	/* A helper that was killed may have left a second name of its own. */
	if (verdict != VERDICT_OK && why->sys_errno == EMLINK &&
	    box_help(box->where, HELP_MAKE_JOURNAL, EPERM) == EEXIST)
		verdict = need_ours(journal, box, name, why);
	return verdict;
}

static enum verdict
read_all(struct journal *journal, const char *name, struct failure *why)
{
	char blocks[JOURNAL_ENTRIES * JOURNAL_BLOCK];
	size_t i;

	memset(blocks, 0, sizeof(blocks));
	if (transfer_read_at(journal->fd, blocks, sizeof(blocks), 0) == -1)
		return failure_errno(why, "journal", name);
	for (i = 0; i < JOURNAL_ENTRIES; i++)
		journal_decode(
		    &journal->entries[i], blocks + i * JOURNAL_BLOCK);
	return VERDICT_OK;
}

/* What JOURNAL_AUTO lets pass: where no file can be, there is none. */
static bool
may_go_without(enum mbox_journal_rule rule, bool may_create,
    const struct failure *why)
{
	if (why->sys_errno == ENOENT && !may_create)
		return true;
	return rule == JOURNAL_AUTO && is_forbidden(why->sys_errno);
}

enum verdict
journal_open(struct journal *journal, const struct box *box, bool may_create,
    struct failure *why)
{
	enum mbox_journal_rule rule = box->where->journal;
	char name[JOURNAL_NAME_MAX];
	enum verdict verdict;
	size_t i;

	memset(journal, 0, sizeof(*journal));
	journal->fd = -1;
	for (i = 0; i < JOURNAL_ENTRIES; i++)
		journal->entries[i].state = ENTRY_FREE;
	if (rule == JOURNAL_OFF)
		return VERDICT_OK;
	(void)snprintf(name, sizeof(name), ".%s.mda",
	    box->name); /* BOX_NAME_MAX leaves room */
	verdict = open_file(journal, box, name, may_create, why);
	if (verdict != VERDICT_OK) {
		journal_close(journal);
		return may_go_without(rule, may_create, why) ? VERDICT_OK
							     : verdict;
	}
	verdict = read_all(journal, name, why);
	if (verdict != VERDICT_OK)
		journal_close(journal);
	return verdict;
}

static bool
may_be_witness(const struct journal_entry *entry)
{
	return entry->state == ENTRY_OPEN || entry->state == ENTRY_WHOLE;
}

/* The oldest that nobody needs; else the oldest of all. */
static size_t
choose_slot(const struct journal *journal)
{
	const struct journal_entry *entry;
	const struct journal_entry *best = &journal->entries[0];

	for (entry = journal->entries;
	     entry < journal->entries + JOURNAL_ENTRIES; entry++) {
		bool is_needed = may_be_witness(entry);
		bool is_best_needed = may_be_witness(best);

		if (is_needed == is_best_needed
			? entry->sequence < best->sequence
			: !is_needed)
			best = entry;
	}
	return (size_t)(best - journal->entries);
}

static uint64_t
last_sequence(const struct journal *journal)
{
	uint64_t last = 0;
	size_t i;

	for (i = 0; i < JOURNAL_ENTRIES; i++)
		if (journal->entries[i].state != ENTRY_FREE &&
		    journal->entries[i].sequence > last)
			last = journal->entries[i].sequence;
	return last;
}

static bool
write_entry(const struct journal *journal, size_t slot)
{
	char block[JOURNAL_BLOCK];

	journal_encode(block, &journal->entries[slot]);
	return transfer_write_at(journal->fd, block, sizeof(block),
	    (off_t)(slot * JOURNAL_BLOCK));
}

enum verdict
journal_begin(struct journal *journal, const struct journal_entry *entry,
    size_t *slot_out, struct failure *why)
{
	size_t slot = choose_slot(journal);
	uint64_t sequence = last_sequence(journal) + 1;

	*slot_out = slot;
	if (journal->fd == -1)
		return VERDICT_OK;
	journal->entries[slot] = *entry;
	journal->entries[slot].state = ENTRY_OPEN;
	journal->entries[slot].sequence = sequence;
	if (!write_entry(journal, slot) || sync_data(journal->fd) == -1)
		return failure_errno(why, "journal", "journal");
	return VERDICT_OK;
}

void
journal_settle(struct journal *journal, size_t slot, enum journal_state state)
{
	if (journal->fd == -1)
		return;
	journal->entries[slot].state = state;
	(void)write_entry(journal, slot);
}

static bool
is_still_there(const struct journal *journal, size_t slot)
{
	struct journal_entry entry;
	char block[JOURNAL_BLOCK];

	if (transfer_read_at(journal->fd, block, sizeof(block),
		(off_t)(slot * JOURNAL_BLOCK)) != (ssize_t)sizeof(block))
		return false;
	journal_decode(&entry, block);
	return entry.state != ENTRY_FREE &&
	    entry.sequence == journal->entries[slot].sequence;
}

void
journal_settle_unlocked(struct journal *journal, size_t slot)
{
	if (journal->fd != -1 && is_still_there(journal, slot))
		journal_settle(journal, slot, ENTRY_DONE);
}

void
journal_close(struct journal *journal)
{
	if (journal->fd != -1)
		(void)sys->close(journal->fd); /* synced where it matters */
	journal->fd = -1;
}
