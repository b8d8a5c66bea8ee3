#include "durable/folder.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "base/sys.h"

enum {
	YOUNG_S = 600,	/* no file system waits longer to write by itself */
	DEPTH_MAX = 64	/* folders above a mailbox that are looked at */
};

enum verdict
folder_open(int *fd_out, int at_fd, const char *name, bool is_followed,
    struct failure *why)
{
	int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

	if (!is_followed)
		flags |= O_NOFOLLOW;
	do
		*fd_out = sys->openat(at_fd, name, flags, 0);
	while (*fd_out == -1 && errno == EINTR);
	if (*fd_out == -1)
		return failure_errno(why, "open-dir", name);
	return VERDICT_OK;
}

enum verdict
folder_make(int *fd_out, int at_fd, const char *name, bool *created_out,
    struct failure *why)
{
	enum verdict verdict;

	verdict = folder_open(fd_out, at_fd, name, at_fd == AT_FDCWD, why);
	if (verdict == VERDICT_OK || why->sys_errno != ENOENT)
		return verdict;
	/* EEXIST: another delivery makes the same one, and syncs it as well */
	if (sys->mkdirat(at_fd, name, 0700) == -1 && errno != EEXIST)
		return failure_errno(why, "mkdir", name);
	*created_out = true;
	return folder_open(fd_out, at_fd, name, false, why);
}

static bool
is_same(const struct stat *one, const struct stat *other)
{
	return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

static bool
is_young(const struct stat *st)
{
	return st->st_ctime + YOUNG_S > clock_wall().tv_sec;
}

/* above is ".", "./..", and so on: one call instead of a descriptor. */
static enum verdict
sync_above(int dir_fd, const char *above, const char *path,
    const struct sync_policy *policy, bool *unsupported_out,
    struct failure *why)
{
	enum verdict verdict;
	int fd;

	if (strcmp(above, ".") == 0)
		return sync_folder(
		    dir_fd, policy, unsupported_out, path, why);
	verdict = folder_open(&fd, dir_fd, above, true, why);
	if (verdict != VERDICT_OK)
		return why->sys_errno == EACCES ? VERDICT_OK : verdict;
	verdict = sync_folder(fd, policy, unsupported_out, path, why);
	(void)sys->close(fd); /* opened for reading only */
	return verdict;
}

/* The step up from "/" or from a mount point leads nowhere new. */
static bool
is_top(const struct stat *here, const struct stat *above)
{
	return is_same(here, above) || here->st_dev != above->st_dev;
}

enum verdict
folder_sync_young(int dir_fd, const char *path, const char *home,
    const struct sync_policy *policy, bool *unsupported_out,
    struct failure *why)
{
	char above[3 * DEPTH_MAX + 3] = ".";
	struct stat home_st = { 0 };
	struct stat here;
	struct stat next;
	enum verdict verdict;
	size_t depth;

	if (sys->fstat(dir_fd, &here) == -1)
		return failure_errno(why, "fstat", path);
	if (home != NULL)
		(void)sys->fstatat(AT_FDCWD, home, &home_st, 0); /* or none */
	for (depth = 0; depth < DEPTH_MAX; depth++) {
		if (is_young(&here)) {
			verdict = sync_above(dir_fd, above, path, policy,
			    unsupported_out, why);
			if (verdict != VERDICT_OK)
				return verdict;
		}
		(void)strcat(above, "/.."); /* three bytes a turn fit */
		if (is_same(&here, &home_st))
			break;
		if (sys->fstatat(dir_fd, above, &next, 0) == -1)
			return errno == EACCES
			    ? VERDICT_OK
			    : failure_errno(why, "fstat", path);
		if (is_top(&here, &next))
			break;
		here = next;
	}
	return VERDICT_OK;
}
