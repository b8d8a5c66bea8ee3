/*
 * stage.h - a file that is written out of sight, then made visible whole.
 */
#ifndef DURABLE_STAGE_H
#define DURABLE_STAGE_H

#include <sys/types.h>

#include <limits.h>
#include <stdbool.h>

#include "base/failure.h"
#include "base/span.h"
#include "durable/sync.h"

enum { STAGE_NAME_MAX = 256 };

struct stage {
	const char *path; /* borrowed: the mailbox, for messages */
	int stage_dir_fd; /* borrowed: where it is written, "tmp" */
	int final_dir_fd; /* borrowed: where it becomes visible, "new" */
	int fd;		  /* owned; carries a flock from creation to the end */
	char name[STAGE_NAME_MAX];	 /* in stage_dir_fd */
	char final_name[STAGE_NAME_MAX]; /* in final_dir_fd */
	const struct sync_policy *policy; /* borrowed */
	long long size_bytes;		  /* written so far */
	bool is_lock_refused;		  /* no flock on this file system */
	bool is_sealed;			  /* data and inode are durable */
	bool is_visible;		  /* final_name leads to the file */
	bool is_folder_unsynced;	  /* the policy let that pass */
	bool is_witness_left; /* the name in stage_dir_fd could not go */
	long long write_us;   /* time spent in writing */
	long long sync_us;    /* time spent in all syncs */
};

/*
 * stage_open - create the file under stage->name.
 *
 * Takes   a stage whose path, folders, name and policy are set.
 * Gives   an empty file, mode 0600, held by flock(2) so that others can see
 *         that its writer lives.
 * Owns    the stage owns fd until stage_abandon() or stage_close().
 * Fails   VERDICT_RETRY at "open"; sys_errno is EEXIST when the name is
 *         taken.
 * Source  POSIX.1-2008 open(), O_EXCL; flock(2).
 */
enum verdict stage_open(struct stage *stage, struct failure *why);

/*
 * stage_write - append bytes.
 *
 * Fails   VERDICT_RETRY at "write", or as interrupt_check(); the stage is
 *         still open and must be abandoned.
 */
enum verdict stage_write(
    struct stage *stage, struct span data, struct failure *why);

/*
 * stage_seal - make data and inode durable; nothing can be written any more.
 *
 * Gives   fd can still be read and still carries the lock.
 * Fails   VERDICT_RETRY at "fsync", "dup" or "close"; to be abandoned, and the bytes
 *         may be tried once more in a fresh file only.
 */
enum verdict stage_seal(struct stage *stage, struct failure *why);

/*
 * stage_commit - make the sealed file visible and durable.
 *
 * Takes   a sealed stage with its final_name.
 * Gives   VERDICT_OK when data, inode and the new entry have all reached
 *         stable storage. Only then may the sender be told. The name in
 *         stage_dir_fd stays until that moment: after a crash it is the
 *         witness that the message had become visible.
 * Fails   VERDICT_RETRY at "link", "rename", "fsync" or "fsync-dir", with
 *         the file invisible again; residue is set when it could not be made
 *         so. At "link" with EEXIST the final name was taken; the stage is
 *         as before and another name may be tried.
 * Owns    fd stays open, and with it the lock, until stage_close().
 * Source  POSIX.1-2008 link(), fsync(); open(2) of Linux for links over NFS.
 */
enum verdict stage_commit(struct stage *stage, struct failure *why);

/*
 * stage_abandon - give up a stage that was not committed.
 *
 * Gives   the name is removed, fd closed. An error leaves a file that the
 *         sweep of a later delivery removes. Where a failed commit left the
 *         file visible (residue) the name stays, as its witness.
 */
void stage_abandon(struct stage *stage);

/*
 * stage_close - let go of a committed stage, and of its lock.
 */
void stage_close(struct stage *stage);

#endif
