#include <sys/stat.h>
#include <sys/wait.h>

#include <atf-c.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "durable/dotlock.h"
#include "durable/host.h"
#include "tests/support/files.h"
#include "tests/support/mbox_calls.h"
#include "tests/support/spans.h"

static const char name[] = "box.lock";

enum { STALE_S = 300 };

static struct dotlock
new_lock(void)
{
	struct dotlock dotlock;

	memset(&dotlock, 0, sizeof(dotlock));
	dotlock.dir_fd = folder_fd(".");
	memcpy(dotlock.name, name, sizeof(name));
	dotlock.stale_s = STALE_S;
	return dotlock;
}

static enum lock_answer
try(struct dotlock *dotlock, bool may_break)
{
	enum lock_answer answer;
	struct failure why;

	ATF_REQUIRE_EQ(VERDICT_OK,
	    dotlock_try(dotlock, may_break, &answer, &why));
	return answer;
}

/* "PID HOST BOOT" of a lock file, with what is NULL taken from here. */
static void
put_lock(long pid, const char *host, const char *boot)
{
	char own_host[256];
	char own_boot[64];
	char text[512];

	host_name(own_host, sizeof(own_host));
	host_boot_id(own_boot, sizeof(own_boot));
	(void)snprintf(text, sizeof(text), "%ld %s %s\n", pid,
	    host == NULL ? own_host : host, boot == NULL ? own_boot : boot);
	file_text(name, text);
}

static long
dead_pid(void)
{
	pid_t pid = fork();

	ATF_REQUIRE(pid != -1);
	if (pid == 0)
		_exit(0);
	ATF_REQUIRE_EQ(pid, waitpid(pid, NULL, 0));
	return (long)pid;
}

static void
set_age(long long age_s)
{
	struct timespec times[2] = { { 0, UTIME_OMIT }, { 0, 0 } };

	times[1].tv_sec = time(NULL) - (time_t)age_s;
	ATF_REQUIRE_EQ(0, utimensat(AT_FDCWD, name, times, 0));
}

/* Nothing but the lock itself, or nothing at all. */
static void
check_alone(int entries)
{
	ATF_CHECK_EQ(entries, folder_count("."));
}

/* What stands in a lock of this process. */
struct holder_text {
	char text[512];
};

static struct holder_text
own_holder(void)
{
	struct holder_text own;
	char host[256];
	char boot[64];

	host_name(host, sizeof(host));
	host_boot_id(boot, sizeof(boot));
	(void)snprintf(own.text, sizeof(own.text), "%ld %s %s\n",
	    (long)getpid(), host, boot);
	return own;
}

ATF_TC_WITHOUT_HEAD(try__free__pid_host_and_boot_in_it);
ATF_TC_BODY(try__free__pid_host_and_boot_in_it, tc)
{
	struct dotlock dotlock = new_lock();
	struct holder_text own = own_holder();

	ATF_CHECK_EQ(LOCK_HAD, try(&dotlock, false));
	ATF_CHECK(dotlock.is_held);
	ATF_CHECK(!dotlock.is_broken);
	ATF_CHECK(file_holds(name, span_of(own.text)));
	check_alone(1);
	dotlock_release(&dotlock);
	ATF_CHECK(!dotlock.is_held);
	check_alone(0);
}

ATF_TC_WITHOUT_HEAD(try__any__made_by_link);
ATF_TC_BODY(try__any__made_by_link, tc)
{
	struct dotlock dotlock = new_lock();

	calls_install();
	ATF_CHECK_EQ(LOCK_HAD, try(&dotlock, false));
	ATF_CHECK_STREQ("openat write close linkat fstatat unlinkat ",
	    calls_trail);
	dotlock_release(&dotlock);
}

ATF_TC_WITHOUT_HEAD(try__held_by_us__busy);
ATF_TC_BODY(try__held_by_us__busy, tc)
{
	struct dotlock first = new_lock();
	struct dotlock second = new_lock();

	ATF_REQUIRE_EQ(LOCK_HAD, try(&first, true));
	ATF_CHECK_EQ(LOCK_BUSY, try(&second, true));
	ATF_CHECK(!second.is_held);
	dotlock_release(&second);
	ATF_CHECK(file_exists(name));
	dotlock_release(&first);
	ATF_CHECK_EQ(LOCK_HAD, try(&second, true));
	dotlock_release(&second);
	check_alone(0);
}

ATF_TC_WITHOUT_HEAD(try__held_by_a_live_process__busy);
ATF_TC_BODY(try__held_by_a_live_process__busy, tc)
{
	struct dotlock dotlock = new_lock();

	put_lock((long)getppid(), NULL, NULL);
	ATF_CHECK_EQ(LOCK_BUSY, try(&dotlock, true));
	ATF_CHECK(!dotlock_is_free(&dotlock));
	put_lock(1, NULL, NULL); /* of another user, perhaps */
	ATF_CHECK_EQ(LOCK_BUSY, try(&dotlock, true));
	check_alone(1);
}

ATF_TC_WITHOUT_HEAD(try__holder_is_dead__broken);
ATF_TC_BODY(try__holder_is_dead__broken, tc)
{
	struct dotlock dotlock = new_lock();

	put_lock(dead_pid(), NULL, NULL);
	ATF_CHECK(dotlock_is_free(&dotlock));
	ATF_CHECK(file_exists(name));
	ATF_CHECK_EQ(LOCK_HAD, try(&dotlock, true));
	ATF_CHECK(dotlock.is_broken);
	dotlock_release(&dotlock);
	check_alone(0);
}

ATF_TC_WITHOUT_HEAD(try__from_before_this_boot__broken);
ATF_TC_BODY(try__from_before_this_boot__broken, tc)
{
	struct dotlock dotlock = new_lock();

	put_lock((long)getpid(), NULL, "another-boot");
	ATF_CHECK(dotlock_is_free(&dotlock));
	ATF_CHECK_EQ(LOCK_HAD, try(&dotlock, true));
	ATF_CHECK(dotlock.is_broken);
	dotlock_release(&dotlock);
}

/* Its maker could not ask for the boot: that says nothing about it. */
ATF_TC_WITHOUT_HEAD(try__boot_not_known_and_pid_lives__busy);
ATF_TC_BODY(try__boot_not_known_and_pid_lives__busy, tc)
{
	struct dotlock dotlock = new_lock();

	put_lock((long)getpid(), NULL, "-");
	ATF_CHECK(!dotlock_is_free(&dotlock));
	ATF_CHECK_EQ(LOCK_BUSY, try(&dotlock, true));
	put_lock(dead_pid(), NULL, "-");
	ATF_CHECK(dotlock_is_free(&dotlock));
	ATF_CHECK_EQ(LOCK_HAD, try(&dotlock, true));
	ATF_CHECK(dotlock.is_broken);
	dotlock_release(&dotlock);
}

ATF_TC_WITHOUT_HEAD(try__pid_of_another_host__busy);
ATF_TC_BODY(try__pid_of_another_host__busy, tc)
{
	struct dotlock dotlock = new_lock();

	put_lock(dead_pid(), "elsewhere.example.org", NULL);
	ATF_CHECK_EQ(LOCK_BUSY, try(&dotlock, true));
	ATF_CHECK(!dotlock_is_free(&dotlock));
	put_lock(dead_pid(), "elsewhere.example.org", "another-boot");
	ATF_CHECK_EQ(LOCK_BUSY, try(&dotlock, true));
	check_alone(1);
}

ATF_TC_WITHOUT_HEAD(try__stale_without_the_kernel_lock__busy);
ATF_TC_BODY(try__stale_without_the_kernel_lock__busy, tc)
{
	struct dotlock dotlock = new_lock();

	put_lock(dead_pid(), NULL, NULL);
	ATF_CHECK_EQ(LOCK_BUSY, try(&dotlock, false));
	set_age(10 * STALE_S);
	ATF_CHECK_EQ(LOCK_BUSY, try(&dotlock, false));
	ATF_CHECK(!dotlock.is_broken);
	check_alone(1);
}

static const char *const foreign[] = { "", "\n", "0", "0\n", "12345\n",
	"-1 host boot\n", "0 host boot\n", "12345 host\n", "host 12345 x\n",
	"procmail lock", "\377\376" };

enum { FOREIGN = sizeof(foreign) / sizeof(foreign[0]) };

/* What other programs write tells nothing: their locks end by age alone. */
ATF_TC_WITHOUT_HEAD(try__foreign_and_young__busy);
ATF_TC_BODY(try__foreign_and_young__busy, tc)
{
	struct dotlock dotlock = new_lock();
	size_t i;

	for (i = 0; i < FOREIGN; i++) {
		file_text(name, foreign[i]);
		ATF_CHECK_EQ_MSG(LOCK_BUSY, try(&dotlock, true), "\"%s\"",
		    foreign[i]);
		set_age(STALE_S - 30);
		ATF_CHECK_EQ_MSG(LOCK_BUSY, try(&dotlock, true), "\"%s\"",
		    foreign[i]);
		check_alone(1);
	}
}

ATF_TC_WITHOUT_HEAD(try__foreign_and_old__broken);
ATF_TC_BODY(try__foreign_and_old__broken, tc)
{
	size_t i;

	for (i = 0; i < FOREIGN; i++) {
		struct dotlock dotlock = new_lock();

		file_text(name, foreign[i]);
		set_age(STALE_S + 30);
		ATF_CHECK_EQ_MSG(LOCK_HAD, try(&dotlock, true), "\"%s\"",
		    foreign[i]);
		ATF_CHECK(dotlock.is_broken);
		dotlock_release(&dotlock);
		check_alone(0);
		ATF_REQUIRE_EQ(0, close(dotlock.dir_fd));
	}
}

/* Nobody can say how old it is. */
ATF_TC_WITHOUT_HEAD(try__clock_cannot_be_asked__busy);
ATF_TC_BODY(try__clock_cannot_be_asked__busy, tc)
{
	static const enum call calls[] = { CALL_openat, CALL_write,
		CALL_fstat };
	size_t i;

	calls_install();
	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		struct dotlock dotlock = new_lock();

		file_text(name, foreign[0]);
		set_age(STALE_S + 30);
		dotlock.was_busy = true; /* so that it is not tried first */
		fail_nth(calls[i], calls[i] == CALL_openat ? 2 : 1, ENOSPC);
		ATF_CHECK_EQ(LOCK_BUSY, try(&dotlock, true));
		ATF_CHECK(!dotlock.is_broken);
		ATF_CHECK(file_holds(name, span_of(foreign[0])));
		check_alone(1);
		ATF_REQUIRE_EQ(0, close(dotlock.dir_fd));
		calls_reset();
	}
}

ATF_TC_WITHOUT_HEAD(try__live_but_old__broken);
ATF_TC_BODY(try__live_but_old__broken, tc)
{
	struct dotlock dotlock = new_lock();

	put_lock((long)getppid(), NULL, NULL);
	set_age(STALE_S + 30);
	ATF_CHECK_EQ(LOCK_HAD, try(&dotlock, true));
	ATF_CHECK(dotlock.is_broken);
	dotlock_release(&dotlock);
}

ATF_TC_WITHOUT_HEAD(try__long_file__busy);
ATF_TC_BODY(try__long_file__busy, tc)
{
	struct dotlock dotlock = new_lock();
	char text[5000];

	memset(text, '1', sizeof(text));
	file_put(name, (struct span){ text, sizeof(text) });
	ATF_CHECK_EQ(LOCK_BUSY, try(&dotlock, true));
}

static long long shift_s;

/* The file system is a server's, and its clock runs ahead or behind. */
static int
fstat_shifted(int fd, struct stat *st)
{
	int answer = real_sys->fstat(fd, st);

	st->st_mtime += (time_t)shift_s;
	return answer;
}

static int
fstatat_shifted(int dir_fd, const char *path, struct stat *st, int flags)
{
	int answer = real_sys->fstatat(dir_fd, path, st, flags);

	st->st_mtime += (time_t)shift_s;
	return answer;
}

ATF_TC_WITHOUT_HEAD(try__clock_of_file_system_differs__its_own_counts);
ATF_TC_BODY(try__clock_of_file_system_differs__its_own_counts, tc)
{
	static const long long shifts[] = { -86400, -4000, 0, 4000, 86400 };
	size_t i;

	calls_install();
	noted_calls.fstat = fstat_shifted;
	noted_calls.fstatat = fstatat_shifted;
	for (i = 0; i < sizeof(shifts) / sizeof(shifts[0]); i++) {
		struct dotlock dotlock = new_lock();

		shift_s = shifts[i];
		file_text(name, "foreign");
		set_age(STALE_S - 30);
		ATF_CHECK_EQ_MSG(LOCK_BUSY, try(&dotlock, true),
		    "%lld s, young", shift_s);
		set_age(STALE_S + 30);
		ATF_CHECK_EQ_MSG(LOCK_HAD, try(&dotlock, true), "%lld s, old",
		    shift_s);
		dotlock_release(&dotlock);
		check_alone(0);
	}
}

ATF_TC_WITHOUT_HEAD(try__again_and_still_young__no_file_is_made);
ATF_TC_BODY(try__again_and_still_young__no_file_is_made, tc)
{
	struct dotlock dotlock = new_lock();

	file_text(name, "foreign");
	ATF_CHECK_EQ(LOCK_BUSY, try(&dotlock, true));
	calls_install();
	ATF_CHECK_EQ(LOCK_BUSY, try(&dotlock, true));
	ATF_CHECK_STREQ("fstatat openat pread pread close ", calls_trail);
}

/* Inode numbers come again at once: only the time tells. */
static void
replace_lock(void)
{
	struct stat before;
	struct stat after;

	ATF_REQUIRE_EQ(0, lstat(name, &before));
	do {
		ATF_REQUIRE_EQ(0, unlink(name));
		file_text(name, "the new holder");
		ATF_REQUIRE_EQ(0, lstat(name, &after));
	} while (after.st_ctime == before.st_ctime &&
	    after.st_ctim.tv_nsec == before.st_ctim.tv_nsec);
}

ATF_TC_WITHOUT_HEAD(try__replaced_between_look_and_break__left_alone);
ATF_TC_BODY(try__replaced_between_look_and_break__left_alone, tc)
{
	struct dotlock dotlock = new_lock();

	put_lock(dead_pid(), NULL, NULL);
	calls_install();
	hook_nth(CALL_fstatat, 3, replace_lock);
	ATF_CHECK_EQ(LOCK_BUSY, try(&dotlock, true));
	ATF_CHECK(!dotlock.is_broken);
	ATF_CHECK(file_holds(name, SPAN("the new holder")));
}

static void
touch_lock(void)
{
	ATF_REQUIRE_EQ(0, utimensat(AT_FDCWD, name, NULL, 0));
}

/* Its holder lives: some programs touch their lock while they work. */
ATF_TC_WITHOUT_HEAD(try__touched_between_look_and_break__left_alone);
ATF_TC_BODY(try__touched_between_look_and_break__left_alone, tc)
{
	struct dotlock dotlock = new_lock();

	file_text(name, "foreign");
	set_age(STALE_S + 30);
	calls_install();
	hook_nth(CALL_fstatat, 3, touch_lock);
	ATF_CHECK_EQ(LOCK_BUSY, try(&dotlock, true));
	ATF_CHECK(file_holds(name, SPAN("foreign")));
	check_alone(1);
}

static void
take_lock(void)
{
	file_text(name, "the faster one");
}

ATF_TC_WITHOUT_HEAD(try__another_is_faster__busy);
ATF_TC_BODY(try__another_is_faster__busy, tc)
{
	struct dotlock dotlock = new_lock();

	calls_install();
	hook_nth(CALL_linkat, 1, take_lock);
	ATF_CHECK_EQ(LOCK_BUSY, try(&dotlock, true));
	ATF_CHECK(!dotlock.is_held);
	ATF_CHECK(file_holds(name, SPAN("the faster one")));
	check_alone(1);
}

ATF_TC_WITHOUT_HEAD(try__answer_of_link_is_lost__had);
ATF_TC_BODY(try__answer_of_link_is_lost__had, tc)
{
	struct dotlock dotlock = new_lock();

	calls_install();
	fail_nth(CALL_linkat, 1, EEXIST);
	call_plans[CALL_linkat].is_late = true;
	ATF_CHECK_EQ(LOCK_HAD, try(&dotlock, true));
	dotlock_release(&dotlock);
	check_alone(0);
}

/* In a folder where all may write, anybody may give our file a name more. */
static void
link_unique_too(void)
{
	DIR *folder = opendir(".");
	struct dirent *entry;

	ATF_REQUIRE(folder != NULL);
	while ((entry = readdir(folder)) != NULL)
		if (strncmp(entry->d_name, ".lk.", 4) == 0)
			ATF_REQUIRE_EQ(0, link(entry->d_name, "a-name-more"));
	ATF_REQUIRE_EQ(0, closedir(folder));
	ATF_REQUIRE(file_exists("a-name-more"));
}

static void
take_lock_and_link(void)
{
	take_lock();
	link_unique_too();
}

ATF_TC_WITHOUT_HEAD(try__two_links_by_a_stranger__busy);
ATF_TC_BODY(try__two_links_by_a_stranger__busy, tc)
{
	struct dotlock dotlock = new_lock();

	calls_install();
	hook_nth(CALL_linkat, 1, take_lock_and_link);
	ATF_CHECK_EQ(LOCK_BUSY, try(&dotlock, true));
	ATF_CHECK(!dotlock.is_held);
	ATF_CHECK(file_holds(name, SPAN("the faster one")));
	check_alone(2);
}

ATF_TC_WITHOUT_HEAD(try__a_link_more_by_a_stranger__had);
ATF_TC_BODY(try__a_link_more_by_a_stranger__had, tc)
{
	struct dotlock dotlock = new_lock();

	calls_install();
	hook_nth(CALL_linkat, 1, link_unique_too);
	ATF_CHECK_EQ(LOCK_HAD, try(&dotlock, true));
	dotlock_release(&dotlock);
	ATF_CHECK(!file_exists(name));
	check_alone(1);
}

/* Made, and taken for stale at once: then it is nobody's. */
static void
remove_lock(void)
{
	ATF_REQUIRE_EQ(0, unlink(name));
}

ATF_TC_WITHOUT_HEAD(try__broken_by_another_at_once__made_anew);
ATF_TC_BODY(try__broken_by_another_at_once__made_anew, tc)
{
	struct dotlock dotlock = new_lock();

	calls_install();
	hook_nth(CALL_fstatat, 1, remove_lock);
	ATF_CHECK_EQ(LOCK_HAD, try(&dotlock, false));
	ATF_CHECK(file_exists(name));
	dotlock_release(&dotlock);
	check_alone(0);
}

/* ---- Without hard links -------------------------------------------------- */

static const int no_links[] = { ENOTSUP, EOPNOTSUPP, ENOSYS, EMLINK };

enum { NO_LINKS = sizeof(no_links) / sizeof(no_links[0]) };

ATF_TC_WITHOUT_HEAD(exclusive__free__pid_host_and_boot_in_it);
ATF_TC_BODY(exclusive__free__pid_host_and_boot_in_it, tc)
{
	struct dotlock dotlock = new_lock();
	struct dotlock other = new_lock();
	struct holder_text own = own_holder();
	size_t i;

	calls_install();
	for (i = 0; i < NO_LINKS; i++) {
		fail_always(CALL_linkat, no_links[i]);
		ATF_CHECK_EQ(LOCK_HAD, try(&dotlock, false));
		ATF_CHECK(file_holds(name, span_of(own.text)));
		check_alone(1);
		ATF_CHECK_EQ(LOCK_BUSY, try(&other, true));
		ATF_CHECK(!other.is_held);
		check_alone(1);
		dotlock_release(&dotlock);
		check_alone(0);
	}
}

ATF_TC_WITHOUT_HEAD(exclusive__stale__broken);
ATF_TC_BODY(exclusive__stale__broken, tc)
{
	struct dotlock dotlock = new_lock();

	calls_install();
	fail_always(CALL_linkat, EOPNOTSUPP);
	put_lock(dead_pid(), NULL, NULL);
	ATF_CHECK_EQ(LOCK_BUSY, try(&dotlock, false));
	ATF_CHECK_EQ(LOCK_HAD, try(&dotlock, true));
	ATF_CHECK(dotlock.is_broken);
	dotlock_release(&dotlock);
	check_alone(0);
}

/* The name of the other file is tried first. */
ATF_TC_WITHOUT_HEAD(exclusive__another_is_faster__busy);
ATF_TC_BODY(exclusive__another_is_faster__busy, tc)
{
	struct dotlock dotlock = new_lock();

	calls_install();
	fail_always(CALL_linkat, EOPNOTSUPP);
	hook_nth(CALL_openat, 2, take_lock);
	ATF_CHECK_EQ(LOCK_BUSY, try(&dotlock, true));
	ATF_CHECK(!dotlock.is_held);
	ATF_CHECK(file_holds(name, SPAN("the faster one")));
	check_alone(1);
}

static void
check_exclusive_fails(int sys_errno)
{
	struct dotlock dotlock = new_lock();
	enum lock_answer answer;
	struct failure why;

	ATF_CHECK_EQ(VERDICT_RETRY, dotlock_try(&dotlock, true, &answer, &why));
	ATF_CHECK_STREQ("dotlock", why.step);
	ATF_CHECK_EQ(sys_errno, why.sys_errno);
	ATF_CHECK(!dotlock.is_held);
	check_alone(0);
	ATF_REQUIRE_EQ(0, close(dotlock.dir_fd));
}

/* A lock whose holder cannot be written into it is no lock. */
ATF_TC_WITHOUT_HEAD(exclusive__each_call_fails__retry_and_nothing_left);
ATF_TC_BODY(exclusive__each_call_fails__retry_and_nothing_left, tc)
{
	calls_install();
	fail_always(CALL_linkat, EOPNOTSUPP);
	fail_nth(CALL_openat, 2, EACCES);
	check_exclusive_fails(EACCES);
	fail_nth(CALL_write, 2, ENOSPC);
	check_exclusive_fails(ENOSPC);
	fail_nth(CALL_close, 2, EDQUOT);
	check_exclusive_fails(EDQUOT);
	fail_nth(CALL_fstatat, 2, EIO);
	check_exclusive_fails(EIO);
}

static void
check_no_stale(void)
{
	struct dotlock dotlock = new_lock();

	ATF_CHECK_EQ(LOCK_BUSY, try(&dotlock, true));
	ATF_CHECK(!dotlock_is_free(&dotlock));
	check_alone(1);
}

ATF_TC_WITHOUT_HEAD(try__no_regular_file_there__never_broken);
ATF_TC_BODY(try__no_regular_file_there__never_broken, tc)
{
	ATF_REQUIRE_EQ(0, mkdir(name, 0700));
	set_age(10 * STALE_S);
	check_no_stale();
	ATF_REQUIRE_EQ(0, rmdir(name));
	ATF_REQUIRE_EQ(0, symlink("nowhere", name));
	check_no_stale();
	ATF_REQUIRE_EQ(0, unlink(name));
	ATF_REQUIRE_EQ(0, mkfifo(name, 0600));
	check_no_stale();
}

ATF_TC_WITHOUT_HEAD(release__taken_over_by_another__left_alone);
ATF_TC_BODY(release__taken_over_by_another__left_alone, tc)
{
	struct dotlock dotlock = new_lock();

	ATF_REQUIRE_EQ(LOCK_HAD, try(&dotlock, true));
	file_text("other", "another holder");
	ATF_REQUIRE_EQ(0, rename("other", name));
	dotlock_release(&dotlock);
	ATF_CHECK(file_holds(name, SPAN("another holder")));
	ATF_CHECK(!dotlock.is_held);
}

/* The number of the removed file is soon another's. */
ATF_TC_WITHOUT_HEAD(release__taken_over_with_same_inode__left_alone);
ATF_TC_BODY(release__taken_over_with_same_inode__left_alone, tc)
{
	struct dotlock dotlock = new_lock();

	ATF_REQUIRE_EQ(LOCK_HAD, try(&dotlock, true));
	set_age(10);
	dotlock_release(&dotlock);
	ATF_CHECK(file_exists(name));
	ATF_CHECK(!dotlock.is_held);
}

/* Stopped for long, broken as stale, and then ended by a signal. */
ATF_TC_WITHOUT_HEAD(signal__taken_over_by_another__left_alone);
ATF_TC_BODY(signal__taken_over_by_another__left_alone, tc)
{
	struct dotlock dotlock = new_lock();
	pid_t child;
	int status;

	child = fork();
	ATF_REQUIRE(child != -1);
	if (child == 0) {
		interrupt_start(100);
		if (try(&dotlock, true) != LOCK_HAD || unlink(name) == -1)
			_exit(1);
		file_text(name, "another holder");
		set_age(10); /* its number may be that of the old one */
		(void)raise(SIGSEGV);
		_exit(2);
	}
	ATF_REQUIRE_EQ(child, waitpid(child, &status, 0));
	ATF_REQUIRE(WIFEXITED(status));
	ATF_CHECK_EQ(EX_TEMPFAIL, WEXITSTATUS(status));
	ATF_CHECK(file_holds(name, SPAN("another holder")));
}

ATF_TC_WITHOUT_HEAD(signal__held__removed);
ATF_TC_BODY(signal__held__removed, tc)
{
	struct dotlock dotlock = new_lock();
	pid_t child;
	int status;

	child = fork();
	ATF_REQUIRE(child != -1);
	if (child == 0) {
		interrupt_start(100);
		if (try(&dotlock, true) != LOCK_HAD)
			_exit(1);
		(void)raise(SIGSEGV);
		_exit(2);
	}
	ATF_REQUIRE_EQ(child, waitpid(child, &status, 0));
	ATF_REQUIRE(WIFEXITED(status));
	ATF_CHECK_EQ(EX_TEMPFAIL, WEXITSTATUS(status));
	check_alone(0);
}

ATF_TC_WITHOUT_HEAD(release__gone_already__nothing_to_do);
ATF_TC_BODY(release__gone_already__nothing_to_do, tc)
{
	struct dotlock dotlock = new_lock();

	ATF_REQUIRE_EQ(LOCK_HAD, try(&dotlock, true));
	ATF_REQUIRE_EQ(0, unlink(name));
	dotlock_release(&dotlock);
	dotlock_release(&dotlock);
	check_alone(0);
}

ATF_TC_WITHOUT_HEAD(release__never_held__foreign_lock_stays);
ATF_TC_BODY(release__never_held__foreign_lock_stays, tc)
{
	struct dotlock dotlock = new_lock();

	file_text(name, "foreign");
	dotlock_release(&dotlock);
	ATF_CHECK(file_exists(name));
}

static void
check_failure(int sys_errno)
{
	struct dotlock dotlock = new_lock();
	enum lock_answer answer;
	struct failure why;

	ATF_CHECK_EQ(VERDICT_RETRY, dotlock_try(&dotlock, true, &answer, &why));
	ATF_CHECK_STREQ("dotlock", why.step);
	ATF_CHECK_STREQ(name, why.subject);
	ATF_CHECK_EQ(sys_errno, why.sys_errno);
	ATF_CHECK_EQ(EX_TEMPFAIL, why.exit_code);
	ATF_CHECK(!dotlock.is_held);
	check_alone(0);
	ATF_REQUIRE_EQ(0, close(dotlock.dir_fd));
}

ATF_TC_WITHOUT_HEAD(try__no_file_can_be_made__retry_and_nothing_left);
ATF_TC_BODY(try__no_file_can_be_made__retry_and_nothing_left, tc)
{
	calls_install();
	fail_nth(CALL_openat, 1, EACCES);
	check_failure(EACCES);
	fail_nth(CALL_openat, 1, ENOSPC);
	check_failure(ENOSPC);
	fail_nth(CALL_write, 1, ENOSPC);
	check_failure(ENOSPC);
	fail_nth(CALL_write, 1, EIO);
	check_failure(EIO);
	call_plans[CALL_write].most_bytes = 3;
	fail_nth(CALL_write, 2, ENOSPC);
	check_failure(ENOSPC);
	call_plans[CALL_write].most_bytes = 0;
	fail_nth(CALL_close, 1, EDQUOT);
	check_failure(EDQUOT);
}

ATF_TC_WITHOUT_HEAD(is_free__nothing_there__yes);
ATF_TC_BODY(is_free__nothing_there__yes, tc)
{
	struct dotlock dotlock = new_lock();

	ATF_CHECK(dotlock_is_free(&dotlock));
	file_text(name, "foreign");
	set_age(STALE_S - 30);
	ATF_CHECK(!dotlock_is_free(&dotlock));
}

/* As a delivery would judge it, but for the clock: no file may be made. */
ATF_TC_WITHOUT_HEAD(is_free__stale__yes);
ATF_TC_BODY(is_free__stale__yes, tc)
{
	struct dotlock dotlock = new_lock();

	put_lock(dead_pid(), NULL, NULL);
	ATF_CHECK(dotlock_is_free(&dotlock));
	put_lock((long)getpid(), NULL, NULL);
	ATF_CHECK(!dotlock_is_free(&dotlock));
	set_age(STALE_S + 30);
	ATF_CHECK(dotlock_is_free(&dotlock));
	file_text(name, "foreign");
	set_age(STALE_S + 30);
	ATF_CHECK(dotlock_is_free(&dotlock));
	set_age(-10 * STALE_S);
	ATF_CHECK(!dotlock_is_free(&dotlock));
	check_alone(1);
}

/* A lock per round by several processes: two are never in at once. */
ATF_TC_WITHOUT_HEAD(try__four_processes__one_at_a_time);
ATF_TC_BODY(try__four_processes__one_at_a_time, tc)
{
	enum { PROCESSES = 4, TURNS = 200 };
	pid_t pids[PROCESSES];
	struct span counted;
	int status;
	int i;

	file_text("counter", "");
	for (i = 0; i < PROCESSES; i++) {
		pids[i] = fork();
		ATF_REQUIRE(pids[i] != -1);
		if (pids[i] != 0)
			continue;
		for (int turn = 0; turn < TURNS;) {
			struct dotlock dotlock = new_lock();
			int fd;

			if (try(&dotlock, false) == LOCK_HAD) {
				fd = open("inside", O_CREAT | O_EXCL, 0600);
				if (fd == -1)
					_exit(1);
				(void)close(fd);
				fd = open("counter", O_WRONLY | O_APPEND);
				if (write(fd, "x", 1) != 1 ||
				    unlink("inside") == -1)
					_exit(2);
				(void)close(fd);
				dotlock_release(&dotlock);
				turn++;
			}
			(void)close(dotlock.dir_fd);
		}
		_exit(0);
	}
	for (i = 0; i < PROCESSES; i++) {
		ATF_REQUIRE_EQ(pids[i], waitpid(pids[i], &status, 0));
		ATF_CHECK_EQ(0, status);
	}
	counted = file_get("counter");
	ATF_CHECK_EQ((size_t)PROCESSES * TURNS, counted.size_bytes);
	free((void *)counted.at);
	check_alone(1);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, try__free__pid_host_and_boot_in_it);
	ATF_TP_ADD_TC(tp, try__any__made_by_link);
	ATF_TP_ADD_TC(tp, try__held_by_us__busy);
	ATF_TP_ADD_TC(tp, try__held_by_a_live_process__busy);
	ATF_TP_ADD_TC(tp, try__holder_is_dead__broken);
	ATF_TP_ADD_TC(tp, try__from_before_this_boot__broken);
	ATF_TP_ADD_TC(tp, try__boot_not_known_and_pid_lives__busy);
	ATF_TP_ADD_TC(tp, try__pid_of_another_host__busy);
	ATF_TP_ADD_TC(tp, try__stale_without_the_kernel_lock__busy);
	ATF_TP_ADD_TC(tp, try__foreign_and_young__busy);
	ATF_TP_ADD_TC(tp, try__foreign_and_old__broken);
	ATF_TP_ADD_TC(tp, try__clock_cannot_be_asked__busy);
	ATF_TP_ADD_TC(tp, try__live_but_old__broken);
	ATF_TP_ADD_TC(tp, try__long_file__busy);
	ATF_TP_ADD_TC(tp, try__clock_of_file_system_differs__its_own_counts);
	ATF_TP_ADD_TC(tp, try__again_and_still_young__no_file_is_made);
	ATF_TP_ADD_TC(tp, try__replaced_between_look_and_break__left_alone);
	ATF_TP_ADD_TC(tp, try__touched_between_look_and_break__left_alone);
	ATF_TP_ADD_TC(tp, try__another_is_faster__busy);
	ATF_TP_ADD_TC(tp, try__answer_of_link_is_lost__had);
	ATF_TP_ADD_TC(tp, try__two_links_by_a_stranger__busy);
	ATF_TP_ADD_TC(tp, try__a_link_more_by_a_stranger__had);
	ATF_TP_ADD_TC(tp, try__broken_by_another_at_once__made_anew);
	ATF_TP_ADD_TC(tp, exclusive__free__pid_host_and_boot_in_it);
	ATF_TP_ADD_TC(tp, exclusive__stale__broken);
	ATF_TP_ADD_TC(tp, exclusive__another_is_faster__busy);
	ATF_TP_ADD_TC(tp, exclusive__each_call_fails__retry_and_nothing_left);
	ATF_TP_ADD_TC(tp, try__no_regular_file_there__never_broken);
	ATF_TP_ADD_TC(tp, release__taken_over_by_another__left_alone);
	ATF_TP_ADD_TC(tp, release__taken_over_with_same_inode__left_alone);
	ATF_TP_ADD_TC(tp, signal__taken_over_by_another__left_alone);
	ATF_TP_ADD_TC(tp, signal__held__removed);
	ATF_TP_ADD_TC(tp, release__gone_already__nothing_to_do);
	ATF_TP_ADD_TC(tp, release__never_held__foreign_lock_stays);
	ATF_TP_ADD_TC(tp, try__no_file_can_be_made__retry_and_nothing_left);
	ATF_TP_ADD_TC(tp, is_free__nothing_there__yes);
	ATF_TP_ADD_TC(tp, is_free__stale__yes);
	ATF_TP_ADD_TC(tp, try__four_processes__one_at_a_time);
	return atf_no_error();
}
