#include "account/keeper.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/sys.h"
#include "compat/compat.h"

enum { KEEPER_MOST_S = 970 }; /* a little more than a delivery may take */

/* Owner root, and writable by root alone, or as the last one: a spool. */
static bool
is_trusted(const struct stat *st, bool is_last)
{
	if (!S_ISDIR(st->st_mode) || st->st_uid != 0)
		return false;
	return is_last || (st->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/*
 * path is real: no symbolic links, no "..". Nobody but root can change any
 * part of what was checked, so the path still leads there when it is opened.
 */
static bool
is_trusted_path(const char *path)
{
	char part[PATH_MAX];
	struct stat st;
	size_t i;

	for (i = 0; path[i] != '\0'; i++) {
		if (path[i + 1] != '/' && path[i + 1] != '\0' && i != 0)
			continue;
		memcpy(part, path, i + 1);
		part[i + 1] = '\0';
		if (lstat(part, &st) == -1 ||
		    !is_trusted(&st, path[i + 1] == '\0'))
			return false;
	}
	return true;
}

static int
open_spool(const char *path)
{
	char dir[PATH_MAX];
	char *slash;
	char *real;
	int fd = -1;

	if (path[0] != '/' || strlcpy(dir, path, sizeof(dir)) >= sizeof(dir))
		return -1;
	slash = strrchr(dir, '/');
	slash[slash == dir ? 1 : 0] = '\0';
	real = realpath(dir, NULL);
	if (real != NULL && is_trusted_path(real))
		fd = open(real,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	free(real);
	return fd;
}

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
	keeper->dir_fd = open_spool(path);
	keeper->dotlock.dir_fd = keeper->dir_fd;
	keeper->dotlock.stale_s = stale_s;
}

/*
 * O_EXCL: the file is new, ours, and still empty when it is given away. A
 * spool whose files belong to its group (root:mail 2775) keeps that, and lets
 * the programs of that group read and lock a mailbox.
 */
static int
make_file(const struct keeper *keeper, const char *name, mode_t shared_mode)
{
	const struct account *account = keeper->account;
	struct stat dir;
	bool is_shared;
	int error = 0;
	int fd;

	if (sys->fstat(keeper->dir_fd, &dir) == -1)
		return errno;
	is_shared = (dir.st_mode & S_ISGID) != 0;
	fd = sys->openat(keeper->dir_fd, name,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd == -1)
		return errno;
	if (fchown(fd, account->uid,
		is_shared ? (gid_t)-1 : account->gid) == -1 ||
	    (is_shared && fchmod(fd, shared_mode) == -1) ||
	    sys->fsync(keeper->dir_fd) == -1) {
		error = errno;
		(void)sys->unlinkat(keeper->dir_fd, name, 0); /* root's file */
	}
	(void)sys->close(fd); /* empty: nothing to lose */
	return error;
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

/* false when the delivery has closed its end. */
static bool
serve_one(struct keeper *keeper, int socket_fd, pid_t child)
{
	struct failure ignored;
	unsigned char verb;
	ssize_t got;
	int error;

	got = read(socket_fd, &verb, 1);
	if (got == -1 && errno == EINTR) {
		if (interrupt_check(&ignored) != VERDICT_OK)
			(void)kill(child, SIGTERM);
		return true;
	}
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

	interrupt_hold(KEEPER_MOST_S);
	while (serve_one(keeper, socket_fd, child))
		continue;
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
