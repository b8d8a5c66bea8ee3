/*
 * at_call.c - run a program, and send it a signal at one of its system calls.
 *
 *   at_call list WHO FILE COMMAND ...    a line "NUMBER NAME" for each call
 *   at_call WHEN NUMBER WHO SIGNAL COMMAND ...
 *
 * WHEN is "before" or "after"; WHO is "first", the program itself, or
 * "second", the process that it forks, or a number: 3 is the next one that any
 * of them forks, and so on. Calls count from the program's own
 * first one, so the loader's are among them. The program is not changed, and
 * runs freely behind the signal. The status is the program's, 128 and the
 * signal when it dies of one, 97 when it never made so many calls, and 98
 * where processes cannot be watched. It comes when all of its processes have
 * ended.
 */
#include <sys/types.h>
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_MISUSE = 99, EXIT_NOT_HERE = 98, EXIT_NEVER = 97 };
enum { PROCESSES_MAX = 64 };

#ifdef __linux__

#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

#include <fcntl.h>

enum { SYSCALL_STOP = SIGTRAP | 0x80 };

struct watch {
	bool is_list;
	bool is_after;
	long who; /* which process is meant: 1 is the first */
	long number;
	int signal;
	FILE *list;
	char **command;
	/* ---- */
	pid_t first;
	long seen;   /* so many processes */
	pid_t meant; /* 0: not there yet */
	pid_t pids[PROCESSES_MAX];
	long calls;
	bool is_inside; /* of a call */
	bool is_started;
	bool is_sent;
	int status;
};

/* PTRACE_GET_SYSCALL_INFO, Linux 5.3; older headers lack both. */
#define GET_SYSCALL_INFO 0x420e
enum { INFO_ENTRY = 1 };

struct call_info {
	unsigned char op;
	unsigned char pad[3];
	unsigned int arch;
	unsigned long long at;
	unsigned long long stack;
	unsigned long long number;
	unsigned long long args[7];
};

static void
die(const char *what)
{
	(void)fprintf(stderr, "at_call: %s: %s\n", what, strerror(errno));
	exit(EXIT_MISUSE);
}

/* Those that change a file system, and those by which tests find their way. */
static const char *
name_of(const struct call_info *info)
{
	static const struct {
		unsigned long long number;
		const char *name;
	} names[] = {
		{ SYS_write, "write" }, { SYS_writev, "write" },
		{ SYS_pwrite64, "pwrite" }, { SYS_fsync, "fsync" },
		{ SYS_fdatasync, "fdatasync" }, { SYS_linkat, "linkat" },
		{ SYS_unlinkat, "unlinkat" }, { SYS_mkdirat, "mkdirat" },
		{ SYS_ftruncate, "ftruncate" },
		{ SYS_rt_sigaction, "sigaction" },
	};
	size_t i;

	if (info->number == SYS_openat)
		return (info->args[2] & O_CREAT) != 0 ? "create" : "openat";
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].number == info->number)
			return names[i].name;
	return "other";
}

static void
list_call(const struct watch *watch, pid_t pid)
{
	struct call_info info;

	memset(&info, 0, sizeof(info));
	if (ptrace(GET_SYSCALL_INFO, pid, sizeof(info), &info) <= 0)
		exit(EXIT_NOT_HERE);
	if (info.op != INFO_ENTRY) {
		errno = EPROTO;
		die("a stop that is no call");
	}
	(void)fprintf(watch->list, "%ld %s\n", watch->calls, name_of(&info));
}

/* What is forked is watched only when it is meant. */
static void
start(struct watch *watch)
{
	long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC;
	int status;

	if (watch->who > 1)
		options |= PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
		    PTRACE_O_TRACECLONE;
	/* Orphans become ours, so that all can be waited for. */
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	watch->first = fork();
	if (watch->first == -1)
		die("fork");
	if (watch->first == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == -1)
			_exit(EXIT_NOT_HERE);
		(void)raise(SIGSTOP);
		(void)execv(watch->command[0], watch->command);
		_exit(EXIT_MISUSE);
	}
	if (waitpid(watch->first, &status, 0) == -1)
		die("waitpid");
	if (WIFEXITED(status))
		exit(WEXITSTATUS(status));
	if (ptrace(PTRACE_SETOPTIONS, watch->first, NULL, options) == -1)
		exit(EXIT_NOT_HERE);
	(void)ptrace(PTRACE_CONT, watch->first, NULL, 0L);
}

static bool
is_watched(const struct watch *watch, pid_t pid)
{
	return watch->is_started && pid == watch->meant;
}

/* true when the process is to run freely from here. */
static bool
pass_call(struct watch *watch, pid_t pid)
{
	watch->is_inside = !watch->is_inside;
	if (watch->is_inside)
		watch->calls++;
	if (watch->is_list) {
		if (watch->is_inside)
			list_call(watch, pid);
		return false;
	}
	if (watch->calls != watch->number ||
	    watch->is_inside == watch->is_after)
		return false;
	watch->is_sent = true;
	(void)kill(pid, watch->signal);
	return true;
}

/*
 * A parent goes on only when it has told of its child, whose own first stop may
 * be seen before that: so they are counted in the order in which they came.
 */
static void
count_process(struct watch *watch, pid_t pid)
{
	long i;

	for (i = 0; i < watch->seen; i++)
		if (watch->pids[i] == pid)
			return;
	if (watch->seen == PROCESSES_MAX)
		return;
	watch->pids[watch->seen++] = pid;
	if (watch->seen != watch->who)
		return;
	watch->meant = pid;
	watch->is_inside = false;
}

/* gives the signal that the process is to get. */
static int
pass_event(struct watch *watch, pid_t pid, int status)
{
	int event = status >> 16;
	int signal = WSTOPSIG(status);
	unsigned long forked = 0;

	if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK ||
	    event == PTRACE_EVENT_CLONE) {
		(void)ptrace(PTRACE_GETEVENTMSG, pid, NULL, &forked);
		count_process(watch, (pid_t)forked);
	} else if (event == PTRACE_EVENT_EXEC) {
		if (!watch->is_started)
			count_process(watch, pid);
		watch->is_started = true;
		watch->is_inside = true; /* of execve(2) */
	} else if (watch->is_started) {
		count_process(watch, pid);
	}
	if (event != 0 || signal == SIGSTOP || signal == SYSCALL_STOP)
		return 0;
	return signal;
}

static void
pass_stop(struct watch *watch, pid_t pid, int status)
{
	int signal = pass_event(watch, pid, status);

	if (!is_watched(watch, pid)) {
		(void)ptrace(PTRACE_CONT, pid, NULL, (long)signal);
		return;
	}
	if (WSTOPSIG(status) == SYSCALL_STOP && pass_call(watch, pid))
		(void)ptrace(PTRACE_DETACH, pid, NULL, 0L);
	else
		(void)ptrace(PTRACE_SYSCALL, pid, NULL, (long)signal);
}

/* Until nobody is left. */
static void
run(struct watch *watch)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, __WALL)) != -1 || errno == EINTR) {
		if (pid == -1)
			continue;
		if (WIFSTOPPED(status))
			pass_stop(watch, pid, status);
		else if (pid == watch->first)
			watch->status = WIFSIGNALED(status)
			    ? 128 + WTERMSIG(status)
			    : WEXITSTATUS(status);
	}
}

static int
signal_of(const char *name)
{
	static const struct {
		const char *name;
		int number;
	} signals[] = { { "KILL", SIGKILL }, { "TERM", SIGTERM },
		{ "HUP", SIGHUP }, { "ALRM", SIGALRM } };
	size_t i;

	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (strcmp(signals[i].name, name) == 0)
			return signals[i].number;
	errno = EINVAL;
	die(name);
	return 0;
}

static long
who_of(const char *word)
{
	if (strcmp(word, "first") == 0)
		return 1;
	if (strcmp(word, "second") == 0)
		return 2;
	return strtol(word, NULL, 10);
}

int
main(int argc, char **argv)
{
	struct watch watch;

	memset(&watch, 0, sizeof(watch));
	if (argc < 6)
		return EXIT_MISUSE;
	watch.is_list = strcmp(argv[1], "list") == 0;
	watch.is_after = strcmp(argv[1], "after") == 0;
	watch.who = who_of(argv[watch.is_list ? 2 : 3]);
	if (watch.is_list) {
		watch.list = fopen(argv[3], "we");
		watch.command = argv + 4;
		if (watch.list == NULL)
			die(argv[3]);
	} else {
		watch.number = strtol(argv[2], NULL, 10);
		watch.signal = signal_of(argv[4]);
		watch.command = argv + 5;
	}
	start(&watch);
	run(&watch);
	if (watch.is_list && fclose(watch.list) != 0)
		die("list");
	return watch.is_list || watch.is_sent ? watch.status : EXIT_NEVER;
}

#else

int
main(void)
{
	return EXIT_NOT_HERE;
}

#endif
