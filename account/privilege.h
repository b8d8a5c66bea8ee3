/*
 * privilege.h - become an account, for good.
 */
#ifndef ACCOUNT_PRIVILEGE_H
#define ACCOUNT_PRIVILEGE_H

#include "account/account.h"
#include "base/failure.h"

/*
 * privilege_prepare - have the modules of the group database loaded.
 *
 * For who will fork many that become accounts: each of them would load them
 * anew, which takes longer than all else that it does.
 */
void privilege_prepare(void);

/*
 * privilege_ask - which groups does an account have?
 *
 * For who will fork one that becomes the account, and knows the way to the
 * database already.
 *
 * Takes   an account with name and gid.
 * Gives   account->groups; or nothing, and privilege_drop() asks.
 * Owns    the caller frees account->groups.
 * Source  getgrouplist(3).
 */
void privilege_ask(struct account *account);

/*
 * privilege_drop - give up root's rights for those of an account.
 *
 * Takes   an account with name; the caller is root.
 * Gives   all user and group ids are the account's, its supplementary groups
 *         are those of the group database, as told before or now, and root cannot be had back: that
 *         was tried.
 * Fails   VERDICT_RETRY at "initgroups", "setgid", "setuid", or
 *         "privilege-kept" when a way back was found.
 * Source  POSIX.1-2008 setuid(), setgid(); initgroups(3).
 */
enum verdict privilege_drop(
    const struct account *account, struct failure *why);

#endif
