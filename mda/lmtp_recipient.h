/*
 * lmtp_recipient.h - one recipient of a message: address, plan and answer.
 *
 * A job is large, and each process that is forked takes along what the
 * monitor has: so it keeps only what it planned, and a job is made of that
 * where it is delivered.
 */
#ifndef MDA_LMTP_RECIPIENT_H
#define MDA_LMTP_RECIPIENT_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

#include "base/failure.h"
#include "mda/destination.h"
#include "mda/job.h"
#include "mda/lmtp_wire.h"
#include "mda/settings.h"

enum { RECIPIENT_WORD_BYTES = 2 * ADDRESS_BYTES };

struct recipient {
	/* What was planned; the words lie behind it. */
	uid_t uid;
	gid_t gid;
	bool is_delegated;
	enum box_kind kind;
	bool is_folder_made;
	bool is_folder_optional;
	const char *address; /* as it was said */
	const char *bare;    /* the same, without its quotes */
	const char *user;    /* who is named by it */
	const char *name;    /* of the account */
	const char *home;
	const char *path; /* of the mailbox */
	const char *folder;
	struct settings *settings; /* owned; NULL: those of all */

	/* What becomes of it. */
	size_t worker;	  /* who delivers */
	bool is_answered; /* answer holds */
	bool is_unheard;  /* it is ours, not the worker's: because of why */
	struct failure why;
	struct wire_answer *answer; /* borrowed: the team's */
};

/* Where a plan is made, and a job for the log; all zero at first. */
struct recipient_draft {
	struct job job; /* borrows from here */
	char address[ADDRESS_BYTES];
	char bare[RECIPIENT_WORD_BYTES];
	char user[RECIPIENT_WORD_BYTES];
};

/*
 * recipient_plan - for whom and whereto?
 *
 * Takes   base, a job with the options and settings that hold for all; ask,
 *         whose strings end. With account = system the local part up to the
 *         delimiter names the user, in lower case with lower_case = yes;
 *         else the whole address does.
 * Gives   draft->job, as far as the plan came, whatever is true.
 * Fails   as plan_make().
 */
enum verdict recipient_plan(struct recipient_draft *draft,
    const struct job *base, const struct wire_ask *ask, struct failure *why);

/*
 * recipient_keep - what of a plan is needed later.
 *
 * Takes   a draft after VERDICT_OK, and its base.
 * Gives   NULL when there is no memory.
 * Owns    recipient_free().
 */
struct recipient *recipient_keep(
    const struct recipient_draft *draft, const struct job *base);

/*
 * recipient_free - and what it owns.
 */
void recipient_free(struct recipient *recipient);

/*
 * recipient_job - make the job of a recipient again.
 *
 * Takes   job, all zero, or planned or made before; base, as it was for
 *         recipient_plan(), with sender and queue id now.
 * Gives   a job that borrows from both, ready for job_open().
 */
void recipient_job(struct job *job, const struct recipient *recipient,
    const struct job *base);

/*
 * recipient_settings - those that hold for this one.
 */
const struct settings *recipient_settings(
    const struct recipient *recipient, const struct job *base);

#endif
