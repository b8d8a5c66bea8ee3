/*
 * matcher.h - a test that compares values with keys.
 */
#ifndef SIEVE_MATCHER_H
#define SIEVE_MATCHER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "sieve/run.h"

struct matcher {
	struct sieve_run *run;
	const struct sieve_call *call;
	struct sieve_strings keys;
	struct match_regex **regexes; /* owned when the keys had variables */
	size_t regex_count;	      /* of the owned ones */
	size_t value_count;
	bool keeps_pieces; /* a match sets ${0} ... */
	bool is_true;
	bool has_failed;
};

/*
 * matcher_start - begin a test; matcher_end() must follow.
 *
 * Takes   call, with its matching; its spec tells which argument are keys.
 */
void matcher_start(struct matcher *matcher, struct sieve_run *run,
    const struct sieve_call *call);

/*
 * matcher_offer - compare a value with the keys, or count it.
 *
 * Gives   false when no further value is of interest: it matched, or the
 *         test has failed.
 */
bool matcher_offer(struct matcher *matcher, struct span value);

/*
 * matcher_end - the result, after all values.
 *
 * Gives   false when the test has failed; run_error() was called.
 */
bool matcher_end(struct matcher *matcher, bool *truth_out);

#endif
