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

#include <stdbool.h>

#include "account/account.h"
#include "base/failure.h"
#include "durable/dotlock.h"

enum keeper_verb {
	KEEPER_MAKE_BOX = 'B',
	KEEPER_MAKE_JOURNAL = 'J',
	KEEPER_TRY_LOCK = 'L',
	KEEPER_TRY_LOCK_BREAK = 'K', /* the caller holds the kernel lock */
	KEEPER_RELEASE_LOCK = 'U',
	KEEPER_COMMIT = 'C', /* the message is about to become visible */
	KEEPER_UNDONE = 'R'  /* and did not */
};

/* How long a delivery is waited for, in seconds from keeper_serve() on. */
struct keeper_patience {
	unsigned int undecided_s; /* while it may not commit */
	unsigned int decided_s;	  /* since it may; not less */
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
 * keeper_patience - how long a delivery is waited for.
 *
 * Takes   deadline_s, its own, at which it undoes what it did, and ends.
 * Gives   a little more than that; for one that may commit a little more than
 *         INTERRUPT_HOLD_S.
 */
struct keeper_patience keeper_patience(unsigned int deadline_s);

/*
 * keeper_prepare - to be called before the delivery is forked.
 *
 * Gives   its end will be heard of, whatever our caller does with SIGCHLD.
 */
void keeper_prepare(void);

/*
 * keeper_serve - answer verbs until the delivery ends.
 *
 * Takes   socket_fd, our end, which will not block from here on; child, its
 *         process.
 * Gives   true: it ended by itself, *status_out is as of waitpid(), and a lock
 *         that it left behind is released. false: it was waited for in vain,
 *         whatever it waits for itself, and was killed. Nothing of its message
 *         becomes visible any more, unless it had been allowed to; then it is
 *         as after a crash. The lock is released when it is certainly gone.
 *         A signal that asks us to stop is passed on to the delivery, which
 *         may still know better.
 */
bool keeper_serve(struct keeper *keeper, int socket_fd, pid_t child,
    const struct keeper_patience *patience, int *status_out);

/*
 * keeper_arbitrate - the delivery's side: commit only when the keeper agrees.
 *
 * Gives   interrupt_commit() fails from the moment on at which the keeper has
 *         given us up, or has ended.
 */
void keeper_arbitrate(int socket_fd);

/*
 * keeper_ask - the delivery's side: have one verb done.
 *
 * Gives   0, or the errno of what failed; EPERM when there is no keeper
 *         (socket_fd -1), EAGAIN when the lock is held by another.
 */
int keeper_ask(int socket_fd, enum keeper_verb verb);

#endif
