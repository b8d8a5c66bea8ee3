/*
 * A script, the byte 0, and a message: from all that follows there must be a
 * plan that can be executed, in time, whatever the bytes are. It is the same
 * plan at each try, keeps to the limits and to the extensions that are
 * allowed, and is one that a delivery believes (filter/pack.h).
 *
 * The first byte says which extensions are forbidden, and how low limits are.
 */
#include <string.h>
#include <time.h>

#include "filter/pack.h"
#include "mime/address.h"
#include "sieve/sieve.h"
#include "tests/fuzz/fuzz.h"

enum { SECONDS_MOST = 10, MEMORY_BYTES = 16 << 20 };

/* An extension, and the kind of action that there is by it alone. */
static const struct {
	const char *name;
	enum sieve_action_kind kind;
} extensions[] = {
	{ "fileinto", SIEVE_FILEINTO },
	{ "reject", SIEVE_REJECT },
	{ "ereject", SIEVE_EREJECT },
	{ "vacation", SIEVE_VACATION },
	{ "duplicate", SIEVE_DUPLICATE },
};

enum { EXTENSIONS = sizeof(extensions) / sizeof(extensions[0]) };

struct setup {
	struct sieve_options options;
	/* regex is regexec(3) of the system, which may take its time. */
	const char *disabled[EXTENSIONS + 2];
	unsigned int flags;
	struct span script;
	struct span message;
};

/* Of an include, the name is the script: "keep;". */
static enum sieve_found
find(void *context, enum sieve_where where, const char *name,
    struct span *text_out)
{
	(void)context;
	(void)where;
	*text_out = span_of(name);
	return SIEVE_FOUND;
}

static bool
is_forbidden(const struct setup *setup, size_t extension)
{
	return (setup->flags >> extension & 1) != 0;
}

static void
set_up(struct setup *setup, unsigned int flags)
{
	size_t i, count = 0;

	setup->flags = flags;
	setup->disabled[count++] = "regex";
	for (i = 0; i < EXTENSIONS; i++)
		if (is_forbidden(setup, i))
			setup->disabled[count++] = extensions[i].name;
	setup->disabled[count] = NULL;
	sieve_options_default(&setup->options);
	setup->options.disabled = setup->disabled;
	setup->options.limits.steps = 200 * 1000;
	if (flags >= 128) {
		setup->options.limits.actions = 3;
		setup->options.limits.redirects = 1;
		setup->options.limits.variable_bytes = 64;
	}
}

/* ---- One plan ------------------------------------------------------------ */

static void
check_kind(const struct setup *setup, const struct sieve_action *action)
{
	size_t i;

	for (i = 0; i < EXTENSIONS; i++)
		if (action->kind == extensions[i].kind)
			MUST(!is_forbidden(setup, i));
	MUST(action->kind != SIEVE_NOTIFY);
	MUST(action->kind != SIEVE_FILEINTO || action->mailbox.size_bytes > 0);
	MUST(action->kind != SIEVE_VACATION ||
	    action->vacation.why_not != NULL ||
	    span_equals(action->vacation.to, span_of("s@a.example")));
	MUST(action->header == NULL || pack_is_header(*action->header));
}

/* Imap flags are told apart by letters, not by their case. */
static void
check_flags(const struct sieve_action *action)
{
	size_t i, k;

	for (i = 0; i < action->flag_count; i++) {
		MUST(action->flags[i].size_bytes > 0);
		for (k = 0; k < i; k++)
			MUST(!span_equals(action->flags[i], action->flags[k]));
	}
}

/* What went into a record comes out of it for who doubts all of it. */
static void
check_record(const struct sieve_action *action, struct arena *arena)
{
	struct pack_headers headers = { NULL, 0, 0 };
	struct sieve_action read;
	struct buffer record, again;

	buffer_start(&record, arena);
	pack_action(&record, action, 0);
	MUST(pack_read_action(&read, buffer_span(&record), &headers,
	    span_of("s@a.example"), arena));
	buffer_start(&again, arena);
	pack_action(&again, &read, 0);
	MUST(span_equals(buffer_span(&record), buffer_span(&again)));
}

static void
check_plan(const struct setup *setup, const struct sieve_plan *plan,
    bool is_good)
{
	const struct sieve_limits *limits = &setup->options.limits;
	size_t i, counts[SIEVE_NOTIFY + 1] = { 0 };
	struct arena arena;

	arena_start(&arena, MEMORY_BYTES);
	for (i = 0; i < plan->count; i++) {
		const struct sieve_action *action = &plan->actions[i];

		counts[action->kind]++;
		check_kind(setup, action);
		check_flags(action);
		check_record(action, &arena);
	}
	arena_end(&arena);
	MUST(plan->count > 0 || plan->keeps_implicitly);
	MUST(plan->count == 0 || pack_is_plan(plan, limits));
	MUST(counts[SIEVE_KEEP] <= 1);
	MUST(counts[SIEVE_REDIRECT] <= limits->redirects);
	MUST(is_good || counts[SIEVE_KEEP] == plan->count);
}

/* ---- Two tries ----------------------------------------------------------- */

static bool
run(const struct sieve_program *program, const struct setup *setup,
    struct sieve_plan *plan)
{
	struct sieve_input input;
	struct sieve_error error;
	bool is_good;

	memset(&input, 0, sizeof(input));
	input.message = setup->message;
	input.envelope.from = span_of("s@a.example");
	input.envelope.to = span_of("r+d@b.example");
	input.envelope.has_from = input.envelope.has_to = true;
	input.now_s = 880127706;
	sieve_plan_init(plan);
	is_good = sieve_run(&program, 1, &input, plan, &error);
	check_plan(setup, plan, is_good);
	return is_good;
}

static void
pack_plan(struct buffer *record, const struct sieve_plan *plan)
{
	size_t i;

	for (i = 0; i < plan->count; i++) {
		const struct span *header = plan->actions[i].header;

		pack_action(record, &plan->actions[i], header != NULL);
		if (header != NULL)
			buffer_add(record, *header);
	}
}

static void
check_same(const struct sieve_plan *one, const struct sieve_plan *other)
{
	struct buffer first, second;
	struct arena arena;

	MUST(one->count == other->count);
	arena_start(&arena, MEMORY_BYTES);
	buffer_start(&first, &arena);
	buffer_start(&second, &arena);
	pack_plan(&first, one);
	pack_plan(&second, other);
	MUST(span_equals(buffer_span(&first), buffer_span(&second)));
	arena_end(&arena);
}

/* Compiled from a copy that is gone when the program runs. */
static struct sieve_program *
compile(const struct setup *setup)
{
	const struct sieve_library library = { find, NULL };
	struct sieve_errors errors;
	struct sieve_program *program;
	char *copy = malloc(setup->script.size_bytes + 1);
	struct span text = { copy, setup->script.size_bytes };

	MUST(copy != NULL);
	if (text.size_bytes > 0)
		memcpy(copy, setup->script.at, text.size_bytes);
	program =
	    sieve_compile("fuzz", text, &setup->options, &library, &errors);
	free(copy);
	MUST((program != NULL) == (errors.count == 0));
	return program;
}

static void
try_twice(const struct setup *setup)
{
	struct sieve_program *program = compile(setup);
	struct sieve_program *again = compile(setup);
	struct sieve_plan one, other;
	bool is_good;

	MUST((program != NULL) == (again != NULL));
	if (program == NULL)
		return;
	is_good = run(program, setup, &one);
	MUST(run(again, setup, &other) == is_good);
	check_same(&one, &other);
	sieve_plan_release(&one);
	sieve_plan_release(&other);
	sieve_release(program);
	sieve_release(again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
	static struct setup setup;
	struct span rest = { (const char *)data, size_bytes };
	clock_t start = clock();
	const char *end = NULL;

	set_up(&setup, fuzz_flags(&rest));
	if (rest.size_bytes > 0)
		end = memchr(rest.at, 0, rest.size_bytes);
	setup.script = setup.message = rest;
	if (end != NULL)
		setup.script.size_bytes = (size_t)(end - rest.at);
	setup.message = span_from(rest, setup.script.size_bytes + 1);
	try_twice(&setup);
	MUST(clock() - start < SECONDS_MOST * CLOCKS_PER_SEC);
	return 0;
}
