/* RFC 5235: spamtest, virustest, ":percent". */
#include <stdint.h>
#include <string.h>

#include "sieve/commands.h"
#include "sieve/compiler.h"
#include "sieve/headers.h"
#include "sieve/matcher.h"

static const struct sieve_tag percent_tags[] = {
	{ "percent", TAG_PERCENT, SIEVE_NOTHING, 0, "spamtestplus", false },
	{ NULL, TAG_NONE, SIEVE_NOTHING, 0, NULL, false },
};

/* ---- What the scanner wrote -------------------------------------------- */

/*
 * "Field" gives the whole value; "Field: regex" what its first parentheses
 * matched. false: no such field, or it does not match.
 */
static bool
find_status(struct sieve_run *run, const struct sieve_call *call,
    const char *where, struct span *value_out)
{
	const char *colon = strchr(where, ':'), *fault;
	struct span name = span_of(where);
	struct match_pieces pieces;
	struct match_regex *regex;
	size_t at = 0;
	int found;

	if (colon != NULL)
		name.size_bytes = (size_t)(colon - where);
	if (!headers_spend(run, call, 1) ||
	    !mail_next(&run->mail, span_trim(name), &at))
		return false;
	*value_out = span_trim(mail_value(&run->mail, at));
	if (colon == NULL)
		return true;
	regex = match_regex_compile(COMPARATOR_CASEMAP,
	    span_trim(span_of(colon + 1)), &run->memory, &fault);
	if (regex == NULL)
		return run_error(run, call,
		    "the setting for the field of the scanner holds a wrong "
		    "regular expression: %s",
		    fault);
	found = match_regex_try(regex, *value_out, &run->memory, &pieces);
	match_regex_free(regex);
	if (found == 1 && pieces.count > 1)
		*value_out = pieces.at[1];
	return found == 1 && pieces.count > 1;
}

/*
 * Scores are whole numbers of millionths: what a fraction in binary would make
 * of 3.7 depends on the processor.
 */
enum { ONE = 1000000 };
#define SCORE_MAX ((int64_t)1000000000 * ONE)

static int64_t
score_of(uint64_t whole)
{
	return whole < (uint64_t)SCORE_MAX / ONE ? (int64_t)whole * ONE
						 : SCORE_MAX;
}

/* A decimal number, whatever the locale says. */
static bool
read_decimal(struct span text, int64_t *number_out)
{
	bool is_negative = span_starts(text, "-");
	bool is_fraction = false;
	int64_t unit = ONE;
	uint64_t whole = 0;
	int64_t part = 0;
	size_t digits = 0, at = 0;

	if (is_negative || span_starts(text, "+"))
		at++;
	for (; at < text.size_bytes; at++) {
		char byte = text.at[at];

		if (byte == '.' && !is_fraction) {
			is_fraction = true;
			continue;
		}
		if (byte < '0' || byte > '9')
			break;
		digits++;
		if (is_fraction)
			part += (unit /= 10) * (byte - '0');
		else if (whole < (uint64_t)SCORE_MAX)
			whole = whole * 10 + (uint64_t)(byte - '0');
	}
	*number_out = score_of(whole) + part;
	if (is_negative)
		*number_out = -*number_out;
	return digits > 0;
}

static bool
find_maximum(struct sieve_run *run, const struct sieve_call *call,
    const struct sieve_score *score, int64_t *maximum_out)
{
	struct span text = span_of(score->maximum);

	if (score->maximum == NULL &&
	    (score->maximum_field == NULL ||
		!find_status(run, call, score->maximum_field, &text)))
		return false;
	return read_decimal(text, maximum_out) && *maximum_out > 0;
}

static bool
find_number(const struct sieve_score *score, struct span status,
    int64_t *number_out)
{
	*number_out = score_of(status.size_bytes);
	return score->type == SIEVE_SCORE_LENGTH ||
	    read_decimal(status, number_out);
}

/* ---- From 0, "not tested", to the highest value ------------------------ */

/* How many of so many steps the number is on its way to the maximum. */
static unsigned
steps_of(int64_t number, int64_t maximum, unsigned steps)
{
	if (number <= 0)
		return 0;
	if (number >= maximum)
		return steps;
	return (unsigned)(number * (int64_t)steps / maximum);
}

/* 1 is the lowest of those that were tested (sections 2.1 and 3.1). */
static unsigned
scale(int64_t number, int64_t maximum, unsigned most, bool is_percent)
{
	return is_percent ? steps_of(number, maximum, 100)
			  : 1 + steps_of(number, maximum, most - 1);
}

static bool
text_value(const struct sieve_score *score, struct span status, unsigned most,
    unsigned *value_out)
{
	unsigned i;

	for (i = 0; i <= most; i++)
		if (score->texts[i] != NULL &&
		    match_is(COMPARATOR_CASEMAP, status,
			span_of(score->texts[i]))) {
			*value_out = i;
			return true;
		}
	return false;
}

/* Gives false when the message was not tested. */
static bool
find_value(struct sieve_run *run, const struct sieve_call *call,
    const struct sieve_score *score, unsigned most, unsigned *value_out)
{
	bool is_percent = call_tag(call, TAG_PERCENT) != NULL;
	int64_t number, maximum;
	struct span status;

	if (score->type == SIEVE_SCORE_NONE || score->status == NULL ||
	    !find_status(run, call, score->status, &status))
		return false;
	if (score->type == SIEVE_SCORE_TEXT) {
		if (!text_value(score, status, most, value_out))
			return false;
		if (is_percent)
			*value_out = scale((int64_t)*value_out - 1,
			    (int64_t)most - 1, most, true);
		return true;
	}
	if (!find_maximum(run, call, score, &maximum) ||
	    !find_number(score, status, &number))
		return false;
	*value_out = scale(number, maximum, most, is_percent);
	return true;
}

/* ---- The tests --------------------------------------------------------- */

/* Section 2.3: ":count" is 0 for a message that was not tested. */
static bool
test_score(struct sieve_run *run, const struct sieve_call *call,
    const struct sieve_score *score, unsigned most, bool *truth_out)
{
	struct matcher matcher;
	struct buffer digits;
	unsigned value = 0;
	bool is_tested = find_value(run, call, score, most, &value);

	buffer_start(&digits, &run->memory);
	buffer_add_number(&digits, (long long)value, 1);
	matcher_start(&matcher, run, call);
	if (is_tested || call->matching.type != SIEVE_COUNT)
		/* the only one */
		(void)matcher_offer(&matcher, buffer_span(&digits));
	return matcher_end(&matcher, truth_out);
}

static bool
test_spamtest_now(struct sieve_run *run, const struct sieve_call *call,
    bool *truth_out)
{
	return test_score(run, call, &run->options->spam, 10, truth_out);
}

static bool
test_virustest_now(struct sieve_run *run, const struct sieve_call *call,
    bool *truth_out)
{
	return test_score(run, call, &run->options->virus, 5, truth_out);
}

const struct sieve_spec test_spamtest = {
	.name = "spamtest",
	.needs = "spamtest",
	.usage = "spamtest [:percent] [MATCH-TYPE] [:comparator \"name\"] "
		 "\"value\"",
	.tags = { spec_match_tags, percent_tags },
	.arguments = { SIEVE_STRING },
	.keys = 1,
	.test = test_spamtest_now,
};

const struct sieve_spec test_virustest = {
	.name = "virustest",
	.needs = "virustest",
	.usage = "virustest [MATCH-TYPE] [:comparator \"name\"] \"value\"",
	.tags = { spec_match_tags },
	.arguments = { SIEVE_STRING },
	.keys = 1,
	.test = test_virustest_now,
};
