#include "message/spool.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/block.h"
#include "base/interrupt.h"
#include "base/sys.h"

enum {
	FIRST_BYTES = 64 * 1024, /* what a pipe gives in one read */
	BLOCK_BYTES = 256 * 1024
};

static const char subject[] = "standard input";

static ssize_t
read_from(struct spool *spool, char *data, size_t size_bytes)
{
	ssize_t got;

	if (spool->next == -1)
		return sys->read(spool->in_fd, data, size_bytes);
	got = sys->pread(spool->in_fd, data, size_bytes, spool->next);
	if (got > 0)
		spool->next += got;
	return got;
}

/* EAGAIN: whoever started us has left it non-blocking, and we must wait. */
static bool
may_read_again(const struct spool *spool)
{
	struct pollfd polled = { spool->in_fd, POLLIN, 0 };

	if (errno == EINTR)
		return true;
	if (errno != EAGAIN && errno != EWOULDBLOCK)
		return false;
	(void)poll(&polled, 1, -1); /* a signal ends it as well */
	return true;
}

static enum verdict
read_once(struct spool *spool, char *data, size_t size_bytes,
    size_t *got_bytes_out, struct failure *why)
{
	enum verdict verdict;
	ssize_t got;

	do {
		verdict = interrupt_check(why);
		if (verdict != VERDICT_OK)
			return verdict;
		got = read_from(spool, data, size_bytes);
	} while (got == -1 && may_read_again(spool));
	if (got == -1)
		return failure_errno(why, "read", subject);
	*got_bytes_out = (size_t)got;
	spool->total_bytes += got;
	return VERDICT_OK;
}

static enum verdict
refuse_size(struct spool *spool, char *data, size_t size_bytes,
    struct failure *why)
{
	enum verdict verdict = VERDICT_OK;
	size_t got_bytes = 1;

	while (verdict == VERDICT_OK && got_bytes > 0)
		verdict = read_once(spool, data, size_bytes, &got_bytes, why);
	if (verdict != VERDICT_OK)
		return verdict;
	return failure_refuse(
	    why, "message-size", EX_UNAVAILABLE, "5.3.4", subject);
}

/* *got_bytes_out is 0 at the end of the message. */
static enum verdict
read_some(struct spool *spool, char *data, size_t size_bytes,
    size_t *got_bytes_out, struct failure *why)
{
	enum verdict verdict;

	verdict = read_once(spool, data, size_bytes, got_bytes_out, why);
	if (verdict != VERDICT_OK)
		return verdict;
	if (*got_bytes_out > 0)
		spool->last_byte = data[*got_bytes_out - 1];
	if (spool->most_bytes > 0 && spool->total_bytes > spool->most_bytes)
		return refuse_size(spool, data, size_bytes, why);
	return VERDICT_OK;
}

static enum verdict
check_end(const struct spool *spool, struct failure *why)
{
	if (spool->last_byte != '\n' && getppid() != spool->sender_pid)
		return failure_retry(why, "sender-died", "4.3.0", subject);
	return VERDICT_OK;
}

static enum verdict
grow(struct spool *spool, size_t *room_bytes, size_t limit_bytes,
    struct failure *why)
{
	size_t wanted = *room_bytes == 0 ? FIRST_BYTES : *room_bytes * 16;
	char *bigger;

	if (wanted > limit_bytes)
		wanted = limit_bytes;
	bigger = block_take(SPOOL_ROOM_BYTES + wanted);
	if (bigger == NULL)
		return failure_errno(why, "malloc", subject);
	if (spool->head_bytes > 0)
		memcpy(bigger + SPOOL_ROOM_BYTES, spool->head,
		    spool->head_bytes);
	block_give(spool->block);
	spool->block = bigger;
	spool->room_bytes = SPOOL_ROOM_BYTES;
	spool->head = bigger + SPOOL_ROOM_BYTES;
	*room_bytes = wanted;
	return VERDICT_OK;
}

static enum verdict
fill_head(struct spool *spool, size_t limit_bytes, struct failure *why)
{
	size_t room_bytes = 0;
	size_t got_bytes = 0;
	enum verdict verdict = VERDICT_OK;

	while (spool->head_bytes < limit_bytes) {
		if (spool->head_bytes == room_bytes)
			verdict = grow(spool, &room_bytes, limit_bytes, why);
		if (verdict == VERDICT_OK)
			verdict = read_some(spool,
			    spool->head + spool->head_bytes,
			    room_bytes - spool->head_bytes, &got_bytes, why);
		if (verdict != VERDICT_OK)
			return verdict;
		spool->head_bytes += got_bytes;
		if (got_bytes == 0) {
			spool->is_whole = true;
			return check_end(spool, why);
		}
	}
	return VERDICT_OK;
}

static void
start(struct spool *spool, int in_fd, off_t next, long long most_bytes)
{
	spool->in_fd = in_fd;
	spool->next = next;
	spool->block = NULL;
	spool->room_bytes = 0;
	spool->head = NULL;
	spool->head_bytes = 0;
	spool->is_whole = false;
	spool->most_bytes = most_bytes;
	spool->total_bytes = 0;
	spool->last_byte = '\0';
	spool->sender_pid = getppid();
}

enum verdict
spool_open(struct spool *spool, int in_fd, size_t limit_bytes,
    long long most_bytes, struct failure *why)
{
	start(spool, in_fd, -1, most_bytes);
	return fill_head(spool, limit_bytes, why);
}

enum verdict
spool_open_file(struct spool *spool, int in_fd, size_t limit_bytes,
    long long most_bytes, struct failure *why)
{
	start(spool, in_fd, 0, most_bytes);
	return fill_head(spool, limit_bytes, why);
}

bool
spool_is_repeatable(const struct spool *spool)
{
	return spool->is_whole || spool->next != -1;
}

enum verdict
spool_rest(struct spool *spool, spool_sink *sink, void *context,
    struct failure *why)
{
	size_t got_bytes = 0;
	struct span data;
	enum verdict verdict = VERDICT_OK;
	char *block;

	if (spool->is_whole)
		return VERDICT_OK;
	block = block_take(BLOCK_BYTES);
	if (block == NULL)
		return failure_errno(why, "malloc", subject);
	if (spool->next != -1) {
		spool->next = (off_t)spool->head_bytes;
		spool->total_bytes = (long long)spool->head_bytes;
	}
	do {
		verdict = read_some(
		    spool, block, BLOCK_BYTES, &got_bytes, why);
		data.at = block;
		data.size_bytes = got_bytes;
		if (verdict == VERDICT_OK && got_bytes > 0)
			verdict = sink(context, data, why);
	} while (verdict == VERDICT_OK && got_bytes > 0);
	block_give(block);
	if (verdict == VERDICT_OK)
		verdict = check_end(spool, why);
	return verdict;
}

static enum verdict
write_aside(void *context, struct span data, struct failure *why)
{
	const int *fd = context;

	while (data.size_bytes > 0) {
		ssize_t taken = sys->write(*fd, data.at, data.size_bytes);

		if (taken == -1 && errno == EINTR)
			continue;
		if (taken == 0)
			errno = ENOSPC; /* a write that never advances */
		if (taken <= 0)
			return failure_errno(why, "spill", "the message");
		data = span_from(data, (size_t)taken);
	}
	return VERDICT_OK;
}

enum verdict
spool_set_aside(struct spool *spool, int fd, struct failure *why)
{
	const struct span head = { spool->head, spool->head_bytes };
	enum verdict verdict;

	if (spool_is_repeatable(spool))
		return VERDICT_OK;
	verdict = write_aside(&fd, head, why);
	if (verdict == VERDICT_OK)
		verdict = spool_rest(spool, write_aside, &fd, why);
	if (verdict != VERDICT_OK)
		return verdict;
	spool->in_fd = fd;
	spool->next = (off_t)spool->head_bytes;
	return VERDICT_OK;
}

void
spool_close(struct spool *spool)
{
	block_give(spool->block);
	spool->block = NULL;
	spool->head = NULL;
}
