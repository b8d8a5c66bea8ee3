/*
 * fault_sys.c - the table of base/sys.c, with calls that fail on request.
 *
 * Linked in place of base/sys.o, below tests/crash/record_sys.c, which makes
 * tests/fault/mda-fault: the same program, and it reads from the environment
 *
 * MDA_FAULT  "CALL:NTH:WHAT", several with blanks between. NTH counts the
 *            calls of this name from 1; "*" is each of them. WHAT is
 *            EIO        fail with this error, and do nothing
 *            done-EIO   do it, then fail all the same: a lost answer
 *            short      half the bytes
 *            zero       no bytes
 *            SIGTERM    send ourselves this signal first, then do it
 * MDA_KILL   "NTH:before" or "NTH:after": SIGKILL around the NTH call of all
 * MDA_TRACE  a file that gets a line "NUMBER CALL RESULT" for each call
 *
 * What is not understood, and a numbered call that never came, is status 99,
 * so that a slip in a test cannot pass for a success.
 */
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/errno_name.h"
#include "base/sys.h"
#include "compat/compat.h"
#include "tests/fault/fault_sys.h"

/* The real calls: real_calls is theirs, and static. */
extern const struct sys_calls *table_not_in_use;
#define sys table_not_in_use
#include "base/sys.c"
#undef sys

enum {
	EXIT_MISUSE = 99,
	FAULTS_MAX = 16,
	ERRNO_MAX = 200,
	TRACE_FD_LEAST = 100 /* out of the way of what is tested */
};

enum what { WHAT_FAIL, WHAT_FAIL_DONE, WHAT_SHORT, WHAT_ZERO, WHAT_SIGNAL };

struct fault {
	char call[24];
	long nth; /* 0 for each of them */
	enum what what;
	int number; /* errno or signal */
	bool is_met;
};

/* One call on its way through the table. */
struct passing {
	const char *name;
	long number;	     /* among all calls */
	struct fault *fault; /* NULL: as usual */
};

static struct fault faults[FAULTS_MAX];
static size_t fault_count;
static long kill_number; /* 0 for never */
static bool is_kill_after;
static int trace_fd = -1;
static long calls_made;

/* ---- Every member of the table: one line each --------------------------- */

#define EVERY_CALL(PLAIN, BYTES, CLOSING)                                     \
	PLAIN(int, openat,                                                    \
	    (int at_fd, const char *path, int flags, mode_t mode),            \
	    (at_fd, path, flags, mode))                                       \
	CLOSING(int, close, (int fd), (fd))                                   \
	PLAIN(int, dup, (int fd), (fd))                                       \
	BYTES(ssize_t, read, (int fd, void *data, size_t size_bytes),         \
	    (fd, data, size_bytes))                                           \
	BYTES(ssize_t, write, (int fd, const void *data, size_t size_bytes),  \
	    (fd, data, size_bytes))                                           \
	BYTES(ssize_t, pread,                                                 \
	    (int fd, void *data, size_t size_bytes, off_t at),                \
	    (fd, data, size_bytes, at))                                       \
	BYTES(ssize_t, pwrite,                                                \
	    (int fd, const void *data, size_t size_bytes, off_t at),          \
	    (fd, data, size_bytes, at))                                       \
	PLAIN(off_t, lseek, (int fd, off_t at, int whence), (fd, at, whence)) \
	PLAIN(int, ftruncate, (int fd, off_t size_bytes), (fd, size_bytes))   \
	PLAIN(int, futimens, (int fd, const struct timespec *times),          \
	    (fd, times))                                                      \
	PLAIN(int, fdatasync, (int fd), (fd))                                 \
	PLAIN(int, fsync, (int fd), (fd))                                     \
	PLAIN(int, fstat, (int fd, struct stat *st), (fd, st))                \
	PLAIN(int, fstatat,                                                   \
	    (int at_fd, const char *path, struct stat *st, int flags),        \
	    (at_fd, path, st, flags))                                         \
	PLAIN(int, mkdirat, (int at_fd, const char *path, mode_t mode),       \
	    (at_fd, path, mode))                                              \
	PLAIN(int, linkat,                                                    \
	    (int old_fd, const char *old, int new_fd, const char *new,        \
		int flags),                                                   \
	    (old_fd, old, new_fd, new, flags))                                \
	PLAIN(int, unlinkat, (int at_fd, const char *path, int flags),        \
	    (at_fd, path, flags))                                             \
	PLAIN(int, renameat,                                                  \
	    (int old_fd, const char *old, int new_fd, const char *new),       \
	    (old_fd, old, new_fd, new))                                       \
	PLAIN(int, rename_noreplace,                                          \
	    (int old_fd, const char *old, int new_fd, const char *new),       \
	    (old_fd, old, new_fd, new))                                       \
	PLAIN(int, flock, (int fd, int operation), (fd, operation))           \
	PLAIN(int, fcntl_lock, (int fd), (fd))

#define COUNT_ONE(type, name, params, args) +1

/* A member without a line above would be a null pointer: not with us. */
typedef char every_member_has_a_line[sizeof(struct sys_calls) ==
	    (0 EVERY_CALL(COUNT_ONE, COUNT_ONE, COUNT_ONE)) *
		sizeof(int (*)(void))
	? 1
	: -1];

#define NAME_ONE(type, name, params, args) #name,

static const char *const call_names[] = { EVERY_CALL(NAME_ONE, NAME_ONE,
    NAME_ONE) NULL };

/* ---- What the environment asks for -------------------------------------- */

static void
misuse(const char *what, const char *text)
{
	(void)fprintf(stderr, "mda-fault: %s: %s\n", what, text);
	_exit(EXIT_MISUSE);
}

static int
errno_of(const char *name)
{
	int number;

	for (number = 1; number < ERRNO_MAX; number++)
		if (strcmp(errno_name(number), name) == 0)
			return number;
	misuse("no such thing to happen", name);
	return 0;
}

static void
set_what(struct fault *fault, const char *word)
{
	static const struct {
		const char *name;
		int number;
	} signals[] = { { "SIGHUP", SIGHUP }, { "SIGINT", SIGINT },
		{ "SIGQUIT", SIGQUIT }, { "SIGTERM", SIGTERM },
		{ "SIGALRM", SIGALRM }, { "SIGSEGV", SIGSEGV },
		{ "SIGKILL", SIGKILL }, { "SIGSTOP", SIGSTOP } };
	size_t i;

	fault->what = WHAT_SIGNAL;
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (strcmp(signals[i].name, word) == 0) {
			fault->number = signals[i].number;
			return;
		}
	fault->what = WHAT_SHORT;
	if (strcmp(word, "short") == 0)
		return;
	fault->what = WHAT_ZERO;
	if (strcmp(word, "zero") == 0)
		return;
	fault->what = WHAT_FAIL;
	if (strncmp(word, "done-", 5) == 0) {
		fault->what = WHAT_FAIL_DONE;
		word += 5;
	}
	fault->number = errno_of(word);
}

static void
check_name(const char *name)
{
	size_t i;

	for (i = 0; call_names[i] != NULL; i++)
		if (strcmp(call_names[i], name) == 0)
			return;
	misuse("no such call", name);
}

/* NTH of "NTH:rest", which is cut off; 0 for "*". */
static long
take_nth(char **rest)
{
	char *colon = strchr(*rest, ':');
	const char *error;
	const char *text = *rest;
	long nth;

	if (colon == NULL)
		misuse("no number and colon", text);
	*colon = '\0';
	*rest = colon + 1;
	if (strcmp(text, "*") == 0)
		return 0;
	nth = (long)strtonum(text, 1, 1000000, &error);
	if (error != NULL)
		misuse(error, text);
	return nth;
}

static void
add_fault(char *word)
{
	struct fault *fault = &faults[fault_count];
	char *colon = strchr(word, ':');

	if (fault_count++ == FAULTS_MAX || colon == NULL)
		misuse("too many faults, or no colon", word);
	*colon++ = '\0';
	check_name(word);
	(void)strlcpy(fault->call, word, sizeof(fault->call));
	fault->nth = take_nth(&colon);
	set_what(fault, colon);
}

static void
read_faults(const char *value)
{
	char text[1024];
	char *word;

	if (strlcpy(text, value, sizeof(text)) >= sizeof(text))
		misuse("too long", "MDA_FAULT");
	for (word = strtok(text, " "); word != NULL; word = strtok(NULL, " "))
		add_fault(word);
}

static void
read_kill(const char *value)
{
	char text[64];
	char *rest = text;

	(void)strlcpy(text, value, sizeof(text)); /* checked as read */
	kill_number = take_nth(&rest);
	is_kill_after = strcmp(rest, "after") == 0;
	if (kill_number == 0 || (!is_kill_after && strcmp(rest, "before") != 0))
		misuse("MDA_KILL", value);
}

/* Far above the numbers that the tested program gets. */
static void
open_trace(const char *path)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT, 0600);

	trace_fd = fcntl(fd, F_DUPFD_CLOEXEC, TRACE_FD_LEAST);
	if (trace_fd == -1)
		misuse("MDA_TRACE", path);
	(void)close(fd);
}

static void
check_met(void)
{
	size_t i;

	for (i = 0; i < fault_count; i++)
		if (!faults[i].is_met && faults[i].nth != 0)
			misuse("never met", faults[i].call);
	if (kill_number > 0)
		misuse("never met", "MDA_KILL");
}

static void
read_environment(void)
{
	const char *value;

	if ((value = getenv("MDA_FAULT")) != NULL)
		read_faults(value);
	if ((value = getenv("MDA_KILL")) != NULL)
		read_kill(value);
	if ((value = getenv("MDA_TRACE")) != NULL)
		open_trace(value);
	if (atexit(check_met) != 0)
		misuse("atexit", "no room");
}

/* ---- A call passes ------------------------------------------------------ */

static void
trace(const struct passing *passing, long long result)
{
	char line[80];
	int length;

	if (trace_fd == -1)
		return;
	if (result == -1)
		length = snprintf(line, sizeof(line), "%ld %s %s\n",
		    passing->number, passing->name, errno_name(errno));
	else
		length = snprintf(line, sizeof(line), "%ld %s %lld\n",
		    passing->number, passing->name, result);
	if (write(trace_fd, line, (size_t)length) != length)
		misuse("cannot write", "MDA_TRACE");
}

static struct fault *
find_fault(const char *name, long nth)
{
	size_t i;

	for (i = 0; i < fault_count; i++)
		if (strcmp(faults[i].call, name) == 0 &&
		    (faults[i].nth == 0 || faults[i].nth == nth))
			return &faults[i];
	return NULL;
}

static void
kill_around(const struct passing *passing, bool is_after)
{
	if (passing->number == kill_number && is_after == is_kill_after)
		(void)kill(getpid(), SIGKILL);
}

static struct passing
pass_begin(const char *name, long nth)
{
	struct passing passing = { name, ++calls_made, NULL };

	if (calls_made == 1)
		read_environment();
	kill_around(&passing, false);
	passing.fault = find_fault(name, nth);
	if (passing.fault != NULL) {
		passing.fault->is_met = true;
		if (passing.fault->what == WHAT_SIGNAL)
			(void)raise(passing.fault->number);
	}
	return passing;
}

static bool
is_left_out(const struct passing *passing)
{
	return passing->fault != NULL && passing->fault->what == WHAT_FAIL;
}

static size_t
cut_size(const struct passing *passing, size_t size_bytes)
{
	if (passing->fault != NULL && passing->fault->what == WHAT_ZERO)
		return 0;
	if (passing->fault != NULL && passing->fault->what == WHAT_SHORT)
		return (size_bytes + 1) / 2;
	return size_bytes;
}

static long long
pass_end(const struct passing *passing, long long result)
{
	const struct fault *fault = passing->fault;
	int errno_after;

	if (fault != NULL &&
	    (fault->what == WHAT_FAIL || fault->what == WHAT_FAIL_DONE)) {
		errno = fault->number;
		result = -1;
	}
	errno_after = errno;
	trace(passing, result);
	kill_around(passing, true);
	errno = errno_after;
	return result;
}

#define PASS_PLAIN(type, name, params, args)                       \
	static type fault_##name params                            \
	{                                                          \
		static long nth;                                   \
		struct passing passing = pass_begin(#name, ++nth); \
		long long result = -1;                             \
                                                                   \
		if (!is_left_out(&passing))                        \
			result = real_calls.name args;             \
		return (type)pass_end(&passing, result);           \
	}

#define PASS_BYTES(type, name, params, args)                       \
	static type fault_##name params                            \
	{                                                          \
		static long nth;                                   \
		struct passing passing = pass_begin(#name, ++nth); \
		long long result = -1;                             \
                                                                   \
		size_bytes = cut_size(&passing, size_bytes);       \
		if (!is_left_out(&passing))                        \
			result = real_calls.name args;             \
		return (type)pass_end(&passing, result);           \
	}

/* The descriptor is gone whatever close() says: Linux, and most others. */
#define PASS_CLOSING(type, name, params, args)                         \
	static type fault_##name params                                \
	{                                                              \
		static long nth;                                       \
		struct passing passing = pass_begin(#name, ++nth);     \
                                                                       \
		return (type)pass_end(&passing, real_calls.name args); \
	}

EVERY_CALL(PASS_PLAIN, PASS_BYTES, PASS_CLOSING)

#define MEMBER_ONE(type, name, params, args) .name = fault_##name,

const struct sys_calls fault_calls = { EVERY_CALL(MEMBER_ONE, MEMBER_ONE,
    MEMBER_ONE) };
