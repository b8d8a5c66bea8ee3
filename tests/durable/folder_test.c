#include "durable/folder.h"

#include <sys/stat.h>

#include <atf-c.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/support/faults.h"
#include "tests/support/files.h"

static const struct sync_policy require = { true, AFTER_LINK_AUTO };
static const struct sync_policy if_supported = { false, AFTER_LINK_AUTO };

ATF_TC_WITHOUT_HEAD(open__existing__can_be_synced);
ATF_TC_BODY(open__existing__can_be_synced, tc)
{
	struct failure why;
	int fd;

	ATF_REQUIRE_EQ(0, mkdir("box", 0700));
	ATF_REQUIRE_EQ(VERDICT_OK,
	    folder_open(&fd, AT_FDCWD, "box", true, &why));
	ATF_CHECK_EQ(0, fsync(fd));
}

ATF_TC_WITHOUT_HEAD(open__existing__closed_on_exec);
ATF_TC_BODY(open__existing__closed_on_exec, tc)
{
	struct failure why;
	int fd;

	ATF_REQUIRE_EQ(VERDICT_OK, folder_open(&fd, AT_FDCWD, ".", true, &why));
	ATF_CHECK((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
}

ATF_TC_WITHOUT_HEAD(open__missing__retry_with_enoent);
ATF_TC_BODY(open__missing__retry_with_enoent, tc)
{
	struct failure why;
	int fd;

	ATF_CHECK_EQ(VERDICT_RETRY,
	    folder_open(&fd, AT_FDCWD, "box", true, &why));
	ATF_CHECK_STREQ("open-dir", why.step);
	ATF_CHECK_STREQ("box", why.subject);
	ATF_CHECK_EQ(ENOENT, why.sys_errno);
}

ATF_TC_WITHOUT_HEAD(open__regular_file__retry_with_enotdir);
ATF_TC_BODY(open__regular_file__retry_with_enotdir, tc)
{
	struct failure why;
	int fd;

	file_text("box", "");
	ATF_CHECK_EQ(VERDICT_RETRY,
	    folder_open(&fd, AT_FDCWD, "box", true, &why));
	ATF_CHECK_EQ(ENOTDIR, why.sys_errno);
}

ATF_TC_WITHOUT_HEAD(open__symbolic_link__followed_when_allowed);
ATF_TC_BODY(open__symbolic_link__followed_when_allowed, tc)
{
	struct failure why;
	int fd;

	ATF_REQUIRE_EQ(0, mkdir("real", 0700));
	ATF_REQUIRE_EQ(0, symlink("real", "box"));
	ATF_CHECK_EQ(VERDICT_OK, folder_open(&fd, AT_FDCWD, "box", true, &why));
}

ATF_TC_WITHOUT_HEAD(open__symbolic_link__refused_when_not);
ATF_TC_BODY(open__symbolic_link__refused_when_not, tc)
{
	struct failure why;
	int fd;

	ATF_REQUIRE_EQ(0, mkdir("real", 0700));
	ATF_REQUIRE_EQ(0, symlink("real", "box"));
	ATF_CHECK_EQ(VERDICT_RETRY,
	    folder_open(&fd, AT_FDCWD, "box", false, &why));
	ATF_CHECK_STREQ("open-dir", why.step);
}

ATF_TC_WITHOUT_HEAD(open__eintr__tried_again);
ATF_TC_BODY(open__eintr__tried_again, tc)
{
	struct failure why;
	int fd;

	faults_install();
	fail_nth(CALL_OPENAT, 1, EINTR);
	ATF_CHECK_EQ(VERDICT_OK, folder_open(&fd, AT_FDCWD, ".", true, &why));
}

ATF_TC_WITHOUT_HEAD(make__missing__created_0700);
ATF_TC_BODY(make__missing__created_0700, tc)
{
	bool is_created = false;
	struct failure why;
	int fd;

	(void)umask(0);
	ATF_REQUIRE_EQ(VERDICT_OK,
	    folder_make(&fd, AT_FDCWD, "box", &is_created, &why));
	ATF_CHECK(is_created);
	ATF_CHECK_EQ(0700, file_mode("box"));
	ATF_CHECK_EQ(0, fsync(fd));
}

ATF_TC_WITHOUT_HEAD(make__existing__opened_and_not_created);
ATF_TC_BODY(make__existing__opened_and_not_created, tc)
{
	bool is_created = false;
	struct failure why;
	int fd;

	ATF_REQUIRE_EQ(0, mkdir("box", 0750));
	ATF_REQUIRE_EQ(VERDICT_OK,
	    folder_make(&fd, AT_FDCWD, "box", &is_created, &why));
	ATF_CHECK(!is_created);
	ATF_CHECK_EQ(0750, file_mode("box"));
}

ATF_TC_WITHOUT_HEAD(make__existing__earlier_answer_stays);
ATF_TC_BODY(make__existing__earlier_answer_stays, tc)
{
	bool is_created = true;
	struct failure why;
	int fd;

	ATF_REQUIRE_EQ(0, mkdir("box", 0700));
	ATF_REQUIRE_EQ(VERDICT_OK,
	    folder_make(&fd, AT_FDCWD, "box", &is_created, &why));
	ATF_CHECK(is_created);
}

ATF_TC_WITHOUT_HEAD(make__parent_missing__retry_at_mkdir);
ATF_TC_BODY(make__parent_missing__retry_at_mkdir, tc)
{
	bool is_created = false;
	struct failure why;
	int fd;

	ATF_CHECK_EQ(VERDICT_RETRY,
	    folder_make(&fd, AT_FDCWD, "home/box", &is_created, &why));
	ATF_CHECK_STREQ("mkdir", why.step);
	ATF_CHECK_EQ(ENOENT, why.sys_errno);
	ATF_CHECK(!is_created);
}

ATF_TC_WITHOUT_HEAD(make__disk_full__retry_at_mkdir);
ATF_TC_BODY(make__disk_full__retry_at_mkdir, tc)
{
	bool is_created = false;
	struct failure why;
	int fd;

	faults_install();
	fail_nth(CALL_MKDIRAT, 1, ENOSPC);
	ATF_CHECK_EQ(VERDICT_RETRY,
	    folder_make(&fd, AT_FDCWD, "box", &is_created, &why));
	ATF_CHECK_STREQ("mkdir", why.step);
	ATF_CHECK_STREQ("4.3.1", why.dsn);
}

ATF_TC_WITHOUT_HEAD(make__another_was_faster__both_have_it);
ATF_TC_BODY(make__another_was_faster__both_have_it, tc)
{
	bool is_created = false;
	struct failure why;
	int fd;

	faults_install();
	fail_late(CALL_MKDIRAT, EEXIST); /* made, but not by us */
	ATF_CHECK_EQ(VERDICT_OK,
	    folder_make(&fd, AT_FDCWD, "box", &is_created, &why));
	ATF_CHECK(is_created); /* it may not be durable yet */
}

ATF_TC_WITHOUT_HEAD(make__link_planted_meanwhile__refused);
ATF_TC_BODY(make__link_planted_meanwhile__refused, tc)
{
	bool is_created = false;
	struct failure why;
	int fd;

	ATF_REQUIRE_EQ(0, symlink("nowhere", "box"));
	ATF_CHECK_EQ(VERDICT_RETRY,
	    folder_make(&fd, AT_FDCWD, "box", &is_created, &why));
	ATF_CHECK_STREQ("open-dir", why.step);
	ATF_CHECK(!file_exists("nowhere"));
}

/* Another process is faster, and ill-disposed. */
static int
planting_mkdirat(int dir_fd, const char *path, mode_t mode)
{
	(void)mode;
	ATF_REQUIRE_EQ(0, symlinkat("real", dir_fd, path));
	errno = EEXIST;
	return -1;
}

ATF_TC_WITHOUT_HEAD(make__link_to_a_folder_planted__refused);
ATF_TC_BODY(make__link_to_a_folder_planted__refused, tc)
{
	struct sys_calls calls = *sys;
	bool is_created = false;
	struct failure why;
	int fd;

	ATF_REQUIRE_EQ(0, mkdir("real", 0700));
	calls.mkdirat = planting_mkdirat;
	sys = &calls;
	ATF_CHECK_EQ(VERDICT_RETRY,
	    folder_make(&fd, AT_FDCWD, "box", &is_created, &why));
	ATF_CHECK_STREQ("open-dir", why.step);
}

ATF_TC_WITHOUT_HEAD(make__link_below_a_folder__refused);
ATF_TC_BODY(make__link_below_a_folder__refused, tc)
{
	bool is_created = false;
	struct failure why;
	int fd;

	ATF_REQUIRE_EQ(0, mkdir("real", 0700));
	ATF_REQUIRE_EQ(0, symlink("real", "box"));
	ATF_CHECK_EQ(VERDICT_RETRY,
	    folder_make(&fd, folder_fd("."), "box", &is_created, &why));
	ATF_CHECK_STREQ("open-dir", why.step);
}

/* ---- The way up. ------------------------------------------------------ */

enum { OLD_S = 700, LEVELS = 8 };

/* Which inodes count as old, as another file system, and what was synced. */
static ino_t old_inodes[LEVELS];
static ino_t foreign_inodes[LEVELS];
static ino_t synced[64];
static size_t synced_count;
static ino_t hidden_inode; /* cannot be opened */
static int hidden_errno = EACCES;
static const struct sys_calls *plain;

static bool
is_listed(const ino_t *list, ino_t inode)
{
	size_t i;

	for (i = 0; i < LEVELS; i++)
		if (list[i] == inode)
			return true;
	return false;
}

static void
disguise(struct stat *st)
{
	st->st_ctime = clock_wall().tv_sec;
	if (is_listed(old_inodes, st->st_ino))
		st->st_ctime -= OLD_S;
	if (is_listed(foreign_inodes, st->st_ino))
		st->st_dev++;
}

static int
disguised_fstat(int fd, struct stat *st)
{
	int answer = plain->fstat(fd, st);

	disguise(st);
	return answer;
}

static int
disguised_fstatat(int dir_fd, const char *path, struct stat *st, int flags)
{
	int answer = plain->fstatat(dir_fd, path, st, flags);

	disguise(st);
	return answer;
}

static int
noted_fsync(int fd)
{
	struct stat st;

	if (plain->fstat(fd, &st) == 0 && synced_count < 64)
		synced[synced_count++] = st.st_ino;
	return 0;
}

static int
hiding_openat(int dir_fd, const char *path, int flags, mode_t mode)
{
	struct stat st;

	if (plain->fstatat(dir_fd, path, &st, 0) == 0 &&
	    st.st_ino == hidden_inode) {
		errno = hidden_errno;
		return -1;
	}
	return plain->openat(dir_fd, path, flags, mode);
}

static bool
was_synced(const char *path)
{
	ino_t inode = file_inode(path);
	size_t i;

	for (i = 0; i < synced_count; i++)
		if (synced[i] == inode)
			return true;
	return false;
}

/* home/al/mail, all of it young, in a table that tells stories. */
static void
make_way(void)
{
	static struct sys_calls calls;

	ATF_REQUIRE_EQ(0, mkdir("home", 0700));
	ATF_REQUIRE_EQ(0, mkdir("home/al", 0700));
	ATF_REQUIRE_EQ(0, mkdir("home/al/mail", 0700));
	plain = sys;
	calls = *sys;
	calls.fstat = disguised_fstat;
	calls.fstatat = disguised_fstatat;
	calls.fsync = noted_fsync;
	calls.openat = hiding_openat;
	sys = &calls;
}

static enum verdict
sync_way(const char *home, struct failure *why)
{
	bool is_unsupported = false;

	return folder_sync_young(folder_fd("home/al/mail"), "home/al/mail",
	    home, &require, &is_unsupported, why);
}

ATF_TC_WITHOUT_HEAD(young__all_are__synced_up_to_home);
ATF_TC_BODY(young__all_are__synced_up_to_home, tc)
{
	struct failure why;

	make_way();
	ATF_REQUIRE_EQ(VERDICT_OK, sync_way("home/al", &why));
	ATF_CHECK(was_synced("home/al/mail"));
	ATF_CHECK(was_synced("home/al"));
	ATF_CHECK_EQ(2, synced_count);
}

ATF_TC_WITHOUT_HEAD(young__no_home__synced_up_to_the_root);
ATF_TC_BODY(young__no_home__synced_up_to_the_root, tc)
{
	struct failure why;

	make_way();
	ATF_REQUIRE_EQ(VERDICT_OK, sync_way(NULL, &why));
	ATF_CHECK(was_synced("home/al/mail"));
	ATF_CHECK(was_synced("home/al"));
	ATF_CHECK(was_synced("home"));
	ATF_CHECK(was_synced("."));
	ATF_CHECK(was_synced(".."));
}

ATF_TC_WITHOUT_HEAD(young__home_missing__as_without_home);
ATF_TC_BODY(young__home_missing__as_without_home, tc)
{
	struct failure why;

	make_way();
	ATF_REQUIRE_EQ(VERDICT_OK, sync_way("home/bo", &why));
	ATF_CHECK(was_synced("home"));
	ATF_CHECK(was_synced("."));
}

ATF_TC_WITHOUT_HEAD(young__old_ones_between__passed_over);
ATF_TC_BODY(young__old_ones_between__passed_over, tc)
{
	struct failure why;

	make_way();
	old_inodes[0] = file_inode("home/al/mail");
	old_inodes[1] = file_inode("home");
	ATF_REQUIRE_EQ(VERDICT_OK, sync_way(NULL, &why));
	ATF_CHECK(!was_synced("home/al/mail"));
	ATF_CHECK(was_synced("home/al"));
	ATF_CHECK(!was_synced("home"));
	ATF_CHECK(was_synced("."));
}

ATF_TC_WITHOUT_HEAD(young__mount_point__synced_and_nothing_above);
ATF_TC_BODY(young__mount_point__synced_and_nothing_above, tc)
{
	struct failure why;

	make_way();
	foreign_inodes[0] = file_inode("home/al/mail");
	foreign_inodes[1] = file_inode("home/al");
	ATF_REQUIRE_EQ(VERDICT_OK, sync_way(NULL, &why));
	ATF_CHECK(was_synced("home/al"));
	ATF_CHECK(!was_synced("home"));
	ATF_CHECK_EQ(2, synced_count);
}

ATF_TC_WITHOUT_HEAD(young__unreadable_above__passed_over);
ATF_TC_BODY(young__unreadable_above__passed_over, tc)
{
	struct failure why;

	make_way();
	hidden_inode = file_inode("home/al");
	ATF_REQUIRE_EQ(VERDICT_OK, sync_way(NULL, &why));
	ATF_CHECK(was_synced("home/al/mail"));
	ATF_CHECK(!was_synced("home/al"));
	ATF_CHECK(was_synced("home"));
}

ATF_TC_WITHOUT_HEAD(young__above_cannot_be_opened_now__retry);
ATF_TC_BODY(young__above_cannot_be_opened_now__retry, tc)
{
	struct failure why;

	make_way();
	hidden_inode = file_inode("home/al");
	hidden_errno = EMFILE;
	ATF_CHECK_EQ(VERDICT_RETRY, sync_way(NULL, &why));
	ATF_CHECK_STREQ("open-dir", why.step);
	ATF_CHECK_EQ(EMFILE, why.sys_errno);
}

ATF_TC_WITHOUT_HEAD(young__cannot_look_above__ends_there);
ATF_TC_BODY(young__cannot_look_above__ends_there, tc)
{
	bool is_unsupported = false;
	struct failure why;

	ATF_REQUIRE_EQ(0, mkdir("box", 0700));
	faults_install();
	fail_always(CALL_FSTATAT, EACCES);
	ATF_CHECK_EQ(VERDICT_OK,
	    folder_sync_young(folder_fd("box"), "box", NULL, &require,
		&is_unsupported, &why));
	ATF_CHECK_EQ(1, calls_seen(CALL_FSYNC_DIR));
}

ATF_TC_WITHOUT_HEAD(young__folder_cannot_be_examined__retry_at_fstat);
ATF_TC_BODY(young__folder_cannot_be_examined__retry_at_fstat, tc)
{
	bool is_unsupported = false;
	struct failure why;

	faults_install();
	fail_nth(CALL_FSTAT, 1, EIO);
	ATF_CHECK_EQ(VERDICT_RETRY,
	    folder_sync_young(folder_fd("."), "box", NULL, &require,
		&is_unsupported, &why));
	ATF_CHECK_STREQ("fstat", why.step);
}

ATF_TC_WITHOUT_HEAD(young__above_has_eio__retry_at_fsync_dir);
ATF_TC_BODY(young__above_has_eio__retry_at_fsync_dir, tc)
{
	bool is_unsupported = false;
	struct failure why;

	ATF_REQUIRE_EQ(0, mkdir("box", 0700));
	faults_install();
	fail_nth(CALL_FSYNC_DIR, 2, EIO);
	ATF_CHECK_EQ(VERDICT_RETRY,
	    folder_sync_young(folder_fd("box"), "box", NULL, &require,
		&is_unsupported, &why));
	ATF_CHECK_STREQ("fsync-dir", why.step);
}

ATF_TC_WITHOUT_HEAD(young__unsupported_and_let_pass__said_so);
ATF_TC_BODY(young__unsupported_and_let_pass__said_so, tc)
{
	bool is_unsupported = false;
	struct failure why;

	ATF_REQUIRE_EQ(0, mkdir("box", 0700));
	faults_install();
	fail_always(CALL_FSYNC_DIR, EINVAL);
	ATF_CHECK_EQ(VERDICT_OK,
	    folder_sync_young(folder_fd("box"), "box", NULL, &if_supported,
		&is_unsupported, &why));
	ATF_CHECK(is_unsupported);
}

ATF_TC_WITHOUT_HEAD(young__a_hundred_levels__ends);
ATF_TC_BODY(young__a_hundred_levels__ends, tc)
{
	bool is_unsupported = false;
	struct failure why;
	int fd = folder_fd(".");
	int i;

	for (i = 0; i < 100; i++) {
		ATF_REQUIRE_EQ(0, mkdirat(fd, "d", 0700));
		fd = openat(fd, "d", O_RDONLY | O_DIRECTORY);
		ATF_REQUIRE(fd != -1);
	}
	faults_install();
	ATF_CHECK_EQ(VERDICT_OK,
	    folder_sync_young(fd, "box", NULL, &require, &is_unsupported,
		&why));
	ATF_CHECK(calls_seen(CALL_FSYNC_DIR) >= 60);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, open__existing__can_be_synced);
	ATF_TP_ADD_TC(tp, open__existing__closed_on_exec);
	ATF_TP_ADD_TC(tp, open__missing__retry_with_enoent);
	ATF_TP_ADD_TC(tp, open__regular_file__retry_with_enotdir);
	ATF_TP_ADD_TC(tp, open__symbolic_link__followed_when_allowed);
	ATF_TP_ADD_TC(tp, open__symbolic_link__refused_when_not);
	ATF_TP_ADD_TC(tp, open__eintr__tried_again);
	ATF_TP_ADD_TC(tp, make__missing__created_0700);
	ATF_TP_ADD_TC(tp, make__existing__opened_and_not_created);
	ATF_TP_ADD_TC(tp, make__existing__earlier_answer_stays);
	ATF_TP_ADD_TC(tp, make__parent_missing__retry_at_mkdir);
	ATF_TP_ADD_TC(tp, make__disk_full__retry_at_mkdir);
	ATF_TP_ADD_TC(tp, make__another_was_faster__both_have_it);
	ATF_TP_ADD_TC(tp, make__link_planted_meanwhile__refused);
	ATF_TP_ADD_TC(tp, make__link_to_a_folder_planted__refused);
	ATF_TP_ADD_TC(tp, make__link_below_a_folder__refused);
	ATF_TP_ADD_TC(tp, young__all_are__synced_up_to_home);
	ATF_TP_ADD_TC(tp, young__no_home__synced_up_to_the_root);
	ATF_TP_ADD_TC(tp, young__home_missing__as_without_home);
	ATF_TP_ADD_TC(tp, young__old_ones_between__passed_over);
	ATF_TP_ADD_TC(tp, young__mount_point__synced_and_nothing_above);
	ATF_TP_ADD_TC(tp, young__unreadable_above__passed_over);
	ATF_TP_ADD_TC(tp, young__above_cannot_be_opened_now__retry);
	ATF_TP_ADD_TC(tp, young__cannot_look_above__ends_there);
	ATF_TP_ADD_TC(tp, young__folder_cannot_be_examined__retry_at_fstat);
	ATF_TP_ADD_TC(tp, young__above_has_eio__retry_at_fsync_dir);
	ATF_TP_ADD_TC(tp, young__unsupported_and_let_pass__said_so);
	ATF_TP_ADD_TC(tp, young__a_hundred_levels__ends);
	return atf_no_error();
}
