#include "filter/pack.h"

#include <atf-c.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/arenas.h"
#include "tests/support/prng.h"
#include "tests/support/spans.h"

static struct arena *memory;
static struct sieve_action action;
static struct sieve_action back;
static struct span header_list[2];
static struct pack_headers headers = { header_list, 2, 2 };
static const struct span flags[] = { { "\\Seen", 5 }, { "$label", 6 } };

static void
start(enum sieve_action_kind kind)
{
	memory = test_arena();
	memset(&action, 0, sizeof(action));
	action.kind = kind;
	action.script = "my.sieve";
	action.line = 12;
}

static struct span
packed(size_t header)
{
	struct buffer record;

	buffer_start(&record, memory);
	pack_action(&record, &action, header);
	return buffer_span(&record);
}

static bool
comes_back(size_t header)
{
	return pack_read_action(&back, packed(header), &headers,
	    SPAN("friend@example.org"), memory);
}

ATF_TC_WITHOUT_HEAD(fileinto__all_members__come_back);
ATF_TC_BODY(fileinto__all_members__come_back, tc)
{
	start(SIEVE_FILEINTO);
	action.mailbox = SPAN("Lists.b\xc3\xbcg");
	action.flags = flags;
	action.flag_count = 2;
	action.create = true;
	action.is_copy = true;
	ATF_REQUIRE(comes_back(2));
	ATF_CHECK_EQ(SIEVE_FILEINTO, back.kind);
	ATF_CHECK_STREQ("my.sieve", back.script);
	ATF_CHECK_EQ(12, back.line);
	CHECK_SPAN("Lists.b\xc3\xbcg", back.mailbox);
	ATF_REQUIRE_EQ(2, back.flag_count);
	CHECK_SPAN("\\Seen", back.flags[0]);
	CHECK_SPAN("$label", back.flags[1]);
	ATF_CHECK(back.create && back.is_copy && !back.is_implicit);
	ATF_CHECK_EQ(&header_list[1], back.header);
}

ATF_TC_WITHOUT_HEAD(vacation__all_members__come_back);
ATF_TC_BODY(vacation__all_members__come_back, tc)
{
	struct sieve_vacation *vacation = &action.vacation;

	start(SIEVE_VACATION);
	vacation->to = SPAN("friend@example.org");
	vacation->from = SPAN("Me <me@example.net>");
	vacation->subject = SPAN("away");
	vacation->reason = SPAN("I am\naway\n");
	vacation->handle = SPAN("h\n");
	vacation->in_reply_to = SPAN("<1@x>");
	vacation->references = SPAN("<0@x> <1@x>");
	vacation->period_s = 86400;
	vacation->is_mime = true;
	ATF_REQUIRE(comes_back(0));
	CHECK_SPAN("friend@example.org", back.vacation.to);
	CHECK_SPAN("Me <me@example.net>", back.vacation.from);
	CHECK_SPAN("away", back.vacation.subject);
	CHECK_SPAN("I am\naway\n", back.vacation.reason);
	CHECK_SPAN("h\n", back.vacation.handle);
	CHECK_SPAN("<1@x>", back.vacation.in_reply_to);
	CHECK_SPAN("<0@x> <1@x>", back.vacation.references);
	ATF_CHECK_EQ(86400, back.vacation.period_s);
	ATF_CHECK(back.vacation.is_mime && back.vacation.why_not == NULL);
	vacation->why_not = "a list";
	vacation->to = span_of(NULL);
	ATF_REQUIRE(comes_back(0));
	ATF_CHECK_STREQ("a list", back.vacation.why_not);
}

ATF_TC_WITHOUT_HEAD(duplicate__all_members__come_back);
ATF_TC_BODY(duplicate__all_members__come_back, tc)
{
	start(SIEVE_DUPLICATE);
	action.mark.handle = SPAN("h");
	action.mark.id = SPAN("<1@x>");
	action.mark.period_s = 60;
	action.mark.is_last = true;
	ATF_REQUIRE(comes_back(0));
	CHECK_SPAN("h", back.mark.handle);
	CHECK_SPAN("<1@x>", back.mark.id);
	ATF_CHECK_EQ(60, back.mark.period_s);
	ATF_CHECK(back.mark.is_last);
	action.mark.period_s = UINT64_MAX;
	ATF_REQUIRE(comes_back(0));
	ATF_CHECK(back.mark.period_s < (uint64_t)1 << 32);
}

/* The process that sends it may have been taken over. */
ATF_TC_WITHOUT_HEAD(redirect__no_clean_address__refused);
ATF_TC_BODY(redirect__no_clean_address__refused, tc)
{
	static const char *const bad[] = { "", "nobody", "a@b, c@d",
		"a@b\nBcc: c@d", "a b@c", "<a@b>", "a@b\r", "@b", "a@",
		"a@b c@d", "\x01@b" };
	size_t i;

	start(SIEVE_REDIRECT);
	action.address = SPAN("other@example.com");
	ATF_CHECK(comes_back(0));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		action.address = span_of(bad[i]);
		ATF_CHECK_MSG(!comes_back(0), "%s", bad[i]);
	}
}

ATF_TC_WITHOUT_HEAD(vacation__to_another__refused);
ATF_TC_BODY(vacation__to_another__refused, tc)
{
	start(SIEVE_VACATION);
	action.vacation.to = SPAN("victim@example.org");
	ATF_CHECK(!comes_back(0));
	action.vacation.to = SPAN("friend@example.org");
	ATF_CHECK(comes_back(0));
	action.vacation.subject = SPAN("a\nBcc: victim@example.org");
	ATF_CHECK(!comes_back(0));
	action.vacation.subject = span_of(NULL);
	action.vacation.references = SPAN("<1@x>\n\nbody");
	ATF_CHECK(!comes_back(0));
}

ATF_TC_WITHOUT_HEAD(names__not_clean__refused);
ATF_TC_BODY(names__not_clean__refused, tc)
{
	static const struct span bad_flag = { "\\Se\nen", 6 };
	static char large[PACK_MAILBOX_BYTES + 2];

	start(SIEVE_FILEINTO);
	ATF_CHECK(!comes_back(0)); /* no mailbox */
	action.mailbox = SPAN("a\nb");
	ATF_CHECK(!comes_back(0));
	action.mailbox = SPAN("a\xff" "b");
	ATF_CHECK(!comes_back(0));
	memset(large, 'a', sizeof(large) - 1);
	action.mailbox = span_of(large);
	ATF_CHECK(!comes_back(0));
	action.mailbox = SPAN("a");
	ATF_CHECK(comes_back(0));
	action.flags = &bad_flag;
	action.flag_count = 1;
	ATF_CHECK(!comes_back(0));
	action.flag_count = 0;
	action.script = "a\nstatus=delivered";
	ATF_CHECK(!comes_back(0));
}

ATF_TC_WITHOUT_HEAD(numbers__out_of_range__refused);
ATF_TC_BODY(numbers__out_of_range__refused, tc)
{
	start(SIEVE_KEEP);
	ATF_CHECK(comes_back(0));
	ATF_CHECK(!comes_back(3)); /* only two headers came */
	ATF_CHECK(!comes_back((size_t)-1));
	action.kind = (enum sieve_action_kind)0;
	ATF_CHECK(!comes_back(0));
	action.kind = SIEVE_NOTIFY;
	ATF_CHECK(!comes_back(0));
	action.kind = (enum sieve_action_kind)1000;
	ATF_CHECK(!comes_back(0));
}

/* Cut anywhere, or with any byte changed: an action that is clean, or none. */
ATF_TC_WITHOUT_HEAD(record__damaged__clean_or_refused);
ATF_TC_BODY(record__damaged__clean_or_refused, tc)
{
	struct prng prng;
	struct span record;
	char *bytes;
	size_t at;
	int round;

	start(SIEVE_VACATION);
	action.flags = flags;
	action.flag_count = 2;
	action.vacation.to = SPAN("friend@example.org");
	action.vacation.reason = SPAN("away");
	record = packed(1);
	for (at = 0; at < record.size_bytes; at++)
		ATF_CHECK(!pack_read_action(&back,
		    (struct span){ record.at, at }, &headers,
		    SPAN("friend@example.org"), memory));
	bytes = malloc(record.size_bytes);
	ATF_REQUIRE(bytes != NULL);
	prng = prng_start(1);
	for (round = 0; round < 20000; round++) {
		struct arena own;

		memcpy(bytes, record.at, record.size_bytes);
		for (at = 0; at <= prng_below(&prng, 4); at++)
			bytes[prng_below(&prng, record.size_bytes)] =
			    (char)prng_below(&prng, 256);
		arena_start(&own, 1 << 20);
		if (pack_read_action(&back,
			(struct span){ bytes, record.size_bytes }, &headers,
			SPAN("friend@example.org"), &own) &&
		    back.kind == SIEVE_VACATION &&
		    back.vacation.why_not == NULL)
			CHECK_SPAN("friend@example.org", back.vacation.to);
		arena_end(&own);
	}
	free(bytes);
}

ATF_TC_WITHOUT_HEAD(header__not_one__refused);
ATF_TC_BODY(header__not_one__refused, tc)
{
	ATF_CHECK(pack_is_header(SPAN("A: b\n\n")));
	ATF_CHECK(pack_is_header(SPAN("A: b\r\n c\r\n\r\n")));
	ATF_CHECK(pack_is_header(SPAN("\n")));
	ATF_CHECK(!pack_is_header(SPAN("")));
	ATF_CHECK(!pack_is_header(SPAN("A: b\n")));
	ATF_CHECK(!pack_is_header(SPAN("A: b")));
	ATF_CHECK(!pack_is_header(SPAN("A: b\n\nbody\n\n")));
	ATF_CHECK(!pack_is_header(SPAN("A: b\n\r")));
}

static struct sieve_plan plan;

static bool
is_plan(const enum sieve_action_kind *kinds, size_t count)
{
	struct sieve_options options;
	bool is_good;
	size_t i;

	sieve_options_default(&options);
	sieve_plan_init(&plan);
	for (i = 0; i < count; i++) {
		memset(&action, 0, sizeof(action));
		action.kind = kinds[i];
		ATF_REQUIRE(sieve_plan_add(&plan, &action) != NULL);
	}
	is_good = pack_is_plan(&plan, &options.limits);
	sieve_plan_release(&plan);
	return is_good;
}

#define IS_PLAN(...)                                         \
	is_plan((const enum sieve_action_kind[]){ __VA_ARGS__ }, \
	    sizeof((const enum sieve_action_kind[]){ __VA_ARGS__ }) / \
		sizeof(enum sieve_action_kind))

ATF_TC_WITHOUT_HEAD(plan__says_what_becomes_of_it__taken);
ATF_TC_BODY(plan__says_what_becomes_of_it__taken, tc)
{
	ATF_CHECK(IS_PLAN(SIEVE_KEEP));
	ATF_CHECK(IS_PLAN(SIEVE_DISCARD));
	ATF_CHECK(IS_PLAN(SIEVE_REJECT));
	ATF_CHECK(IS_PLAN(SIEVE_DUPLICATE, SIEVE_FILEINTO, SIEVE_VACATION));
	ATF_CHECK(IS_PLAN(SIEVE_REDIRECT, SIEVE_REDIRECT, SIEVE_REDIRECT,
	    SIEVE_REDIRECT));
}

ATF_TC_WITHOUT_HEAD(plan__loses_or_overdoes_it__refused);
ATF_TC_BODY(plan__loses_or_overdoes_it__refused, tc)
{
	enum sieve_action_kind many[40];
	size_t i;

	for (i = 0; i < 40; i++)
		many[i] = SIEVE_FILEINTO;
	ATF_CHECK(is_plan(many, 33));
	ATF_CHECK(!is_plan(many, 34));
	ATF_CHECK(!is_plan(many, 0));
	ATF_CHECK(!IS_PLAN(SIEVE_VACATION));
	ATF_CHECK(!IS_PLAN(SIEVE_DUPLICATE, SIEVE_VACATION));
	ATF_CHECK(!IS_PLAN(SIEVE_KEEP, SIEVE_VACATION, SIEVE_VACATION));
	ATF_CHECK(!IS_PLAN(SIEVE_REJECT, SIEVE_KEEP));
	ATF_CHECK(!IS_PLAN(SIEVE_REJECT, SIEVE_EREJECT));
	ATF_CHECK(!IS_PLAN(SIEVE_EREJECT, SIEVE_REDIRECT));
	ATF_CHECK(!IS_PLAN(SIEVE_REDIRECT, SIEVE_REDIRECT, SIEVE_REDIRECT,
	    SIEVE_REDIRECT, SIEVE_REDIRECT));
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, fileinto__all_members__come_back);
	ATF_TP_ADD_TC(tp, vacation__all_members__come_back);
	ATF_TP_ADD_TC(tp, duplicate__all_members__come_back);
	ATF_TP_ADD_TC(tp, redirect__no_clean_address__refused);
	ATF_TP_ADD_TC(tp, vacation__to_another__refused);
	ATF_TP_ADD_TC(tp, names__not_clean__refused);
	ATF_TP_ADD_TC(tp, numbers__out_of_range__refused);
	ATF_TP_ADD_TC(tp, record__damaged__clean_or_refused);
	ATF_TP_ADD_TC(tp, header__not_one__refused);
	ATF_TP_ADD_TC(tp, plan__says_what_becomes_of_it__taken);
	ATF_TP_ADD_TC(tp, plan__loses_or_overdoes_it__refused);
	return atf_no_error();
}
