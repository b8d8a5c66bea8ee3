/*
 * from_line.h - the line that begins each message of an mbox.
 */
#ifndef MBOX_FROM_LINE_H
#define MBOX_FROM_LINE_H

#include <stdbool.h>
#include <time.h>

#include "base/span.h"

enum { FROM_LINE_MAX = 320 }; /* with its LF and a NUL */

/*
 * from_line_make - write "From SENDER DATE\n".
 *
 * Takes   line, FROM_LINE_MAX large; sender, empty for the null sender.
 * Gives   blanks and control bytes of the sender are "-", the null sender is
 *         MAILER-DAEMON, more than 256 bytes are cut; the date is that of
 *         asctime(3), in UTC.
 * Source  mbox(5); RFC 4155 appendix A.
 */
void from_line_make(char *line, struct span sender, time_t when);

/*
 * from_line_is_in - could a From_ line begin anywhere in these bytes?
 *
 * Gives   true for "From " at the start of a line, and in the middle of one
 *         when a time such as 12:34 follows before the line ends. It errs on
 *         the side of yes.
 */
bool from_line_is_in(struct span bytes);

#endif
