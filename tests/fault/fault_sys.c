/*
 * fault_sys.c - the table of base/sys.c, with calls that fail on request.
 *
 * Linked in place of base/sys.o, below tests/crash/record_sys.c, which makes
 * tests/fault/mda-fault: the same program, and it reads from the environment
 *
 * MDA_FAULT  "CALL:NTH:WHAT", several with blanks between. NTH counts the
 *            calls of this name from 1; "3-9" is some in a row, "odd" every
 *            other one, "*" each of them, and "3?" or "3-9?" those that
 *            come. WHAT is
 *            EIO        fail with this error, and do nothing
 *            done-EIO   do it, then fail all the same: a lost answer
 *            short      half the bytes
 *            one        one byte
 *            zero       no bytes
 *            SIGTERM    send ourselves this signal first, then do it
 * MDA_KILL   "NTH:before" or "NTH:after": SIGKILL around the NTH call of all
 * MDA_TRACE  a file that gets a line "NUMBER CALL RESULT" for each call
 * MDA_PROCESS
 *            a number: all of this is for one process, 1 for the one that was
 *            started, 2 for the first that is forked, and so on. Calls count
 *            from the fork. Without it a fault is for each process.
 *
 * What is not understood, and a numbered call that never came, is status 99 of
 * the process that was started, so that a slip in a test cannot pass for a
 * success.
 */
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
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
#include "tests/fault/notebook.h"
#include "tests/support/every_call.h"

/* The real calls: real_calls is theirs, and static. */
extern const struct sys_calls *table_not_in_use;
#define sys table_not_in_use
#include "base/sys.c"
#undef sys

enum {
	EXIT_MISUSE = 99,
	FAULTS_MAX = 32,
	ERRNO_MAX = 200
};

enum what {
	WHAT_FAIL,
	WHAT_FAIL_DONE,
	WHAT_SHORT,
	WHAT_ONE,
	WHAT_ZERO,
	WHAT_SIGNAL
};

struct fault {
	char call[24];
	long nth;    /* 0 for each of them */
	long last;   /* from nth to here */
	bool is_odd; /* every other one of these */
	bool may_miss;
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

/* What one process meets, the first one hears of. */
struct shared {
	struct fault faults[FAULTS_MAX];
	bool is_kill_met;
	bool is_misused;
	long processes; /* so many there were; nobody forks at the same time */
};

static struct shared *shared;
static size_t fault_count;
static long kill_number; /* 0 for never */
static bool is_kill_after;
static struct notebook trace_book = { NULL, -1 };
static long process_meant; /* 0: each */
static long process_number = 1;
static long next_number;
static long calls_made;

/* ---- What each call has of its own --------------------------------------- */

#define NAME_ONE(type, name, params, args) #name,

static const char *const call_names[] = { EVERY_CALL(NAME_ONE, NAME_ONE,
    NAME_ONE, NAME_ONE) NULL };

#define INDEX_ONE(type, name, params, args) CALL_##name,

enum call {
	EVERY_CALL(INDEX_ONE, INDEX_ONE, INDEX_ONE, INDEX_ONE) CALL_COUNT
};

static long counts[CALL_COUNT];

/* ---- What the environment asks for -------------------------------------- */

static void
misuse(const char *what, const char *text)
{
	(void)fprintf(stderr, "mda-fault: %s: %s\n", what, text);
	if (shared != NULL)
		shared->is_misused = true;
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
	fault->what = WHAT_ONE;
	if (strcmp(word, "one") == 0)
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

static long
number_of(const char *text)
{
	const char *error;
	long number = (long)strtonum(text, 1, 1000000, &error);

	if (error != NULL)
		misuse(error, text);
	return number;
}

/* The text before the next colon, and what is behind it in *rest. */
static char *
take_word(char **rest)
{
	char *word = *rest;
	char *colon = strchr(word, ':');

	if (colon == NULL)
		misuse("no colon", word);
	*colon = '\0';
	*rest = colon + 1;
	return word;
}

static void
set_nth(struct fault *fault, char *word)
{
	char *dash = strchr(word, '-');
	char *mark = strchr(word, '?');

	fault->is_odd = strcmp(word, "odd") == 0;
	fault->may_miss = mark != NULL && mark[1] == '\0';
	if (fault->is_odd || strcmp(word, "*") == 0)
		return;
	if (fault->may_miss)
		*mark = '\0';
	if (dash != NULL)
		*dash++ = '\0';
	fault->nth = number_of(word);
	fault->last = dash == NULL ? fault->nth : number_of(dash);
}

static void
add_fault(char *text)
{
	struct fault *fault = &shared->faults[fault_count];
	const char *name;

	if (fault_count == FAULTS_MAX)
		misuse("too many faults", text);
	fault_count++;
	name = take_word(&text);
	check_name(name);
	(void)strlcpy(fault->call, name, sizeof(fault->call));
	set_nth(fault, take_word(&text));
	set_what(fault, text);
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
	kill_number = number_of(take_word(&rest));
	is_kill_after = strcmp(rest, "after") == 0;
	if (!is_kill_after && strcmp(rest, "before") != 0)
		misuse("MDA_KILL", value);
}

/* By each process that ends well; one of them was started by the test. */
static void
check_met(void)
{
	size_t i;

	if (process_number != 1)
		return;
	for (i = 0; i < fault_count; i++)
		if (!shared->faults[i].is_met && !shared->faults[i].may_miss &&
		    shared->faults[i].nth != 0)
			misuse("never met", shared->faults[i].call);
	if (kill_number > 0 && !shared->is_kill_met)
		misuse("never met", "MDA_KILL");
	if (shared->is_misused)
		_exit(EXIT_MISUSE);
}

static void
make_shared(void)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED) {
		shared = NULL;
		misuse("cannot map", "memory to share");
	}
	shared->processes = 1;
}

static void
read_environment(void)
{
	const char *value;

	if ((value = getenv("MDA_PROCESS")) != NULL)
		process_meant = number_of(value);
	if ((value = getenv("MDA_FAULT")) != NULL)
		read_faults(value);
	if ((value = getenv("MDA_KILL")) != NULL)
		read_kill(value);
	trace_book.path = getenv("MDA_TRACE");
}

/* ---- Who is who --------------------------------------------------------- */

static bool
is_meant(void)
{
	return process_meant == 0 || process_meant == process_number;
}

/* While they can be opened: later there may be a sandbox. */
static void
open_books(void)
{
	record_prepare();
	if (!notebook_open(&trace_book))
		misuse("MDA_TRACE", trace_book.path);
}

static void
before_fork(void)
{
	next_number = ++shared->processes;
	open_books();
}

/*
 * Where a fault is one process's, its calls count from its beginning. Its
 * number was told before the fork: there may be one more by now.
 */
static void
in_child(void)
{
	process_number = next_number;
	if (process_meant == 0)
		return;
	memset(counts, 0, sizeof(counts));
	calls_made = 0;
}

void
fault_start(void)
{
	make_shared();
	read_environment();
	if (atexit(check_met) != 0 ||
	    pthread_atfork(before_fork, NULL, in_child) != 0)
		misuse("no room", "for what is to be called");
}

/* ---- A call passes ------------------------------------------------------ */

static void
trace(const struct passing *passing, long long result)
{
	char line[80];
	int length;

	if (!is_meant())
		return;
	if (result == -1)
		length = snprintf(line, sizeof(line), "%ld %s %s\n",
		    passing->number, passing->name, errno_name(errno));
	else
		length = snprintf(line, sizeof(line), "%ld %s %lld\n",
		    passing->number, passing->name, result);
	if (!notebook_write(&trace_book, line, (size_t)length))
		misuse("cannot write", "MDA_TRACE");
}

static bool
is_hit(const struct fault *fault, long nth)
{
	if (fault->is_odd)
		return nth % 2 == 1;
	return fault->nth == 0 || (fault->nth <= nth && nth <= fault->last);
}

static struct fault *
find_fault(const char *name, long nth)
{
	struct fault *fault = shared->faults;
	size_t i;

	for (i = 0; is_meant() && i < fault_count; i++, fault++)
		if (strcmp(fault->call, name) == 0 && is_hit(fault, nth))
			return fault;
	return NULL;
}

static void
kill_around(const struct passing *passing, bool is_after)
{
	if (passing->number != kill_number || is_after != is_kill_after ||
	    !is_meant())
		return;
	shared->is_kill_met = true;
	(void)kill(getpid(), SIGKILL);
}

static struct passing
pass_begin(enum call call)
{
	struct passing passing = { call_names[call], ++calls_made, NULL };

	open_books();
	counts[call]++;
	kill_around(&passing, false);
	passing.fault = find_fault(passing.name, counts[call]);
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
	if (passing->fault != NULL && passing->fault->what == WHAT_ONE)
		return size_bytes > 0;
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

#define PASS_PLAIN(type, name, params, args)                      \
	static type fault_##name params                           \
	{                                                         \
		struct passing passing = pass_begin(CALL_##name); \
		long long result = -1;                            \
                                                                  \
		if (!is_left_out(&passing))                       \
			result = real_calls.name args;            \
		return (type)pass_end(&passing, result);          \
	}

#define PASS_BYTES(type, name, params, args)                      \
	static type fault_##name params                           \
	{                                                         \
		struct passing passing = pass_begin(CALL_##name); \
		long long result = -1;                            \
                                                                  \
		size_bytes = cut_size(&passing, size_bytes);      \
		if (!is_left_out(&passing))                       \
			result = real_calls.name args;            \
		return (type)pass_end(&passing, result);          \
	}

/* The descriptor is gone whatever close() says: Linux, and most others. */
#define PASS_CLOSING(type, name, params, args)                         \
	static type fault_##name params                                \
	{                                                              \
		struct passing passing = pass_begin(CALL_##name);      \
                                                                       \
		return (type)pass_end(&passing, real_calls.name args); \
	}

EVERY_CALL(PASS_PLAIN, PASS_CLOSING, PASS_BYTES, PASS_PLAIN)

#define MEMBER_ONE(type, name, params, args) .name = fault_##name,

const struct sys_calls fault_calls = { EVERY_CALL(MEMBER_ONE, MEMBER_ONE,
    MEMBER_ONE, MEMBER_ONE) };
