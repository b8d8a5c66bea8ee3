/* RFC 5463: ihave, error. */
#include "sieve/ihave.h"

#include "sieve/commands.h"
#include "sieve/compiler.h"
#include "sieve/run.h"

/* data points to one of these. */
static const bool all_are_there = true, some_are_missing = false;

/*
 * Section 4: what changes how the script is read comes too late here, unless
 * it was required at the top.
 */
static bool
is_available(struct sieve_compiler *compiler, struct extension_set *required,
    struct span name)
{
	if ((match_is(COMPARATOR_OCTET, name, span_of("variables")) &&
		!compiler_has(compiler, "variables")) ||
	    (match_is(COMPARATOR_OCTET, name, span_of("encoded-character")) &&
		!compiler_has(compiler, "encoded-character")))
		return false;
	return extension_require(required, compiler->options, name);
}

static bool
check_ihave(struct sieve_compiler *compiler, struct sieve_call *call)
{
	const struct sieve_value *names = &call->arguments[0];
	struct extension_set required = compiler->at->required;
	size_t i;

	call->data = &all_are_there;
	for (i = 0; i < names->count; i++) {
		if (compiler_string(compiler, &names->texts[i],
			"the name of an extension") == NULL)
			return false;
		if (!is_available(compiler, &required,
			names->texts[i].constant))
			call->data = &some_are_missing;
	}
	/* Section 4: what is there may be used from here on. */
	if (call->data == &all_are_there)
		compiler->at->required = required;
	else
		compiler->at->may_be_unknown = true;
	return true;
}

bool
ihave_is_call(const struct sieve_call *call)
{
	return call->spec == &test_ihave;
}

bool
ihave_truth(const struct sieve_call *call)
{
	return call->data == &all_are_there;
}

/* The compiler makes a constant of it: this is for the table alone. */
static bool
test_ihave_now(struct sieve_run *run, const struct sieve_call *call,
    bool *truth_out)
{
	(void)run;
	*truth_out = ihave_truth(call);
	return true;
}

const struct sieve_spec test_ihave = {
	.name = "ihave",
	.needs = "ihave",
	.usage = "ihave <names of extensions>",
	.arguments = { SIEVE_STRINGS },
	.check = check_ihave,
	.test = test_ihave_now,
};

static bool
do_error(struct sieve_run *run, const struct sieve_call *call)
{
	struct span message = run_string(run, &call->arguments[0]);

	return run_error(run, call, "%.*s", (int)message.size_bytes,
	    message.size_bytes > 0 ? message.at : "");
}

const struct sieve_spec command_error = {
	.name = "error",
	.needs = "ihave",
	.usage = "error \"message\";",
	.arguments = { SIEVE_STRING },
	.execute = do_error,
};
