#include "filter/judge.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "filter/evaluate.h"
#include "filter/pack.h"
#include "filter/parcel.h"
#include "mime/charset.h"

enum {
	WALL_PER_CPU = 10, /* a machine that is busy is no fault */
	QUESTIONS_MAX = 1000,
	RECORD_BYTES = 4 * 1024 * 1024,
	BLOCK_BYTES = 64 * 1024,
	OVERLAP_BYTES = 256 /* longer than "charset" and a name */
};

static void
set_trouble(struct judge_decision *decision, const char *format, ...)
#ifdef __GNUC__
    __attribute__((format(printf, 2, 3)))
#endif
    ;

static void
set_trouble(struct judge_decision *decision, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(decision->trouble, sizeof(decision->trouble), format,
	    arguments); /* or cut */
	va_end(arguments);
}

/* ---- Keeping ------------------------------------------------------------ */

/* Where even the memory for one action is gone, the plan is empty. */
static void
plan_keep(struct sieve_plan *plan)
{
	struct sieve_action keep;

	sieve_plan_clear(plan);
	memset(&keep, 0, sizeof(keep));
	keep.kind = SIEVE_KEEP;
	keep.script = "";
	keep.is_implicit = true;
	(void)sieve_plan_add(plan, &keep);
}

void
judge_keep(struct judge_decision *decision, const char *trouble)
{
	memset(decision, 0, sizeof(*decision));
	sieve_plan_init(&decision->plan);
	plan_keep(&decision->plan);
	set_trouble(decision, "%s", trouble);
}

/* ---- The process -------------------------------------------------------- */

/* One that does not read must not stop a delivery. */
static void
limit_sending(int fd, unsigned int wall_s)
{
	struct timeval most;

	memset(&most, 0, sizeof(most));
	most.tv_sec = (time_t)wall_s;
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof(most));
}

void
judge_start(struct judge *judge, const struct judge_setup *setup)
{
	int fds[2];

	judge->fd = -1;
	judge->pid = -1;
	judge->options = setup->options;
	judge->wall_s = setup->cpu_s * WALL_PER_CPU;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == -1)
		return;
	(void)signal(SIGCHLD, SIG_DFL); /* ignored, no end is told */
	judge->pid = fork();
	if (judge->pid == 0)
		evaluate(setup, fds[1]);
	(void)close(fds[1]);
	if (judge->pid == -1) {
		(void)close(fds[0]);
		return;
	}
	(void)fcntl(fds[0], F_SETFD, FD_CLOEXEC);
	limit_sending(fds[0], judge->wall_s);
	judge->fd = fds[0];
}

/* One that is dying has a moment to say of what. */
static bool
has_ended(pid_t pid, int *status_out)
{
	const struct timespec moment = { 0, 1000000 };
	int turns;

	for (turns = 0; turns < 100; turns++) {
		if (waitpid(pid, status_out, WNOHANG) == pid)
			return true;
		(void)nanosleep(&moment, NULL);
	}
	return false;
}

/* Gives the status, as waitpid(2) does. */
static int
end_process(struct judge *judge, bool is_dying)
{
	int status = 0;

	if (judge->pid == -1)
		return 0;
	if (!is_dying || !has_ended(judge->pid, &status)) {
		(void)kill(judge->pid, SIGKILL);
		while (waitpid(judge->pid, &status, 0) == -1 &&
		    errno == EINTR)
			continue;
	}
	(void)close(judge->fd);
	judge->fd = -1;
	judge->pid = -1;
	return status;
}

void
judge_end(struct judge *judge)
{
	(void)end_process(judge, false);
}

/* ---- The talk ----------------------------------------------------------- */

/* What is being received. */
struct talk {
	struct judge *judge;
	const struct judge_task *task;
	struct judge_decision *decision;
	struct pack_headers headers;
	long long until_us;
	unsigned int questions;
	bool is_at_end;
	bool is_late;
	bool is_doubted; /* it said what cannot be right */
};

/* Takes blocks of what follows; gives false to end it. */
typedef bool block_sink(void *context, struct span block);

/* Blocks overlap by as much as a name of a character set may need. */
static bool
each_block(const struct judge_task *task, size_t overlap_bytes,
    block_sink *sink, void *context)
{
	char block[BLOCK_BYTES];
	size_t done = 0, before = 0, wanted;
	ssize_t got;

	while (done < task->rest_bytes) {
		wanted = sizeof(block) - before;
		if (wanted > task->rest_bytes - done)
			wanted = task->rest_bytes - done;
		got = pread(task->rest_fd, block + before, wanted,
		    task->rest_at + (off_t)done);
		if (got == -1 && errno == EINTR)
			continue;
		if (got <= 0 ||
		    !sink(context,
			(struct span){ block, before + (size_t)got }))
			return false;
		done += (size_t)got;
		got += (ssize_t)before;
		before = (size_t)got < overlap_bytes ? (size_t)got
						     : overlap_bytes;
		memmove(block, block + (size_t)got - before, before);
	}
	return true;
}

static bool
look_for_charsets(void *context, struct span block)
{
	uint64_t *wanted = context;

	*wanted |= charset_wanted(block);
	return true;
}

static bool
send_prepare(const struct talk *talk, struct arena *memory)
{
	const struct judge_task *task = talk->task;
	uint64_t wanted = charset_wanted(task->message);
	struct buffer record;

	if (!each_block(task, OVERLAP_BYTES, look_for_charsets, &wanted))
		return false;
	buffer_start(&record, memory);
	parcel_put_number(&record, wanted);
	return parcel_send(
	    talk->judge->fd, PARCEL_PREPARE, buffer_span(&record));
}

static bool
send_block(void *context, struct span block)
{
	const struct talk *talk = context;

	return parcel_add(talk->judge->fd, block);
}

static bool
send_message(struct talk *talk, struct buffer *record)
{
	const struct judge_task *task = talk->task;

	parcel_put_number(record, task->message.size_bytes + task->rest_bytes);
	buffer_add(record, task->message);
	return !record->arena->is_exhausted &&
	    parcel_begin(talk->judge->fd, PARCEL_TASK, buffer_span(record),
		record->size_bytes + task->rest_bytes) &&
	    each_block(task, 0, send_block, talk);
}

static bool
send_task(struct talk *talk)
{
	const struct judge_task *task = talk->task;
	const struct sieve_envelope *envelope = &task->envelope;
	struct arena memory;
	struct buffer record;
	bool is_sent;

	arena_start(&memory, 4 * task->message.size_bytes + RECORD_BYTES);
	is_sent = send_prepare(talk, &memory);
	buffer_start(&record, &memory);
	(void)buffer_reserve(&record, task->message.size_bytes + 4096);
	parcel_put_number(&record, (uint64_t)task->now_s);
	parcel_put_number(&record, (uint64_t)task->size_bytes);
	parcel_put_number(&record, envelope->has_from);
	parcel_put_number(&record, envelope->has_to);
	parcel_put_span(&record, envelope->from);
	parcel_put_span(&record, envelope->to);
	parcel_put_span(&record, envelope->original_to);
	parcel_put_span(&record, envelope->auth);
	is_sent = is_sent && send_message(talk, &record);
	arena_end(&memory);
	return is_sent;
}

static bool
answer(struct talk *talk, enum sieve_answer what)
{
	struct arena memory;
	struct buffer record;
	bool is_sent;

	arena_start(&memory, RECORD_BYTES);
	buffer_start(&record, &memory);
	parcel_put_number(&record, what);
	is_sent = parcel_send(
	    talk->judge->fd, PARCEL_ANSWER, buffer_span(&record));
	arena_end(&memory);
	return is_sent;
}

static bool
answer_mailbox(struct talk *talk, struct parcel_reader *reader)
{
	const struct sieve_answers *answers = talk->task->answers;
	struct span name = parcel_get_span(reader);

	if (reader->is_bad || talk->questions++ == QUESTIONS_MAX)
		return false;
	if (answers->mailbox_exists == NULL)
		return answer(talk, SIEVE_NO);
	return answer(talk, answers->mailbox_exists(answers->context, name));
}

static bool
answer_seen(struct talk *talk, struct parcel_reader *reader)
{
	const struct sieve_answers *answers = talk->task->answers;
	struct sieve_mark mark;

	memset(&mark, 0, sizeof(mark));
	mark.handle = parcel_get_span(reader);
	mark.id = parcel_get_span(reader);
	if (reader->is_bad || talk->questions++ == QUESTIONS_MAX)
		return false;
	if (answers->was_seen == NULL)
		return answer(talk, SIEVE_NO);
	return answer(talk, answers->was_seen(answers->context, &mark));
}

static bool
take_header(struct talk *talk, struct parcel_reader *reader)
{
	struct pack_headers *headers = &talk->headers;
	struct span header = parcel_get_span(reader);

	if (reader->is_bad || headers->count == headers->room ||
	    !pack_is_header(header))
		return false;
	headers->at[headers->count++] =
	    arena_copy(&talk->decision->plan.memory, header);
	return true;
}

static bool
take_action(struct talk *talk, struct span record)
{
	struct sieve_plan *plan = &talk->decision->plan;
	struct sieve_action action;

	return plan->count <= talk->judge->options->limits.actions &&
	    pack_read_action(&action, record, &talk->headers,
		talk->task->envelope.from, &plan->memory) &&
	    sieve_plan_add(plan, &action) != NULL;
}

/* A string of ours: cut, and with no control bytes that reach a log. */
static void
copy_word(char *to, size_t room_bytes, struct span from)
{
	size_t i;

	for (i = 0; i < from.size_bytes && i + 1 < room_bytes; i++)
		to[i] = (unsigned char)from.at[i] < ' ' ? ' ' : from.at[i];
	to[i] = '\0';
}

static bool
take_error(struct talk *talk, struct parcel_reader *reader)
{
	struct sieve_errors *errors = &talk->decision->errors;
	struct sieve_error *error = &errors->list[errors->count];

	if (errors->count == SIEVE_ERRORS_MAX)
		return false;
	copy_word(error->script, sizeof(error->script), parcel_get_span(reader));
	error->place.line = (unsigned)parcel_get_number(reader);
	error->place.column = (unsigned)parcel_get_number(reader);
	copy_word(error->text, sizeof(error->text), parcel_get_span(reader));
	errors->count++;
	return !reader->is_bad;
}

static bool
take_record(struct talk *talk, uint64_t kind, struct span record)
{
	struct parcel_reader reader = { record, false };

	switch (kind) {
	case PARCEL_ASK_MAILBOX:
		return answer_mailbox(talk, &reader);
	case PARCEL_ASK_SEEN:
		return answer_seen(talk, &reader);
	case PARCEL_HEADER:
		return take_header(talk, &reader);
	case PARCEL_ACTION:
		return take_action(talk, record);
	case PARCEL_ERROR:
		return take_error(talk, &reader);
	case PARCEL_END:
		talk->is_at_end = true;
		return true;
	default:
		return false;
	}
}

static bool
take_next(struct talk *talk)
{
	struct arena memory;
	struct span record;
	uint64_t kind;
	bool is_taken;

	arena_start(&memory,
	    talk->task->message.size_bytes + 2 * (size_t)RECORD_BYTES);
	is_taken = parcel_receive(talk->judge->fd, &memory,
	    talk->task->message.size_bytes + RECORD_BYTES, talk->until_us,
	    &kind, &record);
	talk->is_late = !is_taken && clock_us() >= talk->until_us;
	talk->is_doubted = is_taken && !take_record(talk, kind, record);
	arena_end(&memory);
	return is_taken && !talk->is_doubted;
}

static bool
hold_talk(struct talk *talk)
{
	struct sieve_plan *plan = &talk->decision->plan;
	const struct sieve_limits *limits = &talk->judge->options->limits;
	bool is_well = send_task(talk);

	talk->headers.room = (size_t)limits->actions + 1;
	talk->headers.at = arena_take(
	    &plan->memory, talk->headers.room, sizeof(*talk->headers.at));
	while (is_well && talk->headers.at != NULL && !talk->is_at_end)
		is_well = take_next(talk);
	if (!is_well || !talk->is_at_end || plan->memory.is_exhausted)
		return false;
	talk->is_doubted = !pack_is_plan(plan, limits);
	return !talk->is_doubted;
}

/* ---- The decision ------------------------------------------------------- */

static void
tell_end(struct judge_decision *decision, const struct talk *talk, int status)
{
	if (talk->is_late)
		set_trouble(decision, "the scripts took too long");
	else if (talk->is_doubted)
		set_trouble(decision,
		    "the process of the scripts gave a plan that cannot be "
		    "right");
	else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
		set_trouble(decision, "the scripts took too much time");
	else if (WIFSIGNALED(status))
		set_trouble(decision,
		    "the process of the scripts was ended by signal %d",
		    WTERMSIG(status));
	else
		set_trouble(decision,
		    "the process of the scripts ended with status %d "
		    "and without a plan",
		    WEXITSTATUS(status));
}

/* In the words of a compiler, which editors know how to read. */
static void
tell_error(struct judge_decision *decision)
{
	const struct sieve_error *error = &decision->errors.list[0];

	set_trouble(decision, "%s:%u:%u: %s", error->script, error->place.line,
	    error->place.column, error->text);
}

void
judge_decide(struct judge *judge, const struct judge_task *task,
    struct judge_decision *decision)
{
	struct talk talk;
	bool is_well;
	int status;

	judge_keep(decision, "no process could be had for the scripts");
	if (judge->pid == -1)
		return;
	set_trouble(decision, "%s", "");
	sieve_plan_clear(&decision->plan);
	memset(&talk, 0, sizeof(talk));
	talk.judge = judge;
	talk.task = task;
	talk.decision = decision;
	talk.until_us = clock_us() + (long long)judge->wall_s * 1000000;
	is_well = hold_talk(&talk);
	status = end_process(judge, !talk.is_late && !talk.is_at_end);
	if (!is_well) {
		plan_keep(&decision->plan);
		tell_end(decision, &talk, status);
	}
	if (decision->errors.count > 0)
		tell_error(decision);
}

void
judge_forget(struct judge_decision *decision)
{
	sieve_plan_release(&decision->plan);
}
