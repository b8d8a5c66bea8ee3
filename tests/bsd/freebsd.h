/*
 * freebsd.h - what configure finds on FreeBSD; see openbsd.h.
 */
#include "compat/compat.h"

#undef HAVE_LANDLOCK
#undef HAVE_SECCOMP
#undef HAVE_PRCTL_NO_NEW_PRIVS
#undef HAVE_CAP_ENTER
#undef HAVE_STATFS_TYPE
#undef HAVE_STATFS_FSTYPENAME
#undef HAVE_OFD_LOCKS
#undef HAVE_SYNC_FILE_RANGE
#undef HAVE_RENAMEAT2
#define HAVE_LANDLOCK 0
#define HAVE_SECCOMP 0
#define HAVE_PRCTL_NO_NEW_PRIVS 0
#define HAVE_CAP_ENTER 1
#define HAVE_STATFS_TYPE 0
#define HAVE_STATFS_FSTYPENAME 1
#define HAVE_OFD_LOCKS 0
#define HAVE_SYNC_FILE_RANGE 0
#define HAVE_RENAMEAT2 0
