/*
 * bound.h - which regular expressions the system's regcomp(3) may see.
 */
#ifndef SIEVE_BOUND_H
#define SIEVE_BOUND_H

#include "base/span.h"

/* The product of nested bounds, and the length when they are written out. */
enum { BOUND_REPEAT_MAX = 1000, BOUND_LENGTH_MAX = 20000 };

/*
 * bound_fault - what makes a POSIX extended regular expression dangerous.
 *
 * Gives   NULL when nothing does; else a static text in English. Back
 *         references take exponential time in every regexec(3), bounds within
 *         bounds gigabytes in regcomp(3). Whether the expression is right at
 *         all is not looked at.
 */
const char *bound_fault(struct span pattern);

#endif
