#include "account/spool_file.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/sys.h"
#include "durable/entries.h"
#include "durable/filesystem.h"
#include "durable/sync.h"

#define PREFIX ".mda-new."
#define LOCK_PREFIX ".lk."	    /* of durable/dotlock.c */
#define SPILL_PREFIX ".mda-spool." /* of mbox/record.c */

enum {
	NAME_BYTES = 64,
	LOCK_MOST_BYTES = 512, /* of what stands in a lock file, and more */
	OLD_S = 3600 /* no process of ours lives so long */
};

/* O_EXCL decides when two are alike; one of them is tried again later. */
static void
make_name(char name[NAME_BYTES])
{
	struct timespec now = clock_wall();

	(void)snprintf(name, NAME_BYTES, PREFIX "%ld.%llx", (long)getpid(),
	    (unsigned long long)now.tv_sec * 1000000 +
		(unsigned long long)now.tv_nsec / 1000);
}

static int
hand_over(int dir_fd, int fd, const struct account *account,
    mode_t shared_mode)
{
	struct failure why;
	struct stat dir;
	bool is_shared;

	if (sys->fstat(dir_fd, &dir) == -1)
		return errno;
	is_shared = (dir.st_mode & S_ISGID) != 0;
	if (fchown(fd, account->uid,
		is_shared ? (gid_t)-1 : account->gid) == -1 ||
	    fchmod(fd, is_shared ? shared_mode : 0600) == -1)
		return errno;
	if (sync_file(fd, "spool", &why) != VERDICT_OK)
		return why.sys_errno;
	return 0;
}

/* link(2) over NFS may fail and yet be done: two names prove it. */
static int
give_name(int dir_fd, int fd, const char *unfinished, const char *name)
{
	struct stat st;
	int error;

	if (sys->linkat(dir_fd, unfinished, dir_fd, name, 0) == 0)
		return 0;
	error = errno;
	if (sys->fstat(fd, &st) == 0 && st.st_nlink == 2)
		return 0;
	if (!filesystem_refuses_links(dir_fd, error))
		return error;
	if (sys->rename_noreplace(dir_fd, unfinished, dir_fd, name) == 0)
		return 0;
	return errno;
}

static bool
begins_with(const char *name, const char *prefix)
{
	return strncmp(name, prefix, strlen(prefix)) == 0;
}

static bool
is_passing(const char *name)
{
	return begins_with(name, PREFIX) || begins_with(name, LOCK_PREFIX) ||
	    begins_with(name, SPILL_PREFIX);
}

static bool
is_old(const struct stat *st, time_t now)
{
	return st->st_nlink == 1 && st->st_ctime + OLD_S < now;
}

/*
 * What a delivery or we make and remove in one breath; or one more name of what
 * is safe under its own. When it is old, no process goes on with it.
 */
static bool
is_left(const char *name, const struct stat *st, const struct stat *like,
    time_t now)
{
	off_t most = begins_with(name, LOCK_PREFIX) ? LOCK_MOST_BYTES : 0;

	if (!S_ISREG(st->st_mode))
		return false;
	if (begins_with(name, PREFIX) && st->st_dev == like->st_dev &&
	    st->st_ino == like->st_ino)
		return true;
	return st->st_size <= most && is_old(st, now);
}

/*
 * By the file system's clock; 0: nothing is old. In a folder where others
 * could put something else behind a name, they could remove that as well.
 */
static void
sweep(int dir_fd, const struct stat *like, time_t now)
{
	struct entries entries;
	struct failure ignored; /* the next delivery sweeps, too */
	struct entry entry;
	struct stat st;

	if (entries_open(&entries, dir_fd, true, "", &ignored) != VERDICT_OK)
		return;
	while (entries_next(&entries, &entry, "", &ignored) == VERDICT_OK &&
	    entry.name != NULL)
		if (is_passing(entry.name) &&
		    sys->fstatat(dir_fd, entry.name, &st,
			AT_SYMLINK_NOFOLLOW) == 0 &&
		    is_left(entry.name, &st, like, now))
			(void)sys->unlinkat(dir_fd, entry.name, 0);
	entries_close(&entries);
}

int
spool_file_make(int dir_fd, const char *name, const struct account *account,
    mode_t shared_mode)
{
	char unfinished[NAME_BYTES];
	struct stat st;
	int error;
	int fd;

	if (sys->fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		sweep(dir_fd, &st, 0);
		return EEXIST;
	}
	make_name(unfinished);
	fd = sys->openat(dir_fd, unfinished,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd == -1)
		return errno;
	error = hand_over(dir_fd, fd, account, shared_mode);
	if (error == 0)
		error = give_name(dir_fd, fd, unfinished, name);
	(void)sys->unlinkat(dir_fd, unfinished, 0); /* or the sweep does */
	if (sys->fstat(fd, &st) == 0)
		sweep(dir_fd, &st, st.st_ctime);
	(void)sys->close(fd); /* empty: nothing to lose */
	return error;
}
