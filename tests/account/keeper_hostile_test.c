/*
 * The keeper beside a delivery that has been taken over, and does with its
 * socket what it likes. It gets what the account may have, and nothing else.
 */
#include "account/keeper.h"

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <atf-c.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/support/files.h"
#include "tests/support/private.h"
#include "tests/support/prng.h"
#include "tests/support/root_tc.h"

enum {
	ALICE = 4711,
	ALICE_GROUP = 4712,
	MAIL = 4708,
	STALE_S = 300,
	ROUNDS = 300,
	ACTS_MOST = 24,
	FLOOD = 4000, /* verbs, more than a socket holds answers for */
	STUBBORN_MS = 10 * 1000, /* how long one asks, who never ends */
	LONG_MS = 20 * 1000,
	OPEN_MOST = 64 /* descriptors that a test has a look at */
};

static const struct account alice = {
	.uid = ALICE,
	.gid = ALICE_GROUP,
	.name = "alice",
	.home = "/home/alice",
};
static const char verbs[] = "BJLKUCR";

/* What the delivery says of itself, in shared memory. */
struct notes {
	int exit_code;
	int killed_by;
};

static struct notes *notes;
static struct prng random_acts;
static struct keeper_patience patience = { 1, 1 };
static bool is_served_out;

static void
start(void)
{
	private_start();
	ATF_REQUIRE_EQ(0, mkdir("spool", 0700));
	ATF_REQUIRE_EQ(0, chown("spool", 0, MAIL));
	ATF_REQUIRE_EQ(0, chmod("spool", 02775));
	notes = mmap(NULL, sizeof(*notes), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ATF_REQUIRE(notes != MAP_FAILED);
	(void)signal(SIGPIPE, SIG_IGN); /* blocked in mda */
}

static int
count_open(void)
{
	int count = 0;
	int fd;

	for (fd = 0; fd < OPEN_MOST; fd++)
		count += fcntl(fd, F_GETFD) != -1;
	return count;
}

static void
check_file(const char *path)
{
	struct stat st;

	ATF_REQUIRE_EQ(0, lstat(path, &st));
	ATF_CHECK(S_ISREG(st.st_mode));
	ATF_CHECK_EQ(ALICE, st.st_uid);
	ATF_CHECK_EQ(1, st.st_nlink);
	ATF_CHECK_EQ(0, st.st_size);
}

/* Whatever was asked for: two files of hers, and no lock is left. */
static void
check_spool(const char *what)
{
	int expected = 0;

	if (file_exists("spool/alice")) {
		check_file("spool/alice");
		expected++;
	}
	if (file_exists("spool/.alice.mda")) {
		check_file("spool/.alice.mda");
		expected++;
	}
	ATF_CHECK_EQ_MSG(expected, folder_count("spool"),
	    "%s: something else is in the spool", what);
	(void)unlink("spool/alice");
	(void)unlink("spool/.alice.mda");
}

/* Gives the status of the delivery; how long it took is checked here. */
static int
serve(void (*delivery)(int fd), const char *what)
{
	long long start_us = clock_us();
	int open_before = count_open();
	struct keeper keeper;
	int status = -1;
	int fds[2];
	pid_t child;

	memset(notes, 0, sizeof(*notes));
	keeper_open(&keeper, PRIVATE_DIR "/spool/alice", STALE_S, &alice);
	ATF_REQUIRE_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
	keeper_prepare();
	child = fork();
	ATF_REQUIRE(child != -1);
	if (child == 0) {
		(void)close(fds[0]);
		if (setgid(ALICE_GROUP) == -1 || setuid(ALICE) == -1)
			_exit(99);
		delivery(fds[1]);
		_exit(notes->exit_code);
	}
	ATF_REQUIRE_EQ(0, close(fds[1]));
	is_served_out =
	    keeper_serve(&keeper, fds[0], child, &patience, &status);
	ATF_CHECK_EQ(-1, kill(child, 0));
	ATF_CHECK_MSG(!keeper.dotlock.is_held, "%s: a lock is held", what);
	ATF_REQUIRE_EQ(0, close(fds[0]));
	ATF_REQUIRE_EQ(0, close(keeper.dir_fd));
	ATF_CHECK_EQ_MSG(open_before, count_open(),
	    "%s: something stays open", what);
	ATF_CHECK_MSG(clock_us() - start_us < LONG_MS * 1000LL,
	    "%s: %lld us", what, clock_us() - start_us);
	check_spool(what);
	return status;
}

/* How it ended is told as it was, unless it was given up. */
static void
check_ending(int status, const char *what)
{
	if (!is_served_out)
		ATF_CHECK_MSG(WIFSIGNALED(status) &&
			WTERMSIG(status) == SIGKILL,
		    "%s: given up, and status %d", what, status);
	else if (notes->killed_by != 0)
		ATF_CHECK_MSG(WIFSIGNALED(status) &&
			WTERMSIG(status) == notes->killed_by,
		    "%s: status %d", what, status);
	else
		ATF_CHECK_MSG(WIFEXITED(status) &&
			WEXITSTATUS(status) == notes->exit_code,
		    "%s: status %d, not %d", what, status, notes->exit_code);
}

/* ---- Acts of any kind --------------------------------------------------- */

static void
put(int fd, char byte, int flags)
{
	ssize_t ignored = send(fd, &byte, 1, flags | MSG_DONTWAIT);

	(void)ignored; /* full, or closed: as it comes */
}

static void
put_noise(int fd)
{
	char noise[512];
	ssize_t ignored;

	prng_fill(&random_acts, noise, sizeof(noise));
	ignored = send(fd, noise, 1 + prng_below(&random_acts, sizeof(noise)),
	    MSG_DONTWAIT);
	(void)ignored;
}

static void
flood(int fd)
{
	size_t turns = prng_below(&random_acts, FLOOD);

	while (turns-- > 0)
		put(fd, verbs[prng_below(&random_acts, sizeof(verbs) - 1)], 0);
}

static void
read_pieces(int fd)
{
	char piece[7];
	ssize_t ignored;
	size_t turns = prng_below(&random_acts, 20);

	while (turns-- > 0) {
		ignored = recv(fd, piece,
		    1 + prng_below(&random_acts, sizeof(piece)), MSG_DONTWAIT);
		(void)ignored;
	}
}

/* A descriptor of ours is nothing that root wants to hold. */
static void
hand_over_fd(int fd)
{
	char byte = 'B';
	struct iovec data = { &byte, 1 };
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	struct msghdr message;
	ssize_t ignored;
	int handed = STDOUT_FILENO;

	memset(&message, 0, sizeof(message));
	memset(&control, 0, sizeof(control));
	message.msg_iov = &data;
	message.msg_iovlen = 1;
	message.msg_control = control.room;
	message.msg_controllen = sizeof(control.room);
	control.head.cmsg_level = SOL_SOCKET;
	control.head.cmsg_type = SCM_RIGHTS;
	control.head.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.head), &handed, sizeof(handed));
	ignored = sendmsg(fd, &message, MSG_DONTWAIT);
	(void)ignored;
}

static void
end_by(int number)
{
	notes->killed_by = number;
	(void)signal(number, SIG_DFL);
	(void)raise(number);
}

static void
act(int fd)
{
	switch (prng_below(&random_acts, 16)) {
	case 0:
	case 1:
		put_noise(fd);
		break;
	case 2:
		flood(fd);
		break;
	case 3:
		read_pieces(fd);
		break;
	case 4:
		hand_over_fd(fd);
		break;
	case 5:
		put(fd, 'L', MSG_OOB);
		break;
	case 6:
		if (prng_below(&random_acts, 6) == 0)
			(void)shutdown(fd, (int)prng_below(&random_acts, 3));
		break;
	case 7:
		if (prng_below(&random_acts, 8) == 0)
			(void)close(fd);
		break;
	case 8:
		if (prng_below(&random_acts, 8) == 0)
			end_by(SIGKILL);
		if (prng_below(&random_acts, 8) == 0)
			end_by(SIGSEGV);
		break;
	default:
		put(fd, verbs[prng_below(&random_acts, sizeof(verbs) - 1)], 0);
	}
}

static void
act_at_random(int fd)
{
	size_t acts = prng_below(&random_acts, ACTS_MOST);

	notes->exit_code = (int)prng_below(&random_acts, 99);
	while (acts-- > 0)
		act(fd);
}

ROOT_TC(serve__anything__nothing_but_the_accounts_files)
{
	char what[32];
	unsigned int seed;

	start();
	for (seed = 1; seed <= ROUNDS; seed++) {
		(void)snprintf(what, sizeof(what), "seed %u", seed);
		random_acts = prng_start(seed);
		check_ending(serve(act_at_random, what), what);
	}
}

/* ---- An end at each point ----------------------------------------------- */

static const char story[] = "BJLKLUCRLCKCU";
static size_t verbs_said;
static int way_to_go;

enum { GO_CLOSING, GO_KILLED, GO_DEAF, GO_WITH_HALF_AN_ANSWER, GO_WAYS };

static void
say_some_and_go(int fd)
{
	char half[2];
	ssize_t ignored;
	size_t i;

	for (i = 0; i < verbs_said; i++)
		(void)keeper_ask(fd, (enum keeper_verb)story[i]);
	switch (way_to_go) {
	case GO_CLOSING:
		(void)close(fd);
		break;
	case GO_KILLED:
		end_by(SIGKILL);
		break;
	case GO_DEAF:
		(void)shutdown(fd, SHUT_RD);
		put(fd, story[verbs_said], 0);
		break;
	default:
		put(fd, story[verbs_said], 0);
		ignored = read(fd, half, sizeof(half));
		(void)ignored;
	}
}

ROOT_TC(serve__ends_at_each_point__status_told_and_no_lock_left)
{
	char what[32];

	start();
	for (verbs_said = 0; verbs_said < sizeof(story) - 1; verbs_said++)
		for (way_to_go = 0; way_to_go < GO_WAYS; way_to_go++) {
			(void)snprintf(what, sizeof(what), "%d after %zu",
			    way_to_go, verbs_said);
			check_ending(serve(say_some_and_go, what), what);
			ATF_CHECK(is_served_out);
		}
}

/* ---- Without an end ----------------------------------------------------- */

/* As long as it likes, which is bounded for the sake of the test. */
static bool
may_go_on(long long since_us)
{
	return clock_us() - since_us < STUBBORN_MS * 1000LL;
}

/* Each word that nothing came of it is worth some seconds. */
static void
commit_and_undo(int fd)
{
	long long since_us = clock_us();

	while (may_go_on(since_us))
		if (keeper_ask(fd, KEEPER_COMMIT) != 0 ||
		    keeper_ask(fd, KEEPER_UNDONE) != 0)
			break;
}

ROOT_TC(commit__undone_again_and_again__given_up_in_time)
{
	start();
	patience.decided_s = 2;
	check_ending(serve(commit_and_undo, "commits"), "commits");
	ATF_CHECK(!is_served_out);
}

static void
lock_and_release(int fd)
{
	long long since_us = clock_us();

	while (may_go_on(since_us))
		if (keeper_ask(fd, KEEPER_TRY_LOCK) != 0 ||
		    keeper_ask(fd, KEEPER_RELEASE_LOCK) != 0)
			break;
}

ROOT_TC(lock__taken_again_and_again__given_up_in_time)
{
	start();
	check_ending(serve(lock_and_release, "locks"), "locks");
	ATF_CHECK(!is_served_out);
}

/* Half of each answer is left, and questions come faster than answers go. */
static void
ask_and_read_slowly(int fd)
{
	long long since_us = clock_us();
	char piece;
	ssize_t ignored;

	while (may_go_on(since_us)) {
		put(fd, KEEPER_MAKE_BOX, 0);
		put(fd, '!', 0);
		ignored = recv(fd, &piece, 1, MSG_DONTWAIT);
		(void)ignored;
	}
}

ROOT_TC(serve__flood_read_slowly__given_up_in_time)
{
	start();
	check_ending(serve(ask_and_read_slowly, "flood"), "flood");
	ATF_CHECK(!is_served_out);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, serve__anything__nothing_but_the_accounts_files);
	ATF_TP_ADD_TC(
	    tp, serve__ends_at_each_point__status_told_and_no_lock_left);
	ATF_TP_ADD_TC(tp, commit__undone_again_and_again__given_up_in_time);
	ATF_TP_ADD_TC(tp, lock__taken_again_and_again__given_up_in_time);
	ATF_TP_ADD_TC(tp, serve__flood_read_slowly__given_up_in_time);
	return atf_no_error();
}
