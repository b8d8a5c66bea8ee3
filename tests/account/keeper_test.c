#include "account/keeper.h"

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <atf-c.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/interrupt.h"
#include "tests/support/files.h"
#include "tests/support/private.h"
#include "tests/support/root_tc.h"

enum {
	ALICE = 4711,
	ALICE_GROUP = 4712,
	MALLORY = 4721,
	MAIL = 4708,
	STALE_S = 300,
	PATIENCE_MS = 5 * 1000, /* until a child gives up, and fails the test */
	UNANSWERED = -1
};

static const struct account alice = {
	.uid = ALICE,
	.gid = ALICE_GROUP,
	.name = "alice",
	.home = "/home/alice",
};

/* What a delivery saw, told to the test through shared memory. */
struct notes {
	int answers[8];
	bool was_locked;
	pid_t delivery;
	int step;
};

static struct notes *notes;
static const char *verbs; /* that the delivery asks for, in their order */
static bool is_asked_early; /* the keeper to stop, before it serves */
static struct keeper_patience patience = { 60, 60 };
static bool is_served_out; /* the delivery ended by itself */

static void
make_notes(void)
{
	size_t i;

	if (notes == NULL)
		notes = mmap(NULL, sizeof(*notes), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ATF_REQUIRE(notes != MAP_FAILED);
	memset(notes, 0, sizeof(*notes));
	for (i = 0; i < 8; i++)
		notes->answers[i] = UNANSWERED;
}

/* The delivery's side, as alice: each verb, and how it was answered. */
static void
ask_verbs(int fd)
{
	size_t i;

	for (i = 0; verbs[i] != '\0'; i++) {
		notes->answers[i] =
		    keeper_ask(fd, (enum keeper_verb)(unsigned char)verbs[i]);
		if (file_exists("spool/alice.lock"))
			notes->was_locked = true;
	}
}

/* Once the delivery has come so far; nothing but a fault delays it. */
static void
ask_early(void)
{
	int turns = PATIENCE_MS;

	while (notes->step != 1 && turns-- > 0)
		(void)poll(NULL, 0, 1);
	(void)raise(SIGTERM);
}

/* Start a delivery beside its keeper, as mda does. Gives its status. */
static int
serve(struct keeper *keeper, void (*delivery)(int fd))
{
	int fds[2];
	int status = -1;
	pid_t child;

	ATF_REQUIRE_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
	keeper_prepare();
	child = fork();
	ATF_REQUIRE(child != -1);
	if (child == 0) {
		(void)close(fds[0]);
		if (setgid(ALICE_GROUP) == -1 || setuid(ALICE) == -1)
			_exit(99);
		delivery(fds[1]);
		_exit(0);
	}
	notes->delivery = child;
	ATF_REQUIRE_EQ(0, close(fds[1]));
	if (is_asked_early)
		ask_early();
	is_served_out =
	    keeper_serve(keeper, fds[0], child, &patience, &status);
	ATF_REQUIRE_EQ(0, close(fds[0]));
	return status;
}

/* All verbs of a delivery to path; the answers are in notes. */
static void
ask(const char *path, const char *all)
{
	struct keeper keeper;

	make_notes();
	verbs = all;
	keeper_open(&keeper, path, STALE_S, &alice);
	ATF_CHECK_EQ(0, serve(&keeper, ask_verbs));
	if (keeper.dir_fd != -1)
		(void)close(keeper.dir_fd);
}

static void
make_folder(const char *path, uid_t uid, gid_t gid, mode_t mode)
{
	ATF_REQUIRE_EQ(0, mkdir(path, 0700));
	ATF_REQUIRE_EQ(0, chown(path, uid, gid));
	ATF_REQUIRE_EQ(0, chmod(path, mode));
}

/* A spool of root:mail, which alice may not write. */
static void
make_spool(mode_t mode)
{
	private_start();
	make_folder("spool", 0, MAIL, mode);
}

#define SPOOL PRIVATE_DIR "/spool"
#define BOX SPOOL "/alice"

static void
check_owned(const char *path, uid_t uid, gid_t gid, mode_t mode)
{
	struct stat st;

	ATF_REQUIRE_EQ_MSG(0, lstat(path, &st), "no %s", path);
	ATF_CHECK_EQ(uid, st.st_uid);
	ATF_CHECK_EQ(gid, st.st_gid);
	ATF_CHECK_EQ_MSG(S_IFREG | mode, st.st_mode, "%s has mode %o", path,
	    (unsigned int)st.st_mode);
	ATF_CHECK_EQ(1, st.st_nlink);
	ATF_CHECK_EQ(0, st.st_size);
}

/* ---- Which spools are served ------------------------------------------- */

static void
check_refused(const char *path)
{
	int i;

	ask(path, "BJLKU");
	for (i = 0; i < 5; i++)
		ATF_CHECK_EQ_MSG(EPERM, notes->answers[i], "%s: verb %d: %s",
		    path, i, strerror(notes->answers[i]));
}

static void
check_served(const char *path)
{
	ask(path, "LU");
	ATF_CHECK_EQ(0, notes->answers[0]);
	ATF_CHECK_EQ(0, notes->answers[1]);
}

ROOT_TC(open__each_spool_of_root__served)
{
	static const mode_t modes[] = { 0755, 0775, 02775, 03775, 01777,
		0777 };
	size_t i;

	make_spool(0755);
	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		ATF_REQUIRE_EQ(0, chmod("spool", modes[i]));
		check_served(BOX);
	}
	ATF_CHECK_EQ(0, folder_count("spool"));
}

/* /var/mail is a link to /var/spool/mail on many systems. */
ROOT_TC(open__spool_by_a_link_of_root__served)
{
	make_spool(02775);
	ATF_REQUIRE_EQ(0, symlink("spool", "mail"));
	check_served(PRIVATE_DIR "/mail/alice");
}

ROOT_TC(open__spool_by_a_link_to_a_users_folder__eperm)
{
	make_spool(02775);
	make_folder("home", ALICE, ALICE_GROUP, 0755);
	ATF_REQUIRE_EQ(0, symlink("home", "mail"));
	check_refused(PRIVATE_DIR "/mail/alice");
	ATF_CHECK_EQ(0, folder_count("home"));
}

/* Where a user's link leads is the user's choice, even among root's folders:
 * a file of alice's in /etc would be hers to fill. */
ROOT_TC(open__folder_of_root_by_a_users_link__eperm)
{
	make_spool(0755);
	make_folder("home", ALICE, ALICE_GROUP, 0755);
	make_folder("victim", 0, 0, 0755);
	ATF_REQUIRE_EQ(0, symlink(PRIVATE_DIR "/victim", "home/mail"));
	ATF_REQUIRE_EQ(0, lchown("home/mail", ALICE, ALICE_GROUP));
	check_refused(PRIVATE_DIR "/home/mail/alice");
	ATF_CHECK_EQ(0, folder_count("victim"));
}

/* One of root's in her folder: she could put another in its place. */
ROOT_TC(open__folder_of_root_by_roots_link_in_a_home__eperm)
{
	make_spool(0755);
	make_folder("home", ALICE, ALICE_GROUP, 0755);
	make_folder("victim", 0, 0, 0755);
	ATF_REQUIRE_EQ(0, symlink(PRIVATE_DIR "/victim", "home/mail"));
	check_refused(PRIVATE_DIR "/home/mail/alice");
	ATF_CHECK_EQ(0, folder_count("victim"));
}

ROOT_TC(open__folder_of_root_by_a_link_in_a_shared_folder__eperm)
{
	private_start();
	make_folder("tmp", 0, 0, 01777);
	make_folder("victim", 0, 0, 0755);
	ATF_REQUIRE_EQ(0, symlink(PRIVATE_DIR "/victim", "tmp/mail"));
	ATF_REQUIRE_EQ(0, lchown("tmp/mail", ALICE, ALICE_GROUP));
	check_refused(PRIVATE_DIR "/tmp/mail/alice");
	ATF_CHECK_EQ(0, folder_count("victim"));
}

/* Root's own link leads by way of hers. */
ROOT_TC(open__folder_of_root_by_two_links__eperm)
{
	private_start();
	make_folder("home", ALICE, ALICE_GROUP, 0755);
	make_folder("victim", 0, 0, 0755);
	ATF_REQUIRE_EQ(0, symlink("home/mail", "mail"));
	ATF_REQUIRE_EQ(0, symlink(PRIVATE_DIR "/victim", "home/mail"));
	check_refused(PRIVATE_DIR "/mail/alice");
	ATF_CHECK_EQ(0, folder_count("victim"));
}

/* ".." behind her link leaves from where it leads. */
ROOT_TC(open__folder_of_root_by_dots__eperm)
{
	private_start();
	make_folder("home", ALICE, ALICE_GROUP, 0755);
	make_folder("victim", 0, 0, 0755);
	make_folder("victim/inner", 0, 0, 0755);
	ATF_REQUIRE_EQ(0, symlink(PRIVATE_DIR "/victim/inner", "home/mail"));
	check_refused(PRIVATE_DIR "/home/mail/../alice");
	ATF_CHECK_EQ(1, folder_count("victim"));
}

ROOT_TC(open__spool_by_several_links_of_root__served)
{
	make_spool(02775);
	make_folder("deep", 0, 0, 0755);
	ATF_REQUIRE_EQ(0, symlink("../spool", "deep/mail"));
	ATF_REQUIRE_EQ(0, symlink("deep", "d"));
	ATF_REQUIRE_EQ(0, symlink(PRIVATE_DIR "/d/mail", "mail"));
	check_served(PRIVATE_DIR "/mail/alice");
	check_served(PRIVATE_DIR "/deep/../mail/alice");
	check_served(PRIVATE_DIR "/.//spool//alice");
}

ROOT_TC(open__links_in_a_circle__eperm)
{
	private_start();
	ATF_REQUIRE_EQ(0, symlink("two", "one"));
	ATF_REQUIRE_EQ(0, symlink("one", "two"));
	check_refused(PRIVATE_DIR "/one/alice");
}

ROOT_TC(open__spool_of_a_user__eperm)
{
	make_spool(0755);
	ATF_REQUIRE_EQ(0, chown("spool", ALICE, ALICE_GROUP));
	check_refused(BOX);
	ATF_CHECK_EQ(0, folder_count("spool"));
}

ROOT_TC(open__folder_above_of_a_user__eperm)
{
	private_start();
	make_folder("home", ALICE, ALICE_GROUP, 0755);
	make_folder("home/spool", 0, MAIL, 02775);
	check_refused(PRIVATE_DIR "/home/spool/alice");
	ATF_CHECK_EQ(0, folder_count("home/spool"));
}

ROOT_TC(open__folder_above_writable_by_others__eperm)
{
	static const mode_t modes[] = { 0775, 0757, 0777, 01777, 02775 };
	size_t i;

	private_start();
	make_folder("above", 0, MAIL, 0755);
	make_folder("above/spool", 0, MAIL, 02775);
	check_served(PRIVATE_DIR "/above/spool/alice");
	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		ATF_REQUIRE_EQ(0, chmod("above", modes[i]));
		check_refused(PRIVATE_DIR "/above/spool/alice");
	}
	ATF_CHECK_EQ(0, folder_count("above/spool"));
}

ROOT_TC(open__path_relative_or_missing__eperm)
{
	make_spool(02775);
	check_refused("spool/alice");
	check_refused("alice");
	check_refused("");
	check_refused(PRIVATE_DIR "/missing/alice");
	check_refused(PRIVATE_DIR "/spool/../missing/alice");
	ATF_CHECK_EQ(0, folder_count("spool"));
}

ROOT_TC(open__spool_is_a_file__eperm)
{
	private_start();
	file_text("spool", "not a folder\n");
	check_refused(BOX);
}

ROOT_TC(open__name_too_long__eperm)
{
	char path[sizeof(SPOOL) + 256];

	make_spool(02775);
	(void)snprintf(path, sizeof(path), "%s/%0250d", SPOOL, 1);
	check_refused(path);
	ATF_CHECK_EQ(0, folder_count("spool"));
}

/* Changed after it was opened: we stay in the folder that we looked at. */
ROOT_TC(open__folder_replaced_later__old_one_served)
{
	struct keeper keeper;

	make_spool(02775);
	make_folder("elsewhere", 0, 0, 0755);
	make_notes();
	verbs = "BLU";
	keeper_open(&keeper, BOX, STALE_S, &alice);
	ATF_REQUIRE_EQ(0, rename("spool", "old"));
	ATF_REQUIRE_EQ(0, symlink("elsewhere", "spool"));
	ATF_CHECK_EQ(0, serve(&keeper, ask_verbs));
	ATF_CHECK_EQ(0, notes->answers[0]);
	ATF_CHECK(file_exists("old/alice"));
	ATF_CHECK_EQ(0, folder_count("elsewhere"));
}

ATF_TC_WITHOUT_HEAD(ask__no_keeper__eperm);
ATF_TC_BODY(ask__no_keeper__eperm, tc)
{
	ATF_CHECK_EQ(EPERM, keeper_ask(-1, KEEPER_MAKE_BOX));
	ATF_CHECK_EQ(EPERM, keeper_ask(-1, KEEPER_RELEASE_LOCK));
}

/* ---- Files ------------------------------------------------------------- */

ROOT_TC(make__spool_with_setgid__shared_with_its_group)
{
	make_spool(02775);
	ask(BOX, "BJ");
	ATF_CHECK_EQ(0, notes->answers[0]);
	ATF_CHECK_EQ(0, notes->answers[1]);
	check_owned("spool/alice", ALICE, MAIL, 0660);
	check_owned("spool/.alice.mda", ALICE, MAIL, 0600);
	ATF_CHECK_EQ(2, folder_count("spool"));
}

ROOT_TC(make__spool_without_setgid__for_the_account_alone)
{
	make_spool(0755);
	ask(BOX, "BJ");
	check_owned("spool/alice", ALICE, ALICE_GROUP, 0600);
	check_owned("spool/.alice.mda", ALICE, ALICE_GROUP, 0600);
}

ROOT_TC(make__umask_of_any_kind__same_mode)
{
	static const mode_t masks[] = { 0, 077, 0777 };
	size_t i;

	make_spool(02775);
	for (i = 0; i < 3; i++) {
		(void)umask(masks[i]);
		ask(BOX, "BJ");
		(void)umask(022);
		check_owned("spool/alice", ALICE, MAIL, 0660);
		check_owned("spool/.alice.mda", ALICE, MAIL, 0600);
		ATF_REQUIRE_EQ(0, unlink("spool/alice"));
		ATF_REQUIRE_EQ(0, unlink("spool/.alice.mda"));
	}
}

/* Whatever stands there belongs to somebody, and stays as it is. */
static void
check_exists(void)
{
	struct stat before;
	struct stat after;

	ATF_REQUIRE_EQ(0, lstat("spool/alice", &before));
	ask(BOX, "B");
	ATF_CHECK_EQ(EEXIST, notes->answers[0]);
	ATF_REQUIRE_EQ(0, lstat("spool/alice", &after));
	ATF_CHECK_EQ(before.st_ino, after.st_ino);
	ATF_CHECK_EQ(before.st_mode, after.st_mode);
	ATF_CHECK_EQ(before.st_uid, after.st_uid);
	ATF_CHECK_EQ(before.st_gid, after.st_gid);
	ATF_CHECK_EQ(before.st_size, after.st_size);
	ATF_CHECK_EQ(1, folder_count("spool"));
}

ROOT_TC(make__file_there__eexist_and_untouched)
{
	make_spool(02775);
	file_text("spool/alice", "somebody's\n");
	ATF_REQUIRE_EQ(0, chown("spool/alice", MALLORY, MALLORY));
	check_exists();
	ATF_CHECK(file_holds("spool/alice", span_of("somebody's\n")));
}

ROOT_TC(make__link_there__eexist_and_target_untouched)
{
	make_spool(02775);
	file_text("victim", "");
	ATF_REQUIRE_EQ(0, symlink(PRIVATE_DIR "/victim", "spool/alice"));
	check_exists();
	check_owned("spool/../victim", 0, 0, 0600);
}

ROOT_TC(make__dangling_link_there__eexist_and_nothing_made)
{
	make_spool(02775);
	ATF_REQUIRE_EQ(0, symlink(PRIVATE_DIR "/victim", "spool/alice"));
	check_exists();
	ATF_CHECK(!file_exists("victim"));
}

ROOT_TC(make__fifo_there__eexist_at_once)
{
	make_spool(02775);
	ATF_REQUIRE_EQ(0, mkfifo("spool/alice", 0666));
	check_exists();
}

ROOT_TC(make__folder_there__eexist)
{
	make_spool(02775);
	ATF_REQUIRE_EQ(0, mkdir("spool/alice", 0700));
	check_exists();
}

ROOT_TC(make__journal_is_a_link__eexist_and_target_untouched)
{
	make_spool(02775);
	ATF_REQUIRE_EQ(0, symlink(PRIVATE_DIR "/victim", "spool/.alice.mda"));
	ask(BOX, "J");
	ATF_CHECK_EQ(EEXIST, notes->answers[0]);
	ATF_CHECK(!file_exists("victim"));
}

/* ---- The lock ---------------------------------------------------------- */

ROOT_TC(lock__asked_and_released__there_and_gone)
{
	make_spool(02775);
	ask(BOX, "LU");
	ATF_CHECK_EQ(0, notes->answers[0]);
	ATF_CHECK_EQ(0, notes->answers[1]);
	ATF_CHECK(notes->was_locked);
	ATF_CHECK_EQ(0, folder_count("spool"));
}

ROOT_TC(lock__asked_twice__had)
{
	make_spool(02775);
	ask(BOX, "LLU");
	ATF_CHECK_EQ(0, notes->answers[0]);
	ATF_CHECK_EQ(0, notes->answers[1]);
	ATF_CHECK_EQ(0, folder_count("spool"));
}

ROOT_TC(lock__release_without_one__no_harm)
{
	make_spool(02775);
	file_text("spool/alice.lock", "another's\n");
	ask(BOX, "U");
	ATF_CHECK_EQ(0, notes->answers[0]);
	ATF_CHECK(file_exists("spool/alice.lock"));
}

ROOT_TC(lock__held_by_another__eagain_and_untouched)
{
	make_spool(02775);
	file_text("spool/alice.lock", "another's\n");
	ask(BOX, "LKU");
	ATF_CHECK_EQ(EAGAIN, notes->answers[0]);
	ATF_CHECK_EQ(EAGAIN, notes->answers[1]);
	ATF_CHECK(file_holds("spool/alice.lock", span_of("another's\n")));
	ATF_CHECK_EQ(1, folder_count("spool"));
}

static void
make_old_lock(void)
{
	const struct timespec old[2] = { { 1000000000, 0 },
		{ 1000000000, 0 } };

	file_text("spool/alice.lock", "another's\n");
	ATF_REQUIRE_EQ(0, utimensat(AT_FDCWD, "spool/alice.lock", old, 0));
}

ROOT_TC(lock__stale_without_kernel_lock__left_alone)
{
	make_spool(02775);
	make_old_lock();
	ask(BOX, "L");
	ATF_CHECK_EQ(EAGAIN, notes->answers[0]);
	ATF_CHECK(file_holds("spool/alice.lock", span_of("another's\n")));
}

ROOT_TC(lock__stale_under_kernel_lock__broken_and_had)
{
	make_spool(02775);
	make_old_lock();
	ask(BOX, "KU");
	ATF_CHECK_EQ(0, notes->answers[0]);
	ATF_CHECK_EQ(0, folder_count("spool"));
}

ROOT_TC(lock__is_a_link__eagain_and_target_untouched)
{
	make_spool(02775);
	ATF_REQUIRE_EQ(0, symlink(PRIVATE_DIR "/victim", "spool/alice.lock"));
	ask(BOX, "LK");
	ATF_CHECK_EQ(EAGAIN, notes->answers[0]);
	ATF_CHECK_EQ(EAGAIN, notes->answers[1]);
	ATF_CHECK(!file_exists("victim"));
	ATF_CHECK_EQ(1, folder_count("spool"));
}

ROOT_TC(lock__is_a_fifo__eagain_at_once)
{
	make_spool(02775);
	ATF_REQUIRE_EQ(0, mkfifo("spool/alice.lock", 0666));
	ask(BOX, "LK");
	ATF_CHECK_EQ(EAGAIN, notes->answers[0]);
	ATF_CHECK_EQ(EAGAIN, notes->answers[1]);
}

static void
lock_and_leave(int fd)
{
	notes->answers[0] = keeper_ask(fd, KEEPER_TRY_LOCK);
	notes->was_locked = file_exists("spool/alice.lock");
}

ROOT_TC(lock__delivery_ends__released)
{
	struct keeper keeper;

	make_spool(02775);
	make_notes();
	keeper_open(&keeper, BOX, STALE_S, &alice);
	ATF_CHECK_EQ(0, serve(&keeper, lock_and_leave));
	ATF_CHECK(notes->was_locked);
	ATF_CHECK_EQ(0, folder_count("spool"));
}

static void
lock_and_die(int fd)
{
	lock_and_leave(fd);
	(void)raise(SIGKILL);
}

ROOT_TC(lock__delivery_killed__released_and_status_told)
{
	struct keeper keeper;
	int status;

	make_spool(02775);
	make_notes();
	keeper_open(&keeper, BOX, STALE_S, &alice);
	status = serve(&keeper, lock_and_die);
	ATF_CHECK(notes->was_locked);
	ATF_CHECK(WIFSIGNALED(status));
	ATF_CHECK_EQ(SIGKILL, WTERMSIG(status));
	ATF_CHECK_EQ(0, folder_count("spool"));
}

/* ---- What else may come over the socket -------------------------------- */

ROOT_TC(serve__unknown_verbs__einval_and_nothing_made)
{
	char all[7] = { 'b', '\xff', ' ', '0', '\n', '/', '\0' };
	int i;

	make_spool(02775);
	ask(BOX, all);
	for (i = 0; i < 6; i++)
		ATF_CHECK_EQ(EINVAL, notes->answers[i]);
	ATF_CHECK_EQ(0, folder_count("spool"));
}

/* 1024 bytes of any value: only the four names of the box may appear. */
static void
send_all_bytes(int fd)
{
	char bytes[1024];
	int answers[1024];
	size_t got_bytes = 0;
	ssize_t got;
	size_t i;

	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(unsigned char)(i * 167 % 256);
	if (write(fd, bytes, sizeof(bytes)) != (ssize_t)sizeof(bytes))
		_exit(1);
	while (got_bytes < sizeof(answers)) {
		got = read(fd, (char *)answers + got_bytes,
		    sizeof(answers) - got_bytes);
		if (got <= 0)
			_exit(2);
		got_bytes += (size_t)got;
	}
}

ROOT_TC(serve__all_bytes_at_once__one_answer_each)
{
	struct keeper keeper;

	make_spool(02775);
	make_notes();
	keeper_open(&keeper, BOX, STALE_S, &alice);
	ATF_CHECK_EQ(0, serve(&keeper, send_all_bytes));
	ATF_CHECK(file_exists("spool/alice"));
	ATF_CHECK(file_exists("spool/.alice.mda"));
	ATF_CHECK_EQ(2, folder_count("spool"));
}

static void
exit_7(int fd)
{
	(void)fd;
	_exit(7);
}

ROOT_TC(serve__delivery_asks_nothing__status_told)
{
	struct keeper keeper;
	int status;

	make_spool(02775);
	make_notes();
	keeper_open(&keeper, BOX, STALE_S, &alice);
	status = serve(&keeper, exit_7);
	ATF_CHECK(WIFEXITED(status));
	ATF_CHECK_EQ(7, WEXITSTATUS(status));
}

/* It closes its end early: its outcome is still waited for. */
static void
close_and_go_on(int fd)
{
	(void)close(fd);
	if (poll(NULL, 0, 100) != 0)
		_exit(1);
	_exit(9);
}

ROOT_TC(serve__socket_closed_early__status_told)
{
	struct keeper keeper;

	make_spool(02775);
	make_notes();
	keeper_open(&keeper, BOX, STALE_S, &alice);
	ATF_CHECK_EQ(9, WEXITSTATUS(serve(&keeper, close_and_go_on)));
}

ATF_TC_WITHOUT_HEAD(ask__keeper_gone__epipe);
ATF_TC_BODY(ask__keeper_gone__epipe, tc)
{
	int fds[2];

	ATF_REQUIRE_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
	ATF_REQUIRE_EQ(0, close(fds[0]));
	(void)signal(SIGPIPE, SIG_IGN);
	ATF_CHECK_EQ(EPIPE, keeper_ask(fds[1], KEEPER_MAKE_BOX));
}

/* ---- Signals ------------------------------------------------------------ */

/* As a delivery with an endless sender: only a signal ends it. */
static void
wait_for_signal(int fd)
{
	(void)fd;
	(void)signal(SIGTERM, SIG_DFL);
	notes->step = 1;
	(void)poll(NULL, 0, PATIENCE_MS);
	_exit(3); /* no signal came */
}

/* In a process of its own: the keeper. 0 when the delivery got its TERM. */
static void
keep_waiting_delivery(void)
{
	struct keeper keeper;
	int status;

	keeper_open(&keeper, BOX, STALE_S, &alice);
	interrupt_start(PATIENCE_MS / 1000);
	status = serve(&keeper, wait_for_signal);
	_exit(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM ? 0 : 1);
}

static pid_t
start_keeper(void)
{
	pid_t child;

	make_notes();
	child = fork();
	ATF_REQUIRE(child != -1);
	if (child == 0)
		keep_waiting_delivery();
	return child;
}

/* Ask again and again, until it has gone. Gives its exit code. */
static int
stop_keeper(pid_t pid, int number)
{
	int turns = 2000;
	int status;
	pid_t ended;

	while ((ended = waitpid(pid, &status, WNOHANG)) == 0 && turns-- > 0) {
		if (notes->step == 1)
			(void)kill(pid, number);
		(void)poll(NULL, 0, 10);
	}
	ATF_REQUIRE_EQ_MSG(pid, ended, "the keeper did not end");
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

ROOT_TC(serve__asked_to_stop__passed_on_to_the_delivery)
{
	static const int numbers[] = { SIGTERM, SIGHUP, SIGINT, SIGQUIT };
	size_t i;

	make_spool(02775);
	for (i = 0; i < 4; i++) {
		ATF_CHECK_EQ(0, stop_keeper(start_keeper(), numbers[i]));
		ATF_CHECK_EQ(-1, kill(notes->delivery, 0));
	}
}

/* After fork() and before the keeper waits: such a moment is never lost. */
ROOT_TC(serve__asked_to_stop_before__passed_on_to_the_delivery)
{
	pid_t keeper;
	int status;

	make_spool(02775);
	is_asked_early = true;
	keeper = start_keeper();
	ATF_REQUIRE_EQ(keeper, waitpid(keeper, &status, 0));
	ATF_CHECK(WIFEXITED(status));
	ATF_CHECK_EQ(0, WEXITSTATUS(status));
}

/* ---- A delivery that does not end -------------------------------------- */

/* Serve one, for the given time. Gives its status. */
static int
serve_for(unsigned int undecided_s, unsigned int decided_s,
    void (*delivery)(int fd))
{
	struct keeper keeper;

	make_spool(02775);
	make_notes();
	patience.undecided_s = undecided_s;
	patience.decided_s = decided_s;
	keeper_open(&keeper, BOX, STALE_S, &alice);
	return serve(&keeper, delivery);
}

static void
check_killed(int status)
{
	ATF_CHECK(!is_served_out);
	ATF_CHECK(WIFSIGNALED(status));
	ATF_CHECK_EQ(SIGKILL, WTERMSIG(status));
	ATF_CHECK_EQ(-1, kill(notes->delivery, 0));
}

/* Neither asks nor reads, and no signal but one ends it. */
static void
hang(int fd)
{
	sigset_t all;

	(void)fd;
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, NULL);
	for (;;)
		(void)poll(NULL, 0, -1);
}

ROOT_TC(serve__delivery_hangs__killed)
{
	check_killed(serve_for(1, 60, hang));
}

static void
stop(int fd)
{
	(void)fd;
	(void)raise(SIGSTOP);
	_exit(3);
}

ROOT_TC(serve__delivery_stopped__killed)
{
	check_killed(serve_for(1, 60, stop));
}

static void
lock_and_hang(int fd)
{
	lock_and_leave(fd);
	hang(fd);
}

ROOT_TC(serve__delivery_hangs_with_lock__killed_and_released)
{
	check_killed(serve_for(1, 60, lock_and_hang));
	ATF_CHECK(notes->was_locked);
	ATF_CHECK_EQ(0, folder_count("spool"));
}

/* As many answers as there are, nobody reads: the socket is full of them. */
static void
ask_and_never_read(int fd)
{
	const char verb = KEEPER_RELEASE_LOCK;

	for (;;)
		if (write(fd, &verb, 1) != 1)
			_exit(1);
}

ROOT_TC(serve__answers_never_read__killed)
{
	check_killed(serve_for(1, 60, ask_and_never_read));
}

/* A shell, say, that outlives it, with our socket open. */
static void
leave_a_child(int fd)
{
	pid_t child = fork();

	if (child == 0)
		hang(fd);
	notes->step = (int)child;
	_exit(child == -1 ? 1 : 7);
}

ROOT_TC(serve__socket_open_elsewhere__not_waited_for)
{
	long long start_us = clock_us();
	int status = serve_for(60, 60, leave_a_child);

	ATF_CHECK_EQ(0, kill((pid_t)notes->step, SIGKILL));
	ATF_CHECK(is_served_out);
	ATF_CHECK_EQ(7, WEXITSTATUS(status));
	ATF_CHECK(clock_us() - start_us < PATIENCE_MS * 1000LL);
}

static void
take_two_seconds(void)
{
	(void)poll(NULL, 0, 2000);
}

static void
commit_slowly(int fd)
{
	if (keeper_ask(fd, KEEPER_COMMIT) != 0)
		_exit(1);
	take_two_seconds();
	_exit(0);
}

ROOT_TC(commit__slow__waited_for)
{
	ATF_CHECK_EQ(0, serve_for(1, 60, commit_slowly));
	ATF_CHECK(is_served_out);
}

static void
commit_and_hang(int fd)
{
	if (keeper_ask(fd, KEEPER_COMMIT) != 0)
		_exit(1);
	hang(fd);
}

ROOT_TC(commit__never_ends__killed_at_last)
{
	long long start_us = clock_us();

	check_killed(serve_for(1, 2, commit_and_hang));
	ATF_CHECK(clock_us() - start_us >= 2 * 1000 * 1000);
}

static void
undo_late(int fd)
{
	if (keeper_ask(fd, KEEPER_COMMIT) != 0)
		_exit(1);
	take_two_seconds();
	if (keeper_ask(fd, KEEPER_UNDONE) != 0)
		_exit(2);
	take_two_seconds();
	_exit(5);
}

ROOT_TC(commit__undone_late__left_the_time_to_say_so)
{
	ATF_CHECK_EQ(5, WEXITSTATUS(serve_for(1, 60, undo_late)));
	ATF_CHECK(is_served_out);
}

static void
undo_and_hang(int fd)
{
	if (keeper_ask(fd, KEEPER_COMMIT) != 0)
		_exit(1);
	if (keeper_ask(fd, KEEPER_UNDONE) != 0)
		_exit(2);
	hang(fd);
}

ROOT_TC(commit__undone_and_hanging__killed)
{
	check_killed(serve_for(1, 60, undo_and_hang));
}

/* It tells what it was allowed in notes, and stays in the commit. */
static void
commit_by_interrupt(int fd)
{
	struct failure why;

	interrupt_start(PATIENCE_MS / 1000);
	keeper_arbitrate(fd);
	notes->answers[0] = (int)interrupt_commit(&why);
	take_two_seconds();
	interrupt_release();
	take_two_seconds();
	_exit(0);
}

ROOT_TC(arbitrate__commit_and_release__keeper_knows)
{
	ATF_CHECK_EQ(0, serve_for(1, 60, commit_by_interrupt));
	ATF_CHECK_EQ(VERDICT_OK, notes->answers[0]);
	ATF_CHECK(is_served_out);
}

ATF_TC_WITHOUT_HEAD(arbitrate__keeper_gone__no_commit);
ATF_TC_BODY(arbitrate__keeper_gone__no_commit, tc)
{
	struct failure why;
	int fds[2];

	ATF_REQUIRE_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
	ATF_REQUIRE_EQ(0, close(fds[0]));
	(void)signal(SIGPIPE, SIG_IGN);
	keeper_arbitrate(fds[1]);
	ATF_CHECK_EQ(VERDICT_RETRY, interrupt_commit(&why));
	ATF_CHECK_STREQ("abandoned", why.step);
	ATF_CHECK_EQ(75, why.exit_code);
}

/* Whoever started us does not want to hear of children; we do. */
ROOT_TC(prepare__sigchld_ignored__status_told)
{
	ATF_REQUIRE(signal(SIGCHLD, SIG_IGN) != SIG_ERR);
	ATF_CHECK_EQ(7, WEXITSTATUS(serve_for(60, 60, exit_7)));
	ATF_CHECK(is_served_out);
}

ATF_TC_WITHOUT_HEAD(patience__any_deadline__beyond_what_a_delivery_takes);
ATF_TC_BODY(patience__any_deadline__beyond_what_a_delivery_takes, tc)
{
	static const unsigned int deadlines_s[] = { 1, 270, 900, 5000 };
	struct keeper_patience waited;
	size_t i;

	for (i = 0; i < sizeof(deadlines_s) / sizeof(deadlines_s[0]); i++) {
		waited = keeper_patience(deadlines_s[i]);
		ATF_CHECK(waited.undecided_s > deadlines_s[i] + 4);
		ATF_CHECK(waited.decided_s > INTERRUPT_HOLD_S);
		ATF_CHECK(waited.decided_s >
		    deadlines_s[i] + INTERRUPT_HOLD_LEAST_S);
	}
	ATF_CHECK_EQ(276, keeper_patience(270).undecided_s);
	ATF_CHECK_EQ(906, keeper_patience(270).decided_s);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, open__each_spool_of_root__served);
	ATF_TP_ADD_TC(tp, open__spool_by_a_link_of_root__served);
	ATF_TP_ADD_TC(tp, open__spool_by_a_link_to_a_users_folder__eperm);
	ATF_TP_ADD_TC(tp, open__folder_of_root_by_a_users_link__eperm);
	ATF_TP_ADD_TC(tp, open__folder_of_root_by_roots_link_in_a_home__eperm);
	ATF_TP_ADD_TC(tp, open__folder_of_root_by_a_link_in_a_shared_folder__eperm);
	ATF_TP_ADD_TC(tp, open__folder_of_root_by_two_links__eperm);
	ATF_TP_ADD_TC(tp, open__folder_of_root_by_dots__eperm);
	ATF_TP_ADD_TC(tp, open__spool_by_several_links_of_root__served);
	ATF_TP_ADD_TC(tp, open__links_in_a_circle__eperm);
	ATF_TP_ADD_TC(tp, open__spool_of_a_user__eperm);
	ATF_TP_ADD_TC(tp, open__folder_above_of_a_user__eperm);
	ATF_TP_ADD_TC(tp, open__folder_above_writable_by_others__eperm);
	ATF_TP_ADD_TC(tp, open__path_relative_or_missing__eperm);
	ATF_TP_ADD_TC(tp, open__spool_is_a_file__eperm);
	ATF_TP_ADD_TC(tp, open__name_too_long__eperm);
	ATF_TP_ADD_TC(tp, open__folder_replaced_later__old_one_served);
	ATF_TP_ADD_TC(tp, ask__no_keeper__eperm);
	ATF_TP_ADD_TC(tp, make__spool_with_setgid__shared_with_its_group);
	ATF_TP_ADD_TC(tp, make__spool_without_setgid__for_the_account_alone);
	ATF_TP_ADD_TC(tp, make__umask_of_any_kind__same_mode);
	ATF_TP_ADD_TC(tp, make__file_there__eexist_and_untouched);
	ATF_TP_ADD_TC(tp, make__link_there__eexist_and_target_untouched);
	ATF_TP_ADD_TC(tp, make__dangling_link_there__eexist_and_nothing_made);
	ATF_TP_ADD_TC(tp, make__fifo_there__eexist_at_once);
	ATF_TP_ADD_TC(tp, make__folder_there__eexist);
	ATF_TP_ADD_TC(tp, make__journal_is_a_link__eexist_and_target_untouched);
	ATF_TP_ADD_TC(tp, lock__asked_and_released__there_and_gone);
	ATF_TP_ADD_TC(tp, lock__asked_twice__had);
	ATF_TP_ADD_TC(tp, lock__release_without_one__no_harm);
	ATF_TP_ADD_TC(tp, lock__held_by_another__eagain_and_untouched);
	ATF_TP_ADD_TC(tp, lock__stale_without_kernel_lock__left_alone);
	ATF_TP_ADD_TC(tp, lock__stale_under_kernel_lock__broken_and_had);
	ATF_TP_ADD_TC(tp, lock__is_a_link__eagain_and_target_untouched);
	ATF_TP_ADD_TC(tp, lock__is_a_fifo__eagain_at_once);
	ATF_TP_ADD_TC(tp, lock__delivery_ends__released);
	ATF_TP_ADD_TC(tp, lock__delivery_killed__released_and_status_told);
	ATF_TP_ADD_TC(tp, serve__unknown_verbs__einval_and_nothing_made);
	ATF_TP_ADD_TC(tp, serve__all_bytes_at_once__one_answer_each);
	ATF_TP_ADD_TC(tp, serve__delivery_asks_nothing__status_told);
	ATF_TP_ADD_TC(tp, serve__socket_closed_early__status_told);
	ATF_TP_ADD_TC(tp, ask__keeper_gone__epipe);
	ATF_TP_ADD_TC(tp, serve__asked_to_stop__passed_on_to_the_delivery);
	ATF_TP_ADD_TC(tp, serve__asked_to_stop_before__passed_on_to_the_delivery);
	ATF_TP_ADD_TC(tp, serve__delivery_hangs__killed);
	ATF_TP_ADD_TC(tp, serve__delivery_stopped__killed);
	ATF_TP_ADD_TC(tp, serve__delivery_hangs_with_lock__killed_and_released);
	ATF_TP_ADD_TC(tp, serve__answers_never_read__killed);
	ATF_TP_ADD_TC(tp, serve__socket_open_elsewhere__not_waited_for);
	ATF_TP_ADD_TC(tp, commit__slow__waited_for);
	ATF_TP_ADD_TC(tp, commit__never_ends__killed_at_last);
	ATF_TP_ADD_TC(tp, commit__undone_late__left_the_time_to_say_so);
	ATF_TP_ADD_TC(tp, commit__undone_and_hanging__killed);
	ATF_TP_ADD_TC(tp, arbitrate__commit_and_release__keeper_knows);
	ATF_TP_ADD_TC(tp, arbitrate__keeper_gone__no_commit);
	ATF_TP_ADD_TC(tp, prepare__sigchld_ignored__status_told);
	ATF_TP_ADD_TC(tp, patience__any_deadline__beyond_what_a_delivery_takes);
	return atf_no_error();
}
