/* RFC 6609: include, return, global. */
#include <string.h>

#include "mime/charset.h"
#include "sieve/commands.h"
#include "sieve/compiler.h"
#include "sieve/run.h"
#include "sieve/text.h"

/* RFC 5804 section 1.6: 128 characters at least. */
enum { NAME_BYTES_MAX = 512 };

struct included {
	enum sieve_where where;
	const char *name;
	enum sieve_found found;
	size_t index; /* of the script in the program, when it was found */
};

static const struct sieve_tag include_tags[] = {
	{ "personal", TAG_PERSONAL, SIEVE_NOTHING, GROUP_OWN, NULL, false },
	{ "global", TAG_GLOBAL, SIEVE_NOTHING, GROUP_OWN, NULL, false },
	{ "once", TAG_ONCE, SIEVE_NOTHING, 0, NULL, false },
	{ "optional", TAG_OPTIONAL, SIEVE_NOTHING, 0, NULL, false },
	{ NULL, TAG_NONE, SIEVE_NOTHING, 0, NULL, false },
};

/* Controls of Unicode, too: U+0080 to 9F, and its separators of lines. */
static bool
is_control(struct span rest)
{
	return (unsigned char)rest.at[0] < ' ' || rest.at[0] == 0x7f ||
	    (span_starts(rest, "\xc2") && rest.size_bytes > 1 &&
		(unsigned char)rest.at[1] < 0xa0) ||
	    span_starts(rest, "\xe2\x80\xa8") ||
	    span_starts(rest, "\xe2\x80\xa9");
}

/*
 * RFC 5804 section 1.6. Whatever a name is looked up in: it is no path, no
 * option, and hides nothing.
 */
static bool
is_name(struct span name)
{
	size_t i;

	if (name.size_bytes == 0 || name.size_bytes > NAME_BYTES_MAX ||
	    name.at[0] == '.' || !charset_is_utf8(name))
		return false;
	for (i = 0; i < name.size_bytes; i++)
		if (name.at[i] == '/' || is_control(span_from(name, i)))
			return false;
	return true;
}

static bool
check_name(struct sieve_compiler *compiler, struct sieve_place place,
    const char *name)
{
	return is_name(span_of(name)) ||
	    compiler_error(compiler, place,
		"\"%s\" is no name of a script: write it without \"/\" and "
		"without a dot in front",
		name);
}

/* Is it the one that is compiled now, or one that includes it? */
static bool
is_open(const struct sieve_compiler *compiler, const char *name,
    enum sieve_where where)
{
	const struct compiler_script *outer = compiler->at;

	for (; outer != NULL; outer = outer->outer)
		if (outer->script->wanted_as != NULL &&
		    outer->script->where == where &&
		    strcmp(outer->script->wanted_as, name) == 0)
			return true;
	return false;
}

static const char *
place_name(enum sieve_where where)
{
	return where == SIEVE_GLOBAL ? "global" : "personal";
}

#define ABSENT_TEXT                                                      \
	"there is no %s script \"%s\" to include; write \":optional\" " \
	"when it may be missing"
#define UNREADABLE_TEXT "the %s script \"%s\" to include cannot be read"
#define CIRCLE_TEXT "the %s script \"%s\" includes itself"

/* Section 3.1: no error before it is run, but worth a word to the author. */
static void
warn(struct sieve_compiler *compiler, const struct sieve_call *call,
    const struct included *included, bool is_circle)
{
	const char *place = place_name(included->where);
	const char *name = included->name;

	if (is_circle && call_tag(call, TAG_ONCE) == NULL)
		compiler_warn(compiler, call->place, CIRCLE_TEXT, place, name);
	else if (included->found == SIEVE_UNREADABLE)
		compiler_warn(
		    compiler, call->place, UNREADABLE_TEXT, place, name);
	else if (included->found == SIEVE_ABSENT &&
	    call_tag(call, TAG_OPTIONAL) == NULL)
		compiler_warn(compiler, call->place, ABSENT_TEXT, place, name);
}

static bool
check_include(struct sieve_compiler *compiler, struct sieve_call *call)
{
	struct included *included =
	    arena_take(compiler->memory, 1, sizeof(*included));
	const char *name = compiler_string(compiler,
	    &call->arguments[0].texts[0], "the name of a script");
	bool is_circle;

	if (name == NULL)
		return false;
	if (included == NULL)
		return compiler_error(compiler, call->place,
		    "no memory is left");
	call->data = included;
	included->where =
	    call_tag(call, TAG_GLOBAL) != NULL ? SIEVE_GLOBAL : SIEVE_PERSONAL;
	included->name = arena_copy(compiler->memory, span_of(name)).at;
	is_circle = is_open(compiler, name, included->where);
	if (!check_name(compiler, call->arguments[0].place, name) ||
	    !compiler_include(compiler, call, name, included->where,
		&included->found, &included->index))
		return false;
	warn(compiler, call, included, is_circle);
	return true;
}

static bool
do_include(struct sieve_run *run, const struct sieve_call *call)
{
	const struct included *included = call->data;
	const char *place = place_name(included->where);

	if (included->found == SIEVE_ABSENT &&
	    call_tag(call, TAG_OPTIONAL) != NULL)
		return true;
	if (included->found != SIEVE_FOUND)
		return run_error(run, call,
		    included->found == SIEVE_ABSENT ? ABSENT_TEXT
						    : UNREADABLE_TEXT,
		    place, included->name);
	if (call_tag(call, TAG_ONCE) != NULL &&
	    run->was_included[included->index])
		return true;
	if (run_is_open(run, included->index))
		return run_error(
		    run, call, CIRCLE_TEXT, place, included->name);
	return run_included(run, call, included->index);
}

const struct sieve_spec command_include = {
	.name = "include",
	.needs = "include",
	.usage =
	    "include [:personal | :global] [:once] [:optional] \"script\";",
	.tags = { include_tags },
	.arguments = { SIEVE_STRING },
	.check = check_include,
	.execute = do_include,
};

static bool
do_return(struct sieve_run *run, const struct sieve_call *call)
{
	(void)call; /* has no arguments */
	run->frame->returns = true;
	return true;
}

const struct sieve_spec command_return = {
	.name = "return",
	.needs = "include",
	.usage = "return;",
	.execute = do_return,
};

/* ---- global ------------------------------------------------------------ */

static bool
check_global_name(struct sieve_compiler *compiler,
    const struct sieve_text *text)
{
	struct span name_space, name;

	if (text->piece_count > 0 ||
	    !text_variable_name(text->constant, &name_space, &name) ||
	    name_space.size_bytes > 0 ||
	    (name.at[0] >= '0' && name.at[0] <= '9'))
		return compiler_error(compiler, text->place,
		    "\"%.*s\" is no name of a variable: write letters, "
		    "digits and \"_\", with a letter in front",
		    (int)text->constant.size_bytes,
		    text->constant.size_bytes > 0 ? text->constant.at : "");
	return compiler_share(compiler, name, text->place);
}

static bool
check_global(struct sieve_compiler *compiler, struct sieve_call *call)
{
	const struct sieve_value *names = &call->arguments[0];
	size_t i;

	if (!compiler_has(compiler, "variables"))
		return compiler_error(compiler, call->place,
		    "\"global\" needs require \"variables\" at the top of "
		    "the script");
	for (i = 0; i < names->count; i++)
		if (!check_global_name(compiler, &names->texts[i]))
			return false;
	return true;
}

/* It only says what a name means: the compiler has done that. */
static bool
do_global(struct sieve_run *run, const struct sieve_call *call)
{
	(void)run;
	(void)call;
	return true;
}

const struct sieve_spec command_global = {
	.name = "global",
	.needs = "include",
	.usage = "global <names of variables>;",
	.arguments = { SIEVE_STRINGS },
	.check = check_global,
	.execute = do_global,
};
