#include <atf-c.h>
#include <locale.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mbox/from_line.h"
#include "tests/support/guard.h"
#include "tests/support/mbox_bytes.h"
#include "tests/support/prng.h"
#include "tests/support/spans.h"

enum { ROUNDS = 2000 };

static const char epoch[] = "Thu Jan  1 00:00:00 1970\n";

static const char *
line_for(struct span sender, time_t when)
{
	static char line[FROM_LINE_MAX];

	memset(line, '#', sizeof(line));
	from_line_make(line, sender, when);
	return line;
}

ATF_TC_WITHOUT_HEAD(make__address__address_and_date);
ATF_TC_BODY(make__address__address_and_date, tc)
{
	ATF_CHECK_STREQ("From ann@example.org Thu Jan  1 00:00:00 1970\n",
	    line_for(SPAN("ann@example.org"), 0));
	ATF_CHECK_STREQ("From a@b Sun Oct 11 10:09:08 2026\n",
	    line_for(SPAN("a@b"), 1791713348));
}

ATF_TC_WITHOUT_HEAD(make__null_sender__mailer_daemon);
ATF_TC_BODY(make__null_sender__mailer_daemon, tc)
{
	ATF_CHECK_STREQ("From MAILER-DAEMON Thu Jan  1 00:00:00 1970\n",
	    line_for(span_of(NULL), 0));
}

ATF_TC_WITHOUT_HEAD(make__blank_or_control_byte__dash);
ATF_TC_BODY(make__blank_or_control_byte__dash, tc)
{
	char sender[3] = { 'a', 0, 'b' };
	struct span span = { sender, sizeof(sender) };
	int byte;

	for (byte = 0; byte < 256; byte++) {
		bool is_bad = byte <= ' ' || byte == 0x7f;
		const char *line;

		sender[1] = (char)(unsigned char)byte;
		line = line_for(span, 0);
		ATF_CHECK_EQ_MSG(is_bad ? '-' : sender[1], line[6], "byte %d",
		    byte);
		ATF_CHECK_STREQ(epoch, line + 9);
	}
}

ATF_TC_WITHOUT_HEAD(make__two_lines_in_sender__one_line);
ATF_TC_BODY(make__two_lines_in_sender__one_line, tc)
{
	ATF_CHECK_STREQ("From a--From-b Thu Jan  1 00:00:00 1970\n",
	    line_for(SPAN("a\n\nFrom b"), 0));
}

ATF_TC_WITHOUT_HEAD(make__sender_of_each_length__cut_at_256);
ATF_TC_BODY(make__sender_of_each_length__cut_at_256, tc)
{
	char sender[400];
	size_t length;

	memset(sender, 'x', sizeof(sender));
	for (length = 1; length <= sizeof(sender); length++) {
		struct span placed = guard_place(sender, length);
		const char *line = line_for(placed, 0);

		ATF_CHECK_EQ(length < 256 ? length : 256,
		    strspn(line + 5, "x"));
		ATF_CHECK_STREQ(epoch, strchr(line + 5, ' ') + 1);
		ATF_CHECK(strlen(line) < FROM_LINE_MAX);
	}
}

ATF_TC_WITHOUT_HEAD(make__any_time__as_asctime);
ATF_TC_BODY(make__any_time__as_asctime, tc)
{
	struct prng prng = prng_start(1);
	char expected[64];
	struct tm utc;
	int round;

	for (round = 0; round < ROUNDS; round++) {
		time_t when = (time_t)prng_next(&prng) * 4;

		ATF_REQUIRE(gmtime_r(&when, &utc) != NULL);
		ATF_REQUIRE(asctime_r(&utc, expected) != NULL);
		ATF_CHECK_STREQ(expected, line_for(SPAN("s"), when) + 7);
	}
}

ATF_TC_WITHOUT_HEAD(make__time_at_the_limits__one_whole_line);
ATF_TC_BODY(make__time_at_the_limits__one_whole_line, tc)
{
	const long long times[] = { -1, INT64_MAX, INT64_MIN,
		67767976233532799LL, 67767976233532800LL, -67768040609740800LL,
		-67768040609740801LL };
	size_t i;

	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		const char *line = line_for(SPAN("s"), (time_t)times[i]);

		ATF_CHECK_MSG(strncmp(line, "From s ", 7) == 0 &&
			strlen(line) < 7 + 33 &&
			strchr(line, '\n') == line + strlen(line) - 1,
		    "%lld: %s", times[i], line);
	}
}

ATF_TC_WITHOUT_HEAD(make__other_time_zone__utc);
ATF_TC_BODY(make__other_time_zone__utc, tc)
{
	ATF_REQUIRE_EQ(0, setenv("TZ", "XXX+7:30", 1));
	tzset();
	ATF_CHECK_STREQ(epoch, line_for(SPAN("s"), 0) + 7);
}

/* As the programs set it: never LC_TIME. */
ATF_TC_WITHOUT_HEAD(make__foreign_locale__english_names);
ATF_TC_BODY(make__foreign_locale__english_names, tc)
{
	(void)setenv("LC_ALL", "de_DE.UTF-8", 1);
	(void)setlocale(LC_CTYPE, "");
	(void)setlocale(LC_MESSAGES, "");
	ATF_CHECK_STREQ(epoch, line_for(SPAN("s"), 0) + 7);
}

static bool
is_in(const char *text)
{
	return from_line_is_in(guard_place(text, strlen(text)));
}

ATF_TC_WITHOUT_HEAD(is_in__line_with_time__yes);
ATF_TC_BODY(is_in__line_with_time__yes, tc)
{
	ATF_CHECK(is_in("From a@b Thu Jan  1 00:00:00 1970\n"));
	ATF_CHECK(is_in("text\nFrom a@b Thu Jan  1 00:00:00 1970\n"));
	ATF_CHECK(is_in("From a 9:05"));
	ATF_CHECK(is_in("From a@b Thu Jan 1 00:00 1970 remote from c\n"));
	ATF_CHECK(is_in("FrFrom a 12:34\n"));
	ATF_CHECK(is_in("From From 12:34\n"));
	ATF_CHECK(is_in("From the start\nFrom a 12:34\n"));
}

ATF_TC_WITHOUT_HEAD(is_in__glued_behind_text__yes);
ATF_TC_BODY(is_in__glued_behind_text__yes, tc)
{
	ATF_CHECK(is_in("half a liFrom a@b Thu Jan  1 00:00:00 1970\n"));
	ATF_CHECK(from_line_is_in(SPAN("\0\0From a 12:34\n")));
	ATF_CHECK(from_line_is_in(SPAN("x\0From a\0b 12:34\n")));
}

ATF_TC_WITHOUT_HEAD(is_in__our_own_text__no);
ATF_TC_BODY(is_in__our_own_text__no, tc)
{
	ATF_CHECK(!is_in(""));
	ATF_CHECK(!is_in("F"));
	ATF_CHECK(!is_in("From"));
	ATF_CHECK(!is_in("From:\n"));
	ATF_CHECK(!is_in("Greetings From Paris\n"));
	ATF_CHECK(!is_in("Greetings From Paris\nat 12:34\n"));
	ATF_CHECK(!is_in("From: a@b\nDate: Thu, 1 Jan 1970 00:00:00\n"));
	ATF_CHECK(!is_in("from a 12:34\n"));
	ATF_CHECK(!is_in("12:34 From a\n"));
	ATF_CHECK(!is_in("From a 12:3\n"));
	ATF_CHECK(!is_in("From a :34\n"));
	ATF_CHECK(!is_in("From a 12:\n"));
}

/*
 * At the start of a line a message of ours has never "From ", so it is not
 * ours whatever follows.
 */
ATF_TC_WITHOUT_HEAD(is_in__line_without_time__yes);
ATF_TC_BODY(is_in__line_without_time__yes, tc)
{
	ATF_CHECK(is_in("text\nFrom a@b\n"));
	ATF_CHECK(is_in("text\n\nFrom a@b yesterday\n"));
	ATF_CHECK(is_in("text\n\nFrom "));
}

/* Locks are held meanwhile: the time may grow with the size, not faster. */
ATF_TC(is_in__one_long_line__time_grows_with_its_length);
ATF_TC_HEAD(is_in__one_long_line__time_grows_with_its_length, tc)
{
	atf_tc_set_md_var(tc, "timeout", "20");
}
ATF_TC_BODY(is_in__one_long_line__time_grows_with_its_length, tc)
{
	struct bytes bytes = { NULL, 0, 0 };
	int i;

	bytes_fill(&bytes, 'F', 10 * 1024 * 1024);
	ATF_CHECK(!from_line_is_in(bytes_span(&bytes)));
	for (i = 0; i < 1000 * 1000; i++)
		bytes_text(&bytes, "From ");
	ATF_CHECK(!from_line_is_in(bytes_span(&bytes)));
	bytes_text(&bytes, "12:34\n");
	ATF_CHECK(from_line_is_in(bytes_span(&bytes)));
	bytes_free(&bytes);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, make__address__address_and_date);
	ATF_TP_ADD_TC(tp, make__null_sender__mailer_daemon);
	ATF_TP_ADD_TC(tp, make__blank_or_control_byte__dash);
	ATF_TP_ADD_TC(tp, make__two_lines_in_sender__one_line);
	ATF_TP_ADD_TC(tp, make__sender_of_each_length__cut_at_256);
	ATF_TP_ADD_TC(tp, make__any_time__as_asctime);
	ATF_TP_ADD_TC(tp, make__time_at_the_limits__one_whole_line);
	ATF_TP_ADD_TC(tp, make__other_time_zone__utc);
	ATF_TP_ADD_TC(tp, make__foreign_locale__english_names);
	ATF_TP_ADD_TC(tp, is_in__line_with_time__yes);
	ATF_TP_ADD_TC(tp, is_in__glued_behind_text__yes);
	ATF_TP_ADD_TC(tp, is_in__our_own_text__no);
	ATF_TP_ADD_TC(tp, is_in__line_without_time__yes);
	ATF_TP_ADD_TC(tp, is_in__one_long_line__time_grows_with_its_length);
	return atf_no_error();
}
