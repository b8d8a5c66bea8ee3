/*
 * path_report.h - what is found on the way to a mailbox.
 */
#ifndef MDA_PATH_REPORT_H
#define MDA_PATH_REPORT_H

#include "base/failure.h"
#include "mda/job.h"
#include "mda/tell.h"

/*
 * path_report - tell each component of the path with owner and mode.
 *
 * Of an mbox, only the folders above it are looked at.
 *
 * Gives   VERDICT_OK when nothing on the path stands against a delivery:
 *         what is there can be searched, what is missing may be created. A
 *         reason against it is told beside the component concerned. Nothing
 *         is changed.
 * Fails   as the delivery would: VERDICT_RETRY at "open-dir", "mkdir",
 *         "open", "maildir-parent", "maildir-missing" or "folder-missing".
 */
enum verdict path_report(
    struct tell *tell, const struct job *job, struct failure *why);

#endif
