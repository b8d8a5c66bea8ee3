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
	bool is_shared;	      /* other stages are links to the same file */
	bool is_renamed;      /* made visible without a second name */
	long long write_us;   /* time spent in writing */
	long long sync_us;    /* time spent in all syncs */
	struct stage *next_open; /* borrowed: what a signal has to clean up */
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
 * stage_share - stage one more name of a file that another stage holds.
 *
 * Takes   as stage_open(); donor, open, all of it written, not yet visible.
 * Gives   a second link to the donor's file, and a hold on its lock. What
 *         seals the donor seals this one: stage_seal_shared().
 * Owns    as stage_open().
 * Fails   VERDICT_RETRY at "link" or "dup", with nothing left behind;
 *         sys_errno is EEXIST when the name is taken. A file of its own may
 *         be tried instead: EXDEV and EMLINK, for example, are no fault.
 * Source  POSIX.1-2008 link().
 */
enum verdict stage_share(
    struct stage *stage, struct stage *donor, struct failure *why);

/*
 * stage_copy - append all that another stage holds.
 *
 * Takes   donor, open, all of it written.
 * Fails   VERDICT_RETRY at "read", or as stage_write().
 */
enum verdict stage_copy(
    struct stage *stage, const struct stage *donor, struct failure *why);

/*
 * stage_write - append bytes.
 *
 * Fails   VERDICT_RETRY at "write", or as interrupt_check(); the stage is
 *         still open and must be abandoned.
 */
enum verdict stage_write(
    struct stage *stage, struct span data, struct failure *why);

/*
 * stage_start_seal - let the disk begin; stage_seal() will wait for it.
 *
 * Takes   a stage that is one of many: only then it is worth a call.
 * Gives   nothing is promised yet, and no error is seen.
 */
void stage_start_seal(const struct stage *stage);

/*
 * stage_seal - make data and inode durable; nothing can be written any more.
 *
 * Gives   fd can still be read and still carries the lock.
 * Fails   VERDICT_RETRY at "fsync", "dup" or "close"; to be abandoned, and the bytes
 *         may be tried once more in a fresh file only.
 */
enum verdict stage_seal(struct stage *stage, struct failure *why);

/*
 * stage_seal_shared - the same for a stage made by stage_share().
 *
 * Takes   donor, whose stage_seal() gave VERDICT_OK: the bytes are durable.
 * Fails   VERDICT_RETRY at "dup" or "close".
 */
enum verdict stage_seal_shared(struct stage *stage, struct failure *why);

/*
 * stage_show - give the sealed file its final name.
 *
 * Takes   a sealed stage with its final_name.
 * Gives   VERDICT_OK when the file is visible; not yet durable.
 * Fails   VERDICT_RETRY at "link" or "rename", with the file invisible;
 *         residue is set when that is not certain. At "link" with EEXIST
 *         the final name was taken; the stage is as before and another name
 *         may be tried.
 * Source  POSIX.1-2008 link(); open(2) of Linux for links over NFS.
 */
enum verdict stage_show(struct stage *stage, struct failure *why);

/*
 * stage_sync_folder - make the entries of final_dir_fd durable.
 *
 * Gives   VERDICT_OK for the names of all stages in that folder.
 * Fails   as sync_folder().
 */
enum verdict stage_sync_folder(struct stage *stage, struct failure *why);

/*
 * stage_sync_name - where a folder sync stops at a cache: the file once more.
 *
 * Takes   a stage whose folder is synced, with is_folder_unsynced as that
 *         gave it.
 * Gives   VERDICT_OK when data, inode and the new entry have all reached
 *         stable storage. Only then may the sender be told.
 * Fails   as sync_file().
 */
enum verdict stage_sync_name(struct stage *stage, struct failure *why);

/*
 * stage_hide - take a visible file back.
 *
 * Takes   why, of what failed before: residue is set when the file could not
 *         be made invisible.
 */
void stage_hide(struct stage *stage, struct failure *why);

/*
 * stage_keep - the promise holds: no signal takes the file back any more.
 */
void stage_keep(struct stage *stage);

/*
 * stage_forget - remove the name in stage_dir_fd, the witness.
 *
 * Takes   a stage after stage_keep(), whose sender was told or will be.
 * Gives   is_witness_left is set when it could not be removed.
 */
void stage_forget(struct stage *stage);

/*
 * stage_commit - make the sealed file visible and durable: all of the above.
 *
 * Takes   a sealed stage with its final_name.
 * Gives   VERDICT_OK when data, inode and the new entry have all reached
 *         stable storage. Only then may the sender be told. The name in
 *         stage_dir_fd stays until that moment: after a crash it is the
 *         witness that the message had become visible.
 * Fails   as stage_show(), stage_sync_folder() and stage_sync_name(), with
 *         the file invisible again; residue is set when it could not be made
 *         so.
 * Owns    fd stays open, and with it the lock, until stage_close().
 * Source  POSIX.1-2008 link(), fsync().
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
