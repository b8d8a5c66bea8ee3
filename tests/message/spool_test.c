#include "message/spool.h"

#include <atf-c.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/sys.h"
#include "tests/support/child.h"
#include "tests/support/faults.h"
#include "tests/support/files.h"
#include "tests/support/prng.h"
#include "tests/support/spans.h"

enum { LIMIT = 4096 };

/* What a sink has got. */
struct collected {
	char *data;
	size_t size_bytes;
	size_t largest_bytes;	 /* of one piece */
	size_t fail_after_bytes; /* 0: never */
};

static enum verdict
collect(void *context, struct span data, struct failure *why)
{
	struct collected *all = context;

	all->data = realloc(all->data, all->size_bytes + data.size_bytes + 1);
	ATF_REQUIRE(all->data != NULL);
	memcpy(all->data + all->size_bytes, data.at, data.size_bytes);
	all->size_bytes += data.size_bytes;
	if (data.size_bytes > all->largest_bytes)
		all->largest_bytes = data.size_bytes;
	if (all->fail_after_bytes > 0 &&
	    all->size_bytes >= all->fail_after_bytes)
		return failure_retry(why, "sink", "4.3.0", "sink");
	return VERDICT_OK;
}

/* A message of so many bytes that ends with LF. */
static char *
text_of(size_t size_bytes)
{
	struct prng prng = prng_start((unsigned int)size_bytes);
	char *text = malloc(size_bytes + 1);

	ATF_REQUIRE(text != NULL);
	prng_fill(&prng, text, size_bytes);
	if (size_bytes > 0)
		text[size_bytes - 1] = '\n';
	return text;
}

static int
file_of(const void *data, size_t size_bytes)
{
	struct span whole = { data, size_bytes };

	file_put("message", whole);
	return open("message", O_RDONLY);
}

static bool
holds(const struct spool *spool, const char *text, size_t size_bytes)
{
	return spool->head_bytes == size_bytes &&
	    (size_bytes == 0 || memcmp(spool->head, text, size_bytes) == 0);
}

ATF_TC_WITHOUT_HEAD(open__below_limit__whole);
ATF_TC_BODY(open__below_limit__whole, tc)
{
	char *text = text_of(LIMIT - 1);
	struct spool spool;
	struct failure why;

	ATF_REQUIRE_EQ(VERDICT_OK,
	    spool_open(&spool, file_of(text, LIMIT - 1), LIMIT, 0, &why));
	ATF_CHECK(spool.is_whole);
	ATF_CHECK(holds(&spool, text, LIMIT - 1));
	ATF_CHECK_EQ(LIMIT - 1, spool.total_bytes);
	spool_close(&spool);
	free(text);
}

/* Read with this limit; does all of it arrive? */
static void
check_all_arrives(size_t size_bytes, size_t limit_bytes)
{
	struct collected all = { NULL, 0, 0, 0 };
	char *text = text_of(size_bytes);
	struct spool spool;
	struct failure why;

	ATF_REQUIRE_EQ(VERDICT_OK,
	    spool_open(&spool, file_of(text, size_bytes), limit_bytes, 0, &why));
	ATF_REQUIRE(spool.head_bytes <= limit_bytes);
	ATF_REQUIRE_EQ(VERDICT_OK, spool_rest(&spool, collect, &all, &why));
	ATF_CHECK_EQ(size_bytes, spool.head_bytes + all.size_bytes);
	ATF_CHECK_EQ((long long)size_bytes, spool.total_bytes);
	ATF_CHECK(memcmp(text, spool.head, spool.head_bytes) == 0);
	ATF_CHECK(all.size_bytes == 0 ||
	    memcmp(text + spool.head_bytes, all.data, all.size_bytes) == 0);
	spool_close(&spool);
	free(all.data);
	free(text);
}

ATF_TC_WITHOUT_HEAD(rest__sizes_around_the_limit__all_bytes_arrive);
ATF_TC_BODY(rest__sizes_around_the_limit__all_bytes_arrive, tc)
{
	check_all_arrives(1, LIMIT);
	check_all_arrives(LIMIT - 1, LIMIT);
	check_all_arrives(LIMIT, LIMIT);
	check_all_arrives(LIMIT + 1, LIMIT);
	check_all_arrives(2 * LIMIT, LIMIT);
	check_all_arrives(1, 1);
	check_all_arrives(2, 1);
}

ATF_TC_WITHOUT_HEAD(rest__sizes_around_the_blocks__all_bytes_arrive);
ATF_TC_BODY(rest__sizes_around_the_blocks__all_bytes_arrive, tc)
{
	static const size_t sizes[] = { 65535, 65536, 65537, 262143, 262144,
		262145, 1048575, 1048576, 1048577 };
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		check_all_arrives(sizes[i], 1024 * 1024);
		check_all_arrives(sizes[i], 65536);
		check_all_arrives(sizes[i], 100000);
	}
}

ATF_TC_WITHOUT_HEAD(rest__large_message__pieces_stay_small);
ATF_TC_BODY(rest__large_message__pieces_stay_small, tc)
{
	enum { SIZE = 8 * 1024 * 1024 };
	struct collected all = { NULL, 0, 0, 0 };
	char *text = text_of(SIZE);
	struct spool spool;
	struct failure why;

	ATF_REQUIRE_EQ(VERDICT_OK,
	    spool_open(&spool, file_of(text, SIZE), LIMIT, 0, &why));
	ATF_REQUIRE_EQ(VERDICT_OK, spool_rest(&spool, collect, &all, &why));
	ATF_CHECK_EQ(SIZE - LIMIT, all.size_bytes);
	ATF_CHECK(all.largest_bytes <= 1024 * 1024);
	free(all.data);
	free(text);
}

ATF_TC_WITHOUT_HEAD(rest__whole_spool__nothing_to_do);
ATF_TC_BODY(rest__whole_spool__nothing_to_do, tc)
{
	struct collected all = { NULL, 0, 0, 0 };
	struct spool spool;
	struct failure why;

	ATF_REQUIRE_EQ(VERDICT_OK,
	    spool_open(&spool, file_of("a\n", 2), LIMIT, 0, &why));
	spool.in_fd = -1; /* reading it would fail */
	ATF_CHECK_EQ(VERDICT_OK, spool_rest(&spool, collect, &all, &why));
	ATF_CHECK_EQ(0, all.size_bytes);
	free(all.data);
}

ATF_TC_WITHOUT_HEAD(rest__sink_fails__its_failure);
ATF_TC_BODY(rest__sink_fails__its_failure, tc)
{
	struct collected all = { NULL, 0, 0, 1 };
	char *text = text_of(2 * LIMIT);
	struct spool spool;
	struct failure why;

	ATF_REQUIRE_EQ(VERDICT_OK,
	    spool_open(&spool, file_of(text, 2 * LIMIT), LIMIT, 0, &why));
	ATF_CHECK_EQ(VERDICT_RETRY, spool_rest(&spool, collect, &all, &why));
	ATF_CHECK_STREQ("sink", why.step);
	free(all.data);
	free(text);
}

ATF_TC_WITHOUT_HEAD(open__empty_message__whole_with_nothing);
ATF_TC_BODY(open__empty_message__whole_with_nothing, tc)
{
	struct spool spool;
	struct failure why;

	ATF_CHECK_EQ(VERDICT_OK,
	    spool_open(&spool, file_of("", 0), LIMIT, 0, &why));
	ATF_CHECK(spool.is_whole);
	ATF_CHECK_EQ(0, spool.head_bytes);
}

/* A pipe into which a child writes byte by byte. */
static int
slow_pipe(const char *text, size_t size_bytes)
{
	int ends[2];
	size_t i;

	ATF_REQUIRE_EQ(0, pipe(ends));
	if (fork() == 0) {
		for (i = 0; i < size_bytes; i++)
			if (write(ends[1], text + i, 1) != 1)
				_exit(1);
		_exit(0);
	}
	ATF_REQUIRE_EQ(0, close(ends[1]));
	return ends[0];
}

ATF_TC_WITHOUT_HEAD(open__short_reads_of_a_pipe__whole);
ATF_TC_BODY(open__short_reads_of_a_pipe__whole, tc)
{
	char *text = text_of(3000);
	struct spool spool;
	struct failure why;

	ATF_REQUIRE_EQ(VERDICT_OK,
	    spool_open(&spool, slow_pipe(text, 3000), LIMIT, 0, &why));
	ATF_CHECK(spool.is_whole);
	ATF_CHECK(holds(&spool, text, 3000));
	free(text);
}

/* As some programs leave their pipes and sockets. */
ATF_TC_WITHOUT_HEAD(open__non_blocking_pipe__waited_for);
ATF_TC_BODY(open__non_blocking_pipe__waited_for, tc)
{
	char *text = text_of(3000);
	struct spool spool;
	struct failure why;
	int fd = slow_pipe(text, 3000);

	ATF_REQUIRE_EQ(0, fcntl(fd, F_SETFL, O_NONBLOCK));
	ATF_REQUIRE_EQ(VERDICT_OK, spool_open(&spool, fd, LIMIT, 0, &why));
	ATF_CHECK(spool.is_whole);
	ATF_CHECK(holds(&spool, text, 3000));
	free(text);
}

static unsigned int interruptions;

/* Every other read is interrupted, the others give seven bytes at most. */
static ssize_t
read_haltingly(int fd, void *data, size_t size_bytes)
{
	if (++interruptions % 2 == 0) {
		errno = EINTR;
		return -1;
	}
	return read(fd, data, size_bytes > 7 ? 7 : size_bytes);
}

ATF_TC_WITHOUT_HEAD(open__eintr_and_short_reads__whole);
ATF_TC_BODY(open__eintr_and_short_reads__whole, tc)
{
	struct sys_calls broken = *sys;
	char *text = text_of(3000);
	struct spool spool;
	struct failure why;

	broken.read = read_haltingly;
	sys = &broken;
	ATF_REQUIRE_EQ(VERDICT_OK,
	    spool_open(&spool, file_of(text, 3000), LIMIT, 0, &why));
	ATF_CHECK(holds(&spool, text, 3000));
	free(text);
}

ATF_TC_WITHOUT_HEAD(open__eio_at_once__retry_at_read);
ATF_TC_BODY(open__eio_at_once__retry_at_read, tc)
{
	struct spool spool;
	struct failure why;

	faults_install();
	fail_nth(CALL_READ, 1, EIO);
	ATF_CHECK_EQ(VERDICT_RETRY,
	    spool_open(&spool, file_of("a\n", 2), LIMIT, 0, &why));
	ATF_CHECK_STREQ("read", why.step);
	ATF_CHECK_EQ(EIO, why.sys_errno);
	spool_close(&spool);
}

ATF_TC_WITHOUT_HEAD(open__eio_where_the_end_was_due__retry_at_read);
ATF_TC_BODY(open__eio_where_the_end_was_due__retry_at_read, tc)
{
	struct spool spool;
	struct failure why;

	faults_install();
	fail_nth(CALL_READ, 2, EIO);
	ATF_CHECK_EQ(VERDICT_RETRY,
	    spool_open(&spool, file_of("a\n", 2), LIMIT, 0, &why));
	ATF_CHECK_STREQ("read", why.step);
	ATF_CHECK(!spool.is_whole);
	spool_close(&spool);
}

ATF_TC_WITHOUT_HEAD(open__bad_descriptor__retry_at_read);
ATF_TC_BODY(open__bad_descriptor__retry_at_read, tc)
{
	struct spool spool;
	struct failure why;

	ATF_CHECK_EQ(VERDICT_RETRY, spool_open(&spool, -1, LIMIT, 0, &why));
	ATF_CHECK_STREQ("read", why.step);
	ATF_CHECK_EQ(EBADF, why.sys_errno);
	spool_close(&spool);
}

ATF_TC_WITHOUT_HEAD(rest__eio_in_the_middle__retry_at_read);
ATF_TC_BODY(rest__eio_in_the_middle__retry_at_read, tc)
{
	struct collected all = { NULL, 0, 0, 0 };
	char *text = text_of(3 * LIMIT);
	struct spool spool;
	struct failure why;

	ATF_REQUIRE_EQ(VERDICT_OK,
	    spool_open(&spool, file_of(text, 3 * LIMIT), LIMIT, 0, &why));
	faults_install();
	fail_nth(CALL_READ, 2, EIO);
	ATF_CHECK_EQ(VERDICT_RETRY, spool_rest(&spool, collect, &all, &why));
	ATF_CHECK_STREQ("read", why.step);
	free(all.data);
	free(text);
}

/* The pipe is at its end, and so is its writer: who started us? */
static void
check_dead_sender(const char *text, enum verdict expected)
{
	struct collected all = { NULL, 0, 0, 0 };
	size_t size_bytes = strlen(text);
	struct spool spool;
	struct failure why;

	ATF_REQUIRE_EQ(VERDICT_OK,
	    spool_open(&spool, file_of(text, size_bytes), 1, 0, &why));
	spool.sender_pid = getppid() + 1;
	ATF_CHECK_EQ(expected, spool_rest(&spool, collect, &all, &why));
	if (expected != VERDICT_OK)
		ATF_CHECK_STREQ("sender-died", why.step);
	free(all.data);
}

ATF_TC_WITHOUT_HEAD(rest__sender_gone_in_a_line__retry_at_sender_died);
ATF_TC_BODY(rest__sender_gone_in_a_line__retry_at_sender_died, tc)
{
	check_dead_sender("A: b\n\nhalf a li", VERDICT_RETRY);
}

ATF_TC_WITHOUT_HEAD(rest__sender_gone_after_newline__the_end);
ATF_TC_BODY(rest__sender_gone_after_newline__the_end, tc)
{
	check_dead_sender("A: b\n\na line\n", VERDICT_OK);
}

ATF_TC_WITHOUT_HEAD(open__sender_lives_no_newline__the_end);
ATF_TC_BODY(open__sender_lives_no_newline__the_end, tc)
{
	struct spool spool;
	struct failure why;

	ATF_CHECK_EQ(VERDICT_OK,
	    spool_open(&spool, file_of("no newline", 10), LIMIT, 0, &why));
	ATF_CHECK(spool.is_whole);
}

static pid_t dying_parent;
static int ready_fd;

/*
 * In the grandchild. The first read lets its parent go on, whose pid has
 * been noted by then; at the end of the pipe the parent is waited for.
 */
static ssize_t
read_and_outlive(int fd, void *data, size_t size_bytes)
{
	ssize_t got;

	if (ready_fd != -1)
		(void)close(ready_fd);
	ready_fd = -1;
	got = read(fd, data, size_bytes);
	while (got == 0 && getppid() == dying_parent)
		(void)usleep(1000);
	return got;
}

static void
receive(int in_fd)
{
	struct sys_calls slow = *sys;
	const char *outcome = "ok";
	struct spool spool;
	struct failure why;

	slow.read = read_and_outlive;
	sys = &slow;
	if (spool_open(&spool, in_fd, LIMIT, 0, &why) != VERDICT_OK)
		outcome = why.step;
	child_say(outcome);
	_exit(0);
}

/* A sender that starts the delivery, writes this much, and is gone. */
static void
send_and_die(const char *text)
{
	int message[2];
	int ready[2];
	char byte;

	if (pipe(message) == -1 || pipe(ready) == -1)
		_exit(1);
	dying_parent = getpid();
	ready_fd = ready[1];
	if (fork() == 0) {
		(void)close(message[1]);
		receive(message[0]);
	}
	(void)close(ready[1]);
	if (read(ready[0], &byte, 1) == -1 ||
	    write(message[1], text, strlen(text)) == -1)
		_exit(1);
	_exit(0);
}

static void
sender_dies_in_a_line(void)
{
	send_and_die("half a li");
}

static void
sender_dies_after_a_line(void)
{
	send_and_die("a line\n");
}

ATF_TC_WITHOUT_HEAD(open__sender_dies_in_a_line__retry_at_sender_died);
ATF_TC_BODY(open__sender_dies_in_a_line__retry_at_sender_died, tc)
{
	ATF_CHECK_STREQ("sender-died", child_run(sender_dies_in_a_line).text);
}

ATF_TC_WITHOUT_HEAD(open__sender_dies_after_a_line__the_end);
ATF_TC_BODY(open__sender_dies_after_a_line__the_end, tc)
{
	ATF_CHECK_STREQ("ok", child_run(sender_dies_after_a_line).text);
}

/* In a child, because signals are taken over for good. */
static void
stop_while_reading(void)
{
	struct spool spool;
	struct failure why;
	int ends[2];

	if (pipe(ends) == -1)
		_exit(1);
	interrupt_start(1000);
	(void)raise(SIGTERM);
	if (spool_open(&spool, ends[0], LIMIT, 0, &why) == VERDICT_RETRY)
		child_say(why.step);
}

ATF_TC_WITHOUT_HEAD(open__signal_came__retry_at_signal);
ATF_TC_BODY(open__signal_came__retry_at_signal, tc)
{
	ATF_CHECK_STREQ("signal", child_run(stop_while_reading).text);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, open__below_limit__whole);
	ATF_TP_ADD_TC(tp, rest__sizes_around_the_limit__all_bytes_arrive);
	ATF_TP_ADD_TC(tp, rest__sizes_around_the_blocks__all_bytes_arrive);
	ATF_TP_ADD_TC(tp, rest__large_message__pieces_stay_small);
	ATF_TP_ADD_TC(tp, rest__whole_spool__nothing_to_do);
	ATF_TP_ADD_TC(tp, rest__sink_fails__its_failure);
	ATF_TP_ADD_TC(tp, open__empty_message__whole_with_nothing);
	ATF_TP_ADD_TC(tp, open__short_reads_of_a_pipe__whole);
	ATF_TP_ADD_TC(tp, open__non_blocking_pipe__waited_for);
	ATF_TP_ADD_TC(tp, open__eintr_and_short_reads__whole);
	ATF_TP_ADD_TC(tp, open__eio_at_once__retry_at_read);
	ATF_TP_ADD_TC(tp, open__eio_where_the_end_was_due__retry_at_read);
	ATF_TP_ADD_TC(tp, open__bad_descriptor__retry_at_read);
	ATF_TP_ADD_TC(tp, rest__eio_in_the_middle__retry_at_read);
	ATF_TP_ADD_TC(tp, rest__sender_gone_in_a_line__retry_at_sender_died);
	ATF_TP_ADD_TC(tp, rest__sender_gone_after_newline__the_end);
	ATF_TP_ADD_TC(tp, open__sender_lives_no_newline__the_end);
	ATF_TP_ADD_TC(tp, open__sender_dies_in_a_line__retry_at_sender_died);
	ATF_TP_ADD_TC(tp, open__sender_dies_after_a_line__the_end);
	ATF_TP_ADD_TC(tp, open__signal_came__retry_at_signal);
	return atf_no_error();
}
