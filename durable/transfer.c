#include "durable/transfer.h"

#include <errno.h>

#include "base/sys.h"

ssize_t
transfer_read_at(int fd, void *data, size_t size_bytes, off_t at)
{
	size_t used = 0;

	while (used < size_bytes) {
		ssize_t got = sys->pread(fd, (char *)data + used,
		    size_bytes - used, at + (off_t)used);

		if (got == -1 && errno == EINTR)
			continue;
		if (got == -1)
			return -1;
		if (got == 0)
			break;
		used += (size_t)got;
	}
	return (ssize_t)used;
}

/* true when the write may go on; *left counts down. */
static bool
advance(ssize_t taken, const char **next, size_t *left)
{
	if (taken == -1 && errno == EINTR)
		return true;
	if (taken == 0)
		errno = ENOSPC;
	if (taken <= 0)
		return false;
	*next += taken;
	*left -= (size_t)taken;
	return true;
}

bool
transfer_write(int fd, const void *data, size_t size_bytes)
{
	const char *next = data;

	while (size_bytes > 0)
		if (!advance(sys->write(fd, next, size_bytes), &next,
			&size_bytes))
			return false;
	return true;
}

bool
transfer_write_at(int fd, const void *data, size_t size_bytes, off_t at)
{
	const char *next = data;

	while (size_bytes > 0)
		if (!advance(sys->pwrite(fd, next, size_bytes,
				 at + (off_t)(next - (const char *)data)),
			&next, &size_bytes))
			return false;
	return true;
}
