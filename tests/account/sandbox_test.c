/*
 * What is out of reach behind the sandbox, and what is not.
 *
 * Nobody comes back from it, so each case forks. The child says nothing when
 * all is as it should be; else what was not, on standard error.
 */
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <atf-c.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "account/sandbox.h"
#include "compat/compat.h"
#include "tests/support/child.h"
#include "tests/support/files.h"

/* Said by the child; the first of them ends it. */
#define MUST(claim)                                                           \
	do {                                                                  \
		if (!(claim)) {                                               \
			static const char said[] = #claim;                    \
			ssize_t taken = write(STDERR_FILENO, said,            \
			    sizeof(said) - 1);                                \
			_exit(taken == -1 ? 3 : 2);                           \
		}                                                             \
	} while (0)

#define REFUSED(call) ((call) == -1 && (errno == EACCES || errno == EPERM))

static int box_fd;
static int tmp_fd;
static int new_fd;

/* box/ with its folders open, and a sandbox around it. */
static void
enter(bool is_climbing)
{
	struct sandbox_folder folders[3];
	struct sandbox_needs needs = {
		.folders = folders,
		.folder_most = 3,
		.is_climbing = is_climbing,
	};
	enum sandbox_state state;
	struct failure why;

	box_fd = open("box", O_RDONLY | O_DIRECTORY);
	tmp_fd = open("box/tmp", O_RDONLY | O_DIRECTORY);
	new_fd = open("box/new", O_RDONLY | O_DIRECTORY);
	MUST(new_fd != -1);
	sandbox_add(&needs, box_fd, "box", false);
	sandbox_add(&needs, -1, "readable", true);
	sandbox_add(&needs, -1, "missing", true);
	MUST(sandbox_enter(SANDBOX_REQUIRE, &needs, &state, &why) ==
	    VERDICT_OK);
	MUST(state == SANDBOX_WHOLE);
}

/* Run in a child what must hold behind the sandbox. */
static void
check_behind(void (*work)(void))
{
	struct ending ending;

	if (sandbox_best() != SANDBOX_WHOLE)
		atf_tc_skip("no sandbox is built in");
	box_make("box");
	ATF_REQUIRE_EQ(0, mkdir("readable", 0700));
	ATF_REQUIRE_EQ(0, mkdir("other", 0700));
	file_text("readable/file", "text");
	file_text("other/file", "text");
	ending = child_run(work);
	ATF_CHECK_MSG(ending.exit_code == 0, "%d, not: %s", ending.exit_code,
	    ending.text);
}

static void
open_elsewhere(void)
{
	enter(false);
	MUST(REFUSED(open("/etc/passwd", O_RDONLY)));
	MUST(REFUSED(open("other/file", O_RDONLY)));
	MUST(REFUSED(openat(box_fd, "../other/file", O_RDONLY)));
	MUST(REFUSED(open("other", O_RDONLY | O_DIRECTORY)));
	MUST(REFUSED(open("other/file", O_WRONLY)));
	MUST(REFUSED(truncate("other/file", 0)));
}

ATF_TC_WITHOUT_HEAD(behind__files_elsewhere__not_opened);
ATF_TC_BODY(behind__files_elsewhere__not_opened, tc)
{
	check_behind(open_elsewhere);
}

static void
make_elsewhere(void)
{
	enter(false);
	MUST(REFUSED(open("other/new", O_WRONLY | O_CREAT, 0600)));
	MUST(REFUSED(open("/var/tmp/mda-test", O_WRONLY | O_CREAT, 0600)));
	MUST(REFUSED(mkdir("other/folder", 0700)));
	MUST(REFUSED(unlink("other/file")));
	MUST(linkat(box_fd, "tmp", box_fd, "../other/l", 0) == -1);
}

ATF_TC_WITHOUT_HEAD(behind__files_elsewhere__not_made_or_removed);
ATF_TC_BODY(behind__files_elsewhere__not_made_or_removed, tc)
{
	check_behind(make_elsewhere);
	ATF_CHECK(file_exists("other/file"));
	ATF_CHECK(!file_exists("other/new"));
}

static void
deliver(void)
{
	struct stat st;
	char byte;
	int fd;

	enter(false);
	fd = openat(tmp_fd, "m", O_RDWR | O_CREAT | O_EXCL, 0600);
	MUST(fd != -1);
	MUST(write(fd, "x", 1) == 1);
	MUST(fsync(fd) == 0);
	MUST(linkat(tmp_fd, "m", new_fd, "m", 0) == 0);
	MUST(fsync(new_fd) == 0);
	MUST(unlinkat(tmp_fd, "m", 0) == 0);
	MUST(renameat(new_fd, "m", tmp_fd, "m") == 0);
	MUST(renameat(tmp_fd, "m", new_fd, "m") == 0);
	MUST(fstatat(new_fd, "m", &st, 0) == 0);
	fd = openat(new_fd, "m", O_RDWR | O_APPEND);
	MUST(fd != -1);
	MUST(pread(fd, &byte, 1, 0) == 1);
	MUST(mmap(NULL, 1, PROT_READ, MAP_SHARED, fd, 0) != MAP_FAILED);
	MUST(ftruncate(fd, 0) == 0);
	MUST(futimens(fd, NULL) == 0);
	MUST(fdopendir(openat(box_fd, "tmp", O_RDONLY)) != NULL);
}

ATF_TC_WITHOUT_HEAD(behind__own_folder__delivery_works);
ATF_TC_BODY(behind__own_folder__delivery_works, tc)
{
	check_behind(deliver);
	ATF_CHECK(file_exists("box/new/m"));
	ATF_CHECK(!file_exists("box/tmp/m"));
}

static void
misuse_folder(void)
{
	enter(false);
	MUST(REFUSED(mkdirat(box_fd, "folder", 0700)));
	MUST(REFUSED(symlinkat("/etc/passwd", box_fd, "link")));
	MUST(REFUSED(mkfifoat(box_fd, "fifo", 0600)));
	MUST(REFUSED(unlinkat(box_fd, "cur", AT_REMOVEDIR)));
	MUST(REFUSED(fchmod(box_fd, 0777)));
	MUST(REFUSED(fchmodat(box_fd, "tmp", 0777, 0)));
	MUST(REFUSED(fchown(box_fd, geteuid(), getegid())));
}

ATF_TC_WITHOUT_HEAD(behind__own_folder__only_files_and_no_rights);
ATF_TC_BODY(behind__own_folder__only_files_and_no_rights, tc)
{
	check_behind(misuse_folder);
}

static void
read_readable(void)
{
	enter(false);
	MUST(open("readable/file", O_RDONLY) != -1);
	MUST(REFUSED(open("readable/file", O_WRONLY)));
	MUST(REFUSED(open("readable/new", O_WRONLY | O_CREAT, 0600)));
	MUST(REFUSED(unlink("readable/file")));
}

ATF_TC_WITHOUT_HEAD(behind__folder_for_reading__read_only);
ATF_TC_BODY(behind__folder_for_reading__read_only, tc)
{
	check_behind(read_readable);
}

static void
climb(void)
{
	int fd;

	enter(true);
	fd = openat(box_fd, "./..", O_RDONLY | O_DIRECTORY);
	MUST(fd != -1);
	MUST(fsync(fd) == 0);
	MUST(REFUSED(openat(fd, "other/file", O_RDONLY)));
	MUST(REFUSED(openat(fd, "other/new", O_WRONLY | O_CREAT, 0600)));
	MUST(REFUSED(open("/etc/passwd", O_RDONLY)));
}

ATF_TC_WITHOUT_HEAD(behind__climbing__folders_opened_but_no_file);
ATF_TC_BODY(behind__climbing__folders_opened_but_no_file, tc)
{
	check_behind(climb);
}

static void
execute(void)
{
	char shell[] = "/bin/sh";
	char *arguments[] = { shell, NULL };
	int fd = open("/bin/sh", O_RDONLY);

	enter(false);
	MUST(REFUSED(execv(shell, arguments)));
#if HAVE_SECCOMP
	/* Landlock says EACCES, and knows only programs that have a path. */
	MUST(errno == EPERM);
#endif
	MUST(REFUSED(fexecve(fd, arguments, environ)));
}

ATF_TC_WITHOUT_HEAD(behind__a_program__not_executed);
ATF_TC_BODY(behind__a_program__not_executed, tc)
{
	check_behind(execute);
}

static void
start_process(void)
{
	pid_t pid;

	enter(false);
	pid = fork();
	if (pid == 0)
		_exit(0);
	MUST(REFUSED(pid));
}

ATF_TC_WITHOUT_HEAD(behind__a_process__not_started);
ATF_TC_BODY(behind__a_process__not_started, tc)
{
	if (HAS_LEAK_CHECKER)
		atf_tc_skip("the leak checker starts one");
	check_behind(start_process);
}

static void
make_sockets(void)
{
	int ends[2];

	enter(false);
	MUST(REFUSED(socket(AF_UNIX, SOCK_DGRAM, 0)));
	MUST(REFUSED(socket(AF_INET, SOCK_STREAM, 0)));
	MUST(REFUSED(socketpair(AF_UNIX, SOCK_STREAM, 0, ends)));
}

ATF_TC_WITHOUT_HEAD(behind__a_socket__not_made);
ATF_TC_BODY(behind__a_socket__not_made, tc)
{
	check_behind(make_sockets);
}

static void
change_user(void)
{
	enter(false);
	MUST(REFUSED(setuid(getuid())));
	MUST(REFUSED(setgid(getgid())));
	MUST(REFUSED(chroot("box")));
}

ATF_TC_WITHOUT_HEAD(behind__another_user__not_become);
ATF_TC_BODY(behind__another_user__not_become, tc)
{
	check_behind(change_user);
}

static void
use_open_ones(void)
{
	int ends[2];
	int fd = open("other/log", O_WRONLY | O_CREAT | O_APPEND, 0600);

	MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) == 0);
	enter(false);
	MUST(write(fd, "line\n", 5) == 5);
	MUST(write(ends[0], "line", 4) == 4);
	MUST(kill(getppid(), 0) == 0);
}

ATF_TC_WITHOUT_HEAD(behind__what_was_open__still_works);
ATF_TC_BODY(behind__what_was_open__still_works, tc)
{
	check_behind(use_open_ones);
}

/* Nobody's privilege: the other cases run as root, where root tests. */
static void
claim_little(void)
{
	enter(false);
	MUST(REFUSED(open("/etc/passwd", O_RDONLY)));
	MUST(REFUSED(socket(AF_INET, SOCK_STREAM, 0)));
}

ATF_TC(unprivileged__enter__whole);
ATF_TC_HEAD(unprivileged__enter__whole, tc)
{
	atf_tc_set_md_var(tc, "require.user", "unprivileged");
}
ATF_TC_BODY(unprivileged__enter__whole, tc)
{
	check_behind(claim_little);
}

/* No Landlock here: what refuses is the list of calls alone. */
static void
open_nothing(void)
{
	const struct sandbox_needs needs = { .is_blind = true };
	const struct rlimit none = { 3, 3 };
	struct rlimit before;
	enum sandbox_state state;
	struct failure why;

	MUST(getrlimit(RLIMIT_NOFILE, &before) == 0);
	MUST(setrlimit(RLIMIT_NOFILE, &none) == 0 || geteuid() != 0);
	MUST(sandbox_enter(SANDBOX_ON, &needs, &state, &why) == VERDICT_OK);
	MUST((state & SANDBOX_CALLS) != 0);
	(void)setrlimit(RLIMIT_NOFILE, &before); /* by root only */
	MUST(REFUSED(open("/dev/null", O_RDONLY)));
	MUST(REFUSED(openat(AT_FDCWD, ".", O_RDONLY)));
	MUST(write(STDERR_FILENO, "", 0) == 0);
}

ATF_TC_WITHOUT_HEAD(blind__open__refused_by_calls_alone);
ATF_TC_BODY(blind__open__refused_by_calls_alone, tc)
{
	struct ending ending;

	if ((sandbox_best() & SANDBOX_CALLS) == 0)
		atf_tc_skip("no list of calls is built in");
	ending = child_run(open_nothing);
	ATF_CHECK_MSG(ending.exit_code == 0, "not: %s", ending.text);
}

static void
stay_outside(void)
{
	const struct sandbox_needs needs = { .folder_count = 0 };
	enum sandbox_state state = SANDBOX_WHOLE;
	struct failure why;

	MUST(sandbox_enter(SANDBOX_OFF, &needs, &state, &why) == VERDICT_OK);
	MUST(state == SANDBOX_NONE);
	MUST(open("/etc/passwd", O_RDONLY) != -1);
	MUST(socket(AF_UNIX, SOCK_DGRAM, 0) != -1);
}

ATF_TC_WITHOUT_HEAD(off__enter__nothing_changed);
ATF_TC_BODY(off__enter__nothing_changed, tc)
{
	struct ending ending = child_run(stay_outside);

	ATF_CHECK_MSG(ending.exit_code == 0, "not: %s", ending.text);
}

/* Without a free descriptor no Landlock ruleset can be made. */
static void
use_up_descriptors(void)
{
	const struct rlimit none = { 3, 3 };

	MUST(setrlimit(RLIMIT_NOFILE, &none) == 0);
}

static void
go_on_with_less(void)
{
	const struct sandbox_needs needs = { .folder_count = 0 };
	enum sandbox_state state = SANDBOX_WHOLE;
	struct failure why;

	use_up_descriptors();
	MUST(sandbox_enter(SANDBOX_ON, &needs, &state, &why) == VERDICT_OK);
	MUST((state & SANDBOX_FILES) == 0);
	MUST(access("/etc/passwd", R_OK) == 0);
}

ATF_TC_WITHOUT_HEAD(on__kernel_has_less__goes_on);
ATF_TC_BODY(on__kernel_has_less__goes_on, tc)
{
	struct ending ending = child_run(go_on_with_less);

	ATF_CHECK_MSG(ending.exit_code == 0, "not: %s", ending.text);
}

static void
insist_on_all(void)
{
	const struct sandbox_needs needs = { .folder_count = 0 };
	enum sandbox_state state = SANDBOX_WHOLE;
	struct failure why;

	use_up_descriptors();
	MUST(sandbox_enter(SANDBOX_REQUIRE, &needs, &state, &why) ==
	    VERDICT_RETRY);
	MUST(strcmp(why.step, "sandbox") == 0);
	MUST(strcmp(why.subject, sandbox_name(state)) == 0);
	MUST(strcmp(why.dsn, "4.3.5") == 0);
	MUST(why.exit_code == EX_TEMPFAIL);
}

ATF_TC_WITHOUT_HEAD(require__kernel_has_less__retry_at_sandbox);
ATF_TC_BODY(require__kernel_has_less__retry_at_sandbox, tc)
{
	struct ending ending = child_run(insist_on_all);

	ATF_CHECK_MSG(ending.exit_code == 0, "not: %s", ending.text);
}

ATF_TC_WITHOUT_HEAD(add__more_than_fit__passed_over);
ATF_TC_BODY(add__more_than_fit__passed_over, tc)
{
	struct sandbox_folder folders[2];
	struct sandbox_needs needs = { .folders = folders, .folder_most = 2 };
	size_t i;

	for (i = 0; i < 3; i++)
		sandbox_add(&needs, -1, "folder", true);
	ATF_CHECK_EQ(2, needs.folder_count);
}

ATF_TC_WITHOUT_HEAD(name__nothing__none);
ATF_TC_BODY(name__nothing__none, tc)
{
	ATF_CHECK_STREQ("none", sandbox_name(SANDBOX_NONE));
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, behind__files_elsewhere__not_opened);
	ATF_TP_ADD_TC(tp, behind__files_elsewhere__not_made_or_removed);
	ATF_TP_ADD_TC(tp, behind__own_folder__delivery_works);
	ATF_TP_ADD_TC(tp, behind__own_folder__only_files_and_no_rights);
	ATF_TP_ADD_TC(tp, behind__folder_for_reading__read_only);
	ATF_TP_ADD_TC(tp, behind__climbing__folders_opened_but_no_file);
	ATF_TP_ADD_TC(tp, behind__a_program__not_executed);
	ATF_TP_ADD_TC(tp, behind__a_process__not_started);
	ATF_TP_ADD_TC(tp, behind__a_socket__not_made);
	ATF_TP_ADD_TC(tp, behind__another_user__not_become);
	ATF_TP_ADD_TC(tp, behind__what_was_open__still_works);
	ATF_TP_ADD_TC(tp, unprivileged__enter__whole);
	ATF_TP_ADD_TC(tp, blind__open__refused_by_calls_alone);
	ATF_TP_ADD_TC(tp, off__enter__nothing_changed);
	ATF_TP_ADD_TC(tp, on__kernel_has_less__goes_on);
	ATF_TP_ADD_TC(tp, require__kernel_has_less__retry_at_sandbox);
	ATF_TP_ADD_TC(tp, add__more_than_fit__passed_over);
	ATF_TP_ADD_TC(tp, name__nothing__none);
	return atf_no_error();
}
