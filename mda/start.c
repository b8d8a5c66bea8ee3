#include "mda/start.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "compat/compat.h"

/*
 * One look instead of an open, which takes ten times as long. Some systems
 * say of each device what others say only of what is closed: they open.
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
 * filled. Opened for writing, standard input answers a read with EBADF.
 */
static void
fill_standard_fds(bool *has_input_out)
{
	int fd;

	*has_input_out = true;
	if (has_standard_fds())
		return;
	do {
		fd = open("/dev/null", O_WRONLY);
		if (fd == STDIN_FILENO)
			*has_input_out = false;
	} while (fd >= 0 && fd <= STDERR_FILENO);
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
