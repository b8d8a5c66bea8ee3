/*
 * mbox_report.h - what is found at an mbox, and what a delivery would do.
 */
#ifndef MDA_MBOX_REPORT_H
#define MDA_MBOX_REPORT_H

#include <stdbool.h>

#include "mda/job.h"

/*
 * mbox_report - print format, locks, the journal's state, and any repair.
 *
 * Gives   true when a delivery would most likely succeed. Nothing is changed
 *         and no lock is taken, so another program may change it meanwhile.
 */
bool mbox_report(const struct job *job);

#endif
