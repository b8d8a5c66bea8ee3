/*
 * seccomp.h - Linux: no system calls but those of a delivery's kind.
 */
#ifndef ACCOUNT_SECCOMP_H
#define ACCOUNT_SECCOMP_H

#include <stdbool.h>

/*
 * seccomp_enter - refuse the calls that start programs, open sockets, change
 * who we are, what others may do with files, or the system: with EPERM.
 *
 * Takes   a process that has set PR_SET_NO_NEW_PRIVS; is_blind, whether
 *         opening files is refused as well.
 * Gives   false when the kernel has no such filters, or when the numbers of
 *         this processor's calls are not known here: nothing has changed.
 * Source  seccomp(2) of Linux.
 */
bool seccomp_enter(bool is_blind);

/*
 * seccomp_enter_pure - allow nothing but to compute: to read and write what
 * is open, memory, the time, and to end. All else gives EPERM.
 *
 * Takes   as seccomp_enter().
 * Gives   as seccomp_enter().
 */
bool seccomp_enter_pure(void);

/*
 * seccomp_is_there - does this kernel know filters of system calls, and do we
 * know its calls? Nothing is refused by asking.
 *
 * Source  prctl(2) of Linux, PR_GET_SECCOMP.
 */
bool seccomp_is_there(void);

#endif
