#include "durable/sync.h"

#include <errno.h>
#include <fcntl.h>

#include "base/sys.h"
#include "compat/compat.h"
#include "durable/filesystem.h"

static int
sync_fd(int fd)
{
	int answer;

	do
		answer = sys->fsync(fd);
	while (answer == -1 && errno == EINTR);
	return answer;
}

int
sync_data(int fd)
{
	int answer;

	do
		answer = sys->fdatasync(fd);
	while (answer == -1 && errno == EINTR);
	return answer;
}

enum verdict
sync_file(int fd, const char *subject, struct failure *why)
{
	if (sync_fd(fd) == -1)
		return failure_errno(why, "fsync", subject);
	return VERDICT_OK;
}

#if HAVE_FULL_FSYNC
enum verdict
sync_written(int fd, const char *subject, struct failure *why)
{
	return sync_file(fd, subject, why);
}
#else
enum verdict
sync_written(int fd, const char *subject, struct failure *why)
{
	(void)fd; /* open(2) with O_SYNC: the write has done it */
	(void)subject;
	(void)why;
	return VERDICT_OK;
}
#endif

#if HAVE_SYNC_FILE_RANGE
void
sync_start(int fd)
{
	(void)sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE); /* a hint */
}
#else
void
sync_start(int fd)
{
	(void)fd; /* this system has no such hint */
}
#endif

static bool
is_unsupported(int sys_errno)
{
	return sys_errno == EINVAL || sys_errno == ENOTSUP ||
	    sys_errno == EOPNOTSUPP || sys_errno == ENOSYS;
}

enum verdict
sync_folder(int dir_fd, const struct sync_policy *policy,
    bool *unsupported_out, const char *subject, struct failure *why)
{
	if (sync_fd(dir_fd) == 0)
		return VERDICT_OK;
	if (!is_unsupported(errno))
		return failure_errno(why, "fsync-dir", subject);
	if (policy->is_folder_required)
		return failure_errno(why, "fsync-dir-unsupported", subject);
	*unsupported_out = true;
	return VERDICT_OK;
}

bool
sync_needs_file_after_link(int fd, const struct sync_policy *policy,
    bool folder_unsupported)
{
	if (policy->after_link != AFTER_LINK_AUTO)
		return policy->after_link == AFTER_LINK_ALWAYS;
	return folder_unsupported || filesystem_is_fuse(fd);
}
