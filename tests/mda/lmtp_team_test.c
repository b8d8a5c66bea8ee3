/*
 * The monitor's side of mda-lmtp's workers, beside one that has been taken
 * over by what it read: the others' recipients get their answers.
 */
#include "mda/lmtp_team.h"

#include <atf-c.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "mda/lmtp_worker.h"
#include "tests/support/prng.h"

enum { COUNT = 3, HOSTILE = 1, WAIT_S = 1, LONG_S = 20, ROUNDS = 40 };

static struct recipient all[COUNT];
static struct recipient *list[COUNT];
static char names[COUNT][16];
static struct team team;
static struct wire_answer hostile_answer; /* of the last message */
static struct job base;
static struct prng random_bytes;
static void (*attack)(const struct worker_task *task);

/* ---- Workers, in place of mda/lmtp_worker.c ----------------------------- */

static void
send_record(const struct worker_task *task, const struct wire_answer *record)
{
	(void)wire_send(task->monitor_fd, record, sizeof(*record));
}

static void
deliver_well(const struct worker_task *task)
{
	struct wire_answer record = { .kind = WIRE_READY };
	char word;

	send_record(task, &record);
	if (!wire_receive(task->monitor_fd, &word, 1) || word != WORD_GO)
		return;
	wire_answer_set(&record, task->indexes[0], VERDICT_OK, NULL,
	    NULL);
	send_record(task, &record);
}

int
worker_run(struct worker_task *task)
{
	(void)signal(SIGPIPE, SIG_IGN); /* blocked in mda-lmtp */
	if (task->indexes[0] == HOSTILE)
		attack(task);
	else
		deliver_well(task);
	return 0;
}

/* ---- What the monitor makes of it --------------------------------------- */

static bool
is_ended(const char *text, size_t size_bytes)
{
	return memchr(text, '\0', size_bytes) != NULL;
}

static void
check_answer(const struct recipient *recipient, size_t index)
{
	const struct wire_answer *answer = recipient->answer;

	ATF_CHECK(recipient->is_answered);
	ATF_CHECK_EQ(WIRE_VERDICT, answer->kind);
	ATF_CHECK_EQ(index, answer->index);
	ATF_CHECK(answer->verdict == VERDICT_OK ||
	    answer->verdict == VERDICT_RETRY ||
	    answer->verdict == VERDICT_REFUSE);
	ATF_CHECK(is_ended(answer->dsn, sizeof(answer->dsn)));
	ATF_CHECK(is_ended(answer->text, sizeof(answer->text)));
}

/* One message for three accounts. Gives what became of the hostile one's. */
static const struct wire_answer *
deliver(void (*hostile)(const struct worker_task *task))
{
	long long start_us = clock_us();
	size_t i;

	attack = hostile;
	(void)signal(SIGPIPE, SIG_IGN);
	memset(all, 0, sizeof(all));
	for (i = 0; i < COUNT; i++) {
		list[i] = &all[i];
		(void)snprintf(names[i], sizeof(names[i]), "user%zu", i);
		all[i].uid = (uid_t)(1000 + i);
		all[i].kind = BOX_MAILDIR;
		all[i].address = names[i];
		all[i].bare = names[i];
		all[i].user = names[i];
		all[i].name = names[i];
		all[i].home = "/";
		all[i].path = names[i];
		all[i].folder = "";
	}
	settings_default(&base.settings);
	team.base = &base;
	team_start(&team, list, COUNT);
	ATF_CHECK(team_gather(&team, WAIT_S));
	team_pass(&team, WORD_GO, WAIT_S);
	for (i = 0; i < COUNT; i++) {
		check_answer(&all[i], i);
		if (i != HOSTILE)
			ATF_CHECK_EQ(VERDICT_OK, all[i].answer->verdict);
	}
	hostile_answer = *all[HOSTILE].answer;
	team_end(&team, true);
	ATF_CHECK(clock_us() - start_us < LONG_S * 1000000LL);
	return &hostile_answer;
}

static void
say_nothing(const struct worker_task *task)
{
	(void)task;
}

static void
say_half(const struct worker_task *task)
{
	(void)wire_send(task->monitor_fd, "half", 4);
}

static void
hang(const struct worker_task *task)
{
	(void)poll(NULL, 0, 1000 * LONG_S);
	(void)task;
}

static void
say_half_and_hang(const struct worker_task *task)
{
	say_half(task);
	hang(task);
}

static void
be_ready_and_die(const struct worker_task *task)
{
	const struct wire_answer ready = { .kind = WIRE_READY };

	send_record(task, &ready);
}

static void
be_ready_for_ever(const struct worker_task *task)
{
	const struct wire_answer ready = { .kind = WIRE_READY };

	while (wire_send(task->monitor_fd, &ready, sizeof(ready)))
		continue;
}

ATF_TC_WITHOUT_HEAD(worker__no_answer__retry_for_its_own_alone);
ATF_TC_BODY(worker__no_answer__retry_for_its_own_alone, tc)
{
	void (*const attacks[])(const struct worker_task *) = { say_nothing,
		say_half, hang, say_half_and_hang, be_ready_and_die,
		be_ready_for_ever };
	size_t i;

	for (i = 0; i < sizeof(attacks) / sizeof(attacks[0]); i++) {
		ATF_CHECK_EQ(VERDICT_RETRY, deliver(attacks[i])->verdict);
		ATF_CHECK(all[HOSTILE].is_unheard);
	}
}

/* The speaker would take it for a question, and answer in place of asking. */
static void
ask_like_the_monitor(const struct worker_task *task)
{
	const struct wire_answer question = { .kind = WIRE_PRESENT,
		.index = task->indexes[0] };

	send_record(task, &question);
}

ATF_TC_WITHOUT_HEAD(worker__asks_like_the_monitor__no_question);
ATF_TC_BODY(worker__asks_like_the_monitor__no_question, tc)
{
	(void)deliver(ask_like_the_monitor);
}

static void
answer_for_others(const struct worker_task *task)
{
	struct wire_answer record;
	struct failure why;
	size_t i;

	(void)failure_retry(&why, "deadline", "4.4.7", "deadline");
	for (i = 0; i < 2 * COUNT; i++) {
		wire_answer_set(&record, i == HOSTILE ? (size_t)-1 : i,
		    VERDICT_RETRY, &why, NULL);
		send_record(task, &record);
	}
}

ATF_TC_WITHOUT_HEAD(worker__answers_for_others__not_heard);
ATF_TC_BODY(worker__answers_for_others__not_heard, tc)
{
	ATF_CHECK_EQ(VERDICT_RETRY, deliver(answer_for_others)->verdict);
	ATF_CHECK_STREQ("4.3.0", hostile_answer.dsn); /* it died */
}

/* What is unknown is tried again: a reply of class 5 returns mail. */
static void
give_an_unknown_verdict(const struct worker_task *task)
{
	struct wire_answer record;

	memset(&record, 'x', sizeof(record));
	record.kind = WIRE_VERDICT;
	record.index = task->indexes[0];
	send_record(task, &record);
}

ATF_TC_WITHOUT_HEAD(worker__unknown_verdict__retry);
ATF_TC_BODY(worker__unknown_verdict__retry, tc)
{
	ATF_CHECK_EQ(VERDICT_RETRY, deliver(give_an_unknown_verdict)->verdict);
}

/* Whole records of anything, now and then with its own index. */
static void
send_noise(const struct worker_task *task)
{
	struct wire_answer record;
	size_t left = prng_below(&random_bytes, 8);

	while (left-- > 0) {
		prng_fill(&random_bytes, (char *)&record, sizeof(record));
		if (prng_below(&random_bytes, 2) == 0)
			record.index = prng_below(&random_bytes, COUNT);
		send_record(task, &record);
	}
}

ATF_TC_WITHOUT_HEAD(worker__noise__the_others_are_delivered);
ATF_TC_BODY(worker__noise__the_others_are_delivered, tc)
{
	unsigned int seed;

	for (seed = 1; seed <= ROUNDS; seed++) {
		random_bytes = prng_start(seed);
		(void)deliver(send_noise);
	}
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, worker__no_answer__retry_for_its_own_alone);
	ATF_TP_ADD_TC(tp, worker__asks_like_the_monitor__no_question);
	ATF_TP_ADD_TC(tp, worker__answers_for_others__not_heard);
	ATF_TP_ADD_TC(tp, worker__unknown_verdict__retry);
	ATF_TP_ADD_TC(tp, worker__noise__the_others_are_delivered);
	return atf_no_error();
}
