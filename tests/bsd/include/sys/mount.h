/*
 * sys/mount.h - as much of the BSDs' and macOS's as we use.
 */
#ifndef TESTS_BSD_MOUNT_H
#define TESTS_BSD_MOUNT_H

#include <stdint.h>

#define MNT_RDONLY 0x00000001
#define MNT_ASYNC 0x00000040

struct statfs {
	uint32_t f_flags;
	char f_fstypename[16];
	char f_mntonname[90];
	char f_mntfromname[90];
};

int fstatfs(int fd, struct statfs *fs);

#endif
