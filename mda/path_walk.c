#include "mda/path_walk.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "compat/compat.h"

enum { LINKS_MAX = 40 }; /* as Linux has it */

void
path_walk_start(struct path_walk *walk, const char *path)
{
	memset(walk, 0, sizeof(*walk));
	(void)strlcpy(walk->rest, path, sizeof(walk->rest)); /* fits */
}

static bool
stop(struct path_walk *walk, int error)
{
	walk->error = error;
	return true;
}

static bool
read_target(struct path_walk *walk)
{
	ssize_t length =
	    readlink(walk->here, walk->target, sizeof(walk->target) - 1);

	if (length == -1)
		return stop(walk, errno);
	walk->target[length] = '\0';
	if (++walk->links > LINKS_MAX)
		return stop(walk, ELOOP);
	return true;
}

static bool
look(struct path_walk *walk)
{
	walk->target[0] = '\0';
	if (lstat(walk->here, &walk->st) == -1)
		return stop(walk, errno);
	if (S_ISLNK(walk->st.st_mode))
		return read_target(walk);
	return true;
}

/* "/" and "." are not left: they are where a path begins. */
static void
step_up(char *here)
{
	char *slash = strrchr(here, '/');

	if (slash == NULL)
		(void)strlcpy(here, ".", PATH_MAX);
	else
		slash[slash == here ? 1 : 0] = '\0';
}

/* The target takes the place of the link. */
static bool
follow(struct path_walk *walk)
{
	char rest[PATH_MAX];

	(void)strlcpy(rest, walk->rest, sizeof(rest)); /* as large */
	(void)strlcpy(walk->rest, walk->target, sizeof(walk->rest));
	(void)strlcat(walk->rest, "/", sizeof(walk->rest));
	if (strlcat(walk->rest, rest, sizeof(walk->rest)) >= sizeof(walk->rest))
		return false;
	if (walk->target[0] == '/')
		walk->here[0] = '\0';
	else
		step_up(walk->here);
	return true;
}

static void
skip(struct path_walk *walk, size_t length)
{
	memmove(walk->rest, walk->rest + length,
	    strlen(walk->rest + length) + 1);
}

/* Slashes, and components that lead nowhere. */
static void
skip_slashes(struct path_walk *walk)
{
	skip(walk, strspn(walk->rest, "/"));
	while (walk->rest[0] == '.' &&
	    (walk->rest[1] == '/' || walk->rest[1] == '\0')) {
		skip(walk, 1);
		skip(walk, strspn(walk->rest, "/"));
	}
}

static bool
begin(struct path_walk *walk)
{
	(void)strlcpy(walk->here, walk->rest[0] == '/' ? "/" : ".",
	    sizeof(walk->here));
	skip_slashes(walk);
	return look(walk);
}

static bool
step_down(struct path_walk *walk)
{
	size_t length = strcspn(walk->rest, "/");
	size_t used = strlen(walk->here);

	if (strcmp(walk->here, ".") == 0)
		used = 0;
	if (used + length + 2 > sizeof(walk->here))
		return stop(walk, ENAMETOOLONG);
	if (used > 0 && walk->here[used - 1] != '/')
		walk->here[used++] = '/';
	memcpy(walk->here + used, walk->rest, length);
	walk->here[used + length] = '\0';
	skip(walk, length);
	skip_slashes(walk);
	return look(walk);
}

bool
path_walk_next(struct path_walk *walk)
{
	if (walk->error != 0)
		return false;
	if (walk->target[0] != '\0' && !follow(walk))
		return stop(walk, ENAMETOOLONG);
	if (walk->here[0] == '\0')
		return begin(walk);
	skip_slashes(walk);
	if (walk->rest[0] == '\0')
		return false;
	return step_down(walk);
}

bool
path_walk_is_last(const struct path_walk *walk)
{
	return walk->rest[0] == '\0' && walk->target[0] == '\0';
}
