#include <sys/stat.h>

#include <atf-c.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "mbox/deliver.h"
#include "tests/support/files.h"
#include "tests/support/mbox_bytes.h"
#include "tests/support/mbox_calls.h"
#include "tests/support/mbox_delivery.h"
#include "tests/support/slow.h"
#include "tests/support/spans.h"

#define OLD "From bob@example.org Mon Nov 13 00:00:00 2023\nS: o\n\nold\n\n"
#define TEXT "Message-ID: <d@example.org>\nSubject: d\n\nFrom here\n"
#define QUOTED "Message-ID: <d@example.org>\nSubject: d\n\n>From here\n"
#define NOTE "Subject: a note\n\nx\n"

enum { MEMORY_BYTES = 1 << 20 };

static struct mbox where;
static struct mbox_delivery delivery;
static struct failure why;

static void
set_up(void)
{
	ATF_REQUIRE_EQ(0, mkdir("spool", 0700));
	ATF_REQUIRE_EQ(0, chdir("spool"));
	where = mbox_where();
}

static enum verdict
put(const char *text)
{
	return mbox_put(&delivery, &where, span_of(text), MEMORY_BYTES, &why);
}

static void
require_put(const char *text)
{
	enum verdict verdict = put(text);

	ATF_REQUIRE_EQ_MSG(VERDICT_OK, verdict, "%s: %s", why.step,
	    strerror(why.sys_errno));
}

/*
 * The box is before, then count records with this text; From_ lines, whose
 * time is that of the delivery, are only looked at.
 */
static void
check_box(const char *before, const char *text, int count)
{
	struct span whole = file_get("box");
	struct span rest = span_from(whole, strlen(before));
	int i;

	ATF_CHECK(span_starts(whole, before));
	for (i = 0; i < count; i++) {
		ATF_CHECK(
		    span_starts(span_line(&rest), "From ann@example.org "));
		ATF_CHECK_MSG(span_starts(rest, text), "record %d: %.*s", i,
		    (int)rest.size_bytes, rest.size_bytes ? rest.at : "");
		rest = span_from(rest, strlen(text));
		ATF_CHECK(span_equals(SPAN("\n"), span_line(&rest)));
	}
	ATF_CHECK_EQ((size_t)0, rest.size_bytes);
	free((void *)whole.at);
}

static void
check_deferred(const char *step)
{
	ATF_CHECK_STREQ(step, why.step);
	ATF_CHECK_EQ(EX_TEMPFAIL, why.exit_code);
	ATF_CHECK(!file_exists("box.lock"));
}

static enum journal_state
state_of(size_t slot)
{
	struct journal journal;
	struct box box = { .where = &where,
		.euid = geteuid(),
		.dir_fd = folder_fd("."),
		.name = "box" };

	ATF_REQUIRE_EQ(VERDICT_OK, journal_open(&journal, &box, false, &why));
	ATF_REQUIRE_EQ(0, close(box.dir_fd));
	journal_close(&journal);
	return journal.entries[slot].state;
}

/* ---- What is written ---------------------------------------------------- */

ATF_TC_WITHOUT_HEAD(deliver__new_box__one_record_and_a_journal);
ATF_TC_BODY(deliver__new_box__one_record_and_a_journal, tc)
{
	set_up();
	require_put(TEXT);
	check_box("", QUOTED, 1);
	ATF_CHECK_EQ(file_size("box"), delivery.size_bytes);
	ATF_CHECK_EQ(2, folder_count("."));
	ATF_CHECK(file_exists(".box.mda"));
	ATF_CHECK_EQ(ENTRY_DONE, state_of(delivery.slot));
}

ATF_TC_WITHOUT_HEAD(deliver__again_and_again__record_behind_record);
ATF_TC_BODY(deliver__again_and_again__record_behind_record, tc)
{
	int i;

	set_up();
	file_text("box", OLD);
	for (i = 1; i <= 40; i++) {
		require_put(TEXT);
		check_box(OLD, QUOTED, i);
	}
	ATF_CHECK_EQ(2, folder_count("."));
}

static void
check_lead(const char *before, const char *lfs)
{
	char expected[200];

	file_text("box", before);
	require_put(TEXT);
	(void)snprintf(expected, sizeof(expected), "%s%s", before, lfs);
	check_box(expected, QUOTED, 1);
}

ATF_TC_WITHOUT_HEAD(deliver__any_end__an_empty_line_before_the_record);
ATF_TC_BODY(deliver__any_end__an_empty_line_before_the_record, tc)
{
	set_up();
	check_lead("", "");
	check_lead("x", "\n\n");
	check_lead("xy", "\n\n");
	check_lead("xyz", "\n\n");
	check_lead("x\n", "\n");
	check_lead("xy\n", "\n");
	check_lead("\n", "");
	check_lead("x\n\n", "");
	check_lead("\n\n", "");
	check_lead("x\r\n", "\n");
	check_lead("x\n\r\n", "");
	check_lead("x\r\n\r\n", "");
	check_lead("\r\n", "\n");
	check_lead("x\n\r", "\n\n");
	check_lead(OLD "torn in the mid", "\n\n");
}

ATF_TC_WITHOUT_HEAD(deliver__spilled__same_bytes);
ATF_TC_BODY(deliver__spilled__same_bytes, tc)
{
	struct bytes text = { NULL, 0, 0 };

	set_up();
	bytes_text(&text, "Message-ID: <s@example.org>\n\n");
	while (text.used_bytes < 100 * 1000)
		bytes_text(&text, "a line of the body\n");
	file_text("box", OLD);
	ATF_CHECK_EQ(VERDICT_OK,
	    mbox_put(&delivery, &where, bytes_span(&text), 4096, &why));
	check_box(OLD, text.at, 1);
	ATF_CHECK_EQ(2, folder_count("."));
	bytes_free(&text);
}

/* ---- In which order ----------------------------------------------------- */

#define LOCK "openat fcntl_lock openat write close linkat fstatat unlinkat "
#define LOOK "fstat fstatat "
#define UNLOCK "close fstatat unlinkat "
#define SETTLE "pread pwrite close close "

ATF_TC_WITHOUT_HEAD(order__box_is_known__one_fdatasync_and_one_write);
ATF_TC_BODY(order__box_is_known__one_fdatasync_and_one_write, tc)
{
	struct message message;
	char expected[512];

	set_up();
	require_put(TEXT);
	mbox_message(&message, SPAN(NOTE), MEMORY_BYTES);
	delivery.message = &message;
	calls_install();
	ATF_CHECK_EQ(VERDICT_OK, mbox_run(&delivery, &why));
	(void)snprintf(expected, sizeof(expected),
	    "openat " LOCK "%s" LOOK "openat fstat fstatat pread pread "
	    "pwrite fdatasync write lseek futimens " UNLOCK SETTLE,
	    delivery.box.is_shared ? "close openat fcntl_lock " : "");
	ATF_CHECK_STREQ(expected, calls_trail);
	mbox_message_end(&message);
}

ATF_TC_WITHOUT_HEAD(order__new_box__folder_is_synced_before_the_write);
ATF_TC_BODY(order__new_box__folder_is_synced_before_the_write, tc)
{
	const char *write_at;
	const char *sync_at;

	set_up();
	where.journal = JOURNAL_OFF;
	calls_install();
	require_put(TEXT);
	sync_at = strstr(calls_trail, "fsync-dir ");
	write_at = strstr(calls_trail, "write lseek ");
	ATF_CHECK_MSG(sync_at != NULL && write_at != NULL && sync_at < write_at,
	    "%s", calls_trail);
}

/* Whoever has replaced the box has not synced its name. */
ATF_TC_WITHOUT_HEAD(order__box_was_replaced__folder_is_synced);
ATF_TC_BODY(order__box_was_replaced__folder_is_synced, tc)
{
	set_up();
	require_put(TEXT);
	file_text("new", OLD);
	ATF_REQUIRE_EQ(0, rename("new", "box"));
	calls_install();
	require_put(TEXT);
	ATF_CHECK_MSG(strstr(calls_trail, "fsync-dir ") != NULL, "%s",
	    calls_trail);
}

/* Its inode number may be that of the box removed before. */
ATF_TC_WITHOUT_HEAD(order__box_was_removed__folder_is_synced);
ATF_TC_BODY(order__box_was_removed__folder_is_synced, tc)
{
	struct message message;

	set_up();
	require_put(TEXT);
	mbox_message(&message, SPAN(TEXT), MEMORY_BYTES);
	delivery.message = &message;
	ATF_REQUIRE_EQ(0, unlink("box"));
	calls_install();
	ATF_CHECK_EQ(VERDICT_OK, mbox_run(&delivery, &why));
	mbox_message_end(&message);
	ATF_CHECK_MSG(strstr(calls_trail, "fsync-dir ") != NULL, "%s",
	    calls_trail);
	check_box("", QUOTED, 1);
}

ATF_TC_WITHOUT_HEAD(order__message_still_to_be_read__no_lock_is_held);
ATF_TC_BODY(order__message_still_to_be_read__no_lock_is_held, tc)
{
	struct bytes text = { NULL, 0, 0 };
	const char *last_read;
	const char *at;

	set_up();
	bytes_text(&text, "Subject: large\n\n");
	bytes_fill(&text, 'x', 1000 * 1000);
	calls_install();
	ATF_CHECK_EQ(VERDICT_OK,
	    mbox_put(&delivery, &where, bytes_span(&text), 4096, &why));
	for (last_read = at = calls_trail; (at = strstr(at, " read ")) != NULL;
	     last_read = at++)
		;
	ATF_CHECK_MSG(last_read > calls_trail &&
		strstr(calls_trail, "fcntl_lock ") > last_read,
	    "%s", calls_trail);
	bytes_free(&text);
}

static void
check_times(void)
{
	struct stat st;

	ATF_REQUIRE_EQ(0, stat("box", &st));
	ATF_CHECK_MSG(st.st_atime < st.st_mtime, "atime %lld, mtime %lld",
	    (long long)st.st_atime, (long long)st.st_mtime);
}

ATF_TC_WITHOUT_HEAD(times__after_a_delivery__new_mail_is_seen);
ATF_TC_BODY(times__after_a_delivery__new_mail_is_seen, tc)
{
	struct timespec times[2] = { { 1000, 0 }, { 2000, 0 } };
	struct stat st;

	set_up();
	require_put(TEXT);
	check_times();
	require_put(TEXT);
	check_times();
	ATF_REQUIRE_EQ(0, utimensat(AT_FDCWD, "box", times, 0));
	require_put(TEXT);
	ATF_REQUIRE_EQ(0, stat("box", &st));
	ATF_CHECK_EQ(1000, st.st_atime);
	times[0].tv_sec = 4000000000;
	ATF_REQUIRE_EQ(0, utimensat(AT_FDCWD, "box", times, 0));
	require_put(TEXT);
	check_times();
}

ATF_TC_WITHOUT_HEAD(times__cannot_be_set__delivered_all_the_same);
ATF_TC_BODY(times__cannot_be_set__delivered_all_the_same, tc)
{
	set_up();
	calls_install();
	fail_always(CALL_futimens, EPERM);
	require_put(TEXT);
	check_box("", QUOTED, 1);
}

/* ---- Failures ----------------------------------------------------------- */

/* Takes so many bytes of the mbox, and then no more. */
static size_t room_bytes;
static int room_errno;

static ssize_t
write_room(int fd, const void *data, size_t size_bytes)
{
	if ((fcntl(fd, F_GETFL) & O_APPEND) == 0)
		return real_sys->write(fd, data, size_bytes);
	if (room_bytes == 0) {
		errno = room_errno;
		return -1;
	}
	if (size_bytes > room_bytes)
		size_bytes = room_bytes;
	room_bytes -= size_bytes;
	return real_sys->write(fd, data, size_bytes);
}

/* Whether data are on the disk plays no part here, and takes its time. */
static int
open_unsynced(int at_fd, const char *path, int flags, mode_t mode)
{
	return real_sys->openat(at_fd, path, flags & ~O_SYNC, mode);
}

static int
sync_nothing(int fd)
{
	(void)fd;
	return 0;
}

static void
make_quick(void)
{
	noted_calls.openat = open_unsynced;
	noted_calls.fsync = sync_nothing;
	noted_calls.fdatasync = sync_nothing;
	noted_calls.write = write_room;
}

/* A delivery of one message, over and over again. */
static struct message same_message_in_hand;

static enum verdict
put_in_hand(void)
{
	memset(&delivery, 0, sizeof(delivery));
	memset(&why, 0, sizeof(why));
	calls_trail[0] = '\0';
	delivery.where = &where;
	delivery.message = &same_message_in_hand;
	return mbox_run(&delivery, &why);
}

ATF_TC(full_disk__after_each_byte_of_64_kib__as_before);
ATF_TC_HEAD(full_disk__after_each_byte_of_64_kib__as_before, tc)
{
	atf_tc_set_md_var(tc, "timeout", "600");
}
ATF_TC_BODY(full_disk__after_each_byte_of_64_kib__as_before, tc)
{
	static const int errors[] = { ENOSPC, EDQUOT, EFBIG };
	struct bytes text = { NULL, 0, 0 };
	size_t cases = 0;
	size_t at;
	/* Where each instruction is translated, all take an hour. */
	size_t step = is_slow() ? 97 : 1;
	enum verdict verdict;

	set_up();
	bytes_text(&text, "Message-ID: <f@example.org>\n\n");
	while (text.used_bytes < 64 * 1024)
		bytes_text(&text, "From the beginning of a line\n");
	file_text("box", OLD);
	mbox_message(&same_message_in_hand, bytes_span(&text), MEMORY_BYTES);
	calls_install();
	make_quick();
	for (at = 0;; at += step, cases++) {
		room_bytes = at;
		room_errno = errors[cases % 3];
		verdict = put_in_hand();
		if (verdict == VERDICT_OK)
			break;
		ATF_REQUIRE_EQ(VERDICT_RETRY, verdict);
		ATF_REQUIRE_STREQ("write", why.step);
		ATF_REQUIRE_EQ(room_errno, why.sys_errno);
		ATF_REQUIRE_EQ(EX_TEMPFAIL, why.exit_code);
		ATF_REQUIRE(!why.residue);
		ATF_REQUIRE_MSG(file_holds("box", SPAN(OLD)), "full after %zu",
		    at);
		ATF_REQUIRE_EQ(2, folder_count("."));
	}
	(void)printf("%zu cases\n", cases);
	ATF_CHECK((long long)at >= delivery.size_bytes);
	ATF_CHECK((long long)(at - step) < delivery.size_bytes);
	ATF_CHECK(at > 64 * 1024);
	mbox_message_end(&same_message_in_hand);
	bytes_free(&text);
}

/* Neither written nor cut off again: the next delivery does that. */
ATF_TC_WITHOUT_HEAD(full_disk__cut_fails_too__cut_by_the_next);
ATF_TC_BODY(full_disk__cut_fails_too__cut_by_the_next, tc)
{
	size_t at;

	set_up();
	calls_install();
	make_quick();
	for (at = 1; at < sizeof(TEXT); at++) {
		file_text("box", OLD);
		room_bytes = at;
		room_errno = ENOSPC;
		fail_nth(CALL_ftruncate, 1, EIO);
		ATF_REQUIRE_EQ(VERDICT_RETRY, put(TEXT));
		check_deferred("write");
		ATF_CHECK(why.residue);
		ATF_CHECK_EQ((long long)(sizeof(OLD) - 1 + at),
		    file_size("box"));
		ATF_CHECK_EQ(ENTRY_OPEN, state_of(delivery.slot));
		room_bytes = SIZE_MAX;
		require_put(at % 2 == 0 ? TEXT : NOTE);
		ATF_CHECK_EQ((long long)at, delivery.repair.cut_bytes);
		check_box(OLD, at % 2 == 0 ? QUOTED : NOTE, 1);
	}
}

/* ---- What the sender's next try finds ----------------------------------- */

static void
fail_close_of_box(void)
{
	fail_nth(CALL_close, 1, EIO);
	call_plans[CALL_close].is_late = true;
}

ATF_TC_WITHOUT_HEAD(close__fails__residue_and_witness_for_the_next_try);
ATF_TC_BODY(close__fails__residue_and_witness_for_the_next_try, tc)
{
	set_up();
	file_text("box", OLD);
	calls_install();
	hook_nth(CALL_futimens, 1, fail_close_of_box);
	ATF_REQUIRE_EQ(VERDICT_RETRY, put(TEXT));
	check_deferred("close");
	ATF_CHECK(why.residue);
	ATF_CHECK_EQ(ENTRY_OPEN, state_of(delivery.slot));
	calls_reset();

	require_put(NOTE); /* another message comes before the retry */
	require_put(TEXT);
	ATF_CHECK(delivery.repair.is_witness);
	ATF_CHECK_EQ(ENTRY_DONE, state_of(delivery.slot));
	ATF_CHECK_EQ((long long)sizeof(QUOTED "\n") - 1 +
		(long long)strlen(delivery.record.from_line),
	    delivery.size_bytes);
	ATF_CHECK_MSG(strstr(calls_trail, "fsync futimens ") != NULL, "%s",
	    calls_trail);

	require_put(TEXT); /* its sender has been told: this is another */
	ATF_CHECK(!delivery.repair.is_witness);
}

ATF_TC_WITHOUT_HEAD(witness__sync_fails__retry_and_still_open);
ATF_TC_BODY(witness__sync_fails__retry_and_still_open, tc)
{
	set_up();
	calls_install();
	hook_nth(CALL_futimens, 1, fail_close_of_box);
	ATF_REQUIRE_EQ(VERDICT_RETRY, put(TEXT));
	fail_nth(CALL_fsync, 1, EIO);
	ATF_CHECK_EQ(VERDICT_RETRY, put(TEXT));
	check_deferred("fsync");
	ATF_CHECK_EQ(ENTRY_OPEN, state_of(delivery.slot));
	check_box("", QUOTED, 1);
	require_put(TEXT);
	check_box("", QUOTED, 1);
}

ATF_TC_WITHOUT_HEAD(settle__fails__same_message_is_a_witness);
ATF_TC_BODY(settle__fails__same_message_is_a_witness, tc)
{
	set_up();
	require_put(NOTE);
	calls_install();
	fail_nth(CALL_pwrite, 2, EIO);
	require_put(TEXT);
	ATF_CHECK_EQ(ENTRY_OPEN, state_of(delivery.slot));
	require_put(TEXT);
	ATF_CHECK(delivery.repair.is_witness);
}

static void
store_message(const char *text)
{
	struct message message;

	mbox_message(&message, span_of(text), MEMORY_BYTES);
	delivery.where = &where;
	delivery.message = &message;
	ATF_REQUIRE_EQ(VERDICT_OK, mbox_open(&delivery, &why));
	ATF_REQUIRE_EQ(VERDICT_OK, mbox_store(&delivery, &why));
	mbox_message_end(&message);
}

ATF_TC_WITHOUT_HEAD(store__not_settled__same_message_is_a_witness);
ATF_TC_BODY(store__not_settled__same_message_is_a_witness, tc)
{
	set_up();
	store_message(TEXT);
	ATF_CHECK(!file_exists("box.lock"));
	mbox_close(&delivery); /* the sender could not be told */
	ATF_CHECK_EQ(ENTRY_OPEN, state_of(delivery.slot));
	store_message(TEXT);
	ATF_CHECK(delivery.repair.is_witness);
	mbox_settle(&delivery);
	mbox_close(&delivery);
	ATF_CHECK_EQ(ENTRY_DONE, state_of(delivery.slot));
	check_box("", QUOTED, 1);
}

ATF_TC_WITHOUT_HEAD(journal__fails__retry_and_box_as_before);
ATF_TC_BODY(journal__fails__retry_and_box_as_before, tc)
{
	set_up();
	file_text("box", OLD);
	require_put(TEXT);
	calls_install();
	fail_nth(CALL_fdatasync, 1, EIO);
	ATF_CHECK_EQ(VERDICT_RETRY, put(NOTE));
	check_deferred("journal");
	check_box(OLD, QUOTED, 1);
	require_put(TEXT);
	fail_nth(CALL_pwrite, 1, ENOSPC);
	ATF_CHECK_EQ(VERDICT_RETRY, put(NOTE));
	check_deferred("journal");
	check_box(OLD, QUOTED, 2);
	require_put(TEXT);
	check_box(OLD, QUOTED, 3);
}

ATF_TC_WITHOUT_HEAD(journal__off__no_file_and_a_record_all_the_same);
ATF_TC_BODY(journal__off__no_file_and_a_record_all_the_same, tc)
{
	set_up();
	where.journal = JOURNAL_OFF;
	file_text("box", OLD "torn");
	require_put(TEXT);
	check_box(OLD "torn\n\n", QUOTED, 1);
	ATF_CHECK_EQ(1, folder_count("."));
}

ATF_TC_WITHOUT_HEAD(read__end_of_box_unreadable__retry);
ATF_TC_BODY(read__end_of_box_unreadable__retry, tc)
{
	set_up();
	file_text("box", OLD);
	calls_install();
	fail_nth(CALL_pread, 2, EIO);
	ATF_CHECK_EQ(VERDICT_RETRY, put(TEXT));
	check_deferred("pread");
	ATF_CHECK(file_holds("box", SPAN(OLD)));
}

ATF_TC_WITHOUT_HEAD(sync__folder_fails__retry_and_nothing_written);
ATF_TC_BODY(sync__folder_fails__retry_and_nothing_written, tc)
{
	set_up();
	where.journal = JOURNAL_OFF;
	file_text("box", OLD);
	calls_install();
	fail_nth(CALL_fsync, 1, EIO);
	ATF_CHECK_EQ(VERDICT_RETRY, put(TEXT));
	check_deferred("fsync-dir");
	ATF_CHECK(file_holds("box", SPAN(OLD)));
	fail_nth(CALL_fsync, 1, EINVAL);
	ATF_CHECK_EQ(VERDICT_RETRY, put(TEXT));
	check_deferred("fsync-dir-unsupported");
	where.sync.is_folder_required = false;
	fail_nth(CALL_fsync, 1, EINVAL);
	require_put(TEXT);
	ATF_CHECK(delivery.is_folder_unsynced);
}

/* ---- Others, who take no lock of ours ----------------------------------- */

static void
append_foreign(void)
{
	int fd = open("box", O_WRONLY | O_APPEND);

	ATF_REQUIRE_EQ(9, write(fd, "foreign\n\n", 9));
	ATF_REQUIRE_EQ(0, close(fd));
}

static void
hook_write_of_box(void)
{
	hook_nth(CALL_write, 1, append_foreign);
}

ATF_TC_WITHOUT_HEAD(moved__foreign_bytes_in_front__whole_all_the_same);
ATF_TC_BODY(moved__foreign_bytes_in_front__whole_all_the_same, tc)
{
	set_up();
	file_text("box", OLD);
	calls_install();
	hook_nth(CALL_fdatasync, 1, hook_write_of_box);
	require_put(TEXT);
	check_box(OLD "foreign\n\n", QUOTED, 1);
}

static void
cut_write_of_box(void)
{
	call_plans[CALL_write].most_bytes = 60;
	hook_nth(CALL_write, 2, append_foreign);
}

ATF_TC_WITHOUT_HEAD(moved__foreign_bytes_inside__retry_and_not_cut);
ATF_TC_BODY(moved__foreign_bytes_inside__retry_and_not_cut, tc)
{
	struct span before;
	struct span after;

	set_up();
	file_text("box", OLD);
	calls_install();
	hook_nth(CALL_fdatasync, 1, cut_write_of_box);
	ATF_CHECK_EQ(VERDICT_RETRY, put(TEXT));
	check_deferred("append-moved");
	ATF_CHECK(why.residue);
	ATF_CHECK(strstr(calls_trail, "ftruncate") == NULL);
	calls_reset();
	before = file_get("box");
	require_put(TEXT);
	ATF_CHECK_EQ(0, delivery.repair.cut_bytes);
	after = file_get("box");
	ATF_CHECK(span_starts(after, before.at));
	check_box(before.at, QUOTED, 1);
	free((void *)before.at);
	free((void *)after.at);
}

/* ---- Signals ------------------------------------------------------------ */

static void
send_term(void)
{
	ATF_REQUIRE_EQ(0, raise(SIGTERM));
}

ATF_TC_WITHOUT_HEAD(signal__before_the_write__nothing_written);
ATF_TC_BODY(signal__before_the_write__nothing_written, tc)
{
	set_up();
	file_text("box", OLD);
	calls_install();
	interrupt_start(100);
	hook_nth(CALL_fdatasync, 1, send_term);
	ATF_CHECK_EQ(VERDICT_RETRY, put(TEXT));
	check_deferred("signal");
	ATF_CHECK(file_holds("box", SPAN(OLD)));
}

/* Nothing will be written, so the entry must not wait for anything. */
ATF_TC_WITHOUT_HEAD(signal__before_the_write__entry_is_settled);
ATF_TC_BODY(signal__before_the_write__entry_is_settled, tc)
{
	set_up();
	file_text("box", OLD);
	calls_install();
	interrupt_start(100);
	hook_nth(CALL_fdatasync, 1, send_term);
	ATF_CHECK_EQ(VERDICT_RETRY, put(TEXT));
	ATF_CHECK(state_of(delivery.slot) != ENTRY_OPEN);
}

static void
hook_append(void)
{
	hook_nth(CALL_write, 1, send_term);
}

ATF_TC_WITHOUT_HEAD(signal__during_the_write__delivered);
ATF_TC_BODY(signal__during_the_write__delivered, tc)
{
	set_up();
	file_text("box", OLD);
	calls_install();
	interrupt_start(100);
	hook_nth(CALL_fdatasync, 1, hook_append);
	require_put(TEXT);
	check_box(OLD, QUOTED, 1);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, deliver__new_box__one_record_and_a_journal);
	ATF_TP_ADD_TC(tp, deliver__again_and_again__record_behind_record);
	ATF_TP_ADD_TC(tp, deliver__any_end__an_empty_line_before_the_record);
	ATF_TP_ADD_TC(tp, deliver__spilled__same_bytes);
	ATF_TP_ADD_TC(tp, order__box_is_known__one_fdatasync_and_one_write);
	ATF_TP_ADD_TC(tp, order__new_box__folder_is_synced_before_the_write);
	ATF_TP_ADD_TC(tp, order__box_was_replaced__folder_is_synced);
	ATF_TP_ADD_TC(tp, order__box_was_removed__folder_is_synced);
	ATF_TP_ADD_TC(tp, order__message_still_to_be_read__no_lock_is_held);
	ATF_TP_ADD_TC(tp, times__after_a_delivery__new_mail_is_seen);
	ATF_TP_ADD_TC(tp, times__cannot_be_set__delivered_all_the_same);
	ATF_TP_ADD_TC(tp, full_disk__after_each_byte_of_64_kib__as_before);
	ATF_TP_ADD_TC(tp, full_disk__cut_fails_too__cut_by_the_next);
	ATF_TP_ADD_TC(tp, close__fails__residue_and_witness_for_the_next_try);
	ATF_TP_ADD_TC(tp, witness__sync_fails__retry_and_still_open);
	ATF_TP_ADD_TC(tp, settle__fails__same_message_is_a_witness);
	ATF_TP_ADD_TC(tp, store__not_settled__same_message_is_a_witness);
	ATF_TP_ADD_TC(tp, journal__fails__retry_and_box_as_before);
	ATF_TP_ADD_TC(tp, journal__off__no_file_and_a_record_all_the_same);
	ATF_TP_ADD_TC(tp, read__end_of_box_unreadable__retry);
	ATF_TP_ADD_TC(tp, sync__folder_fails__retry_and_nothing_written);
	ATF_TP_ADD_TC(tp, moved__foreign_bytes_in_front__whole_all_the_same);
	ATF_TP_ADD_TC(tp, moved__foreign_bytes_inside__retry_and_not_cut);
	ATF_TP_ADD_TC(tp, signal__before_the_write__nothing_written);
	ATF_TP_ADD_TC(tp, signal__before_the_write__entry_is_settled);
	ATF_TP_ADD_TC(tp, signal__during_the_write__delivered);
	return atf_no_error();
}
