#include "durable/dotlock.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/interrupt.h"
#include "base/sys.h"
#include "compat/compat.h"
#include "durable/filesystem.h"
#include "durable/host.h"
#include "durable/transfer.h"

enum {
	HOST_BYTES = 256,
	CONTENT_BYTES = 400
};

/* Who holds a lock, as its file says. */
struct holder {
	long pid;
	char host[HOST_BYTES];
	char boot[HOST_BOOT_BYTES];
};

static struct dotlock *volatile held_lock;

#if HAVE_STAT_MTIM
static long
modified_ns(const struct stat *st)
{
	return (long)st->st_mtim.tv_nsec;
}

static long
changed_ns(const struct stat *st)
{
	return (long)st->st_ctim.tv_nsec;
}
#elif HAVE_STAT_MTIMESPEC
static long
modified_ns(const struct stat *st)
{
	return (long)st->st_mtimespec.tv_nsec;
}

static long
changed_ns(const struct stat *st)
{
	return (long)st->st_ctimespec.tv_nsec;
}
#else
static long
modified_ns(const struct stat *st)
{
	(void)st;
	return 0; /* this system counts seconds */
}

static long
changed_ns(const struct stat *st)
{
	(void)st;
	return 0;
}
#endif

/* The number of a removed file is soon another's: its time tells. */
static bool
is_same_file(const struct stat *one, const struct stat *other)
{
	return one->st_dev == other->st_dev && one->st_ino == other->st_ino &&
	    one->st_mtime == other->st_mtime &&
	    modified_ns(one) == modified_ns(other);
}

/* Nor has anything happened to it. */
static bool
is_untouched(const struct stat *one, const struct stat *other)
{
	return is_same_file(one, other) && one->st_size == other->st_size &&
	    one->st_ctime == other->st_ctime &&
	    changed_ns(one) == changed_ns(other);
}

/* Does the name of the lock lead to the file that we know as ours? */
static bool
is_at_name(const struct dotlock *dotlock, const struct stat *ours)
{
	struct stat st;

	return sys->fstatat(dotlock->dir_fd, dotlock->name, &st,
		   AT_SYMLINK_NOFOLLOW) == 0 && is_same_file(ours, &st);
}

/* While we were stopped, another may have broken it and made its own. */
static void
remove_own(const struct dotlock *dotlock)
{
	if (is_at_name(dotlock, &dotlock->made))
		(void)sys->unlinkat(dotlock->dir_fd, dotlock->name, 0);
}

static void
remove_held_lock(void)
{
	struct dotlock *dotlock = held_lock;

	if (dotlock != NULL)
		remove_own(dotlock);
}

static void
set_self(struct holder *self)
{
	self->pid = (long)getpid();
	host_name(self->host, sizeof(self->host));
	host_boot_id(self->boot, sizeof(self->boot));
}

/* Other programs write other things; those say nothing here. */
static bool
read_holder(struct holder *holder, int dir_fd, const char *name)
{
	char text[CONTENT_BYTES];
	ssize_t got = -1;
	int fd;

	fd = sys->openat(dir_fd, name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0);
	if (fd != -1) {
		got = transfer_read_at(fd, text, sizeof(text) - 1, 0);
		(void)sys->close(fd); /* opened for reading only */
	}
	if (got <= 0)
		return false;
	text[got] = '\0';
	return sscanf(text, "%9ld %255s %63s", &holder->pid, holder->host,
		   holder->boot) == 3 && holder->pid > 0;
}

/* A boot that somebody could not ask for says nothing. */
static bool
is_other_boot(const struct holder *one, const struct holder *other)
{
	return strcmp(one->boot, other->boot) != 0 &&
	    strcmp(one->boot, "-") != 0 && strcmp(other->boot, "-") != 0;
}

static bool
is_holder_dead(const struct holder *holder)
{
	struct holder self;

	set_self(&self);
	if (strcmp(holder->host, self.host) != 0)
		return false;
	if (is_other_boot(holder, &self))
		return true;
	return kill((pid_t)holder->pid, 0) == -1 && errno == ESRCH;
}

/*
 * The pid tells other deliveries apart, the microseconds those of most other
 * hosts; where both are equal O_EXCL refuses one, and it tries again later.
 */
static void
make_unique_name(char *name, size_t size_bytes, long pid)
{
	struct timespec now = clock_wall();

	(void)snprintf(name, size_bytes, ".lk.%ld.%llx", pid,
	    (unsigned long long)now.tv_sec * 1000000 +
		(unsigned long long)now.tv_nsec / 1000);
}

static enum verdict
write_holder(const struct dotlock *dotlock, const char *name,
    const struct holder *self, struct failure *why)
{
	char text[CONTENT_BYTES];
	bool is_written;
	int length;
	int fd;

	length = snprintf(text, sizeof(text), "%ld %s %s\n", self->pid,
	    self->host, self->boot);
	fd = sys->openat(dotlock->dir_fd, name,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd == -1)
		return failure_errno(why, "dotlock", dotlock->name);
	is_written = transfer_write(fd, text, (size_t)length);
	if (!is_written)
		(void)failure_errno(why, "dotlock", dotlock->name);
	if (sys->close(fd) == -1 && is_written) {
		(void)failure_errno(why, "dotlock", dotlock->name);
		is_written = false;
	}
	if (is_written)
		return VERDICT_OK;
	(void)sys->unlinkat(dotlock->dir_fd, name, 0);
	return VERDICT_RETRY;
}

static void
hold(struct dotlock *dotlock, const struct stat *st)
{
	dotlock->made = *st;
	dotlock->is_held = true;
	held_lock = dotlock;
	interrupt_cleanup(remove_held_lock);
}

/* Without hard links O_EXCL alone decides, as it does from NFSv3 on. */
static enum verdict
make_exclusive(struct dotlock *dotlock, const struct holder *self,
    struct failure *why)
{
	enum verdict verdict =
	    write_holder(dotlock, dotlock->name, self, why);
	struct stat st;

	if (verdict != VERDICT_OK)
		return why->sys_errno == EEXIST ? VERDICT_OK : verdict;
	if (sys->fstatat(dotlock->dir_fd, dotlock->name, &st,
		AT_SYMLINK_NOFOLLOW) == -1) {
		/* Ours, but nothing to tell it by later: no use to us. */
		(void)failure_errno(why, "dotlock", dotlock->name);
		(void)sys->unlinkat(dotlock->dir_fd, dotlock->name, 0);
		return VERDICT_RETRY;
	}
	hold(dotlock, &st);
	return VERDICT_OK;
}

/*
 * link(2) over NFS may fail and yet be done. Then two links alone prove
 * nothing: where others can make names, one of them may be theirs. And one
 * that is done counts no more when another has broken the lock already.
 */
static bool
is_linked(const struct dotlock *dotlock, const struct stat *unique,
    int link_errno)
{
	return unique->st_nlink > 1 &&
	    (link_errno == 0 || is_at_name(dotlock, unique));
}

static enum verdict
link_unique(struct dotlock *dotlock, const char *unique,
    const struct holder *self, struct failure *why)
{
	struct stat st;
	int link_errno = 0;
	int stat_errno = 0;

	if (sys->linkat(dotlock->dir_fd, unique, dotlock->dir_fd,
		dotlock->name, 0) == -1)
		link_errno = errno;
	if (sys->fstatat(dotlock->dir_fd, unique, &st, AT_SYMLINK_NOFOLLOW) ==
		-1)
		stat_errno = errno;
	else if (is_linked(dotlock, &st, link_errno)) {
		hold(dotlock, &st);
		return VERDICT_OK;
	}
	if (link_errno == 0 && stat_errno != 0) {
		/* Ours, but nothing to tell it by later: no use to us. */
		(void)sys->unlinkat(dotlock->dir_fd, dotlock->name, 0);
		errno = stat_errno;
		return failure_errno(why, "dotlock", dotlock->name);
	}
	if (link_errno == 0 || link_errno == EEXIST)
		return VERDICT_OK; /* another program has it */
	if (filesystem_refuses_links(dotlock->dir_fd, link_errno))
		return make_exclusive(dotlock, self, why);
	errno = link_errno;
	return failure_errno(why, "dotlock", dotlock->name);
}

static enum verdict
make_lock(struct dotlock *dotlock, enum lock_answer *answer_out,
    struct failure *why)
{
	char unique[64];
	struct holder self;
	enum verdict verdict;

	set_self(&self);
	make_unique_name(unique, sizeof(unique), self.pid);
	verdict = write_holder(dotlock, unique, &self, why);
	if (verdict != VERDICT_OK)
		return why->sys_errno == EEXIST ? VERDICT_OK : verdict;
	verdict = link_unique(dotlock, unique, &self, why);
	(void)sys->unlinkat(dotlock->dir_fd, unique, 0); /* never a lock */
	*answer_out = dotlock->is_held ? LOCK_HAD : LOCK_BUSY;
	return verdict;
}

/* The file system's clock may be another host's: ask it with a file. */
static bool
ask_clock(int dir_fd, time_t *now_out)
{
	char unique[64];
	struct stat st;
	bool is_known;
	int fd;

	make_unique_name(unique, sizeof(unique), (long)getpid());
	fd = sys->openat(dir_fd, unique,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd == -1)
		return false;
	is_known = transfer_write(fd, "", 1) && sys->fstat(fd, &st) == 0;
	(void)sys->close(fd); /* its time was all we wanted */
	(void)sys->unlinkat(dir_fd, unique, 0);
	if (is_known)
		*now_out = st.st_mtime;
	return is_known;
}

/* Our own clock first, so that waiting for a young lock makes no files. */
static bool
is_too_old(const struct dotlock *dotlock, const struct stat *st)
{
	long long age_s = (long long)clock_wall().tv_sec - st->st_mtime;
	time_t now;

	if (age_s > -60 && age_s < dotlock->stale_s / 2)
		return false;
	return ask_clock(dotlock->dir_fd, &now) &&
	    (long long)now - st->st_mtime > dotlock->stale_s;
}

static bool
is_stale(const struct dotlock *dotlock, const struct stat *st)
{
	struct holder holder;

	if (!S_ISREG(st->st_mode))
		return false;
	if (read_holder(&holder, dotlock->dir_fd, dotlock->name) &&
	    is_holder_dead(&holder))
		return true;
	return is_too_old(dotlock, st);
}

/* Nobody else breaks it meanwhile: the mailbox's kernel lock is ours. */
static bool
break_lock(struct dotlock *dotlock, const struct stat *seen)
{
	struct stat now;

	if (sys->fstatat(dotlock->dir_fd, dotlock->name, &now,
		AT_SYMLINK_NOFOLLOW) == -1 ||
	    !is_untouched(seen, &now) ||
	    sys->unlinkat(dotlock->dir_fd, dotlock->name, 0) == -1)
		return false;
	dotlock->is_broken = true;
	return true;
}

/* Who waits makes no file until the lock is gone, or stale and broken. */
static bool
is_in_the_way(struct dotlock *dotlock, bool may_break)
{
	struct stat st;

	return sys->fstatat(dotlock->dir_fd, dotlock->name, &st,
		   AT_SYMLINK_NOFOLLOW) == 0 &&
	    (!may_break || !is_stale(dotlock, &st) ||
		!break_lock(dotlock, &st));
}

enum verdict
dotlock_try(struct dotlock *dotlock, bool may_break,
    enum lock_answer *answer_out, struct failure *why)
{
	enum verdict verdict;

	*answer_out = LOCK_BUSY;
	if (!dotlock->was_busy) {
		verdict = make_lock(dotlock, answer_out, why);
		dotlock->was_busy = *answer_out == LOCK_BUSY;
		if (verdict != VERDICT_OK || !dotlock->was_busy)
			return verdict;
	}
	if (!is_in_the_way(dotlock, may_break))
		return make_lock(dotlock, answer_out, why);
	return VERDICT_OK;
}

void
dotlock_release(struct dotlock *dotlock)
{
	if (!dotlock->is_held)
		return;
	dotlock->is_held = false;
	held_lock = NULL;
	remove_own(dotlock);
}

bool
dotlock_is_free(const struct dotlock *dotlock)
{
	struct holder holder;
	struct stat st;

	if (sys->fstatat(dotlock->dir_fd, dotlock->name, &st,
		AT_SYMLINK_NOFOLLOW) == -1)
		return errno == ENOENT;
	if (!S_ISREG(st.st_mode))
		return false;
	return (read_holder(&holder, dotlock->dir_fd, dotlock->name) &&
		   is_holder_dead(&holder)) ||
	    (long long)clock_wall().tv_sec - st.st_mtime > dotlock->stale_s;
}
