/*
 * openbsd.h - what configure finds on OpenBSD, as far as sources differ by
 * it. Included in front of them, with this folder's headers in the way.
 */
#include "compat/compat.h"

#undef HAVE_LANDLOCK
#undef HAVE_SECCOMP
#undef HAVE_PRCTL_NO_NEW_PRIVS
#undef HAVE_PLEDGE
#undef HAVE_UNVEIL
#undef HAVE_STATFS_TYPE
#undef HAVE_STATFS_FSTYPENAME
#undef HAVE_OFD_LOCKS
#undef HAVE_SYNC_FILE_RANGE
#undef HAVE_RENAMEAT2
#define HAVE_LANDLOCK 0
#define HAVE_SECCOMP 0
#define HAVE_PRCTL_NO_NEW_PRIVS 0
#define HAVE_PLEDGE 1
#define HAVE_UNVEIL 1
#define HAVE_STATFS_TYPE 0
#define HAVE_STATFS_FSTYPENAME 1
#define HAVE_OFD_LOCKS 0
#define HAVE_SYNC_FILE_RANGE 0
#define HAVE_RENAMEAT2 0

/* <unistd.h> */
int pledge(const char *promises, const char *exec_promises);
int unveil(const char *path, const char *permissions);
