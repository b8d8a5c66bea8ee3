#include "mime/date.h"

#include <atf-c.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/support/arenas.h"
#include "tests/support/guard.h"
#include "tests/support/prng.h"
#include "tests/support/spans.h"

static struct date
date_of(struct span text)
{
	struct date date;

	memset(&date, 0, sizeof(date));
	ATF_REQUIRE_MSG(date_read(&date, text), "%.*s", (int)text.size_bytes,
	    text.at);
	return date;
}

static bool
is_date(const char *text)
{
	struct date date;

	return date_read(&date, span_of(text));
}

static struct span
part(const struct date *date, const char *name)
{
	struct buffer out;

	buffer_start(&out, test_arena());
	ATF_REQUIRE(date_add_part(date, span_of(name), &out));
	return buffer_span(&out);
}

ATF_TC_WITHOUT_HEAD(read__rfc_5322_a_1_1__its_time);
ATF_TC_BODY(read__rfc_5322_a_1_1__its_time, tc)
{
	struct date date = date_of(SPAN("Fri, 21 Nov 1997 09:55:06 -0600"));

	ATF_CHECK_EQ(880127706, date.epoch_s);
	ATF_CHECK_EQ(-360, date.zone_minutes);
	ATF_CHECK_EQ(9, date.hour);
	ATF_CHECK_EQ(5, date.weekday);
}

ATF_TC_WITHOUT_HEAD(read__rfc_5322_a_5__comments_and_folds);
ATF_TC_BODY(read__rfc_5322_a_5__comments_and_folds, tc)
{
	struct date date =
	    date_of(SPAN("Thu,\r\n      13\r\n        Feb\r\n          1969\r\n"
			 "      23:32\r\n   -0330 (Newfoundland Time)"));

	ATF_CHECK_EQ(-27723480, date.epoch_s);
	ATF_CHECK_EQ(4, date.weekday);
}

ATF_TC_WITHOUT_HEAD(read__obsolete_forms__understood);
ATF_TC_BODY(read__obsolete_forms__understood, tc)
{
	ATF_CHECK_EQ(880127706,
	    date_of(SPAN("21 Nov 97 09:55:06 CST")).epoch_s);
	ATF_CHECK_EQ(2003, date_of(SPAN("1 Jan 103 0:00 GMT")).year);
	ATF_CHECK_EQ(2049, date_of(SPAN("1 Jan 49 0:00 GMT")).year);
	ATF_CHECK_EQ(1950, date_of(SPAN("1 Jan 50 0:00 GMT")).year);
	ATF_CHECK_EQ(0, date_of(SPAN("1 Jan 2000 0:00 X")).zone_minutes);
	ATF_CHECK_EQ(0, date_of(SPAN("1 Jan 2000 0:00")).zone_minutes);
	ATF_CHECK_EQ(-240, date_of(SPAN("1 Jan 2000 0:00 edt")).zone_minutes);
}

ATF_TC_WITHOUT_HEAD(read__leap_second__taken);
ATF_TC_BODY(read__leap_second__taken, tc)
{
	ATF_CHECK_EQ(1483228800,
	    date_of(SPAN("31 Dec 2016 23:59:60 +0000")).epoch_s);
}

ATF_TC_WITHOUT_HEAD(read__no_date__false);
ATF_TC_BODY(read__no_date__false, tc)
{
	ATF_CHECK(!is_date(""));
	ATF_CHECK(!is_date("yesterday"));
	ATF_CHECK(!is_date("31 Feb 2020 00:00:00 +0000"));
	ATF_CHECK(!is_date("29 Feb 2021 00:00:00 +0000"));
	ATF_CHECK(!is_date("1 Foo 2020 00:00:00 +0000"));
	ATF_CHECK(!is_date("1 Jan 2020 24:00:00 +0000"));
	ATF_CHECK(!is_date("1 Jan 2020 00:60:00 +0000"));
	ATF_CHECK(!is_date("1 Jan 2020 00:00:61 +0000"));
	ATF_CHECK(!is_date("1 Jan 2020 00:00:00 +0060"));
	ATF_CHECK(!is_date("1 Jan 2020 00:00:00 +01"));
	ATF_CHECK(!is_date("1 Jan 2020 00:00:00 +0000 x"));
	ATF_CHECK(!is_date("1 Jan 2020"));
	ATF_CHECK(!is_date("0 Jan 2020 00:00 +0000"));
	ATF_CHECK(!is_date("1 Jan 99999999999 00:00 +0000"));
	ATF_CHECK(is_date("29 Feb 2000 00:00:00 +0000"));
}

ATF_TC_WITHOUT_HEAD(read_last__received__behind_the_last_semicolon);
ATF_TC_BODY(read_last__received__behind_the_last_semicolon, tc)
{
	struct date date;

	ATF_REQUIRE(date_read_last(&date,
	    SPAN("from x by y; id 1;\n Fri, 21 Nov 1997 09:55:06 -0600")));
	ATF_CHECK_EQ(880127706, date.epoch_s);
	ATF_CHECK(!date_read_last(&date, SPAN("21 Nov 1997 09:55:06 -0600")));
}

ATF_TC_WITHOUT_HEAD(zone__hhmm__minutes);
ATF_TC_BODY(zone__hhmm__minutes, tc)
{
	int minutes = 1;

	ATF_CHECK(date_read_zone(&minutes, SPAN("+0530")));
	ATF_CHECK_EQ(330, minutes);
	ATF_CHECK(date_read_zone(&minutes, SPAN("-0330")));
	ATF_CHECK_EQ(-210, minutes);
	ATF_CHECK(!date_read_zone(&minutes, SPAN("0530")));
	ATF_CHECK(!date_read_zone(&minutes, SPAN("+05:30")));
	ATF_CHECK(!date_read_zone(&minutes, SPAN("+053")));
	ATF_CHECK(!date_read_zone(&minutes, SPAN("+0560")));
	ATF_CHECK(!date_read_zone(&minutes, SPAN("+053x")));
}

ATF_TC_WITHOUT_HEAD(part__each_of_rfc_5260_4_2__its_form);
ATF_TC_BODY(part__each_of_rfc_5260_4_2__its_form, tc)
{
	struct date date;

	date_set(&date, 880127706, -360);
	CHECK_SPAN("1997", part(&date, "year"));
	CHECK_SPAN("11", part(&date, "month"));
	CHECK_SPAN("21", part(&date, "day"));
	CHECK_SPAN("1997-11-21", part(&date, "date"));
	CHECK_SPAN("50773", part(&date, "julian"));
	CHECK_SPAN("09", part(&date, "hour"));
	CHECK_SPAN("55", part(&date, "minute"));
	CHECK_SPAN("06", part(&date, "second"));
	CHECK_SPAN("09:55:06", part(&date, "time"));
	CHECK_SPAN("1997-11-21T09:55:06-06:00", part(&date, "iso8601"));
	CHECK_SPAN("Fri, 21 Nov 1997 09:55:06 -0600", part(&date, "STD11"));
	CHECK_SPAN("-0600", part(&date, "zone"));
	CHECK_SPAN("5", part(&date, "weekday"));
}

ATF_TC_WITHOUT_HEAD(part__unknown__false);
ATF_TC_BODY(part__unknown__false, tc)
{
	struct buffer out;
	struct date date;

	date_set(&date, 0, 0);
	buffer_start(&out, test_arena());
	ATF_CHECK(!date_add_part(&date, SPAN("century"), &out));
	ATF_CHECK_EQ(0, out.size_bytes);
}

ATF_TC_WITHOUT_HEAD(set__other_zone__other_day);
ATF_TC_BODY(set__other_zone__other_day, tc)
{
	struct date date;

	date_set(&date, 880127706, 14 * 60 + 30);
	CHECK_SPAN("1997-11-22T06:25:06+14:30", part(&date, "iso8601"));
	CHECK_SPAN("50774", part(&date, "julian"));
	CHECK_SPAN("6", part(&date, "weekday"));
}

ATF_TC_WITHOUT_HEAD(set__before_1970__right);
ATF_TC_BODY(set__before_1970__right, tc)
{
	struct date date;

	date_set(&date, -1, 0);
	CHECK_SPAN("1969-12-31T23:59:59Z", part(&date, "iso8601"));
	CHECK_SPAN("3", part(&date, "weekday"));
}

ATF_TC_WITHOUT_HEAD(set__any_time__as_gmtime_says);
ATF_TC_BODY(set__any_time__as_gmtime_says, tc)
{
	unsigned int seed;

	for (seed = 0; seed < 50000; seed++) {
		struct prng prng = prng_start(seed);
		time_t when = (time_t)prng_next(&prng) * 20 - 40000000000LL;
		struct date date, again;
		struct buffer out;
		struct tm tm;

		ATF_REQUIRE(gmtime_r(&when, &tm) != NULL);
		date_set(&date, when, 0);
		ATF_REQUIRE_EQ_MSG(tm.tm_year + 1900, date.year, "%u", seed);
		ATF_REQUIRE_EQ_MSG(tm.tm_mon + 1, date.month, "%u", seed);
		ATF_REQUIRE_EQ_MSG(tm.tm_mday, date.day, "%u", seed);
		ATF_REQUIRE_EQ_MSG(tm.tm_hour, date.hour, "%u", seed);
		ATF_REQUIRE_EQ_MSG(tm.tm_wday, date.weekday, "%u", seed);
		if (date.year < 1900)
			continue;
		buffer_start(&out, test_arena());
		date_set(&date, when, (int)(seed % 1400) - 700);
		ATF_REQUIRE(date_add_part(&date, SPAN("std11"), &out));
		ATF_REQUIRE(date_read(&again, buffer_span(&out)));
		ATF_REQUIRE_EQ_MSG(when, again.epoch_s, "%u", seed);
	}
}

ATF_TC_WITHOUT_HEAD(local_zone__summer_and_winter__both_right);
ATF_TC_BODY(local_zone__summer_and_winter__both_right, tc)
{
	ATF_REQUIRE_EQ(0, setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1));
	date_prepare();
	ATF_CHECK_EQ(60, date_local_zone(1700000000));
	ATF_CHECK_EQ(120, date_local_zone(1690000000));
}

ATF_TC_WITHOUT_HEAD(read__any_bytes__no_crash);
ATF_TC_BODY(read__any_bytes__no_crash, tc)
{
	static const char *const words[] = { "Fri", ",", " ", "21", "Nov",
		"1997", ":", "+0100", "GMT", "(", ")", "09" };
	char text[80];
	unsigned int seed;

	for (seed = 0; seed < 30000; seed++) {
		struct prng prng = prng_start(seed);
		size_t length =
		    prng_words(&prng, text, sizeof(text), words, 12);
		struct date date;

		(void)date_read(&date, guard_place(text, length));
		(void)date_read_last(&date, guard_place(text, length));
	}
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, read__rfc_5322_a_1_1__its_time);
	ATF_TP_ADD_TC(tp, read__rfc_5322_a_5__comments_and_folds);
	ATF_TP_ADD_TC(tp, read__obsolete_forms__understood);
	ATF_TP_ADD_TC(tp, read__leap_second__taken);
	ATF_TP_ADD_TC(tp, read__no_date__false);
	ATF_TP_ADD_TC(tp, read_last__received__behind_the_last_semicolon);
	ATF_TP_ADD_TC(tp, zone__hhmm__minutes);
	ATF_TP_ADD_TC(tp, part__each_of_rfc_5260_4_2__its_form);
	ATF_TP_ADD_TC(tp, part__unknown__false);
	ATF_TP_ADD_TC(tp, set__other_zone__other_day);
	ATF_TP_ADD_TC(tp, set__before_1970__right);
	ATF_TP_ADD_TC(tp, set__any_time__as_gmtime_says);
	ATF_TP_ADD_TC(tp, local_zone__summer_and_winter__both_right);
	ATF_TP_ADD_TC(tp, read__any_bytes__no_crash);
	return atf_no_error();
}
