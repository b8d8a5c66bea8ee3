#include "compat/compat.h"

#if !HAVE_CLOSEFROM

#include <dirent.h>
#include <limits.h>

#if HAVE_CLOSE_RANGE
#include <sys/syscall.h>
#endif

/* Does the kernel close them in one call? */
static int
close_at_once(int first_fd)
{
#if HAVE_CLOSE_RANGE
	return syscall(SYS_close_range, (unsigned int)first_fd, UINT_MAX, 0u) ==
	    0;
#else
	(void)first_fd;
	return 0;
#endif
}

/*
 * The names in this folder are the open descriptors: Linux, and through a
 * link macOS and the BSDs. A descriptor may lie far above today's limit, if
 * the limit was lowered since. The stream's own is closed at the end.
 */
static int
close_listed(int first_fd, const char *path)
{
	DIR *list = opendir(path);
	struct dirent *entry;

	if (list == NULL)
		return 0;
	while ((entry = readdir(list)) != NULL) {
		int fd = atoi(entry->d_name); /* "." and ".." give 0 */

		if (fd >= first_fd && fd > 2 && fd != dirfd(list))
			(void)close(fd);
	}
	(void)closedir(list);
	return 1;
}

static void
close_each(int first_fd)
{
	long limit = sysconf(_SC_OPEN_MAX);
	int fd;

	/* "No limit" must not become a loop over two billion numbers. */
	if (limit < 0 || limit > 65536)
		limit = 65536;
	for (fd = first_fd; fd < limit; fd++)
		(void)close(fd);
}

void
compat_closefrom(int first_fd)
{
	if (close_at_once(first_fd))
		return;
	if (first_fd > 2 && close_listed(first_fd, "/proc/self/fd"))
		return;
	close_each(first_fd);
}

#else
/* ISO C wants something in every file. */
typedef int closefrom_is_there;
#endif
