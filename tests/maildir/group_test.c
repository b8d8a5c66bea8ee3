#include "maildir/group.h"

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
#include "tests/support/child.h"
#include "tests/support/faults.h"
#include "tests/support/files.h"
#include "tests/support/spans.h"

enum { BOXES = 3, LIMIT = 4096 };

#define TEXT "Message-ID: <a@b>\nSubject: x\n\nbody\n"

static struct maildir wheres[BOXES];
static struct maildir_delivery parts[BOXES];
static struct maildir_delivery *const deliveries[BOXES] = { &parts[0],
	&parts[1], &parts[2] };
static struct message message;
static struct maildir_group group = { .deliveries = deliveries,
	.count = BOXES };

static const char *const three[BOXES] = { "a", "b", "c" };

static struct message
read_message(struct span text)
{
	static const struct envelope nobody;
	static const struct trace_rules never = { TRACE_NEVER, TRACE_NEVER };
	struct message read;
	struct failure why;

	file_put("message", text);
	ATF_REQUIRE_EQ(VERDICT_OK,
	    message_open(&read, open("message", O_RDONLY),
		&(struct message_limits){ LIMIT, 0 }, &nobody, &never, &why));
	return read;
}

/* All from one message, each open in its box. */
static void
be_ready(const char *const *boxes, struct span text)
{
	struct failure why;
	size_t i;

	message = read_message(text);
	for (i = 0; i < BOXES; i++) {
		if (!file_exists(boxes[i]))
			box_make(boxes[i]);
		wheres[i] = (struct maildir){ boxes[i], NULL, NULL, true, true,
			{ true, AFTER_LINK_NEVER }, false };
		memset(&parts[i], 0, sizeof(parts[i]));
		parts[i].where = &wheres[i];
		parts[i].message = &message;
		ATF_REQUIRE_EQ(VERDICT_OK, maildir_open(&parts[i], &why));
	}
	if (real_sys == NULL)
		faults_install();
}

static int
count_in(const char *box, const char *inner)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "%s/%s", box, inner);
	return folder_count(path);
}

static bool
holds(const char *box, struct span text)
{
	char found[512];
	char path[64];

	(void)snprintf(path, sizeof(path), "%s/new", box);
	return file_holds(folder_only(path, found), text);
}

static ino_t
inode_in(const char *box)
{
	char found[512];
	char path[64];

	(void)snprintf(path, sizeof(path), "%s/new", box);
	return file_inode(folder_only(path, found));
}

static void
check_delivered(size_t part, const char *box, struct span text)
{
	ATF_CHECK_EQ(VERDICT_OK, parts[part].verdict);
	ATF_CHECK(holds(box, text));
	ATF_CHECK_EQ(0, count_in(box, "tmp"));
}

static void
check_refused(size_t part, const char *box, const char *step)
{
	ATF_CHECK_EQ(VERDICT_RETRY, parts[part].verdict);
	ATF_CHECK_STREQ(step, parts[part].why.step);
	ATF_CHECK_EQ(EX_TEMPFAIL, parts[part].why.exit_code);
	ATF_CHECK(!parts[part].why.residue);
	ATF_CHECK_EQ(0, count_in(box, "tmp"));
	ATF_CHECK_EQ(0, count_in(box, "new"));
}

static void
deliver(void)
{
	group_deliver(&group);
	group_settle(&group);
}

/* ---- All is well. ----------------------------------------------------- */

ATF_TC_WITHOUT_HEAD(deliver__three_boxes__whole_in_each);
ATF_TC_BODY(deliver__three_boxes__whole_in_each, tc)
{
	be_ready(three, SPAN(TEXT));
	deliver();
	check_delivered(0, "a", SPAN(TEXT));
	check_delivered(1, "b", SPAN(TEXT));
	check_delivered(2, "c", SPAN(TEXT));
}

/* Where in the trail is the first, or the last, call of a name? */
static long
first_of(const char *word)
{
	const char *at = strstr(trail, word);

	ATF_REQUIRE_MSG(at != NULL, "no %s in %s", word, trail);
	return at - trail;
}

static long
last_of(const char *word)
{
	const char *last = strstr(trail, word);
	const char *at;

	for (at = last; at != NULL; at = strstr(at + 1, word))
		last = at;
	ATF_REQUIRE_MSG(last != NULL, "no %s in %s", word, trail);
	return last - trail;
}

ATF_TC_WITHOUT_HEAD(deliver__three_boxes__phase_after_phase);
ATF_TC_BODY(deliver__three_boxes__phase_after_phase, tc)
{
	be_ready(three, SPAN(TEXT));
	deliver();
	ATF_CHECK(last_of("write ") < first_of(" fsync "));
	ATF_CHECK(last_of(" fsync ") < first_of(" linkat "));
	ATF_CHECK(last_of(" linkat ") < first_of(" fsync-dir "));
	ATF_CHECK(last_of(" fsync-dir ") < first_of(" unlinkat "));
	ATF_CHECK_EQ(3, calls_seen(CALL_FSYNC_FILE));
	ATF_CHECK_EQ(3, calls_seen(CALL_FSYNC_DIR));
}

ATF_TC_WITHOUT_HEAD(deliver__one_folder_twice__synced_once);
ATF_TC_BODY(deliver__one_folder_twice__synced_once, tc)
{
	static const char *const boxes[BOXES] = { "a", "b", "a" };

	be_ready(boxes, SPAN(TEXT));
	deliver();
	check_delivered(1, "b", SPAN(TEXT));
	ATF_CHECK_EQ(VERDICT_OK, parts[2].verdict);
	ATF_CHECK_EQ(2, count_in("a", "new"));
	ATF_CHECK_EQ(2, calls_seen(CALL_FSYNC_DIR));
}

static char large[1024 * 1024];

static struct span
large_text(void)
{
	struct span whole = { large, sizeof(large) };
	size_t i;

	for (i = 0; i < sizeof(large); i++)
		large[i] = i % 71 == 70 ? '\n' : (char)('a' + i % 23);
	memcpy(large, TEXT, strlen(TEXT));
	large[sizeof(large) - 1] = '\n';
	return whole;
}

ATF_TC_WITHOUT_HEAD(deliver__larger_than_memory__whole_in_each);
ATF_TC_BODY(deliver__larger_than_memory__whole_in_each, tc)
{
	be_ready(three, large_text());
	deliver();
	check_delivered(0, "a", large_text());
	check_delivered(1, "b", large_text());
	check_delivered(2, "c", large_text());
	ATF_CHECK(inode_in("a") != inode_in("b"));
}

ATF_TC_WITHOUT_HEAD(deliver__unsettled__witness_beside_each);
ATF_TC_BODY(deliver__unsettled__witness_beside_each, tc)
{
	be_ready(three, SPAN(TEXT));
	group_deliver(&group);
	ATF_CHECK(holds("a", SPAN(TEXT)));
	ATF_CHECK_EQ(1, count_in("a", "tmp"));
	ATF_CHECK_EQ(1, count_in("c", "tmp"));
}

/* ---- Each has its own verdict. ------------------------------------------ */

ATF_TC_WITHOUT_HEAD(deliver__one_disk_full__the_others_delivered);
ATF_TC_BODY(deliver__one_disk_full__the_others_delivered, tc)
{
	be_ready(three, SPAN(TEXT));
	fail_nth(CALL_WRITE, 2, ENOSPC);
	deliver();
	check_delivered(0, "a", SPAN(TEXT));
	check_refused(1, "b", "write");
	ATF_CHECK_STREQ("4.3.1", parts[1].why.dsn);
	check_delivered(2, "c", SPAN(TEXT));
}

ATF_TC_WITHOUT_HEAD(deliver__first_fsync_eio__fresh_file_for_that_one);
ATF_TC_BODY(deliver__first_fsync_eio__fresh_file_for_that_one, tc)
{
	be_ready(three, SPAN(TEXT));
	fail_nth(CALL_FSYNC_FILE, 1, EIO);
	deliver();
	check_delivered(0, "a", SPAN(TEXT));
	check_delivered(1, "b", SPAN(TEXT));
	check_delivered(2, "c", SPAN(TEXT));
	ATF_CHECK_EQ(4, calls_seen(CALL_FSYNC_FILE));
}

ATF_TC_WITHOUT_HEAD(deliver__fsync_eio_and_no_fresh_file__it_alone_refused);
ATF_TC_BODY(deliver__fsync_eio_and_no_fresh_file__it_alone_refused, tc)
{
	be_ready(three, SPAN(TEXT));
	fail_nth(CALL_FSYNC_FILE, 1, EIO);
	fail_nth(CALL_OPENAT, BOXES + 1, ENOSPC);
	deliver();
	check_refused(0, "a", "open");
	check_delivered(1, "b", SPAN(TEXT));
	check_delivered(2, "c", SPAN(TEXT));
	ATF_CHECK_EQ(BOXES, calls_seen(CALL_FSYNC_FILE));
}

ATF_TC_WITHOUT_HEAD(deliver__all_fsyncs_eio__nothing_left);
ATF_TC_BODY(deliver__all_fsyncs_eio__nothing_left, tc)
{
	be_ready(three, SPAN(TEXT));
	fail_always(CALL_FSYNC_FILE, EIO);
	deliver();
	check_refused(0, "a", "fsync");
	check_refused(1, "b", "fsync");
	check_refused(2, "c", "fsync");
	ATF_CHECK_EQ(6, calls_seen(CALL_FSYNC_FILE));
}

ATF_TC_WITHOUT_HEAD(deliver__one_link_fails__the_others_delivered);
ATF_TC_BODY(deliver__one_link_fails__the_others_delivered, tc)
{
	be_ready(three, SPAN(TEXT));
	fail_nth(CALL_LINKAT, 3, EIO);
	deliver();
	check_delivered(0, "a", SPAN(TEXT));
	check_delivered(1, "b", SPAN(TEXT));
	check_refused(2, "c", "link");
}

ATF_TC_WITHOUT_HEAD(deliver__one_folder_cannot_be_synced__it_alone_undone);
ATF_TC_BODY(deliver__one_folder_cannot_be_synced__it_alone_undone, tc)
{
	be_ready(three, SPAN(TEXT));
	fail_nth(CALL_FSYNC_DIR, 2, EIO);
	deliver();
	check_delivered(0, "a", SPAN(TEXT));
	check_refused(1, "b", "fsync-dir");
	check_delivered(2, "c", SPAN(TEXT));
}

ATF_TC_WITHOUT_HEAD(deliver__shared_folder_cannot_be_synced__both_undone);
ATF_TC_BODY(deliver__shared_folder_cannot_be_synced__both_undone, tc)
{
	static const char *const boxes[BOXES] = { "a", "b", "a" };

	be_ready(boxes, SPAN(TEXT));
	fail_nth(CALL_FSYNC_DIR, 1, EIO);
	deliver();
	check_refused(0, "a", "fsync-dir");
	check_delivered(1, "b", SPAN(TEXT));
	check_refused(2, "a", "fsync-dir");
}

ATF_TC_WITHOUT_HEAD(deliver__large_and_first_write_fails__no_part_anywhere);
ATF_TC_BODY(deliver__large_and_first_write_fails__no_part_anywhere, tc)
{
	be_ready(three, large_text());
	fail_nth(CALL_WRITE, 2, EDQUOT);
	deliver();
	check_refused(0, "a", "write");
	check_refused(1, "b", "write");
	check_refused(2, "c", "write");
}

ATF_TC_WITHOUT_HEAD(deliver__large_and_copy_cannot_be_read__that_one_refused);
ATF_TC_BODY(deliver__large_and_copy_cannot_be_read__that_one_refused, tc)
{
	be_ready(three, large_text());
	fail_nth(CALL_PREAD, 1, EIO);
	deliver();
	check_delivered(0, "a", large_text());
	check_refused(1, "b", "read");
	check_delivered(2, "c", large_text());
}

/* ---- All or none ------------------------------------------------------- */

ATF_TC_WITHOUT_HEAD(all_or_none__one_disk_full__nothing_anywhere);
ATF_TC_BODY(all_or_none__one_disk_full__nothing_anywhere, tc)
{
	group.is_all_or_none = true;
	be_ready(three, SPAN(TEXT));
	fail_nth(CALL_WRITE, 2, ENOSPC);
	deliver();
	check_refused(0, "a", "write");
	check_refused(1, "b", "write");
	check_refused(2, "c", "write");
	ATF_CHECK_EQ(0, calls_seen(CALL_LINKAT));
}

ATF_TC_WITHOUT_HEAD(all_or_none__last_folder_cannot_be_synced__all_undone);
ATF_TC_BODY(all_or_none__last_folder_cannot_be_synced__all_undone, tc)
{
	group.is_all_or_none = true;
	be_ready(three, SPAN(TEXT));
	fail_nth(CALL_FSYNC_DIR, 3, EIO);
	deliver();
	check_refused(0, "a", "fsync-dir");
	check_refused(1, "b", "fsync-dir");
	check_refused(2, "c", "fsync-dir");
}

/* ---- The gate ---------------------------------------------------------- */

static int asked;

static enum verdict
say_no(void *context, struct failure *why)
{
	(void)context;
	asked++;
	return failure_retry(why, "abandoned", "4.4.2", "sender");
}

static enum verdict
look_around(void *context, struct failure *why)
{
	(void)context;
	(void)why;
	asked++;
	ATF_CHECK_EQ(3, calls_seen(CALL_FSYNC_FILE));
	ATF_CHECK_EQ(0, calls_seen(CALL_LINKAT));
	return VERDICT_OK;
}

ATF_TC_WITHOUT_HEAD(gate__refuses__nothing_visible);
ATF_TC_BODY(gate__refuses__nothing_visible, tc)
{
	group.gate = say_no;
	be_ready(three, SPAN(TEXT));
	deliver();
	check_refused(0, "a", "abandoned");
	check_refused(1, "b", "abandoned");
	check_refused(2, "c", "abandoned");
	ATF_CHECK_EQ(1, asked);
}

ATF_TC_WITHOUT_HEAD(gate__all_sealed__asked_once_before_any_link);
ATF_TC_BODY(gate__all_sealed__asked_once_before_any_link, tc)
{
	group.gate = look_around;
	be_ready(three, SPAN(TEXT));
	deliver();
	check_delivered(2, "c", SPAN(TEXT));
	ATF_CHECK_EQ(1, asked);
}

ATF_TC_WITHOUT_HEAD(gate__nothing_left_to_commit__not_asked);
ATF_TC_BODY(gate__nothing_left_to_commit__not_asked, tc)
{
	group.gate = look_around;
	be_ready(three, SPAN(TEXT));
	fail_always(CALL_WRITE, ENOSPC);
	deliver();
	check_refused(2, "c", "write");
	ATF_CHECK_EQ(0, asked);
}

static enum verdict
be_stopped(void *context, struct failure *why)
{
	(void)context;
	(void)why;
	(void)raise(SIGTERM);
	(void)raise(SIGALRM);
	(void)raise(SIGALRM);
	(void)raise(SIGALRM); /* patience is over: left from the handler */
	return VERDICT_OK;
}

static void
be_stopped_while_staged(void)
{
	interrupt_start(60);
	deliver();
}

ATF_TC_WITHOUT_HEAD(signal__three_staged__all_removed_by_the_handler);
ATF_TC_BODY(signal__three_staged__all_removed_by_the_handler, tc)
{
	group.gate = be_stopped;
	be_ready(three, SPAN(TEXT));
	ATF_CHECK_EQ(
	    EX_TEMPFAIL, child_run(be_stopped_while_staged).exit_code);
	ATF_CHECK_EQ(0, count_in("a", "tmp"));
	ATF_CHECK_EQ(0, count_in("b", "tmp"));
	ATF_CHECK_EQ(0, count_in("c", "tmp"));
}

/* ---- One file for all -------------------------------------------------- */

ATF_TC_WITHOUT_HEAD(share__same_bytes__one_file_one_sync);
ATF_TC_BODY(share__same_bytes__one_file_one_sync, tc)
{
	group.may_share = true;
	be_ready(three, SPAN(TEXT));
	deliver();
	check_delivered(0, "a", SPAN(TEXT));
	check_delivered(1, "b", SPAN(TEXT));
	check_delivered(2, "c", SPAN(TEXT));
	ATF_CHECK_EQ(inode_in("a"), inode_in("b"));
	ATF_CHECK_EQ(inode_in("a"), inode_in("c"));
	ATF_CHECK_EQ(1, calls_seen(CALL_FSYNC_FILE));
}

ATF_TC_WITHOUT_HEAD(share__larger_than_memory__one_file);
ATF_TC_BODY(share__larger_than_memory__one_file, tc)
{
	group.may_share = true;
	be_ready(three, large_text());
	deliver();
	check_delivered(2, "c", large_text());
	ATF_CHECK_EQ(inode_in("a"), inode_in("c"));
}

ATF_TC_WITHOUT_HEAD(share__other_bytes__files_of_their_own);
ATF_TC_BODY(share__other_bytes__files_of_their_own, tc)
{
	struct message other;

	group.may_share = true;
	be_ready(three, SPAN(TEXT));
	other = read_message(SPAN("Subject: y\n\nbody\n"));
	parts[1].message = &other;
	deliver();
	check_delivered(0, "a", SPAN(TEXT));
	check_delivered(1, "b", SPAN("Subject: y\n\nbody\n"));
	ATF_CHECK_EQ(inode_in("a"), inode_in("c"));
	ATF_CHECK(inode_in("a") != inode_in("b"));
}

ATF_TC_WITHOUT_HEAD(share__links_refused__files_of_their_own);
ATF_TC_BODY(share__links_refused__files_of_their_own, tc)
{
	group.may_share = true;
	be_ready(three, SPAN(TEXT));
	fail_nth(CALL_LINKAT, 1, EXDEV);
	deliver();
	check_delivered(0, "a", SPAN(TEXT));
	check_delivered(1, "b", SPAN(TEXT));
	check_delivered(2, "c", SPAN(TEXT));
	ATF_CHECK(inode_in("a") != inode_in("b"));
	ATF_CHECK_EQ(inode_in("a"), inode_in("c"));
}

ATF_TC_WITHOUT_HEAD(share__fsync_eio__nobody_keeps_that_file);
ATF_TC_BODY(share__fsync_eio__nobody_keeps_that_file, tc)
{
	group.may_share = true;
	be_ready(three, SPAN(TEXT));
	fail_nth(CALL_FSYNC_FILE, 1, EIO);
	deliver();
	check_delivered(0, "a", SPAN(TEXT));
	check_delivered(1, "b", SPAN(TEXT));
	check_delivered(2, "c", SPAN(TEXT));
	ATF_CHECK_EQ(4, calls_seen(CALL_FSYNC_FILE));
}

ATF_TC_WITHOUT_HEAD(share__fsync_eio_not_in_memory__all_refused);
ATF_TC_BODY(share__fsync_eio_not_in_memory__all_refused, tc)
{
	group.may_share = true;
	be_ready(three, large_text());
	fail_nth(CALL_FSYNC_FILE, 1, EIO);
	deliver();
	check_refused(0, "a", "fsync");
	check_refused(1, "b", "fsync");
	check_refused(2, "c", "fsync");
}

/* Its other links prove nothing about the name that we wanted to make. */
ATF_TC_WITHOUT_HEAD(share__link_fails__that_one_refused);
ATF_TC_BODY(share__link_fails__that_one_refused, tc)
{
	group.may_share = true;
	be_ready(three, SPAN(TEXT));
	fail_nth(CALL_LINKAT, 4, EIO); /* behind two in tmp and one in new */
	deliver();
	check_delivered(0, "a", SPAN(TEXT));
	check_refused(1, "b", "link");
	check_delivered(2, "c", SPAN(TEXT));
}

/* ---- Again ------------------------------------------------------------- */

static void
deliver_and_die(void)
{
	group_deliver(&group);
}

static void
deliver_again(const char *const *boxes)
{
	size_t i;

	/* The locks go with the last descriptor that the child had too. */
	for (i = 0; i < BOXES; i++)
		maildir_close(&parts[i]);
	be_ready(boxes, SPAN(TEXT));
	deliver();
}

ATF_TC_WITHOUT_HEAD(again__died_before_settle__one_message_in_each);
ATF_TC_BODY(again__died_before_settle__one_message_in_each, tc)
{
	be_ready(three, SPAN(TEXT));
	ATF_REQUIRE_EQ(0, child_run(deliver_and_die).exit_code);
	ATF_REQUIRE_EQ(1, count_in("b", "tmp"));
	deliver_again(three);
	check_delivered(0, "a", SPAN(TEXT));
	check_delivered(1, "b", SPAN(TEXT));
	check_delivered(2, "c", SPAN(TEXT));
	ATF_CHECK(parts[1].leftover.witness[0] != '\0');
}

ATF_TC_WITHOUT_HEAD(again__died_before_settle_of_shared__one_in_each);
ATF_TC_BODY(again__died_before_settle_of_shared__one_in_each, tc)
{
	group.may_share = true;
	be_ready(three, SPAN(TEXT));
	ATF_REQUIRE_EQ(0, child_run(deliver_and_die).exit_code);
	deliver_again(three);
	check_delivered(0, "a", SPAN(TEXT));
	check_delivered(1, "b", SPAN(TEXT));
	check_delivered(2, "c", SPAN(TEXT));
}

static void
deliver_first_and_die(void)
{
	group.count = 1;
	group_deliver(&group);
}

/* One of two for the same box became visible: the other is still to come. */
ATF_TC_WITHOUT_HEAD(again__two_for_one_box__witness_counts_once);
ATF_TC_BODY(again__two_for_one_box__witness_counts_once, tc)
{
	static const char *const boxes[BOXES] = { "a", "a", "b" };

	be_ready(boxes, SPAN(TEXT));
	ATF_REQUIRE_EQ(0, child_run(deliver_first_and_die).exit_code);
	ATF_REQUIRE_EQ(1, count_in("a", "new"));
	deliver_again(boxes);
	ATF_CHECK_EQ(VERDICT_OK, parts[0].verdict);
	ATF_CHECK_EQ(VERDICT_OK, parts[1].verdict);
	ATF_CHECK_EQ(2, count_in("a", "new"));
	ATF_CHECK_EQ(0, count_in("a", "tmp"));
}

/* What is adopted is no file to share: it is never sealed. */
ATF_TC_WITHOUT_HEAD(again__first_adopts__the_others_are_synced);
ATF_TC_BODY(again__first_adopts__the_others_are_synced, tc)
{
	be_ready(three, SPAN(TEXT));
	ATF_REQUIRE_EQ(0, child_run(deliver_first_and_die).exit_code);
	ATF_REQUIRE_EQ(1, count_in("a", "tmp"));
	group.may_share = true;
	deliver_again(three);
	check_delivered(0, "a", SPAN(TEXT));
	check_delivered(1, "b", SPAN(TEXT));
	check_delivered(2, "c", SPAN(TEXT));
	ATF_CHECK(inode_in("a") != inode_in("b"));
	ATF_CHECK_EQ(inode_in("b"), inode_in("c"));
	ATF_CHECK_EQ(1, calls_seen(CALL_FSYNC_FILE));
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, deliver__three_boxes__whole_in_each);
	ATF_TP_ADD_TC(tp, deliver__three_boxes__phase_after_phase);
	ATF_TP_ADD_TC(tp, deliver__one_folder_twice__synced_once);
	ATF_TP_ADD_TC(tp, deliver__larger_than_memory__whole_in_each);
	ATF_TP_ADD_TC(tp, deliver__unsettled__witness_beside_each);
	ATF_TP_ADD_TC(tp, deliver__one_disk_full__the_others_delivered);
	ATF_TP_ADD_TC(tp, deliver__first_fsync_eio__fresh_file_for_that_one);
	ATF_TP_ADD_TC(
	    tp, deliver__fsync_eio_and_no_fresh_file__it_alone_refused);
	ATF_TP_ADD_TC(tp, deliver__all_fsyncs_eio__nothing_left);
	ATF_TP_ADD_TC(tp, deliver__one_link_fails__the_others_delivered);
	ATF_TP_ADD_TC(
	    tp, deliver__one_folder_cannot_be_synced__it_alone_undone);
	ATF_TP_ADD_TC(
	    tp, deliver__shared_folder_cannot_be_synced__both_undone);
	ATF_TP_ADD_TC(
	    tp, deliver__large_and_first_write_fails__no_part_anywhere);
	ATF_TP_ADD_TC(
	    tp, deliver__large_and_copy_cannot_be_read__that_one_refused);
	ATF_TP_ADD_TC(tp, all_or_none__one_disk_full__nothing_anywhere);
	ATF_TP_ADD_TC(
	    tp, all_or_none__last_folder_cannot_be_synced__all_undone);
	ATF_TP_ADD_TC(tp, gate__refuses__nothing_visible);
	ATF_TP_ADD_TC(tp, gate__all_sealed__asked_once_before_any_link);
	ATF_TP_ADD_TC(tp, gate__nothing_left_to_commit__not_asked);
	ATF_TP_ADD_TC(tp, signal__three_staged__all_removed_by_the_handler);
	ATF_TP_ADD_TC(tp, share__same_bytes__one_file_one_sync);
	ATF_TP_ADD_TC(tp, share__larger_than_memory__one_file);
	ATF_TP_ADD_TC(tp, share__other_bytes__files_of_their_own);
	ATF_TP_ADD_TC(tp, share__links_refused__files_of_their_own);
	ATF_TP_ADD_TC(tp, share__fsync_eio__nobody_keeps_that_file);
	ATF_TP_ADD_TC(tp, share__fsync_eio_not_in_memory__all_refused);
	ATF_TP_ADD_TC(tp, share__link_fails__that_one_refused);
	ATF_TP_ADD_TC(tp, again__died_before_settle__one_message_in_each);
	ATF_TP_ADD_TC(tp, again__died_before_settle_of_shared__one_in_each);
	ATF_TP_ADD_TC(tp, again__two_for_one_box__witness_counts_once);
	ATF_TP_ADD_TC(tp, again__first_adopts__the_others_are_synced);
	return atf_no_error();
}
