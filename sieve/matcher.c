#include "sieve/matcher.h"

#include <string.h>

/* Bytes that can be compared in about the time of an instruction. */
enum { BYTES_A_STEP = 64 };

/* A key with variables in it becomes a regex only now. */
static bool
compile_regexes(struct matcher *matcher)
{
	struct sieve_run *run = matcher->run;
	const struct sieve_call *call = matcher->call;
	const char *fault = NULL;
	size_t i;

	matcher->regexes = arena_take(&run->memory, matcher->keys.count,
	    sizeof(*matcher->regexes));
	if (matcher->regexes == NULL)
		return run_error(run, call, "no memory is left");
	for (i = 0; i < matcher->keys.count; i++) {
		matcher->regexes[i] =
		    match_regex_compile(call->matching.comparator,
			matcher->keys.at[i], &run->memory, &fault);
		if (matcher->regexes[i] == NULL)
			return run_error(run, call,
			    "the regular expression \"%.*s\" is not "
			    "accepted: %s",
			    (int)matcher->keys.at[i].size_bytes,
			    matcher->keys.at[i].at,
			    fault != NULL ? fault : "no memory is left");
		matcher->regex_count = i + 1;
	}
	return true;
}

void
matcher_start(struct matcher *matcher, struct sieve_run *run,
    const struct sieve_call *call)
{
	memset(matcher, 0, sizeof(*matcher));
	matcher->run = run;
	matcher->call = call;
	matcher->keeps_pieces = true;
	matcher->keys =
	    run_strings(run, &call->arguments[call->spec->keys - 1]);
	if (call->matching.type != SIEVE_REGEX ||
	    call->matching.regexes != NULL)
		return;
	matcher->has_failed = !compile_regexes(matcher);
}

static bool
try_glob(struct matcher *matcher, struct span value, struct span key)
{
	struct match_pieces pieces;

	if (!match_glob(matcher->call->matching.comparator, value, key,
		matcher->keeps_pieces ? &pieces : NULL))
		return false;
	if (matcher->keeps_pieces)
		run_matched(matcher->run, &pieces);
	return true;
}

static bool
try_regex(struct matcher *matcher, struct span value, size_t number)
{
	struct match_regex *const *regexes =
	    matcher->call->matching.regexes != NULL
	    ? matcher->call->matching.regexes
	    : matcher->regexes;
	struct match_pieces pieces;
	int found = match_regex_try(regexes[number], value,
	    &matcher->run->memory, &pieces);

	if (found == -1) {
		(void)run_error(matcher->run, matcher->call,
		    "a regular expression was too much for the system");
		matcher->has_failed = true;
	}
	if (found == 1 && matcher->keeps_pieces)
		run_matched(matcher->run, &pieces);
	return found == 1;
}

static bool
try_key(struct matcher *matcher, struct span value, size_t number)
{
	const struct sieve_matching *matching = &matcher->call->matching;
	struct span key = matcher->keys.at[number];

	switch (matching->type) {
	case SIEVE_IS:
		return match_is(matching->comparator, value, key);
	case SIEVE_CONTAINS:
		return match_contains(matching->comparator, value, key);
	case SIEVE_MATCHES:
		return try_glob(matcher, value, key);
	case SIEVE_VALUE:
		return compare_holds(matching->relation,
		    compare_order(matching->comparator, value, key));
	case SIEVE_REGEX:
		return try_regex(matcher, value, number);
	case SIEVE_COUNT:
		break;
	}
	return false;
}

/*
 * A glob may look at each byte of the value for each of the key; all other
 * comparisons, regex aside, look at each byte about once.
 */
static uint64_t
cost(const struct matcher *matcher, struct span value, struct span key)
{
	uint64_t steps = value.size_bytes / BYTES_A_STEP;

	if (matcher->call->matching.type == SIEVE_MATCHES ||
	    matcher->call->matching.type == SIEVE_CONTAINS)
		steps *= 1 + key.size_bytes / BYTES_A_STEP;
	return 1 + steps;
}

bool
matcher_offer(struct matcher *matcher, struct span value)
{
	size_t i;

	if (matcher->has_failed)
		return false;
	matcher->value_count++;
	if (matcher->call->matching.type == SIEVE_COUNT)
		return true;
	for (i = 0; i < matcher->keys.count && !matcher->has_failed; i++) {
		if (!run_spend(matcher->run, matcher->call,
			cost(matcher, value, matcher->keys.at[i])))
			matcher->has_failed = true;
		else if (try_key(matcher, value, i)) {
			matcher->is_true = true;
			return false;
		}
	}
	return !matcher->has_failed;
}

/* RFC 5231 section 4.2: the count is compared with each key. */
static void
compare_counts(struct matcher *matcher)
{
	const struct sieve_matching *matching = &matcher->call->matching;
	size_t i;

	for (i = 0; i < matcher->keys.count; i++)
		if (compare_holds(matching->relation,
			compare_count(matching->comparator,
			    matcher->value_count, matcher->keys.at[i])))
			matcher->is_true = true;
}

bool
matcher_end(struct matcher *matcher, bool *truth_out)
{
	size_t i;

	if (matcher->call->matching.type == SIEVE_COUNT)
		compare_counts(matcher);
	for (i = 0; i < matcher->regex_count; i++)
		match_regex_free(matcher->regexes[i]);
	*truth_out = matcher->is_true;
	return !matcher->has_failed;
}
