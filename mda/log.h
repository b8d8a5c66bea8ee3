/*
 * log.h - one line for each delivery, for administrators' programs.
 */
#ifndef MDA_LOG_H
#define MDA_LOG_H

#include "base/failure.h"
#include "mda/job.h"

/*
 * log_write - write the line to syslog, to log_file, and with -v to stderr.
 *
 * Takes   the job, as far as it came; its verdict, and the failure where that
 *         is not VERDICT_OK.
 * Gives   nothing may depend on the log: its own errors are passed over.
 */
void log_write(const struct job *job, enum verdict verdict,
    const struct failure *why);

#endif
