/*
 * filesystem.h - what kind of file system a descriptor lies on.
 */
#ifndef DURABLE_FILESYSTEM_H
#define DURABLE_FILESYSTEM_H

#include <stdbool.h>

/*
 * filesystem_name - the kind, for people.
 *
 * Gives   a static string such as "ext4"; "unknown" where the system cannot
 *         tell or the kind has no name here.
 * Source  statfs(2) of Linux and of the BSDs.
 */
const char *filesystem_name(int fd);

/* Who may have written to a file there, and when its size is certain. */
enum filesystem_reach {
	REACH_HOST,  /* this host alone: always */
	REACH_HOSTS, /* others too: behind open(2) or a lock of the kernel's */
	REACH_FUSE   /* whom a program lets: not even then */
};

/*
 * filesystem_reach - does the file system belong to this host alone?
 *
 * Gives   REACH_HOSTS for what is not known.
 * Source  close-to-open consistency: nfs(5) of Linux.
 */
enum filesystem_reach filesystem_reach(int fd);

/*
 * filesystem_is_fuse - is it served by a program (GlusterFS, sshfs)?
 */
bool filesystem_is_fuse(int fd);

/*
 * filesystem_is_volatile - does it live in memory alone (tmpfs, ramfs)?
 */
bool filesystem_is_volatile(int fd);

/*
 * filesystem_has_links - can a file have two names there?
 *
 * Gives   false only where that is known: FAT kinds, and systems that report
 *         a LINK_MAX of 1. link(2) answers EPERM there, as it also does for
 *         reasons of policy that a rename must not sidestep.
 */
bool filesystem_has_links(int fd);

/*
 * filesystem_refuses_links - does this error of link(2) mean "no links here"?
 *
 * Takes   fd, on the file system concerned; sys_errno, of the failed link.
 */
bool filesystem_refuses_links(int fd, int sys_errno);

#endif
