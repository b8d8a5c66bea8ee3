/*
 * leftover.h - what dead deliveries left in tmp/: witnesses and old files.
 */
#ifndef MAILDIR_LEFTOVER_H
#define MAILDIR_LEFTOVER_H

#include <stdbool.h>

#include "base/failure.h"
#include "durable/stage.h"
#include "maildir/layout.h"

struct leftover {
	long long awaited_before_us; /* given: see leftover_scan(), or 0 */
	char witness[STAGE_NAME_MAX]; /* its name in tmp/; empty for none */
	unsigned int swept;	      /* old files removed */
};

/*
 * leftover_scan - look through tmp/ once.
 *
 * Takes   the open layout; the stage, whole but not yet committed;
 *         is_identifiable, whether it may be taken for a witness's message;
 *         host from name_host().
 * Gives   files that nobody holds and that are older than 36 hours by the
 *         file system's clock are removed. leftover->witness names a file
 *         that holds the same message, was made visible, and whose delivery
 *         died before it could tell its sender. One that is still there is
 *         passed over: its sender will be told. But where it was begun before
 *         awaited_before_us, by the clock on the wall, its sender may be
 *         ours, who has lost it, and its end is waited for: then it has left
 *         a witness, or has told somebody, or will deliver no more.
 * Fails   VERDICT_RETRY at "readdir", or as interrupt_check().
 * Source  maildir(5), "36 hours".
 */
enum verdict leftover_scan(struct leftover *leftover,
    struct layout *layout, const struct stage *stage,
    bool is_identifiable, const char *host, struct failure *why);

/*
 * leftover_adopt - take the witness's message for ours.
 *
 * Gives   VERDICT_OK when that message is durable where it is visible. Its
 *         witness is still there, until leftover_forget().
 * Fails   as sync_folder().
 */
enum verdict leftover_adopt(const struct leftover *leftover,
    struct layout *layout, const struct sync_policy *policy,
    struct failure *why);

/*
 * leftover_forget - remove the witness: its sender knows at last.
 *
 * Gives   one that cannot be removed is swept some day.
 */
void leftover_forget(
    const struct leftover *leftover, const struct layout *layout);

#endif
