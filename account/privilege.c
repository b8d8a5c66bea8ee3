#include "account/privilege.h"

#include <sys/types.h>

#include <errno.h>
#include <grp.h>
#include <stdbool.h>
#include <unistd.h>

#include "compat/compat.h"

/* An account with uid 0 keeps what it has: nothing to prove there. */
static bool
can_go_back(const struct account *account)
{
	if (account->uid == 0)
		return false;
	return setuid(0) == 0 || seteuid(0) == 0 ||
	    (account->gid != 0 && (setgid(0) == 0 || setegid(0) == 0));
}

static bool
is_all(const struct account *account)
{
	return getuid() == account->uid && geteuid() == account->uid &&
	    getgid() == account->gid && getegid() == account->gid;
}

/* A name that no group has is looked for in every module. */
void
privilege_prepare(void)
{
	(void)getgrnam(" ");
}

enum verdict
privilege_drop(const struct account *account, struct failure *why)
{
	/* Groups first: afterwards the right to set them is gone. */
	if (initgroups(account->name, account->gid) == -1)
		return failure_errno(why, "initgroups", account->name);
	if (setgid(account->gid) == -1)
		return failure_errno(why, "setgid", account->name);
	if (setuid(account->uid) == -1)
		return failure_errno(why, "setuid", account->name);
	if (can_go_back(account) || !is_all(account))
		return failure_retry(
		    why, "privilege-kept", "4.3.0", account->name);
	return VERDICT_OK;
}
