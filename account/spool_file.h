/*
 * spool_file.h - by root, a new file in a spool that is the account's as soon
 * as it has its name.
 */
#ifndef ACCOUNT_SPOOL_FILE_H
#define ACCOUNT_SPOOL_FILE_H

#include <sys/types.h>

#include "account/account.h"

/*
 * spool_file_make - make an empty file for an account.
 *
 * It is made and given away under another name, ".mda-new." and more, and
 * then linked: so whoever kills us never leaves a mailbox of root's, which
 * its owner could not open. What was left so is removed: further names of
 * the same file at once, others when they are old, and with them what killed
 * deliveries have left beside lock files (".lk.") and large messages
 * (".mda-spool.").
 *
 * Takes   dir_fd, of a folder opened for reading; shared_mode, for a folder
 *         whose files belong to its group (set-group-id, as root:mail 2775):
 *         such a file keeps that group, so that its programs can read and
 *         lock it. Else its group is the account's, and its mode 0600.
 * Gives   0, or the errno of what failed; EEXIST when something has the name,
 *         whatever it is. The file is durable, its name is not yet.
 * Never   follows a link, opens what is there, or replaces it.
 */
int spool_file_make(int dir_fd, const char *name,
    const struct account *account, mode_t shared_mode);

#endif
