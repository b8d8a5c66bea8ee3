#include "filter/evaluate.h"

#include <sys/resource.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "account/sandbox.h"
#include "base/buffer.h"
#include "compat/compat.h"
#include "filter/alone.h"
#include "filter/pack.h"
#include "filter/parcel.h"
#include "mime/charset.h"
#include "mime/date.h"

struct evaluation {
	const struct judge_setup *setup;
	struct sieve_program **programs; /* those that are right, in order */
	size_t program_count;
	struct sieve_errors errors;
	struct arena memory; /* of records */
	struct sieve_input input;
};

/* ---- Alone -------------------------------------------------------------- */

/* Grace tells a limit that was reached from a process that was killed. */
static void
lower(struct rlimit *now, rlim_t most, rlim_t grace)
{
	if (now->rlim_cur == RLIM_INFINITY || now->rlim_cur > most)
		now->rlim_cur = most;
	if (now->rlim_max == RLIM_INFINITY || now->rlim_max > most + grace)
		now->rlim_max = most + grace;
}

/* Where a limit cannot be had, the parent's clock remains. */
static void
limit_self(const struct judge_setup *setup)
{
	const struct rlimit none = { 0, 0 };
	struct rlimit now;

	(void)setrlimit(RLIMIT_CORE, &none);
	(void)setrlimit(RLIMIT_FSIZE, &none);
	if (getrlimit(RLIMIT_CPU, &now) == 0) {
		lower(&now, setup->cpu_s, 1);
		(void)setrlimit(RLIMIT_CPU, &now);
	}
	/* AddressSanitizer reserves terabytes. */
	if (!HAS_LEAK_CHECKER && getrlimit(RLIMIT_AS, &now) == 0) {
		lower(&now, setup->memory_bytes, 0);
		(void)setrlimit(RLIMIT_AS, &now);
	}
}

/* ---- Questions ---------------------------------------------------------- */

static enum sieve_answer
ask(struct evaluation *evaluation, enum parcel_kind kind, struct buffer *question)
{
	struct span answer;
	struct parcel_reader reader = { { NULL, 0 }, false };
	uint64_t got;

	if (!parcel_send(ALONE_FD, kind, buffer_span(question)) ||
	    !parcel_receive(ALONE_FD, &evaluation->memory, sizeof(uint64_t), 0,
		&got, &answer) ||
	    got != PARCEL_ANSWER)
		_exit(1); /* the delivery has gone */
	reader.rest = answer;
	got = parcel_get_number(&reader);
	return got <= SIEVE_YES ? (enum sieve_answer)got : SIEVE_UNANSWERED;
}

static enum sieve_answer
ask_mailbox(void *context, struct span name)
{
	struct evaluation *evaluation = context;
	struct buffer question;

	buffer_start(&question, &evaluation->memory);
	parcel_put_span(&question, name);
	return ask(evaluation, PARCEL_ASK_MAILBOX, &question);
}

static enum sieve_answer
ask_seen(void *context, const struct sieve_mark *mark)
{
	struct evaluation *evaluation = context;
	struct buffer question;

	buffer_start(&question, &evaluation->memory);
	parcel_put_span(&question, mark->handle);
	parcel_put_span(&question, mark->id);
	return ask(evaluation, PARCEL_ASK_SEEN, &question);
}

static int
local_zone(void *context, int64_t at_s)
{
	(void)context;
	return date_local_zone(at_s);
}

/* ---- Answers ------------------------------------------------------------ */

static void
send_record(enum parcel_kind kind, const struct buffer *record)
{
	if (record->arena->is_exhausted ||
	    !parcel_send(ALONE_FD, kind, buffer_span(record)))
		_exit(1);
}

static void
send_error(struct evaluation *evaluation, const struct sieve_error *error)
{
	struct buffer record;

	buffer_start(&record, &evaluation->memory);
	parcel_put_span(&record, span_of(error->script));
	parcel_put_number(&record, error->place.line);
	parcel_put_number(&record, error->place.column);
	parcel_put_span(&record, span_of(error->text));
	send_record(PARCEL_ERROR, &record);
}

static void
send_errors(struct evaluation *evaluation)
{
	const struct sieve_errors *errors = &evaluation->errors;
	size_t i;

	for (i = 0; i < errors->count && i < SIEVE_ERRORS_MAX; i++)
		send_error(evaluation, &errors->list[i]);
}

/* Actions that follow each other share a header more often than not. */
static void
send_plan(struct evaluation *evaluation, const struct sieve_plan *plan)
{
	const struct span *sent = NULL;
	size_t sent_count = 0;
	struct buffer record;
	size_t i;

	for (i = 0; i < plan->count; i++) {
		const struct span *header = plan->actions[i].header;

		if (header != NULL && header != sent) {
			buffer_start(&record, &evaluation->memory);
			parcel_put_span(&record, *header);
			send_record(PARCEL_HEADER, &record);
			sent = header;
			sent_count++;
		}
		buffer_start(&record, &evaluation->memory);
		pack_action(&record, &plan->actions[i],
		    header != NULL ? sent_count : 0);
		send_record(PARCEL_ACTION, &record);
	}
	buffer_start(&record, &evaluation->memory);
	send_record(PARCEL_END, &record);
}

/* ---- The work ----------------------------------------------------------- */

/* Behind a script that is wrong none is run: what it wanted is not known. */
static void
compile_all(struct evaluation *evaluation)
{
	const struct judge_setup *setup = evaluation->setup;
	struct script_library places = setup->library;
	struct sieve_library library = { script_find, NULL };
	struct sieve_program *program;
	struct arena texts;
	size_t i;

	arena_start(&texts, setup->memory_bytes);
	places.arena = &texts;
	library.context = &places;
	for (i = 0; i < setup->script_count; i++) {
		program = sieve_compile(setup->scripts[i].name,
		    setup->scripts[i].text, setup->options, &library,
		    &evaluation->errors);
		if (program == NULL)
			break;
		evaluation->programs[evaluation->program_count++] = program;
	}
	arena_end(&texts);
}

static bool
receive(struct evaluation *evaluation, enum parcel_kind wanted,
    struct parcel_reader *reader)
{
	uint64_t kind;

	reader->is_bad = false;
	return parcel_receive(ALONE_FD, &evaluation->memory,
		   evaluation->setup->memory_bytes, 0, &kind, &reader->rest) &&
	    kind == wanted;
}

static void
read_task(struct evaluation *evaluation, struct parcel_reader *reader)
{
	struct sieve_input *input = &evaluation->input;
	struct sieve_envelope *envelope = &input->envelope;

	input->now_s = (int64_t)parcel_get_number(reader);
	input->size_bytes = parcel_get_number(reader);
	envelope->has_from = parcel_get_number(reader) != 0;
	envelope->has_to = parcel_get_number(reader) != 0;
	envelope->from = parcel_get_span(reader);
	envelope->to = parcel_get_span(reader);
	envelope->original_to = parcel_get_span(reader);
	envelope->auth = parcel_get_span(reader);
	input->message = parcel_get_span(reader);
	input->own_addresses = evaluation->setup->own_addresses;
	input->own_address_count = evaluation->setup->own_address_count;
	input->environment = evaluation->setup->environment;
	input->environment_count = evaluation->setup->environment_count;
	input->answers.context = evaluation;
	input->answers.mailbox_exists = ask_mailbox;
	input->answers.was_seen = ask_seen;
	input->answers.zone_min = local_zone;
}

static void
decide(struct evaluation *evaluation)
{
	struct sieve_error error;
	struct sieve_plan plan;

	sieve_plan_init(&plan);
	if (!sieve_run((const struct sieve_program *const *)
			   evaluation->programs,
		evaluation->program_count, &evaluation->input, &plan, &error) &&
	    evaluation->program_count > 0)
		send_error(evaluation, &error);
	send_plan(evaluation, &plan);
}

void
evaluate(const struct judge_setup *setup, int fd)
{
	struct evaluation evaluation;
	struct parcel_reader reader;

	alone_become(fd);
	limit_self(setup);
	memset(&evaluation, 0, sizeof(evaluation));
	evaluation.setup = setup;
	evaluation.programs =
	    calloc(setup->script_count + 1, sizeof(*evaluation.programs));
	if (evaluation.programs == NULL)
		_exit(1);
	arena_start(&evaluation.memory, setup->memory_bytes);
	compile_all(&evaluation);
	date_prepare();
	if (!receive(&evaluation, PARCEL_PREPARE, &reader))
		_exit(1);
	charset_open(parcel_get_number(&reader));
	(void)sandbox_enter_pure(); /* some systems have none */
	if (!receive(&evaluation, PARCEL_TASK, &reader))
		_exit(1);
	read_task(&evaluation, &reader);
	if (reader.is_bad)
		_exit(1);
	send_errors(&evaluation);
	decide(&evaluation);
	_exit(0);
}
