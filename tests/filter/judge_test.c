/* What a process of scripts may answer, when it is not ours any more. */
#include "filter/judge.h"

#include <sys/socket.h>

#include <atf-c.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "filter/pack.h"
#include "filter/parcel.h"
#include "tests/support/arenas.h"
#include "tests/support/spans.h"

static struct sieve_options options;
static struct judge judge;
static struct judge_decision decision;
static unsigned int questions;

static enum sieve_answer
count_question(void *context, struct span name)
{
	(void)context;
	(void)name;
	questions++;
	return SIEVE_YES;
}

static void
decide(void)
{
	static const struct sieve_answers answers = {
		.mailbox_exists = count_question,
	};
	struct judge_task task;

	memset(&task, 0, sizeof(task));
	task.message = SPAN("Subject: x\n\nbody\n");
	task.size_bytes = 17;
	task.envelope.from = SPAN("friend@example.org");
	task.envelope.has_from = true;
	task.answers = &answers;
	judge_decide(&judge, &task, &decision);
	ATF_CHECK_EQ(-1, judge.pid);
}

/* Behaves as a child that reads its task, and then does what work does. */
static void
start_false(void (*work)(int fd), unsigned int wall_s)
{
	int ends[2];

	(void)signal(SIGPIPE, SIG_IGN);
	sieve_options_default(&options);
	ATF_REQUIRE_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	judge.options = &options;
	judge.wall_s = wall_s;
	judge.fd = ends[0];
	judge.pid = fork();
	ATF_REQUIRE(judge.pid != -1);
	if (judge.pid == 0) {
		struct span record;
		uint64_t kind;

		(void)close(ends[0]);
		if (parcel_receive(ends[1], test_arena(), 1 << 20, 0, &kind,
			&record) &&
		    parcel_receive(ends[1], test_arena(), 1 << 20, 0, &kind,
			&record))
			work(ends[1]);
		_exit(0);
	}
	(void)close(ends[1]);
}

static void
check_kept(void)
{
	ATF_REQUIRE_EQ(1, decision.plan.count);
	ATF_CHECK_EQ(SIEVE_KEEP, decision.plan.actions[0].kind);
	ATF_CHECK(decision.trouble[0] != '\0');
	judge_forget(&decision);
}

static void
send_action(int fd, enum sieve_action_kind kind)
{
	struct sieve_action action;
	struct buffer record;

	memset(&action, 0, sizeof(action));
	action.kind = kind;
	action.mailbox = SPAN("A");
	action.address = SPAN("other@example.com");
	buffer_start(&record, test_arena());
	pack_action(&record, &action, 0);
	(void)parcel_send(fd, PARCEL_ACTION, buffer_span(&record));
}

static void
say_nothing(int fd)
{
	(void)fd;
}

static void
die(int fd)
{
	send_action(fd, SIEVE_DISCARD);
	(void)raise(SIGKILL);
}

static void
end_at_once(int fd)
{
	(void)parcel_send(fd, PARCEL_END, span_of(NULL));
}

static void
say_half(int fd)
{
	send_action(fd, SIEVE_DISCARD);
}

static void
say_nonsense(int fd)
{
	static const char bytes[] =
	    "\7\0\0\0\0\0\0\0\4\0\0\0\0\0\0\0junkjunkjunkjunkjunkjunkjunkjunk";

	(void)!write(fd, bytes, sizeof(bytes));
	(void)sleep(60);
}

static void
say_no_kind(int fd)
{
	send_action(fd, SIEVE_DISCARD);
	(void)parcel_send(fd, PARCEL_TASK, SPAN("x"));
	(void)sleep(60);
}

static void
say_too_much(int fd)
{
	int i;

	for (i = 0; i < 1000; i++)
		send_action(fd, SIEVE_FILEINTO);
	(void)parcel_send(fd, PARCEL_END, span_of(NULL));
}

static void
say_too_large(int fd)
{
	const uint64_t head[2] = { PARCEL_ACTION, UINT64_C(1) << 40 };

	(void)!write(fd, head, sizeof(head));
	(void)sleep(60);
}

static void
ask_for_ever(int fd)
{
	struct span record;
	uint64_t kind;
	struct buffer question;

	do {
		buffer_start(&question, test_arena());
		parcel_put_span(&question, SPAN("A"));
		(void)parcel_send(fd, PARCEL_ASK_MAILBOX, buffer_span(&question));
	} while (parcel_receive(fd, test_arena(), 100, 0, &kind, &record));
}

static void
sleep_on(int fd)
{
	(void)fd;
	(void)sleep(60);
}

static void
give_errors(int fd)
{
	struct buffer record;
	int i;

	for (i = 0; i < 100; i++) {
		buffer_start(&record, test_arena());
		parcel_put_span(&record, SPAN("a\nstatus=delivered"));
		parcel_put_number(&record, 1);
		parcel_put_number(&record, 1);
		parcel_put_span(&record, SPAN("b\nc"));
		(void)parcel_send(fd, PARCEL_ERROR, buffer_span(&record));
	}
	(void)sleep(60);
}

ATF_TC_WITHOUT_HEAD(child__wrong_in_any_way__kept);
ATF_TC_BODY(child__wrong_in_any_way__kept, tc)
{
	static void (*const ways[])(int) = { say_nothing, die, end_at_once,
		say_half, say_nonsense, say_no_kind, say_too_much,
		say_too_large, ask_for_ever, give_errors };
	long long start_us = clock_us();
	size_t i;

	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		start_false(ways[i], 30);
		decide();
		check_kept();
	}
	ATF_CHECK(questions <= 1000);
	/* None of those that sleep was waited for. */
	ATF_CHECK(clock_us() - start_us < 20 * 1000000LL);
}

/* What it is said of each: a plan that is doubted is no death of the process. */
ATF_TC_WITHOUT_HEAD(child__wrong__told_what_it_did);
ATF_TC_BODY(child__wrong__told_what_it_did, tc)
{
	static const char doubted[] =
	    "the process of the scripts gave a plan that cannot be right";
	static const struct {
		void (*way)(int);
		const char *trouble;
	} cases[] = {
		{ say_nothing,
		    "the process of the scripts ended with status 0 and without "
		    "a plan" },
		{ die, "the process of the scripts was ended by signal 9" },
		{ end_at_once, doubted },
		{ say_no_kind, doubted },
		{ say_too_much, doubted },
		{ ask_for_ever, doubted },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		start_false(cases[i].way, 30);
		decide();
		ATF_CHECK_STREQ(cases[i].trouble, decision.trouble);
		check_kept();
	}
}

ATF_TC_WITHOUT_HEAD(child__hangs__kept_in_time);
ATF_TC_BODY(child__hangs__kept_in_time, tc)
{
	long long start_us = clock_us();

	start_false(sleep_on, 1);
	decide();
	check_kept();
	ATF_CHECK(clock_us() - start_us >= 1000000);
	ATF_CHECK(clock_us() - start_us < 20 * 1000000LL);
}

/* The errors that it tells of stay on one line. */
ATF_TC_WITHOUT_HEAD(errors__with_line_ends__on_one_line);
ATF_TC_BODY(errors__with_line_ends__on_one_line, tc)
{
	start_false(give_errors, 30);
	decide();
	ATF_CHECK_EQ(SIEVE_ERRORS_MAX, decision.errors.count);
	ATF_CHECK_STREQ("a status=delivered:1:1: b c", decision.trouble);
	judge_forget(&decision);
}

static void
decide_well(int fd)
{
	send_action(fd, SIEVE_FILEINTO);
	(void)parcel_send(fd, PARCEL_END, span_of(NULL));
}

ATF_TC_WITHOUT_HEAD(child__well__its_plan);
ATF_TC_BODY(child__well__its_plan, tc)
{
	start_false(decide_well, 30);
	decide();
	ATF_REQUIRE_EQ(1, decision.plan.count);
	ATF_CHECK_EQ(SIEVE_FILEINTO, decision.plan.actions[0].kind);
	ATF_CHECK_STREQ("", decision.trouble);
	judge_forget(&decision);
}

ATF_TC_WITHOUT_HEAD(child__none__kept);
ATF_TC_BODY(child__none__kept, tc)
{
	judge.fd = -1;
	judge.pid = -1;
	judge.options = &options;
	decide();
	check_kept();
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, child__wrong_in_any_way__kept);
	ATF_TP_ADD_TC(tp, child__wrong__told_what_it_did);
	ATF_TP_ADD_TC(tp, child__hangs__kept_in_time);
	ATF_TP_ADD_TC(tp, errors__with_line_ends__on_one_line);
	ATF_TP_ADD_TC(tp, child__well__its_plan);
	ATF_TP_ADD_TC(tp, child__none__kept);
	return atf_no_error();
}
