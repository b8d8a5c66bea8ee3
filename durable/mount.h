/*
 * mount.h - where a file system comes from, and how it is mounted.
 */
#ifndef DURABLE_MOUNT_H
#define DURABLE_MOUNT_H

#include <limits.h>
#include <stdbool.h>

enum { MOUNT_OPTIONS_MAX = 1024, MOUNT_KIND_MAX = 64 };

struct mount {
	char point[PATH_MAX];		 /* the folder it is mounted on */
	char kind[MOUNT_KIND_MAX];	 /* "ext4", "nfs4", "fuse.sshfs" */
	char source[PATH_MAX];		 /* a device, "host:/export" */
	char options[MOUNT_OPTIONS_MAX]; /* with commas between them */
};

/*
 * mount_find - the mount that a descriptor lies on.
 *
 * Gives   false where the system does not tell.
 * Source  proc(5) of Linux, /proc/PID/mountinfo and /proc/PID/fdinfo;
 *         statfs(2) of the BSDs.
 */
bool mount_find(struct mount *mount, int fd);

/*
 * mount_read - one line of mountinfo.
 *
 * Takes   line, which is cut in pieces; id, of the mount that is sought.
 * Gives   false when the line is about another mount, or not as it should
 *         be. What is too long is cut.
 */
bool mount_read(struct mount *mount, char *line, long id);

/*
 * mount_has_option - is this one of the options, in full?
 */
bool mount_has_option(const struct mount *mount, const char *option);

#endif
