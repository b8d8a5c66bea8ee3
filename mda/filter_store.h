/*
 * filter_store.h - what a plan wants stored, as deliveries.
 */
#ifndef MDA_FILTER_STORE_H
#define MDA_FILTER_STORE_H

#include "mda/job.h"

/*
 * filter_store_folder - the Maildir++ folder of a mailbox of a script.
 *
 * Takes   folder, STORE_FOLDER_BYTES large; mailbox, in UTF-8, "Lists.bugs",
 *         "Lists/bugs" or "INBOX.Lists.bugs".
 * Gives   true with the name in modified UTF-7, empty for "INBOX"; false for
 *         a name that no folder can have.
 * Source  RFC 3501 section 5.1.3; Maildir++ as described with Courier.
 */
bool filter_store_folder(char *folder, struct span mailbox);

/*
 * filter_store_flags - the letters for IMAP flags.
 *
 * Takes   letters, STORE_FLAGS_BYTES large.
 * Gives   those that maildir(5) has, in their order; keywords have none.
 */
void filter_store_flags(
    char *letters, const struct span *flags, size_t count);

/*
 * filter_store_plan - make a list of stores of a plan.
 *
 * Takes   a decided filtering.
 * Gives   job->filtering.stores, with open folders. What cannot go where it
 *         should goes into the job's own mailbox, with the reason kept for
 *         the log. No place gets the same message twice.
 * Fails   VERDICT_RETRY at "malloc".
 */
enum verdict filter_store_plan(struct job *job, struct failure *why);

/*
 * filter_store_all - deliver what the list holds, all or nothing.
 *
 * Takes   is_more_to_come, whether mail is to be sent behind it.
 * Gives   the witnesses stay, until filter_store_settle().
 * Fails   as group_deliver() and mbox_store().
 */
enum verdict filter_store_all(
    struct job *job, bool is_more_to_come, struct failure *why);

/*
 * filter_store_keep - one store more, into the job's own mailbox.
 *
 * Gives   nothing to do when that has the message already.
 * Fails   as filter_store_all().
 */
enum verdict filter_store_keep(struct job *job, struct failure *why);

/*
 * filter_store_settle - all is done: no witness is needed any more.
 */
void filter_store_settle(struct job *job);

#endif
