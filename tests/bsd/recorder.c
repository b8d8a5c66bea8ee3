/*
 * recorder.c - the calls of other systems that this one lacks.
 *
 * Each shows up in a trace as an access(2) to what it was asked, below a
 * folder that does not exist. MDA_BSD_FAULT names one that fails. What a
 * system's file systems are called comes from MDA_BSD_FS.
 */
#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/bsd/include/sys/capsicum.h"
#include "tests/bsd/include/sys/mount.h"
#include "tests/bsd/openbsd.h"

static int
record(const char *call, const char *first, const char *second)
{
	const char *fault = getenv("MDA_BSD_FAULT");
	char line[1024];

	(void)snprintf(line, sizeof(line), "/bsd/%s(%s%s%s)", call, first,
	    second[0] == '\0' ? "" : ", ", second); /* cut: none is so long */
	(void)access(line, F_OK);
	if (fault == NULL || strcmp(fault, call) != 0)
		return 0;
	errno = ENOSYS;
	return -1;
}

int
pledge(const char *promises, const char *exec_promises)
{
	return record("pledge", promises, exec_promises == NULL ? "" : "exec");
}

int
unveil(const char *path, const char *permissions)
{
	return record("unveil", path, permissions);
}

int
cap_enter(void)
{
	return record("cap_enter", "", "");
}

int
cap_getmode(unsigned int *mode)
{
	*mode = 0;
	return record("cap_getmode", "", "");
}

int
fstatfs(int fd, struct statfs *fs)
{
	const char *kind = getenv("MDA_BSD_FS");
	const char *options = getenv("MDA_BSD_MOUNT");
	struct stat st;

	if (fstat(fd, &st) == -1)
		return -1;
	memset(fs, 0, sizeof(*fs));
	(void)snprintf(fs->f_fstypename, sizeof(fs->f_fstypename), "%s",
	    kind == NULL ? "ufs" : kind);
	(void)snprintf(fs->f_mntonname, sizeof(fs->f_mntonname), "/home");
	(void)snprintf(fs->f_mntfromname, sizeof(fs->f_mntfromname),
	    "/dev/sd0a");
	if (options != NULL && strstr(options, "async") != NULL)
		fs->f_flags |= MNT_ASYNC;
	if (options != NULL && strstr(options, "ro") != NULL)
		fs->f_flags |= MNT_RDONLY;
	return 0;
}
