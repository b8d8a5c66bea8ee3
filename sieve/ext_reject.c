/* RFC 5429: reject, ereject. */
#include <string.h>

#include "sieve/commands.h"
#include "sieve/run.h"

static bool
refuse(struct sieve_run *run, const struct sieve_call *call,
    enum sieve_action_kind kind)
{
	struct sieve_action action;

	memset(&action, 0, sizeof(action));
	action.kind = kind;
	action.text = run_string(run, &call->arguments[0]);
	action.text.size_bytes = span_cut(action.text, SIEVE_TEXT_BYTES_MAX);
	return run_action(run, call, &action);
}

static bool
do_reject(struct sieve_run *run, const struct sieve_call *call)
{
	return refuse(run, call, SIEVE_REJECT);
}

static bool
do_ereject(struct sieve_run *run, const struct sieve_call *call)
{
	return refuse(run, call, SIEVE_EREJECT);
}

const struct sieve_spec command_reject = {
	.name = "reject",
	.needs = "reject",
	.usage = "reject \"reason\";",
	.arguments = { SIEVE_STRING },
	.execute = do_reject,
};

const struct sieve_spec command_ereject = {
	.name = "ereject",
	.needs = "ereject",
	.usage = "ereject \"reason\";",
	.arguments = { SIEVE_STRING },
	.execute = do_ereject,
};
