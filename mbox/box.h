/*
 * box.h - an mbox, open and locked, and certainly the one at its path.
 */
#ifndef MBOX_BOX_H
#define MBOX_BOX_H

#include <sys/stat.h>
#include <sys/types.h>

#include <stdbool.h>

#include "base/failure.h"
#include "durable/dotlock.h"
#include "mbox/mbox.h"

enum { BOX_NAME_MAX = 240 }; /* leaves room for ".lock" and ".mda" */

struct box {
	const struct mbox *where; /* borrowed */
	int dir_fd;		  /* owned: the folder it lies in */
	int fd;			  /* owned: O_RDWR, O_APPEND, O_SYNC */
	char name[BOX_NAME_MAX];  /* in dir_fd */
	uid_t euid;		  /* whose it must be */
	struct stat st;		  /* under the locks, before we wrote */
	struct dotlock dotlock;
	bool is_lock_helped; /* the helper holds the dotlock */
	bool is_fuse;
	bool is_shared; /* with other hosts, perhaps */
	long long lock_us; /* waited for the locks */
};

/*
 * box_open - open the folder that an mbox lies in.
 *
 * Fails   VERDICT_RETRY at "open-dir", "path-long", or "mbox-fuse" when it
 *         lies on FUSE, where sizes can be stale under a lock.
 * Owns    box_close() after VERDICT_OK.
 */
enum verdict box_open(
    struct box *box, const struct mbox *where, struct failure *why);

/*
 * box_lock - take every lock of the set, and the file they protect.
 *
 * All locks are tried without waiting; when one is not had, those taken are
 * given back before a short random pause. So no order can deadlock with
 * another program's. A missing mbox is created, mode 0600.
 *
 * Gives   box->fd leads to a regular file of ours with one link, which is
 *         still the one at the path: readers rename and remove it while we
 *         wait.
 * Fails   VERDICT_RETRY at "lock-timeout", "dotlock", "mbox-open",
 *         "mbox-missing", "mbox-kind", "mbox-owner", "mbox-links",
 *         "mbox-mode", "fcntl-lock", "flock", or as interrupt_check().
 */
enum verdict box_lock(struct box *box, struct failure *why);

/*
 * box_unlock - close the file and give the locks back.
 *
 * Fails   VERDICT_RETRY at "close": what was written may be lost.
 */
enum verdict box_unlock(struct box *box, struct failure *why);

/*
 * box_help - have the helper do what was forbidden to us.
 *
 * Takes   forbidden, the errno of our own attempt.
 * Gives   0; or an errno, that of our attempt when there is no helper or it
 *         was no matter of rights.
 */
int box_help(
    const struct mbox *where, enum mbox_help what, int forbidden);

/*
 * box_close - close the folder.
 */
void box_close(struct box *box);

#endif
