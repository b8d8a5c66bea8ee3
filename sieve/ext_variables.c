/* RFC 5229: set, string; the regex draft: ":quoteregex". */
#include <string.h>

#include "sieve/commands.h"
#include "sieve/matcher.h"
#include "sieve/variable.h"

/* A group for each precedence: of two in a group there is no order. */
static const struct sieve_tag set_tags[] = {
	{ "lower", TAG_LOWER, SIEVE_NOTHING, GROUP_OWN, NULL, false },
	{ "upper", TAG_UPPER, SIEVE_NOTHING, GROUP_OWN, NULL, false },
	{ "lowerfirst", TAG_LOWERFIRST, SIEVE_NOTHING, GROUP_OWN_2, NULL,
	    false },
	{ "upperfirst", TAG_UPPERFIRST, SIEVE_NOTHING, GROUP_OWN_2, NULL,
	    false },
	{ "quotewildcard", TAG_QUOTEWILDCARD, SIEVE_NOTHING, GROUP_OWN_3, NULL,
	    false },
	{ "quoteregex", TAG_QUOTEREGEX, SIEVE_NOTHING, GROUP_OWN_3, "regex",
	    false },
	{ "length", TAG_LENGTH, SIEVE_NOTHING, GROUP_OWN_4, NULL, false },
	{ NULL, TAG_NONE, SIEVE_NOTHING, 0, NULL, false },
};

/* Section 6: what cannot be held, as far as it is known before a message. */
static bool
fits(struct sieve_compiler *compiler, const struct sieve_call *call)
{
	const struct sieve_text *value = &call->arguments[1].texts[0];
	size_t most = compiler->options->limits.variable_bytes;

	return value->piece_count > 0 ||
	    value->constant.size_bytes <= most ||
	    call_tag(call, TAG_LENGTH) != NULL ||
	    compiler_error(compiler, value->place,
		"a variable holds %zu bytes at most", most);
}

static bool
check_set(struct sieve_compiler *compiler, struct sieve_call *call)
{
	struct variable *variable =
	    arena_take(compiler->memory, 1, sizeof(*variable));

	if (variable == NULL)
		return compiler_error(compiler, call->place,
		    "no memory is left");
	if (!fits(compiler, call))
		return false;
	call->data = variable;
	return variable_bind(compiler, &call->arguments[0].texts[0], true,
	    variable);
}

static char
change_case(char letter, bool is_upper)
{
	if (is_upper && letter >= 'a' && letter <= 'z')
		return (char)(letter - 'a' + 'A');
	if (!is_upper && letter >= 'A' && letter <= 'Z')
		return (char)(letter - 'A' + 'a');
	return letter;
}

/* Section 4.1.1: at least US-ASCII; the rest stays as it is. */
static struct span
with_case(struct sieve_run *run, struct span value, size_t count, bool is_upper)
{
	struct buffer changed;
	size_t i;

	buffer_start(&changed, &run->memory);
	for (i = 0; i < value.size_bytes; i++)
		buffer_add_byte(&changed,
		    i < count ? change_case(value.at[i], is_upper)
			      : value.at[i]);
	return buffer_span(&changed);
}

static struct span
quote_regex(struct sieve_run *run, struct span value)
{
	struct buffer quoted;
	size_t i;

	buffer_start(&quoted, &run->memory);
	for (i = 0; i < value.size_bytes; i++) {
		if (value.at[i] != '\0' &&
		    strchr("\\^$.|?*+()[]{}", value.at[i]) != NULL)
			buffer_add_byte(&quoted, '\\');
		buffer_add_byte(&quoted, value.at[i]);
	}
	return buffer_span(&quoted);
}

/* Where the value is cut, no backslash may stay without its character. */
static struct span
cut_quoted(struct sieve_run *run, struct span quoted)
{
	size_t slashes = 0;
	size_t most = span_cut(quoted, run->options->limits.variable_bytes);

	if (quoted.size_bytes <= most)
		return quoted;
	while (slashes < most && quoted.at[most - 1 - slashes] == '\\')
		slashes++;
	quoted.size_bytes = most - slashes % 2;
	return quoted;
}

static struct span
length_of(struct sieve_run *run, struct span value)
{
	struct buffer digits;
	size_t i, count = 0;

	for (i = 0; i < value.size_bytes; i++)
		count += ((unsigned char)value.at[i] & 0xc0) != 0x80;
	buffer_start(&digits, &run->memory);
	buffer_add_number(&digits, (long long)count, 1);
	return buffer_span(&digits);
}

/* Section 4.1: by precedence, whatever the order in the script. */
static struct span
modify(struct sieve_run *run, const struct sieve_call *call, struct span value)
{
	if (call_tag(call, TAG_LOWER) != NULL)
		value = with_case(run, value, value.size_bytes, false);
	if (call_tag(call, TAG_UPPER) != NULL)
		value = with_case(run, value, value.size_bytes, true);
	if (call_tag(call, TAG_LOWERFIRST) != NULL)
		value = with_case(run, value, 1, false);
	if (call_tag(call, TAG_UPPERFIRST) != NULL)
		value = with_case(run, value, 1, true);
	if (call_tag(call, TAG_QUOTEWILDCARD) != NULL)
		value = cut_quoted(run, match_escape(value, &run->memory));
	if (call_tag(call, TAG_QUOTEREGEX) != NULL)
		value = cut_quoted(run, quote_regex(run, value));
	if (call_tag(call, TAG_LENGTH) != NULL)
		value = length_of(run, value);
	return value;
}

static bool
do_set(struct sieve_run *run, const struct sieve_call *call)
{
	struct span value = run_string(run, &call->arguments[1]);

	return run_spend(run, call, 1 + value.size_bytes / 64) &&
	    run_set(run, call, variable_slot(run, call->data),
		modify(run, call, value));
}

const struct sieve_spec command_set = {
	.name = "set",
	.needs = "variables",
	.usage = "set [:lower | :upper] [:lowerfirst | :upperfirst] "
		 "[:quotewildcard] [:length] \"name\" \"value\";",
	.tags = { set_tags },
	.arguments = { SIEVE_STRING, SIEVE_STRING },
	.check = check_set,
	.execute = do_set,
};

/* Section 5: the empty string counts as none. */
static bool
test_string_now(struct sieve_run *run, const struct sieve_call *call,
    bool *truth_out)
{
	struct sieve_strings values = run_strings(run, &call->arguments[0]);
	struct matcher matcher;
	size_t i;

	matcher_start(&matcher, run, call);
	for (i = 0; i < values.count; i++) {
		if (call->matching.type == SIEVE_COUNT &&
		    values.at[i].size_bytes == 0)
			continue;
		if (!matcher_offer(&matcher, values.at[i]))
			break;
	}
	return matcher_end(&matcher, truth_out);
}

const struct sieve_spec test_string = {
	.name = "string",
	.needs = "variables",
	.usage = "string [MATCH-TYPE] [:comparator \"name\"] <strings> <keys>",
	.tags = { spec_match_tags },
	.arguments = { SIEVE_STRINGS, SIEVE_STRINGS },
	.keys = 2,
	.test = test_string_now,
};
