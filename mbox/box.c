#include "mbox/box.h"

#include <sys/file.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/interrupt.h"
#include "base/sys.h"
#include "compat/compat.h"
#include "durable/filesystem.h"
#include "durable/folder.h"

enum {
	PAUSE_LEAST_US = 500,
	PAUSE_MOST_US = 100 * 1000,
	PAUSE_SHARE = 16 /* a pause is at most 1/16 of the time waited */
};

/* What a try came to, when it neither failed nor succeeded. */
enum try_answer { TRY_DONE, TRY_AGAIN };

static enum verdict
split_path(struct box *box, char *dir, size_t size_bytes, struct failure *why)
{
	const char *path = box->where->path;
	const char *slash = strrchr(path, '/');
	const char *name = slash == NULL ? path : slash + 1;
	size_t length = slash == NULL ? 0 : (size_t)(slash - path);

	if (length >= size_bytes ||
	    strlcpy(box->name, name, sizeof(box->name)) >= sizeof(box->name))
		return failure_retry(why, "path-long", "4.3.5", path);
	if (slash == NULL)
		(void)strlcpy(dir, ".", size_bytes);
	else if (length == 0)
		(void)strlcpy(dir, "/", size_bytes);
	else
		(void)strlcpy(dir, path, length + 1); /* cut at the slash */
	return VERDICT_OK;
}

enum verdict
box_open(struct box *box, const struct mbox *where, struct failure *why)
{
	char dir[PATH_MAX];
	enum filesystem_reach reach;
	enum verdict verdict;

	box->where = where;
	box->fd = -1;
	box->euid = where->owner;
	box->lock_us = 0;
	box->is_lock_helped = false;
	memset(&box->dotlock, 0, sizeof(box->dotlock));
	verdict = split_path(box, dir, sizeof(dir), why);
	if (verdict == VERDICT_OK)
		verdict = folder_open(&box->dir_fd, AT_FDCWD, dir, true, why);
	if (verdict != VERDICT_OK)
		return verdict;
	box->dotlock.dir_fd = box->dir_fd;
	box->dotlock.stale_s = where->dotlock_stale_s;
	(void)snprintf(box->dotlock.name, sizeof(box->dotlock.name),
	    "%s.lock", box->name); /* BOX_NAME_MAX leaves room */
	reach = filesystem_reach(box->dir_fd);
	box->is_fuse = reach == REACH_FUSE;
	box->is_shared = reach == REACH_HOSTS;
	if (!box->is_fuse || where->may_use_fuse)
		return VERDICT_OK;
	box_close(box);
	return failure_retry(why, "mbox-fuse", "4.3.5", where->path);
}

void
box_close(struct box *box)
{
	(void)sys->close(box->dir_fd); /* opened for reading only */
}

/* O_NONBLOCK: a FIFO without a reader must not hold us up. */
static int
open_box(const struct box *box, int more_flags)
{
	return sys->openat(box->dir_fd, box->name,
	    O_RDWR | O_APPEND | O_SYNC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY |
		O_CLOEXEC | more_flags,
	    0600);
}

int
box_help(const struct mbox *where, enum mbox_help what, int forbidden)
{
	if (where->helper == NULL ||
	    (forbidden != EACCES && forbidden != EPERM))
		return forbidden;
	return where->helper->ask(where->helper->context, what);
}

/* EEXIST: another delivery has made it meanwhile. */
static int
create_box(const struct box *box)
{
	int fd = open_box(box, O_CREAT | O_EXCL);
	int error;

	if (fd != -1)
		return fd;
	error = errno == EEXIST ? EEXIST
				: box_help(box->where, HELP_MAKE_BOX, errno);
	if (error == 0 || error == EEXIST)
		return open_box(box, 0);
	errno = error;
	return -1;
}

static enum verdict
open_or_create(struct box *box, struct failure *why)
{
	const char *path = box->where->path;

	box->fd = open_box(box, 0);
	if (box->fd == -1 && errno == ENOENT) {
		if (!box->where->may_create)
			return failure_errno(why, "mbox-missing", path);
		box->fd = create_box(box);
	}
	if (box->fd == -1)
		return failure_errno(why, "mbox-open", path);
	return VERDICT_OK;
}

/*
 * Where others can make names, a file that is another mailbox, or a program's
 * settings, may have been linked here when it was opened. How many names it
 * has is only known from the moment at which one of them was certainly ours.
 */
static enum verdict
check_kind(
    const struct box *box, const struct stat *at_path, struct failure *why)
{
	const char *path = box->where->path;

	if (at_path->st_nlink != 1)
		return failure_retry(why, "mbox-links", "4.2.0", path);
	if (at_path->st_uid != box->euid)
		return failure_retry(why, "mbox-owner", "4.2.0", path);
	if ((at_path->st_mode & (S_ISUID | S_ISGID)) != 0)
		return failure_retry(why, "mbox-mode", "4.2.0", path);
	return VERDICT_OK;
}

static bool
is_at_path(const struct box *box, struct stat *at_path)
{
	return sys->fstatat(box->dir_fd, box->name, at_path,
		   AT_SYMLINK_NOFOLLOW) == 0 &&
	    at_path->st_dev == box->st.st_dev &&
	    at_path->st_ino == box->st.st_ino;
}

/* A helper that was killed may have left it with a second name of its own. */
static bool
is_at_path_alone(const struct box *box, struct stat *at_path)
{
	return is_at_path(box, at_path) &&
	    (at_path->st_nlink == 1 ||
		box_help(box->where, HELP_MAKE_BOX, EPERM) != EEXIST ||
		is_at_path(box, at_path));
}

static enum verdict
check_identity(struct box *box, enum try_answer *answer_out,
    struct failure *why)
{
	const char *path = box->where->path;
	struct stat at_path;

	if (sys->fstat(box->fd, &box->st) == -1)
		return failure_errno(why, "fstat", path);
	if (!S_ISREG(box->st.st_mode))
		return failure_retry(why, "mbox-kind", "4.2.0", path);
	if (!is_at_path_alone(box, &at_path)) {
		*answer_out = TRY_AGAIN;
		return VERDICT_OK;
	}
	return check_kind(box, &at_path, why);
}

static bool
is_busy(int sys_errno)
{
	return sys_errno == EAGAIN || sys_errno == EWOULDBLOCK ||
	    sys_errno == EINTR;
}

/* One kernel lock: had, busy, or an error that no waiting mends. */
static enum verdict
judge(int answer, const char *step, const struct box *box,
    enum try_answer *answer_out, struct failure *why)
{
	if (answer == 0)
		return VERDICT_OK;
	if (!is_busy(errno))
		return failure_errno(why, step, box->where->path);
	*answer_out = TRY_AGAIN;
	return VERDICT_OK;
}

/*
 * Kernel locks first: they cost one call each, and a stale dotlock may only
 * be broken under one. So fcntl is tried for a set of dotlocks alone, too;
 * there its refusal means that stale lock files are left alone.
 */
static enum verdict
try_kernel_locks(struct box *box, enum try_answer *answer_out,
    bool *may_break_out, struct failure *why)
{
	unsigned int locks = box->where->locks;
	enum verdict verdict = VERDICT_OK;

	*may_break_out = true;
	if (locks == MBOX_DOTLOCK) {
		*may_break_out = sys->fcntl_lock(box->fd) == 0;
		return VERDICT_OK;
	}
	if ((locks & MBOX_FCNTL) != 0)
		verdict = judge(sys->fcntl_lock(box->fd), "fcntl-lock", box,
		    answer_out, why);
	if (verdict == VERDICT_OK && *answer_out == TRY_DONE &&
	    (locks & MBOX_FLOCK) != 0)
		verdict = judge(sys->flock(box->fd, LOCK_EX | LOCK_NB),
		    "flock", box, answer_out, why);
	return verdict;
}

static void
release_dotlock(struct box *box)
{
	if (box->is_lock_helped)
		(void)box_help(box->where, HELP_RELEASE_LOCK, EPERM);
	box->is_lock_helped = false;
	dotlock_release(&box->dotlock);
}

/* *answer_out stays what it is unless another holds the lock. */
static enum verdict
judge_help(struct box *box, int error, enum try_answer *answer_out,
    struct failure *why)
{
	box->is_lock_helped = error == 0;
	if (error == 0)
		return VERDICT_OK;
	if (error == EAGAIN) {
		*answer_out = TRY_AGAIN;
		return VERDICT_OK;
	}
	errno = error;
	return failure_errno(why, "dotlock", box->dotlock.name);
}

static enum verdict
try_dotlock(struct box *box, bool may_break, enum try_answer *answer_out,
    struct failure *why)
{
	enum mbox_help what = may_break ? HELP_TRY_LOCK_BREAK : HELP_TRY_LOCK;
	enum lock_answer answer;
	int error;

	if (dotlock_try(&box->dotlock, may_break, &answer, why) != VERDICT_OK)
		return judge_help(box,
		    box_help(box->where, what, why->sys_errno), answer_out,
		    why);
	if (answer == LOCK_HAD)
		return VERDICT_OK;
	/* A stale one may be root's: we can neither read nor remove it. */
	error = may_break ? box_help(box->where, what, EACCES) : EAGAIN;
	return judge_help(box, error == 0 ? 0 : EAGAIN, answer_out, why);
}

/*
 * Who held the dotlock while we took the kernel's locks may have written from
 * another host. This one knows the size of before, and would append there; to
 * open(2) the file asks the server. nfs(5), close-to-open consistency.
 */
static enum verdict
open_again(struct box *box, enum try_answer *answer_out, struct failure *why)
{
	bool ignored; /* the dotlock is ours already */

	(void)sys->close(box->fd); /* nothing was written */
	box->fd = open_box(box, 0);
	if (box->fd != -1)
		return try_kernel_locks(box, answer_out, &ignored, why);
	if (errno != ENOENT && errno != ESTALE)
		return failure_errno(why, "mbox-open", box->where->path);
	*answer_out = TRY_AGAIN;
	return VERDICT_OK;
}

static enum verdict
try_locks(struct box *box, enum try_answer *answer_out, struct failure *why)
{
	enum verdict verdict;
	bool may_break;

	verdict = try_kernel_locks(box, answer_out, &may_break, why);
	if (verdict == VERDICT_OK && *answer_out == TRY_DONE &&
	    (box->where->locks & MBOX_DOTLOCK) != 0) {
		verdict = try_dotlock(box, may_break, answer_out, why);
		if (verdict == VERDICT_OK && *answer_out == TRY_DONE &&
		    box->is_shared)
			verdict = open_again(box, answer_out, why);
	}
	return verdict;
}

static enum verdict
try_all(struct box *box, enum try_answer *answer_out, struct failure *why)
{
	enum verdict verdict;

	*answer_out = TRY_DONE;
	verdict = open_or_create(box, why);
	if (verdict != VERDICT_OK) {
		if (strcmp(why->step, "mbox-open") == 0 &&
		    (why->sys_errno == ESTALE || why->sys_errno == ENOENT))
			*answer_out = TRY_AGAIN; /* replaced on another host */
		return verdict;
	}
	verdict = try_locks(box, answer_out, why);
	if (verdict == VERDICT_OK && *answer_out == TRY_DONE)
		verdict = check_identity(box, answer_out, why);
	if (verdict == VERDICT_OK && *answer_out == TRY_DONE)
		return VERDICT_OK;
	release_dotlock(box);
	if (box->fd != -1)
		(void)sys->close(box->fd); /* nothing was written */
	box->fd = -1;
	return verdict;
}

/* Random, so that two that wait do not meet again and again. */
static void
pause_a_while(long long waited_us)
{
	long long most_us = PAUSE_LEAST_US + waited_us / PAUSE_SHARE;
	struct timespec pause = { 0, 0 };
	uint32_t random_bits;

	if (most_us > PAUSE_MOST_US)
		most_us = PAUSE_MOST_US;
	arc4random_buf(&random_bits, sizeof(random_bits));
	pause.tv_nsec = (long)(most_us / 2 + random_bits % (most_us / 2 + 1)) *
	    1000;
	(void)nanosleep(&pause, NULL); /* a signal may end it early */
}

enum verdict
box_lock(struct box *box, struct failure *why)
{
	long long start_us = clock_us();
	enum try_answer answer;
	enum verdict verdict;

	for (;;) {
		verdict = try_all(box, &answer, why);
		box->lock_us = clock_us() - start_us;
		if (answer == TRY_DONE)
			return verdict;
		if (box->lock_us > box->where->lock_timeout_s * 1000000)
			break;
		pause_a_while(box->lock_us); /* replaced: perhaps for long */
		verdict = interrupt_check(why);
		if (verdict != VERDICT_OK)
			return verdict;
	}
	if (verdict == VERDICT_OK)
		return failure_retry(
		    why, "lock-timeout", "4.2.0", box->where->path);
	return verdict;
}

enum verdict
box_unlock(struct box *box, struct failure *why)
{
	enum verdict verdict = VERDICT_OK;

	if (box->fd != -1 && sys->close(box->fd) == -1)
		verdict = failure_errno(why, "close", box->where->path);
	box->fd = -1;
	release_dotlock(box);
	return verdict;
}
