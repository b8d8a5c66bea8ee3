#include "durable/append.h"

#include <errno.h>
#include <unistd.h>

#include "base/sys.h"
#include "durable/sync.h"

enum verdict
append_cut(int fd, off_t size_bytes, const char *path, struct failure *why)
{
	int answer;

	do
		answer = sys->ftruncate(fd, size_bytes);
	while (answer == -1 && errno == EINTR);
	if (answer == -1)
		return failure_errno(why, "ftruncate", path);
	return sync_file(fd, path, why);
}

/* The first failure is the one that counts. */
static enum verdict
undo(struct append *append, struct failure *why)
{
	struct failure second;

	why->residue = !append->may_cut ||
	    append_cut(append->fd, append->start, append->path, &second) !=
		VERDICT_OK;
	return VERDICT_RETRY;
}

enum verdict
append_write(struct append *append, struct span bytes, struct failure *why)
{
	ssize_t taken;

	while (bytes.size_bytes > 0) {
		taken = sys->write(append->fd, bytes.at, bytes.size_bytes);
		if (taken == -1 && errno == EINTR)
			continue;
		if (taken == 0)
			errno = ENOSPC; /* a write that never advances */
		if (taken <= 0) {
			(void)failure_errno(why, "write", append->path);
			return undo(append, why);
		}
		bytes = span_from(bytes, (size_t)taken);
	}
	append->end = sys->lseek(append->fd, 0, SEEK_CUR);
	if (append->end == -1) {
		(void)failure_errno(why, "lseek", append->path);
		return undo(append, why);
	}
	return VERDICT_OK;
}
