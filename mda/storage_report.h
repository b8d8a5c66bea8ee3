/*
 * storage_report.h - whether what is written to a mailbox stays written.
 */
#ifndef MDA_STORAGE_REPORT_H
#define MDA_STORAGE_REPORT_H

#include "base/failure.h"
#include "mda/job.h"
#include "mda/tell.h"

/*
 * storage_report - tell the file system of the mailbox and what is known.
 *
 * Kind, mount, whether a folder can be synced (by syncing the deepest one
 * that is there), and the space that is left. Warns of a file system in
 * memory, of mount options that undo an fsync, and of what a client cannot
 * know about its server.
 *
 * Gives   *syncs_again_out, whether a file in a Maildir is synced once more
 *         after it was linked.
 * Fails   as the delivery would: VERDICT_RETRY at "fsync-dir", or at
 *         "fsync-dir-unsupported" with folder_sync = require.
 */
enum verdict storage_report(struct tell *tell, const struct job *job,
    bool *syncs_again_out, struct failure *why);

#endif
