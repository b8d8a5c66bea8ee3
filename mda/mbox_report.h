/*
 * mbox_report.h - what is found at an mbox, and what a delivery would do.
 */
#ifndef MDA_MBOX_REPORT_H
#define MDA_MBOX_REPORT_H

#include <stdbool.h>

#include "base/failure.h"
#include "mda/job.h"
#include "mda/tell.h"

/*
 * mbox_report - tell format, locks, the journal's state, and any repair.
 *
 * Gives   VERDICT_OK when a delivery would most likely succeed. Nothing is
 *         changed and no lock is taken, so another program may change it
 *         meanwhile. *is_cut_out: whether a piece would be cut off there.
 * Fails   as mbox_deliver() would, before anything is written.
 */
enum verdict mbox_report(
    struct tell *tell, const struct job *job, bool *is_cut_out,
    struct failure *why);

#endif
