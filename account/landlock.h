/*
 * landlock.h - Linux: no file but those beneath the folders named.
 */
#ifndef ACCOUNT_LANDLOCK_H
#define ACCOUNT_LANDLOCK_H

#include <stdbool.h>

#include "account/sandbox.h"

/*
 * landlock_enter - put this process behind Landlock.
 *
 * Takes   a process that has set PR_SET_NO_NEW_PRIVS.
 * Gives   false when the kernel has no Landlock, or only its first version,
 *         which refuses links between folders: then nothing has changed.
 * Source  landlock(7) of Linux.
 */
bool landlock_enter(const struct sandbox_needs *needs);

/*
 * landlock_version - the ABI of this kernel's Landlock; 0 when it has none.
 *
 * Source  landlock_create_ruleset(2) of Linux.
 */
int landlock_version(void);

#endif
