#include "account/spool_file.h"

#include <sys/stat.h>

#include <atf-c.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/faults.h"
#include "tests/support/files.h"

enum { LEFT_BEHIND_S = 2 * 3600 };

static struct sys_calls changed;
static const struct sys_calls *real;

/* In a folder of our own; the account is whoever runs the test. */
static int
make(const char *name)
{
	struct account account = { .uid = geteuid(), .gid = getegid() };
	int dir_fd = folder_fd("spool");
	int error = spool_file_make(dir_fd, name, &account, 0660);

	(void)close(dir_fd);
	return error;
}

static void
start(void)
{
	ATF_REQUIRE_EQ(0, mkdir("spool", 0700));
	faults_install();
	real = sys;
	changed = *sys;
	sys = &changed;
}

/* The next call of this kind; is_late: it is made all the same. */
static void
fail(enum call call, int sys_errno, bool is_late)
{
	fault_plans[call] = (struct fault_plan){ 1, 1, sys_errno, is_late, 0 };
}

static nlink_t
link_count(const char *path)
{
	struct stat st;

	ATF_REQUIRE_EQ(0, lstat(path, &st));
	return st.st_nlink;
}

ATF_TC_WITHOUT_HEAD(make__new__has_one_name);
ATF_TC_BODY(make__new__has_one_name, tc)
{
	start();
	ATF_CHECK_EQ(0, make("alice"));
	ATF_CHECK_EQ(0600, file_mode("spool/alice") & 07777);
	ATF_CHECK_EQ(1, link_count("spool/alice"));
	ATF_CHECK_EQ(1, folder_count("spool"));
}

ATF_TC_WITHOUT_HEAD(make__folder_with_setgid__mode_for_its_group);
ATF_TC_BODY(make__folder_with_setgid__mode_for_its_group, tc)
{
	start();
	ATF_REQUIRE_EQ(0, chmod("spool", 02700));
	ATF_CHECK_EQ(0, make("alice"));
	ATF_CHECK_EQ(0660, file_mode("spool/alice") & 07777);
}

ATF_TC_WITHOUT_HEAD(make__name_taken__eexist_and_untouched);
ATF_TC_BODY(make__name_taken__eexist_and_untouched, tc)
{
	start();
	file_text("spool/alice", "mail");
	ATF_CHECK_EQ(EEXIST, make("alice"));
	ATF_CHECK(file_holds("spool/alice", span_of("mail")));
	ATF_CHECK_EQ(1, folder_count("spool"));
}

/* ---- Another one is faster --------------------------------------------- */

static int
link_too_late(int old_dir_fd, const char *old_path, int new_dir_fd,
    const char *new_path, int flags)
{
	file_text("spool/alice", "mail");
	return real->linkat(
	    old_dir_fd, old_path, new_dir_fd, new_path, flags);
}

ATF_TC_WITHOUT_HEAD(make__name_taken_meanwhile__eexist_and_untouched);
ATF_TC_BODY(make__name_taken_meanwhile__eexist_and_untouched, tc)
{
	start();
	changed.linkat = link_too_late;
	ATF_CHECK_EQ(EEXIST, make("alice"));
	ATF_CHECK(file_holds("spool/alice", span_of("mail")));
	ATF_CHECK_EQ(1, folder_count("spool"));
}

/* ---- Links that fail --------------------------------------------------- */

ATF_TC_WITHOUT_HEAD(make__reply_of_link_lost__made);
ATF_TC_BODY(make__reply_of_link_lost__made, tc)
{
	start();
	fail(CALL_LINKAT, EIO, true);
	ATF_CHECK_EQ(0, make("alice"));
	ATF_CHECK_EQ(1, link_count("spool/alice"));
	ATF_CHECK_EQ(1, folder_count("spool"));
}

static int
rename_too_late(int old_dir_fd, const char *old_path, int new_dir_fd,
    const char *new_path)
{
	file_text("spool/alice", "mail");
	return real->rename_noreplace(
	    old_dir_fd, old_path, new_dir_fd, new_path);
}

ATF_TC_WITHOUT_HEAD(make__no_links_here__renamed_and_nothing_replaced);
ATF_TC_BODY(make__no_links_here__renamed_and_nothing_replaced, tc)
{
	int error;

	start();
	fail(CALL_LINKAT, ENOTSUP, false);
	error = make("alice");
	if (error == ENOSYS || error == EINVAL) {
		ATF_CHECK_EQ(0, folder_count("spool"));
		atf_tc_skip("no such rename here");
	}
	ATF_CHECK_EQ(0, error);
	ATF_CHECK_EQ(1, folder_count("spool"));
	ATF_REQUIRE_EQ(0, unlink("spool/alice"));
	fail(CALL_LINKAT, ENOTSUP, false);
	changed.rename_noreplace = rename_too_late;
	ATF_CHECK_EQ(EEXIST, make("alice"));
	ATF_CHECK(file_holds("spool/alice", span_of("mail")));
	ATF_CHECK_EQ(1, folder_count("spool"));
}

static void
check_eio(enum call call)
{
	fail(call, EIO, false);
	ATF_CHECK_EQ(EIO, make("alice"));
	ATF_CHECK_EQ(0, folder_count("spool"));
}

ATF_TC_WITHOUT_HEAD(make__call_fails__errno_and_nothing_left);
ATF_TC_BODY(make__call_fails__errno_and_nothing_left, tc)
{
	start();
	check_eio(CALL_OPENAT);
	check_eio(CALL_FSTAT);
	check_eio(CALL_FSYNC_FILE);
	check_eio(CALL_LINKAT);
}

/* ---- What one that was killed has left --------------------------------- */

ATF_TC_WITHOUT_HEAD(sweep__second_name_of_the_file__removed);
ATF_TC_BODY(sweep__second_name_of_the_file__removed, tc)
{
	start();
	file_text("spool/alice", "mail");
	ATF_REQUIRE_EQ(0, link("spool/alice", "spool/.mda-new.1.a"));
	ATF_REQUIRE_EQ(0, link("spool/alice", "spool/other"));
	ATF_CHECK_EQ(EEXIST, make("alice"));
	ATF_CHECK(!file_exists("spool/.mda-new.1.a"));
	ATF_CHECK(file_exists("spool/other"));
	ATF_CHECK(file_holds("spool/alice", span_of("mail")));
}

/* Of another mailbox, just being made. */
ATF_TC_WITHOUT_HEAD(sweep__young_and_empty__stays);
ATF_TC_BODY(sweep__young_and_empty__stays, tc)
{
	start();
	file_text("spool/.mda-new.1.a", "");
	ATF_CHECK_EQ(0, make("alice"));
	ATF_CHECK_EQ(EEXIST, make("alice"));
	ATF_CHECK(file_exists("spool/.mda-new.1.a"));
}

static int
stat_aged(int dir_fd, const char *path, struct stat *st, int flags)
{
	int answer = real->fstatat(dir_fd, path, st, flags);

	st->st_ctime -= LEFT_BEHIND_S;
	return answer;
}

ATF_TC_WITHOUT_HEAD(sweep__old_and_empty__removed);
ATF_TC_BODY(sweep__old_and_empty__removed, tc)
{
	start();
	file_text("spool/.mda-new.1.a", "");
	file_text("spool/.mda-new.2.b", "");
	changed.fstatat = stat_aged;
	ATF_CHECK_EQ(0, make("alice"));
	ATF_CHECK(file_exists("spool/alice"));
	ATF_CHECK_EQ(1, folder_count("spool"));
}

/* They are nobody's: a lock file has its name before its maker goes on. */
ATF_TC_WITHOUT_HEAD(sweep__left_by_killed_deliveries__removed_when_old);
ATF_TC_BODY(sweep__left_by_killed_deliveries__removed_when_old, tc)
{
	start();
	file_text("spool/.lk.12.5f3a", "12 host boot\n");
	file_text("spool/.lk.13.5f3b", "");
	file_text("spool/.mda-spool.12.00ff", "");
	ATF_CHECK_EQ(0, make("bob"));
	ATF_CHECK_EQ(4, folder_count("spool"));
	changed.fstatat = stat_aged;
	ATF_CHECK_EQ(0, make("alice"));
	ATF_CHECK_EQ(2, folder_count("spool"));
}

/* A message that is still being read, the lock itself, other programs' files. */
ATF_TC_WITHOUT_HEAD(sweep__old_and_no_leftover__stays);
ATF_TC_BODY(sweep__old_and_no_leftover__stays, tc)
{
	char large[600];

	start();
	memset(large, 'x', sizeof(large) - 1);
	large[sizeof(large) - 1] = '\0';
	file_text("spool/.lk.12.5f3a", large);
	file_text("spool/.lk12345host", "0");
	file_text("spool/.mda-spool.12.00ff", "mail");
	file_text("spool/bob.lock", "12 host boot\n");
	ATF_REQUIRE_EQ(0, link("spool/bob.lock", "spool/.lk.13.5f3b"));
	ATF_REQUIRE_EQ(0, symlink("bob.lock", "spool/.lk.14.5f3c"));
	changed.fstatat = stat_aged;
	ATF_CHECK_EQ(0, make("alice"));
	ATF_CHECK_EQ(7, folder_count("spool"));
}

/* Whatever bears such a name and was not made by us. */
ATF_TC_WITHOUT_HEAD(sweep__old_and_no_empty_file__stays);
ATF_TC_BODY(sweep__old_and_no_empty_file__stays, tc)
{
	start();
	file_text("spool/.mda-new.1.text", "text");
	file_text("spool/empty", "");
	ATF_REQUIRE_EQ(0, link("spool/empty", "spool/.mda-new.1.link"));
	ATF_REQUIRE_EQ(0, symlink("nowhere", "spool/.mda-new.1.symlink"));
	ATF_REQUIRE_EQ(0, mkdir("spool/.mda-new.1.folder", 0700));
	ATF_REQUIRE_EQ(0, mkfifo("spool/.mda-new.1.fifo", 0600));
	changed.fstatat = stat_aged;
	ATF_CHECK_EQ(0, make("alice"));
	ATF_CHECK_EQ(7, folder_count("spool"));
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, make__new__has_one_name);
	ATF_TP_ADD_TC(tp, make__folder_with_setgid__mode_for_its_group);
	ATF_TP_ADD_TC(tp, make__name_taken__eexist_and_untouched);
	ATF_TP_ADD_TC(tp, make__name_taken_meanwhile__eexist_and_untouched);
	ATF_TP_ADD_TC(tp, make__reply_of_link_lost__made);
	ATF_TP_ADD_TC(tp, make__no_links_here__renamed_and_nothing_replaced);
	ATF_TP_ADD_TC(tp, make__call_fails__errno_and_nothing_left);
	ATF_TP_ADD_TC(tp, sweep__second_name_of_the_file__removed);
	ATF_TP_ADD_TC(tp, sweep__young_and_empty__stays);
	ATF_TP_ADD_TC(tp, sweep__old_and_empty__removed);
	ATF_TP_ADD_TC(
	    tp, sweep__left_by_killed_deliveries__removed_when_old);
	ATF_TP_ADD_TC(tp, sweep__old_and_no_leftover__stays);
	ATF_TP_ADD_TC(tp, sweep__old_and_no_empty_file__stays);
	return atf_no_error();
}
