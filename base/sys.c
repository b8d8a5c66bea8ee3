#include "base/sys.h"

#include <sys/file.h>
#include <sys/mman.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "compat/compat.h"

/* openat(2) is variadic in C libraries; a table wants one type. */
static int
call_openat(int dir_fd, const char *path, int flags, mode_t mode)
{
	return openat(dir_fd, path, flags, mode);
}

static int
call_dup(int fd)
{
	return fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

#if HAVE_FULL_FSYNC
/*
 * fsync(2) of macOS leaves data in the drive's own cache. File systems that
 * do not know F_FULLFSYNC (network mounts) answer ENOTSUP, ENOTTY or EINVAL;
 * there fsync() is the strongest there is.
 */
static int
call_fsync(int fd)
{
	if (fcntl(fd, F_FULLFSYNC) == 0)
		return 0;
	if (errno != ENOTSUP && errno != ENOTTY && errno != EINVAL)
		return -1;
	return fsync(fd);
}
#else
static int
call_fsync(int fd)
{
	return fsync(fd);
}
#endif

#if HAVE_FLOCK
static int
call_flock(int fd, int operation)
{
	return flock(fd, operation);
}
#else
static int
call_flock(int fd, int operation)
{
	(void)fd; /* nothing can be locked: the answer is the same for all */
	(void)operation;
	errno = ENOSYS;
	return -1;
}
#endif

#if HAVE_FDATASYNC && !HAVE_FULL_FSYNC
static int
call_fdatasync(int fd)
{
	return fdatasync(fd);
}
#else
static int
call_fdatasync(int fd)
{
	return call_fsync(fd);
}
#endif

/*
 * A lock of the open file description does not go when some library closes
 * another descriptor of the same file, and it conflicts with other programs'
 * fcntl locks like one of the process. EINVAL: this file system has none.
 */
static int
call_fcntl_lock(int fd)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int answer;

#if HAVE_OFD_LOCKS
	answer = fcntl(fd, F_OFD_SETLK, &lock);
	if (answer == 0 || errno != EINVAL)
		return answer;
#endif
	answer = fcntl(fd, F_SETLK, &lock);
	if (answer == -1 && errno == EACCES)
		errno = EAGAIN; /* POSIX allows both */
	return answer;
}

/* The system gives a pointer, and one that is none for an error. */
static int
call_mmap(void **start_out, size_t length, int fd, off_t offset)
{
	void *start = mmap(NULL, length, PROT_READ, MAP_SHARED, fd, offset);

	if (start == MAP_FAILED)
		return -1;
	*start_out = start;
	return 0;
}

static const struct sys_calls real_calls = {
	.openat = call_openat,
	.close = close,
	.dup = call_dup,
	.read = read,
	.write = write,
	.pread = pread,
	.pwrite = pwrite,
	.lseek = lseek,
	.ftruncate = ftruncate,
	.futimens = futimens,
	.fdatasync = call_fdatasync,
	.fsync = call_fsync,
	.fstat = fstat,
	.fstatat = fstatat,
	.mkdirat = mkdirat,
	.linkat = linkat,
	.unlinkat = unlinkat,
	.renameat = renameat,
	.rename_noreplace = rename_noreplace,
	.flock = call_flock,
	.fcntl_lock = call_fcntl_lock,
	.mmap = call_mmap,
};

const struct sys_calls *sys = &real_calls;
