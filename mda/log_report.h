/*
 * log_report.h - where the log line would go, and whether it gets there.
 */
#ifndef MDA_LOG_REPORT_H
#define MDA_LOG_REPORT_H

#include "mda/settings.h"
#include "mda/tell.h"

/*
 * log_report - tell of the syslog daemon and of log_file.
 *
 * No line is written and no file created. What is wrong is only a warning:
 * nothing depends on the log.
 */
void log_report(struct tell *tell, const struct settings *settings);

#endif
