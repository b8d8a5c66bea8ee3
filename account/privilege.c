#include "account/privilege.h"

#include <sys/types.h>

#include <errno.h>
#include <grp.h>
#include <stdbool.h>
#include <stdlib.h>
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

#if HAVE_GETGROUPLIST
enum { GROUPS_FIRST = 32, GROUPS_MOST = 32 * 1024 };

/* Systems differ in the types: an array of int, and a count that is one. */
void
privilege_ask(struct account *account)
{
	int room = GROUPS_FIRST;
	gid_t *groups = NULL;
	gid_t *bigger;

	do {
		bigger = reallocarray(groups, (size_t)room, sizeof(*groups));
		if (bigger == NULL)
			break;
		groups = bigger;
		account->group_count = room;
		if (getgrouplist(account->name, account->gid, (void *)groups,
			&account->group_count) != -1) {
			account->groups = groups;
			return;
		}
		room *= 2;
	} while (room <= GROUPS_MOST);
	free(groups);
}

/* More than the system takes, or not asked: it knows what to do. */
static int
take_groups(const struct account *account)
{
	if (account->groups != NULL &&
	    setgroups((unsigned short)account->group_count,
		account->groups) == 0)
		return 0;
	return initgroups(account->name, account->gid);
}
#else
void
privilege_ask(struct account *account)
{
	(void)account;
}

static int
take_groups(const struct account *account)
{
	return initgroups(account->name, account->gid);
}
#endif

enum verdict
privilege_drop(const struct account *account, struct failure *why)
{
	/* Groups first: afterwards the right to set them is gone. */
	if (take_groups(account) == -1)
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
