#include "mda/start.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <poll.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "compat/compat.h"

/* Where there is no /dev/null, something that cannot be written to. */
static int
open_nothing(int flags)
{
	int fd = open("/dev/null", flags);

	return fd == -1 ? open("/", O_RDONLY) : fd;
}

static bool
is_open(int fd)
{
	return fcntl(fd, F_GETFD) != -1;
}

/*
 * One look instead of an open, which has a path to walk. Some systems say of
 * each device what others say only of what is closed: there we open.
 */
static bool
has_standard_fds(void)
{
	struct pollfd fds[STDERR_FILENO + 1] = {
		{ STDIN_FILENO, 0, 0 },
		{ STDOUT_FILENO, 0, 0 },
		{ STDERR_FILENO, 0, 0 },
	};

	return poll(fds, STDERR_FILENO + 1, 0) == 0;
}

/*
 * open() gives the lowest free number: whatever of 0 to 2 was closed is
 * filled. Opened for writing, standard input answers a read with EBADF. Were
 * one left free, the mailbox would be opened there, and words for people be
 * written into it.
 */
static void
fill_standard_fds(bool *has_input_out)
{
	int fd;

	*has_input_out = true;
	if (has_standard_fds())
		return;
	do {
		fd = open_nothing(O_WRONLY);
		if (fd == STDIN_FILENO)
			*has_input_out = false;
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd == -1 && (!is_open(STDIN_FILENO) || !is_open(STDOUT_FILENO) ||
			    !is_open(STDERR_FILENO)))
		_exit(EX_TEMPFAIL);
}

void
start_empty(int fd)
{
	(void)close(fd); /* whatever became of it, it is free */
	if (open_nothing(O_RDWR) != fd)
		_exit(EX_TEMPFAIL);
}

void
start_process(unsigned int deadline_s, bool *has_input_out)
{
	const struct rlimit no_core = { 0, 0 };

	interrupt_start(deadline_s);
	fill_standard_fds(has_input_out);
	closefrom(STDERR_FILENO + 1);
	(void)umask(077);
	(void)setrlimit(RLIMIT_CORE, &no_core); /* mail is not to lie about */
}
