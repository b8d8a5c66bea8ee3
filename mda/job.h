/*
 * job.h - one delivery, from the arguments to the verdict.
 */
#ifndef MDA_JOB_H
#define MDA_JOB_H

#include <limits.h>
#include <stdbool.h>

#include "account/account.h"
#include "base/failure.h"
#include "maildir/deliver.h"
#include "mbox/deliver.h"
#include "mda/destination.h"
#include "mda/options.h"
#include "mda/settings.h"
#include "message/message.h"

enum { JOB_WORD_MAX = 256 };

struct job {
	struct options options;
	struct settings settings;
	struct account account;
	bool is_delegated; /* to be delivered as account, by root's order */
	struct destination destination;
	struct template_values values; /* borrows from the job */
	char local[JOB_WORD_MAX];      /* of the address, no detail */
	char domain[JOB_WORD_MAX];
	char detail[JOB_WORD_MAX];     /* empty for none */
	char account_settings[PATH_MAX];
	struct message message;
	bool is_message_open;
	bool is_delivered;
	struct maildir maildir; /* borrows from the job */
	struct maildir_delivery maildir_delivery;
	struct mbox mbox; /* borrows from the job */
	struct mbox_delivery mbox_delivery;
	struct mbox_helper helper;
	bool has_keeper; /* for mda -n: root would help in the spool */
	int keeper_fd; /* borrowed: a process with root's rights, or -1 */
};

/*
 * job_deliver - read the message and store it.
 *
 * Takes   in_fd, where the message comes from.
 * Gives   the promise: VERDICT_OK when it is on stable storage.
 * Fails   as plan_check_home(), message_open(), maildir_deliver() and
 *         mbox_deliver().
 * Owns    job_close() frees the message and closes the mailbox.
 */
enum verdict job_deliver(struct job *job, int in_fd, struct failure *why);

/*
 * job_close - free what job_deliver() took. A process that ends need not.
 */
void job_close(struct job *job);

#endif
