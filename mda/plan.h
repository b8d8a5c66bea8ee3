/*
 * plan.h - for whom and whereto, before any byte of mail is read.
 */
#ifndef MDA_PLAN_H
#define MDA_PLAN_H

#include "base/failure.h"
#include "mda/job.h"

/*
 * plan_settings - read the settings that the options ask for.
 *
 * Takes   a job whose options are parsed.
 * Fails   as settings_read() and settings_override().
 */
enum verdict plan_settings(struct job *job, struct failure *why);

/*
 * plan_make - find the account, its own settings, and the mailbox.
 *
 * Takes   a job with its settings.
 * Fails   as account_self(), account_named(), template_expand(),
 *         settings_read() and destination_find(); VERDICT_RETRY at
 *         "user-other" when somebody who is not root names another account,
 *         at "user-root" when root's mail has no setting.
 */
enum verdict plan_make(struct job *job, struct failure *why);

/*
 * plan_values - what the letters of a template stand for.
 *
 * Takes   a job with options, settings and account.
 * Gives   job->values, which plan_make() sets too.
 */
void plan_values(struct job *job);

/*
 * plan_check_home - is the home fit to hold a mailbox, by root's order?
 *
 * Takes   a planned job; the process has the account's rights.
 * Gives   nothing is checked for who delivers to himself, for a mailbox
 *         elsewhere, or with home_check = no.
 * Fails   VERDICT_RETRY at "home-missing", "home-owner" or "home-mode".
 */
enum verdict plan_check_home(const struct job *job, struct failure *why);

#endif
