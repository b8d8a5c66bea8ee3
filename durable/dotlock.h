/*
 * dotlock.h - the lock file that mail programs agree on: NAME.lock.
 */
#ifndef DURABLE_DOTLOCK_H
#define DURABLE_DOTLOCK_H

#include <sys/stat.h>
#include <sys/types.h>

#include <stdbool.h>

#include "base/failure.h"

enum { DOTLOCK_NAME_MAX = 256 };

struct dotlock {
	int dir_fd;		     /* borrowed */
	char name[DOTLOCK_NAME_MAX]; /* NAME.lock */
	long long stale_s;	     /* age that ends a foreign lock */
	bool was_busy; /* at an earlier try: look before making files */
	bool is_held;
	bool is_broken; /* a stale one was removed on the way */
	struct stat made; /* the lock file held */
};

enum lock_answer {
	LOCK_HAD,
	LOCK_BUSY /* somebody else holds it: try again later */
};

/*
 * dotlock_try - make the lock file, without waiting.
 *
 * Takes   a dotlock whose dir_fd, name and stale_s are set; may_break,
 *         whether the caller holds the mailbox's kernel lock: only then may
 *         a stale lock file be removed.
 * Gives   *answer_out. The file holds pid, host and boot id. A lock is stale
 *         when it is ours in form and its process is gone from this host or
 *         was there before this boot, or when it is older than stale_s by
 *         the file system's own clock.
 * Owns    dotlock_release() after LOCK_HAD.
 * Fails   VERDICT_RETRY at "dotlock".
 * Source  open(2) of Linux, O_EXCL over NFS: link a unique file, and two
 *         links on it prove success whatever link(2) said. When that was an
 *         error, one of the two must be the lock's name.
 */
enum verdict dotlock_try(struct dotlock *dotlock, bool may_break,
    enum lock_answer *answer_out, struct failure *why);

/*
 * dotlock_release - remove the lock file, if it is still ours.
 */
void dotlock_release(struct dotlock *dotlock);

/*
 * dotlock_is_free - is there no lock file, or a stale one?
 *
 * For mda -n: changes nothing. So a lock's age is told by our own clock.
 */
bool dotlock_is_free(const struct dotlock *dotlock);

#endif
