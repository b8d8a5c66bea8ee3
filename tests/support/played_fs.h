/*
 * played_fs.h - folders that lie on a file system of any kind, as fstatfs(2)
 * tells it.
 */
#ifndef TESTS_SUPPORT_PLAYED_FS_H
#define TESTS_SUPPORT_PLAYED_FS_H

#include "compat/compat.h"

#include <atf-c.h>
#include <stdio.h>

#if HAVE_STATFS_TYPE
#include <sys/vfs.h>

static unsigned long played_fs_magic; /* f_type; 0: what it really is */

/* In front of libc's own. */
int
fstatfs(int fd, struct statfs *fs)
{
	char path[64];
	int answer;

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	answer = statfs(path, fs);
	if (answer == 0 && played_fs_magic != 0)
		fs->f_type = (__typeof__(fs->f_type))played_fs_magic;
	return answer;
}
#endif

/*
 * played_fs_start - from now on each file lies on this kind; 0 for the truth.
 *
 * Takes   magic, as statfs(2) of Linux lists it.
 * Gives   skips the case where the system is not asked that way.
 */
static inline void
played_fs_start(unsigned long magic)
{
#if HAVE_STATFS_TYPE
	played_fs_magic = magic;
#else
	(void)magic;
	atf_tc_skip("no kind of file system is asked for");
#endif
}

#endif
