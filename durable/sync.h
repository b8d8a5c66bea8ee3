/*
 * sync.h - make files and folders reach stable storage, or say that they
 * did not.
 */
#ifndef DURABLE_SYNC_H
#define DURABLE_SYNC_H

#include <stdbool.h>

#include "base/failure.h"

enum after_link {
	AFTER_LINK_AUTO,   /* sync the file again where folders need it */
	AFTER_LINK_ALWAYS, /* sync the file again after every link */
	AFTER_LINK_NEVER   /* trust the folder sync alone */
};

struct sync_policy {
	bool is_folder_required; /* a folder that cannot be synced is 75 */
	enum after_link after_link;
};

/*
 * sync_file - write a file's data and inode to stable storage.
 *
 * Fails   VERDICT_RETRY at "fsync". It must not be tried again on the same
 *         file: some kernels mark lost pages clean after the first error.
 * Source  POSIX.1-2008 fsync(); fsync(2) of Linux, "ERRORS".
 */
enum verdict sync_file(int fd, const char *subject, struct failure *why);

/*
 * sync_written - what O_SYNC has left to do after a write.
 *
 * Gives   as sync_file() on macOS, where O_SYNC stops at the drive's own
 *         cache; elsewhere there is nothing left.
 * Source  fsync(2) of macOS, F_FULLFSYNC.
 */
enum verdict sync_written(int fd, const char *subject, struct failure *why);

/*
 * sync_data - write a file's data, and what is needed to find it.
 *
 * Gives   0, or -1 and errno; then it must not be tried again either.
 * Source  POSIX.1-2008 fdatasync().
 */
int sync_data(int fd);

/*
 * sync_start - let the system begin to write a file's data.
 *
 * For many files: while the first one is waited for, the others are on their
 * way. Nothing is promised and no error is seen; sync_file() comes later.
 *
 * Source  sync_file_range(2) of Linux; elsewhere nothing happens.
 */
void sync_start(int fd);

/*
 * sync_folder - write a folder's entries to stable storage.
 *
 * Gives   *unsupported_out is set to true, never to false, when the file
 *         system has no such call and the policy lets that pass.
 * Fails   VERDICT_RETRY at "fsync-dir", or at "fsync-dir-unsupported" when
 *         the policy requires what the file system cannot do.
 */
enum verdict sync_folder(int dir_fd, const struct sync_policy *policy,
    bool *unsupported_out, const char *subject, struct failure *why);

/*
 * sync_needs_file_after_link - must the file be synced once more?
 *
 * Gives   true where a folder sync is known to stop at a cache: on FUSE, as
 *         measured with GlusterFS, only a second fsync of the linked file
 *         makes its new name durable.
 */
bool sync_needs_file_after_link(
    int fd, const struct sync_policy *policy, bool folder_unsupported);

#endif
