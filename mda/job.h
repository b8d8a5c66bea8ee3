/*
 * job.h - one delivery, from the arguments to the verdict.
 */
#ifndef MDA_JOB_H
#define MDA_JOB_H

#include <limits.h>
#include <stdbool.h>

#include "account/account.h"
#include "account/sandbox.h"
#include "base/failure.h"
#include "maildir/deliver.h"
#include "mbox/deliver.h"
#include "mda/destination.h"
#include "mda/filtering.h"
#include "mda/options.h"
#include "mda/settings.h"
#include "message/message.h"

enum {
	JOB_WORD_MAX = 256,
	JOB_FOLDERS = 2 /* a mailbox, and a place for large records */
};

/*
 * The small things come first, and those that end in something large behind
 * them: so a delivery touches fewer pages (bench/RESULTS.md has the price).
 */
struct job {
	bool is_delegated; /* to be delivered as account, by root's order */
	bool has_keeper;   /* for mda -n: root would help in the spool */
	/* See leftover_scan(), or 0. Who asks again need not have ended what he
	   asked for before: by LMTP, the processes that deliver outlive the one
	   that was killed. */
	long long awaited_before_us;
	int keeper_fd; /* borrowed: a process with root's rights, or -1 */
	bool is_message_open;
	bool is_mailbox_open;
	bool is_confined; /* a sandbox was asked for: */
	enum sandbox_state sandbox;
	enum verdict opened;	 /* the mailbox */
	struct failure unopened; /* why, when it is not */
	struct options options;
	struct template_values values; /* borrows from the job */
	char local[JOB_WORD_MAX];      /* of the address, no detail */
	char domain[JOB_WORD_MAX];
	char detail[JOB_WORD_MAX]; /* empty for none */
	struct message message;
	struct maildir maildir; /* borrows from the job */
	struct mbox mbox;	/* borrows from the job */
	struct mbox_helper helper;
	struct account account;
	struct maildir_delivery maildir_delivery;
	struct destination destination;
	struct filtering filtering; /* of the scripts, if there are any */
	struct settings settings;
	struct mbox_delivery mbox_delivery;
	char account_settings[PATH_MAX];
};

/*
 * job_open - open the mailbox, before any byte of mail is read.
 *
 * Gives   a failure is kept, for job_deliver() to tell: the message is read
 *         all the same, so that its sender meets no broken pipe and the log
 *         can name it.
 * Owns    job_close() closes the mailbox.
 */
void job_open(struct job *job);

/*
 * job_confine - give up all that the rest of the delivery does not need.
 *
 * Takes   a job whose mailbox is open, if it can be. Whatever else will be
 *         written to is open too.
 * Fails   as sandbox_enter().
 */
enum verdict job_confine(struct job *job, struct failure *why);

/*
 * job_need - what a job's mailbox needs behind a sandbox.
 *
 * Takes   needs, to which JOB_FOLDERS are added at most.
 */
void job_need(const struct job *job, struct sandbox_needs *needs);

/*
 * job_take - have the message that lies in a file, as one job of several.
 *
 * Takes   file_fd; first, a job of the same process that has it, which must
 *         outlive this one; NULL: read it.
 * Gives   the delivery in the open mailbox has its message.
 * Owns    job_close() frees it.
 * Fails   as message_open_file() and message_share(); VERDICT_REFUSE at
 *         "message-size" when it is larger than this job's limit.
 */
enum verdict job_take(struct job *job, int file_fd, const struct job *first,
    struct failure *why);

/*
 * job_deliver - read the message and store it in the open mailbox.
 *
 * Takes   in_fd, where the message comes from.
 * Gives   the promise: VERDICT_OK when it is on stable storage.
 * Fails   as message_open(); as maildir_open() or mbox_open() did in
 *         job_open(); as maildir_deliver() and mbox_deliver().
 * Owns    job_close() frees the message.
 */
enum verdict job_deliver(struct job *job, int in_fd, struct failure *why);

/*
 * job_close - free what job_open() and job_deliver() took.
 *
 * A process that ends need not.
 */
void job_close(struct job *job);

#endif
