/*
 * way.h - by root, a folder to which nobody else can turn us.
 */
#ifndef ACCOUNT_WAY_H
#define ACCOUNT_WAY_H

#include <stdbool.h>

/*
 * way_open - open the folder in which something lies, along a safe way.
 *
 * Each folder on the way, from "/" on, belongs to root and can be written by
 * root alone; the last one need only belong to root. Symbolic links are
 * followed where they stand in such a folder: there they are root's word.
 *
 * Takes   path, of the thing in the folder.
 * Gives   a descriptor for reading; or -1 and errno: EPERM when others could
 *         have turned us elsewhere or path is not absolute, or else as open().
 */
int way_open(const char *path);

/*
 * way_is_roots_alone - a folder of root's that nobody else can write?
 */
bool way_is_roots_alone(int dir_fd);

#endif
