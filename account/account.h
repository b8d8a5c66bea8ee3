/*
 * account.h - for whom a delivery is made.
 */
#ifndef ACCOUNT_ACCOUNT_H
#define ACCOUNT_ACCOUNT_H

#include <sys/types.h>

#include <limits.h>

#include "base/failure.h"

enum { ACCOUNT_NAME_MAX = 256 };

struct account {
	uid_t uid;
	gid_t gid; /* 0 when the database was not asked */
	gid_t *groups; /* owned, by privilege_ask(); NULL: not asked yet */
	int group_count;
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
 * account_named - the account of this name.
 *
 * Fails   VERDICT_REFUSE at "user-unknown" (67) when the database answers
 *         that there is no such user; VERDICT_RETRY at "getpwnam" when it
 *         cannot be asked, at "home-long" or "user-long".
 * Source  POSIX.1-2008 getpwnam_r(): 0 with no result is an answer.
 */
enum verdict account_named(
    struct account *account, const char *name, struct failure *why);

#endif
