/*
 * layout.h - the folders of one Maildir, opened and durable.
 */
#ifndef MAILDIR_LAYOUT_H
#define MAILDIR_LAYOUT_H

#include <limits.h>
#include <stdbool.h>

#include "base/failure.h"
#include "durable/sync.h"

/* Which Maildir to deliver to, and what may be done on the way. */
struct maildir {
	const char *path;   /* borrowed */
	const char *folder; /* borrowed: Maildir++ "Lists.bugs"; or NULL */
	const char *home;   /* borrowed: where syncing upward ends; or NULL */
	bool may_create;    /* the Maildir itself */
	bool may_create_folder;
	struct sync_policy sync;
	long long awaited_before_us; /* see leftover_scan() */
};

struct layout {
	int dir_fd;	/* owned: the Maildir or its folder */
	int tmp_dir_fd; /* owned */
	bool is_tmp_read; /* its position is no longer at the first name */
	int new_dir_fd; /* owned */
	int cur_dir_fd; /* owned: -1 until layout_open_cur() */
	char path[PATH_MAX];
	bool is_folder_unsynced; /* the policy let that pass */
};

/*
 * layout_open - open a Maildir, creating what is missing of it.
 *
 * Gives   tmp, new and cur exist, mode 0700 when made here, and the entries
 *         that lead to them are durable up to where->home. A Maildir++
 *         folder made here holds an empty file "maildirfolder".
 * Owns    the caller calls layout_close() after VERDICT_OK.
 * Fails   VERDICT_RETRY at "maildir-missing" or "maildir-parent" (the folder
 *         it lies in is never created: a mount point that is not mounted
 *         must not get a second mailbox), "folder-missing", "open-dir",
 *         "mkdir", "path-long", or as folder_sync_young().
 * Source  maildir(5); Maildir++ as described with Courier.
 */
enum verdict layout_open(
    struct layout *layout, const struct maildir *where, struct failure *why);

/*
 * layout_open_cur - open cur/ as well, for a message that has flags.
 *
 * Fails   as folder_open().
 */
enum verdict layout_open_cur(struct layout *layout, struct failure *why);

/*
 * layout_close - close its folders.
 */
void layout_close(struct layout *layout);

/*
 * layout_is_folder_name - may this be the name of a Maildir++ folder?
 *
 * Gives   false for an empty name, "/", control bytes, a dot at either end
 *         or two in a row, and more than 200 bytes.
 */
bool layout_is_folder_name(const char *name);

#endif
