/*
 * A script, the byte 0, and a message: from all that follows there must be a
 * plan that can be executed, in time, whatever the bytes are.
 */
#include <string.h>

#include "sieve/sieve.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes);

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

static void
insist(bool claim)
{
	if (!claim)
		abort();
}

/* What whoever executes a plan relies on. */
static void
look(const struct sieve_plan *plan, bool is_good)
{
	size_t i, keeps = 0;

	for (i = 0; i < plan->count; i++) {
		const struct sieve_action *action = &plan->actions[i];

		keeps += action->kind == SIEVE_KEEP;
		insist(action->kind != SIEVE_FILEINTO ||
		    action->mailbox.size_bytes > 0);
		insist(action->kind != SIEVE_REDIRECT ||
		    action->address.size_bytes > 0);
	}
	insist(plan->count > 0 || plan->keeps_implicitly);
	insist(keeps <= 1);
	insist(is_good || keeps == plan->count);
}

static void
run(const struct sieve_program *program, struct span message)
{
	struct sieve_input input;
	struct sieve_error error;
	struct sieve_plan plan;
	bool is_good;

	memset(&input, 0, sizeof(input));
	input.message = message;
	input.envelope.from = span_of("s@a.example");
	input.envelope.to = span_of("r+d@b.example");
	input.envelope.has_from = input.envelope.has_to = true;
	input.now_s = 880127706;
	sieve_plan_init(&plan);
	is_good = sieve_run(&program, 1, &input, &plan, &error);
	look(&plan, is_good);
	sieve_plan_release(&plan);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
	/* That is regexec(3) of the system, which may take its time. */
	static const char *const disabled[] = { "regex", NULL };
	const struct sieve_library library = { find, NULL };
	struct span script = { (const char *)data, size_bytes };
	struct span message = { (const char *)data, 0 };
	struct sieve_program *program;
	struct sieve_options options;
	struct sieve_errors errors;
	const uint8_t *end =
	    size_bytes > 0 ? memchr(data, 0, size_bytes) : NULL;

	if (end != NULL) {
		script.size_bytes = (size_t)(end - data);
		message =
		    span_from((struct span){ (const char *)data, size_bytes },
			script.size_bytes + 1);
	}
	sieve_options_default(&options);
	options.disabled = disabled;
	options.limits.steps = 200 * 1000;
	program = sieve_compile("fuzz", script, &options, &library, &errors);
	insist((program != NULL) == (errors.count == 0));
	if (program != NULL)
		run(program, message);
	sieve_release(program);
	return 0;
}
