/*
 * at_call.c - run a program, and send it a signal at one of its system calls.
 *
 *   at_call list WHO FILE COMMAND ...    a line "NUMBER NAME" for each call
 *   at_call WHEN NUMBER WHO SIGNAL COMMAND ...
 *
 * WHEN is "before" or "after"; WHO is "first", the program itself, or
 * "second", the process that it forks. Calls count from the program's own
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

#ifdef __linux__

#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>

#include <stddef.h>

#ifndef PTRACE_EVENT_STOP
#define PTRACE_EVENT_STOP 128
#endif

enum { SYSCALL_STOP = SIGTRAP | 0x80 };

struct watch {
	bool is_list;
	bool is_after;
	bool is_second; /* which process is meant */
	long number;
	int signal;
	FILE *list;
	char **command;
	/* ---- */
	pid_t first;
	pid_t second; /* 0: not there yet */
	long calls;
	bool is_inside; /* of a call */
	bool is_started;
	bool is_sent;
	int status;
};

static void
die(const char *what)
{
	(void)fprintf(stderr, "at_call: %s: %s\n", what, strerror(errno));
	exit(EXIT_MISUSE);
}

/* Those by which the tests find their way. */
static const char *
name_of(long number)
{
	static const struct {
		long number;
		const char *name;
	} names[] = {
		{ SYS_write, "write" }, { SYS_pwrite64, "pwrite" },
		{ SYS_read, "read" }, { SYS_openat, "openat" },
		{ SYS_close, "close" }, { SYS_fsync, "fsync" },
		{ SYS_fdatasync, "fdatasync" }, { SYS_linkat, "linkat" },
		{ SYS_unlinkat, "unlinkat" }, { SYS_mkdirat, "mkdirat" },
		{ SYS_ftruncate, "ftruncate" },
		{ SYS_rt_sigaction, "rt_sigaction" },
		{ SYS_rt_sigprocmask, "rt_sigprocmask" },
		{ SYS_exit_group, "exit_group" },
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].number == number)
			return names[i].name;
	return "other";
}

static long
call_number(pid_t pid)
{
	struct {
		unsigned char op;
		unsigned char pad[3];
		unsigned int arch;
		unsigned long long ip;
		unsigned long long sp;
		unsigned long long nr;
		unsigned long long args[7];
	} info;

	memset(&info, 0, sizeof(info));
	/* PTRACE_GET_SYSCALL_INFO, Linux 5.3; older headers lack the name. */
	if (ptrace((enum __ptrace_request)0x420e, pid, sizeof(info), &info) <= 0)
		return -1;
	return (long)info.nr;
}

static void
start(struct watch *watch)
{
	long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC |
	    PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE;
	int status;

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
	(void)ptrace(PTRACE_SYSCALL, watch->first, NULL, 0L);
}

static bool
is_watched(const struct watch *watch, pid_t pid)
{
	return watch->is_started &&
	    pid == (watch->is_second ? watch->second : watch->first);
}

/* true when the process is to run freely from here. */
static bool
pass_call(struct watch *watch, pid_t pid)
{
	watch->is_inside = !watch->is_inside;
	if (watch->is_inside)
		watch->calls++;
	if (watch->is_inside && watch->is_list)
		(void)fprintf(watch->list, "%ld %s\n", watch->calls,
		    name_of(call_number(pid)));
	if (watch->is_list || watch->calls != watch->number ||
	    watch->is_inside == watch->is_after)
		return false;
	watch->is_sent = true;
	(void)kill(pid, watch->signal);
	return true;
}

static void
pass_stop(struct watch *watch, pid_t pid, int status)
{
	int event = status >> 16;
	int signal = WSTOPSIG(status);
	unsigned long child;

	if (signal == SYSCALL_STOP) {
		signal = 0;
		if (is_watched(watch, pid) && pass_call(watch, pid)) {
			(void)ptrace(PTRACE_DETACH, pid, NULL, 0L);
			return;
		}
	} else if (event == PTRACE_EVENT_EXEC) {
		signal = 0;
		watch->is_started = true;
		watch->is_inside = true; /* of execve(2) */
	} else if (event != 0) {
		signal = 0;
		if (ptrace(PTRACE_GETEVENTMSG, pid, NULL, &child) == 0 &&
		    watch->second == 0) {
			watch->second = (pid_t)child;
			if (watch->is_second)
				watch->is_inside = false;
		}
	} else if (signal == SIGSTOP) {
		signal = 0; /* the first stop of one that was forked */
	}
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
		{ "HUP", SIGHUP }, { "ALRM", SIGALRM }, { "INT", SIGINT },
		{ "SEGV", SIGSEGV } };
	size_t i;

	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (strcmp(signals[i].name, name) == 0)
			return signals[i].number;
	errno = EINVAL;
	die(name);
	return 0;
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
	watch.is_second = strcmp(argv[watch.is_list ? 2 : 3], "second") == 0;
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
