#include "filter/alone.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "compat/compat.h"

enum { SIGNALS = 32 /* those with names, on all systems */ };

/* The delivery's handlers would do the delivery's work. */
static void
reset_signals(void)
{
	sigset_t none;
	int number;

	for (number = 1; number < SIGNALS; number++)
		(void)signal(number, SIG_DFL); /* some cannot be set */
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

void
alone_become(int fd)
{
	int null_fd;
	int i;

	(void)alarm(0);
	reset_signals();
	if (fd != ALONE_FD && dup2(fd, ALONE_FD) == -1)
		_exit(1);
	null_fd = open("/dev/null", O_RDWR);
	if (null_fd == -1)
		_exit(1);
	for (i = 0; i < ALONE_FD; i++)
		if (dup2(null_fd, i) == -1)
			_exit(1);
	closefrom(ALONE_FD + 1);
}
