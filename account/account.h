/*
 * account.h - for whom a delivery is made.
 */
#ifndef ACCOUNT_ACCOUNT_H
#define ACCOUNT_ACCOUNT_H

#include <sys/types.h>

#include <limits.h>
#include <stdbool.h>

#include "base/failure.h"

enum { ACCOUNT_NAME_MAX = 256 };

struct account {
	char name[ACCOUNT_NAME_MAX]; /* empty when nobody asked for it */
	char home[PATH_MAX];	     /* absolute; empty when unknown */
};

/*
 * account_self - the account that runs this process.
 *
 * Takes   home, the value of HOME, or NULL. The user database is asked only
 *         when home is not an absolute path: that costs many system calls.
 * Gives   home is empty when the database has no entry either.
 * Fails   VERDICT_RETRY at "getpwuid" when the database cannot be asked, or
 *         at "home-long".
 * Source  POSIX.1-2008 getpwuid_r().
 */
enum verdict account_self(
    struct account *account, const char *home, struct failure *why);

/*
 * account_is_self - does this name belong to the process's own user?
 *
 * Gives   *is_self_out.
 * Fails   VERDICT_REFUSE at "user-unknown" (67) when the database answers
 *         that there is no such user; VERDICT_RETRY at "getpwnam" when it
 *         cannot be asked.
 * Source  POSIX.1-2008 getpwnam_r(): 0 with no result is an answer.
 */
enum verdict account_is_self(
    const char *name, bool *is_self_out, struct failure *why);

#endif
