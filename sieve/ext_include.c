/* RFC 6609: include, return, global. */
#include <string.h>

#include "mime/charset.h"
#include "sieve/commands.h"
#include "sieve/compiler.h"
#include "sieve/run.h"
#include "sieve/text.h"

enum { NAME_BYTES_MAX = 255 };

struct included {
	size_t index; /* of the script in the program */
	bool was_found;
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

/* Section 3.2: a script must not include itself, on whatever way. */
static bool
check_circle(struct sieve_compiler *compiler, const struct sieve_call *call,
    const char *name, enum sieve_where where)
{
	const struct compiler_script *outer = compiler->at;

	if (call_tag(call, TAG_ONCE) != NULL)
		return true;
	for (; outer != NULL; outer = outer->outer)
		if (outer->script->wanted_as != NULL &&
		    outer->script->where == where &&
		    strcmp(outer->script->wanted_as, name) == 0)
			return compiler_error(compiler, call->place,
			    "the script \"%s\" includes itself", name);
	return true;
}

static bool
check_include(struct sieve_compiler *compiler, struct sieve_call *call)
{
	enum sieve_where where =
	    call_tag(call, TAG_GLOBAL) != NULL ? SIEVE_GLOBAL : SIEVE_PERSONAL;
	struct included *included =
	    arena_take(compiler->memory, 1, sizeof(*included));
	const char *name = compiler_string(compiler,
	    &call->arguments[0].texts[0], "the name of a script");

	if (name == NULL)
		return false;
	if (included == NULL)
		return compiler_error(compiler, call->place,
		    "no memory is left");
	call->data = included;
	return check_name(compiler, call->arguments[0].place, name) &&
	    check_circle(compiler, call, name, where) &&
	    compiler_include(compiler, call, name, where, &included->was_found,
		&included->index);
}

static bool
do_include(struct sieve_run *run, const struct sieve_call *call)
{
	const struct included *included = call->data;

	if (!included->was_found ||
	    (call_tag(call, TAG_ONCE) != NULL &&
		run->was_included[included->index]))
		return true;
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
