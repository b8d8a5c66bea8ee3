#include "maildir/deliver.h"

#include <sys/file.h>
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
#include "base/sys.h"
#include "tests/support/child.h"
#include "tests/support/faults.h"
#include "tests/support/files.h"
#include "tests/support/spans.h"

enum { LIMIT = 4096 };

#define TEXT "Message-ID: <a@b>\nSubject: x\n\nbody\n"
#define NOTE "Subject: from a script\n\nbody\n"

static struct maildir where = { "box", NULL, NULL, true, true,
	{ true, AFTER_LINK_NEVER }, 0 };
static struct message message;
static struct maildir_delivery delivery;

static void
read_message(struct span text)
{
	static const struct envelope nobody;
	static const struct trace_rules never = { TRACE_NEVER, TRACE_NEVER };
	struct failure why;

	file_put("message", text);
	ATF_REQUIRE_EQ(VERDICT_OK,
	    message_open(&message, open("message", O_RDONLY),
		&(struct message_limits){ LIMIT, 0 }, &nobody, &never, &why));
	delivery.where = &where;
	delivery.message = &message;
}

static enum verdict
deliver(struct failure *why)
{
	enum verdict verdict = maildir_open(&delivery, why);

	if (verdict != VERDICT_OK)
		return verdict;
	verdict = maildir_deliver(&delivery, why);
	if (verdict != VERDICT_OK)
		maildir_close(&delivery);
	return verdict;
}

/* box/ is there, with a message in hand and a table that can fail. */
static void
be_ready(void)
{
	box_make("box");
	read_message(SPAN(TEXT));
	faults_install();
}

static struct failure
refused(void)
{
	struct failure why;

	ATF_REQUIRE_EQ(VERDICT_RETRY, deliver(&why));
	ATF_CHECK_EQ(EX_TEMPFAIL, why.exit_code);
	return why;
}

static void
check_nothing_left(void)
{
	ATF_CHECK_EQ(0, folder_count("box/tmp"));
	ATF_CHECK_EQ(0, folder_count("box/new"));
	ATF_CHECK_EQ(0, folder_count("box/cur"));
}

static void
check_one_whole(struct span text)
{
	char path[512];

	ATF_CHECK_EQ(0, folder_count("box/tmp"));
	ATF_CHECK(file_holds(folder_only("box/new", path), text));
}

/* ---- All is well. ----------------------------------------------------- */

ATF_TC_WITHOUT_HEAD(deliver__message__whole_in_new_and_tmp_empty);
ATF_TC_BODY(deliver__message__whole_in_new_and_tmp_empty, tc)
{
	struct failure why;

	be_ready();
	ATF_REQUIRE_EQ(VERDICT_OK, deliver(&why));
	check_one_whole(SPAN(TEXT));
}

ATF_TC_WITHOUT_HEAD(deliver__message__name_is_ours_with_its_size);
ATF_TC_BODY(deliver__message__name_is_ours_with_its_size, tc)
{
	char size[32];
	char name[256];
	const char *host;
	struct failure why;
	pid_t pid;

	be_ready();
	ATF_REQUIRE_EQ(VERDICT_OK, deliver(&why));
	ATF_REQUIRE_EQ(1, folder_entries("box/new", name));
	ATF_CHECK_STREQ(delivery.stage.final_name, name);
	(void)snprintf(size, sizeof(size), ",S=%zu", strlen(TEXT));
	ATF_CHECK_STREQ(size, name + strlen(name) - strlen(size));
	ATF_CHECK(name_parse(name, &pid, &host));
	ATF_CHECK_EQ(getpid(), pid);
}

ATF_TC_WITHOUT_HEAD(deliver__no_box__made_and_delivered);
ATF_TC_BODY(deliver__no_box__made_and_delivered, tc)
{
	struct failure why;

	read_message(SPAN(TEXT));
	ATF_REQUIRE_EQ(VERDICT_OK, deliver(&why));
	check_one_whole(SPAN(TEXT));
}

ATF_TC_WITHOUT_HEAD(deliver__any_bytes__as_they_came);
ATF_TC_BODY(deliver__any_bytes__as_they_came, tc)
{
	struct failure why;

	box_make("box");
	read_message(SPAN("A: b\r\n\r\n\0\xff\r.\r\nFrom x\nno end"));
	ATF_REQUIRE_EQ(VERDICT_OK, deliver(&why));
	check_one_whole(SPAN("A: b\r\n\r\n\0\xff\r.\r\nFrom x\nno end"));
}

ATF_TC_WITHOUT_HEAD(deliver__empty_message__an_empty_file);
ATF_TC_BODY(deliver__empty_message__an_empty_file, tc)
{
	struct failure why;

	box_make("box");
	read_message(SPAN(""));
	ATF_REQUIRE_EQ(VERDICT_OK, deliver(&why));
	check_one_whole(SPAN(""));
}

static char large[1024 * 1024];

static struct span
large_text(void)
{
	struct span whole = { large, sizeof(large) };

	memset(large, 'x', sizeof(large));
	memcpy(large, TEXT, strlen(TEXT));
	large[sizeof(large) - 1] = '\n';
	return whole;
}

ATF_TC_WITHOUT_HEAD(deliver__larger_than_memory__whole);
ATF_TC_BODY(deliver__larger_than_memory__whole, tc)
{
	struct failure why;

	box_make("box");
	read_message(large_text());
	ATF_REQUIRE_EQ(VERDICT_OK, deliver(&why));
	check_one_whole(large_text());
}

ATF_TC_WITHOUT_HEAD(deliver__folder__into_it_alone);
ATF_TC_BODY(deliver__folder__into_it_alone, tc)
{
	struct failure why;

	where.folder = "Lists";
	be_ready();
	ATF_REQUIRE_EQ(VERDICT_OK, deliver(&why));
	check_nothing_left();
	ATF_CHECK_EQ(1, folder_count("box/.Lists/new"));
}

ATF_TC_WITHOUT_HEAD(deliver__done__held_until_close);
ATF_TC_BODY(deliver__done__held_until_close, tc)
{
	char path[512];
	struct failure why;
	int fd;

	be_ready();
	ATF_REQUIRE_EQ(VERDICT_OK, deliver(&why));
	fd = open(folder_only("box/new", path), O_RDONLY);
	ATF_CHECK_EQ(-1, sys->flock(fd, LOCK_SH | LOCK_NB));
	maildir_close(&delivery);
	ATF_CHECK(delivery.stage.is_lock_refused ||
	    sys->flock(fd, LOCK_SH | LOCK_NB) == 0);
}

static int
open_fds(void)
{
	int count = 0;
	int fd;

	for (fd = 0; fd < 256; fd++)
		if (fcntl(fd, F_GETFD) != -1)
			count++;
	return count;
}

ATF_TC_WITHOUT_HEAD(close__done__no_descriptor_left);
ATF_TC_BODY(close__done__no_descriptor_left, tc)
{
	struct failure why;
	int before;

	be_ready();
	before = open_fds();
	ATF_REQUIRE_EQ(VERDICT_OK, deliver(&why));
	maildir_close(&delivery);
	ATF_CHECK_EQ(before, open_fds());
}

/* ---- Each step fails. ------------------------------------------------- */

ATF_TC_WITHOUT_HEAD(deliver__disk_full_in_write__retry_and_nothing_left);
ATF_TC_BODY(deliver__disk_full_in_write__retry_and_nothing_left, tc)
{
	struct failure why;

	be_ready();
	fail_nth(CALL_WRITE, 1, ENOSPC);
	why = refused();
	ATF_CHECK_STREQ("write", why.step);
	ATF_CHECK_STREQ("4.3.1", why.dsn);
	check_nothing_left();
}

ATF_TC_WITHOUT_HEAD(deliver__first_fsync_eio__fresh_file_delivered);
ATF_TC_BODY(deliver__first_fsync_eio__fresh_file_delivered, tc)
{
	struct failure why;

	be_ready();
	fail_nth(CALL_FSYNC_FILE, 1, EIO);
	ATF_REQUIRE_EQ(VERDICT_OK, deliver(&why));
	ATF_CHECK_EQ(2, calls_seen(CALL_FSYNC_FILE));
	ATF_CHECK_EQ(2, calls_seen(CALL_WRITE));
	check_one_whole(SPAN(TEXT));
}

ATF_TC_WITHOUT_HEAD(deliver__first_fsync_eio__first_file_gone_before_second);
ATF_TC_BODY(deliver__first_fsync_eio__first_file_gone_before_second, tc)
{
	const char *rest;
	struct failure why;

	be_ready();
	fail_nth(CALL_FSYNC_FILE, 1, EIO);
	ATF_REQUIRE_EQ(VERDICT_OK, deliver(&why));
	rest = strstr(trail_without("fstatat"), "fsync unlinkat close openat");
	ATF_CHECK_MSG(rest != NULL, "%s", trail);
}

ATF_TC_WITHOUT_HEAD(deliver__both_fsyncs_eio__retry_and_nothing_left);
ATF_TC_BODY(deliver__both_fsyncs_eio__retry_and_nothing_left, tc)
{
	be_ready();
	fail_always(CALL_FSYNC_FILE, EIO);
	ATF_CHECK_STREQ("fsync", refused().step);
	ATF_CHECK_EQ(2, calls_seen(CALL_FSYNC_FILE));
	check_nothing_left();
}

ATF_TC_WITHOUT_HEAD(deliver__fsync_eio_not_in_memory__no_second_file);
ATF_TC_BODY(deliver__fsync_eio_not_in_memory__no_second_file, tc)
{
	box_make("box");
	read_message(large_text());
	faults_install();
	fail_nth(CALL_FSYNC_FILE, 1, EIO);
	ATF_CHECK_STREQ("fsync", refused().step);
	ATF_CHECK_EQ(1, calls_seen(CALL_FSYNC_FILE));
	check_nothing_left();
}

ATF_TC_WITHOUT_HEAD(deliver__fsync_eio_after_the_link__no_second_file);
ATF_TC_BODY(deliver__fsync_eio_after_the_link__no_second_file, tc)
{
	where.sync.after_link = AFTER_LINK_ALWAYS;
	be_ready();
	fail_nth(CALL_FSYNC_FILE, 2, EIO);
	ATF_CHECK_STREQ("fsync", refused().step);
	ATF_CHECK_EQ(2, calls_seen(CALL_FSYNC_FILE));
	check_nothing_left();
}

ATF_TC_WITHOUT_HEAD(deliver__exactly_the_limit__no_second_file_in_part);
ATF_TC_BODY(deliver__exactly_the_limit__no_second_file_in_part, tc)
{
	struct span text = large_text();
	struct failure why;

	text.size_bytes = LIMIT;
	box_make("box");
	read_message(text);
	faults_install();
	fail_nth(CALL_FSYNC_FILE, 1, EIO);
	if (deliver(&why) == VERDICT_OK)
		check_one_whole(text);
	else
		check_nothing_left();
}

ATF_TC_WITHOUT_HEAD(deliver__link_eio__retry_and_nothing_left);
ATF_TC_BODY(deliver__link_eio__retry_and_nothing_left, tc)
{
	be_ready();
	fail_nth(CALL_LINKAT, 1, EIO);
	ATF_CHECK_STREQ("link", refused().step);
	check_nothing_left();
}

static const struct sys_calls *plain;
static unsigned int taken_names;
static ino_t new_inode;

static int
taken_openat(int dir_fd, const char *path, int flags, mode_t mode)
{
	if ((flags & O_EXCL) != 0 && taken_names > 0) {
		taken_names--;
		errno = EEXIST;
		return -1;
	}
	return plain->openat(dir_fd, path, flags, mode);
}

/* Somebody else has just made a file of that name. */
static int
taken_linkat(int old_dir_fd, const char *old_path, int new_dir_fd,
    const char *new_path, int flags)
{
	if (taken_names > 0) {
		taken_names--;
		(void)close(
		    openat(new_dir_fd, new_path, O_WRONLY | O_CREAT, 0600));
	}
	return plain->linkat(old_dir_fd, old_path, new_dir_fd, new_path, flags);
}

static int
fsync_new_eio(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && st.st_ino == new_inode) {
		errno = EIO;
		return -1;
	}
	return plain->fsync(fd);
}

static int
fsync_new_dies(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && st.st_ino == new_inode)
		_exit(DIED);
	return plain->fsync(fd);
}

/* The close that is checked is the one of the copied descriptor. */
static int
close_after_dup_eio(int fd)
{
	int answer = plain->close(fd);

	if (calls_seen(CALL_DUP) == 0)
		return answer;
	errno = EIO;
	return -1;
}

/* A table of its own for the calls above. */
static struct sys_calls *
own_table(void)
{
	static struct sys_calls calls;

	plain = sys;
	calls = *sys;
	sys = &calls;
	new_inode = file_inode("box/new");
	return &calls;
}

ATF_TC_WITHOUT_HEAD(deliver__close_fails__retry_and_nothing_left);
ATF_TC_BODY(deliver__close_fails__retry_and_nothing_left, tc)
{
	be_ready();
	own_table()->close = close_after_dup_eio;
	ATF_CHECK_STREQ("close", refused().step);
	check_nothing_left();
}

ATF_TC_WITHOUT_HEAD(deliver__final_name_taken__another_name);
ATF_TC_BODY(deliver__final_name_taken__another_name, tc)
{
	char path[512];
	struct failure why;

	be_ready();
	own_table()->linkat = taken_linkat;
	taken_names = 3;
	ATF_REQUIRE_EQ(VERDICT_OK, deliver(&why));
	ATF_CHECK_EQ(4, folder_count("box/new"));
	ATF_CHECK_EQ(0, folder_count("box/tmp"));
	(void)snprintf(path, sizeof(path), "box/new/%s",
	    delivery.stage.final_name);
	ATF_CHECK(file_holds(path, SPAN(TEXT)));
}

ATF_TC_WITHOUT_HEAD(deliver__all_final_names_taken__retry_and_nothing_left);
ATF_TC_BODY(deliver__all_final_names_taken__retry_and_nothing_left, tc)
{
	struct failure why;

	be_ready();
	own_table()->linkat = taken_linkat;
	taken_names = 1000;
	why = refused();
	ATF_CHECK_EQ(EEXIST, why.sys_errno);
	ATF_CHECK(!why.residue);
	ATF_CHECK_EQ(1000 - (int)taken_names, folder_count("box/new"));
	ATF_CHECK_EQ(0, folder_count("box/tmp"));
	ATF_CHECK(taken_names > 900);
}

ATF_TC_WITHOUT_HEAD(deliver__stage_name_taken__another_name);
ATF_TC_BODY(deliver__stage_name_taken__another_name, tc)
{
	struct failure why;

	be_ready();
	own_table()->openat = taken_openat;
	taken_names = 9;
	ATF_REQUIRE_EQ(VERDICT_OK, deliver(&why));
	check_one_whole(SPAN(TEXT));
}

ATF_TC_WITHOUT_HEAD(deliver__all_stage_names_taken__retry_at_open);
ATF_TC_BODY(deliver__all_stage_names_taken__retry_at_open, tc)
{
	be_ready();
	own_table()->openat = taken_openat;
	taken_names = 1000;
	ATF_CHECK_STREQ("open", refused().step);
	ATF_CHECK(taken_names > 900);
	check_nothing_left();
}

ATF_TC_WITHOUT_HEAD(deliver__new_cannot_be_synced__retry_and_nothing_left);
ATF_TC_BODY(deliver__new_cannot_be_synced__retry_and_nothing_left, tc)
{
	struct failure why;

	be_ready();
	own_table()->fsync = fsync_new_eio;
	why = refused();
	ATF_CHECK_STREQ("fsync-dir", why.step);
	ATF_CHECK(!why.residue);
	check_nothing_left();
}

ATF_TC_WITHOUT_HEAD(deliver__new_synced_nor_cleared__residue_with_witness);
ATF_TC_BODY(deliver__new_synced_nor_cleared__residue_with_witness, tc)
{
	be_ready();
	own_table()->fsync = fsync_new_eio;
	fail_always(CALL_UNLINKAT, EIO);
	ATF_CHECK(refused().residue);
	ATF_CHECK_EQ(1, folder_count("box/new"));
	ATF_CHECK_EQ(1, folder_count("box/tmp"));
}

ATF_TC_WITHOUT_HEAD(deliver__again_after_residue__one_message);
ATF_TC_BODY(deliver__again_after_residue__one_message, tc)
{
	struct failure why;
	int status;
	pid_t pid;

	be_ready();
	pid = fork();
	if (pid == 0) {
		own_table()->fsync = fsync_new_eio;
		fail_always(CALL_UNLINKAT, EIO);
		_exit(deliver(&why) == VERDICT_RETRY && why.residue ? 0 : 1);
	}
	ATF_REQUIRE_EQ(pid, waitpid(pid, &status, 0));
	ATF_REQUIRE_EQ(0, status);
	ATF_REQUIRE_EQ(VERDICT_OK, deliver(&why));
	check_one_whole(SPAN(TEXT));
}

ATF_TC_WITHOUT_HEAD(deliver__each_call_fails__no_descriptor_left);
ATF_TC_BODY(deliver__each_call_fails__no_descriptor_left, tc)
{
	static const enum call calls[] = { CALL_OPENAT, CALL_DUP, CALL_WRITE,
		CALL_FSYNC_DIR, CALL_LINKAT, CALL_FSTAT };
	struct failure why;
	unsigned int nth;
	size_t i;
	int before;

	be_ready();
	before = open_fds();
	for (i = 0; i < 6; i++)
		for (nth = 1; nth < 8; nth++) {
			fail_nth(calls[i], nth, EIO);
			if (deliver(&why) == VERDICT_OK)
				maildir_close(&delivery);
			fail_nth(calls[i], 0, 0);
			ATF_CHECK_EQ_MSG(before, open_fds(), "%s", trail);
			trail_clear();
		}
}

ATF_TC_WITHOUT_HEAD(deliver__each_call_fails__exit_75_means_not_visible);
ATF_TC_BODY(deliver__each_call_fails__exit_75_means_not_visible, tc)
{
	struct failure why;
	unsigned int call;
	unsigned int nth;
	int visible = 0;

	box_make("box");
	read_message(SPAN(NOTE));
	faults_install();
	for (call = 0; call < CALLS; call++)
		for (nth = 1; nth < 12; nth++) {
			fail_nth(call, nth, EIO);
			if (deliver(&why) == VERDICT_OK) {
				maildir_close(&delivery);
				visible++;
			}
			fail_nth(call, 0, 0);
			ATF_REQUIRE_EQ_MSG(visible, folder_count("box/new"),
			    "call %u, time %u: %s", call, nth, trail);
			trail_clear();
		}
}

/* ---- Death, and the sender's next try. -------------------------------- */

ATF_TC_WITHOUT_HEAD(retry__died_before_new_was_synced__witness_adopted);
ATF_TC_BODY(retry__died_before_new_was_synced__witness_adopted, tc)
{
	struct failure why;
	char path[512];
	ino_t inode;
	pid_t pid;

	be_ready();
	own_table()->fsync = fsync_new_dies;
	pid = fork();
	if (pid == 0)
		_exit(deliver(&why) == VERDICT_OK ? 0 : 1);
	ATF_REQUIRE_EQ(pid, waitpid(pid, NULL, 0));
	inode = file_inode(folder_only("box/new", path));
	ATF_REQUIRE_EQ(1, folder_count("box/tmp"));
	sys = real_sys;
	ATF_REQUIRE_EQ(VERDICT_OK, deliver(&why));
	check_one_whole(SPAN(TEXT));
	ATF_CHECK_EQ(inode, file_inode(folder_only("box/new", path)));
	ATF_CHECK(delivery.leftover.witness[0] != '\0');
}

/* Die at each system call in turn; what does the next try make of it? */
static void
die_and_retry(struct span text, bool is_identifiable)
{
	unsigned int last_unlink = 0;
	unsigned int nth;
	int exit_code = DIED;
	int status;
	pid_t pid;

	for (nth = 1; exit_code == DIED; nth++) {
		struct failure why;
		int before;
		int after;

		if (file_exists("box"))
			ATF_REQUIRE_EQ(0, system("rm -r box"));
		box_make("box");
		read_message(text);
		pid = fork();
		if (pid == 0) {
			faults_install();
			die_at = nth;
			_exit(deliver(&why) == VERDICT_OK ? 0 : 1);
		}
		ATF_REQUIRE_EQ(pid, waitpid(pid, &status, 0));
		ATF_REQUIRE(WIFEXITED(status));
		exit_code = WEXITSTATUS(status);
		before = folder_count("box/new");
		if (before == 1 && folder_count("box/tmp") == 0)
			last_unlink = nth;
		ATF_REQUIRE_EQ(VERDICT_OK, deliver(&why));
		maildir_close(&delivery);
		message_close(&message);
		after = folder_count("box/new");
		if (before == 0 || (is_identifiable && last_unlink == 0))
			ATF_CHECK_EQ_MSG(1, after, "died at call %u", nth);
		else
			ATF_CHECK_EQ_MSG(2, after, "died at call %u", nth);
		if (before == 0) /* its leftover is swept much later */
			ATF_CHECK(folder_count("box/tmp") <= 1);
	}
	ATF_CHECK_EQ(0, exit_code);
	ATF_CHECK(nth > 15);
	ATF_CHECK(last_unlink > 0);
}

ATF_TC_WITHOUT_HEAD(retry__died_at_each_call__one_message);
ATF_TC_BODY(retry__died_at_each_call__one_message, tc)
{
	die_and_retry(SPAN(TEXT), true);
}

ATF_TC_WITHOUT_HEAD(retry__died_with_a_nameless_note__a_second_note);
ATF_TC_BODY(retry__died_with_a_nameless_note__a_second_note, tc)
{
	die_and_retry(SPAN(NOTE), false);
}

ATF_TC_WITHOUT_HEAD(retry__delivered_before__a_second_message);
ATF_TC_BODY(retry__delivered_before__a_second_message, tc)
{
	struct failure why;

	be_ready();
	ATF_REQUIRE_EQ(VERDICT_OK, deliver(&why));
	maildir_close(&delivery);
	ATF_REQUIRE_EQ(VERDICT_OK, deliver(&why));
	ATF_CHECK_EQ(2, folder_count("box/new"));
}

ATF_TC_WITHOUT_HEAD(retry__witness_cannot_be_synced__retry_and_it_stays);
ATF_TC_BODY(retry__witness_cannot_be_synced__retry_and_it_stays, tc)
{
	struct failure why;
	pid_t pid;

	be_ready();
	own_table()->fsync = fsync_new_dies;
	pid = fork();
	if (pid == 0)
		_exit(deliver(&why) == VERDICT_OK ? 0 : 1);
	ATF_REQUIRE_EQ(pid, waitpid(pid, NULL, 0));
	own_table()->fsync = fsync_new_eio;
	plain = real_sys;
	ATF_CHECK_STREQ("fsync-dir", refused().step);
	ATF_CHECK_EQ(1, folder_count("box/new"));
	ATF_CHECK_EQ(1, folder_count("box/tmp"));
}

/* ---- Signals. --------------------------------------------------------- */

static void
tell(enum verdict verdict, const struct failure *why)
{
	const char *outcome = verdict == VERDICT_OK ? "ok" : why->step;

	child_say(outcome);
}

static void
stopped_before(void)
{
	struct failure why;

	be_ready();
	interrupt_start(1000);
	(void)raise(SIGTERM);
	tell(deliver(&why), &why);
}

ATF_TC_WITHOUT_HEAD(signal__before_the_commit__retry_and_nothing_left);
ATF_TC_BODY(signal__before_the_commit__retry_and_nothing_left, tc)
{
	ATF_CHECK_STREQ("signal", child_run(stopped_before).text);
	check_nothing_left();
}

static int
raising_fsync(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		(void)raise(SIGTERM);
	return plain->fsync(fd);
}

static void
stopped_in_fsync(void)
{
	struct failure why;

	be_ready();
	own_table()->fsync = raising_fsync;
	interrupt_start(1000);
	tell(deliver(&why), &why);
}

ATF_TC_WITHOUT_HEAD(signal__during_the_fsync__retry_and_nothing_left);
ATF_TC_BODY(signal__during_the_fsync__retry_and_nothing_left, tc)
{
	ATF_CHECK_STREQ("signal", child_run(stopped_in_fsync).text);
	check_nothing_left();
}

static int
crashing_fsync(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && st.st_ino == new_inode)
		(void)raise(SIGSEGV);
	return plain->fsync(fd);
}

static void
crashed_in_commit(void)
{
	struct failure why;

	be_ready();
	own_table()->fsync = crashing_fsync;
	interrupt_start(1000);
	tell(deliver(&why), &why);
}

ATF_TC_WITHOUT_HEAD(signal__crash_in_the_commit__75_and_witness_stays);
ATF_TC_BODY(signal__crash_in_the_commit__75_and_witness_stays, tc)
{
	ATF_CHECK_EQ(EX_TEMPFAIL, child_run(crashed_in_commit).exit_code);
	ATF_CHECK_EQ(1, folder_count("box/new"));
	ATF_CHECK_EQ(1, folder_count("box/tmp"));
}

static int
raising_linkat(int old_dir_fd, const char *old_path, int new_dir_fd,
    const char *new_path, int flags)
{
	(void)raise(SIGTERM);
	return plain->linkat(old_dir_fd, old_path, new_dir_fd, new_path, flags);
}

static void
stopped_in_commit(void)
{
	struct failure why;

	be_ready();
	own_table()->linkat = raising_linkat;
	interrupt_start(1000);
	tell(deliver(&why), &why);
}

ATF_TC_WITHOUT_HEAD(signal__during_the_commit__waits_and_delivered);
ATF_TC_BODY(signal__during_the_commit__waits_and_delivered, tc)
{
	ATF_CHECK_STREQ("ok", child_run(stopped_in_commit).text);
	check_one_whole(SPAN(TEXT));
}

static void
crashed_after(void)
{
	struct failure why;

	be_ready();
	interrupt_start(1000);
	if (deliver(&why) != VERDICT_OK)
		_exit(EX_SOFTWARE);
	(void)raise(SIGSEGV);
	_exit(EX_SOFTWARE);
}

ATF_TC_WITHOUT_HEAD(signal__crash_after_the_promise__exit_0);
ATF_TC_BODY(signal__crash_after_the_promise__exit_0, tc)
{
	ATF_CHECK_EQ(0, child_run(crashed_after).exit_code);
	check_one_whole(SPAN(TEXT));
}

static void
crashed_after_failure(void)
{
	struct failure why;

	be_ready();
	interrupt_start(1000);
	fail_nth(CALL_LINKAT, 1, EIO);
	if (deliver(&why) == VERDICT_OK)
		_exit(EX_SOFTWARE);
	(void)raise(SIGSEGV);
}

ATF_TC_WITHOUT_HEAD(signal__crash_after_a_failure__exit_75);
ATF_TC_BODY(signal__crash_after_a_failure__exit_75, tc)
{
	ATF_CHECK_EQ(EX_TEMPFAIL, child_run(crashed_after_failure).exit_code);
	check_nothing_left();
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, deliver__message__whole_in_new_and_tmp_empty);
	ATF_TP_ADD_TC(tp, deliver__message__name_is_ours_with_its_size);
	ATF_TP_ADD_TC(tp, deliver__no_box__made_and_delivered);
	ATF_TP_ADD_TC(tp, deliver__any_bytes__as_they_came);
	ATF_TP_ADD_TC(tp, deliver__empty_message__an_empty_file);
	ATF_TP_ADD_TC(tp, deliver__larger_than_memory__whole);
	ATF_TP_ADD_TC(tp, deliver__folder__into_it_alone);
	ATF_TP_ADD_TC(tp, deliver__done__held_until_close);
	ATF_TP_ADD_TC(tp, close__done__no_descriptor_left);
	ATF_TP_ADD_TC(tp, deliver__disk_full_in_write__retry_and_nothing_left);
	ATF_TP_ADD_TC(tp, deliver__first_fsync_eio__fresh_file_delivered);
	ATF_TP_ADD_TC(tp,
	    deliver__first_fsync_eio__first_file_gone_before_second);
	ATF_TP_ADD_TC(tp, deliver__both_fsyncs_eio__retry_and_nothing_left);
	ATF_TP_ADD_TC(tp, deliver__fsync_eio_not_in_memory__no_second_file);
	ATF_TP_ADD_TC(tp, deliver__fsync_eio_after_the_link__no_second_file);
	ATF_TP_ADD_TC(tp, deliver__exactly_the_limit__no_second_file_in_part);
	ATF_TP_ADD_TC(tp, deliver__link_eio__retry_and_nothing_left);
	ATF_TP_ADD_TC(tp, deliver__close_fails__retry_and_nothing_left);
	ATF_TP_ADD_TC(tp, deliver__final_name_taken__another_name);
	ATF_TP_ADD_TC(tp,
	    deliver__all_final_names_taken__retry_and_nothing_left);
	ATF_TP_ADD_TC(tp, deliver__stage_name_taken__another_name);
	ATF_TP_ADD_TC(tp, deliver__all_stage_names_taken__retry_at_open);
	ATF_TP_ADD_TC(tp,
	    deliver__new_cannot_be_synced__retry_and_nothing_left);
	ATF_TP_ADD_TC(tp,
	    deliver__new_synced_nor_cleared__residue_with_witness);
	ATF_TP_ADD_TC(tp, deliver__again_after_residue__one_message);
	ATF_TP_ADD_TC(tp, deliver__each_call_fails__no_descriptor_left);
	ATF_TP_ADD_TC(tp, deliver__each_call_fails__exit_75_means_not_visible);
	ATF_TP_ADD_TC(tp, retry__died_before_new_was_synced__witness_adopted);
	ATF_TP_ADD_TC(tp, retry__died_at_each_call__one_message);
	ATF_TP_ADD_TC(tp, retry__died_with_a_nameless_note__a_second_note);
	ATF_TP_ADD_TC(tp, retry__delivered_before__a_second_message);
	ATF_TP_ADD_TC(tp, retry__witness_cannot_be_synced__retry_and_it_stays);
	ATF_TP_ADD_TC(tp, signal__before_the_commit__retry_and_nothing_left);
	ATF_TP_ADD_TC(tp, signal__during_the_fsync__retry_and_nothing_left);
	ATF_TP_ADD_TC(tp, signal__crash_in_the_commit__75_and_witness_stays);
	ATF_TP_ADD_TC(tp, signal__during_the_commit__waits_and_delivered);
	ATF_TP_ADD_TC(tp, signal__crash_after_the_promise__exit_0);
	ATF_TP_ADD_TC(tp, signal__crash_after_a_failure__exit_75);
	return atf_no_error();
}
