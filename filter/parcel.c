#include "filter/parcel.h"

#include <sys/uio.h>

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/interrupt.h"

/* In front of each record. */
struct head {
	uint64_t kind;
	uint64_t size_bytes;
};

void
parcel_put_number(struct buffer *record, uint64_t number)
{
	const struct span bytes = { (const char *)&number, sizeof(number) };

	buffer_add(record, bytes);
}

void
parcel_put_span(struct buffer *record, struct span bytes)
{
	parcel_put_number(record, bytes.size_bytes);
	buffer_add(record, bytes);
}

uint64_t
parcel_get_number(struct parcel_reader *reader)
{
	uint64_t number;

	if (reader->is_bad || reader->rest.size_bytes < sizeof(number)) {
		reader->is_bad = true;
		return 0;
	}
	memcpy(&number, reader->rest.at, sizeof(number));
	reader->rest = span_from(reader->rest, sizeof(number));
	return number;
}

struct span
parcel_get_span(struct parcel_reader *reader)
{
	uint64_t size_bytes = parcel_get_number(reader);
	struct span bytes = reader->rest;

	if (reader->is_bad || size_bytes > bytes.size_bytes) {
		reader->is_bad = true;
		return span_of(NULL);
	}
	bytes.size_bytes = (size_t)size_bytes;
	reader->rest = span_from(reader->rest, bytes.size_bytes);
	return bytes;
}

static bool
must_stop(void)
{
	struct failure ignored; /* the delivery itself asks again */

	return interrupt_check(&ignored) != VERDICT_OK;
}

bool
parcel_add(int fd, struct span bytes)
{
	while (bytes.size_bytes > 0) {
		ssize_t taken = write(fd, bytes.at, bytes.size_bytes);

		if (taken == -1 && errno == EINTR && !must_stop())
			continue;
		if (taken <= 0)
			return false;
		bytes = span_from(bytes, (size_t)taken);
	}
	return true;
}

bool
parcel_begin(int fd, enum parcel_kind kind, struct span bytes,
    size_t total_bytes)
{
	struct head head = { kind, total_bytes };
	const struct iovec pieces[2] = {
		{ &head, sizeof(head) },
		{ (void *)bytes.at, bytes.size_bytes },
	};
	ssize_t taken;

	do
		taken = writev(fd, pieces, bytes.size_bytes > 0 ? 2 : 1);
	while (taken == -1 && errno == EINTR && !must_stop());
	if (taken < (ssize_t)sizeof(head))
		return false; /* a socket takes so little at once, or nothing */
	return parcel_add(fd, span_from(bytes, (size_t)taken - sizeof(head)));
}

bool
parcel_send(int fd, enum parcel_kind kind, struct span record)
{
	return parcel_begin(fd, kind, record, record.size_bytes);
}

/* A signal may cut the wait short, and need not mean the end. */
static bool
is_in_time(int fd, long long until_us)
{
	struct pollfd wanted = { fd, POLLIN, 0 };
	long long left_us;
	int ready = -1;

	if (until_us == 0)
		return true;
	while (ready == -1) {
		left_us = until_us - clock_us();
		if (left_us <= 0)
			return false;
		ready = poll(&wanted, 1, (int)(left_us / 1000) + 1);
		if (ready == -1 && (errno != EINTR || must_stop()))
			return false;
	}
	return ready == 1;
}

static bool
receive_all(int fd, char *at, size_t size_bytes, long long until_us)
{
	while (size_bytes > 0) {
		ssize_t got;

		if (!is_in_time(fd, until_us))
			return false;
		got = read(fd, at, size_bytes);
		if (got == -1 && errno == EINTR && !must_stop())
			continue;
		if (got <= 0)
			return false;
		at += got;
		size_bytes -= (size_t)got;
	}
	return true;
}

bool
parcel_receive(int fd, struct arena *arena, size_t most_bytes,
    long long until_us, uint64_t *kind_out, struct span *record_out)
{
	struct head head;
	char *at;

	if (!receive_all(fd, (char *)&head, sizeof(head), until_us) ||
	    head.size_bytes > most_bytes)
		return false;
	at = arena_take(arena, (size_t)head.size_bytes + 1, 1);
	if (at == NULL ||
	    !receive_all(fd, at, (size_t)head.size_bytes, until_us))
		return false;
	*kind_out = head.kind;
	record_out->at = at;
	record_out->size_bytes = (size_t)head.size_bytes;
	return true;
}
