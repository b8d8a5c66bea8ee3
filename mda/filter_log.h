/*
 * filter_log.h - what the log says of scripts.
 */
#ifndef MDA_FILTER_LOG_H
#define MDA_FILTER_LOG_H

#include "base/logline.h"
#include "mda/job.h"

/*
 * filter_log_status - the word for a delivery that succeeded.
 *
 * Gives   "delivered" when something was stored, else "redirected" or
 *         "discarded".
 */
const char *filter_log_status(const struct job *job);

/*
 * filter_log_delivery - the delivery that the line tells of.
 *
 * Gives   the first that was stored; NULL when none was.
 */
const struct maildir_delivery *filter_log_delivery(const struct job *job);

/*
 * filter_log_add - the actions, and what went wrong with them.
 *
 * Gives   nothing is added when no script was to be run.
 */
void filter_log_add(struct logline *line, const struct job *job);

#endif
