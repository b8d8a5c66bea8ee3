/*
 * A block of an mbox's journal. When the first byte is odd the block gets the
 * checksum that belongs to it, so that what lies behind that is tried too.
 */
#include <stdio.h>
#include <string.h>

#include "base/checksum.h"
#include "mbox/journal.h"
#include "tests/fuzz/fuzz.h"

enum { SUM_AT = JOURNAL_BLOCK - 18 };

/* As journal.h and the manual say it: a blank, 16 digits, LF. */
static void
make_sum(char *line, const char *block)
{
	struct span text = { block, SUM_AT };

	(void)snprintf(line, 19, " %016llx\n",
	    (unsigned long long)checksum(text));
}

static bool
is_same_entry(const struct journal_entry *a, const struct journal_entry *b)
{
	return a->state == b->state && a->sequence == b->sequence &&
	    a->ino == b->ino && a->start == b->start && a->lead == b->lead &&
	    a->length == b->length && a->sum == b->sum &&
	    a->when == b->when && a->marks.count == b->marks.count &&
	    memcmp(a->marks.sums, b->marks.sums,
		a->marks.count * sizeof(a->marks.sums[0])) == 0;
}

/* A block that only we can write comes back as it was written. */
static void
check_round_trip(const struct journal_entry *entry)
{
	struct journal_entry again, last;
	char block[JOURNAL_BLOCK], next[JOURNAL_BLOCK];

	journal_encode(block, entry);
	journal_decode(&again, block);
	MUST(is_same_entry(entry, &again));
	MUST(strncmp(entry->from_line, again.from_line,
		 strlen(again.from_line)) == 0);
	journal_encode(next, &again);
	journal_decode(&last, next);
	MUST(is_same_entry(&again, &last));
	MUST(strcmp(again.from_line, last.from_line) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
	struct span rest = { (const char *)data, size_bytes };
	unsigned int flags = fuzz_flags(&rest);
	struct journal_entry entry;
	char block[JOURNAL_BLOCK], sum[19];

	if (rest.size_bytes > sizeof(block))
		rest.size_bytes = sizeof(block);
	memset(block, ' ', sizeof(block));
	if (rest.size_bytes > 0)
		memcpy(block, rest.at, rest.size_bytes);
	make_sum(sum, block);
	if (flags & 1)
		memcpy(block + SUM_AT, sum, 18);
	journal_decode(&entry, block);
	MUST(memchr(entry.from_line, '\0', sizeof(entry.from_line)) != NULL);
	MUST(entry.marks.count <= MARKS_MAX);
	if (memcmp(block + SUM_AT, sum, 18) != 0)
		MUST(entry.state == ENTRY_FREE);
	if (entry.state != ENTRY_FREE)
		check_round_trip(&entry);
	return 0;
}
