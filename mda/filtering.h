/*
 * filtering.h - a delivery whose account has scripts.
 *
 * The scripts are read and their process is begun before the sandbox; then
 * the message is read, they decide, and what they want is done: stores first,
 * mail next, and what is to be remembered last. Whatever goes wrong with a
 * script, the message is kept.
 */
#ifndef MDA_FILTERING_H
#define MDA_FILTERING_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "account/sandbox.h"
#include "base/arena.h"
#include "base/failure.h"
#include "filter/judge.h"
#include "filter/mailer.h"
#include "filter/state.h"
#include "maildir/deliver.h"
#include "mda/sieve_setup.h"
#include "message/message.h"

struct job;

enum { FILTERING_FOLDERS = 2 /* for the sandbox */ };
enum { STORE_FOLDER_BYTES = 256, STORE_FLAGS_BYTES = 8 };

/* A message for one folder of the Maildir. */
struct store {
	const struct sieve_action *action; /* borrowed: what asked for it */
	struct message *message;	   /* borrowed */
	char folder[STORE_FOLDER_BYTES];   /* empty for the Maildir itself */
	char flags[STORE_FLAGS_BYTES];
	bool is_keep;	 /* into the job's own mailbox, which is open */
	struct maildir where;
	struct maildir_delivery *delivery; /* the job's, or of the arena */
};

struct filtering {
	bool is_active; /* else nothing below means anything */
	size_t file_count;
	struct judge judge;
	struct mailer mailer;
	struct state state;
	int top_fd;   /* owned: the Maildir above all folders, or -1 */
	int aside_fd; /* owned: a large message, or -1 */
	int64_t now_s;
	struct arena memory; /* of what follows */
	struct store *stores;
	size_t store_count;
	bool is_decided;
	/* What became of it, for the log. */
	unsigned int redirects; /* sent */
	struct failure mail_trouble; /* a redirect or an answer failed */
	bool has_mail_trouble;
	struct failure store_trouble; /* a folder that could not be used */
	bool has_store_trouble;
	struct failure state_trouble;
	bool has_state_trouble;
	const char *reason; /* of memory: why it is refused, in lines; or NULL */
	const char *answer; /* static or of the plan: "sent", or why not */
	/* Large, and not touched by a delivery without scripts: */
	struct sieve_setup setup;
	struct sieve_file files[SIEVE_SCRIPTS_MAX];
	struct judge_decision decision; /* owned, once is_decided */
	char state_path[PATH_MAX];
};

/*
 * filtering_open - read the scripts, and begin the processes they need.
 *
 * Takes   a job whose mailbox was opened, before its sandbox.
 * Gives   job->filtering.is_active when there is a script to run, or one that
 *         may not be used.
 * Owns    filtering_close().
 */
void filtering_open(struct job *job);

/*
 * filtering_need - what must stay in reach of the sandbox.
 */
void filtering_need(const struct job *job, struct sandbox_needs *needs);

/*
 * filtering_decide - have the scripts decide.
 *
 * Takes   an active filtering; the message was read, the mailbox is open.
 * Gives   a plan, and nothing was done for it yet.
 * Fails   VERDICT_REFUSE at "sieve-reject"; else as spool_set_aside().
 */
enum verdict filtering_decide(struct job *job, struct failure *why);

/*
 * filtering_execute - store and send what was decided.
 *
 * Takes   is_more_to_come, whether the caller has other deliveries behind
 *         this one.
 * Gives   as filtering_deliver(), but that the witnesses stay and nothing is
 *         remembered, until filtering_settle(). The caller says
 *         filtering_done() before that.
 * Fails   as filtering_deliver().
 */
enum verdict filtering_execute(
    struct job *job, bool is_more_to_come, struct failure *why);

/*
 * filtering_done - all that was decided is done, and the sender may be told.
 *
 * Gives   as interrupt_done(), even if we were to stop meanwhile: mail cannot
 *         be taken back, and would be sent once more.
 */
void filtering_done(void);

/*
 * filtering_reason - why a script refuses the message, in its own words.
 *
 * Gives   lines of UTF-8 with LF between them, good until filtering_close();
 *         NULL when no script does.
 */
const char *filtering_reason(const struct job *job);

/*
 * filtering_settle - the sender knows: remember what is to be remembered.
 *
 * Takes   a filtering that was executed with VERDICT_OK.
 * Gives   what cannot be remembered is kept for the log.
 */
void filtering_settle(struct job *job);

/*
 * filtering_deliver - have the scripts decide, and do what they want.
 *
 * Takes   an active filtering; the message was read, the mailbox is open.
 * Gives   VERDICT_OK when all that stores want is on stable storage, as the
 *         delivery of a message without scripts, and all mail is sent; a mail that could not
 *         be sent has the message kept as well.
 * Fails   VERDICT_REFUSE at "sieve-reject"; else as group_deliver(),
 *         mbox_store(), spool_set_aside(), or as interrupt_check(): then a
 *         second try stores nothing twice, but may send twice.
 */
enum verdict filtering_deliver(struct job *job, struct failure *why);

/*
 * filtering_close - end the processes, and give back what was taken.
 */
void filtering_close(struct job *job);

#endif
