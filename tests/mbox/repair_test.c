#include <sys/stat.h>

#include <atf-c.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/checksum.h"
#include "base/clock.h"
#include "mbox/repair.h"
#include "tests/support/files.h"
#include "tests/support/mbox_bytes.h"
#include "tests/support/mbox_calls.h"
#include "tests/support/mbox_delivery.h"
#include "tests/support/spans.h"

#define FROM "From ann@example.org Tue Nov 14 22:13:20 2023"
#define MESSAGE                                            \
	"Message-ID: <m@example.org>\nSubject: repair\n\n" \
	"12:34\nGreetings From Paris,\n>From the start\n"
#define RECORD FROM "\n" MESSAGE "\n"
#define OLD "From bob@example.org Mon Nov 13 00:00:00 2023\nS: o\n\nold\n\n"
#define FOREIGN \
	"From eve@example.org Tue Nov 14 22:13:21 2023\nS: f\n\nforeign\n\n"

static struct mbox where;

/* ---- A box as a crash leaves it, and the entry about it ------------------ */

static struct journal_entry
entry_at(size_t start, size_t lead)
{
	struct journal_entry entry = { .state = ENTRY_OPEN };

	entry.sequence = 1;
	entry.start = start;
	entry.lead = lead;
	entry.length = sizeof(RECORD) - 1;
	entry.sum = checksum(SPAN(RECORD));
	entry.when = (uint64_t)clock_wall().tv_sec;
	memcpy(entry.from_line, FROM, sizeof(FROM));
	entry.marks.room = journal_mark_room(FROM);
	marks_make(&entry.marks, SPAN(RECORD), (off_t)(start + lead), true);
	return entry;
}

static void
open_box(struct box *box)
{
	memset(box, 0, sizeof(*box));
	where = mbox_where();
	box->where = &where;
	box->euid = geteuid();
	box->dir_fd = folder_fd(".");
	box->fd = open("box", O_RDWR | O_APPEND | O_CLOEXEC);
	ATF_REQUIRE(box->fd != -1);
	ATF_REQUIRE_EQ(0, fstat(box->fd, &box->st));
	memcpy(box->name, "box", 4);
}

static void
end_box(struct box *box)
{
	ATF_REQUIRE_EQ(0, close(box->fd));
	ATF_REQUIRE_EQ(0, close(box->dir_fd));
}

static enum repair_finding
look(struct span content, const struct journal_entry *entry)
{
	struct journal_entry here = *entry;
	enum repair_finding finding;
	struct box box;

	file_put("box", content);
	open_box(&box);
	if (here.ino == 0)
		here.ino = (uint64_t)box.st.st_ino;
	finding = repair_look(&box, &here);
	end_box(&box);
	return finding;
}

/* OLD, then count bytes of the record, then tail. */
static enum repair_finding
look_at(size_t count, const char *tail)
{
	struct journal_entry entry = entry_at(sizeof(OLD) - 1, 0);
	struct bytes bytes = { NULL, 0, 0 };
	enum repair_finding finding;

	bytes_text(&bytes, OLD);
	bytes_add(&bytes, RECORD, count);
	bytes_text(&bytes, tail);
	finding = look(bytes_span(&bytes), &entry);
	bytes_free(&bytes);
	return finding;
}

enum { WHOLE = sizeof(RECORD) - 1, START = sizeof(OLD) - 1 };

/* ---- repair_look -------------------------------------------------------- */

ATF_TC_WITHOUT_HEAD(look__record_there__whole);
ATF_TC_BODY(look__record_there__whole, tc)
{
	ATF_CHECK_EQ(FOUND_WHOLE, look_at(WHOLE, ""));
}

ATF_TC_WITHOUT_HEAD(look__whole_with_others_behind__whole);
ATF_TC_BODY(look__whole_with_others_behind__whole, tc)
{
	ATF_CHECK_EQ(FOUND_WHOLE, look_at(WHOLE, FOREIGN));
	ATF_CHECK_EQ(FOUND_WHOLE, look_at(WHOLE, "x"));
}

ATF_TC_WITHOUT_HEAD(look__cut_at_each_byte__torn);
ATF_TC_BODY(look__cut_at_each_byte__torn, tc)
{
	size_t at;

	ATF_CHECK_EQ(FOUND_NOTHING, look_at(0, ""));
	for (at = 1; at < WHOLE; at++)
		ATF_CHECK_EQ_MSG(FOUND_TORN, look_at(at, ""), "cut at %zu", at);
}

/* A reader may have done that. */
ATF_TC_WITHOUT_HEAD(look__each_byte_changed__foreign);
ATF_TC_BODY(look__each_byte_changed__foreign, tc)
{
	struct journal_entry entry = entry_at(0, 0);
	char record[sizeof(RECORD)];
	size_t at;

	for (at = 0; at < WHOLE; at++) {
		memcpy(record, RECORD, sizeof(record));
		record[at] ^= 1;
		ATF_CHECK_EQ_MSG(FOUND_FOREIGN,
		    look((struct span){ record, WHOLE }, &entry), "at %zu", at);
	}
}

enum { BLOCK = 512 };

/* The record behind so many bytes, with NULs from here to there in the file. */
static enum repair_finding
look_with_nuls(size_t start, size_t from, size_t to)
{
	struct journal_entry entry = entry_at(start, 0);
	char content[2 * BLOCK];

	memset(content, 'x', start);
	memcpy(content + start, RECORD, WHOLE);
	memset(content + from, 0, to - from);
	return look((struct span){ content, start + WHOLE }, &entry);
}

/* Size is there, data are not: in the first block, in the last, in both. */
ATF_TC_WITHOUT_HEAD(look__nuls_where_a_block_never_arrived__torn);
ATF_TC_BODY(look__nuls_where_a_block_never_arrived__torn, tc)
{
	size_t start;

	for (start = BLOCK - WHOLE + 1; start < BLOCK; start++) {
		ATF_CHECK_EQ_MSG(FOUND_TORN,
		    look_with_nuls(start, start, BLOCK), "%zu", start);
		ATF_CHECK_EQ_MSG(FOUND_TORN,
		    look_with_nuls(start, BLOCK, start + WHOLE), "%zu", start);
		ATF_CHECK_EQ_MSG(FOUND_TORN,
		    look_with_nuls(start, start, start + WHOLE), "%zu", start);
	}
}

/* They are part of a message. */
ATF_TC_WITHOUT_HEAD(look__nuls_within_a_block__foreign);
ATF_TC_BODY(look__nuls_within_a_block__foreign, tc)
{
	size_t from;

	for (from = BLOCK + 1; from < BLOCK + WHOLE - 1; from++)
		ATF_CHECK_EQ_MSG(FOUND_FOREIGN,
		    look_with_nuls(BLOCK, from, BLOCK + WHOLE - 1), "%zu",
		    from);
}

/* The rest of the block is there: no disk leaves half of one. */
ATF_TC_WITHOUT_HEAD(look__nuls_before_the_end_of_a_block__foreign);
ATF_TC_BODY(look__nuls_before_the_end_of_a_block__foreign, tc)
{
	ATF_CHECK_EQ(FOUND_FOREIGN,
	    look_with_nuls(BLOCK - 100, BLOCK - 50, BLOCK - 1));
}

ATF_TC_WITHOUT_HEAD(look__lead_in_front__counted);
ATF_TC_BODY(look__lead_in_front__counted, tc)
{
	struct journal_entry one = entry_at(1, 1);
	struct journal_entry two = entry_at(1, 2);
	struct journal_entry three = entry_at(1, 3);

	ATF_CHECK_EQ(FOUND_WHOLE, look(SPAN("x\n" RECORD), &one));
	ATF_CHECK_EQ(FOUND_WHOLE, look(SPAN("x\n\n" RECORD), &two));
	ATF_CHECK_EQ(FOUND_TORN, look(SPAN("x\n\n" FROM), &two));
	ATF_CHECK_EQ(FOUND_TORN, look(SPAN("x\n"), &two));
	ATF_CHECK_EQ(FOUND_TORN, look(SPAN("x\0\0"), &two));
	ATF_CHECK_EQ(FOUND_FOREIGN, look(SPAN("x\n" FROM), &two));
	ATF_CHECK_EQ(FOUND_FOREIGN, look(SPAN("x\n\n\n" FROM), &three));
}

ATF_TC_WITHOUT_HEAD(look__settled_entry__other);
ATF_TC_BODY(look__settled_entry__other, tc)
{
	struct journal_entry entry = entry_at(0, 0);

	entry.state = ENTRY_DONE;
	ATF_CHECK_EQ(FOUND_OTHER, look(SPAN(FROM), &entry));
	entry.state = ENTRY_VOID;
	ATF_CHECK_EQ(FOUND_OTHER, look(SPAN(FROM), &entry));
	entry.state = ENTRY_FREE;
	ATF_CHECK_EQ(FOUND_OTHER, look(SPAN(FROM), &entry));
}

ATF_TC_WITHOUT_HEAD(look__other_inode__other);
ATF_TC_BODY(look__other_inode__other, tc)
{
	struct journal_entry entry = entry_at(0, 0);

	entry.ino = 1;
	ATF_CHECK_EQ(FOUND_OTHER, look(SPAN(FROM), &entry));
	ATF_CHECK_EQ(FOUND_OTHER, look(SPAN(RECORD), &entry));
}

ATF_TC_WITHOUT_HEAD(look__file_shorter_than_before__nothing);
ATF_TC_BODY(look__file_shorter_than_before__nothing, tc)
{
	struct journal_entry entry = entry_at(1000, 0);

	ATF_CHECK_EQ(FOUND_NOTHING, look(SPAN(OLD), &entry));
	ATF_CHECK_EQ(FOUND_NOTHING, look(SPAN(""), &entry));
}

ATF_TC_WITHOUT_HEAD(look__file_rewritten__foreign);
ATF_TC_BODY(look__file_rewritten__foreign, tc)
{
	struct journal_entry entry = entry_at(10, 0);

	ATF_CHECK_EQ(FOUND_FOREIGN, look(SPAN(OLD), &entry));
	ATF_CHECK_EQ(FOUND_FOREIGN, look(SPAN(OLD RECORD), &entry));
}

ATF_TC_WITHOUT_HEAD(look__torn_then_foreign_on_own_line__foreign);
ATF_TC_BODY(look__torn_then_foreign_on_own_line__foreign, tc)
{
	size_t at;

	/* Behind the text these LFs would make the record whole. */
	for (at = 1; at < WHOLE - 2; at++) {
		ATF_CHECK_EQ_MSG(FOUND_FOREIGN, look_at(at, "\n" FOREIGN),
		    "cut at %zu", at);
		ATF_CHECK_EQ_MSG(FOUND_FOREIGN, look_at(at, "\n\n" FOREIGN),
		    "cut at %zu", at);
	}
}

ATF_TC_WITHOUT_HEAD(look__torn_then_foreign_glued__foreign);
ATF_TC_BODY(look__torn_then_foreign_glued__foreign, tc)
{
	size_t at;

	for (at = 1; at < WHOLE; at++)
		ATF_CHECK_EQ_MSG(FOUND_FOREIGN, look_at(at, FOREIGN),
		    "cut at %zu", at);
}

/* However little of the foreign one fits within the length of ours. */
ATF_TC_WITHOUT_HEAD(look__torn_then_short_foreign__foreign);
ATF_TC_BODY(look__torn_then_short_foreign__foreign, tc)
{
	size_t at;

	for (at = 1; at < WHOLE - 20; at++) {
		ATF_CHECK_EQ_MSG(FOUND_FOREIGN,
		    look_at(at, "From e Tue Nov 14 1:00"), "cut at %zu", at);
		ATF_CHECK_EQ_MSG(FOUND_FOREIGN,
		    look_at(at, "\nFrom eve 12:34\n\nx\n"), "cut at %zu", at);
	}
}

/* No line of ours begins so, with a time behind it or without. */
ATF_TC_WITHOUT_HEAD(look__torn_then_foreign_line_without_time__foreign);
ATF_TC_BODY(look__torn_then_foreign_line_without_time__foreign, tc)
{
	size_t at;

	for (at = 1; at < WHOLE - 20; at++)
		ATF_CHECK_EQ_MSG(FOUND_FOREIGN,
		    look_at(at, "\nFrom eve\n\nx\n"), "cut at %zu", at);
}

ATF_TC_WITHOUT_HEAD(look__foreign_where_nothing_was_written__foreign);
ATF_TC_BODY(look__foreign_where_nothing_was_written__foreign, tc)
{
	ATF_CHECK_EQ(FOUND_FOREIGN, look_at(0, FOREIGN));
	ATF_CHECK_EQ(FOUND_FOREIGN, look_at(0, "\n" FOREIGN));
	ATF_CHECK_EQ(FOUND_FOREIGN, look_at(0, "x"));
}

/*
 * We died before we wrote a byte, and another program then had a message by
 * the same sender in the same second: only its first line is like ours.
 */
ATF_TC_WITHOUT_HEAD(look__foreign_with_our_from_line__foreign);
ATF_TC_BODY(look__foreign_with_our_from_line__foreign, tc)
{
	ATF_CHECK_EQ(FOUND_FOREIGN, look_at(0, FROM "\nS: f\n\nx\n\n"));
	ATF_CHECK_EQ(FOUND_FOREIGN, look_at(0, FROM "\nS: f\n\nx\n"));
	ATF_CHECK_EQ(FOUND_FOREIGN, look_at(0, FROM "\n\n"));
	ATF_CHECK_EQ(FOUND_FOREIGN, look_at(0, FROM "\nS: f\n\nx"));
	ATF_CHECK_EQ(FOUND_FOREIGN,
	    look_at(0, FROM "\nMessage-ID: <m@example.org>\n\nx\n\n"));
}

/*
 * Our message without its last lines, by a sender whose messages nothing tells
 * apart: a message of its own, perhaps.
 */
ATF_TC_WITHOUT_HEAD(look__first_lines_of_unidentifiable__foreign);
ATF_TC_BODY(look__first_lines_of_unidentifiable__foreign, tc)
{
	struct journal_entry entry = entry_at(0, 0);
	static const char head[] =
	    FROM "\nMessage-ID: <m@example.org>\nSubject: repair\n";

	ATF_CHECK_EQ(FOUND_TORN, look(SPAN(head), &entry));
	ATF_CHECK_EQ(FOUND_TORN,
	    look((struct span){ RECORD, sizeof(head) }, &entry));
	marks_make(&entry.marks, SPAN(RECORD), 0, false);
	ATF_CHECK_EQ(FOUND_TORN, look(SPAN(head), &entry));
	ATF_CHECK_EQ(FOUND_FOREIGN,
	    look((struct span){ RECORD, sizeof(head) }, &entry));
	ATF_CHECK_EQ(FOUND_TORN,
	    look((struct span){ RECORD, sizeof(head) + 2 }, &entry));
}

/*
 * The sender was told, and a power cut then took that from the journal: what
 * a reader has made of the message is no torn piece.
 */
ATF_TC_WITHOUT_HEAD(look__edited_before_seen_whole__foreign);
ATF_TC_BODY(look__edited_before_seen_whole__foreign, tc)
{
	ATF_CHECK_EQ(FOUND_FOREIGN,
	    look_at(0, FROM "\nStatus: RO\n\nGreetings\n\n"));
	ATF_CHECK_EQ(FOUND_FOREIGN,
	    look_at(0, FROM "\nMessage-ID: <m@example.org>\n\n12:34\n\n"));
	ATF_CHECK_EQ(FOUND_FOREIGN,
	    look_at(0, FROM "\nStatus: RO\n\nGreet"));
}

/* From before there were marks: only what ends no line is certain. */
ATF_TC_WITHOUT_HEAD(look__entry_without_marks__cut_in_mid_line_only);
ATF_TC_BODY(look__entry_without_marks__cut_in_mid_line_only, tc)
{
	struct journal_entry entry = entry_at(0, 0);
	struct span piece = { RECORD, 0 };

	entry.marks.count = 0;
	for (piece.size_bytes = 1; piece.size_bytes < WHOLE;
	     piece.size_bytes++)
		ATF_CHECK_EQ_MSG(piece.at[piece.size_bytes - 1] == '\n'
			? FOUND_FOREIGN
			: FOUND_TORN,
		    look(piece, &entry), "%zu bytes", piece.size_bytes);
	ATF_CHECK_EQ(FOUND_WHOLE, look(SPAN(RECORD), &entry));
}

ATF_TC_WITHOUT_HEAD(look__longer_than_ours__foreign);
ATF_TC_BODY(look__longer_than_ours__foreign, tc)
{
	struct journal_entry entry = entry_at(0, 0);
	char record[WHOLE + 1];

	memcpy(record, RECORD, WHOLE);
	record[WHOLE - 3] = 'x';
	record[WHOLE] = '\n';
	ATF_CHECK_EQ(FOUND_FOREIGN,
	    look((struct span){ record, sizeof(record) }, &entry));
}

/* Whatever numbers an entry has, nothing outside the file is touched. */
ATF_TC_WITHOUT_HEAD(look__numbers_at_the_limits__nothing_but_the_record);
ATF_TC_BODY(look__numbers_at_the_limits__nothing_but_the_record, tc)
{
	static const uint64_t numbers[] = { 0, 1, 2, START, WHOLE,
		START + WHOLE, INT64_MAX, (uint64_t)INT64_MAX + 1, UINT64_MAX,
		UINT64_MAX - START, UINT64_MAX - WHOLE };
	enum { NUMBERS = sizeof(numbers) / sizeof(numbers[0]) };
	size_t i;
	size_t j;
	size_t k;

	for (i = 0; i < NUMBERS; i++)
		for (j = 0; j < NUMBERS; j++)
			for (k = 0; k < NUMBERS; k++) {
				struct journal_entry entry = entry_at(0, 0);
				enum repair_finding finding;

				entry.start = numbers[i];
				entry.lead = numbers[j];
				entry.length = numbers[k];
				finding = look(SPAN(OLD RECORD), &entry);
				ATF_CHECK_MSG(finding == FOUND_NOTHING ||
					finding == FOUND_FOREIGN ||
					numbers[i] + numbers[j] == START,
				    "%d for %zu %zu %zu", (int)finding, i, j,
				    k);
			}
}

ATF_TC_WITHOUT_HEAD(look__any__changes_nothing);
ATF_TC_BODY(look__any__changes_nothing, tc)
{
	calls_install();
	ATF_CHECK_EQ(FOUND_TORN, look_at(60, ""));
	ATF_CHECK_EQ(FOUND_WHOLE, look_at(WHOLE, ""));
	ATF_CHECK_STREQ("mmap mmap ", calls_trail);
}

/* ---- repair_run --------------------------------------------------------- */

/* Everything that a delivery has in hand when it looks for what was left. */
struct hand {
	struct box box;
	struct journal journal;
	struct message message;
	struct record record;
	struct repair repair;
};

static void
start(struct hand *hand, const char *text, struct span content)
{
	struct failure why;

	file_put("box", content);
	open_box(&hand->box);
	ATF_REQUIRE_EQ(VERDICT_OK,
	    journal_open(&hand->journal, &hand->box, true, &why));
	mbox_message(&hand->message, span_of(text), 65536);
	ATF_REQUIRE_EQ(VERDICT_OK,
	    record_make(&hand->record, &hand->message, MBOX_RD,
		hand->box.dir_fd, 0, &why));
}

static size_t
add(struct hand *hand, struct journal_entry entry)
{
	struct failure why;
	size_t slot;

	if (entry.ino == 0)
		entry.ino = (uint64_t)hand->box.st.st_ino;
	ATF_REQUIRE_EQ(VERDICT_OK,
	    journal_begin(&hand->journal, &entry, &slot, &why));
	return slot;
}

static enum verdict
run(struct hand *hand, struct failure *why)
{
	return repair_run(&hand->repair, &hand->box, &hand->journal,
	    &hand->record, why);
}

static void
require_run(struct hand *hand)
{
	struct failure why;

	ATF_REQUIRE_EQ(VERDICT_OK, run(hand, &why));
}

static void
finish(struct hand *hand)
{
	record_free(&hand->record);
	mbox_message_end(&hand->message);
	journal_close(&hand->journal);
	end_box(&hand->box);
}

/* What the journal on disk says now. */
static enum journal_state
state_of(size_t slot)
{
	enum journal_state state;
	struct journal journal;
	struct failure why;
	struct box box = { .where = &where,
		.euid = geteuid(),
		.dir_fd = folder_fd("."),
		.name = "box" };

	ATF_REQUIRE_EQ(VERDICT_OK, journal_open(&journal, &box, false, &why));
	state = journal.entries[slot].state;
	journal_close(&journal);
	ATF_REQUIRE_EQ(0, close(box.dir_fd));
	return state;
}

static const char other_text[] = "Message-ID: <other@example.org>\n\nx\n";

/* The one that RECORD holds, as its sender has it. */
static const char same_text[] =
    "Message-ID: <m@example.org>\nSubject: repair\n\n"
    "12:34\nGreetings From Paris,\nFrom the start\n";

ATF_TC_WITHOUT_HEAD(run__torn_end__cut_and_settled);
ATF_TC_BODY(run__torn_end__cut_and_settled, tc)
{
	struct hand hand;
	size_t slot;

	start(&hand, other_text, SPAN(OLD FROM "\nMess"));
	slot = add(&hand, entry_at(START, 0));
	require_run(&hand);
	ATF_CHECK(file_holds("box", SPAN(OLD)));
	ATF_CHECK_EQ((off_t)START, hand.box.st.st_size);
	ATF_CHECK_EQ((long long)sizeof(FROM) - 1 + 5, hand.repair.cut_bytes);
	ATF_CHECK(!hand.repair.is_witness);
	ATF_CHECK(hand.repair.is_folder_known);
	ATF_CHECK_EQ(ENTRY_VOID, state_of(slot));
	finish(&hand);
}

ATF_TC_WITHOUT_HEAD(run__torn_end__synced_before_it_is_settled);
ATF_TC_BODY(run__torn_end__synced_before_it_is_settled, tc)
{
	struct hand hand;

	start(&hand, other_text, SPAN(OLD FROM));
	(void)add(&hand, entry_at(START, 0));
	calls_install();
	require_run(&hand);
	ATF_CHECK_STREQ("mmap ftruncate fsync pwrite ", calls_trail);
	finish(&hand);
}

ATF_TC_WITHOUT_HEAD(run__cut_fails__retry_and_still_open);
ATF_TC_BODY(run__cut_fails__retry_and_still_open, tc)
{
	struct failure why;
	struct hand hand;
	size_t slot;

	start(&hand, other_text, SPAN(OLD FROM));
	slot = add(&hand, entry_at(START, 0));
	calls_install();
	fail_nth(CALL_ftruncate, 1, EIO);
	ATF_CHECK_EQ(VERDICT_RETRY, run(&hand, &why));
	ATF_CHECK_STREQ("ftruncate", why.step);
	fail_nth(CALL_fsync, 1, EIO);
	ATF_CHECK_EQ(VERDICT_RETRY, run(&hand, &why));
	ATF_CHECK_STREQ("fsync", why.step);
	ATF_CHECK_EQ(ENTRY_OPEN, state_of(slot));
	finish(&hand);
}

ATF_TC_WITHOUT_HEAD(run__foreign_end__not_touched);
ATF_TC_BODY(run__foreign_end__not_touched, tc)
{
	struct hand hand;
	size_t slot;

	start(&hand, other_text, SPAN(OLD FROM "\nMess" FOREIGN));
	slot = add(&hand, entry_at(START, 0));
	require_run(&hand);
	ATF_CHECK(file_holds("box", SPAN(OLD FROM "\nMess" FOREIGN)));
	ATF_CHECK_EQ(0, hand.repair.cut_bytes);
	ATF_CHECK_EQ(ENTRY_VOID, state_of(slot));
	finish(&hand);
}

/*
 * A system short of memory for a moment: what cannot be read is judged by a
 * later delivery. A whole message may well have a block of NULs.
 */
ATF_TC_WITHOUT_HEAD(run__cannot_be_read__not_touched_and_still_open);
ATF_TC_BODY(run__cannot_be_read__not_touched_and_still_open, tc)
{
	static const char nuls[1100];
	struct journal_entry entry = entry_at(0, 0);
	struct bytes box = { NULL, 0, 0 };
	struct hand hand;
	unsigned int nth;
	size_t slot;

	bytes_text(&box, FROM "\nMessage-ID: <m@example.org>\n\n");
	bytes_add(&box, nuls, sizeof(nuls));
	bytes_text(&box, "\n\n");
	entry.length = box.used_bytes;
	entry.sum = checksum(bytes_span(&box));
	marks_make(&entry.marks, bytes_span(&box), 0, true);
	calls_install();
	for (nth = 1; nth <= 2; nth++) {
		start(&hand, other_text, bytes_span(&box));
		slot = add(&hand, entry);
		fail_nth(CALL_mmap, 1, ENOMEM);
		call_plans[CALL_mmap].last += nth - 1;
		require_run(&hand);
		ATF_CHECK(file_holds("box", bytes_span(&box)));
		ATF_CHECK_EQ(ENTRY_OPEN, state_of(slot));
		ATF_CHECK(!hand.repair.is_folder_known);
		require_run(&hand);
		ATF_CHECK_EQ(ENTRY_WHOLE, state_of(slot));
		finish(&hand);
	}
	bytes_free(&box);
}

/* A torn end is still there, and still to be judged. */
static void
require_left_alone(struct hand *hand, size_t slot)
{
	require_run(hand);
	ATF_CHECK(file_holds("box", SPAN(OLD FROM)));
	ATF_CHECK_EQ(ENTRY_OPEN, state_of(slot));
}

ATF_TC_WITHOUT_HEAD(run__torn_end_cannot_be_read__cut_by_the_next);
ATF_TC_BODY(run__torn_end_cannot_be_read__cut_by_the_next, tc)
{
	struct hand hand;
	size_t slot;

	start(&hand, other_text, SPAN(OLD FROM));
	slot = add(&hand, entry_at(START, 0));
	calls_install();
	fail_nth(CALL_mmap, 1, ENOMEM);
	require_left_alone(&hand, slot);
	require_run(&hand);
	ATF_CHECK(file_holds("box", SPAN(OLD)));
	ATF_CHECK_EQ(ENTRY_VOID, state_of(slot));
	finish(&hand);
}

/* Then a copy is better than a loss. */
ATF_TC_WITHOUT_HEAD(run__witness_cannot_be_compared__no_witness);
ATF_TC_BODY(run__witness_cannot_be_compared__no_witness, tc)
{
	struct hand hand;
	size_t slot;

	start(&hand, same_text, SPAN(OLD RECORD));
	slot = add(&hand, entry_at(START, 0));
	calls_install();
	fail_nth(CALL_mmap, 2, ENOMEM);
	require_run(&hand);
	ATF_CHECK(!hand.repair.is_witness);
	ATF_CHECK_EQ(ENTRY_WHOLE, state_of(slot));
	require_run(&hand);
	ATF_CHECK(hand.repair.is_witness);
	finish(&hand);
}

ATF_TC_WITHOUT_HEAD(run__nothing_written__settled);
ATF_TC_BODY(run__nothing_written__settled, tc)
{
	struct hand hand;
	size_t slot;

	start(&hand, other_text, SPAN(OLD));
	slot = add(&hand, entry_at(START, 0));
	require_run(&hand);
	ATF_CHECK(file_holds("box", SPAN(OLD)));
	ATF_CHECK_EQ(ENTRY_VOID, state_of(slot));
	finish(&hand);
}

ATF_TC_WITHOUT_HEAD(run__torn_on_fuse__not_cut_and_still_open);
ATF_TC_BODY(run__torn_on_fuse__not_cut_and_still_open, tc)
{
	struct hand hand;
	size_t slot;

	start(&hand, other_text, SPAN(OLD FROM));
	hand.box.is_fuse = true;
	slot = add(&hand, entry_at(START, 0));
	require_left_alone(&hand, slot);
	finish(&hand);
}

ATF_TC_WITHOUT_HEAD(run__same_message_is_there__witness);
ATF_TC_BODY(run__same_message_is_there__witness, tc)
{
	struct hand hand;
	size_t slot;

	start(&hand, same_text, SPAN(OLD RECORD));
	slot = add(&hand, entry_at(START, 0));
	require_run(&hand);
	ATF_CHECK(hand.repair.is_witness);
	ATF_CHECK_EQ(slot, hand.repair.witness);
	ATF_CHECK(file_holds("box", SPAN(OLD RECORD)));
	ATF_CHECK_EQ(ENTRY_OPEN, state_of(slot));
	finish(&hand);
}

/* The same, with others' messages behind it. */
ATF_TC_WITHOUT_HEAD(run__same_message_before_others__witness);
ATF_TC_BODY(run__same_message_before_others__witness, tc)
{
	struct hand hand;

	start(&hand, same_text, SPAN(OLD RECORD FOREIGN));
	(void)add(&hand, entry_at(START, 0));
	require_run(&hand);
	ATF_CHECK(hand.repair.is_witness);
	finish(&hand);
}

ATF_TC_WITHOUT_HEAD(run__other_message_is_there__kept_whole);
ATF_TC_BODY(run__other_message_is_there__kept_whole, tc)
{
	struct hand hand;
	size_t slot;

	start(&hand, other_text, SPAN(OLD RECORD));
	slot = add(&hand, entry_at(START, 0));
	require_run(&hand);
	ATF_CHECK(!hand.repair.is_witness);
	ATF_CHECK(file_holds("box", SPAN(OLD RECORD)));
	ATF_CHECK_EQ(ENTRY_WHOLE, state_of(slot));
	finish(&hand);
}

/* Two equal notes from a script may well be two. */
ATF_TC_WITHOUT_HEAD(run__same_but_not_identifiable__no_witness);
ATF_TC_BODY(run__same_but_not_identifiable__no_witness, tc)
{
	struct hand hand;
	struct span record;
	struct journal_entry entry;

	start(&hand, "Subject: note\n\nx\n", SPAN(OLD));
	record = hand.record.bytes;
	ATF_REQUIRE_EQ((ssize_t)record.size_bytes,
	    write(hand.box.fd, record.at, record.size_bytes));
	ATF_REQUIRE_EQ(0, fstat(hand.box.fd, &hand.box.st));
	entry = entry_at(START, 0);
	entry.length = record.size_bytes;
	entry.sum = checksum(record);
	(void)add(&hand, entry);
	require_run(&hand);
	ATF_CHECK(!hand.repair.is_witness);
	finish(&hand);
}

ATF_TC_WITHOUT_HEAD(run__whole_and_five_days_old__forgotten);
ATF_TC_BODY(run__whole_and_five_days_old__forgotten, tc)
{
	struct journal_entry entry = entry_at(START, 0);
	struct hand hand;
	size_t young;
	size_t old;

	start(&hand, other_text, SPAN(OLD RECORD));
	entry.when = (uint64_t)clock_wall().tv_sec - 5 * 86400 + 3600;
	young = add(&hand, entry);
	entry.when = (uint64_t)clock_wall().tv_sec - 5 * 86400 - 1;
	old = add(&hand, entry);
	require_run(&hand);
	ATF_CHECK_EQ(ENTRY_WHOLE, state_of(young));
	ATF_CHECK_EQ(ENTRY_DONE, state_of(old));
	ATF_CHECK(file_holds("box", SPAN(OLD RECORD)));
	finish(&hand);
}

/* The newer one hides the older: then nothing of that can be cut. */
ATF_TC_WITHOUT_HEAD(run__two_torn__newest_first);
ATF_TC_BODY(run__two_torn__newest_first, tc)
{
	struct hand hand;
	size_t older;
	size_t newer;

	start(&hand, other_text, SPAN(OLD FROM "\n" FROM "\nMess"));
	older = add(&hand, entry_at(START, 0));
	newer = add(&hand, entry_at(START + sizeof(FROM), 0));
	require_run(&hand);
	ATF_CHECK(file_holds("box", SPAN(OLD)));
	ATF_CHECK_EQ(ENTRY_VOID, state_of(older));
	ATF_CHECK_EQ(ENTRY_VOID, state_of(newer));
	finish(&hand);
}

/*
 * A whole record is not torn because a reader has changed it since: here it
 * was found whole, and then a reader took its last line away.
 */
ATF_TC_WITHOUT_HEAD(run__whole_then_shortened_by_a_reader__not_cut);
ATF_TC_BODY(run__whole_then_shortened_by_a_reader__not_cut, tc)
{
	static const char edited[] = OLD FROM "\nStatus: RO\n\nGreetings\n\n";
	struct hand hand;
	int fd;

	start(&hand, other_text, SPAN(OLD RECORD));
	(void)add(&hand, entry_at(START, 0));
	require_run(&hand);
	fd = open("box", O_WRONLY | O_TRUNC);
	ATF_REQUIRE_EQ((ssize_t)sizeof(edited) - 1,
	    write(fd, edited, sizeof(edited) - 1));
	ATF_REQUIRE_EQ(0, close(fd));
	ATF_REQUIRE_EQ(0, fstat(hand.box.fd, &hand.box.st));
	require_run(&hand);
	ATF_CHECK_EQ(0, hand.repair.cut_bytes);
	ATF_CHECK(file_holds("box", SPAN(edited)));
	finish(&hand);
}

/*
 * The number of a removed file is soon another's: an empty mbox is a new one,
 * and its name was never made durable.
 */
ATF_TC_WITHOUT_HEAD(run__new_file_with_a_known_inode__folder_unknown);
ATF_TC_BODY(run__new_file_with_a_known_inode__folder_unknown, tc)
{
	struct hand hand;
	size_t slot;

	start(&hand, other_text, SPAN(""));
	slot = add(&hand, entry_at(0, 0));
	journal_settle(&hand.journal, slot, ENTRY_DONE);
	require_run(&hand);
	ATF_CHECK(!hand.repair.is_folder_known);
	finish(&hand);
}

/* So may one be that another program has filled since. */
ATF_TC_WITHOUT_HEAD(run__larger_file_with_a_known_inode__folder_unknown);
ATF_TC_BODY(run__larger_file_with_a_known_inode__folder_unknown, tc)
{
	struct hand hand;
	size_t slot;

	start(&hand, other_text, SPAN(FOREIGN FOREIGN FOREIGN FOREIGN));
	slot = add(&hand, entry_at(0, 0));
	journal_settle(&hand.journal, slot, ENTRY_DONE);
	require_run(&hand);
	ATF_CHECK(!hand.repair.is_folder_known);
	finish(&hand);
}

ATF_TC_WITHOUT_HEAD(run__ends_with_what_we_finished__folder_known);
ATF_TC_BODY(run__ends_with_what_we_finished__folder_known, tc)
{
	struct hand hand;
	size_t slot;

	start(&hand, other_text, SPAN(OLD RECORD));
	slot = add(&hand, entry_at(sizeof(OLD) - 1, 0));
	journal_settle(&hand.journal, slot, ENTRY_DONE);
	require_run(&hand);
	ATF_CHECK(hand.repair.is_folder_known);
	finish(&hand);
}

ATF_TC_WITHOUT_HEAD(run__no_journal__nothing_done);
ATF_TC_BODY(run__no_journal__nothing_done, tc)
{
	struct hand hand;

	start(&hand, other_text, SPAN(OLD FROM));
	calls_install();
	require_run(&hand);
	ATF_CHECK_STREQ("", calls_trail);
	ATF_CHECK(!hand.repair.is_folder_known);
	finish(&hand);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, look__record_there__whole);
	ATF_TP_ADD_TC(tp, look__whole_with_others_behind__whole);
	ATF_TP_ADD_TC(tp, look__cut_at_each_byte__torn);
	ATF_TP_ADD_TC(tp, look__each_byte_changed__foreign);
	ATF_TP_ADD_TC(tp, look__nuls_where_a_block_never_arrived__torn);
	ATF_TP_ADD_TC(tp, look__nuls_within_a_block__foreign);
	ATF_TP_ADD_TC(tp, look__nuls_before_the_end_of_a_block__foreign);
	ATF_TP_ADD_TC(tp, look__lead_in_front__counted);
	ATF_TP_ADD_TC(tp, look__settled_entry__other);
	ATF_TP_ADD_TC(tp, look__other_inode__other);
	ATF_TP_ADD_TC(tp, look__file_shorter_than_before__nothing);
	ATF_TP_ADD_TC(tp, look__file_rewritten__foreign);
	ATF_TP_ADD_TC(tp, look__torn_then_foreign_on_own_line__foreign);
	ATF_TP_ADD_TC(tp, look__torn_then_foreign_glued__foreign);
	ATF_TP_ADD_TC(tp, look__torn_then_short_foreign__foreign);
	ATF_TP_ADD_TC(tp, look__torn_then_foreign_line_without_time__foreign);
	ATF_TP_ADD_TC(tp, look__foreign_where_nothing_was_written__foreign);
	ATF_TP_ADD_TC(tp, look__foreign_with_our_from_line__foreign);
	ATF_TP_ADD_TC(tp, look__first_lines_of_unidentifiable__foreign);
	ATF_TP_ADD_TC(tp, look__edited_before_seen_whole__foreign);
	ATF_TP_ADD_TC(tp, look__entry_without_marks__cut_in_mid_line_only);
	ATF_TP_ADD_TC(tp, look__longer_than_ours__foreign);
	ATF_TP_ADD_TC(tp, look__numbers_at_the_limits__nothing_but_the_record);
	ATF_TP_ADD_TC(tp, look__any__changes_nothing);
	ATF_TP_ADD_TC(tp, run__torn_end__cut_and_settled);
	ATF_TP_ADD_TC(tp, run__torn_end__synced_before_it_is_settled);
	ATF_TP_ADD_TC(tp, run__cut_fails__retry_and_still_open);
	ATF_TP_ADD_TC(tp, run__foreign_end__not_touched);
	ATF_TP_ADD_TC(tp, run__cannot_be_read__not_touched_and_still_open);
	ATF_TP_ADD_TC(tp, run__torn_end_cannot_be_read__cut_by_the_next);
	ATF_TP_ADD_TC(tp, run__witness_cannot_be_compared__no_witness);
	ATF_TP_ADD_TC(tp, run__nothing_written__settled);
	ATF_TP_ADD_TC(tp, run__torn_on_fuse__not_cut_and_still_open);
	ATF_TP_ADD_TC(tp, run__same_message_is_there__witness);
	ATF_TP_ADD_TC(tp, run__same_message_before_others__witness);
	ATF_TP_ADD_TC(tp, run__other_message_is_there__kept_whole);
	ATF_TP_ADD_TC(tp, run__same_but_not_identifiable__no_witness);
	ATF_TP_ADD_TC(tp, run__whole_and_five_days_old__forgotten);
	ATF_TP_ADD_TC(tp, run__two_torn__newest_first);
	ATF_TP_ADD_TC(tp, run__whole_then_shortened_by_a_reader__not_cut);
	ATF_TP_ADD_TC(tp, run__new_file_with_a_known_inode__folder_unknown);
	ATF_TP_ADD_TC(tp, run__larger_file_with_a_known_inode__folder_unknown);
	ATF_TP_ADD_TC(tp, run__ends_with_what_we_finished__folder_known);
	ATF_TP_ADD_TC(tp, run__no_journal__nothing_done);
	return atf_no_error();
}
