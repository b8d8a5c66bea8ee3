#include "maildir/leftover.h"

#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <atf-c.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/interrupt.h"
#include "base/sys.h"
#include "compat/compat.h"
#include "maildir/name.h"
#include "tests/support/child.h"
#include "tests/support/faults.h"
#include "tests/support/files.h"
#include "tests/support/spans.h"

enum { MINUTE_S = 60, HOUR_S = 60 * 60, LONG_MS = 10000 };

/* Just behind WITNESS, as its name has it. */
static const long long later_us = 1700000000LL * 1000000 + 3;

/* Of a process that cannot be: no system counts so far. */
#define WITNESS "1700000000.M2P2147483647Q4R0123abcd.mx"
#define VISIBLE WITNESS ",S=30"

static const char text[] = "Message-ID: <a@b>\nA: b\n\nbody\n";
static const char host[] = "mx";

static struct sync_policy policy = { true, AFTER_LINK_NEVER };
static struct layout layout;
static struct stage stage;
static struct leftover leftover;

/* A box, and our own message staged in it. */
static void
stage_ours(void)
{
	struct maildir where = { "box", NULL, NULL, true, true, policy, 0 };
	struct failure why;

	ATF_REQUIRE_EQ(VERDICT_OK, layout_open(&layout, &where, &why));
	stage.path = "box";
	stage.stage_dir_fd = layout.tmp_dir_fd;
	stage.final_dir_fd = layout.new_dir_fd;
	stage.policy = &policy;
	name_make(stage.name, host);
	ATF_REQUIRE_EQ(VERDICT_OK, stage_open(&stage, &why));
	ATF_REQUIRE_EQ(VERDICT_OK, stage_write(&stage, SPAN(text), &why));
}

/* What a delivery leaves that dies between its link and its unlink. */
static void
leave_as(const char *name, const char *content)
{
	char path[256];

	(void)snprintf(path, sizeof(path), "box/tmp/%s", name);
	file_text(path, content);
	ATF_REQUIRE_EQ(0, link(path, "box/new/" VISIBLE));
}

static void
scan_as(bool is_identifiable)
{
	struct failure why;

	ATF_REQUIRE_EQ(VERDICT_OK,
	    leftover_scan(&leftover, &layout, &stage, is_identifiable, host,
		&why));
}

static void
stage_and_leave(void)
{
	stage_ours();
	leave_as(WITNESS, text);
}

/* ---- Ages, as the file system would have them. ------------------------ */

static const struct sys_calls *plain;
static const char *aged_name;
static long mtime_age_s;
static long ctime_age_s;

static int
aged_fstatat(int dir_fd, const char *path, struct stat *st, int flags)
{
	int answer = plain->fstatat(dir_fd, path, st, flags);
	struct stat now;

	if (strcmp(path, aged_name) != 0)
		return answer;
	ATF_REQUIRE_EQ(0, plain->fstat(stage.fd, &now));
	st->st_mtime = now.st_mtime - mtime_age_s;
	st->st_ctime = now.st_mtime - ctime_age_s;
	return answer;
}

static void
set_age(const char *name, long mtime_s, long ctime_s)
{
	static struct sys_calls calls;

	plain = sys;
	calls = *sys;
	calls.fstatat = aged_fstatat;
	sys = &calls;
	aged_name = name;
	mtime_age_s = mtime_s;
	ctime_age_s = ctime_s;
}

/* ---- Witnesses. ------------------------------------------------------- */

ATF_TC_WITHOUT_HEAD(witness__same_message_of_a_dead_one__found);
ATF_TC_BODY(witness__same_message_of_a_dead_one__found, tc)
{
	stage_and_leave();
	scan_as(true);
	ATF_CHECK_STREQ(WITNESS, leftover.witness);
	ATF_CHECK_EQ(0, leftover.swept);
}

ATF_TC_WITHOUT_HEAD(witness__empty_tmp__none);
ATF_TC_BODY(witness__empty_tmp__none, tc)
{
	stage_ours();
	scan_as(true);
	ATF_CHECK_STREQ("", leftover.witness);
}

ATF_TC_WITHOUT_HEAD(witness__other_delivery_date__found);
ATF_TC_BODY(witness__other_delivery_date__found, tc)
{
	stage_ours();
	leave_as(WITNESS,
	    "Message-ID: <a@b>\nDelivery-date: Mon\nA: b\n\nbody\n");
	scan_as(true);
	ATF_CHECK_STREQ(WITNESS, leftover.witness);
}

ATF_TC_WITHOUT_HEAD(witness__its_delivery_lives__not_taken);
ATF_TC_BODY(witness__its_delivery_lives__not_taken, tc)
{
	stage_and_leave();
	faults_install();
	fail_always(CALL_FLOCK, EWOULDBLOCK);
	scan_as(true);
	ATF_CHECK_STREQ("", leftover.witness);
	ATF_CHECK(file_exists("box/tmp/" WITNESS));
}

/* A child that holds the witness so long, and then ends as it is told. */
static pid_t
hold(int wait_ms, bool is_told)
{
	int ready[2];
	char byte;
	pid_t pid;

	ATF_REQUIRE_EQ(0, pipe(ready));
	pid = fork();
	if (pid == 0) {
		(void)sys->flock(open("box/tmp/" WITNESS, O_RDONLY), LOCK_EX);
		if (write(ready[1], "r", 1) != 1)
			_exit(1);
		(void)poll(NULL, 0, wait_ms);
		_exit(is_told ? unlink("box/tmp/" WITNESS) : 0);
	}
	ATF_REQUIRE_EQ(1, read(ready[0], &byte, 1));
	return pid;
}

ATF_TC_WITHOUT_HEAD(witness__held_by_another_process__until_it_dies);
ATF_TC_BODY(witness__held_by_another_process__until_it_dies, tc)
{
	pid_t pid;

	stage_and_leave();
	pid = hold(-1, false);
	scan_as(true);
	ATF_CHECK(stage.is_lock_refused || leftover.witness[0] == '\0');
	ATF_REQUIRE_EQ(0, kill(pid, SIGKILL));
	ATF_REQUIRE_EQ(pid, waitpid(pid, NULL, 0));
	scan_as(true);
	ATF_CHECK_STREQ(WITNESS, leftover.witness);
}

/* With a delivery that lives for a moment, and has shown its message. */
static void
scan_while_held(bool is_told)
{
	pid_t pid;

	stage_and_leave();
	pid = hold(300, is_told);
	leftover.awaited_before_us = later_us;
	scan_as(true);
	ATF_REQUIRE_EQ(pid, waitpid(pid, NULL, 0));
}

ATF_TC_WITHOUT_HEAD(living__awaited_and_dies__found);
ATF_TC_BODY(living__awaited_and_dies__found, tc)
{
	scan_while_held(false);
	ATF_CHECK_STREQ(WITNESS, leftover.witness);
}

ATF_TC_WITHOUT_HEAD(living__awaited_and_tells_its_sender__not_taken);
ATF_TC_BODY(living__awaited_and_tells_its_sender__not_taken, tc)
{
	if (!HAVE_FLOCK)
		atf_tc_skip("nobody can wait for a lock");
	scan_while_held(true);
	ATF_CHECK_STREQ("", leftover.witness);
}

ATF_TC_WITHOUT_HEAD(living__with_another_message__not_awaited);
ATF_TC_BODY(living__with_another_message__not_awaited, tc)
{
	stage_ours();
	leave_as(WITNESS, "Message-ID: <another@b>\n\nbody\n");
	faults_install();
	fail_always(CALL_FLOCK, EWOULDBLOCK);
	leftover.awaited_before_us = later_us;
	scan_as(true);
	ATF_CHECK_STREQ("", leftover.witness);
}

ATF_TC_WITHOUT_HEAD(living__does_not_end__retry_at_deadline);
ATF_TC_BODY(living__does_not_end__retry_at_deadline, tc)
{
	struct failure why;

	stage_and_leave();
	faults_install();
	fail_always(CALL_FLOCK, EWOULDBLOCK);
	interrupt_start(1);
	leftover.awaited_before_us = later_us;
	ATF_CHECK_EQ(VERDICT_RETRY, leftover_scan(&leftover, &layout, &stage,
	    true, host, &why));
	ATF_CHECK_STREQ("deadline", why.step);
}

/* A delivery that has not shown its message yet. */
static void
stage_theirs(void)
{
	stage_ours();
	file_text("box/tmp/" WITNESS, text);
}

static long long
scan_ms(bool is_identifiable)
{
	long long start_us = clock_us();

	scan_as(is_identifiable);
	return (clock_us() - start_us) / 1000;
}

ATF_TC_WITHOUT_HEAD(living__not_yet_visible__its_end_is_awaited);
ATF_TC_BODY(living__not_yet_visible__its_end_is_awaited, tc)
{
	pid_t pid;

	if (!HAVE_FLOCK)
		atf_tc_skip("nobody can wait for a lock");
	stage_theirs();
	pid = hold(300, false);
	leftover.awaited_before_us = later_us;
	ATF_CHECK(scan_ms(true) >= 200);
	ATF_CHECK_STREQ("", leftover.witness);
	ATF_REQUIRE_EQ(pid, waitpid(pid, NULL, 0));
}

/* It was stopped between its last check and its link. */
ATF_TC_WITHOUT_HEAD(living__shows_it_and_dies_while_awaited__found);
ATF_TC_BODY(living__shows_it_and_dies_while_awaited__found, tc)
{
	pid_t pid;

	if (!HAVE_FLOCK)
		atf_tc_skip("nobody can wait for a lock");
	stage_theirs();
	pid = hold(-1, false);
	if (fork() == 0) {
		(void)poll(NULL, 0, 300);
		if (link("box/tmp/" WITNESS, "box/new/" VISIBLE) == 0)
			(void)kill(pid, SIGKILL);
		_exit(0);
	}
	leftover.awaited_before_us = later_us;
	scan_as(true);
	ATF_CHECK_STREQ(WITNESS, leftover.witness);
	ATF_REQUIRE_EQ(pid, waitpid(pid, NULL, 0));
}

/* Else two at the same time would wait for each other. */
ATF_TC_WITHOUT_HEAD(living__begun_with_us_or_later__not_awaited);
ATF_TC_BODY(living__begun_with_us_or_later__not_awaited, tc)
{
	pid_t pid;

	stage_theirs();
	pid = hold(-1, false);
	leftover.awaited_before_us = later_us - 1;
	ATF_CHECK(scan_ms(true) < LONG_MS);
	ATF_CHECK_STREQ("", leftover.witness);
	ATF_REQUIRE_EQ(0, kill(pid, SIGKILL));
}

/* Two lines from a script, alike to the byte, are two messages. */
ATF_TC_WITHOUT_HEAD(living__with_a_nameless_message__not_awaited);
ATF_TC_BODY(living__with_a_nameless_message__not_awaited, tc)
{
	pid_t pid;

	stage_theirs();
	pid = hold(-1, false);
	leftover.awaited_before_us = later_us;
	ATF_CHECK(scan_ms(false) < LONG_MS);
	ATF_REQUIRE_EQ(0, kill(pid, SIGKILL));
}

/* Part of its message may come yet, but then its last check does too. */
ATF_TC_WITHOUT_HEAD(living__not_yet_whole__not_awaited);
ATF_TC_BODY(living__not_yet_whole__not_awaited, tc)
{
	pid_t pid;

	stage_ours();
	file_put("box/tmp/" WITNESS, (struct span){ text, sizeof(text) - 2 });
	pid = hold(-1, false);
	leftover.awaited_before_us = later_us;
	ATF_CHECK(scan_ms(true) < LONG_MS);
	ATF_REQUIRE_EQ(0, kill(pid, SIGKILL));
}

ATF_TC_WITHOUT_HEAD(witness__message_not_identifiable__not_taken);
ATF_TC_BODY(witness__message_not_identifiable__not_taken, tc)
{
	stage_and_leave();
	scan_as(false);
	ATF_CHECK_STREQ("", leftover.witness);
}

ATF_TC_WITHOUT_HEAD(witness__other_bytes__not_taken);
ATF_TC_BODY(witness__other_bytes__not_taken, tc)
{
	stage_ours();
	leave_as(WITNESS, "Message-ID: <a@b>\nA: b\n\nBody\n");
	scan_as(true);
	ATF_CHECK_STREQ("", leftover.witness);
	ATF_CHECK(file_exists("box/tmp/" WITNESS));
}

ATF_TC_WITHOUT_HEAD(witness__never_made_visible__not_taken);
ATF_TC_BODY(witness__never_made_visible__not_taken, tc)
{
	stage_ours();
	file_text("box/tmp/" WITNESS, text);
	scan_as(true);
	ATF_CHECK_STREQ("", leftover.witness);
}

ATF_TC_WITHOUT_HEAD(witness__backup_adds_a_third_link__found);
ATF_TC_BODY(witness__backup_adds_a_third_link__found, tc)
{
	stage_and_leave();
	ATF_REQUIRE_EQ(0, link("box/tmp/" WITNESS, "copy"));
	scan_as(true);
	ATF_CHECK_STREQ(WITNESS, leftover.witness);
}

ATF_TC_WITHOUT_HEAD(witness__name_of_another_agent__not_taken);
ATF_TC_BODY(witness__name_of_another_agent__not_taken, tc)
{
	stage_ours();
	leave_as("1700000000.M2P3.mx", text);
	scan_as(true);
	ATF_CHECK_STREQ("", leftover.witness);
}

ATF_TC_WITHOUT_HEAD(witness__moved_to_cur__found);
ATF_TC_BODY(witness__moved_to_cur__found, tc)
{
	stage_and_leave();
	ATF_REQUIRE_EQ(0,
	    rename("box/new/" VISIBLE, "box/cur/" VISIBLE ":2,S"));
	scan_as(true);
	ATF_CHECK_STREQ(WITNESS, leftover.witness);
}

ATF_TC_WITHOUT_HEAD(witness__deleted_by_a_reader__not_taken);
ATF_TC_BODY(witness__deleted_by_a_reader__not_taken, tc)
{
	stage_and_leave();
	ATF_REQUIRE_EQ(0, unlink("box/new/" VISIBLE));
	scan_as(true);
	ATF_CHECK_STREQ("", leftover.witness);
}

static int
flock_after_its_end(int fd, int operation)
{
	(void)unlink("box/tmp/" WITNESS);
	(void)fd;
	(void)operation;
	return 0;
}

ATF_TC_WITHOUT_HEAD(witness__its_delivery_just_ended_well__not_taken);
ATF_TC_BODY(witness__its_delivery_just_ended_well__not_taken, tc)
{
	struct sys_calls calls = *sys;

	stage_and_leave();
	calls.flock = flock_after_its_end;
	sys = &calls;
	scan_as(true);
	ATF_CHECK_STREQ("", leftover.witness);
}

ATF_TC_WITHOUT_HEAD(witness__cannot_be_opened__not_taken);
ATF_TC_BODY(witness__cannot_be_opened__not_taken, tc)
{
	stage_and_leave();
	faults_install();
	fail_always(CALL_OPENAT, EACCES);
	scan_as(true);
	ATF_CHECK_STREQ("", leftover.witness);
}

/* Short of memory for a moment: a copy beats a loss. */
ATF_TC_WITHOUT_HEAD(witness__cannot_be_compared__not_taken);
ATF_TC_BODY(witness__cannot_be_compared__not_taken, tc)
{
	unsigned int nth;

	stage_and_leave();
	faults_install();
	for (nth = 1; nth <= 2; nth++) {
		fail_nth(CALL_MMAP, nth, ENOMEM);
		scan_as(true);
		ATF_CHECK_STREQ("", leftover.witness);
		ATF_CHECK_EQ(0, leftover.swept);
	}
	scan_as(true);
	ATF_CHECK_STREQ(WITNESS, leftover.witness);
}

ATF_TC_WITHOUT_HEAD(witness__left_after_a_first_scan__found_by_the_second);
ATF_TC_BODY(witness__left_after_a_first_scan__found_by_the_second, tc)
{
	stage_ours();
	scan_as(true);
	leave_as(WITNESS, text);
	scan_as(true);
	ATF_CHECK_STREQ(WITNESS, leftover.witness);
}

ATF_TC_WITHOUT_HEAD(witness__empty_messages__not_taken_when_nameless);
ATF_TC_BODY(witness__empty_messages__not_taken_when_nameless, tc)
{
	stage_ours();
	leave_as(WITNESS, "");
	scan_as(true);
	ATF_CHECK_STREQ("", leftover.witness);
}

/* ---- Where locks are refused. ----------------------------------------- */

static pid_t
dead_pid(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	ATF_REQUIRE(pid > 0);
	ATF_REQUIRE_EQ(pid, waitpid(pid, NULL, 0));
	return pid;
}

/* A witness by a maker of this pid and host, with a file so old. */
static const char *
scan_without_locks(pid_t pid, const char *its_host, long age_s)
{
	static char name[128];

	stage_ours();
	(void)snprintf(name, sizeof(name), "1700000000.M2P%ldQ4R0123abcd.%s",
	    (long)pid, its_host);
	leave_as(name, text);
	set_age(name, age_s, age_s);
	faults_install();
	fail_always(CALL_FLOCK, ENOLCK);
	scan_as(true);
	return name;
}

ATF_TC_WITHOUT_HEAD(no_locks__maker_dead_on_this_host__found);
ATF_TC_BODY(no_locks__maker_dead_on_this_host__found, tc)
{
	const char *name = scan_without_locks(dead_pid(), host, 0);

	ATF_CHECK_STREQ(name, leftover.witness);
}

ATF_TC_WITHOUT_HEAD(no_locks__maker_lives__not_taken);
ATF_TC_BODY(no_locks__maker_lives__not_taken, tc)
{
	(void)scan_without_locks(getpid(), host, 0);
	ATF_CHECK_STREQ("", leftover.witness);
}

ATF_TC(no_locks__maker_of_another_user_lives__not_taken);
ATF_TC_HEAD(no_locks__maker_of_another_user_lives__not_taken, tc)
{
	atf_tc_set_md_var(tc, "require.user", "unprivileged");
}
ATF_TC_BODY(no_locks__maker_of_another_user_lives__not_taken, tc)
{
	(void)scan_without_locks(1, host, 0);
	ATF_CHECK_STREQ("", leftover.witness);
}

ATF_TC_WITHOUT_HEAD(no_locks__other_host_and_young__not_taken);
ATF_TC_BODY(no_locks__other_host_and_young__not_taken, tc)
{
	(void)scan_without_locks(dead_pid(), "other", 15 * MINUTE_S);
	ATF_CHECK_STREQ("", leftover.witness);
}

ATF_TC_WITHOUT_HEAD(no_locks__other_host_and_older_than_any__found);
ATF_TC_BODY(no_locks__other_host_and_older_than_any__found, tc)
{
	const char *name =
	    scan_without_locks(dead_pid(), "other", 21 * MINUTE_S);

	ATF_CHECK_STREQ(name, leftover.witness);
}

/* ---- The sweep. ------------------------------------------------------- */

static void
stage_and_age(const char *name, long mtime_s, long ctime_s)
{
	char path[256];

	stage_ours();
	(void)snprintf(path, sizeof(path), "box/tmp/%s", name);
	if (!file_exists(path))
		file_text(path, "old");
	set_age(name, mtime_s, ctime_s);
}

ATF_TC_WITHOUT_HEAD(sweep__37_hours__removed);
ATF_TC_BODY(sweep__37_hours__removed, tc)
{
	stage_and_age("old", 37 * HOUR_S, 37 * HOUR_S);
	scan_as(true);
	ATF_CHECK(!file_exists("box/tmp/old"));
	ATF_CHECK_EQ(1, leftover.swept);
}

ATF_TC_WITHOUT_HEAD(sweep__message_not_identifiable__removed_too);
ATF_TC_BODY(sweep__message_not_identifiable__removed_too, tc)
{
	stage_and_age("old", 37 * HOUR_S, 37 * HOUR_S);
	scan_as(false);
	ATF_CHECK(!file_exists("box/tmp/old"));
}

ATF_TC_WITHOUT_HEAD(sweep__35_hours__kept);
ATF_TC_BODY(sweep__35_hours__kept, tc)
{
	stage_and_age("old", 35 * HOUR_S, 35 * HOUR_S);
	scan_as(true);
	ATF_CHECK(file_exists("box/tmp/old"));
	ATF_CHECK_EQ(0, leftover.swept);
}

ATF_TC_WITHOUT_HEAD(sweep__one_time_is_recent__kept);
ATF_TC_BODY(sweep__one_time_is_recent__kept, tc)
{
	stage_and_age("old", 37 * HOUR_S, 1 * HOUR_S);
	scan_as(true);
	ATF_CHECK(file_exists("box/tmp/old"));
	mtime_age_s = 1 * HOUR_S;
	ctime_age_s = 37 * HOUR_S;
	scan_as(true);
	ATF_CHECK(file_exists("box/tmp/old"));
}

ATF_TC_WITHOUT_HEAD(sweep__mtime_set_back_by_hand__kept);
ATF_TC_BODY(sweep__mtime_set_back_by_hand__kept, tc)
{
	struct timespec times[2] = { { 1000000, 0 }, { 1000000, 0 } };

	stage_ours();
	file_text("box/tmp/old", "restored");
	ATF_REQUIRE_EQ(0, utimensat(AT_FDCWD, "box/tmp/old", times, 0));
	scan_as(true);
	ATF_CHECK(file_exists("box/tmp/old"));
}

ATF_TC_WITHOUT_HEAD(sweep__from_the_future__kept);
ATF_TC_BODY(sweep__from_the_future__kept, tc)
{
	stage_and_age("old", -99 * HOUR_S, -99 * HOUR_S);
	scan_as(true);
	ATF_CHECK(file_exists("box/tmp/old"));
}

ATF_TC_WITHOUT_HEAD(sweep__held__kept);
ATF_TC_BODY(sweep__held__kept, tc)
{
	stage_and_age("old", 99 * HOUR_S, 99 * HOUR_S);
	faults_install();
	fail_always(CALL_FLOCK, EWOULDBLOCK);
	scan_as(true);
	ATF_CHECK(file_exists("box/tmp/old"));
}

ATF_TC_WITHOUT_HEAD(sweep__old_witness_of_our_message__adopted_not_swept);
ATF_TC_BODY(sweep__old_witness_of_our_message__adopted_not_swept, tc)
{
	stage_and_leave();
	set_age(WITNESS, 99 * HOUR_S, 99 * HOUR_S);
	scan_as(true);
	ATF_CHECK_STREQ(WITNESS, leftover.witness);
	ATF_CHECK(file_exists("box/tmp/" WITNESS));
}

ATF_TC_WITHOUT_HEAD(sweep__old_witness_of_another__its_message_stays);
ATF_TC_BODY(sweep__old_witness_of_another__its_message_stays, tc)
{
	stage_ours();
	leave_as(WITNESS, "other");
	set_age(WITNESS, 37 * HOUR_S, 37 * HOUR_S);
	scan_as(true);
	ATF_CHECK(!file_exists("box/tmp/" WITNESS));
	ATF_CHECK(file_holds("box/new/" VISIBLE, SPAN("other")));
}

ATF_TC_WITHOUT_HEAD(sweep__old_witness_of_a_nameless_note__not_adopted);
ATF_TC_BODY(sweep__old_witness_of_a_nameless_note__not_adopted, tc)
{
	stage_and_leave();
	set_age(WITNESS, 37 * HOUR_S, 37 * HOUR_S);
	scan_as(false);
	ATF_CHECK_STREQ("", leftover.witness);
	ATF_CHECK_EQ(1, leftover.swept);
}

ATF_TC_WITHOUT_HEAD(sweep__hidden_name__kept);
ATF_TC_BODY(sweep__hidden_name__kept, tc)
{
	stage_and_age(".nfs0001", 99 * HOUR_S, 99 * HOUR_S);
	scan_as(true);
	ATF_CHECK(file_exists("box/tmp/.nfs0001"));
}

ATF_TC_WITHOUT_HEAD(sweep__other_kinds_of_file__kept);
ATF_TC_BODY(sweep__other_kinds_of_file__kept, tc)
{
	static const char *const names[] = { "fifo", "folder", "link" };
	char path[64];
	size_t i;

	stage_ours();
	ATF_REQUIRE_EQ(0, mkfifo("box/tmp/fifo", 0600));
	ATF_REQUIRE_EQ(0, mkdir("box/tmp/folder", 0700));
	ATF_REQUIRE_EQ(0, symlink("../new", "box/tmp/link"));
	for (i = 0; i < 3; i++) {
		set_age(names[i], 99 * HOUR_S, 99 * HOUR_S);
		scan_as(true);
		(void)snprintf(path, sizeof(path), "box/tmp/%s", names[i]);
		ATF_CHECK_MSG(file_exists(path), "%s is gone", path);
		sys = plain;
	}
}

ATF_TC_WITHOUT_HEAD(sweep__our_own_stage__kept);
ATF_TC_BODY(sweep__our_own_stage__kept, tc)
{
	stage_ours();
	set_age(stage.name, 99 * HOUR_S, 99 * HOUR_S);
	scan_as(true);
	ATF_CHECK_EQ(1, folder_count("box/tmp"));
}

ATF_TC_WITHOUT_HEAD(sweep__cannot_be_removed__not_counted);
ATF_TC_BODY(sweep__cannot_be_removed__not_counted, tc)
{
	stage_and_age("old", 99 * HOUR_S, 99 * HOUR_S);
	faults_install();
	fail_always(CALL_UNLINKAT, EPERM);
	scan_as(true);
	ATF_CHECK_EQ(0, leftover.swept);
}

/* ---- Failures of the scan. -------------------------------------------- */

ATF_TC_WITHOUT_HEAD(scan__tmp_cannot_be_read__retry_at_readdir);
ATF_TC_BODY(scan__tmp_cannot_be_read__retry_at_readdir, tc)
{
	struct failure why;

	stage_ours();
	layout.tmp_dir_fd = open("box/tmp", O_WRONLY | O_DIRECTORY);
	ATF_CHECK_EQ(VERDICT_RETRY,
	    leftover_scan(&leftover, &layout, &stage, true, host, &why));
	ATF_CHECK_STREQ("readdir", why.step);
	ATF_CHECK_STREQ("box", why.subject);
}

ATF_TC_WITHOUT_HEAD(scan__tmp_cannot_be_read_again__retry_at_readdir);
ATF_TC_BODY(scan__tmp_cannot_be_read_again__retry_at_readdir, tc)
{
	struct failure why;

	stage_ours();
	scan_as(true);
	faults_install();
	fail_always(CALL_LSEEK, EIO);
	fail_always(CALL_DUP, EIO); /* where a stream is made of a copy */
	ATF_CHECK_EQ(VERDICT_RETRY,
	    leftover_scan(&leftover, &layout, &stage, true, host, &why));
	ATF_CHECK_STREQ("readdir", why.step);
	ATF_CHECK_EQ(EIO, why.sys_errno);
	ATF_CHECK_STREQ("box", why.subject);
}

static void
scan_when_stopped(void)
{
	struct failure why;

	stage_ours();
	interrupt_start(1000);
	(void)raise(SIGTERM);
	if (leftover_scan(&leftover, &layout, &stage, true, host, &why) ==
	    VERDICT_RETRY)
		child_say(why.step);
}

ATF_TC_WITHOUT_HEAD(scan__signal_came__retry_at_signal);
ATF_TC_BODY(scan__signal_came__retry_at_signal, tc)
{
	ATF_CHECK_STREQ("signal", child_run(scan_when_stopped).text);
}

/* ---- Adoption. -------------------------------------------------------- */

static enum verdict
adopt(struct failure *why)
{
	enum verdict verdict =
	    leftover_adopt(&leftover, &layout, &policy, why);

	if (verdict == VERDICT_OK)
		leftover_forget(&leftover, &layout);
	return verdict;
}

static void
find_witness(void)
{
	stage_and_leave();
	scan_as(true);
	ATF_REQUIRE_STREQ(WITNESS, leftover.witness);
	faults_install();
}

ATF_TC_WITHOUT_HEAD(adopt__in_new__message_stays_witness_goes);
ATF_TC_BODY(adopt__in_new__message_stays_witness_goes, tc)
{
	struct failure why;

	find_witness();
	ATF_CHECK_EQ(VERDICT_OK, adopt(&why));
	ATF_CHECK(file_holds("box/new/" VISIBLE, SPAN(text)));
	ATF_CHECK(!file_exists("box/tmp/" WITNESS));
}

ATF_TC_WITHOUT_HEAD(adopt__witness__goes_after_both_folders_are_synced);
ATF_TC_BODY(adopt__witness__goes_after_both_folders_are_synced, tc)
{
	struct failure why;

	find_witness();
	ATF_REQUIRE_EQ(VERDICT_OK, adopt(&why));
	ATF_CHECK_STREQ("fsync-dir openat fsync-dir close unlinkat ", trail);
}

static ino_t synced[8];
static size_t synced_count;

static int
noting_fsync(int fd)
{
	struct stat st;

	ATF_REQUIRE_EQ(0, fstat(fd, &st));
	ATF_REQUIRE(synced_count < 8);
	synced[synced_count++] = st.st_ino;
	return 0;
}

ATF_TC_WITHOUT_HEAD(adopt__wherever_it_is_visible__that_folder_is_synced);
ATF_TC_BODY(adopt__wherever_it_is_visible__that_folder_is_synced, tc)
{
	struct sys_calls calls;
	struct failure why;

	find_witness();
	calls = *sys;
	calls.fsync = noting_fsync;
	sys = &calls;
	ATF_REQUIRE_EQ(VERDICT_OK, adopt(&why));
	ATF_REQUIRE_EQ(2, synced_count);
	ATF_CHECK_EQ(file_inode("box/new"), synced[0]);
	ATF_CHECK_EQ(file_inode("box/cur"), synced[1]);
}

ATF_TC_WITHOUT_HEAD(adopt__new_has_eio__retry_and_witness_stays);
ATF_TC_BODY(adopt__new_has_eio__retry_and_witness_stays, tc)
{
	struct failure why;

	find_witness();
	fail_nth(CALL_FSYNC_DIR, 1, EIO);
	ATF_CHECK_EQ(VERDICT_RETRY, adopt(&why));
	ATF_CHECK_STREQ("fsync-dir", why.step);
	ATF_CHECK(file_exists("box/tmp/" WITNESS));
}

ATF_TC_WITHOUT_HEAD(adopt__cur_has_eio__retry_and_witness_stays);
ATF_TC_BODY(adopt__cur_has_eio__retry_and_witness_stays, tc)
{
	struct failure why;

	find_witness();
	fail_nth(CALL_FSYNC_DIR, 2, EIO);
	ATF_CHECK_EQ(VERDICT_RETRY, adopt(&why));
	ATF_CHECK_STREQ("fsync-dir", why.step);
	ATF_CHECK(file_exists("box/tmp/" WITNESS));
}

ATF_TC_WITHOUT_HEAD(adopt__witness_cannot_go__still_ours);
ATF_TC_BODY(adopt__witness_cannot_go__still_ours, tc)
{
	struct failure why;

	find_witness();
	fail_nth(CALL_UNLINKAT, 1, EIO);
	ATF_CHECK_EQ(VERDICT_OK, adopt(&why));
}

/* A backup by hard links gives a file that nobody saw a second name. */
ATF_TC_WITHOUT_HEAD(witness__second_name_is_a_backup__not_taken);
ATF_TC_BODY(witness__second_name_is_a_backup__not_taken, tc)
{
	stage_and_leave();
	ATF_REQUIRE_EQ(0, rename("box/new/" VISIBLE, "backup"));
	scan_as(true);
	ATF_CHECK_STREQ("", leftover.witness);
}

ATF_TC_WITHOUT_HEAD(adopt__after_link_always__its_file_is_synced);
ATF_TC_BODY(adopt__after_link_always__its_file_is_synced, tc)
{
	struct failure why;

	policy.after_link = AFTER_LINK_ALWAYS;
	find_witness();
	ATF_CHECK_EQ(VERDICT_OK, adopt(&why));
	ATF_CHECK_EQ(1, calls_seen(CALL_FSYNC_FILE));
}

ATF_TC_WITHOUT_HEAD(adopt__folder_sync_let_pass__said_so);
ATF_TC_BODY(adopt__folder_sync_let_pass__said_so, tc)
{
	struct failure why;

	policy.is_folder_required = false;
	find_witness();
	fail_always(CALL_FSYNC_DIR, EINVAL);
	ATF_CHECK_EQ(VERDICT_OK, adopt(&why));
	ATF_CHECK(layout.is_folder_unsynced);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, witness__same_message_of_a_dead_one__found);
	ATF_TP_ADD_TC(tp, witness__empty_tmp__none);
	ATF_TP_ADD_TC(tp, witness__other_delivery_date__found);
	ATF_TP_ADD_TC(tp, witness__its_delivery_lives__not_taken);
	ATF_TP_ADD_TC(tp, living__awaited_and_dies__found);
	ATF_TP_ADD_TC(tp, living__awaited_and_tells_its_sender__not_taken);
	ATF_TP_ADD_TC(tp, living__with_another_message__not_awaited);
	ATF_TP_ADD_TC(tp, living__does_not_end__retry_at_deadline);
	ATF_TP_ADD_TC(tp, living__not_yet_visible__its_end_is_awaited);
	ATF_TP_ADD_TC(tp, living__shows_it_and_dies_while_awaited__found);
	ATF_TP_ADD_TC(tp, living__begun_with_us_or_later__not_awaited);
	ATF_TP_ADD_TC(tp, living__with_a_nameless_message__not_awaited);
	ATF_TP_ADD_TC(tp, living__not_yet_whole__not_awaited);
	ATF_TP_ADD_TC(tp, witness__held_by_another_process__until_it_dies);
	ATF_TP_ADD_TC(tp, witness__message_not_identifiable__not_taken);
	ATF_TP_ADD_TC(tp, witness__other_bytes__not_taken);
	ATF_TP_ADD_TC(tp, witness__never_made_visible__not_taken);
	ATF_TP_ADD_TC(tp, witness__backup_adds_a_third_link__found);
	ATF_TP_ADD_TC(tp, witness__name_of_another_agent__not_taken);
	ATF_TP_ADD_TC(tp, witness__moved_to_cur__found);
	ATF_TP_ADD_TC(tp, witness__deleted_by_a_reader__not_taken);
	ATF_TP_ADD_TC(tp, witness__its_delivery_just_ended_well__not_taken);
	ATF_TP_ADD_TC(tp, witness__cannot_be_opened__not_taken);
	ATF_TP_ADD_TC(tp, witness__cannot_be_compared__not_taken);
	ATF_TP_ADD_TC(tp,
	    witness__left_after_a_first_scan__found_by_the_second);
	ATF_TP_ADD_TC(tp, witness__empty_messages__not_taken_when_nameless);
	ATF_TP_ADD_TC(tp, no_locks__maker_dead_on_this_host__found);
	ATF_TP_ADD_TC(tp, no_locks__maker_lives__not_taken);
	ATF_TP_ADD_TC(tp, no_locks__maker_of_another_user_lives__not_taken);
	ATF_TP_ADD_TC(tp, no_locks__other_host_and_young__not_taken);
	ATF_TP_ADD_TC(tp, no_locks__other_host_and_older_than_any__found);
	ATF_TP_ADD_TC(tp, sweep__37_hours__removed);
	ATF_TP_ADD_TC(tp, sweep__message_not_identifiable__removed_too);
	ATF_TP_ADD_TC(tp, sweep__35_hours__kept);
	ATF_TP_ADD_TC(tp, sweep__one_time_is_recent__kept);
	ATF_TP_ADD_TC(tp, sweep__mtime_set_back_by_hand__kept);
	ATF_TP_ADD_TC(tp, sweep__from_the_future__kept);
	ATF_TP_ADD_TC(tp, sweep__held__kept);
	ATF_TP_ADD_TC(tp, sweep__old_witness_of_our_message__adopted_not_swept);
	ATF_TP_ADD_TC(tp, sweep__old_witness_of_another__its_message_stays);
	ATF_TP_ADD_TC(tp, sweep__old_witness_of_a_nameless_note__not_adopted);
	ATF_TP_ADD_TC(tp, sweep__hidden_name__kept);
	ATF_TP_ADD_TC(tp, sweep__other_kinds_of_file__kept);
	ATF_TP_ADD_TC(tp, sweep__our_own_stage__kept);
	ATF_TP_ADD_TC(tp, sweep__cannot_be_removed__not_counted);
	ATF_TP_ADD_TC(tp, scan__tmp_cannot_be_read__retry_at_readdir);
	ATF_TP_ADD_TC(tp, scan__tmp_cannot_be_read_again__retry_at_readdir);
	ATF_TP_ADD_TC(tp, scan__signal_came__retry_at_signal);
	ATF_TP_ADD_TC(tp, adopt__in_new__message_stays_witness_goes);
	ATF_TP_ADD_TC(tp, adopt__witness__goes_after_both_folders_are_synced);
	ATF_TP_ADD_TC(tp, adopt__wherever_it_is_visible__that_folder_is_synced);
	ATF_TP_ADD_TC(tp, adopt__new_has_eio__retry_and_witness_stays);
	ATF_TP_ADD_TC(tp, adopt__cur_has_eio__retry_and_witness_stays);
	ATF_TP_ADD_TC(tp, adopt__witness_cannot_go__still_ours);
	ATF_TP_ADD_TC(tp, witness__second_name_is_a_backup__not_taken);
	ATF_TP_ADD_TC(tp, adopt__after_link_always__its_file_is_synced);
	ATF_TP_ADD_TC(tp, adopt__folder_sync_let_pass__said_so);
	return atf_no_error();
}
