/*
 * log.h - one line for each delivery, for administrators' programs.
 */
#ifndef MDA_LOG_H
#define MDA_LOG_H

#include <stdbool.h>

#include "base/failure.h"
#include "maildir/deliver.h"
#include "mda/options.h"
#include "mda/settings.h"
#include "message/message.h"

/* What is known at the end of a delivery; each part may be missing. */
struct log_entry {
	const struct settings *settings; /* borrowed */
	const struct options *options;	 /* borrowed */
	const struct message *message;	 /* borrowed; NULL before it is read */
	const struct maildir_delivery *delivery; /* borrowed; NULL: failed */
	const struct failure *why;	 /* borrowed; NULL when delivered */
	const char *box;		 /* "maildir", or NULL */
	bool is_refused;		 /* the failure is for good */
};

/*
 * log_write - write the line to syslog, to log_file, and with -v to stderr.
 *
 * Gives   nothing may depend on the log: its own errors are passed over.
 */
void log_write(const struct log_entry *entry);

#endif
