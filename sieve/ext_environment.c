/* RFC 5183: environment. */
#include <string.h>

#include "sieve/commands.h"
#include "sieve/matcher.h"

static bool
find_item(const struct sieve_input *input, struct span name,
    struct span *value_out)
{
	size_t i;

	for (i = 0; i < input->environment_count; i++)
		if (strlen(input->environment[i].name) == name.size_bytes &&
		    span_starts_nocase(name, input->environment[i].name)) {
			*value_out = input->environment[i].value;
			return true;
		}
	return false;
}

/*
 * Section 4: an unknown item fails, whatever the match type; an empty one
 * counts as none.
 */
static bool
test_environment_now(struct sieve_run *run, const struct sieve_call *call,
    bool *truth_out)
{
	struct span name = run_string(run, &call->arguments[0]), value;
	struct matcher matcher;

	if (!find_item(run->input, name, &value)) {
		*truth_out = false;
		return true;
	}
	matcher_start(&matcher, run, call);
	if (call->matching.type != SIEVE_COUNT || value.size_bytes > 0)
		(void)matcher_offer(&matcher, value); /* the only one */
	return matcher_end(&matcher, truth_out);
}

const struct sieve_spec test_environment = {
	.name = "environment",
	.needs = "environment",
	.usage = "environment [MATCH-TYPE] [:comparator \"name\"] \"item\" "
		 "<keys>",
	.tags = { spec_match_tags },
	.arguments = { SIEVE_STRING, SIEVE_STRINGS },
	.keys = 2,
	.test = test_environment_now,
};
