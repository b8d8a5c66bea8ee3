/*
 * nth_call.h - a system-call table of which one call fails, by its number
 * among all calls; and how many descriptors are open.
 *
 * After nth_call_install() every call goes through to the system.
 */
#ifndef TESTS_SUPPORT_NTH_CALL_H
#define TESTS_SUPPORT_NTH_CALL_H

#include <sys/stat.h>

#include <atf-c.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/every_call.h"

static struct {
	unsigned int seen; /* calls so far */
	unsigned int nth;  /* fails, counted from 1; 0: none */
	int sys_errno;
	bool is_late;	    /* it is done, and then said to have failed */
	const char *failed; /* the one that did, or NULL */
	const char *last;   /* SIGKILL before this one, or NULL */
} nth_call;

static const struct sys_calls *nth_call_real;
static struct sys_calls nth_call_table;

/* A descriptor that close(2) fails for is gone all the same. */
#define NTH_CALL_FUNCTION(type, name, params, args, may_be_late)              \
	static inline type nth_call_##name params                             \
	{                                                                     \
		bool is_close = strcmp(#name, "close") == 0;                  \
                                                                              \
		if (nth_call.last != NULL && strcmp(#name, nth_call.last) == 0)\
			(void)kill(getpid(), SIGKILL);                        \
		if (++nth_call.seen != nth_call.nth)                          \
			return nth_call_real->name args;                      \
		nth_call.failed = #name;                                      \
		if (is_close || (nth_call.is_late && (may_be_late)))          \
			(void)nth_call_real->name args;                       \
		errno = nth_call.sys_errno;                                   \
		return -1;                                                    \
	}
#define NTH_CALL_PLAIN(type, name, params, args)                              \
	NTH_CALL_FUNCTION(type, name, params, args, true)
/* What it gives when it is done would be lost. */
#define NTH_CALL_OPENS(type, name, params, args)                             \
	NTH_CALL_FUNCTION(type, name, params, args, false)
#define NTH_CALL_SET(type, name, params, args)                                \
	nth_call_table.name = nth_call_##name;

EVERY_CALL(NTH_CALL_OPENS, NTH_CALL_PLAIN, NTH_CALL_PLAIN, NTH_CALL_PLAIN)

/*
 * nth_call_install - have all calls counted from here on.
 */
static inline void
nth_call_install(void)
{
	nth_call_real = sys;
	EVERY_CALL(NTH_CALL_SET, NTH_CALL_SET, NTH_CALL_SET, NTH_CALL_SET)
	sys = &nth_call_table;
}

/*
 * nth_call_fail - let the next but nth - 1 fail; 0 for none.
 */
static inline void
nth_call_fail(unsigned int nth, int sys_errno, bool is_late)
{
	nth_call.seen = 0;
	nth_call.nth = nth;
	nth_call.sys_errno = sys_errno;
	nth_call.is_late = is_late;
	nth_call.failed = NULL;
}

/*
 * nth_call_open_fds - how many descriptors are open.
 */
static inline int
nth_call_open_fds(void)
{
	int count = 0;
	int fd;

	for (fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) != -1;
	return count;
}

/*
 * nth_call_clear - remove what lies in a folder, but for "message".
 *
 * Owns    dir_fd.
 */
static inline void
nth_call_clear(int dir_fd)
{
	DIR *dir = fdopendir(dir_fd);
	struct dirent *entry;

	ATF_REQUIRE(dir != NULL);
	while ((entry = readdir(dir)) != NULL) {
		const char *name = entry->d_name;

		if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
		    strcmp(name, "message") == 0 ||
		    unlinkat(dir_fd, name, 0) == 0)
			continue;
		nth_call_clear(openat(dir_fd, name, O_RDONLY | O_DIRECTORY));
		ATF_REQUIRE_EQ(0, unlinkat(dir_fd, name, AT_REMOVEDIR));
	}
	ATF_REQUIRE_EQ(0, closedir(dir));
}

/*
 * nth_call_leaves_none - let each call fail in each way, one at a time, in a
 * story that is told anew each time, until it makes fewer calls than that.
 *
 * Takes   story, which opens and closes, whatever its verdict; prepare, which
 *         puts its files in order, with no call failing; least, how many calls
 *         fail at least: else the story was another one.
 * Gives   a descriptor that was left fails the case.
 */
static inline void
nth_call_leaves_none(
    void (*prepare)(void), void (*story)(void), unsigned int least)
{
	/* A late one is done, and then said to have failed. */
	static const struct {
		int sys_errno;
		bool is_late;
	} ways[] = { { EIO, false }, { EIO, true }, { EINTR, false },
		{ EEXIST, false }, { ENOENT, false }, { EAGAIN, false },
		{ ENOSYS, false } };
	unsigned int failures = 0, nth;
	size_t way;

	nth_call_install();
	for (way = 0; way < sizeof(ways) / sizeof(ways[0]); way++)
		for (nth = 1;; nth++, failures++) {
			int before;

			nth_call_fail(0, 0, false);
			prepare();
			before = nth_call_open_fds();
			nth_call_fail(
			    nth, ways[way].sys_errno, ways[way].is_late);
			story();
			if (nth_call.failed == NULL)
				break;
			ATF_REQUIRE_EQ_MSG(before, nth_call_open_fds(),
			    "call %u, %s: %s", nth, nth_call.failed,
			    strerror(nth_call.sys_errno));
		}
	nth_call_fail(0, 0, false);
	printf("%u calls failed\n", failures);
	ATF_CHECK(failures >= least);
}

#endif
