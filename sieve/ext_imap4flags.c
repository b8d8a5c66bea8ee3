/* RFC 5232: setflag, addflag, removeflag, hasflag, ":flags". */
#include "sieve/flags.h"

#include <string.h>

#include "sieve/commands.h"
#include "sieve/matcher.h"
#include "sieve/variable.h"

enum { BYTES_A_STEP = 64 };

const struct sieve_tag flags_tags[] = {
	{ "flags", TAG_FLAGS, SIEVE_STRINGS, 0, "imap4flags", false },
	{ NULL, TAG_NONE, SIEVE_NOTHING, 0, NULL, false },
};

static const char *const system_flags[] = { "\\answered", "\\deleted",
	"\\draft", "\\flagged", "\\seen" };

static bool
is_same_flag(struct span a, struct span b)
{
	return match_is(COMPARATOR_CASEMAP, a, b);
}

/* A keyword is an atom (RFC 3501 section 9); \Recent is nobody's to set. */
static bool
is_flag(struct span word)
{
	size_t i;

	if (word.size_bytes > SIEVE_FLAG_BYTES_MAX)
		return false;
	if (word.at[0] == '\\') {
		for (i = 0; i < sizeof(system_flags) / sizeof(*system_flags);
		     i++)
			if (is_same_flag(word, span_of(system_flags[i])))
				return true;
		return false;
	}
	for (i = 0; i < word.size_bytes; i++)
		if ((unsigned char)word.at[i] <= ' ' ||
		    (unsigned char)word.at[i] >= 0x7f ||
		    strchr("(){%*\"\\]", word.at[i]) != NULL)
			return false;
	return true;
}

/* Take the next flag off a list with blanks between them. */
static bool
next_flag(struct span *rest, struct span *flag_out)
{
	for (;;) {
		size_t length = 0;

		while (rest->size_bytes > 0 && rest->at[0] == ' ')
			*rest = span_from(*rest, 1);
		if (rest->size_bytes == 0)
			return false;
		while (length < rest->size_bytes && rest->at[length] != ' ')
			length++;
		*flag_out = *rest;
		flag_out->size_bytes = length;
		*rest = span_from(*rest, length);
		if (is_flag(*flag_out))
			return true;
	}
}

static bool
has_flag(struct span list, struct span flag)
{
	struct span other;

	while (next_flag(&list, &other))
		if (is_same_flag(other, flag))
			return true;
	return false;
}

static void
add_flags(struct buffer *list, struct span more)
{
	struct span flag;

	while (next_flag(&more, &flag)) {
		if (has_flag(buffer_span(list), flag))
			continue;
		if (list->size_bytes > 0)
			buffer_add_byte(list, ' ');
		buffer_add(list, flag);
	}
}

/*
 * Each flag of one list is compared with those of the other: some bytes a
 * step.
 */
static bool
spend_compared(struct sieve_run *run, size_t some_bytes, size_t other_bytes)
{
	return run_spend(run, NULL,
	    1 + (uint64_t)some_bytes * other_bytes / BYTES_A_STEP);
}

/*
 * All flags of some strings, none twice. What is beyond the size of a
 * variable is left out.
 */
static struct span
join_flags(struct sieve_run *run, struct sieve_strings strings)
{
	size_t most_bytes = run->options->limits.variable_bytes, i;
	struct buffer list;

	buffer_start(&list, &run->memory);
	for (i = 0; i < strings.count && list.size_bytes < most_bytes; i++) {
		struct span more = strings.at[i];

		if (more.size_bytes > most_bytes)
			more.size_bytes = most_bytes;
		if (!spend_compared(run, more.size_bytes,
			list.size_bytes + more.size_bytes))
			break; /* the run ends */
		add_flags(&list, more);
	}
	return buffer_span(&list);
}

static struct span
remove_flags(struct sieve_run *run, struct span from, struct span those)
{
	struct buffer list;
	struct span flag;

	buffer_start(&list, &run->memory);
	if (!spend_compared(run, from.size_bytes,
		from.size_bytes + those.size_bytes))
		return from; /* the run ends */
	while (next_flag(&from, &flag))
		if (!has_flag(those, flag))
			add_flags(&list, flag);
	return buffer_span(&list);
}

/* ---- Commands ---------------------------------------------------------- */

/* data is the variable, or NULL for the internal one. */
static bool
bind_variables(struct sieve_compiler *compiler, struct sieve_call *call,
    bool is_set)
{
	const struct sieve_value *names = &call->arguments[0];
	struct variable *variables;
	size_t i;

	if (names->kind == SIEVE_NOTHING)
		return true;
	if (!compiler_has(compiler, "variables"))
		return compiler_error(compiler, names->place,
		    "a variable for flags needs require \"variables\" at the "
		    "top of the script");
	variables =
	    arena_take(compiler->memory, names->count, sizeof(*variables));
	if (variables == NULL)
		return compiler_error(compiler, names->place,
		    "no memory is left");
	for (i = 0; i < names->count; i++)
		if (!variable_bind(compiler, &names->texts[i], is_set,
			&variables[i]))
			return false;
	call->data = variables;
	return true;
}

static bool
check_change(struct sieve_compiler *compiler, struct sieve_call *call)
{
	return bind_variables(compiler, call, true);
}

static bool
store(struct sieve_run *run, const struct sieve_call *call, struct span flags)
{
	if (call->data != NULL)
		return run_set(run, call, variable_slot(run, call->data),
		    flags);
	run->flags = flags;
	return true;
}

static struct span
stored(struct sieve_run *run, const struct sieve_call *call)
{
	return call->data != NULL ? variable_value(run, call->data)
				  : run->flags;
}

static bool
do_setflag(struct sieve_run *run, const struct sieve_call *call)
{
	return store(run, call,
	    join_flags(run, run_strings(run, &call->arguments[1])));
}

static bool
do_addflag(struct sieve_run *run, const struct sieve_call *call)
{
	struct span both[2] = { stored(run, call),
		join_flags(run, run_strings(run, &call->arguments[1])) };
	struct sieve_strings strings = { both, 2 };

	return store(run, call, join_flags(run, strings));
}

static bool
do_removeflag(struct sieve_run *run, const struct sieve_call *call)
{
	struct span those =
	    join_flags(run, run_strings(run, &call->arguments[1]));

	return store(run, call, remove_flags(run, stored(run, call), those));
}

const struct sieve_spec command_setflag = {
	.name = "setflag",
	.needs = "imap4flags",
	.usage = "setflag [\"variable\"] <flags>;",
	.arguments = { SIEVE_STRING, SIEVE_STRINGS },
	.optional = 1,
	.check = check_change,
	.execute = do_setflag,
};

const struct sieve_spec command_addflag = {
	.name = "addflag",
	.needs = "imap4flags",
	.usage = "addflag [\"variable\"] <flags>;",
	.arguments = { SIEVE_STRING, SIEVE_STRINGS },
	.optional = 1,
	.check = check_change,
	.execute = do_addflag,
};

const struct sieve_spec command_removeflag = {
	.name = "removeflag",
	.needs = "imap4flags",
	.usage = "removeflag [\"variable\"] <flags>;",
	.arguments = { SIEVE_STRING, SIEVE_STRINGS },
	.optional = 1,
	.check = check_change,
	.execute = do_removeflag,
};

/* ---- hasflag ----------------------------------------------------------- */

static bool
check_hasflag(struct sieve_compiler *compiler, struct sieve_call *call)
{
	return bind_variables(compiler, call, false);
}

/* "a b" stands for "a" and "b" among the keys, too. */
static void
split_keys(struct matcher *matcher)
{
	struct sieve_strings keys = matcher->keys;
	struct span *list;
	size_t count = 0, i, j;

	for (i = 0; i < keys.count; i++)
		for (j = 0, count++; j < keys.at[i].size_bytes; j++)
			count += keys.at[i].at[j] == ' ';
	list = arena_take(&matcher->run->memory, count, sizeof(*list));
	if (list == NULL)
		return; /* the run ends for want of memory */
	for (count = i = 0; i < keys.count; i++) {
		struct span rest = keys.at[i];
		const char *blank;

		while (rest.size_bytes > 0 &&
		    (blank = memchr(rest.at, ' ', rest.size_bytes)) != NULL) {
			list[count] = rest;
			list[count].size_bytes = (size_t)(blank - rest.at);
			count += list[count].size_bytes > 0;
			rest = span_from(rest, (size_t)(blank - rest.at) + 1);
		}
		list[count++] = rest;
	}
	matcher->keys.at = list;
	matcher->keys.count = count;
}

/* Of those that "set" put there twice, one counts. */
static bool
offer_flags(struct matcher *matcher, struct span list)
{
	struct sieve_strings strings = { &list, 1 };
	struct span flag;

	list = join_flags(matcher->run, strings);
	while (next_flag(&list, &flag))
		if (!matcher_offer(matcher, flag))
			return false;
	return true;
}

static bool
test_hasflag_now(struct sieve_run *run, const struct sieve_call *call,
    bool *truth_out)
{
	const struct variable *variables = call->data;
	struct matcher matcher;
	size_t i;

	matcher_start(&matcher, run, call);
	if (call->matching.type != SIEVE_REGEX)
		split_keys(&matcher);
	if (variables == NULL)
		(void)offer_flags(&matcher, run->flags); /* at its end */
	for (i = 0; variables != NULL && i < call->arguments[0].count; i++)
		if (!offer_flags(&matcher, variable_value(run, &variables[i])))
			break;
	return matcher_end(&matcher, truth_out);
}

const struct sieve_spec test_hasflag = {
	.name = "hasflag",
	.needs = "imap4flags",
	.usage = "hasflag [MATCH-TYPE] [:comparator \"name\"] [\"variable\"] "
		 "<flags>",
	.tags = { spec_match_tags },
	.arguments = { SIEVE_STRINGS, SIEVE_STRINGS },
	.optional = 1,
	.keys = 2,
	.check = check_hasflag,
	.test = test_hasflag_now,
};

/* ---- Stores ------------------------------------------------------------ */

bool
flags_of_action(struct sieve_run *run, const struct sieve_call *call,
    struct sieve_action *action)
{
	const struct sieve_value *tag =
	    call != NULL ? call_tag(call, TAG_FLAGS) : NULL;
	struct span list =
	    tag != NULL ? join_flags(run, run_strings(run, tag)) : run->flags;
	struct span rest = list, flag, *flags;
	size_t count = 0;

	while (count < SIEVE_FLAGS_MAX && next_flag(&rest, &flag))
		count++;
	flags = arena_take(&run->memory, count, sizeof(*flags));
	if (flags == NULL)
		return run_error(run, call, "no memory is left");
	action->flags = flags;
	for (action->flag_count = 0;
	     action->flag_count < count && next_flag(&list, &flag);
	     action->flag_count++)
		flags[action->flag_count] = flag;
	return true;
}
