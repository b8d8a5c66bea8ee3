#include "mda/syslog_socket.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "base/logline.h"
#include "compat/compat.h"

static bool
connect_to(int fd, const char *path)
{
	struct sockaddr_un address;

	memset(&address, 0, sizeof(address));
	address.sun_family = AF_UNIX;
	(void)strlcpy(address.sun_path, path, sizeof(address.sun_path));
	return connect(fd, (const struct sockaddr *)&address,
		   sizeof(address)) == 0;
}

/* Where the daemon listens, as the system's own syslog(3) has it. */
#ifndef _PATH_LOG
#define _PATH_LOG "/dev/log"
#endif

/*
 * Never waits, by a flag of its own: send() with MSG_DONTWAIT is on some
 * processors the same system call as socket(), which a sandbox refuses.
 */
static int
open_socket(void)
{
#if defined(SOCK_NONBLOCK) && defined(SOCK_CLOEXEC)
	return socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
#else
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	if (fd != -1)
		(void)fcntl(fd, F_SETFL, O_NONBLOCK); /* never fails here */
	return fd;
#endif
}

int
syslog_open(void)
{
	int fd = open_socket();

	/* Where nobody listens it stays open: the process ends soon. */
	return fd != -1 && connect_to(fd, _PATH_LOG) ? fd : -1;
}

bool
syslog_write(int syslog_fd, int severity, const char *text)
{
	char line[LOGLINE_MAX + 64];
	int length;

	if (syslog_fd == -1)
		return true;
	length = snprintf(line, sizeof(line), "<%d>mda: %s",
	    LOG_MAIL | severity, text);
	return write(syslog_fd, line, (size_t)length) != -1 ||
	    errno != EMSGSIZE;
}

bool
syslog_is_there(void)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	bool is_there = fd != -1 && connect_to(fd, _PATH_LOG);

	if (fd != -1)
		(void)close(fd); /* nothing was sent */
	return is_there;
}
