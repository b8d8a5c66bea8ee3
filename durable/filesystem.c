#include "durable/filesystem.h"

#include "compat/compat.h"

#if HAVE_STATFS_TYPE
#include <sys/vfs.h>
#elif HAVE_STATFS_FSTYPENAME
#include <sys/param.h>
#include <sys/mount.h>
#endif
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

struct kind {
	unsigned long magic; /* f_type of Linux, statfs(2) */
	const char *name;    /* f_fstypename of the BSDs */
};

static const struct kind kinds[] = {
	{ 0xef53, "ext4" }, /* ext2 and ext3 share the number */
	{ 0x58465342, "xfs" },
	{ 0x9123683e, "btrfs" },
	{ 0xf2f52010, "f2fs" },
	{ 0x2fc12fc1, "zfs" },
	{ 0xca451a4e, "bcachefs" },
	{ 0x01021994, "tmpfs" },
	{ 0x858458f6, "ramfs" },
	{ 0x794c7630, "overlay" },
	{ 0x6969, "nfs" },
	{ 0x65735546, "fuse" },
	{ 0x00c36400, "ceph" },
	{ 0xff534d42, "cifs" },
	{ 0xfe534d42, "smb2" },
	{ 0x4d44, "msdos" },
	{ 0x2011bab0, "exfat" },
	{ 0, "ufs" },
	{ 0, "ffs" },
	{ 0, "apfs" },
	{ 0, "hfs" },
	{ 0, "msdosfs" },
	{ 0, "fusefs" },
	{ 0, "smbfs" },
};

static const char unknown[] = "unknown";

#if HAVE_STATFS_TYPE
const char *
filesystem_name(int fd)
{
	struct statfs fs;
	unsigned long magic;
	size_t i;

	if (fstatfs(fd, &fs) == -1)
		return unknown;
	magic = (unsigned long)fs.f_type & 0xffffffffUL;
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].magic != 0 && kinds[i].magic == magic)
			return kinds[i].name;
	return unknown;
}
#elif HAVE_STATFS_FSTYPENAME
const char *
filesystem_name(int fd)
{
	struct statfs fs;
	size_t i;

	if (fstatfs(fd, &fs) == -1)
		return unknown;
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].name, fs.f_fstypename) == 0)
			return kinds[i].name;
	return unknown;
}
#else
const char *
filesystem_name(int fd)
{
	(void)fd; /* POSIX has no way to ask */
	(void)kinds;
	return unknown;
}
#endif

static bool
is_one_of(const char *name, const char *const *names)
{
	for (; *names != NULL; names++)
		if (strcmp(name, *names) == 0)
			return true;
	return false;
}

enum filesystem_reach
filesystem_reach(int fd)
{
	static const char *const fuse[] = { "fuse", "fusefs", NULL };
	static const char *const hosts[] = { "nfs", "ceph", "cifs", "smb2",
		"smbfs", unknown, NULL };
	const char *name = filesystem_name(fd);

	if (is_one_of(name, fuse))
		return REACH_FUSE;
	return is_one_of(name, hosts) ? REACH_HOSTS : REACH_HOST;
}

bool
filesystem_is_fuse(int fd)
{
	return filesystem_reach(fd) == REACH_FUSE;
}

bool
filesystem_is_volatile(int fd)
{
	static const char *const names[] = { "tmpfs", "ramfs", NULL };

	return is_one_of(filesystem_name(fd), names);
}

bool
filesystem_has_links(int fd)
{
	static const char *const names[] = { "msdos", "exfat", "msdosfs",
		NULL };

	return !is_one_of(filesystem_name(fd), names) &&
	    fpathconf(fd, _PC_LINK_MAX) != 1;
}

/*
 * EPERM alone is ambiguous: FAT has no links, but a policy of the system can
 * forbid one too, and that is for its administrator to know of.
 */
bool
filesystem_refuses_links(int fd, int sys_errno)
{
	if (sys_errno == EPERM)
		return !filesystem_has_links(fd);
	return sys_errno == ENOTSUP || sys_errno == EOPNOTSUPP ||
	    sys_errno == ENOSYS || sys_errno == EMLINK;
}
