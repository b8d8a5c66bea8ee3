/*
 * filter_mail.h - what a plan wants sent.
 */
#ifndef MDA_FILTER_MAIL_H
#define MDA_FILTER_MAIL_H

#include "mda/job.h"

/*
 * filter_mail_is_wanted - does the plan send anything?
 */
bool filter_mail_is_wanted(const struct sieve_plan *plan);

/*
 * filter_mail_send - send what the plan wants sent.
 *
 * Takes   a decided filtering, whose stores are durable.
 * Gives   *is_kept_out, whether the message must be kept because a redirect
 *         could not be made: sendmail refused, or the message came in a
 *         circle. job->filtering knows the rest.
 * Fails   as interrupt_check(), as spool_rest().
 */
enum verdict filter_mail_send(
    struct job *job, bool *is_kept_out, struct failure *why);

/*
 * filter_mail_mark - what is to be remembered of an answer.
 *
 * Takes   action, SIEVE_VACATION, which the mark borrows from.
 */
void filter_mail_mark(
    struct state_mark *mark, const struct sieve_action *action);

/*
 * filter_mail_own - the address that is the account's in this delivery.
 */
struct span filter_mail_own(const struct job *job);

#endif
