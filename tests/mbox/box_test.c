#include <sys/file.h>
#include <sys/stat.h>

#include <atf-c.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "compat/compat.h"
#include "mbox/box.h"
#include "tests/support/files.h"
#include "tests/support/mbox_calls.h"
#include "tests/support/mbox_delivery.h"
#include "tests/support/mbox_holder.h"
#include "tests/support/played_fs.h"
#include "tests/support/spans.h"

static const enum mbox_lock kinds[] = { MBOX_DOTLOCK, MBOX_FCNTL, MBOX_FLOCK };

/* The sets of locks are the numbers up to that of all; not each system has
   flock(2). */
#define ALL_LOCKS                                                             \
	(MBOX_DOTLOCK | MBOX_FCNTL | (HAVE_FLOCK ? MBOX_FLOCK : 0))

enum { KINDS = 3 };

static struct mbox where;
static struct box box;

/* The folder of the box is one of its own, so that we see what is in it. */
static void
set_up(void)
{
	ATF_REQUIRE_EQ(0, mkdir("spool", 0700));
	ATF_REQUIRE_EQ(0, chdir("spool"));
	where = mbox_where();
}

static void
require_open(void)
{
	struct failure why;

	ATF_REQUIRE_EQ(VERDICT_OK, box_open(&box, &where, &why));
}

static void
require_lock(void)
{
	struct failure why;
	enum verdict verdict = box_lock(&box, &why);

	ATF_REQUIRE_EQ_MSG(VERDICT_OK, verdict, "%s: %s", why.step,
	    strerror(why.sys_errno));
}

static void
require_unlock(void)
{
	struct failure why;

	ATF_REQUIRE_EQ(VERDICT_OK, box_unlock(&box, &why));
}

/* A process does not keep itself out with the locks of POSIX. */
static void
need_locks_of_open_files(void)
{
	if (!HAVE_OFD_LOCKS)
		atf_tc_skip("no locks that belong to an open file");
}

/* Could somebody else take each of the locks right now? */
static void
check_free(void)
{
	int fd = open("box", O_RDWR | O_CLOEXEC);
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	ATF_CHECK(!file_exists("box.lock"));
	if (fd == -1)
		return;
	ATF_CHECK_EQ(0, fcntl(fd, F_SETLK, &lock));
	ATF_CHECK_EQ(0, flock(fd, LOCK_EX | LOCK_NB));
	ATF_REQUIRE_EQ(0, close(fd));
}

/* Refused at this step with exit code 75, and nothing held or made. */
static void
check_refused(const char *step, const char *dsn)
{
	int before = folder_count(".");
	struct failure why;

	require_open();
	ATF_CHECK_EQ(VERDICT_RETRY, box_lock(&box, &why));
	ATF_CHECK_STREQ(step, why.step);
	ATF_CHECK_STREQ(dsn, why.dsn);
	ATF_CHECK_STREQ("box", why.subject);
	ATF_CHECK_EQ(EX_TEMPFAIL, why.exit_code);
	ATF_CHECK_EQ(-1, box.fd);
	ATF_CHECK(!box.dotlock.is_held);
	ATF_CHECK_EQ(before, folder_count("."));
	box_close(&box);
}

/* ---- Time that passes in pauses alone, in front of libc's own ----------- */

static bool is_time_played;
static long long played_us;
static long long longest_pause_us;
static unsigned int pauses;

int
clock_gettime(clockid_t clock, struct timespec *now)
{
	(void)clock; /* of ours, none goes back */
	/* musl's gettimeofday(2) would come back here. */
	if (!is_time_played)
		return timespec_get(now, TIME_UTC) == TIME_UTC ? 0 : -1;
	now->tv_sec = (time_t)(played_us / 1000000);
	now->tv_nsec = (long)(played_us % 1000000) * 1000;
	return 0;
}

int
nanosleep(const struct timespec *pause, struct timespec *rest)
{
	long long pause_us =
	    (long long)pause->tv_sec * 1000000 + pause->tv_nsec / 1000;

	if (!is_time_played)
		return clock_nanosleep(CLOCK_REALTIME, 0, pause, rest) == 0
		    ? 0
		    : -1;
	pauses++;
	played_us += pause_us;
	if (pause_us > longest_pause_us)
		longest_pause_us = pause_us;
	return 0;
}

/* ---- box_open ----------------------------------------------------------- */

ATF_TC_WITHOUT_HEAD(open__path_with_folders__last_part_is_the_name);
ATF_TC_BODY(open__path_with_folders__last_part_is_the_name, tc)
{
	char path[PATH_MAX];
	char cwd[PATH_MAX - 8];

	set_up();
	ATF_REQUIRE(getcwd(cwd, sizeof(cwd)) != NULL);
	(void)snprintf(path, sizeof(path), "%s/box", cwd);
	where.path = path;
	require_open();
	ATF_CHECK_STREQ("box", box.name);
	ATF_CHECK_STREQ("box.lock", box.dotlock.name);
	require_lock();
	ATF_CHECK(file_exists("box"));
	ATF_CHECK(file_exists("box.lock"));
	require_unlock();
	box_close(&box);
	where.path = "../spool//box";
	require_open();
	require_lock();
	require_unlock();
	box_close(&box);
	ATF_CHECK_EQ(1, folder_count("."));
}

ATF_TC_WITHOUT_HEAD(open__in_the_root_folder__that_folder);
ATF_TC_BODY(open__in_the_root_folder__that_folder, tc)
{
	struct stat root;
	struct stat opened;

	set_up();
	where.path = "/box";
	require_open();
	ATF_CHECK_STREQ("box", box.name);
	ATF_REQUIRE_EQ(0, stat("/", &root));
	ATF_REQUIRE_EQ(0, fstat(box.dir_fd, &opened));
	ATF_CHECK_EQ(root.st_ino, opened.st_ino);
	ATF_CHECK_EQ(root.st_dev, opened.st_dev);
	box_close(&box);
}

static void
check_not_opened(const char *path, const char *step)
{
	struct failure why;

	where.path = path;
	ATF_CHECK_EQ(VERDICT_RETRY, box_open(&box, &where, &why));
	ATF_CHECK_STREQ(step, why.step);
	ATF_CHECK_EQ(EX_TEMPFAIL, why.exit_code);
	ATF_CHECK_EQ(0, folder_count("."));
}

ATF_TC_WITHOUT_HEAD(open__folder_missing__retry_and_nothing_made);
ATF_TC_BODY(open__folder_missing__retry_and_nothing_made, tc)
{
	set_up();
	check_not_opened("missing/box", "open-dir");
	check_not_opened("missing/deep/box", "open-dir");
}

/* Sizes may be stale there: who wants it says so. */
ATF_TC_WITHOUT_HEAD(open__fuse__retry_unless_allowed);
ATF_TC_BODY(open__fuse__retry_unless_allowed, tc)
{
	int free_fd;

	set_up();
	played_fs_start(0x65735546);
	free_fd = dup(STDIN_FILENO);
	ATF_REQUIRE_EQ(0, close(free_fd));
	check_not_opened("box", "mbox-fuse");
	ATF_CHECK_EQ(free_fd, dup(STDIN_FILENO));
	where.may_use_fuse = true;
	require_open();
	ATF_CHECK(box.is_fuse);
	ATF_CHECK(!box.is_shared);
	require_lock();
	require_unlock();
	box_close(&box);
}

ATF_TC_WITHOUT_HEAD(open__too_long__retry);
ATF_TC_BODY(open__too_long__retry, tc)
{
	char path[PATH_MAX + 100];

	set_up();
	memset(path, 'p', sizeof(path));
	path[BOX_NAME_MAX] = '\0';
	check_not_opened(path, "path-long");
	path[BOX_NAME_MAX] = 'p';
	path[PATH_MAX + 10] = '/';
	path[PATH_MAX + 20] = '\0';
	check_not_opened(path, "path-long");
}

ATF_TC_WITHOUT_HEAD(open__longest_name__locked_too);
ATF_TC_BODY(open__longest_name__locked_too, tc)
{
	char path[BOX_NAME_MAX];

	set_up();
	memset(path, 'p', sizeof(path));
	path[BOX_NAME_MAX - 1] = '\0';
	where.path = path;
	require_open();
	require_lock();
	ATF_CHECK_EQ(2, folder_count("."));
	require_unlock();
	box_close(&box);
	ATF_CHECK_EQ(1, folder_count("."));
}

/* ---- box_lock, free ----------------------------------------------------- */

ATF_TC_WITHOUT_HEAD(lock__missing__made_with_mode_0600);
ATF_TC_BODY(lock__missing__made_with_mode_0600, tc)
{
	set_up();
	require_open();
	require_lock();
	ATF_CHECK_EQ((mode_t)0600, file_mode("box"));
	ATF_CHECK_EQ((off_t)0, box.st.st_size);
	require_unlock();
	box_close(&box);
	ATF_CHECK_EQ(1, folder_count("."));
}

ATF_TC_WITHOUT_HEAD(lock__free__synchronous_and_appending);
ATF_TC_BODY(lock__free__synchronous_and_appending, tc)
{
	int flags;

	set_up();
	file_text("box", "old");
	require_open();
	require_lock();
	flags = fcntl(box.fd, F_GETFL);
	ATF_CHECK_EQ(O_RDWR, flags & O_ACCMODE);
	ATF_CHECK((flags & O_APPEND) != 0);
	ATF_CHECK_EQ(O_SYNC, flags & O_SYNC);
	ATF_CHECK((fcntl(box.fd, F_GETFD) & FD_CLOEXEC) != 0);
	ATF_CHECK_EQ((off_t)3, box.st.st_size);
	require_unlock();
	box_close(&box);
}

ATF_TC_WITHOUT_HEAD(lock__each_set__others_are_kept_out);
ATF_TC_BODY(lock__each_set__others_are_kept_out, tc)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd;

	need_locks_of_open_files();
	set_up();
	file_text("box", "old");
	fd = open("box", O_RDWR | O_CLOEXEC);
	for (where.locks = 1; where.locks <= ALL_LOCKS; where.locks++) {
		require_open();
		require_lock();
		ATF_CHECK_EQ((where.locks & MBOX_DOTLOCK) != 0,
		    file_exists("box.lock"));
		if ((where.locks & MBOX_FCNTL) != 0)
			ATF_CHECK_EQ(-1, fcntl(fd, F_SETLK, &lock));
		ATF_CHECK_EQ((where.locks & MBOX_FLOCK) != 0 ? -1 : 0,
		    flock(fd, LOCK_EX | LOCK_NB));
		(void)flock(fd, LOCK_UN);
		require_unlock();
		box_close(&box);
		check_free();
	}
	ATF_REQUIRE_EQ(0, close(fd));
}

ATF_TC_WITHOUT_HEAD(lock__two_in_turn__second_is_refused);
ATF_TC_BODY(lock__two_in_turn__second_is_refused, tc)
{
	struct box first;

	need_locks_of_open_files();
	set_up();
	file_text("box", "old");
	for (where.locks = 1; where.locks <= ALL_LOCKS; where.locks++) {
		struct failure why;

		require_open();
		require_lock();
		first = box;
		require_open();
		ATF_CHECK_EQ(VERDICT_RETRY, box_lock(&box, &why));
		ATF_CHECK_STREQ("lock-timeout", why.step);
		box_close(&box);
		box = first;
		require_unlock();
		box_close(&box);
	}
}

/* ---- box_lock, held by another ------------------------------------------ */

ATF_TC_WITHOUT_HEAD(lock__one_held_by_another__timeout_and_all_released);
ATF_TC_BODY(lock__one_held_by_another__timeout_and_all_released, tc)
{
	size_t i;

	set_up();
	file_text("box", "old");
	for (i = 0; i < KINDS; i++)
		for (where.locks = 1; where.locks <= ALL_LOCKS; where.locks++) {
			struct holder holder;

			if ((where.locks & kinds[i]) == 0)
				continue;
			holder = holder_start(kinds[i]);
			check_refused("lock-timeout", "4.2.0");
			holder_end(&holder);
			check_free();
		}
}

/* Who waits for minutes still looks ten times in a second. */
ATF_TC_WITHOUT_HEAD(lock__held_for_two_minutes__pauses_stay_short);
ATF_TC_BODY(lock__held_for_two_minutes__pauses_stay_short, tc)
{
	struct holder holder;

	set_up();
	file_text("box", "old");
	where.locks = MBOX_FCNTL;
	where.lock_timeout_s = 120;
	holder = holder_start(MBOX_FCNTL);
	is_time_played = true;
	check_refused("lock-timeout", "4.2.0");
	is_time_played = false;
	holder_end(&holder);
	ATF_CHECK(longest_pause_us <= 100 * 1000);
	ATF_CHECK(longest_pause_us > 90 * 1000);
	ATF_CHECK(pauses > 1200);
	ATF_CHECK(pauses < 2600);
	ATF_CHECK(played_us >= 120 * 1000000LL);
	ATF_CHECK(played_us < 121 * 1000000LL);
}

/* What others hold keeps us out only where the setting names it. */
ATF_TC_WITHOUT_HEAD(lock__not_in_the_set__not_waited_for);
ATF_TC_BODY(lock__not_in_the_set__not_waited_for, tc)
{
	size_t i;

	set_up();
	file_text("box", "old");
	for (i = 0; i < KINDS; i++)
		for (where.locks = 1; where.locks <= ALL_LOCKS; where.locks++) {
			struct holder holder;

			if ((where.locks & kinds[i]) != 0)
				continue;
			holder = holder_start(kinds[i]);
			require_open();
			require_lock();
			require_unlock();
			box_close(&box);
			holder_end(&holder);
		}
}

static struct holder the_holder;

static void
end_the_holder(void)
{
	holder_end(&the_holder);
}

/* It is tried again and again; here the holder leaves before the fifth time. */
ATF_TC_WITHOUT_HEAD(lock__held_and_let_go__had_in_the_end);
ATF_TC_BODY(lock__held_and_let_go__had_in_the_end, tc)
{
	size_t i;

	need_locks_of_open_files();
	set_up();
	file_text("box", "old");
	calls_install();
	where.locks = ALL_LOCKS;
	where.lock_timeout_s = 60;
	for (i = 0; i < KINDS; i++) {
		calls_reset();
		the_holder = holder_start(kinds[i]);
		require_open();
		hook_nth(CALL_fcntl_lock, 5, end_the_holder);
		require_lock();
		ATF_CHECK_EQ(5U, call_plans[CALL_fcntl_lock].seen);
		ATF_CHECK(box.lock_us > 0);
		require_unlock();
		box_close(&box);
	}
}

/* While one lock is waited for, no other is held. */
static void
check_free_meanwhile(void)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = open("box", O_RDWR | O_CLOEXEC);

	ATF_CHECK(!file_exists("box.lock"));
	ATF_CHECK_EQ(0, fcntl(fd, F_SETLK, &lock));
	ATF_REQUIRE_EQ(0, close(fd));
	holder_end(&the_holder);
}

ATF_TC_WITHOUT_HEAD(lock__waiting__nothing_held);
ATF_TC_BODY(lock__waiting__nothing_held, tc)
{
	need_locks_of_open_files();
	set_up();
	file_text("box", "old");
	calls_install();
	where.locks = ALL_LOCKS;
	where.lock_timeout_s = 60;
	the_holder = holder_start(HAVE_FLOCK ? MBOX_FLOCK : MBOX_FCNTL);
	require_open();
	hook_nth(CALL_openat, 3, check_free_meanwhile);
	require_lock();
	require_unlock();
	box_close(&box);
}

ATF_TC_WITHOUT_HEAD(lock__stale_dotlock__broken_under_the_kernel_lock);
ATF_TC_BODY(lock__stale_dotlock__broken_under_the_kernel_lock, tc)
{
	struct timespec times[2] = { { 0, UTIME_OMIT }, { 1000, 0 } };
	unsigned int locks;

	set_up();
	file_text("box", "old");
	for (locks = 1; locks <= ALL_LOCKS; locks += 2) {
		where.locks = locks;
		file_text("box.lock", "foreign");
		ATF_REQUIRE_EQ(0, utimensat(AT_FDCWD, "box.lock", times, 0));
		require_open();
		require_lock();
		ATF_CHECK_MSG(box.dotlock.is_broken, "locks %u", locks);
		require_unlock();
		box_close(&box);
		check_free();
	}
}

ATF_TC_WITHOUT_HEAD(lock__stale_dotlock_and_kernel_lock_held__left_alone);
ATF_TC_BODY(lock__stale_dotlock_and_kernel_lock_held__left_alone, tc)
{
	struct timespec times[2] = { { 0, UTIME_OMIT }, { 1000, 0 } };
	struct holder holder;

	set_up();
	file_text("box", "old");
	file_text("box.lock", "foreign");
	ATF_REQUIRE_EQ(0, utimensat(AT_FDCWD, "box.lock", times, 0));
	holder = holder_start(MBOX_FCNTL);
	where.locks = MBOX_DOTLOCK;
	check_refused("lock-timeout", "4.2.0");
	where.locks = MBOX_DOTLOCK | MBOX_FCNTL;
	check_refused("lock-timeout", "4.2.0");
	ATF_CHECK(file_holds("box.lock", SPAN("foreign")));
	holder_end(&holder);
}

ATF_TC_WITHOUT_HEAD(lock__error_that_no_waiting_mends__told_at_once);
ATF_TC_BODY(lock__error_that_no_waiting_mends__told_at_once, tc)
{
	set_up();
	file_text("box", "old");
	calls_install();
	where.lock_timeout_s = 60;
	where.locks = ALL_LOCKS;
	fail_nth(CALL_fcntl_lock, 1, ENOLCK);
	check_refused("fcntl-lock", "4.3.0");
	if (HAVE_FLOCK) {
		fail_nth(CALL_flock, 1, EIO);
		check_refused("flock", "4.3.0");
	}
	check_free();
}

ATF_TC_WITHOUT_HEAD(lock__dotlock_cannot_be_made__told_at_once);
ATF_TC_BODY(lock__dotlock_cannot_be_made__told_at_once, tc)
{
	struct failure why;

	set_up();
	file_text("box", "old");
	calls_install();
	where.lock_timeout_s = 60;
	require_open();
	fail_nth(CALL_openat, 2, EACCES);
	ATF_CHECK_EQ(VERDICT_RETRY, box_lock(&box, &why));
	ATF_CHECK_STREQ("dotlock", why.step);
	ATF_CHECK_STREQ("box.lock", why.subject);
	ATF_CHECK_EQ(-1, box.fd);
	check_free();
	box_close(&box);
}

static void
send_term(void)
{
	ATF_REQUIRE_EQ(0, raise(SIGTERM));
}

ATF_TC_WITHOUT_HEAD(lock__signal_while_waiting__retry_and_foreign_lock_stays);
ATF_TC_BODY(lock__signal_while_waiting__retry_and_foreign_lock_stays, tc)
{
	struct failure why;

	set_up();
	file_text("box", "old");
	file_text("box.lock", "foreign");
	calls_install();
	where.lock_timeout_s = 60;
	interrupt_start(100);
	require_open();
	hook_nth(CALL_fcntl_lock, 3, send_term);
	ATF_CHECK_EQ(VERDICT_RETRY, box_lock(&box, &why));
	ATF_CHECK_STREQ("signal", why.step);
	ATF_CHECK_EQ(3U, call_plans[CALL_fcntl_lock].seen);
	ATF_CHECK_EQ(-1, box.fd);
	ATF_CHECK(file_holds("box.lock", SPAN("foreign")));
	box_close(&box);
}

/* ---- Identity ----------------------------------------------------------- */

static void
rename_over(void)
{
	file_text("new", "a new file\n");
	ATF_REQUIRE_EQ(0, rename("new", "box"));
}

static void
remove_box(void)
{
	ATF_REQUIRE_EQ(0, unlink("box"));
}

static void
truncate_box(void)
{
	ATF_REQUIRE_EQ(0, truncate("box", 1));
}

static void
append_to_box(void)
{
	int fd = open("box", O_WRONLY | O_APPEND);

	ATF_REQUIRE_EQ(5, write(fd, "more\n", 5));
	ATF_REQUIRE_EQ(0, close(fd));
}

/* Something happens before each of the calls; the locks lead to what is. */
static void
check_identity(void (*hook)(void), off_t size_bytes)
{
	unsigned int locks;
	enum call call;

	for (call = CALL_fstat; call != CALLS;
	     call = call == CALL_fstat ? CALL_fcntl_lock : CALLS)
		for (locks = 1; locks <= ALL_LOCKS; locks++) {
			where.locks = locks;
			where.lock_timeout_s = 60;
			file_text("box", "old\n");
			calls_reset();
			require_open();
			if (call == CALL_fstat || (locks & MBOX_FCNTL) != 0 ||
			    locks == MBOX_DOTLOCK)
				hook_nth(call, 1, hook);
			else
				hook_nth(CALL_flock, 1, hook);
			require_lock();
			ATF_CHECK_EQ(file_inode("box"), box.st.st_ino);
			ATF_CHECK_EQ(size_bytes, box.st.st_size);
			require_unlock();
			box_close(&box);
			check_free();
			ATF_CHECK_EQ(1, folder_count("."));
		}
}

ATF_TC_WITHOUT_HEAD(identity__renamed_over_meanwhile__new_file);
ATF_TC_BODY(identity__renamed_over_meanwhile__new_file, tc)
{
	set_up();
	calls_install();
	check_identity(rename_over, 11);
}

ATF_TC_WITHOUT_HEAD(identity__removed_meanwhile__made_anew);
ATF_TC_BODY(identity__removed_meanwhile__made_anew, tc)
{
	set_up();
	calls_install();
	check_identity(remove_box, 0);
}

ATF_TC_WITHOUT_HEAD(identity__truncated_meanwhile__size_of_now);
ATF_TC_BODY(identity__truncated_meanwhile__size_of_now, tc)
{
	set_up();
	calls_install();
	check_identity(truncate_box, 1);
}

ATF_TC_WITHOUT_HEAD(identity__appended_to_meanwhile__size_of_now);
ATF_TC_BODY(identity__appended_to_meanwhile__size_of_now, tc)
{
	set_up();
	calls_install();
	check_identity(append_to_box, 9);
}

/* ---- On NFS ------------------------------------------------------------- */

/*
 * A host knows the size of a file as it was at its last open(2) or lock, and
 * appends there; what another one has written since would be overwritten.
 */
static off_t size_known;

static void
learn_size(int fd)
{
	struct stat st;

	if (real_sys->fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		size_known = st.st_size;
}

static int
nfs_openat(int dir_fd, const char *path, int flags, mode_t mode)
{
	int fd = note_openat(dir_fd, path, flags, mode);

	if (fd != -1 && strcmp(path, "box") == 0)
		learn_size(fd);
	return fd;
}

static int
nfs_fcntl_lock(int fd)
{
	int answer = note_fcntl_lock(fd);

	if (answer == 0)
		learn_size(fd);
	return answer;
}

static int
nfs_fstat(int fd, struct stat *st)
{
	int answer = note_fstat(fd, st);

	if (answer == 0 && S_ISREG(st->st_mode))
		st->st_size = size_known;
	return answer;
}

/* The box lies on NFS, with "old\n" in it. */
static void
set_up_nfs(unsigned int locks)
{
	where.locks = locks;
	where.lock_timeout_s = 60;
	file_text("box", "old\n");
	calls_install();
	noted_calls.openat = nfs_openat;
	noted_calls.fcntl_lock = nfs_fcntl_lock;
	noted_calls.fstat = nfs_fstat;
	calls_reset();
	require_open();
	box.is_shared = true;
}

/* Another host holds the lock file until we link ours. */
ATF_TC_WITHOUT_HEAD(shared__appended_to_before_the_dotlock__size_of_now);
ATF_TC_BODY(shared__appended_to_before_the_dotlock__size_of_now, tc)
{
	const struct sys_calls *own = sys;
	unsigned int locks;

	set_up();
	for (locks = 1; locks <= ALL_LOCKS; locks++) {
		if ((locks & MBOX_DOTLOCK) == 0)
			continue;
		sys = own;
		set_up_nfs(locks);
		hook_nth(CALL_linkat, 1, append_to_box);
		require_lock();
		ATF_CHECK_EQ_MSG(9, box.st.st_size, "locks %u", locks);
		require_unlock();
		box_close(&box);
		check_free();
		ATF_CHECK_EQ(1, folder_count("."));
	}
}

/* Between the two openings, anything may happen again. */
ATF_TC_WITHOUT_HEAD(shared__replaced_before_it_is_opened_again__new_file);
ATF_TC_BODY(shared__replaced_before_it_is_opened_again__new_file, tc)
{
	set_up();
	set_up_nfs(MBOX_DOTLOCK | MBOX_FCNTL);
	hook_nth(CALL_openat, 3, rename_over); /* behind that of the dotlock */
	require_lock();
	ATF_CHECK_EQ(file_inode("box"), box.st.st_ino);
	ATF_CHECK_EQ(11, box.st.st_size);
	require_unlock();
	box_close(&box);
}

ATF_TC_WITHOUT_HEAD(shared__removed_before_it_is_opened_again__made_anew);
ATF_TC_BODY(shared__removed_before_it_is_opened_again__made_anew, tc)
{
	set_up();
	set_up_nfs(MBOX_DOTLOCK | MBOX_FCNTL);
	hook_nth(CALL_openat, 3, remove_box);
	require_lock();
	ATF_CHECK_EQ(file_inode("box"), box.st.st_ino);
	ATF_CHECK_EQ(0, box.st.st_size);
	require_unlock();
	box_close(&box);
}

ATF_TC_WITHOUT_HEAD(shared__locked_by_another_meanwhile__tried_again);
ATF_TC_BODY(shared__locked_by_another_meanwhile__tried_again, tc)
{
	set_up();
	set_up_nfs(MBOX_DOTLOCK | MBOX_FCNTL);
	fail_nth(CALL_fcntl_lock, 2, EAGAIN);
	require_lock();
	ATF_CHECK_EQ(4U, call_plans[CALL_fcntl_lock].seen);
	require_unlock();
	box_close(&box);
	check_free();
	ATF_CHECK_EQ(1, folder_count("."));
}

ATF_TC_WITHOUT_HEAD(shared__cannot_be_opened_again__told);
ATF_TC_BODY(shared__cannot_be_opened_again__told, tc)
{
	struct failure why;

	set_up();
	set_up_nfs(MBOX_DOTLOCK);
	fail_nth(CALL_openat, 3, EIO);
	ATF_CHECK_EQ(VERDICT_RETRY, box_lock(&box, &why));
	ATF_CHECK_STREQ("mbox-open", why.step);
	ATF_CHECK_EQ(EIO, why.sys_errno);
	ATF_CHECK_EQ(-1, box.fd);
	box_close(&box);
	check_free();
	ATF_CHECK_EQ(1, folder_count("."));
}

/* ---- Identity, once more ------------------------------------------------ */

ATF_TC_WITHOUT_HEAD(identity__removed_and_may_not_create__missing);
ATF_TC_BODY(identity__removed_and_may_not_create__missing, tc)
{
	struct failure why;

	set_up();
	file_text("box", "old\n");
	calls_install();
	where.may_create = false;
	where.lock_timeout_s = 60;
	require_open();
	hook_nth(CALL_fstat, 1, remove_box);
	ATF_CHECK_EQ(VERDICT_RETRY, box_lock(&box, &why));
	ATF_CHECK_STREQ("mbox-missing", why.step);
	box_close(&box);
	ATF_CHECK_EQ(0, folder_count("."));
}

ATF_TC_WITHOUT_HEAD(identity__missing_and_may_not_create__retry);
ATF_TC_BODY(identity__missing_and_may_not_create__retry, tc)
{
	set_up();
	where.may_create = false;
	check_refused("mbox-missing", "4.3.0");
	ATF_CHECK(!file_exists("box"));
}

ATF_TC_WITHOUT_HEAD(identity__hard_link__retry);
ATF_TC_BODY(identity__hard_link__retry, tc)
{
	set_up();
	file_text("target", "precious");
	ATF_REQUIRE_EQ(0, link("target", "box"));
	check_refused("mbox-links", "4.2.0");
	ATF_CHECK(file_holds("target", SPAN("precious")));
}

static void
unlink_box(void)
{
	ATF_REQUIRE_EQ(0, unlink("box"));
}

static void
link_target(void)
{
	ATF_REQUIRE_EQ(0, link("target", "box"));
}

/* One name when the file is looked at, and two when the path is. */
ATF_TC_WITHOUT_HEAD(identity__hard_link_that_comes_and_goes__retry);
ATF_TC_BODY(identity__hard_link_that_comes_and_goes__retry, tc)
{
	struct failure why;

	set_up();
	file_text("target", "precious");
	link_target();
	where.locks = MBOX_FCNTL;
	where.lock_timeout_s = 0;
	calls_install();
	require_open();
	hook_nth(CALL_fstat, 1, unlink_box);
	hook_nth(CALL_fstatat, 1, link_target);
	ATF_CHECK_EQ(VERDICT_RETRY, box_lock(&box, &why));
	ATF_CHECK_STREQ("mbox-links", why.step);
	box_close(&box);
}

ATF_TC_WITHOUT_HEAD(identity__set_id_bits__retry);
ATF_TC_BODY(identity__set_id_bits__retry, tc)
{
	static const mode_t modes[] = { 04600, 02660, 06755, 04755 };
	struct stat st;
	size_t i;

	set_up();
	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		file_text("box", "old\n");
		ATF_REQUIRE_EQ(0, chmod("box", modes[i]));
		check_refused("mbox-mode", "4.2.0");
		ATF_CHECK(file_holds("box", SPAN("old\n")));
		ATF_REQUIRE_EQ(0, stat("box", &st));
		ATF_CHECK_EQ(modes[i], st.st_mode & 07777);
	}
}

ATF_TC_WITHOUT_HEAD(identity__symlink__retry);
ATF_TC_BODY(identity__symlink__retry, tc)
{
	set_up();
	file_text("target", "precious");
	ATF_REQUIRE_EQ(0, symlink("target", "box"));
	check_refused("mbox-open", "4.3.0");
	ATF_CHECK(file_holds("target", SPAN("precious")));
}

ATF_TC_WITHOUT_HEAD(identity__dangling_symlink__retry_and_nothing_made);
ATF_TC_BODY(identity__dangling_symlink__retry_and_nothing_made, tc)
{
	set_up();
	ATF_REQUIRE_EQ(0, symlink("target", "box"));
	check_refused("mbox-open", "4.3.0");
	ATF_CHECK(!file_exists("target"));
}

ATF_TC_WITHOUT_HEAD(identity__fifo__retry_without_waiting);
ATF_TC_BODY(identity__fifo__retry_without_waiting, tc)
{
	set_up();
	ATF_REQUIRE_EQ(0, mkfifo("box", 0600));
	check_refused("mbox-kind", "4.2.0");
}

ATF_TC_WITHOUT_HEAD(identity__folder__retry);
ATF_TC_BODY(identity__folder__retry, tc)
{
	set_up();
	ATF_REQUIRE_EQ(0, mkdir("box", 0700));
	check_refused("mbox-open", "4.3.0");
}

ATF_TC(identity__device__retry);
ATF_TC_HEAD(identity__device__retry, tc)
{
	atf_tc_set_md_var(tc, "require.user", "root");
}
ATF_TC_BODY(identity__device__retry, tc)
{
	struct stat st;

	set_up();
	ATF_REQUIRE_EQ(0, stat("/dev/null", &st));
	if (mknod("box", S_IFCHR | 0666, st.st_rdev) == -1)
		atf_tc_skip("no device can be made here");
	check_refused("mbox-kind", "4.2.0");
}

ATF_TC(identity__owned_by_another__retry);
ATF_TC_HEAD(identity__owned_by_another__retry, tc)
{
	atf_tc_set_md_var(tc, "require.user", "root");
}
ATF_TC_BODY(identity__owned_by_another__retry, tc)
{
	set_up();
	file_text("box", "theirs");
	ATF_REQUIRE_EQ(0, chown("box", 12345, 12345));
	check_refused("mbox-owner", "4.2.0");
	ATF_CHECK(file_holds("box", SPAN("theirs")));
}

ATF_TC_WITHOUT_HEAD(identity__stale_handle__tried_again);
ATF_TC_BODY(identity__stale_handle__tried_again, tc)
{
	set_up();
	file_text("box", "old\n");
	calls_install();
	where.lock_timeout_s = 60;
	require_open();
	fail_nth(CALL_openat, 1, ESTALE);
	require_lock();
	require_unlock();
	box_close(&box);
}

ATF_TC_WITHOUT_HEAD(identity__stale_handle_for_ever__retry);
ATF_TC_BODY(identity__stale_handle_for_ever__retry, tc)
{
	struct failure why;

	set_up();
	file_text("box", "old\n");
	calls_install();
	require_open();
	fail_always(CALL_openat, ESTALE);
	ATF_CHECK_EQ(VERDICT_RETRY, box_lock(&box, &why));
	ATF_CHECK_STREQ("mbox-open", why.step);
	ATF_CHECK_EQ(ESTALE, why.sys_errno);
	box_close(&box);
}

/* Not without a pause: a server may be away for long. */
ATF_TC_WITHOUT_HEAD(identity__replaced_each_time__timeout);
ATF_TC_BODY(identity__replaced_each_time__timeout, tc)
{
	struct failure why;

	set_up();
	file_text("box", "old\n");
	calls_install();
	require_open();
	fail_always(CALL_fstatat, ENOENT);
	where.locks = MBOX_FCNTL;
	where.lock_timeout_s = 1;
	ATF_CHECK_EQ(VERDICT_RETRY, box_lock(&box, &why));
	ATF_CHECK_STREQ("lock-timeout", why.step);
	ATF_CHECK_MSG(call_plans[CALL_fstatat].seen < 1000, "%u tries",
	    call_plans[CALL_fstatat].seen);
	box_close(&box);
	check_free();
}

/* ---- box_unlock --------------------------------------------------------- */

ATF_TC_WITHOUT_HEAD(unlock__any__file_first_dotlock_last);
ATF_TC_BODY(unlock__any__file_first_dotlock_last, tc)
{
	set_up();
	require_open();
	require_lock();
	calls_install();
	require_unlock();
	ATF_CHECK_STREQ("close fstatat unlinkat ", calls_trail);
	box_close(&box);
}

ATF_TC_WITHOUT_HEAD(unlock__close_fails__told_and_dotlock_gone);
ATF_TC_BODY(unlock__close_fails__told_and_dotlock_gone, tc)
{
	struct failure why;

	set_up();
	require_open();
	require_lock();
	calls_install();
	fail_nth(CALL_close, 1, EIO);
	call_plans[CALL_close].is_late = true;
	ATF_CHECK_EQ(VERDICT_RETRY, box_unlock(&box, &why));
	ATF_CHECK_STREQ("close", why.step);
	ATF_CHECK_STREQ("box", why.subject);
	ATF_CHECK_EQ(-1, box.fd);
	check_free();
	ATF_CHECK_EQ(VERDICT_OK, box_unlock(&box, &why));
	box_close(&box);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, open__path_with_folders__last_part_is_the_name);
	ATF_TP_ADD_TC(tp, open__folder_missing__retry_and_nothing_made);
	ATF_TP_ADD_TC(tp, open__in_the_root_folder__that_folder);
	ATF_TP_ADD_TC(tp, open__fuse__retry_unless_allowed);
	ATF_TP_ADD_TC(tp, open__too_long__retry);
	ATF_TP_ADD_TC(tp, open__longest_name__locked_too);
	ATF_TP_ADD_TC(tp, lock__missing__made_with_mode_0600);
	ATF_TP_ADD_TC(tp, lock__free__synchronous_and_appending);
	ATF_TP_ADD_TC(tp, lock__each_set__others_are_kept_out);
	ATF_TP_ADD_TC(tp, lock__two_in_turn__second_is_refused);
	ATF_TP_ADD_TC(tp, lock__one_held_by_another__timeout_and_all_released);
	ATF_TP_ADD_TC(tp, lock__held_for_two_minutes__pauses_stay_short);
	ATF_TP_ADD_TC(tp, lock__not_in_the_set__not_waited_for);
	ATF_TP_ADD_TC(tp, lock__held_and_let_go__had_in_the_end);
	ATF_TP_ADD_TC(tp, lock__waiting__nothing_held);
	ATF_TP_ADD_TC(tp, lock__stale_dotlock__broken_under_the_kernel_lock);
	ATF_TP_ADD_TC(tp, lock__stale_dotlock_and_kernel_lock_held__left_alone);
	ATF_TP_ADD_TC(tp, lock__error_that_no_waiting_mends__told_at_once);
	ATF_TP_ADD_TC(tp, lock__dotlock_cannot_be_made__told_at_once);
	ATF_TP_ADD_TC(tp,
	    lock__signal_while_waiting__retry_and_foreign_lock_stays);
	ATF_TP_ADD_TC(tp, identity__renamed_over_meanwhile__new_file);
	ATF_TP_ADD_TC(tp, identity__removed_meanwhile__made_anew);
	ATF_TP_ADD_TC(tp, identity__truncated_meanwhile__size_of_now);
	ATF_TP_ADD_TC(tp, identity__appended_to_meanwhile__size_of_now);
	ATF_TP_ADD_TC(tp, shared__appended_to_before_the_dotlock__size_of_now);
	ATF_TP_ADD_TC(tp, shared__replaced_before_it_is_opened_again__new_file);
	ATF_TP_ADD_TC(tp, shared__removed_before_it_is_opened_again__made_anew);
	ATF_TP_ADD_TC(tp, shared__locked_by_another_meanwhile__tried_again);
	ATF_TP_ADD_TC(tp, shared__cannot_be_opened_again__told);
	ATF_TP_ADD_TC(tp, identity__removed_and_may_not_create__missing);
	ATF_TP_ADD_TC(tp, identity__missing_and_may_not_create__retry);
	ATF_TP_ADD_TC(tp, identity__hard_link__retry);
	ATF_TP_ADD_TC(tp, identity__hard_link_that_comes_and_goes__retry);
	ATF_TP_ADD_TC(tp, identity__set_id_bits__retry);
	ATF_TP_ADD_TC(tp, identity__symlink__retry);
	ATF_TP_ADD_TC(tp, identity__dangling_symlink__retry_and_nothing_made);
	ATF_TP_ADD_TC(tp, identity__fifo__retry_without_waiting);
	ATF_TP_ADD_TC(tp, identity__folder__retry);
	ATF_TP_ADD_TC(tp, identity__device__retry);
	ATF_TP_ADD_TC(tp, identity__owned_by_another__retry);
	ATF_TP_ADD_TC(tp, identity__stale_handle__tried_again);
	ATF_TP_ADD_TC(tp, identity__stale_handle_for_ever__retry);
	ATF_TP_ADD_TC(tp, identity__replaced_each_time__timeout);
	ATF_TP_ADD_TC(tp, unlock__any__file_first_dotlock_last);
	ATF_TP_ADD_TC(tp, unlock__close_fails__told_and_dotlock_gone);
	return atf_no_error();
}
