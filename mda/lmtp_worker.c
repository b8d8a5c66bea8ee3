#include "mda/lmtp_worker.h"

#include <errno.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "account/privilege.h"
#include "base/interrupt.h"
#include "compat/compat.h"
#include "maildir/group.h"
#include "mda/lmtp_wire.h"
#include "mda/log.h"
#include "mda/plan.h"

/* One recipient, as we see it. */
struct part {
	struct job *job;
	enum verdict verdict;
	struct failure why;
	struct log log; /* may be the one of another part */
};

struct work {
	const struct worker_task *task;
	struct part *parts; /* task->count of them */
	struct maildir_delivery **deliveries;
	size_t delivery_count;
	bool may_read; /* no right is left that a message must not meet */
	bool is_gate_asked;
	enum verdict gate; /* what it said */
	struct failure gate_why;
};

static void
fail_all(struct work *work, enum verdict verdict, const struct failure *why)
{
	size_t i;

	for (i = 0; i < work->task->count; i++)
		if (work->parts[i].verdict == VERDICT_OK) {
			work->parts[i].verdict = verdict;
			work->parts[i].why = *why;
		}
}

static bool
is_any_alive(const struct work *work)
{
	size_t i;

	for (i = 0; i < work->task->count; i++)
		if (work->parts[i].verdict == VERDICT_OK)
			return true;
	return false;
}

/* ---- Before any byte of mail -------------------------------------------- */

static enum verdict
become_account(const struct job *job, struct failure *why)
{
	return job->is_delegated ? privilege_drop(&job->account, why)
				 : VERDICT_OK;
}

static void
open_mailbox(struct part *part)
{
	struct job *job = part->job;

	part->verdict = plan_check_home(job, &part->why);
	if (part->verdict != VERDICT_OK)
		return;
	job_open(job);
	part->verdict = job->opened;
	part->why = job->unopened;
	if (job->is_mailbox_open)
		filtering_open(job);
}

static bool
is_log_the_same(const struct settings *one, const struct settings *other)
{
	return one->log == other->log &&
	    strcmp(one->log_file, other->log_file) == 0;
}

static void
open_log(struct work *work, size_t index)
{
	const struct part *first = &work->parts[0];
	struct part *part = &work->parts[index];

	if (index > 0 &&
	    is_log_the_same(&first->job->settings, &part->job->settings))
		part->log = first->log;
	else
		log_open(&part->log, &part->job->settings);
}

/* One sandbox for all: who asks for more of it gets it for the others too. */
static enum sandbox_rule
strictest_rule(const struct work *work)
{
	enum sandbox_rule strictest = SANDBOX_OFF;
	size_t i;

	for (i = 0; i < work->task->count; i++) {
		int rule = work->parts[i].job->settings.sandbox;

		if (rule == SANDBOX_REQUIRE)
			return SANDBOX_REQUIRE;
		if (rule == SANDBOX_ON)
			strictest = SANDBOX_ON;
	}
	return strictest;
}

static enum verdict
confine(struct work *work, struct failure *why)
{
	size_t count = work->task->count;
	enum sandbox_rule rule = strictest_rule(work);
	struct sandbox_needs needs = {
		.folder_most = count * (JOB_FOLDERS + FILTERING_FOLDERS),
	};
	enum sandbox_state state;
	enum verdict verdict;
	size_t i;

	if (rule == SANDBOX_OFF)
		return VERDICT_OK;
	needs.folders =
	    reallocarray(NULL, needs.folder_most, sizeof(*needs.folders));
	if (needs.folders == NULL)
		return failure_errno(why, "malloc", "the message");
	for (i = 0; i < count; i++) {
		job_need(work->parts[i].job, &needs);
		filtering_need(work->parts[i].job, &needs);
	}
	verdict = sandbox_enter(rule, &needs, &state, why);
	free(needs.folders);
	for (i = 0; i < count; i++) {
		work->parts[i].job->is_confined = true;
		work->parts[i].job->sandbox = state;
	}
	return verdict;
}

/* All that needs rights or a path; behind it comes what strangers wrote. */
static void
prepare(struct work *work)
{
	struct failure why;
	enum verdict verdict = become_account(work->parts[0].job, &why);
	size_t i;

	if (verdict != VERDICT_OK) {
		fail_all(work, verdict, &why);
		return;
	}
	for (i = 0; i < work->task->count; i++) {
		open_mailbox(&work->parts[i]);
		open_log(work, i);
	}
	verdict = confine(work, &why);
	work->may_read = verdict == VERDICT_OK;
	if (verdict != VERDICT_OK)
		fail_all(work, verdict, &why);
}

/* ---- The message -------------------------------------------------------- */

/* Also for those who cannot have it: the log is to name it. */
static void
take_message(struct work *work)
{
	const struct job *first = NULL;
	struct failure why;
	enum verdict verdict;
	size_t i;

	for (i = 0; work->may_read && i < work->task->count; i++) {
		struct part *part = &work->parts[i];

		verdict =
		    job_take(part->job, work->task->message_fd, first, &why);
		if (verdict == VERDICT_OK && first == NULL)
			first = part->job;
		if (verdict != VERDICT_OK && part->verdict == VERDICT_OK) {
			part->verdict = verdict;
			part->why = why;
		}
	}
}

static enum verdict
wait_for_word(int fd, char *word, struct failure *why)
{
	enum verdict verdict;
	ssize_t got;

	do {
		verdict = interrupt_check(why);
		if (verdict != VERDICT_OK)
			return verdict;
		got = read(fd, word, 1);
	} while (got == -1 && errno == EINTR);
	if (got != 1)
		*word = WORD_GONE;
	return VERDICT_OK;
}

static enum verdict
ask_gate(const struct work *work, struct failure *why)
{
	const struct wire_answer ready = { .kind = WIRE_READY };
	unsigned int deadline_s =
	    (unsigned int)work->task->jobs[0].settings.deadline_s;
	int fd = work->task->monitor_fd;
	enum verdict verdict = VERDICT_OK;
	char word = WORD_GONE;

	interrupt_deadline(deadline_s + WORKER_GATE_S);
	if (wire_send(fd, &ready, sizeof(ready)))
		verdict = wait_for_word(fd, &word, why);
	interrupt_deadline(deadline_s);
	if (verdict != VERDICT_OK)
		return verdict;
	if (word == WORD_GO)
		return VERDICT_OK;
	if (word == WORD_INTERRUPTED)
		return failure_retry(why, "signal", "4.3.2", "signal");
	return failure_retry(why, "abandoned", "4.4.2", "sender");
}

/* All is written. From here on it is for all recipients, or for none. */
static enum verdict
pass_gate(void *context, struct failure *why)
{
	struct work *work = context;

	if (!work->is_gate_asked)
		work->gate = ask_gate(work, &work->gate_why);
	work->is_gate_asked = true;
	*why = work->gate_why;
	return work->gate;
}

static bool
is_filtered(const struct part *part)
{
	return part->verdict == VERDICT_OK && part->job->filtering.is_active;
}

static size_t
count_filtered(const struct work *work)
{
	size_t count = 0;
	size_t i;

	for (i = 0; i < work->task->count; i++)
		count += is_filtered(&work->parts[i]);
	return count;
}

/* Before the gate: what a script refuses is nobody's business behind it. */
static void
let_scripts_decide(struct work *work)
{
	size_t i;

	for (i = 0; i < work->task->count; i++) {
		struct part *part = &work->parts[i];

		if (is_filtered(part))
			part->verdict =
			    filtering_decide(part->job, &part->why);
	}
}

/* Behind the group: a script may want several stores, and mail between. */
static void
execute_scripts(struct work *work)
{
	size_t i;

	for (i = 0; i < work->task->count; i++) {
		struct part *part = &work->parts[i];

		if (!is_filtered(part))
			continue;
		part->verdict = pass_gate(work, &part->why);
		if (part->verdict == VERDICT_OK)
			part->verdict =
			    filtering_execute(part->job, true, &part->why);
	}
}

static struct maildir_group
group_of(struct work *work)
{
	struct maildir_group group = {
		.deliveries = work->deliveries,
		.count = work->delivery_count,
		.may_share = work->parts[0].job->settings.share == ANSWER_YES,
		.is_more_to_come = count_filtered(work) > 0,
		.gate = pass_gate,
		.context = work,
	};

	return group;
}

static void
deliver_maildirs(struct work *work)
{
	struct maildir_group group;
	struct part *part;
	size_t i;

	for (i = 0; i < work->task->count; i++)
		if (work->parts[i].verdict == VERDICT_OK &&
		    !is_filtered(&work->parts[i]))
			work->deliveries[work->delivery_count++] =
			    &work->parts[i].job->maildir_delivery;
	group = group_of(work);
	if (group.count > 0)
		group_deliver(&group);
	for (i = 0; i < work->task->count; i++) {
		part = &work->parts[i];
		if (part->verdict != VERDICT_OK || is_filtered(part))
			continue;
		part->verdict = part->job->maildir_delivery.verdict;
		part->why = part->job->maildir_delivery.why;
	}
}

/* Under a lock nobody is to wait for others: the gate comes before it. */
static void
deliver_mbox(struct work *work)
{
	struct part *part = &work->parts[0];

	part->verdict = pass_gate(work, &part->why);
	if (part->verdict == VERDICT_OK)
		part->verdict =
		    mbox_store(&part->job->mbox_delivery, &part->why);
}

static void
deliver(struct work *work)
{
	let_scripts_decide(work);
	if (!is_any_alive(work))
		return;
	if (work->parts[0].job->destination.kind != BOX_MBOX)
		deliver_maildirs(work);
	else if (!is_filtered(&work->parts[0]))
		deliver_mbox(work);
	if (count_filtered(work) == 0)
		return;
	execute_scripts(work);
	if (is_any_alive(work))
		filtering_done();
}

static void
settle(struct work *work)
{
	const struct maildir_group group = group_of(work);
	size_t i;

	if (work->parts[0].job->destination.kind != BOX_MBOX)
		group_settle(&group);
	else if (work->parts[0].verdict == VERDICT_OK &&
	    !is_filtered(&work->parts[0]))
		mbox_settle(&work->parts[0].job->mbox_delivery);
	for (i = 0; i < work->task->count; i++)
		if (is_filtered(&work->parts[i]))
			filtering_settle(work->parts[i].job);
}

/* The processes of scripts end before we do. */
static void
end_scripts(const struct work *work)
{
	size_t i;

	for (i = 0; i < work->task->count; i++)
		filtering_close(work->parts[i].job);
}

/* ---- Behind it ---------------------------------------------------------- */

static void
answer(const struct work *work)
{
	struct wire_answer answer;
	size_t i;

	for (i = 0; i < work->task->count; i++) {
		const struct part *part = &work->parts[i];

		wire_answer_set(&answer, work->task->indexes[i], part->verdict,
		    &part->why, filtering_reason(part->job));
		(void)wire_send(work->task->monitor_fd, &answer,
		    sizeof(answer)); /* its end is seen at the next wait */
	}
}

static void
write_log(struct work *work)
{
	size_t i;

	for (i = 0; i < work->task->count; i++)
		log_write(&work->parts[i].log, work->parts[i].job,
		    work->parts[i].verdict, &work->parts[i].why);
}

static bool
is_client_told(const struct work *work)
{
	char word = WORD_GONE;

	return wire_receive(work->task->monitor_fd, &word, 1) &&
	    word == WORD_SETTLE;
}

static bool
make_work(struct work *work, const struct worker_task *task)
{
	size_t i;

	memset(work, 0, sizeof(*work));
	work->task = task;
	work->parts = calloc(task->count, sizeof(*work->parts));
	work->deliveries =
	    calloc(task->count, sizeof(struct maildir_delivery *));
	if (work->parts == NULL || work->deliveries == NULL)
		return false;
	for (i = 0; i < task->count; i++) {
		work->parts[i].job = &task->jobs[i];
		work->parts[i].job->keeper_fd = task->keeper_fd;
	}
	return true;
}

int
worker_run(struct worker_task *task)
{
	struct work work;

	interrupt_deadline(
	    (unsigned int)task->jobs[0].settings.deadline_s);
	interrupt_watch(task->monitor_fd);
	if (!make_work(&work, task))
		return EX_TEMPFAIL;
	prepare(&work);
	take_message(&work);
	deliver(&work);
	answer(&work);
	write_log(&work);
	if (is_client_told(&work))
		settle(&work);
	end_scripts(&work);
	return EX_OK;
}
