#include "sieve/run.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sieve/flags.h"
#include "sieve/text.h"

/* ---- What commands and tests may call ---------------------------------- */

bool
run_error(struct sieve_run *run, const struct sieve_call *call,
    const char *format, ...)
{
	static const struct sieve_place nowhere;
	va_list arguments;

	/* The first error is the cause of others. */
	if (run->has_failed)
		return false;
	run->has_failed = true;
	va_start(arguments, format);
	error_set(run->error,
	    run->frame != NULL ? run->frame->script->name : "",
	    call != NULL ? call->place : nowhere, format, arguments);
	va_end(arguments);
	return false;
}

bool
run_spend(struct sieve_run *run, const struct sieve_call *call, uint64_t steps)
{
	if (steps > run->steps_left)
		return run_error(run, call,
		    "the script did more than %llu steps of work",
		    (unsigned long long)run->options->limits.steps);
	run->steps_left -= steps;
	return true;
}

static struct span
slot_span(const struct sieve_slot *slot)
{
	struct span value = { slot->at, slot->size_bytes };

	return value;
}

static struct span
piece_value(struct sieve_run *run, const struct text_piece *piece)
{
	const struct match_pieces *matched = &run->frame->matched;

	switch (piece->kind) {
	case PIECE_LITERAL:
		return piece->literal;
	case PIECE_LOCAL:
		return slot_span(&run->frame->locals[piece->index]);
	case PIECE_GLOBAL:
		return slot_span(&run->globals[piece->index]);
	case PIECE_MATCH:
		if (piece->index < matched->count)
			return matched->at[piece->index];
		break;
	case PIECE_EXTRA:
		return piece->extra->variable(run, piece->literal);
	}
	return span_of(NULL);
}

struct span
run_text(struct sieve_run *run, const struct sieve_text *text)
{
	struct buffer value;
	size_t i;

	if (text->piece_count == 0)
		return text->constant;
	if (text->piece_count == 1)
		return piece_value(run, &text->pieces[0]);
	buffer_start(&value, &run->memory);
	for (i = 0; i < text->piece_count; i++)
		buffer_add(&value, piece_value(run, &text->pieces[i]));
	return buffer_span(&value);
}

struct span
run_string(struct sieve_run *run, const struct sieve_value *value)
{
	return value->count > 0 ? run_text(run, &value->texts[0])
				: span_of(NULL);
}

struct sieve_strings
run_strings(struct sieve_run *run, const struct sieve_value *value)
{
	struct sieve_strings strings = { NULL, 0 };
	struct span *list =
	    arena_take(&run->memory, value->count, sizeof(*list));
	size_t i;

	if (list == NULL)
		return strings;
	for (i = 0; i < value->count; i++)
		list[i] = run_text(run, &value->texts[i]);
	strings.at = list;
	strings.count = value->count;
	return strings;
}

/* The value may lie in the slot itself: set "a" "${a}". */
bool
run_set(struct sieve_run *run, const struct sieve_call *call,
    struct sieve_slot *slot, struct span value)
{
	size_t size = span_cut(value, run->options->limits.variable_bytes);

	if (size > slot->room_bytes) {
		char *at = arena_take(&run->memory, size, 1);

		if (at == NULL)
			return run_error(run, call, "no memory is left");
		slot->at = at;
		slot->room_bytes = size;
	}
	if (size > 0)
		memmove(slot->at, value.at, size);
	slot->size_bytes = size;
	return true;
}

/* What matched is copied once, and the pieces point into the copy. */
void
run_matched(struct sieve_run *run, const struct match_pieces *pieces)
{
	struct match_pieces *kept = &run->frame->matched;
	struct span whole;
	size_t i;

	if (pieces->count == 0)
		return;
	whole = arena_copy(&run->memory, pieces->at[0]);
	if (whole.at == NULL)
		return; /* the run ends for want of memory */
	kept->count = pieces->count < run->options->limits.match_values
	    ? pieces->count
	    : run->options->limits.match_values;
	for (i = 0; i < kept->count; i++) {
		kept->at[i] = pieces->at[i];
		if (pieces->at[i].size_bytes > 0)
			kept->at[i].at =
			    whole.at + (pieces->at[i].at - pieces->at[0].at);
	}
}

bool
run_leave_block(struct sieve_run *run)
{
	if (run->frame->open_count == 0)
		return false;
	run->frame->is_jumping = true;
	return true;
}

void
run_set_message(struct sieve_run *run, struct span message)
{
	mail_start(&run->mail, message, &run->memory);
}

/* ---- Instructions ------------------------------------------------------ */

static bool
enter_block(struct sieve_run *run, const struct instruction *instruction,
    size_t *next)
{
	struct sieve_frame *frame = run->frame;
	const struct sieve_call *call = instruction->call;
	bool enters = true;

	if (!call->spec->enter(run, call, &enters))
		return false;
	if (!enters) {
		*next = instruction->target + 1;
		return true;
	}
	if (frame->open_count == run->options->limits.nesting)
		return run_error(run, call, "too many blocks are open");
	frame->open_blocks[frame->open_count++] = instruction->target;
	return true;
}

static bool
leave_block(struct sieve_run *run, const struct instruction *instruction,
    size_t *next)
{
	const struct sieve_call *call = instruction->call;
	bool again = false;

	run->frame->open_count--;
	if (call->spec->leave != NULL && !call->spec->leave(run, call, &again))
		return false;
	if (again) {
		run->frame->open_blocks[run->frame->open_count++] =
		    (size_t)(instruction - run->frame->script->code);
		*next = instruction->target;
	}
	return true;
}

static bool
do_call(struct sieve_run *run, const struct instruction *instruction,
    bool *truth, size_t *next)
{
	const struct sieve_call *call = instruction->call;

	switch (instruction->op) {
	case OP_EXECUTE:
		return call->spec->execute(run, call);
	case OP_TEST:
		return call->spec->test(run, call, truth);
	case OP_ENTER:
		return enter_block(run, instruction, next);
	case OP_LEAVE:
		return leave_block(run, instruction, next);
	default:
		return true;
	}
}

/* What needs nothing but the register and the place of the next one. */
static void
do_simple(const struct instruction *instruction, bool *truth, size_t *next)
{
	switch (instruction->op) {
	case OP_TRUE:
		*truth = true;
		break;
	case OP_FALSE:
		*truth = false;
		break;
	case OP_NOT:
		*truth = !*truth;
		break;
	case OP_JUMP:
		*next = instruction->target;
		break;
	case OP_JUMP_IF:
		if (*truth)
			*next = instruction->target;
		break;
	case OP_JUMP_UNLESS:
		if (!*truth)
			*next = instruction->target;
		break;
	default:
		break;
	}
}

static bool
fail_at(struct sieve_run *run, const struct instruction *instruction)
{
	struct sieve_call call;

	memset(&call, 0, sizeof(call));
	call.place = instruction->place;
	return run_error(run, &call, "%s", instruction->text);
}

static bool
step(struct sieve_run *run, const struct instruction *instruction, bool *truth,
    size_t *next)
{
	if (!run_spend(run, instruction->call, 1))
		return false;
	if (instruction->op == OP_FAIL)
		return fail_at(run, instruction);
	do_simple(instruction, truth, next);
	if (!do_call(run, instruction, truth, next) || run->has_failed)
		return false;
	if (run->memory.is_exhausted || run->plan->memory.is_exhausted)
		return run_error(run, instruction->call,
		    "the script needs more than %zu bytes of memory",
		    run->options->limits.memory_bytes);
	if (run->frame->is_jumping) {
		run->frame->is_jumping = false;
		*next = run->frame->open_blocks[run->frame->open_count - 1];
	}
	return true;
}

static bool
run_code(struct sieve_run *run)
{
	struct sieve_frame *frame = run->frame;
	const struct instruction *code = frame->script->code;
	bool truth = false;
	size_t next = 0;

	while (!run->stops && !frame->returns && code[next].op != OP_END) {
		const struct instruction *now = &code[next++];

		if (!step(run, now, &truth, &next))
			return false;
	}
	return true;
}

static bool
start_frame(struct sieve_run *run, struct sieve_frame *frame,
    const struct sieve_call *call, size_t index)
{
	memset(frame, 0, sizeof(*frame));
	frame->script = run->program->scripts[index];
	frame->outer = run->frame;
	frame->locals = arena_take(&run->memory, frame->script->local_count,
	    sizeof(*frame->locals));
	frame->open_blocks = arena_take(&run->memory,
	    run->options->limits.nesting, sizeof(*frame->open_blocks));
	run->frame = frame;
	return (frame->locals != NULL && frame->open_blocks != NULL) ||
	    run_error(run, call, "no memory is left");
}

bool
run_is_open(const struct sieve_run *run, size_t index)
{
	const struct sieve_frame *frame = run->frame;

	for (; frame != NULL; frame = frame->outer)
		if (frame->script == run->program->scripts[index])
			return true;
	return false;
}

/*
 * The compiler looks how deep scripts lie, but where one is included twice it
 * can lie deeper here than it did there.
 */
bool
run_included(struct sieve_run *run, const struct sieve_call *call, size_t index)
{
	struct sieve_frame *outer = run->frame, frame;
	bool is_good;

	if (run->depth == run->options->limits.include_depth)
		return run_error(run, call,
		    "scripts include each other more than %u deep", run->depth);
	run->was_included[index] = true;
	run->depth++;
	is_good = start_frame(run, &frame, call, index) && run_code(run);
	run->depth--;
	run->frame = outer;
	return is_good;
}

/* ---- Programs ---------------------------------------------------------- */

static bool
start_program(struct sieve_run *run, const struct sieve_program *program)
{
	const struct sieve_limits *limits = &program->options->limits;

	run->program = program;
	run->options = program->options;
	run->steps_left = limits->steps;
	run->stops = run->keeps = false;
	run->frame = NULL;
	run->depth = 0;
	run->first_action = run->plan->count;
	run->globals = arena_take(&run->memory, program->global_count,
	    sizeof(*run->globals));
	run->was_included = arena_take(&run->memory, program->script_count,
	    sizeof(*run->was_included));
	return run->globals != NULL && run->was_included != NULL;
}

static bool
run_program(struct sieve_run *run, const struct sieve_program *program)
{
	if (!start_program(run, program))
		return run_error(run, NULL, "no memory is left");
	return start_frame(run, &run->main_frame, NULL, 0) && run_code(run);
}

/*
 * An explicit keep of a program that others follow only says "go on", unless
 * a fileinto said the same.
 */
static void
drop_keeps(struct sieve_run *run)
{
	struct sieve_plan *plan = run->plan;
	size_t from, to = run->first_action;

	for (from = to; from < plan->count; from++)
		if (plan->actions[from].kind != SIEVE_KEEP ||
		    plan->actions[from].is_filed)
			plan->actions[to++] = plan->actions[from];
	plan->count = to;
	plan->keeps_implicitly = true;
}

bool
run_implicit_keep(struct sieve_run *run)
{
	struct sieve_action action;

	if (!run->plan->keeps_implicitly)
		return true;
	memset(&action, 0, sizeof(action));
	action.kind = SIEVE_KEEP;
	action.is_implicit = true;
	return flags_of_action(run, NULL, &action) &&
	    run_action(run, NULL, &action);
}

/* What the failed program wanted is forgotten; the message is kept. */
static void
roll_back(struct sieve_run *run)
{
	struct sieve_action keep;

	memset(&keep, 0, sizeof(keep));
	keep.kind = SIEVE_KEEP;
	keep.is_implicit = true;
	run->plan->count = run->first_action;
	run->plan->keeps_implicitly = true;
	keep.script = "";
	/* When even this cannot be had, the empty plan says to keep. */
	(void)sieve_plan_add(run->plan, &keep);
}

static bool
run_all(struct sieve_run *run, const struct sieve_program *const *programs,
    size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (!run_program(run, programs[i]))
			return false;
		if (!run->keeps && !run->plan->keeps_implicitly)
			return true;
		if (i + 1 < count)
			drop_keeps(run);
	}
	return count == 0 || run_implicit_keep(run);
}

bool
sieve_run(const struct sieve_program *const *programs, size_t count,
    const struct sieve_input *input, struct sieve_plan *plan,
    struct sieve_error *error)
{
	struct sieve_run run;
	bool is_good;

	memset(&run, 0, sizeof(run));
	memset(error, 0, sizeof(*error));
	run.input = input;
	run.plan = plan;
	run.error = error;
	run.envelope = input->envelope;
	arena_start(&run.memory,
	    (count > 0 ? programs[0]->options->limits.memory_bytes : 0) +
		4 * input->message.size_bytes);
	mail_start(&run.mail, input->message, &run.memory);
	is_good = run_all(&run, programs, count);
	if (!is_good || count == 0)
		roll_back(&run);
	arena_end(&run.memory);
	return is_good;
}
