#include "tests/fault/notebook.h"

#include <fcntl.h>
#include <unistd.h>

enum { FD_LEAST = 100 };

bool
notebook_open(struct notebook *notebook)
{
	int fd;

	if (notebook->path == NULL ||
	    (notebook->fd != -1 && fcntl(notebook->fd, F_GETFD) != -1))
		return true;
	fd = open(notebook->path, O_WRONLY | O_APPEND | O_CREAT, 0600);
	notebook->fd = fcntl(fd, F_DUPFD_CLOEXEC, FD_LEAST);
	(void)close(fd);
	return notebook->fd != -1;
}

bool
notebook_write(struct notebook *notebook, const void *data, size_t size_bytes)
{
	return notebook->path == NULL ||
	    (notebook_open(notebook) &&
		write(notebook->fd, data, size_bytes) == (ssize_t)size_bytes);
}
