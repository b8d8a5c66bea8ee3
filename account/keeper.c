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
#include "base/interrupt.h"
#include "base/sys.h"
#include "compat/compat.h"

enum { KEEPER_MOST_S = 970 }; /* a little more than a delivery may take */

static bool is_child_told; /* that it is to stop */

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
do_verb(struct keeper *keeper, int verb)
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

/*
 * Signals are let in only while we wait: one that came a moment before would
 * otherwise be seen only after the next verb, which may never come.
 */
static bool
wait_for_verb(int socket_fd, pid_t child)
{
	struct failure ignored;
	fd_set readable;
	sigset_t open_mask;
	sigset_t closed_mask;
	int ready = -1;

	FD_ZERO(&readable);
	FD_SET(socket_fd, &readable);
	(void)sigfillset(&closed_mask);
	(void)sigprocmask(SIG_SETMASK, &closed_mask, &open_mask);
	if (interrupt_check(&ignored) == VERDICT_OK || is_child_told)
		ready = pselect(socket_fd + 1, &readable, NULL, NULL, NULL,
		    &open_mask);
	if (!is_child_told && interrupt_check(&ignored) != VERDICT_OK) {
		is_child_told = true;
		(void)kill(child, SIGTERM);
	}
	(void)sigprocmask(SIG_SETMASK, &open_mask, NULL);
	return ready == 1;
}

/* false when the delivery has closed its end. */
static bool
serve_one(struct keeper *keeper, int socket_fd, pid_t child)
{
	unsigned char verb;
	ssize_t got;
	int error;

	if (!wait_for_verb(socket_fd, child))
		return true;
	got = read(socket_fd, &verb, 1);
	if (got == -1 && errno == EINTR)
		return true;
	if (got != 1)
		return false;
	error = do_verb(keeper, verb);
	return write(socket_fd, &error, sizeof(error)) ==
	    (ssize_t)sizeof(error);
}

void
keeper_serve(struct keeper *keeper, int socket_fd, pid_t child,
    int *status_out)
{
	pid_t ended;

	is_child_told = false;
	interrupt_hold(KEEPER_MOST_S);
	while (serve_one(keeper, socket_fd, child))
		continue;
	/* Were it us who failed, the delivery would wait for an answer. */
	(void)shutdown(socket_fd, SHUT_RDWR);
	do
		ended = waitpid(child, status_out, 0);
	while (ended == -1 && errno == EINTR);
	if (ended == -1)
		*status_out = SIGKILL; /* unknown counts as a death */
	dotlock_release(&keeper->dotlock);
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
