/*
 * keeper.h - the root process beside a delivery, and its two verbs.
 *
 * A spool such as /var/mail may not let its users make files. The keeper
 * makes them: a mailbox's own files, and its lock file. It reads verbs of one
 * byte, for one name in one folder that it opened before, and no mail.
 */
#ifndef ACCOUNT_KEEPER_H
#define ACCOUNT_KEEPER_H

#include <sys/types.h>

#include "account/account.h"
#include "base/failure.h"
#include "durable/dotlock.h"

enum keeper_verb {
	KEEPER_MAKE_BOX = 'B',
	KEEPER_MAKE_JOURNAL = 'J',
	KEEPER_TRY_LOCK = 'L',
	KEEPER_TRY_LOCK_BREAK = 'K', /* the caller holds the kernel lock */
	KEEPER_RELEASE_LOCK = 'U'
};

/* What the keeper may do; nothing at all when dir_fd is -1. */
struct keeper {
	int dir_fd; /* owned: the spool, or -1 */
	char box_name[256];
	char journal_name[256];
	const struct account *account; /* borrowed: whose files they become */
	struct dotlock dotlock;
};

/*
 * keeper_open - open the spool in which a mailbox lies, if it may be served.
 *
 * Takes   path, of the mbox; stale_s, as for a dotlock.
 * Gives   dir_fd is -1, and every verb is answered with EPERM, unless each
 *         folder on the way belongs to root and can be written by nobody
 *         else; the last one may be writable by others, as spools are. So no
 *         user can turn us to another place.
 */
void keeper_open(struct keeper *keeper, const char *path, long long stale_s,
    const struct account *account);

/*
 * keeper_serve - answer verbs until the delivery ends.
 *
 * Takes   socket_fd, our end; child, its process.
 * Gives   *status_out as of waitpid(). A signal that asks us to stop is
 *         passed on to the delivery, which may still know better. A lock
 *         that it left behind is released.
 */
void keeper_serve(
    struct keeper *keeper, int socket_fd, pid_t child, int *status_out);

/*
 * keeper_ask - the delivery's side: have one verb done.
 *
 * Gives   0, or the errno of what failed; EPERM when there is no keeper
 *         (socket_fd -1), EAGAIN when the lock is held by another.
 */
int keeper_ask(int socket_fd, enum keeper_verb verb);

#endif
