/*
 * names.h - what a uid or gid is called, for people.
 */
#ifndef ACCOUNT_NAMES_H
#define ACCOUNT_NAMES_H

#include <sys/types.h>

#include <stddef.h>

/*
 * names_user - what the user database calls a uid.
 *
 * Takes   text, size_bytes large.
 * Gives   "" where there is no name or nobody can be asked; a name that is
 *         too long is cut.
 */
void names_user(char *text, size_t size_bytes, uid_t uid);

/*
 * names_group - the same for a gid.
 */
void names_group(char *text, size_t size_bytes, gid_t gid);

#endif
