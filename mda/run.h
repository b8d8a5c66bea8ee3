/*
 * run.h - a planned delivery, from opening its mailbox to the exit status.
 */
#ifndef MDA_RUN_H
#define MDA_RUN_H

#include "base/failure.h"
#include "mda/job.h"

/*
 * run_delivery - deliver what is on standard input, and say how it went.
 *
 * Takes   a planned job; verdict, VERDICT_OK or the outcome of what came
 *         before, with why: then it is only reported.
 * Gives   the exit status. All that needs rights is opened first; then comes
 *         the sandbox, and behind it all that a sender wrote. A sentence is
 *         on standard error and a line in the log.
 * Owns    what is open or allocated goes with the process.
 */
int run_delivery(struct job *job, enum verdict verdict, struct failure *why);

#endif
