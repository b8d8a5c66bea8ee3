/*
 * filter_report.h - what mda -n says of the scripts of an account.
 */
#ifndef MDA_FILTER_REPORT_H
#define MDA_FILTER_REPORT_H

#include <stdbool.h>

#include "mda/job.h"
#include "mda/tell.h"

/*
 * filter_report - which scripts would be run, and whether they are right.
 *
 * Takes   a planned job; the process has the account's rights.
 * Gives   whether there is one. Nothing here makes a delivery fail: with a
 *         script that is wrong the message is kept.
 */
bool filter_report(struct tell *tell, const struct job *job);

#endif
