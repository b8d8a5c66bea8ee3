/*
 * log.h - one line for each delivery, for administrators' programs.
 */
#ifndef MDA_LOG_H
#define MDA_LOG_H

#include <stdbool.h>

#include "base/failure.h"
#include "mda/job.h"
#include "mda/settings.h"

struct log {
	bool is_open;
	int file_fd;   /* owned, -1 for none */
	int syslog_fd; /* owned, -1 for none */
};

/*
 * log_open - open what the line will be written to.
 *
 * Gives   a log; what cannot be opened is passed over. It is done before a
 *         sandbox is up, which would refuse it.
 * Owns    log_close(), or the descriptors go with the process.
 */
void log_open(struct log *log, const struct settings *settings);

/*
 * log_close - let go of what log_open() opened.
 */
void log_close(struct log *log);

/*
 * log_write - write the line to syslog, to log_file, and with -v to stderr.
 *
 * Takes   a log, which is opened now when it was not before; the job, as far
 *         as it came; its verdict, and the failure where that is not
 *         VERDICT_OK.
 * Gives   nothing may depend on the log: its own errors are passed over. The
 *         key "sandbox" is there only when the system had less of a sandbox
 *         than this program knows to use: what is as it should be on each
 *         line is read on none.
 */
void log_write(struct log *log, const struct job *job, enum verdict verdict,
    const struct failure *why);

#endif
