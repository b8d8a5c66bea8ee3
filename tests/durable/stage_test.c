#include "durable/stage.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <atf-c.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/sys.h"
#include "durable/filesystem.h"
#include "tests/support/child.h"
#include "tests/support/faults.h"
#include "tests/support/files.h"
#include "tests/support/spans.h"

static const char text[] = "A: b\n\nbody\n";

static struct sync_policy policy = { true, AFTER_LINK_NEVER };

/* The one of each case; a signal handler may come back to its address. */
static struct stage stage;

/* A stage on its way into box/, not yet open. */
static void
plan_stage(void)
{
	memset(&stage, 0xff, sizeof(stage));
	box_make("box");
	stage.path = "box";
	stage.stage_dir_fd = folder_fd("box/tmp");
	stage.final_dir_fd = folder_fd("box/new");
	stage.policy = &policy;
	(void)strcpy(stage.name, "m1");
	(void)strcpy(stage.final_name, "m1,S=11");
}

static void
open_stage(void)
{
	struct failure why;

	plan_stage();
	ATF_REQUIRE_EQ(VERDICT_OK, stage_open(&stage, &why));
}

static void
written_stage(void)
{
	struct failure why;

	open_stage();
	ATF_REQUIRE_EQ(VERDICT_OK, stage_write(&stage, SPAN(text), &why));
}

static void
sealed_stage(void)
{
	struct failure why;

	written_stage();
	ATF_REQUIRE_EQ(VERDICT_OK, stage_seal(&stage, &why));
}

/* Can others see that its writer lives? Yes where no locks are to be had. */
static bool
is_held(const char *path)
{
	int fd = open(path, O_RDONLY);
	int answer;

	if (stage.is_lock_refused)
		return true;
	ATF_REQUIRE(fd != -1);
	answer = sys->flock(fd, LOCK_SH | LOCK_NB);
	ATF_REQUIRE_EQ(0, close(fd));
	return answer == -1;
}

static struct stage second;

/* Another one in the same box, not yet open. */
static void
plan_second(void)
{
	second = stage;
	second.fd = -1;
	(void)strcpy(second.name, "m2");
	(void)strcpy(second.final_name, "m2,S=11");
}

/* ---- stage_open ------------------------------------------------------- */

ATF_TC_WITHOUT_HEAD(open__free_name__empty_file_0600);
ATF_TC_BODY(open__free_name__empty_file_0600, tc)
{
	(void)umask(0);
	open_stage();
	ATF_CHECK_EQ(0600, file_mode("box/tmp/m1"));
	ATF_CHECK(file_holds("box/tmp/m1", SPAN("")));
	ATF_CHECK_EQ(0, stage.size_bytes);
}

ATF_TC_WITHOUT_HEAD(open__free_name__nothing_claimed);
ATF_TC_BODY(open__free_name__nothing_claimed, tc)
{
	open_stage();
	ATF_CHECK(!stage.is_sealed);
	ATF_CHECK(!stage.is_visible);
	ATF_CHECK(!stage.is_folder_unsynced);
	ATF_CHECK(!stage.is_witness_left);
	ATF_CHECK_EQ(0, stage.write_us);
	ATF_CHECK_EQ(0, stage.sync_us);
}

ATF_TC_WITHOUT_HEAD(open__free_name__closed_on_exec);
ATF_TC_BODY(open__free_name__closed_on_exec, tc)
{
	open_stage();
	ATF_CHECK((fcntl(stage.fd, F_GETFD) & FD_CLOEXEC) != 0);
}

ATF_TC_WITHOUT_HEAD(open__name_taken__retry_with_eexist);
ATF_TC_BODY(open__name_taken__retry_with_eexist, tc)
{
	struct failure why;

	plan_stage();
	file_text("box/tmp/m1", "foreign");
	ATF_CHECK_EQ(VERDICT_RETRY, stage_open(&stage, &why));
	ATF_CHECK_STREQ("open", why.step);
	ATF_CHECK_STREQ("box", why.subject);
	ATF_CHECK_EQ(EEXIST, why.sys_errno);
	ATF_CHECK(file_holds("box/tmp/m1", SPAN("foreign")));
}

ATF_TC_WITHOUT_HEAD(open__name_taken_by_dangling_link__not_followed);
ATF_TC_BODY(open__name_taken_by_dangling_link__not_followed, tc)
{
	struct failure why;

	plan_stage();
	ATF_REQUIRE_EQ(0, symlink("../elsewhere", "box/tmp/m1"));
	ATF_CHECK_EQ(VERDICT_RETRY, stage_open(&stage, &why));
	ATF_CHECK_EQ(EEXIST, why.sys_errno);
	ATF_CHECK(!file_exists("box/elsewhere"));
}

ATF_TC_WITHOUT_HEAD(open__disk_full__retry_at_open);
ATF_TC_BODY(open__disk_full__retry_at_open, tc)
{
	struct failure why;

	plan_stage();
	faults_install();
	fail_nth(CALL_OPENAT, 1, ENOSPC);
	ATF_CHECK_EQ(VERDICT_RETRY, stage_open(&stage, &why));
	ATF_CHECK_STREQ("open", why.step);
	ATF_CHECK_STREQ("4.3.1", why.dsn);
	stage_close(&stage);
}

ATF_TC_WITHOUT_HEAD(open__lock_refused__goes_on_and_says_so);
ATF_TC_BODY(open__lock_refused__goes_on_and_says_so, tc)
{
	struct failure why;

	plan_stage();
	faults_install();
	fail_nth(CALL_FLOCK, 1, ENOLCK);
	ATF_CHECK_EQ(VERDICT_OK, stage_open(&stage, &why));
	ATF_CHECK(stage.is_lock_refused);
}

/* ---- The lock, which tells that the writer lives. --------------------- */

ATF_TC_WITHOUT_HEAD(lock__to_be_had__not_called_refused);
ATF_TC_BODY(lock__to_be_had__not_called_refused, tc)
{
	bool is_refused;

	file_text("file", "");
	is_refused = sys->flock(open("file", O_RDWR), LOCK_EX) == -1;
	open_stage();
	ATF_CHECK_EQ(is_refused, stage.is_lock_refused);
}

ATF_TC_WITHOUT_HEAD(lock__open__held);
ATF_TC_BODY(lock__open__held, tc)
{
	open_stage();
	ATF_CHECK(is_held("box/tmp/m1"));
}

ATF_TC_WITHOUT_HEAD(lock__sealed__still_held);
ATF_TC_BODY(lock__sealed__still_held, tc)
{
	sealed_stage();
	ATF_CHECK(is_held("box/tmp/m1"));
}

ATF_TC_WITHOUT_HEAD(lock__committed__held_until_close);
ATF_TC_BODY(lock__committed__held_until_close, tc)
{
	struct failure why;

	sealed_stage();
	ATF_REQUIRE_EQ(VERDICT_OK, stage_commit(&stage, &why));
	ATF_CHECK(is_held("box/new/m1,S=11"));
	stage_close(&stage);
	ATF_CHECK(stage.is_lock_refused || !is_held("box/new/m1,S=11"));
}

/* ---- stage_write ------------------------------------------------------ */

ATF_TC_WITHOUT_HEAD(write__pieces__one_behind_the_other);
ATF_TC_BODY(write__pieces__one_behind_the_other, tc)
{
	struct failure why;

	open_stage();
	ATF_CHECK_EQ(VERDICT_OK, stage_write(&stage, SPAN("a\0b"), &why));
	ATF_CHECK_EQ(VERDICT_OK, stage_write(&stage, SPAN(""), &why));
	ATF_CHECK_EQ(VERDICT_OK, stage_write(&stage, SPAN("cd"), &why));
	ATF_CHECK(file_holds("box/tmp/m1", SPAN("a\0bcd")));
	ATF_CHECK_EQ(5, stage.size_bytes);
}

static unsigned int writes;

/* One byte at a time, and every other call is interrupted. */
static ssize_t
write_haltingly(int fd, const void *data, size_t size_bytes)
{
	if (++writes % 2 == 0) {
		errno = EINTR;
		return -1;
	}
	return write(fd, data, size_bytes > 1 ? 1 : size_bytes);
}

ATF_TC_WITHOUT_HEAD(write__short_and_interrupted__all_written);
ATF_TC_BODY(write__short_and_interrupted__all_written, tc)
{
	struct sys_calls broken = *sys;
	struct failure why;

	open_stage();
	broken.write = write_haltingly;
	sys = &broken;
	ATF_CHECK_EQ(VERDICT_OK, stage_write(&stage, SPAN(text), &why));
	ATF_CHECK(file_holds("box/tmp/m1", SPAN(text)));
	ATF_CHECK_EQ((long long)strlen(text), stage.size_bytes);
}

static ssize_t
write_nothing(int fd, const void *data, size_t size_bytes)
{
	(void)fd;
	(void)data;
	(void)size_bytes;
	return 0;
}

ATF_TC_WITHOUT_HEAD(write__never_advances__retry_as_full);
ATF_TC_BODY(write__never_advances__retry_as_full, tc)
{
	struct sys_calls broken = *sys;
	struct failure why;

	open_stage();
	broken.write = write_nothing;
	sys = &broken;
	ATF_CHECK_EQ(VERDICT_RETRY, stage_write(&stage, SPAN(text), &why));
	ATF_CHECK_STREQ("write", why.step);
	ATF_CHECK_EQ(ENOSPC, why.sys_errno);
}

ATF_TC_WITHOUT_HEAD(write__each_error__retry_at_write);
ATF_TC_BODY(write__each_error__retry_at_write, tc)
{
	static const int errors[] = { EIO, ENOSPC, EDQUOT, EFBIG, EPIPE,
		EAGAIN };
	struct failure why;
	size_t i;

	open_stage();
	faults_install();
	for (i = 0; i < 6; i++) {
		fail_nth(CALL_WRITE, 1, errors[i]);
		ATF_CHECK_EQ(VERDICT_RETRY,
		    stage_write(&stage, SPAN(text), &why));
		ATF_CHECK_STREQ("write", why.step);
		ATF_CHECK_EQ(errors[i], why.sys_errno);
		ATF_CHECK_EQ(EX_TEMPFAIL, why.exit_code);
	}
}

ATF_TC_WITHOUT_HEAD(write__failed__abandon_leaves_nothing);
ATF_TC_BODY(write__failed__abandon_leaves_nothing, tc)
{
	struct failure why;

	open_stage();
	faults_install();
	fail_nth(CALL_WRITE, 1, ENOSPC);
	ATF_REQUIRE_EQ(VERDICT_RETRY, stage_write(&stage, SPAN(text), &why));
	stage_abandon(&stage);
	ATF_CHECK_EQ(0, folder_count("box/tmp"));
	ATF_CHECK_EQ(0, folder_count("box/new"));
}

static ssize_t
write_interrupted(int fd, const void *data, size_t size_bytes)
{
	(void)fd;
	(void)data;
	(void)size_bytes;
	errno = EINTR;
	return -1;
}

/* In a child, because signals are taken over for good. */
static void
stop_while_writing(void)
{
	struct sys_calls broken = *sys;
	struct failure why;

	open_stage();
	interrupt_start(1000);
	(void)raise(SIGTERM);
	broken.write = write_interrupted;
	sys = &broken;
	if (stage_write(&stage, SPAN(text), &why) == VERDICT_RETRY)
		child_say(why.step);
}

ATF_TC_WITHOUT_HEAD(write__interrupted_by_term__retry_at_signal);
ATF_TC_BODY(write__interrupted_by_term__retry_at_signal, tc)
{
	ATF_CHECK_STREQ("signal", child_run(stop_while_writing).text);
}

/* ---- stage_seal ------------------------------------------------------- */

ATF_TC_WITHOUT_HEAD(seal__written__synced_then_closed);
ATF_TC_BODY(seal__written__synced_then_closed, tc)
{
	struct failure why;

	written_stage();
	faults_install();
	ATF_CHECK_EQ(VERDICT_OK, stage_seal(&stage, &why));
	ATF_CHECK_STREQ("fsync dup close ", trail);
	ATF_CHECK(stage.is_sealed);
}

ATF_TC_WITHOUT_HEAD(seal__written__can_still_be_read);
ATF_TC_BODY(seal__written__can_still_be_read, tc)
{
	char data[sizeof(text)];

	sealed_stage();
	ATF_CHECK_EQ((ssize_t)strlen(text),
	    pread(stage.fd, data, sizeof(data), 0));
	ATF_CHECK_EQ(0, memcmp(text, data, strlen(text)));
}

ATF_TC_WITHOUT_HEAD(seal__written__not_visible);
ATF_TC_BODY(seal__written__not_visible, tc)
{
	sealed_stage();
	ATF_CHECK_EQ(0, folder_count("box/new"));
}

ATF_TC_WITHOUT_HEAD(seal__fsync_eio__retry_and_no_second_try);
ATF_TC_BODY(seal__fsync_eio__retry_and_no_second_try, tc)
{
	struct failure why;

	written_stage();
	faults_install();
	fail_nth(CALL_FSYNC_FILE, 1, EIO);
	ATF_CHECK_EQ(VERDICT_RETRY, stage_seal(&stage, &why));
	ATF_CHECK_STREQ("fsync", why.step);
	ATF_CHECK_EQ(1, calls_seen(CALL_FSYNC_FILE));
	ATF_CHECK(!stage.is_sealed);
}

ATF_TC_WITHOUT_HEAD(seal__close_fails__retry_at_close);
ATF_TC_BODY(seal__close_fails__retry_at_close, tc)
{
	struct failure why;

	written_stage();
	faults_install();
	fail_late(CALL_CLOSE, EDQUOT);
	ATF_CHECK_EQ(VERDICT_RETRY, stage_seal(&stage, &why));
	ATF_CHECK_STREQ("close", why.step);
	ATF_CHECK_EQ(EDQUOT, why.sys_errno);
	ATF_CHECK_STREQ("4.2.2", why.dsn);
	ATF_CHECK(!stage.is_sealed);
}

ATF_TC_WITHOUT_HEAD(seal__close_fails__abandon_leaves_nothing);
ATF_TC_BODY(seal__close_fails__abandon_leaves_nothing, tc)
{
	struct failure why;
	int fd;

	written_stage();
	faults_install();
	fail_late(CALL_CLOSE, EIO);
	ATF_REQUIRE_EQ(VERDICT_RETRY, stage_seal(&stage, &why));
	fd = stage.fd;
	stage_abandon(&stage);
	ATF_CHECK_EQ(0, folder_count("box/tmp"));
	ATF_CHECK_ERRNO(EBADF, fcntl(fd, F_GETFD) == -1);
}

ATF_TC_WITHOUT_HEAD(seal__no_descriptor_left__retry_at_dup);
ATF_TC_BODY(seal__no_descriptor_left__retry_at_dup, tc)
{
	struct failure why;

	written_stage();
	faults_install();
	fail_nth(CALL_DUP, 1, EMFILE);
	ATF_CHECK_EQ(VERDICT_RETRY, stage_seal(&stage, &why));
	ATF_CHECK_STREQ("dup", why.step);
	ATF_CHECK(!stage.is_sealed);
}

/* ---- stage_commit ----------------------------------------------------- */

ATF_TC_WITHOUT_HEAD(commit__sealed__visible_whole);
ATF_TC_BODY(commit__sealed__visible_whole, tc)
{
	struct failure why;

	sealed_stage();
	ATF_CHECK_EQ(VERDICT_OK, stage_commit(&stage, &why));
	ATF_CHECK(file_holds("box/new/m1,S=11", SPAN(text)));
	ATF_CHECK_EQ(0, folder_count("box/tmp"));
	ATF_CHECK(stage.is_visible);
	ATF_CHECK(!stage.is_witness_left);
}

ATF_TC_WITHOUT_HEAD(commit__whole_delivery__calls_in_their_order);
ATF_TC_BODY(commit__whole_delivery__calls_in_their_order, tc)
{
	struct failure why;

	plan_stage();
	faults_install();
	ATF_REQUIRE_EQ(VERDICT_OK, stage_open(&stage, &why));
	ATF_REQUIRE_EQ(VERDICT_OK, stage_write(&stage, SPAN(text), &why));
	ATF_REQUIRE_EQ(VERDICT_OK, stage_seal(&stage, &why));
	ATF_REQUIRE_EQ(VERDICT_OK, stage_commit(&stage, &why));
	stage_close(&stage);
	ATF_CHECK_STREQ("openat flock write fsync dup close linkat fsync-dir "
			"unlinkat close ",
	    trail);
}

ATF_TC_WITHOUT_HEAD(commit__fsync_dir_running__witness_is_there);
ATF_TC_BODY(commit__fsync_dir_running__witness_is_there, tc)
{
	struct failure why;

	sealed_stage();
	faults_install();
	fail_nth(CALL_FSYNC_DIR, 1, EIO);
	fail_nth(CALL_UNLINKAT, 1, EIO);
	/* What a crash at that moment would leave. */
	(void)stage_commit(&stage, &why);
	ATF_CHECK_EQ(file_inode("box/tmp/m1"), file_inode("box/new/m1,S=11"));
}

ATF_TC_WITHOUT_HEAD(commit__link_fails__retry_and_invisible);
ATF_TC_BODY(commit__link_fails__retry_and_invisible, tc)
{
	static const int errors[] = { EIO, ENOSPC, EDQUOT, EACCES, EROFS, EXDEV,
		ENOENT, ESTALE };
	struct failure why;
	size_t i;

	sealed_stage();
	faults_install();
	for (i = 0; i < 8; i++) {
		fail_nth(CALL_LINKAT, 1, errors[i]);
		ATF_CHECK_EQ(VERDICT_RETRY, stage_commit(&stage, &why));
		ATF_CHECK_STREQ("link", why.step);
		ATF_CHECK_EQ(errors[i], why.sys_errno);
		ATF_CHECK_EQ(EX_TEMPFAIL, why.exit_code);
		ATF_CHECK(!why.residue);
		ATF_CHECK_EQ(0, folder_count("box/new"));
	}
}

ATF_TC_WITHOUT_HEAD(commit__link_fails__abandon_leaves_nothing);
ATF_TC_BODY(commit__link_fails__abandon_leaves_nothing, tc)
{
	struct failure why;

	sealed_stage();
	faults_install();
	fail_nth(CALL_LINKAT, 1, EIO);
	ATF_REQUIRE_EQ(VERDICT_RETRY, stage_commit(&stage, &why));
	stage_abandon(&stage);
	ATF_CHECK_EQ(0, folder_count("box/tmp"));
	ATF_CHECK_EQ(0, folder_count("box/new"));
}

ATF_TC_WITHOUT_HEAD(commit__link_eperm__retry_at_link_and_no_rename);
ATF_TC_BODY(commit__link_eperm__retry_at_link_and_no_rename, tc)
{
	struct failure why;

	sealed_stage();
	if (!filesystem_has_links(stage.stage_dir_fd))
		atf_tc_skip("no links in the work folder");
	faults_install();
	fail_nth(CALL_LINKAT, 1, EPERM);
	ATF_CHECK_EQ(VERDICT_RETRY, stage_commit(&stage, &why));
	ATF_CHECK_STREQ("link", why.step);
	ATF_CHECK_EQ(EPERM, why.sys_errno);
	ATF_CHECK_EQ(0, calls_seen(CALL_RENAMEAT));
	ATF_CHECK_EQ(0, calls_seen(CALL_RENAME_NOREPLACE));
}

ATF_TC_WITHOUT_HEAD(commit__link_made_but_eio__success);
ATF_TC_BODY(commit__link_made_but_eio__success, tc)
{
	struct failure why;

	sealed_stage();
	faults_install();
	fail_late(CALL_LINKAT, EIO);
	ATF_CHECK_EQ(VERDICT_OK, stage_commit(&stage, &why));
	ATF_CHECK(file_holds("box/new/m1,S=11", SPAN(text)));
	ATF_CHECK_EQ(0, folder_count("box/tmp"));
}

ATF_TC_WITHOUT_HEAD(commit__link_made_but_eexist__success);
ATF_TC_BODY(commit__link_made_but_eexist__success, tc)
{
	struct failure why;

	sealed_stage();
	faults_install();
	fail_late(CALL_LINKAT, EEXIST);
	ATF_CHECK_EQ(VERDICT_OK, stage_commit(&stage, &why));
	ATF_CHECK(file_holds("box/new/m1,S=11", SPAN(text)));
}

ATF_TC_WITHOUT_HEAD(commit__link_made_but_eio_and_new_unseen__success);
ATF_TC_BODY(commit__link_made_but_eio_and_new_unseen__success, tc)
{
	struct failure why;

	sealed_stage();
	faults_install();
	fail_late(CALL_LINKAT, EIO);
	fail_always(CALL_FSTATAT, EIO);
	ATF_CHECK_EQ(VERDICT_OK, stage_commit(&stage, &why));
	ATF_CHECK(file_holds("box/new/m1,S=11", SPAN(text)));
}

/* The link may have been made, and nothing tells whether it was. */
static void
lose_answer_and_sight(int sys_errno)
{
	sealed_stage();
	faults_install();
	fail_late(CALL_LINKAT, sys_errno);
	fail_always(CALL_FSTAT, EIO);
	fail_always(CALL_FSTATAT, EIO);
}

ATF_TC_WITHOUT_HEAD(commit__nobody_knows_of_the_link__taken_back);
ATF_TC_BODY(commit__nobody_knows_of_the_link__taken_back, tc)
{
	struct failure why;

	lose_answer_and_sight(ESTALE);
	ATF_REQUIRE_EQ(VERDICT_RETRY, stage_commit(&stage, &why));
	ATF_CHECK_STREQ("link", why.step);
	ATF_CHECK_EQ(ESTALE, why.sys_errno);
	ATF_CHECK(!why.residue);
	stage_abandon(&stage);
	ATF_CHECK_EQ(0, folder_count("box/new"));
	ATF_CHECK_EQ(0, folder_count("box/tmp"));
}

ATF_TC_WITHOUT_HEAD(commit__unknown_link_cannot_go__residue_and_witness);
ATF_TC_BODY(commit__unknown_link_cannot_go__residue_and_witness, tc)
{
	struct failure why;

	lose_answer_and_sight(EIO);
	fail_always(CALL_UNLINKAT, EIO);
	ATF_REQUIRE_EQ(VERDICT_RETRY, stage_commit(&stage, &why));
	ATF_CHECK(why.residue);
	stage_abandon(&stage);
	ATF_CHECK_EQ(file_inode("box/tmp/m1"), file_inode("box/new/m1,S=11"));
}

ATF_TC_WITHOUT_HEAD(commit__unknown_link_and_eexist__foreign_name_stays);
ATF_TC_BODY(commit__unknown_link_and_eexist__foreign_name_stays, tc)
{
	struct failure why;

	lose_answer_and_sight(EEXIST);
	file_text("box/new/m1,S=11", "foreign");
	ATF_REQUIRE_EQ(VERDICT_RETRY, stage_commit(&stage, &why));
	ATF_CHECK(file_holds("box/new/m1,S=11", SPAN("foreign")));
}

ATF_TC_WITHOUT_HEAD(commit__unknown_link_and_eexist__no_other_name_tried);
ATF_TC_BODY(commit__unknown_link_and_eexist__no_other_name_tried, tc)
{
	struct failure why;

	lose_answer_and_sight(EEXIST);
	ATF_REQUIRE_EQ(VERDICT_RETRY, stage_commit(&stage, &why));
	ATF_CHECK(why.residue);
	ATF_CHECK(why.sys_errno != EEXIST);
	stage_abandon(&stage);
	ATF_CHECK(file_exists("box/tmp/m1")); /* its witness */
}

ATF_TC_WITHOUT_HEAD(commit__final_name_taken__retry_with_eexist);
ATF_TC_BODY(commit__final_name_taken__retry_with_eexist, tc)
{
	struct failure why;

	sealed_stage();
	file_text("box/new/m1,S=11", "foreign");
	ATF_CHECK_EQ(VERDICT_RETRY, stage_commit(&stage, &why));
	ATF_CHECK_STREQ("link", why.step);
	ATF_CHECK_EQ(EEXIST, why.sys_errno);
	ATF_CHECK(!why.residue);
	ATF_CHECK(file_holds("box/new/m1,S=11", SPAN("foreign")));
}

ATF_TC_WITHOUT_HEAD(commit__final_name_taken__another_may_be_tried);
ATF_TC_BODY(commit__final_name_taken__another_may_be_tried, tc)
{
	struct failure why;

	sealed_stage();
	file_text("box/new/m1,S=11", "foreign");
	ATF_REQUIRE_EQ(VERDICT_RETRY, stage_commit(&stage, &why));
	(void)strcpy(stage.final_name, "m2,S=11");
	ATF_CHECK_EQ(VERDICT_OK, stage_commit(&stage, &why));
	ATF_CHECK(file_holds("box/new/m2,S=11", SPAN(text)));
	ATF_CHECK(file_holds("box/new/m1,S=11", SPAN("foreign")));
	ATF_CHECK_EQ(0, folder_count("box/tmp"));
}

/* ---- Where a file cannot have two names. ------------------------------ */

static void
stage_without_links(void)
{
	sealed_stage();
	faults_install();
	fail_always(CALL_LINKAT, ENOTSUP);
}

ATF_TC_WITHOUT_HEAD(rename__no_links__visible_whole);
ATF_TC_BODY(rename__no_links__visible_whole, tc)
{
	struct failure why;

	stage_without_links();
	ATF_CHECK_EQ(VERDICT_OK, stage_commit(&stage, &why));
	ATF_CHECK(file_holds("box/new/m1,S=11", SPAN(text)));
	ATF_CHECK_EQ(0, folder_count("box/tmp"));
	ATF_CHECK(!stage.is_witness_left);
}

ATF_TC_WITHOUT_HEAD(rename__each_word_for_no_links__is_understood);
ATF_TC_BODY(rename__each_word_for_no_links__is_understood, tc)
{
	static const int errors[] = { ENOTSUP, EOPNOTSUPP, ENOSYS, EMLINK };
	struct failure why;
	size_t i;

	sealed_stage();
	faults_install();
	fail_always(CALL_RENAME_NOREPLACE, EIO);
	for (i = 0; i < 4; i++) {
		fail_always(CALL_LINKAT, errors[i]);
		ATF_CHECK_EQ(VERDICT_RETRY, stage_commit(&stage, &why));
		ATF_CHECK_STREQ("rename", why.step);
	}
}

ATF_TC_WITHOUT_HEAD(rename__no_noreplace__checked_and_visible);
ATF_TC_BODY(rename__no_noreplace__checked_and_visible, tc)
{
	struct failure why;

	stage_without_links();
	fail_always(CALL_RENAME_NOREPLACE, ENOSYS);
	ATF_CHECK_EQ(VERDICT_OK, stage_commit(&stage, &why));
	ATF_CHECK_EQ(1, calls_seen(CALL_RENAMEAT));
	ATF_CHECK(file_holds("box/new/m1,S=11", SPAN(text)));
	ATF_CHECK_EQ(0, folder_count("box/tmp"));
}

static int
rename_without_answer(int old_dir_fd, const char *old_path, int new_dir_fd,
    const char *new_path)
{
	(void)renameat(old_dir_fd, old_path, new_dir_fd, new_path);
	errno = EIO;
	return -1;
}

ATF_TC_WITHOUT_HEAD(rename__made_but_eio__success);
ATF_TC_BODY(rename__made_but_eio__success, tc)
{
	struct sys_calls calls;
	struct failure why;

	stage_without_links();
	calls = *sys;
	calls.rename_noreplace = rename_without_answer;
	sys = &calls;
	ATF_CHECK_EQ(VERDICT_OK, stage_commit(&stage, &why));
	ATF_CHECK(file_holds("box/new/m1,S=11", SPAN(text)));
}

ATF_TC_WITHOUT_HEAD(rename__checked_and_made_but_eio__success);
ATF_TC_BODY(rename__checked_and_made_but_eio__success, tc)
{
	struct failure why;

	stage_without_links();
	fail_always(CALL_RENAME_NOREPLACE, ENOSYS);
	fail_late(CALL_RENAMEAT, EIO);
	ATF_CHECK_EQ(VERDICT_OK, stage_commit(&stage, &why));
	ATF_CHECK(file_holds("box/new/m1,S=11", SPAN(text)));
}

ATF_TC_WITHOUT_HEAD(rename__name_taken__retry_with_eexist);
ATF_TC_BODY(rename__name_taken__retry_with_eexist, tc)
{
	struct failure why;

	stage_without_links();
	file_text("box/new/m1,S=11", "foreign");
	ATF_CHECK_EQ(VERDICT_RETRY, stage_commit(&stage, &why));
	ATF_CHECK_STREQ("rename", why.step);
	ATF_CHECK_EQ(EEXIST, why.sys_errno);
	ATF_CHECK(file_holds("box/new/m1,S=11", SPAN("foreign")));
	ATF_CHECK(file_holds("box/tmp/m1", SPAN(text)));
}

ATF_TC_WITHOUT_HEAD(rename__name_taken_and_no_noreplace__retry_with_eexist);
ATF_TC_BODY(rename__name_taken_and_no_noreplace__retry_with_eexist, tc)
{
	struct failure why;

	stage_without_links();
	fail_always(CALL_RENAME_NOREPLACE, EINVAL);
	file_text("box/new/m1,S=11", "foreign");
	ATF_CHECK_EQ(VERDICT_RETRY, stage_commit(&stage, &why));
	ATF_CHECK_EQ(EEXIST, why.sys_errno);
	ATF_CHECK_EQ(0, calls_seen(CALL_RENAMEAT));
	ATF_CHECK(file_holds("box/new/m1,S=11", SPAN("foreign")));
}

ATF_TC_WITHOUT_HEAD(rename__cannot_look__retry_and_no_rename);
ATF_TC_BODY(rename__cannot_look__retry_and_no_rename, tc)
{
	struct failure why;

	stage_without_links();
	fail_always(CALL_RENAME_NOREPLACE, ENOSYS);
	fail_always(CALL_FSTATAT, EIO);
	ATF_CHECK_EQ(VERDICT_RETRY, stage_commit(&stage, &why));
	ATF_CHECK_STREQ("rename", why.step);
	ATF_CHECK_EQ(EIO, why.sys_errno);
	ATF_CHECK_EQ(0, calls_seen(CALL_RENAMEAT));
}

ATF_TC_WITHOUT_HEAD(rename__eio__retry_and_invisible);
ATF_TC_BODY(rename__eio__retry_and_invisible, tc)
{
	struct failure why;

	stage_without_links();
	fail_always(CALL_RENAME_NOREPLACE, EIO);
	ATF_CHECK_EQ(VERDICT_RETRY, stage_commit(&stage, &why));
	ATF_CHECK_STREQ("rename", why.step);
	stage_abandon(&stage);
	ATF_CHECK_EQ(0, folder_count("box/tmp"));
	ATF_CHECK_EQ(0, folder_count("box/new"));
}

ATF_TC_WITHOUT_HEAD(rename__fsync_dir_eio__invisible_again);
ATF_TC_BODY(rename__fsync_dir_eio__invisible_again, tc)
{
	struct failure why;

	stage_without_links();
	fail_nth(CALL_FSYNC_DIR, 1, EIO);
	ATF_CHECK_EQ(VERDICT_RETRY, stage_commit(&stage, &why));
	ATF_CHECK(!why.residue);
	stage_abandon(&stage);
	ATF_CHECK_EQ(0, folder_count("box/tmp"));
	ATF_CHECK_EQ(0, folder_count("box/new"));
}

/* ---- The folder's sync. ----------------------------------------------- */

ATF_TC_WITHOUT_HEAD(commit__fsync_dir_eio__invisible_again);
ATF_TC_BODY(commit__fsync_dir_eio__invisible_again, tc)
{
	struct failure why;

	sealed_stage();
	faults_install();
	fail_nth(CALL_FSYNC_DIR, 1, EIO);
	ATF_CHECK_EQ(VERDICT_RETRY, stage_commit(&stage, &why));
	ATF_CHECK_STREQ("fsync-dir", why.step);
	ATF_CHECK_EQ(EX_TEMPFAIL, why.exit_code);
	ATF_CHECK(!why.residue);
	ATF_CHECK(!stage.is_visible);
	ATF_CHECK_EQ(0, folder_count("box/new"));
}

ATF_TC_WITHOUT_HEAD(commit__fsync_dir_eio__abandon_leaves_nothing);
ATF_TC_BODY(commit__fsync_dir_eio__abandon_leaves_nothing, tc)
{
	struct failure why;

	sealed_stage();
	faults_install();
	fail_nth(CALL_FSYNC_DIR, 1, EIO);
	ATF_REQUIRE_EQ(VERDICT_RETRY, stage_commit(&stage, &why));
	stage_abandon(&stage);
	ATF_CHECK_EQ(0, folder_count("box/tmp"));
}

ATF_TC_WITHOUT_HEAD(commit__fsync_dir_and_unlink_fail__residue_and_witness);
ATF_TC_BODY(commit__fsync_dir_and_unlink_fail__residue_and_witness, tc)
{
	struct failure why;

	sealed_stage();
	faults_install();
	fail_nth(CALL_FSYNC_DIR, 1, EIO);
	fail_nth(CALL_UNLINKAT, 1, EIO);
	ATF_CHECK_EQ(VERDICT_RETRY, stage_commit(&stage, &why));
	ATF_CHECK_STREQ("fsync-dir", why.step);
	ATF_CHECK(why.residue);
	stage_abandon(&stage);
	ATF_CHECK(file_exists("box/new/m1,S=11"));
	ATF_CHECK(file_exists("box/tmp/m1"));
}

static void
crash_with_residue(void)
{
	struct failure why;

	interrupt_start(1000);
	sealed_stage();
	faults_install();
	fail_nth(CALL_FSYNC_DIR, 1, EIO);
	fail_nth(CALL_UNLINKAT, 1, EIO);
	interrupt_hold(INTERRUPT_HOLD_S);
	(void)stage_commit(&stage, &why);
	interrupt_release();
	(void)raise(SIGSEGV);
}

ATF_TC_WITHOUT_HEAD(commit__crash_after_residue__witness_stays);
ATF_TC_BODY(commit__crash_after_residue__witness_stays, tc)
{
	ATF_CHECK_EQ(EX_TEMPFAIL, child_run(crash_with_residue).exit_code);
	ATF_REQUIRE(file_exists("box/new/m1,S=11"));
	ATF_CHECK(file_exists("box/tmp/m1"));
}

static void
crash_while_staged(void)
{
	interrupt_start(1000);
	written_stage();
	(void)raise(SIGSEGV);
}

ATF_TC_WITHOUT_HEAD(open__crash_later__name_is_removed);
ATF_TC_BODY(open__crash_later__name_is_removed, tc)
{
	struct ending ending = child_run(crash_while_staged);

	ATF_CHECK_EQ(EX_TEMPFAIL, ending.exit_code);
	ATF_CHECK_EQ(0, folder_count("box/tmp"));
}

ATF_TC_WITHOUT_HEAD(commit__folder_sync_required__own_step_and_invisible);
ATF_TC_BODY(commit__folder_sync_required__own_step_and_invisible, tc)
{
	struct failure why;

	sealed_stage();
	faults_install();
	fail_always(CALL_FSYNC_DIR, EINVAL);
	ATF_CHECK_EQ(VERDICT_RETRY, stage_commit(&stage, &why));
	ATF_CHECK_STREQ("fsync-dir-unsupported", why.step);
	ATF_CHECK(!why.residue);
	ATF_CHECK_EQ(0, folder_count("box/new"));
}

ATF_TC_WITHOUT_HEAD(commit__folder_sync_let_pass__file_synced_again);
ATF_TC_BODY(commit__folder_sync_let_pass__file_synced_again, tc)
{
	struct failure why;

	policy.is_folder_required = false;
	policy.after_link = AFTER_LINK_AUTO;
	sealed_stage();
	faults_install();
	fail_always(CALL_FSYNC_DIR, EINVAL);
	ATF_CHECK_EQ(VERDICT_OK, stage_commit(&stage, &why));
	ATF_CHECK_STREQ("linkat fsync-dir fsync unlinkat ", trail);
	ATF_CHECK(stage.is_folder_unsynced);
}

ATF_TC_WITHOUT_HEAD(commit__after_link_always__file_synced_again);
ATF_TC_BODY(commit__after_link_always__file_synced_again, tc)
{
	struct failure why;

	policy.after_link = AFTER_LINK_ALWAYS;
	sealed_stage();
	faults_install();
	ATF_CHECK_EQ(VERDICT_OK, stage_commit(&stage, &why));
	ATF_CHECK_STREQ("linkat fsync-dir fsync unlinkat ", trail);
}

ATF_TC_WITHOUT_HEAD(commit__second_fsync_eio__invisible_again);
ATF_TC_BODY(commit__second_fsync_eio__invisible_again, tc)
{
	struct failure why;

	policy.after_link = AFTER_LINK_ALWAYS;
	sealed_stage();
	faults_install();
	fail_nth(CALL_FSYNC_FILE, 1, EIO);
	ATF_CHECK_EQ(VERDICT_RETRY, stage_commit(&stage, &why));
	ATF_CHECK_STREQ("fsync", why.step);
	ATF_CHECK(!why.residue);
	ATF_CHECK_EQ(0, folder_count("box/new"));
}

ATF_TC_WITHOUT_HEAD(commit__witness_cannot_go__still_delivered);
ATF_TC_BODY(commit__witness_cannot_go__still_delivered, tc)
{
	struct failure why;

	sealed_stage();
	faults_install();
	fail_nth(CALL_UNLINKAT, 1, EIO);
	ATF_CHECK_EQ(VERDICT_OK, stage_commit(&stage, &why));
	ATF_CHECK(stage.is_witness_left);
	ATF_CHECK(file_holds("box/new/m1,S=11", SPAN(text)));
}

/* ---- The end. --------------------------------------------------------- */

ATF_TC_WITHOUT_HEAD(abandon__open__nothing_left);
ATF_TC_BODY(abandon__open__nothing_left, tc)
{
	int fd;

	written_stage();
	fd = stage.fd;
	stage_abandon(&stage);
	ATF_CHECK_EQ(0, folder_count("box/tmp"));
	ATF_CHECK_ERRNO(EBADF, fcntl(fd, F_GETFD) == -1);
}

ATF_TC_WITHOUT_HEAD(abandon__unlink_fails__file_left_and_closed);
ATF_TC_BODY(abandon__unlink_fails__file_left_and_closed, tc)
{
	int fd;

	written_stage();
	fd = stage.fd;
	faults_install();
	fail_nth(CALL_UNLINKAT, 1, EIO);
	stage_abandon(&stage);
	ATF_CHECK(file_exists("box/tmp/m1"));
	ATF_CHECK_ERRNO(EBADF, fcntl(fd, F_GETFD) == -1);
}

ATF_TC_WITHOUT_HEAD(close__twice__second_does_nothing);
ATF_TC_BODY(close__twice__second_does_nothing, tc)
{
	struct failure why;

	sealed_stage();
	ATF_REQUIRE_EQ(VERDICT_OK, stage_commit(&stage, &why));
	stage_close(&stage);
	faults_install();
	stage_close(&stage);
	ATF_CHECK_STREQ("", trail);
	ATF_CHECK(file_exists("box/new/m1,S=11"));
}

/* ---- stage_share, stage_copy ------------------------------------------- */

ATF_TC_WITHOUT_HEAD(share__link_made_but_eio__success);
ATF_TC_BODY(share__link_made_but_eio__success, tc)
{
	struct failure why;

	written_stage();
	plan_second();
	faults_install();
	fail_late(CALL_LINKAT, EIO);
	ATF_CHECK_EQ(VERDICT_OK, stage_share(&second, &stage, &why));
	ATF_CHECK_EQ(file_inode("box/tmp/m1"), file_inode("box/tmp/m2"));
	ATF_CHECK(second.is_shared);
	stage_abandon(&second);
	stage_abandon(&stage);
	ATF_CHECK_EQ(0, folder_count("box/tmp"));
}

ATF_TC_WITHOUT_HEAD(share__no_descriptor_left__retry_at_dup);
ATF_TC_BODY(share__no_descriptor_left__retry_at_dup, tc)
{
	struct failure why;

	written_stage();
	plan_second();
	faults_install();
	fail_nth(CALL_DUP, 1, EMFILE);
	ATF_CHECK_EQ(VERDICT_RETRY, stage_share(&second, &stage, &why));
	ATF_CHECK_STREQ("dup", why.step);
	ATF_CHECK_EQ(EMFILE, why.sys_errno);
	ATF_CHECK_EQ(EX_TEMPFAIL, why.exit_code);
	ATF_CHECK(!file_exists("box/tmp/m2"));
}

static enum verdict
copy_to_second(struct failure *why)
{
	plan_second();
	ATF_REQUIRE_EQ(VERDICT_OK, stage_open(&second, why));
	return stage_copy(&second, &stage, why);
}

ATF_TC_WITHOUT_HEAD(copy__interrupted__all_copied);
ATF_TC_BODY(copy__interrupted__all_copied, tc)
{
	struct failure why;

	written_stage();
	faults_install();
	fail_nth(CALL_PREAD, 1, EINTR);
	ATF_CHECK_EQ(VERDICT_OK, copy_to_second(&why));
	ATF_CHECK(file_holds("box/tmp/m2", SPAN(text)));
	ATF_CHECK_EQ(2, calls_seen(CALL_PREAD));
}

ATF_TC_WITHOUT_HEAD(copy__donor_lost_its_end__retry_at_read);
ATF_TC_BODY(copy__donor_lost_its_end__retry_at_read, tc)
{
	struct failure why;

	written_stage();
	ATF_REQUIRE_EQ(0, ftruncate(stage.fd, 4));
	ATF_CHECK_EQ(VERDICT_RETRY, copy_to_second(&why));
	ATF_CHECK_STREQ("read", why.step);
	ATF_CHECK_EQ(EIO, why.sys_errno);
	ATF_CHECK_EQ(EX_TEMPFAIL, why.exit_code);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, open__free_name__empty_file_0600);
	ATF_TP_ADD_TC(tp, open__free_name__nothing_claimed);
	ATF_TP_ADD_TC(tp, open__free_name__closed_on_exec);
	ATF_TP_ADD_TC(tp, open__name_taken__retry_with_eexist);
	ATF_TP_ADD_TC(tp, open__name_taken_by_dangling_link__not_followed);
	ATF_TP_ADD_TC(tp, open__disk_full__retry_at_open);
	ATF_TP_ADD_TC(tp, open__lock_refused__goes_on_and_says_so);
	ATF_TP_ADD_TC(tp, lock__to_be_had__not_called_refused);
	ATF_TP_ADD_TC(tp, lock__open__held);
	ATF_TP_ADD_TC(tp, lock__sealed__still_held);
	ATF_TP_ADD_TC(tp, lock__committed__held_until_close);
	ATF_TP_ADD_TC(tp, write__pieces__one_behind_the_other);
	ATF_TP_ADD_TC(tp, write__short_and_interrupted__all_written);
	ATF_TP_ADD_TC(tp, write__never_advances__retry_as_full);
	ATF_TP_ADD_TC(tp, write__each_error__retry_at_write);
	ATF_TP_ADD_TC(tp, write__failed__abandon_leaves_nothing);
	ATF_TP_ADD_TC(tp, write__interrupted_by_term__retry_at_signal);
	ATF_TP_ADD_TC(tp, seal__written__synced_then_closed);
	ATF_TP_ADD_TC(tp, seal__written__can_still_be_read);
	ATF_TP_ADD_TC(tp, seal__written__not_visible);
	ATF_TP_ADD_TC(tp, seal__fsync_eio__retry_and_no_second_try);
	ATF_TP_ADD_TC(tp, seal__close_fails__retry_at_close);
	ATF_TP_ADD_TC(tp, seal__close_fails__abandon_leaves_nothing);
	ATF_TP_ADD_TC(tp, seal__no_descriptor_left__retry_at_dup);
	ATF_TP_ADD_TC(tp, commit__sealed__visible_whole);
	ATF_TP_ADD_TC(tp, commit__whole_delivery__calls_in_their_order);
	ATF_TP_ADD_TC(tp, commit__fsync_dir_running__witness_is_there);
	ATF_TP_ADD_TC(tp, commit__link_fails__retry_and_invisible);
	ATF_TP_ADD_TC(tp, commit__link_fails__abandon_leaves_nothing);
	ATF_TP_ADD_TC(tp, commit__link_eperm__retry_at_link_and_no_rename);
	ATF_TP_ADD_TC(tp, commit__link_made_but_eio__success);
	ATF_TP_ADD_TC(tp, commit__link_made_but_eexist__success);
	ATF_TP_ADD_TC(tp, commit__link_made_but_eio_and_new_unseen__success);
	ATF_TP_ADD_TC(tp, commit__nobody_knows_of_the_link__taken_back);
	ATF_TP_ADD_TC(tp, commit__unknown_link_cannot_go__residue_and_witness);
	ATF_TP_ADD_TC(tp, commit__unknown_link_and_eexist__foreign_name_stays);
	ATF_TP_ADD_TC(tp, commit__unknown_link_and_eexist__no_other_name_tried);
	ATF_TP_ADD_TC(tp, commit__final_name_taken__retry_with_eexist);
	ATF_TP_ADD_TC(tp, commit__final_name_taken__another_may_be_tried);
	ATF_TP_ADD_TC(tp, rename__no_links__visible_whole);
	ATF_TP_ADD_TC(tp, rename__each_word_for_no_links__is_understood);
	ATF_TP_ADD_TC(tp, rename__no_noreplace__checked_and_visible);
	ATF_TP_ADD_TC(tp, rename__made_but_eio__success);
	ATF_TP_ADD_TC(tp, rename__checked_and_made_but_eio__success);
	ATF_TP_ADD_TC(tp, rename__name_taken__retry_with_eexist);
	ATF_TP_ADD_TC(tp,
	    rename__name_taken_and_no_noreplace__retry_with_eexist);
	ATF_TP_ADD_TC(tp, rename__cannot_look__retry_and_no_rename);
	ATF_TP_ADD_TC(tp, rename__eio__retry_and_invisible);
	ATF_TP_ADD_TC(tp, rename__fsync_dir_eio__invisible_again);
	ATF_TP_ADD_TC(tp, commit__fsync_dir_eio__invisible_again);
	ATF_TP_ADD_TC(tp, commit__fsync_dir_eio__abandon_leaves_nothing);
	ATF_TP_ADD_TC(tp,
	    commit__fsync_dir_and_unlink_fail__residue_and_witness);
	ATF_TP_ADD_TC(tp, commit__crash_after_residue__witness_stays);
	ATF_TP_ADD_TC(tp, open__crash_later__name_is_removed);
	ATF_TP_ADD_TC(tp, commit__folder_sync_required__own_step_and_invisible);
	ATF_TP_ADD_TC(tp, commit__folder_sync_let_pass__file_synced_again);
	ATF_TP_ADD_TC(tp, commit__after_link_always__file_synced_again);
	ATF_TP_ADD_TC(tp, commit__second_fsync_eio__invisible_again);
	ATF_TP_ADD_TC(tp, commit__witness_cannot_go__still_delivered);
	ATF_TP_ADD_TC(tp, abandon__open__nothing_left);
	ATF_TP_ADD_TC(tp, abandon__unlink_fails__file_left_and_closed);
	ATF_TP_ADD_TC(tp, close__twice__second_does_nothing);
	ATF_TP_ADD_TC(tp, share__link_made_but_eio__success);
	ATF_TP_ADD_TC(tp, share__no_descriptor_left__retry_at_dup);
	ATF_TP_ADD_TC(tp, copy__interrupted__all_copied);
	ATF_TP_ADD_TC(tp, copy__donor_lost_its_end__retry_at_read);
	return atf_no_error();
}
