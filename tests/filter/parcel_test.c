#include "filter/parcel.h"

#include <sys/socket.h>

#include <atf-c.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/support/arenas.h"
#include "tests/support/spans.h"

enum { MOST_BYTES = 1000 };

static int ends[2];
static uint64_t kind;
static struct span got;

static void
open_ends(void)
{
	ATF_REQUIRE_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	(void)signal(SIGPIPE, SIG_IGN);
}

static bool
receive(long long until_us)
{
	return parcel_receive(
	    ends[1], test_arena(), MOST_BYTES, until_us, &kind, &got);
}

static void
send_raw(const void *data, size_t size_bytes)
{
	ATF_REQUIRE_EQ((ssize_t)size_bytes, write(ends[0], data, size_bytes));
}

ATF_TC_WITHOUT_HEAD(record__sent__received);
ATF_TC_BODY(record__sent__received, tc)
{
	struct parcel_reader reader = { { NULL, 0 }, false };
	struct arena memory;
	struct buffer record;

	open_ends();
	arena_start(&memory, 65536);
	buffer_start(&record, &memory);
	parcel_put_number(&record, 7);
	parcel_put_span(&record, SPAN("a\0b"));
	parcel_put_span(&record, span_of(NULL));
	ATF_REQUIRE(parcel_send(ends[0], PARCEL_TASK, buffer_span(&record)));
	ATF_REQUIRE(receive(0));
	ATF_CHECK_EQ(PARCEL_TASK, kind);
	reader.rest = got;
	ATF_CHECK_EQ(7, parcel_get_number(&reader));
	CHECK_SPAN("a\0b", parcel_get_span(&reader));
	ATF_CHECK_EQ(0, parcel_get_span(&reader).size_bytes);
	ATF_CHECK(!reader.is_bad);
	ATF_CHECK_EQ(0, parcel_get_number(&reader));
	ATF_CHECK(reader.is_bad);
	arena_end(&memory);
}

ATF_TC_WITHOUT_HEAD(span__longer_than_record__bad);
ATF_TC_BODY(span__longer_than_record__bad, tc)
{
	const uint64_t lengths[] = { 1, 9, 1000, UINT64_MAX, UINT64_MAX - 7 };
	size_t i;

	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct parcel_reader reader = {
			{ (const char *)&lengths[i], sizeof(lengths[i]) }, false
		};

		ATF_CHECK_EQ(0, parcel_get_span(&reader).size_bytes);
		ATF_CHECK(reader.is_bad);
	}
}

ATF_TC_WITHOUT_HEAD(receive__too_long__refused);
ATF_TC_BODY(receive__too_long__refused, tc)
{
	uint64_t head[2] = { PARCEL_TASK, MOST_BYTES + 1 };

	open_ends();
	send_raw(head, sizeof(head));
	ATF_CHECK(!receive(0));
	head[1] = UINT64_MAX;
	send_raw(head, sizeof(head));
	ATF_CHECK(!receive(0));
}

ATF_TC_WITHOUT_HEAD(receive__ends_within__refused);
ATF_TC_BODY(receive__ends_within__refused, tc)
{
	const uint64_t head[2] = { PARCEL_TASK, 10 };

	open_ends();
	send_raw(head, sizeof(head));
	send_raw("12345", 5);
	ATF_REQUIRE_EQ(0, close(ends[0]));
	ATF_CHECK(!receive(0));
}

/* Also one who sends a byte now and then, and never ends. */
ATF_TC_WITHOUT_HEAD(receive__nothing_comes__ends_in_time);
ATF_TC_BODY(receive__nothing_comes__ends_in_time, tc)
{
	long long start_us = clock_us();

	open_ends();
	send_raw("12345", 5);
	ATF_CHECK(!receive(start_us + 50000));
	ATF_CHECK(clock_us() >= start_us + 50000);
	ATF_CHECK(!receive(start_us)); /* over before it began */
}

ATF_TC_WITHOUT_HEAD(send__nobody_there__false);
ATF_TC_BODY(send__nobody_there__false, tc)
{
	open_ends();
	ATF_REQUIRE_EQ(0, close(ends[1]));
	ATF_CHECK(!parcel_send(ends[0], PARCEL_TASK, SPAN("x")));
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, record__sent__received);
	ATF_TP_ADD_TC(tp, span__longer_than_record__bad);
	ATF_TP_ADD_TC(tp, receive__too_long__refused);
	ATF_TP_ADD_TC(tp, receive__ends_within__refused);
	ATF_TP_ADD_TC(tp, receive__nothing_comes__ends_in_time);
	ATF_TP_ADD_TC(tp, send__nobody_there__false);
	return atf_no_error();
}
