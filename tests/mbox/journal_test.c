#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <atf-c.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/checksum.h"
#include "mbox/journal.h"
#include "tests/support/files.h"
#include "tests/support/guard.h"
#include "tests/support/mbox_calls.h"
#include "tests/support/prng.h"
#include "tests/support/spans.h"

enum { ROUNDS = 2000, FILE_BYTES = JOURNAL_ENTRIES * JOURNAL_BLOCK };

static const char file[] = ".box.mda";
static const struct sync_policy policy = { true, AFTER_LINK_AUTO };

static struct journal_entry
sample_entry(void)
{
	struct journal_entry entry = { ENTRY_OPEN, 7, 4711, 1000, 1, 2345,
		0xfedcba9876543210U, 1700000000,
		"From ann@example.org Tue Nov 14 22:13:20 2023",
		{ 40, 2, { 1, 0xabcdef } } };

	return entry;
}

static bool
is_equal(const struct journal_entry *one, const struct journal_entry *other)
{
	return one->state == other->state && one->sequence == other->sequence &&
	    one->ino == other->ino && one->start == other->start &&
	    one->lead == other->lead && one->length == other->length &&
	    one->sum == other->sum && one->when == other->when &&
	    strcmp(one->from_line, other->from_line) == 0 &&
	    one->marks.room == other->marks.room &&
	    one->marks.count == other->marks.count &&
	    memcmp(one->marks.sums, other->marks.sums,
		one->marks.count * sizeof(one->marks.sums[0])) == 0;
}

/* ---- One block ---------------------------------------------------------- */

static uint64_t
random_number(struct prng *prng)
{
	uint64_t number = (uint64_t)prng_next(prng) << 32 | prng_next(prng);

	return number >> prng_below(prng, 64);
}

static struct journal_entry
random_entry(struct prng *prng)
{
	static const enum journal_state states[] = { ENTRY_OPEN, ENTRY_DONE,
		ENTRY_VOID };
	struct journal_entry entry = { .state = states[prng_below(prng, 3)] };
	char sender[300];
	struct span span = { sender, prng_below(prng, sizeof(sender)) };

	entry.sequence = random_number(prng);
	entry.ino = random_number(prng);
	entry.start = random_number(prng);
	entry.lead = random_number(prng);
	entry.length = random_number(prng);
	entry.sum = random_number(prng);
	entry.when = random_number(prng);
	prng_fill(prng, sender, sizeof(sender));
	from_line_make(entry.from_line, span, (time_t)(entry.when >> 16));
	*strchr(entry.from_line, '\n') = '\0';
	entry.marks.room = journal_mark_room(entry.from_line);
	entry.marks.count = prng_below(prng, entry.marks.room + 1);
	prng_fill(prng, (char *)entry.marks.sums, sizeof(entry.marks.sums));
	return entry;
}

ATF_TC_WITHOUT_HEAD(block__any_entry__comes_back);
ATF_TC_BODY(block__any_entry__comes_back, tc)
{
	char block[JOURNAL_BLOCK];
	unsigned int seed;

	for (seed = 1; seed <= ROUNDS; seed++) {
		struct prng prng = prng_start(seed);
		struct journal_entry entry = random_entry(&prng);
		struct journal_entry back;

		journal_encode(block, &entry);
		journal_decode(&back, guard_place(block, sizeof(block)).at);
		ATF_REQUIRE_MSG(is_equal(&entry, &back), "seed %u: %.*s", seed,
		    JOURNAL_BLOCK, block);
	}
}

ATF_TC_WITHOUT_HEAD(block__any_entry__a_line_of_text);
ATF_TC_BODY(block__any_entry__a_line_of_text, tc)
{
	struct journal_entry entry = sample_entry();
	char block[JOURNAL_BLOCK];

	journal_encode(block, &entry);
	ATF_CHECK_EQ(0,
	    memcmp(block,
		"mda2 0000000000000007 0000000000001267 00000000000003e8 "
		"0000000000000001 0000000000000929 fedcba9876543210 "
		"000000006553f100 o From ann@example.org Tue Nov 14 22:13:20 "
		"2023\t0000000100abcdef ",
		188));
	ATF_CHECK_EQ('\n', block[JOURNAL_BLOCK - 1]);
	ATF_CHECK(memchr(block, '\0', JOURNAL_BLOCK) == NULL);
	ATF_CHECK(
	    memchr(block, '\n', JOURNAL_BLOCK) == block + JOURNAL_BLOCK - 1);
}

/* As it was written before there were marks. */
ATF_TC_WITHOUT_HEAD(block__first_format__read_without_marks);
ATF_TC_BODY(block__first_format__read_without_marks, tc)
{
	static const char text[] =
	    "mda1 0000000000000001 0000000000a9a222 0000000000000000 "
	    "0000000000000000 000000000000005a 1e2c91c33bf4d667 "
	    "000000006b093ac2 d From a@b Fri Nov 27 08:09:38 2026";
	struct journal_entry back;
	char block[JOURNAL_BLOCK];

	memset(block, ' ', sizeof(block));
	memcpy(block, text, sizeof(text) - 1);
	memcpy(block + JOURNAL_BLOCK - 17, "be3662ba956db092\n", 17);
	journal_decode(&back, block);
	ATF_CHECK_EQ(ENTRY_DONE, back.state);
	ATF_CHECK_EQ(90, back.length);
	ATF_CHECK_STREQ("From a@b Fri Nov 27 08:09:38 2026", back.from_line);
	ATF_CHECK_EQ(0, back.marks.count);
	block[3] = '3';
	journal_decode(&back, block);
	ATF_CHECK_EQ(ENTRY_FREE, back.state);
}

ATF_TC_WITHOUT_HEAD(block__longest_from_line__room_for_some_marks);
ATF_TC_BODY(block__longest_from_line__room_for_some_marks, tc)
{
	char line[FROM_LINE_MAX];

	memset(line, 'x', sizeof(line));
	line[FROM_LINE_MAX - 2] = '\0';
	ATF_CHECK_EQ(6, journal_mark_room(line));
	ATF_CHECK_EQ(MARKS_MAX, journal_mark_room(""));
}

/* By whoever can write the file, and knows the checksum. */
ATF_TC_WITHOUT_HEAD(block__from_line_longer_than_any__cut);
ATF_TC_BODY(block__from_line_longer_than_any__cut, tc)
{
	enum { FROM_AT = 126, SUM_AT = JOURNAL_BLOCK - 18 };
	struct journal_entry entry = sample_entry();
	struct journal_entry back;
	char block[JOURNAL_BLOCK];
	char sum[32];

	journal_encode(block, &entry);
	ATF_REQUIRE_EQ(0, memcmp(block + FROM_AT, "From ", 5));
	memset(block + FROM_AT + 5, 'x', SUM_AT - FROM_AT - 5);
	(void)snprintf(sum, sizeof(sum), " %016llx",
	    (unsigned long long)checksum((struct span){ block, SUM_AT }));
	memcpy(block + SUM_AT, sum, 17);
	memset(&back, 'y', sizeof(back));
	journal_decode(&back, guard_place(block, sizeof(block)).at);
	ATF_CHECK_EQ(ENTRY_OPEN, back.state);
	ATF_CHECK_EQ(FROM_LINE_MAX - 1, strlen(back.from_line));
	ATF_CHECK_EQ(0, back.marks.count);
}

ATF_TC_WITHOUT_HEAD(block__one_byte_changed__free);
ATF_TC_BODY(block__one_byte_changed__free, tc)
{
	struct journal_entry entry = sample_entry();
	struct journal_entry back;
	char block[JOURNAL_BLOCK];
	size_t at;
	int byte;

	journal_encode(block, &entry);
	for (at = 0; at < sizeof(block); at++) {
		char before = block[at];

		for (byte = 0; byte < 256; byte++) {
			block[at] = (char)(unsigned char)byte;
			if (block[at] == before)
				continue;
			journal_decode(&back, block);
			ATF_REQUIRE_EQ_MSG(ENTRY_FREE, back.state,
			    "byte %d at %zu", byte, at);
		}
		block[at] = before;
	}
	journal_decode(&back, block);
	ATF_CHECK_EQ(ENTRY_OPEN, back.state);
}

ATF_TC_WITHOUT_HEAD(block__torn_between_two_entries__free);
ATF_TC_BODY(block__torn_between_two_entries__free, tc)
{
	struct journal_entry old = sample_entry();
	struct journal_entry new = sample_entry();
	struct journal_entry back;
	char old_block[JOURNAL_BLOCK];
	char new_block[JOURNAL_BLOCK];
	char torn[JOURNAL_BLOCK];
	size_t at;

	new.sequence = 8;
	new.start = 5000;
	new.sum = 1;
	journal_encode(old_block, &old);
	journal_encode(new_block, &new);
	for (at = 1; at < JOURNAL_BLOCK - 1; at++) {
		memcpy(torn, new_block, at);
		memcpy(torn + at, old_block + at, JOURNAL_BLOCK - at);
		journal_decode(&back, torn);
		ATF_CHECK_MSG(back.state == ENTRY_FREE ||
			is_equal(&back, &old) || is_equal(&back, &new),
		    "at %zu", at);
	}
}

ATF_TC_WITHOUT_HEAD(block__not_written_by_us__free);
ATF_TC_BODY(block__not_written_by_us__free, tc)
{
	struct prng prng = prng_start(1);
	struct journal_entry back;
	char block[JOURNAL_BLOCK];
	int round;

	memset(block, 0, sizeof(block));
	journal_decode(&back, block);
	ATF_CHECK_EQ(ENTRY_FREE, back.state);
	memset(block, ' ', sizeof(block));
	journal_decode(&back, block);
	ATF_CHECK_EQ(ENTRY_FREE, back.state);
	for (round = 0; round < ROUNDS; round++) {
		prng_fill(&prng, block, sizeof(block));
		memcpy(block, round % 2 == 0 ? "mda1 " : "mda2 ", 5);
		journal_decode(&back, block);
		ATF_CHECK_EQ(ENTRY_FREE, back.state);
	}
}

ATF_TC_WITHOUT_HEAD(block__unknown_state__free);
ATF_TC_BODY(block__unknown_state__free, tc)
{
	struct journal_entry entry = sample_entry();
	struct journal_entry back;
	char block[JOURNAL_BLOCK];

	entry.state = (enum journal_state)'x';
	journal_encode(block, &entry);
	journal_decode(&back, block);
	ATF_CHECK_EQ(ENTRY_FREE, back.state);
}

/* ---- The file ----------------------------------------------------------- */

static enum verdict
open_as(struct journal *journal, enum mbox_journal_rule rule, bool may_create,
    struct failure *why)
{
	const struct mbox where = { .path = "box",
		.journal = rule,
		.sync = policy };
	struct box box = { .where = &where,
		.euid = geteuid(),
		.dir_fd = folder_fd("."),
		.name = "box" };
	enum verdict verdict;

	verdict = journal_open(journal, &box, may_create, why);
	ATF_REQUIRE_EQ(0, close(box.dir_fd));
	return verdict;
}

static void
require_open(struct journal *journal)
{
	struct failure why;

	ATF_REQUIRE_EQ(VERDICT_OK,
	    open_as(journal, JOURNAL_REQUIRE, true, &why));
	ATF_REQUIRE(journal->fd != -1);
}

static size_t
begin(struct journal *journal, uint64_t start)
{
	struct journal_entry entry = sample_entry();
	struct failure why;
	size_t slot;

	entry.start = start;
	ATF_REQUIRE_EQ(VERDICT_OK, journal_begin(journal, &entry, &slot, &why));
	return slot;
}

static size_t
count_state(const struct journal *journal, enum journal_state state)
{
	size_t count = 0;
	size_t i;

	for (i = 0; i < JOURNAL_ENTRIES; i++)
		count += journal->entries[i].state == state;
	return count;
}

ATF_TC_WITHOUT_HEAD(open__nothing_there__whole_file_of_mode_0600);
ATF_TC_BODY(open__nothing_there__whole_file_of_mode_0600, tc)
{
	struct journal journal;

	require_open(&journal);
	journal_close(&journal);
	ATF_CHECK_EQ(-1, journal.fd);
	ATF_CHECK_EQ(0600, file_mode(file));
	ATF_CHECK_EQ(FILE_BYTES, file_size(file));
	ATF_CHECK_EQ((size_t)JOURNAL_ENTRIES,
	    count_state(&journal, ENTRY_FREE));
}

ATF_TC_WITHOUT_HEAD(open__nothing_there__file_and_folder_are_synced);
ATF_TC_BODY(open__nothing_there__file_and_folder_are_synced, tc)
{
	struct journal journal;

	calls_install();
	require_open(&journal);
	ATF_CHECK_STREQ("openat openat fstat fstatat pwrite fsync fsync-dir "
			"pread ",
	    calls_trail);
	journal_close(&journal);
}

ATF_TC_WITHOUT_HEAD(open__there_already__not_synced_again);
ATF_TC_BODY(open__there_already__not_synced_again, tc)
{
	struct journal journal;

	require_open(&journal);
	journal_close(&journal);
	calls_install();
	require_open(&journal);
	ATF_CHECK_STREQ("openat fstat fstatat pread ", calls_trail);
	journal_close(&journal);
}

ATF_TC_WITHOUT_HEAD(begin__each_entry__one_write_and_one_fdatasync);
ATF_TC_BODY(begin__each_entry__one_write_and_one_fdatasync, tc)
{
	struct journal journal;

	require_open(&journal);
	calls_install();
	(void)begin(&journal, 0);
	ATF_CHECK_STREQ("pwrite fdatasync ", calls_trail);
	calls_reset();
	journal_settle(&journal, 0, ENTRY_DONE);
	ATF_CHECK_STREQ("pwrite ", calls_trail);
	journal_close(&journal);
}

ATF_TC_WITHOUT_HEAD(begin__opened_again__entry_is_there);
ATF_TC_BODY(begin__opened_again__entry_is_there, tc)
{
	struct journal_entry expected = sample_entry();
	struct journal journal;
	size_t slot;

	require_open(&journal);
	slot = begin(&journal, 1000);
	journal_close(&journal);
	require_open(&journal);
	expected.sequence = 1;
	ATF_CHECK(is_equal(&expected, &journal.entries[slot]));
	ATF_CHECK_EQ((size_t)1, count_state(&journal, ENTRY_OPEN));

	journal_settle(&journal, slot, ENTRY_DONE);
	journal_close(&journal);
	require_open(&journal);
	ATF_CHECK_EQ(ENTRY_DONE, journal.entries[slot].state);
	journal_close(&journal);
}

ATF_TC_WITHOUT_HEAD(begin__any_number__sequence_grows);
ATF_TC_BODY(begin__any_number__sequence_grows, tc)
{
	struct journal journal;
	uint64_t i;
	size_t slot;

	for (i = 1; i <= 3 * JOURNAL_ENTRIES; i++) {
		require_open(&journal);
		slot = begin(&journal, i);
		ATF_CHECK_EQ(i, journal.entries[slot].sequence);
		journal_settle(&journal, slot,
		    i % 2 == 0 ? ENTRY_DONE : ENTRY_VOID);
		journal_close(&journal);
	}
}

ATF_TC_WITHOUT_HEAD(begin__some_open__settled_ones_are_overwritten);
ATF_TC_BODY(begin__some_open__settled_ones_are_overwritten, tc)
{
	struct journal journal;
	size_t open_slots[3];
	size_t slot;
	uint64_t i;

	require_open(&journal);
	for (i = 0; i < 3; i++)
		open_slots[i] = begin(&journal, i);
	for (i = 0; i < 4 * JOURNAL_ENTRIES; i++) {
		slot = begin(&journal, 100 + i);
		ATF_CHECK(slot != open_slots[0] && slot != open_slots[1] &&
		    slot != open_slots[2]);
		journal_settle(&journal, slot, ENTRY_DONE);
	}
	ATF_CHECK_EQ((size_t)3, count_state(&journal, ENTRY_OPEN));
	journal_close(&journal);
}

ATF_TC_WITHOUT_HEAD(begin__settled_ones__oldest_is_overwritten);
ATF_TC_BODY(begin__settled_ones__oldest_is_overwritten, tc)
{
	struct journal journal;
	uint64_t i;

	require_open(&journal);
	for (i = 0; i < JOURNAL_ENTRIES; i++)
		journal_settle(&journal, begin(&journal, i), ENTRY_DONE);
	for (i = 0; i < JOURNAL_ENTRIES; i++) {
		size_t slot = begin(&journal, 100);

		ATF_CHECK_EQ(i, slot);
		journal_settle(&journal, slot, ENTRY_VOID);
	}
	journal_close(&journal);
}

ATF_TC_WITHOUT_HEAD(begin__all_open__oldest_is_overwritten);
ATF_TC_BODY(begin__all_open__oldest_is_overwritten, tc)
{
	struct journal journal;
	size_t first;
	uint64_t i;

	require_open(&journal);
	first = begin(&journal, 0);
	for (i = 1; i < JOURNAL_ENTRIES; i++)
		ATF_CHECK(begin(&journal, i) != first);
	ATF_CHECK_EQ((size_t)JOURNAL_ENTRIES,
	    count_state(&journal, ENTRY_OPEN));
	ATF_CHECK_EQ(first, begin(&journal, 99));
	ATF_CHECK_EQ(99, journal.entries[first].start);
	journal_close(&journal);
}

ATF_TC_WITHOUT_HEAD(begin__fdatasync_eio__retry);
ATF_TC_BODY(begin__fdatasync_eio__retry, tc)
{
	struct journal_entry entry = sample_entry();
	struct journal journal;
	struct failure why;
	size_t slot;

	require_open(&journal);
	calls_install();
	fail_nth(CALL_fdatasync, 1, EIO);
	ATF_CHECK_EQ(VERDICT_RETRY,
	    journal_begin(&journal, &entry, &slot, &why));
	ATF_CHECK_STREQ("journal", why.step);
	ATF_CHECK_EQ(EIO, why.sys_errno);
	ATF_CHECK_EQ(EX_TEMPFAIL, why.exit_code);
	journal_close(&journal);
}

ATF_TC_WITHOUT_HEAD(begin__write_cut_by_full_disk__retry_and_block_is_free);
ATF_TC_BODY(begin__write_cut_by_full_disk__retry_and_block_is_free, tc)
{
	struct journal_entry entry = sample_entry();
	struct journal journal;
	struct failure why;
	size_t slot;

	require_open(&journal);
	calls_install();
	call_plans[CALL_pwrite].most_bytes = 100;
	fail_nth(CALL_pwrite, 2, ENOSPC);
	ATF_CHECK_EQ(VERDICT_RETRY,
	    journal_begin(&journal, &entry, &slot, &why));
	ATF_CHECK_STREQ("journal", why.step);
	ATF_CHECK_EQ(ENOSPC, why.sys_errno);
	journal_close(&journal);
	require_open(&journal);
	ATF_CHECK_EQ((size_t)JOURNAL_ENTRIES,
	    count_state(&journal, ENTRY_FREE));
	journal_close(&journal);
}

ATF_TC_WITHOUT_HEAD(settle__write_fails__entry_as_it_was);
ATF_TC_BODY(settle__write_fails__entry_as_it_was, tc)
{
	struct journal journal;
	size_t slot;

	require_open(&journal);
	slot = begin(&journal, 0);
	calls_install();
	fail_always(CALL_pwrite, EIO);
	journal_settle(&journal, slot, ENTRY_DONE);
	journal_close(&journal);
	calls_reset();
	require_open(&journal);
	ATF_CHECK_EQ(ENTRY_OPEN, journal.entries[slot].state);
	journal_close(&journal);
}

/* ---- Files that are not as we leave them -------------------------------- */

ATF_TC_WITHOUT_HEAD(open__short_file__rest_is_free);
ATF_TC_BODY(open__short_file__rest_is_free, tc)
{
	struct journal journal;
	size_t i;

	require_open(&journal);
	for (i = 0; i < JOURNAL_ENTRIES; i++)
		(void)begin(&journal, i);
	journal_close(&journal);
	ATF_REQUIRE_EQ(0, truncate(file, 3 * JOURNAL_BLOCK + 100));

	require_open(&journal);
	ATF_CHECK_EQ((size_t)3, count_state(&journal, ENTRY_OPEN));
	ATF_CHECK_EQ((size_t)JOURNAL_ENTRIES - 3,
	    count_state(&journal, ENTRY_FREE));
	ATF_CHECK_EQ((size_t)3, begin(&journal, 1));
	journal_close(&journal);
	require_open(&journal);
	ATF_CHECK_EQ((size_t)4, count_state(&journal, ENTRY_OPEN));
	journal_close(&journal);
}

ATF_TC_WITHOUT_HEAD(open__empty_file__used);
ATF_TC_BODY(open__empty_file__used, tc)
{
	struct journal journal;

	file_text(file, "");
	require_open(&journal);
	ATF_CHECK_EQ((size_t)JOURNAL_ENTRIES,
	    count_state(&journal, ENTRY_FREE));
	(void)begin(&journal, 0);
	journal_close(&journal);
	require_open(&journal);
	ATF_CHECK_EQ((size_t)1, count_state(&journal, ENTRY_OPEN));
	journal_close(&journal);
}

ATF_TC_WITHOUT_HEAD(open__rule_off__none);
ATF_TC_BODY(open__rule_off__none, tc)
{
	struct journal journal;
	struct journal_entry entry = sample_entry();
	struct failure why;
	size_t slot;

	calls_install();
	ATF_CHECK_EQ(VERDICT_OK, open_as(&journal, JOURNAL_OFF, true, &why));
	ATF_CHECK_EQ(-1, journal.fd);
	ATF_CHECK_EQ(VERDICT_OK, journal_begin(&journal, &entry, &slot, &why));
	journal_settle(&journal, slot, ENTRY_DONE);
	journal_close(&journal);
	ATF_CHECK_STREQ("", calls_trail);
	ATF_CHECK(!file_exists(file));
}

ATF_TC_WITHOUT_HEAD(open__missing_and_not_to_be_made__none);
ATF_TC_BODY(open__missing_and_not_to_be_made__none, tc)
{
	struct journal journal;
	struct failure why;

	ATF_CHECK_EQ(VERDICT_OK, open_as(&journal, JOURNAL_AUTO, false, &why));
	ATF_CHECK_EQ(-1, journal.fd);
	ATF_CHECK_EQ(VERDICT_OK,
	    open_as(&journal, JOURNAL_REQUIRE, false, &why));
	ATF_CHECK_EQ(-1, journal.fd);
	ATF_CHECK(!file_exists(file));
}

/* What lies at the journal's name is not used, not changed, and no reason to
 * refuse mail unless a journal is required. */
static void
check_foreign(const char *what)
{
	struct journal journal;
	struct failure why;
	struct stat before;
	struct stat after;

	ATF_REQUIRE_EQ(0, lstat(file, &before));
	ATF_CHECK_EQ_MSG(VERDICT_OK,
	    open_as(&journal, JOURNAL_AUTO, true, &why), "%s", what);
	ATF_CHECK_EQ_MSG(-1, journal.fd, "%s", what);
	ATF_CHECK_EQ_MSG(VERDICT_RETRY,
	    open_as(&journal, JOURNAL_REQUIRE, true, &why), "%s", what);
	ATF_CHECK_STREQ("journal", why.step);
	ATF_CHECK_STREQ(file, why.subject);
	ATF_CHECK_EQ(EX_TEMPFAIL, why.exit_code);
	ATF_CHECK_EQ(-1, journal.fd);
	ATF_REQUIRE_EQ(0, lstat(file, &after));
	ATF_CHECK_EQ(before.st_ino, after.st_ino);
	ATF_CHECK_EQ(before.st_size, after.st_size);
}

ATF_TC_WITHOUT_HEAD(open__symlink__not_followed);
ATF_TC_BODY(open__symlink__not_followed, tc)
{
	file_text("target", "precious");
	ATF_REQUIRE_EQ(0, symlink("target", file));
	check_foreign("symlink");
	ATF_CHECK(file_holds("target", SPAN("precious")));
}

ATF_TC_WITHOUT_HEAD(open__dangling_symlink__nothing_made);
ATF_TC_BODY(open__dangling_symlink__nothing_made, tc)
{
	ATF_REQUIRE_EQ(0, symlink("target", file));
	check_foreign("dangling symlink");
	ATF_CHECK(!file_exists("target"));
}

ATF_TC_WITHOUT_HEAD(open__fifo__no_waiting);
ATF_TC_BODY(open__fifo__no_waiting, tc)
{
	ATF_REQUIRE_EQ(0, mkfifo(file, 0600));
	check_foreign("FIFO");
}

ATF_TC_WITHOUT_HEAD(open__hard_link__not_used);
ATF_TC_BODY(open__hard_link__not_used, tc)
{
	file_text("target", "precious");
	ATF_REQUIRE_EQ(0, link("target", file));
	check_foreign("hard link");
	ATF_CHECK(file_holds("target", SPAN("precious")));
}

static void
unlink_journal(void)
{
	ATF_REQUIRE_EQ(0, unlink(file));
}

static void
link_target(void)
{
	ATF_REQUIRE_EQ(0, link("target", file));
}

/* One name when the file is looked at, and two when the path is. */
ATF_TC_WITHOUT_HEAD(open__hard_link_that_comes_and_goes__not_used);
ATF_TC_BODY(open__hard_link_that_comes_and_goes__not_used, tc)
{
	struct journal journal;
	struct failure why;

	file_text("target", "precious");
	link_target();
	calls_install();
	hook_nth(CALL_fstat, 1, unlink_journal);
	hook_nth(CALL_fstatat, 1, link_target);
	ATF_CHECK_EQ(
	    VERDICT_OK, open_as(&journal, JOURNAL_AUTO, true, &why));
	ATF_CHECK_EQ(-1, journal.fd);
	ATF_CHECK(file_holds("target", SPAN("precious")));
}

/* Another delivery could not find it: no reason to go without one. */
ATF_TC_WITHOUT_HEAD(open__removed_meanwhile__retry);
ATF_TC_BODY(open__removed_meanwhile__retry, tc)
{
	struct journal journal;
	struct failure why;

	file_text(file, "");
	calls_install();
	hook_nth(CALL_fstat, 1, unlink_journal);
	ATF_CHECK_EQ(
	    VERDICT_RETRY, open_as(&journal, JOURNAL_AUTO, true, &why));
	ATF_CHECK_STREQ("journal", why.step);
	ATF_CHECK_EQ(-1, journal.fd);
}

ATF_TC(open__owned_by_another__not_used);
ATF_TC_HEAD(open__owned_by_another__not_used, tc)
{
	atf_tc_set_md_var(tc, "require.user", "root");
}
ATF_TC_BODY(open__owned_by_another__not_used, tc)
{
	file_text(file, "");
	ATF_REQUIRE_EQ(0, chown(file, 12345, 12345));
	check_foreign("other owner");
}

/* In a shared spool anybody could stop another's mail like that. */
ATF_TC_WITHOUT_HEAD(open__folder__not_used);
ATF_TC_BODY(open__folder__not_used, tc)
{
	ATF_REQUIRE_EQ(0, mkdir(file, 0700));
	check_foreign("folder");
}

ATF_TC_WITHOUT_HEAD(open__socket__not_used);
ATF_TC_BODY(open__socket__not_used, tc)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	memcpy(address.sun_path, file, sizeof(file));
	ATF_REQUIRE_EQ(0,
	    bind(fd, (struct sockaddr *)&address, sizeof(address)));
	check_foreign("socket");
	ATF_REQUIRE_EQ(0, close(fd));
}

static void
check_create_error(int sys_errno, bool is_let_pass)
{
	struct journal journal;
	struct failure why;

	calls_reset();
	fail_nth(CALL_openat, 2, sys_errno);
	ATF_CHECK_EQ_MSG(is_let_pass ? VERDICT_OK : VERDICT_RETRY,
	    open_as(&journal, JOURNAL_AUTO, true, &why), "%s",
	    strerror(sys_errno));
	ATF_CHECK_EQ(-1, journal.fd);
	fail_nth(CALL_openat, 2, sys_errno);
	ATF_CHECK_EQ(VERDICT_RETRY,
	    open_as(&journal, JOURNAL_REQUIRE, true, &why));
	ATF_CHECK_STREQ("journal", why.step);
	ATF_CHECK_EQ(sys_errno, why.sys_errno);
	ATF_CHECK(!file_exists(file));
}

ATF_TC_WITHOUT_HEAD(create__forbidden__auto_goes_without);
ATF_TC_BODY(create__forbidden__auto_goes_without, tc)
{
	calls_install();
	check_create_error(EACCES, true);
	check_create_error(EPERM, true);
	check_create_error(EROFS, true);
}

/* A full disk or a broken one is no answer to "may there be a journal?" */
ATF_TC_WITHOUT_HEAD(create__not_possible_now__retry);
ATF_TC_BODY(create__not_possible_now__retry, tc)
{
	calls_install();
	check_create_error(ENOSPC, false);
	check_create_error(EDQUOT, false);
	check_create_error(EIO, false);
	check_create_error(EMFILE, false);
}

ATF_TC_WITHOUT_HEAD(create__disk_full__nothing_left);
ATF_TC_BODY(create__disk_full__nothing_left, tc)
{
	struct journal journal;
	struct failure why;

	calls_install();
	fail_nth(CALL_pwrite, 1, ENOSPC);
	ATF_CHECK_EQ(VERDICT_RETRY,
	    open_as(&journal, JOURNAL_AUTO, true, &why));
	ATF_CHECK_EQ(ENOSPC, why.sys_errno);
	ATF_CHECK_STREQ("4.3.1", why.dsn);
	ATF_CHECK(!file_exists(file));
	call_plans[CALL_pwrite].most_bytes = 4096;
	fail_nth(CALL_pwrite, 2, ENOSPC);
	ATF_CHECK_EQ(VERDICT_RETRY,
	    open_as(&journal, JOURNAL_AUTO, true, &why));
	ATF_CHECK(!file_exists(file));
}

ATF_TC_WITHOUT_HEAD(create__sync_fails__retry);
ATF_TC_BODY(create__sync_fails__retry, tc)
{
	struct journal journal;
	struct failure why;

	calls_install();
	fail_nth(CALL_fsync, 1, EIO);
	ATF_CHECK_EQ(VERDICT_RETRY,
	    open_as(&journal, JOURNAL_AUTO, true, &why));
	ATF_CHECK_STREQ("fsync", why.step);
	ATF_REQUIRE_EQ(0, unlink(file));
	fail_nth(CALL_fsync, 2, EIO);
	ATF_CHECK_EQ(VERDICT_RETRY,
	    open_as(&journal, JOURNAL_AUTO, true, &why));
	ATF_CHECK_STREQ("fsync-dir", why.step);
}

ATF_TC_WITHOUT_HEAD(read__eio__retry);
ATF_TC_BODY(read__eio__retry, tc)
{
	struct journal journal;
	struct failure why;

	require_open(&journal);
	journal_close(&journal);
	calls_install();
	fail_nth(CALL_pread, 1, EIO);
	ATF_CHECK_EQ(VERDICT_RETRY,
	    open_as(&journal, JOURNAL_AUTO, true, &why));
	ATF_CHECK_STREQ("journal", why.step);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, block__any_entry__comes_back);
	ATF_TP_ADD_TC(tp, block__any_entry__a_line_of_text);
	ATF_TP_ADD_TC(tp, block__first_format__read_without_marks);
	ATF_TP_ADD_TC(tp, block__longest_from_line__room_for_some_marks);
	ATF_TP_ADD_TC(tp, block__from_line_longer_than_any__cut);
	ATF_TP_ADD_TC(tp, block__one_byte_changed__free);
	ATF_TP_ADD_TC(tp, block__torn_between_two_entries__free);
	ATF_TP_ADD_TC(tp, block__not_written_by_us__free);
	ATF_TP_ADD_TC(tp, block__unknown_state__free);
	ATF_TP_ADD_TC(tp, open__nothing_there__whole_file_of_mode_0600);
	ATF_TP_ADD_TC(tp, open__nothing_there__file_and_folder_are_synced);
	ATF_TP_ADD_TC(tp, open__there_already__not_synced_again);
	ATF_TP_ADD_TC(tp, begin__each_entry__one_write_and_one_fdatasync);
	ATF_TP_ADD_TC(tp, begin__opened_again__entry_is_there);
	ATF_TP_ADD_TC(tp, begin__any_number__sequence_grows);
	ATF_TP_ADD_TC(tp, begin__some_open__settled_ones_are_overwritten);
	ATF_TP_ADD_TC(tp, begin__settled_ones__oldest_is_overwritten);
	ATF_TP_ADD_TC(tp, begin__all_open__oldest_is_overwritten);
	ATF_TP_ADD_TC(tp, begin__fdatasync_eio__retry);
	ATF_TP_ADD_TC(tp, begin__write_cut_by_full_disk__retry_and_block_is_free);
	ATF_TP_ADD_TC(tp, settle__write_fails__entry_as_it_was);
	ATF_TP_ADD_TC(tp, open__short_file__rest_is_free);
	ATF_TP_ADD_TC(tp, open__empty_file__used);
	ATF_TP_ADD_TC(tp, open__rule_off__none);
	ATF_TP_ADD_TC(tp, open__missing_and_not_to_be_made__none);
	ATF_TP_ADD_TC(tp, open__symlink__not_followed);
	ATF_TP_ADD_TC(tp, open__dangling_symlink__nothing_made);
	ATF_TP_ADD_TC(tp, open__fifo__no_waiting);
	ATF_TP_ADD_TC(tp, open__hard_link__not_used);
	ATF_TP_ADD_TC(tp, open__hard_link_that_comes_and_goes__not_used);
	ATF_TP_ADD_TC(tp, open__removed_meanwhile__retry);
	ATF_TP_ADD_TC(tp, open__owned_by_another__not_used);
	ATF_TP_ADD_TC(tp, open__folder__not_used);
	ATF_TP_ADD_TC(tp, open__socket__not_used);
	ATF_TP_ADD_TC(tp, create__forbidden__auto_goes_without);
	ATF_TP_ADD_TC(tp, create__not_possible_now__retry);
	ATF_TP_ADD_TC(tp, create__disk_full__nothing_left);
	ATF_TP_ADD_TC(tp, create__sync_fails__retry);
	ATF_TP_ADD_TC(tp, read__eio__retry);
	return atf_no_error();
}
