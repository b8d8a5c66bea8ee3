/*
 * folder.h - folders by descriptor: opened, created, made durable.
 */
#ifndef DURABLE_FOLDER_H
#define DURABLE_FOLDER_H

#include <stdbool.h>

#include "base/failure.h"
#include "durable/sync.h"

/*
 * folder_open - open an existing folder.
 *
 * Takes   at_fd, a folder or AT_FDCWD; name, relative to it; is_followed,
 *         whether the last component may be a symbolic link.
 * Gives   *fd_out, which can be synced.
 * Owns    the caller closes *fd_out.
 * Fails   VERDICT_RETRY at "open-dir"; sys_errno tells ENOENT from the rest.
 */
enum verdict folder_open(int *fd_out, int at_fd, const char *name,
    bool is_followed, struct failure *why);

/*
 * folder_make - open a folder, creating it with mode 0700 when it is missing.
 *
 * Gives   *fd_out; *created_out is set to true, never to false, when the
 *         folder is new: then the one that holds it must be synced.
 * Owns    the caller closes *fd_out.
 * Fails   VERDICT_RETRY at "mkdir" or "open-dir".
 */
enum verdict folder_make(int *fd_out, int at_fd, const char *name,
    bool *created_out, struct failure *why);

/*
 * folder_sync_young - make durable the path that leads to a folder.
 *
 * A folder that exists need not be durable yet: whoever made it may not have
 * synced the one above. The folder itself and each one above it whose change
 * time is younger than ten minutes is synced.
 *
 * Takes   dir_fd; path, for messages; home, or NULL: the walk ends behind
 *         it, at the root of the file system, or where we may not look.
 * Fails   as sync_folder(), and VERDICT_RETRY at "open-dir" or "fstat" when
 *         the system cannot say. A folder above that we may not open or look
 *         at (EACCES) is passed over: it is not ours to sync.
 */
enum verdict folder_sync_young(int dir_fd, const char *path, const char *home,
    const struct sync_policy *policy, bool *unsupported_out,
    struct failure *why);

#endif
