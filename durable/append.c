#include "durable/append.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/sys.h"
#include "durable/sync.h"

enum {
	PIECE_BYTES = 16 * 1024,
	WRITE_MOST_BYTES = 1 << 30 /* macOS refuses more than an int can say */
};

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

static bool
begins_with_piece(int fd, off_t at, off_t end, struct span *bytes)
{
	char piece[PIECE_BYTES];
	size_t wanted = sizeof(piece);
	ssize_t got;

	if (end - at < (off_t)sizeof(piece))
		wanted = (size_t)(end - at);
	got = sys->pread(fd, piece, wanted, at);
	if (got <= 0 || (size_t)got > bytes->size_bytes ||
	    memcmp(piece, bytes->at, (size_t)got) != 0)
		return false;
	*bytes = span_from(*bytes, (size_t)got);
	return true;
}

/*
 * A program that takes other locks, or none, may have appended or cut
 * meanwhile. So what stands behind start is looked at: is it the beginning of
 * our bytes, and nothing else? A write that failed has not told how many.
 */
static bool
is_end_ours(const struct append *append, struct span bytes)
{
	size_t all_bytes = bytes.size_bytes;
	off_t at = append->start;
	off_t end = sys->lseek(append->fd, 0, SEEK_END);

	if (end < at)
		return false;
	while (at < end) {
		if (!begins_with_piece(append->fd, at, end, &bytes))
			return false;
		at = append->start + (off_t)(all_bytes - bytes.size_bytes);
	}
	return true;
}

/* The first failure is the one that counts. */
static void
undo(struct append *append, struct span bytes, struct failure *why)
{
	struct failure second;

	why->residue = !append->may_cut || !is_end_ours(append, bytes) ||
	    append_cut(append->fd, append->start, append->path, &second) !=
		VERDICT_OK;
}

static enum verdict
write_all(const struct append *append, struct span rest, struct failure *why)
{
	while (rest.size_bytes > 0) {
		size_t wanted = rest.size_bytes;
		ssize_t taken;

		if (wanted > WRITE_MOST_BYTES)
			wanted = WRITE_MOST_BYTES;
		taken = sys->write(append->fd, rest.at, wanted);
		if (taken == -1 && errno == EINTR)
			continue;
		if (taken == 0)
			errno = ENOSPC; /* a write that never advances */
		if (taken <= 0)
			return failure_errno(why, "write", append->path);
		rest = span_from(rest, (size_t)taken);
	}
	return VERDICT_OK;
}

enum verdict
append_write(struct append *append, struct span bytes, struct failure *why)
{
	enum verdict verdict = write_all(append, bytes, why);

	if (verdict == VERDICT_OK) {
		append->end = sys->lseek(append->fd, 0, SEEK_CUR);
		if (append->end == -1)
			verdict = failure_errno(why, "lseek", append->path);
	}
	if (verdict == VERDICT_OK)
		verdict = sync_written(append->fd, append->path, why);
	if (verdict != VERDICT_OK)
		undo(append, bytes, why);
	return verdict;
}
