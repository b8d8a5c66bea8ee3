#include "account/keeper.h"

#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "account/spool_file.h"
#include "account/way.h"
#include "base/clock.h"
#include "base/interrupt.h"
#include "base/sys.h"
#include "compat/compat.h"

enum {
	SECOND_US = 1000 * 1000,
	GRACE_S = 6, /* from the request to stop; interrupt.h ends it in 4 */
	LAST_US = 2 * SECOND_US /* for one that was killed, to be gone */
};

/* A delivery, as its keeper sees it. */
struct charge {
	struct keeper *keeper;
	pid_t pid;
	int socket_fd;	   /* -1: it has closed its end */
	long long end_us;  /* until when it is waited for */
	long long least_us; /* that while it may not commit */
	long long most_us;  /* and since it may */
	int answer;
	bool is_answer_due;
	bool is_told; /* that it is to stop */
	bool may_commit;
};

void
keeper_open(struct keeper *keeper, const char *path, long long stale_s,
    const struct account *account)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash == NULL ? path : slash + 1;

	memset(keeper, 0, sizeof(*keeper));
	keeper->account = account;
	keeper->dir_fd = -1;
	if (strlen(name) > sizeof(keeper->box_name) - sizeof(".lock.mda"))
		return;
	(void)strlcpy(keeper->box_name, name, sizeof(keeper->box_name));
	(void)snprintf(keeper->journal_name, sizeof(keeper->journal_name),
	    ".%s.mda", name);
	(void)snprintf(keeper->dotlock.name, sizeof(keeper->dotlock.name),
	    "%s.lock", name);
	keeper->dir_fd = way_open(path);
	keeper->dotlock.dir_fd = keeper->dir_fd;
	keeper->dotlock.stale_s = stale_s;
}

static int
make_file(const struct keeper *keeper, const char *name, mode_t shared_mode)
{
	return spool_file_make(
	    keeper->dir_fd, name, keeper->account, shared_mode);
}

static int
try_lock(struct keeper *keeper, bool may_break)
{
	enum lock_answer answer;
	struct failure why;

	if (keeper->dotlock.is_held)
		return 0;
	if (dotlock_try(&keeper->dotlock, may_break, &answer, &why) !=
	    VERDICT_OK)
		return why.sys_errno;
	return answer == LOCK_HAD ? 0 : EAGAIN;
}

static int
do_spool_verb(struct keeper *keeper, int verb)
{
	if (keeper->dir_fd == -1)
		return EPERM;
	switch (verb) {
	case KEEPER_MAKE_BOX:
		return make_file(keeper, keeper->box_name, 0660);
	case KEEPER_MAKE_JOURNAL:
		return make_file(keeper, keeper->journal_name, 0600);
	case KEEPER_TRY_LOCK:
		return try_lock(keeper, false);
	case KEEPER_TRY_LOCK_BREAK:
		return try_lock(keeper, true);
	case KEEPER_RELEASE_LOCK:
		dotlock_release(&keeper->dotlock);
		return 0;
	default:
		return EINVAL;
	}
}

static void
give_grace(struct charge *charge)
{
	charge->end_us = clock_us() + GRACE_S * SECOND_US;
}

/*
 * Who may commit is no longer killed at its deadline. One that undid it late
 * is left the time to say so.
 */
static int
decide(struct charge *charge, bool may_commit)
{
	charge->may_commit = may_commit;
	charge->end_us = may_commit ? charge->most_us : charge->least_us;
	if (!may_commit && charge->end_us < clock_us() + GRACE_S * SECOND_US)
		give_grace(charge);
	return 0;
}

static int
do_verb(struct charge *charge, int verb)
{
	if (verb == KEEPER_COMMIT)
		return decide(charge, true);
	if (verb == KEEPER_UNDONE && charge->may_commit)
		return decide(charge, false);
	return do_spool_verb(charge->keeper, verb);
}

static void
tell_to_stop(struct charge *charge)
{
	charge->is_told = true;
	(void)kill(charge->pid, SIGTERM);
	if (!charge->may_commit)
		give_grace(charge);
}

/* Gives whether a verb can be read, or a waiting answer be written. */
static bool
select_socket(const struct charge *charge, const sigset_t *mask)
{
	long long left_us = charge->end_us - clock_us();
	struct timespec left = { 0, 0 };
	fd_set socket;
	bool is_due = charge->is_answer_due;

	if (left_us > 0) {
		left.tv_sec = (time_t)(left_us / SECOND_US);
		left.tv_nsec = (long)(left_us % SECOND_US) * 1000;
	}
	FD_ZERO(&socket);
	if (charge->socket_fd != -1)
		FD_SET(charge->socket_fd, &socket);
	return pselect(charge->socket_fd + 1, is_due ? NULL : &socket,
		   is_due ? &socket : NULL, NULL, &left, mask) == 1;
}

/*
 * Signals are let in only while we wait, the one of a delivery's end as well:
 * one that came a moment before would otherwise be seen only after the next
 * verb, which may never come. Gives whether it has ended.
 */
static bool
wait_for_verb(struct charge *charge, bool *is_ready_out, int *status_out)
{
	struct failure ignored;
	sigset_t closed_mask;
	sigset_t mask;
	sigset_t open_mask;
	bool has_ended;

	*is_ready_out = false;
	(void)sigfillset(&closed_mask);
	(void)sigprocmask(SIG_SETMASK, &closed_mask, &mask);
	open_mask = mask;
	(void)sigdelset(&open_mask, SIGCHLD);
	has_ended = waitpid(charge->pid, status_out, WNOHANG) != 0;
	if (!charge->is_told && interrupt_check(&ignored) != VERDICT_OK)
		tell_to_stop(charge);
	if (!has_ended)
		*is_ready_out = select_socket(charge, &open_mask);
	(void)sigprocmask(SIG_SETMASK, &mask, NULL);
	return has_ended;
}

/* Gives whether something was moved; the socket does not block. */
static bool
is_moved(struct charge *charge, ssize_t moved)
{
	if (moved == 0 || (moved == -1 && errno != EINTR && errno != EAGAIN)) {
		/* Were it us who failed, it would wait for an answer. */
		(void)shutdown(charge->socket_fd, SHUT_RDWR);
		charge->socket_fd = -1; /* its end only is waited for */
		charge->is_answer_due = false;
	}
	return moved > 0;
}

static void
serve_one(struct charge *charge)
{
	unsigned char verb;

	if (!charge->is_answer_due) {
		if (!is_moved(charge, read(charge->socket_fd, &verb, 1)))
			return;
		charge->answer = do_verb(charge, verb);
		charge->is_answer_due = true;
	}
	if (is_moved(charge, write(charge->socket_fd, &charge->answer,
				 sizeof(charge->answer))))
		charge->is_answer_due = false;
}

/* false when the time is over. */
static bool
serve(struct charge *charge, int *status_out)
{
	bool is_ready;

	while (!wait_for_verb(charge, &is_ready, status_out)) {
		if (clock_us() >= charge->end_us)
			return false;
		if (is_ready)
			serve_one(charge);
	}
	return true;
}

/*
 * It cannot make a call after this, but one that it is in, to a disk that does
 * not answer, may go on for ever. That is why it must ask before it commits.
 */
static bool
give_up(struct charge *charge, int *status_out)
{
	(void)kill(charge->pid, SIGKILL);
	charge->socket_fd = -1;
	charge->end_us = clock_us() + LAST_US;
	return serve(charge, status_out);
}

struct keeper_patience
keeper_patience(unsigned int deadline_s)
{
	struct keeper_patience patience = { deadline_s + GRACE_S,
		INTERRUPT_HOLD_S };

	if (patience.decided_s < deadline_s + INTERRUPT_HOLD_LEAST_S)
		patience.decided_s = deadline_s + INTERRUPT_HOLD_LEAST_S;
	patience.decided_s += GRACE_S;
	return patience;
}

/* Only a signal that has a handler cuts short a call that waits. */
static void
on_child(int number)
{
	(void)number;
}

void
keeper_prepare(void)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = on_child;
	(void)sigfillset(&action.sa_mask);
	(void)sigaction(SIGCHLD, &action, NULL);
}

/* The alarm is for a call of ours, to a disk that does not answer. */
bool
keeper_serve(struct keeper *keeper, int socket_fd, pid_t child,
    const struct keeper_patience *patience, int *status_out)
{
	long long now_us = clock_us();
	struct charge charge = {
		.keeper = keeper,
		.pid = child,
		.socket_fd = socket_fd,
		.least_us = now_us + patience->undecided_s * 1LL * SECOND_US,
		.most_us = now_us + patience->decided_s * 1LL * SECOND_US,
	};
	bool has_ended;
	bool is_gone;

	charge.end_us = charge.least_us;
	interrupt_hold(patience->decided_s + GRACE_S);
	(void)fcntl(socket_fd, F_SETFL, O_NONBLOCK);
	*status_out = SIGKILL; /* unknown counts as a death */
	has_ended = serve(&charge, status_out);
	is_gone = has_ended || give_up(&charge, status_out);
	if (is_gone)
		dotlock_release(&keeper->dotlock);
	return has_ended || (is_gone && WIFEXITED(*status_out));
}

static int arbiter_fd;

static bool
ask_arbiter(bool is_begun)
{
	return keeper_ask(arbiter_fd,
	    is_begun ? KEEPER_COMMIT : KEEPER_UNDONE) == 0;
}

void
keeper_arbitrate(int socket_fd)
{
	arbiter_fd = socket_fd;
	interrupt_arbiter(ask_arbiter);
}

int
keeper_ask(int socket_fd, enum keeper_verb verb)
{
	unsigned char byte = (unsigned char)verb;
	ssize_t got;
	int error;

	if (socket_fd == -1)
		return EPERM;
	if (write(socket_fd, &byte, 1) != 1)
		return EPIPE;
	do
		got = read(socket_fd, &error, sizeof(error));
	while (got == -1 && errno == EINTR);
	return got == (ssize_t)sizeof(error) ? error : EPIPE;
}
