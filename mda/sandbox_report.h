/*
 * sandbox_report.h - for mda -n: what a delivery would give up here.
 */
#ifndef MDA_SANDBOX_REPORT_H
#define MDA_SANDBOX_REPORT_H

#include <stdbool.h>

#include "base/failure.h"
#include "mda/job.h"
#include "mda/tell.h"

/*
 * sandbox_report - tell what the kernel has, and what it really gives.
 *
 * Takes   a planned job; has_scripts, whether one would be run.
 * Fails   VERDICT_RETRY at "sandbox", as the delivery would.
 */
enum verdict sandbox_report(struct tell *tell, const struct job *job,
    bool has_scripts, struct failure *why);

#endif
