/*
 * careless.c - start a program the way a careless parent does.
 *
 * careless PROGRAM [ARGUMENT ...]: each signal is ignored and blocked, core
 * files have no limit, the umask is 0, and descriptors far apart are open.
 */
#include <sys/resource.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SIGNALS = 32, FD_NEAR = 3, FD_FAR = 200 };

int
main(int argc, char **argv)
{
	struct rlimit core;
	sigset_t all;
	int number;

	if (argc < 2)
		return 2;
	for (number = 1; number < SIGNALS; number++)
		(void)signal(number, SIG_IGN); /* but KILL and STOP */
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_BLOCK, &all, NULL);
	(void)umask(0);
	if (getrlimit(RLIMIT_CORE, &core) == 0) {
		core.rlim_cur = core.rlim_max;
		(void)setrlimit(RLIMIT_CORE, &core);
	}
	(void)dup2(STDOUT_FILENO, FD_NEAR);
	(void)dup2(STDOUT_FILENO, FD_FAR);
	(void)execv(argv[1], argv + 1);
	(void)fprintf(stderr, "careless: %s: %s\n", argv[1], strerror(errno));
	return 127;
}
