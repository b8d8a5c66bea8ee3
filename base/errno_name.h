/*
 * errno_name.h - the symbol of an error number, for programs that read logs.
 */
#ifndef BASE_ERRNO_NAME_H
#define BASE_ERRNO_NAME_H

/*
 * errno_name - the symbol, "ENOSPC".
 *
 * Gives   a static string; "E?" for a number without a name here.
 * Source  POSIX.1-2008 <errno.h>.
 */
const char *errno_name(int number);

#endif
