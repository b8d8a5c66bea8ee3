/*
 * path_report.h - what is found on the way to a mailbox.
 */
#ifndef MDA_PATH_REPORT_H
#define MDA_PATH_REPORT_H

#include <stdbool.h>

#include "mda/job.h"

/*
 * path_report - print each folder of the path with owner and mode.
 *
 * Gives   true when a delivery would most likely succeed: what is there can
 *         be searched, what is missing may be created. Each reason against
 *         it is printed beside the folder concerned. Nothing is changed.
 */
bool path_report(const struct job *job);

#endif
