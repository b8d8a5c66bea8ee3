/*
 * macos.h - what configure finds on macOS; see openbsd.h.
 */
#include "compat/compat.h"

#undef HAVE_LANDLOCK
#undef HAVE_SECCOMP
#undef HAVE_PRCTL_NO_NEW_PRIVS
#undef HAVE_STATFS_TYPE
#undef HAVE_STATFS_FSTYPENAME
#undef HAVE_STAT_MTIM
#undef HAVE_STAT_MTIMESPEC
#undef HAVE_FULL_FSYNC
#undef HAVE_FDATASYNC
#undef HAVE_OFD_LOCKS
#undef HAVE_SYNC_FILE_RANGE
#undef HAVE_RENAMEAT2
#undef HAVE_RENAMEX_NP
#define HAVE_LANDLOCK 0
#define HAVE_SECCOMP 0
#define HAVE_PRCTL_NO_NEW_PRIVS 0
#define HAVE_STATFS_TYPE 0
#define HAVE_STATFS_FSTYPENAME 1
#define HAVE_STAT_MTIM 0
#define HAVE_STAT_MTIMESPEC 1
#define HAVE_FULL_FSYNC 1
#define HAVE_FDATASYNC 0
#define HAVE_OFD_LOCKS 0
#define HAVE_SYNC_FILE_RANGE 0
#define HAVE_RENAMEAT2 0
#define HAVE_RENAMEX_NP 1

/* <sys/stat.h> */
#define st_mtimespec st_mtim
#define st_ctimespec st_ctim

/* <fcntl.h> */
#define F_FULLFSYNC 51

/* <stdio.h> */
#define RENAME_EXCL 4
int renameatx_np(int old_dir_fd, const char *old_name, int new_dir_fd,
    const char *new_name, unsigned int flags);
