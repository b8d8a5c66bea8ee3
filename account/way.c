#include "account/way.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/sys.h"
#include "compat/compat.h"

enum { WAY_LINKS_MAX = 16 };

/* A path on its way: what is opened so far, and what is still to go. */
struct walk {
	int fd; /* owned */
	char rest[PATH_MAX];
	unsigned int links;
};

/* Nobody but root can put anything there, a link to elsewhere for example. */
bool
way_is_roots_alone(int dir_fd)
{
	struct stat st;

	return sys->fstat(dir_fd, &st) == 0 && st.st_uid == 0 &&
	    (st.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

static bool
is_roots(int dir_fd)
{
	struct stat st;

	return sys->fstat(dir_fd, &st) == 0 && st.st_uid == 0;
}

static void
walk_to(struct walk *walk, int fd)
{
	if (walk->fd != -1)
		(void)sys->close(walk->fd); /* opened for reading only */
	walk->fd = fd;
}

static int
walk_to_root(struct walk *walk)
{
	walk_to(walk, open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	return walk->fd == -1 ? errno : 0;
}

/* The link's own path comes before the rest; opened is why it was no folder. */
static int
walk_link(struct walk *walk, const char *name, int opened)
{
	char whole[PATH_MAX];
	ssize_t length;

	length = readlinkat(walk->fd, name, whole, sizeof(whole) - 1);
	if (length == -1 && errno == EINVAL)
		return opened;
	if (length <= 0)
		return errno;
	if (++walk->links > WAY_LINKS_MAX)
		return ELOOP;
	whole[length] = '\0';
	if (strlcat(whole, "/", sizeof(whole)) >= sizeof(whole) ||
	    strlcat(whole, walk->rest, sizeof(whole)) >= sizeof(whole))
		return ENAMETOOLONG;
	memcpy(walk->rest, whole, sizeof(whole));
	return whole[0] == '/' ? walk_to_root(walk) : 0;
}

/*
 * One name further; gives an errno. The folder that we are in is root's alone,
 * so a link in it is root's word; the folder that it leads to is looked at in
 * its turn.
 */
static int
walk_step(struct walk *walk)
{
	char name[NAME_MAX + 1];
	size_t length = strcspn(walk->rest, "/");
	int fd;

	if (length >= sizeof(name))
		return ENAMETOOLONG;
	if (!way_is_roots_alone(walk->fd))
		return EPERM;
	memcpy(name, walk->rest, length);
	name[length] = '\0';
	length += strspn(walk->rest + length, "/");
	memmove(walk->rest, walk->rest + length,
	    strlen(walk->rest + length) + 1);
	if (name[0] == '\0')
		return 0;
	fd = openat(walk->fd, name,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1)
		return walk_link(walk, name, errno);
	walk_to(walk, fd);
	return 0;
}

int
way_open(const char *path)
{
	struct walk walk = { -1, "", 0 };
	int error;

	if (path[0] != '/')
		error = EPERM;
	else if (strlcpy(walk.rest, path, sizeof(walk.rest)) >=
	    sizeof(walk.rest))
		error = ENAMETOOLONG;
	else
		error = walk_to_root(&walk);
	if (error == 0)
		strrchr(walk.rest, '/')[1] = '\0';
	while (error == 0 && walk.rest[0] != '\0')
		error = walk_step(&walk);
	if (error == 0 && !is_roots(walk.fd))
		error = EPERM;
	if (error != 0)
		walk_to(&walk, -1);
	errno = error;
	return walk.fd;
}
