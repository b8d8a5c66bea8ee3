/* RFC 5228: keep, discard, stop. */
#include <string.h>

#include "sieve/commands.h"
#include "sieve/flags.h"
#include "sieve/run.h"

static bool
do_keep(struct sieve_run *run, const struct sieve_call *call)
{
	struct sieve_action action;

	memset(&action, 0, sizeof(action));
	action.kind = SIEVE_KEEP;
	return flags_of_action(run, call, &action) &&
	    run_action(run, call, &action);
}

static bool
do_discard(struct sieve_run *run, const struct sieve_call *call)
{
	struct sieve_action action;

	memset(&action, 0, sizeof(action));
	action.kind = SIEVE_DISCARD;
	return run_action(run, call, &action);
}

static bool
do_stop(struct sieve_run *run, const struct sieve_call *call)
{
	(void)call; /* has no arguments */
	run->stops = true;
	return true;
}

const struct sieve_spec command_keep = {
	.name = "keep",
	.usage = "keep [:flags <flags>];",
	.tags = { flags_tags },
	.execute = do_keep,
};

const struct sieve_spec command_discard = {
	.name = "discard",
	.usage = "discard;",
	.execute = do_discard,
};

const struct sieve_spec command_stop = {
	.name = "stop",
	.usage = "stop;",
	.execute = do_stop,
};
