/*
 * path_walk.h - a path, one component after the other, as the system goes.
 */
#ifndef MDA_PATH_WALK_H
#define MDA_PATH_WALK_H

#include <sys/stat.h>

#include <limits.h>
#include <stdbool.h>

struct path_walk {
	char here[PATH_MAX];   /* how far we came */
	char rest[PATH_MAX];   /* where to go from here */
	char target[PATH_MAX]; /* of the symbolic link here, else empty */
	struct stat st;	       /* of what is here, itself */
	int error;	       /* errno of looking at it; then st is unset */
	int links;	       /* followed so far */
};

/*
 * path_walk_start - stand in front of the first component.
 *
 * Takes   path, shorter than PATH_MAX.
 */
void path_walk_start(struct path_walk *walk, const char *path);

/*
 * path_walk_next - go on to the next component, and look at it.
 *
 * The first is "/" or "."; behind a symbolic link comes the first component
 * of its target.
 *
 * Gives   false behind the last, and behind one that cannot be looked at. A
 *         circle of links ends with the error ELOOP, a path that grew too
 *         long with ENAMETOOLONG.
 */
bool path_walk_next(struct path_walk *walk);

/*
 * path_walk_is_last - does nothing follow what is here?
 */
bool path_walk_is_last(const struct path_walk *walk);

#endif
