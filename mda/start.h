/*
 * start.h - put in order what was inherited from whoever started us.
 */
#ifndef MDA_START_H
#define MDA_START_H

#include <stdbool.h>

/*
 * start_process - before any byte of mail.
 *
 * Takes   deadline_s, seconds.
 * Gives   the deadline runs; descriptors 0 to 2 are open and all above are
 *         closed; umask 077; no core file; signals are ours. *has_input_out
 *         tells whether standard input was open: when it was not, reading it
 *         fails from now on, instead of giving an empty message.
 * Fails   exits 75 when 0 to 2 cannot be opened; all else that cannot be put
 *         in order is met again where it matters.
 */
void start_process(unsigned int deadline_s, bool *has_input_out);

/*
 * start_empty - let go of a standard descriptor, and keep its number taken.
 *
 * Takes   fd, 0 to 2, all of which are open.
 * Gives   it leads to /dev/null, or where that is missing to a folder.
 * Fails   exits 75 when neither can be opened.
 */
void start_empty(int fd);

#endif
