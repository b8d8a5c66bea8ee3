#include "mda/syslog_socket.h"

#include <sys/socket.h>
#include <sys/un.h>

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

void
syslog_send(int severity, const char *text)
{
	char line[LOGLINE_MAX + 64];
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	int length;
	ssize_t ignored;

	if (fd == -1)
		return;
	length = snprintf(line, sizeof(line), "<%d>mda: %s",
	    LOG_MAIL | severity, text);
	if (connect_to(fd, _PATH_LOG)) {
		ignored = send(fd, line, (size_t)length, MSG_DONTWAIT);
		(void)ignored;
	}
	(void)close(fd); /* nothing to lose */
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
