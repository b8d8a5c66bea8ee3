#include "mbox/record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/block.h"
#include "base/checksum.h"
#include "base/sys.h"
#include "compat/compat.h"
#include "durable/transfer.h"
#include "mbox/filter.h"

enum { ROOM_FIRST_BYTES = 16 * 1024 };

static const char subject[] = "the message";

static enum verdict
grow(struct record *record, size_t more_bytes, struct failure *why)
{
	size_t wanted = record->room_bytes + more_bytes;
	char *bigger;

	if (wanted < 2 * record->room_bytes)
		wanted = 2 * record->room_bytes;
	if (wanted < ROOM_FIRST_BYTES)
		wanted = ROOM_FIRST_BYTES;
	bigger = block_take(wanted);
	if (bigger == NULL)
		return failure_errno(why, "malloc", subject);
	if (record->used_bytes > 0)
		memcpy(bigger, record->memory, record->used_bytes);
	block_give(record->memory);
	record->memory = bigger;
	record->room_bytes = wanted;
	return VERDICT_OK;
}

static enum verdict
put_in_memory(struct record *record, struct span data, struct failure *why)
{
	enum verdict verdict = VERDICT_OK;

	if (data.size_bytes > record->room_bytes - record->used_bytes)
		verdict = grow(record, data.size_bytes, why);
	if (verdict != VERDICT_OK)
		return verdict;
	memcpy(record->memory + record->used_bytes, data.at, data.size_bytes);
	record->used_bytes += data.size_bytes;
	return VERDICT_OK;
}

static enum verdict
write_spill(struct record *record, struct span data, struct failure *why)
{
	ssize_t taken;

	while (data.size_bytes > 0) {
		taken = sys->write(
		    record->spill_fd, data.at, data.size_bytes);
		if (taken == -1 && errno == EINTR)
			continue;
		if (taken == 0)
			errno = ENOSPC; /* a write that never advances */
		if (taken <= 0)
			return failure_errno(why, "spill", subject);
		data = span_from(data, (size_t)taken);
	}
	return VERDICT_OK;
}

/* With a spill file, memory is the buffer in front of it. */
static enum verdict
flush(struct record *record, struct failure *why)
{
	struct span held = { record->memory, record->used_bytes };

	record->used_bytes = 0;
	return write_spill(record, held, why);
}

static enum verdict
put(void *context, struct span data, struct failure *why)
{
	enum { BUFFER_BYTES = 256 * 1024 };
	struct record *record = context;
	enum verdict verdict = VERDICT_OK;

	if (record->spill_fd != -1 &&
	    record->used_bytes + data.size_bytes > BUFFER_BYTES)
		verdict = flush(record, why);
	if (verdict != VERDICT_OK)
		return verdict;
	if (record->spill_fd != -1 && data.size_bytes > BUFFER_BYTES)
		return write_spill(record, data, why);
	return put_in_memory(record, data, why);
}

static int
open_unlinked(int dir_fd, const char *dir)
{
	char name[96];
	uint64_t random_bits;
	int fd;

	arc4random_buf(&random_bits, sizeof(random_bits));
	(void)snprintf(name, sizeof(name), "%s.mda-spool.%ld.%016llx", dir,
	    (long)getpid(), (unsigned long long)random_bits);
	fd = sys->openat(dir_fd, name,
	    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd != -1)
		(void)sys->unlinkat(dir_fd, name, 0); /* else it is litter */
	return fd;
}

static enum verdict
open_spill(struct record *record, int dir_fd, struct failure *why)
{
	record->spill_fd = open_unlinked(dir_fd, "");
	if (record->spill_fd == -1 && (errno == EACCES || errno == EROFS))
		record->spill_fd = open_unlinked(
		    AT_FDCWD, RECORD_SPILL_FOLDER "/");
	if (record->spill_fd == -1)
		return failure_errno(why, "spill", subject);
	return VERDICT_OK;
}

/* Write the digits over the blanks that the filter left. */
static enum verdict
patch_length(struct record *record, const struct filter *filter,
    off_t filter_at, struct failure *why)
{
	char digits[FILTER_LENGTH_DIGITS + 1];
	off_t at = filter_at + (off_t)filter->length_at;
	size_t length;

	if (filter->length_at == -1)
		return VERDICT_OK;
	length = (size_t)snprintf(digits, sizeof(digits), "%lld",
	    filter->out_bytes - filter->body_at);
	if (record->spill_fd == -1)
		memcpy(record->memory + at, digits, length);
	else if (!transfer_write_at(record->spill_fd, digits, length, at))
		return failure_errno(why, "spill", subject);
	return VERDICT_OK;
}

static enum verdict
write_all(struct record *record, struct message *message,
    enum mbox_format format, struct failure *why)
{
	struct filter filter;
	enum verdict verdict;

	verdict = put(record, span_of("\n\n"), why); /* RECORD_LEAD_MAX */
	if (verdict == VERDICT_OK)
		verdict = put(record, span_of(record->from_line), why);
	filter_start(&filter, format, put, record);
	if (verdict == VERDICT_OK)
		verdict = message_copy(message, filter_put, &filter, why);
	if (verdict == VERDICT_OK)
		verdict = filter_end(&filter, why);
	if (verdict == VERDICT_OK)
		verdict = put(record, span_of("\n"), why);
	if (verdict == VERDICT_OK && record->spill_fd != -1)
		verdict = flush(record, why);
	if (verdict == VERDICT_OK)
		verdict = patch_length(record, &filter,
		    RECORD_LEAD_MAX + (off_t)strlen(record->from_line), why);
	return verdict;
}

static enum verdict
find_bytes(struct record *record, struct failure *why)
{
	off_t end;

	record->bytes.at = record->memory + RECORD_LEAD_MAX;
	record->bytes.size_bytes = record->used_bytes - RECORD_LEAD_MAX;
	if (record->spill_fd == -1)
		return VERDICT_OK;
	end = sys->lseek(record->spill_fd, 0, SEEK_CUR);
	if (end == -1 || !map_open(&record->map, record->spill_fd, 0, end))
		return failure_errno(why, "spill-map", subject);
	record->bytes = span_from(record->map.bytes, RECORD_LEAD_MAX);
	return VERDICT_OK;
}

enum verdict
record_make(struct record *record, struct message *message,
    enum mbox_format format, int dir_fd, time_t when, struct failure *why)
{
	enum verdict verdict = VERDICT_OK;

	memset(record, 0, sizeof(*record));
	record->spill_fd = -1;
	record->is_identifiable = message_is_identifiable(message);
	from_line_make(record->from_line, message->envelope.sender, when);
	if (!message_is_repeatable(message))
		verdict = open_spill(record, dir_fd, why);
	if (verdict == VERDICT_OK)
		verdict = write_all(record, message, format, why);
	if (verdict == VERDICT_OK)
		verdict = find_bytes(record, why);
	if (verdict == VERDICT_OK)
		record->sum = checksum(record->bytes);
	return verdict;
}

struct span
record_with_lead(const struct record *record, size_t lead)
{
	struct span whole = record->bytes;

	whole.at -= lead; /* write_all() put them there */
	whole.size_bytes += lead;
	return whole;
}

void
record_free(struct record *record)
{
	map_close(&record->map);
	block_give(record->memory);
	record->memory = NULL;
	if (record->spill_fd != -1)
		(void)sys->close(record->spill_fd); /* unlinked long since */
	record->spill_fd = -1;
}
