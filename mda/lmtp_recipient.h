/*
 * lmtp_recipient.h - one recipient of a message: address, plan and answer.
 */
#ifndef MDA_LMTP_RECIPIENT_H
#define MDA_LMTP_RECIPIENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/failure.h"
#include "mda/job.h"
#include "mda/lmtp_wire.h"

enum { RECIPIENT_WORD_BYTES = 2 * ADDRESS_BYTES };

struct recipient {
	struct job job;			 /* borrows from here */
	char address[ADDRESS_BYTES];	 /* as it was said */
	char bare[RECIPIENT_WORD_BYTES]; /* the same, without its quotes */
	char user[RECIPIENT_WORD_BYTES];
	size_t worker;	  /* who delivers */
	bool is_answered; /* answer holds */
	bool is_unheard;  /* it is ours, not the worker's: because of why */
	struct failure why;
	struct wire_answer answer;
};

/*
 * recipient_plan - for whom and whereto?
 *
 * Takes   base, a job with the options and settings that hold for all; ask,
 *         whose strings end. With account = system the local part up to the
 *         delimiter names the user, in lower case with lower_case = yes;
 *         else the whole address does.
 * Fails   as plan_make().
 */
enum verdict recipient_plan(struct recipient *recipient, const struct job *base,
    const struct wire_ask *ask, struct failure *why);

#endif
