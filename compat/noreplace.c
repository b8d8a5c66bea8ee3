#include "compat/compat.h"

#include <errno.h>
#include <stdio.h>

#if HAVE_RENAMEAT2
#include <sys/syscall.h>

#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE (1 << 0) /* linux/fs.h; musl came late to it */
#endif
#endif

int
rename_noreplace(int old_dir_fd, const char *old_name, int new_dir_fd,
    const char *new_name)
{
#if HAVE_RENAMEAT2
	return (int)syscall(SYS_renameat2, old_dir_fd, old_name, new_dir_fd,
	    new_name, RENAME_NOREPLACE);
#elif HAVE_RENAMEX_NP
	return renameatx_np(old_dir_fd, old_name, new_dir_fd, new_name,
	    RENAME_EXCL);
#else
	(void)old_dir_fd;
	(void)old_name;
	(void)new_dir_fd;
	(void)new_name;
	errno = ENOSYS;
	return -1;
#endif
}
