#include "sieve/compiler.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sieve/match.h"

static bool
add_sentence(struct sieve_errors *errors, const char *script,
    struct sieve_place place, const char *format, va_list arguments)
{
	char sentence[SIEVE_ERROR_BYTES];

	/* What is cut here is cut again, and marked, below. */
	(void)vsnprintf(sentence, sizeof(sentence), format, arguments);
	return error_add(errors, script, place, "%s", sentence);
}

bool
compiler_error(struct sieve_compiler *compiler, struct sieve_place place,
    const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)add_sentence(compiler->errors, compiler->at->script->name, place,
	    format, arguments); /* false, as we say */
	va_end(arguments);
	return false;
}

void
compiler_warn(struct sieve_compiler *compiler, struct sieve_place place,
    const char *format, ...)
{
	struct sieve_program *program = compiler->program;
	va_list arguments;

	if (program->warnings == NULL)
		program->warnings = arena_take(
		    compiler->memory, 1, sizeof(*program->warnings));
	if (program->warnings == NULL)
		return; /* what comes next fails for want of memory */
	va_start(arguments, format);
	(void)add_sentence(program->warnings, compiler->at->script->name,
	    place, format, arguments); /* always false */
	va_end(arguments);
}

bool
compiler_has(const struct sieve_compiler *compiler, const char *name)
{
	return name == NULL ||
	    extension_has(&compiler->at->required, compiler->options, name);
}

const char *
compiler_string(struct sieve_compiler *compiler, const struct sieve_text *text,
    const char *what)
{
	struct span bytes = text->constant;

	if (text->piece_count > 0)
		(void)compiler_error(compiler, text->place,
		    "%s must not hold variables", what);
	else if (bytes.size_bytes > 0 &&
	    memchr(bytes.at, '\0', bytes.size_bytes) != NULL)
		(void)compiler_error(compiler, text->place,
		    "%s must not hold the byte 0", what);
	else
		return bytes.size_bytes > 0 ? bytes.at : "";
	return NULL;
}

static char *
lower_copy(struct sieve_compiler *compiler, struct span name)
{
	char *copy = arena_take(compiler->memory, name.size_bytes + 1, 1);
	size_t i;

	for (i = 0; copy != NULL && i < name.size_bytes; i++)
		copy[i] = (char)(name.at[i] >= 'A' && name.at[i] <= 'Z'
			? name.at[i] - 'A' + 'a'
			: name.at[i]);
	return copy;
}

static bool
is_same_name(const char *known, struct span name)
{
	return strlen(known) == name.size_bytes &&
	    span_starts_nocase(name, known);
}

static struct scope_name *
find_name(struct compiler_script *script, struct span name)
{
	size_t i;

	for (i = 0; i < script->name_count; i++)
		if (is_same_name(script->names[i].name, name))
			return &script->names[i];
	return NULL;
}

static bool
too_many(struct sieve_compiler *compiler, struct sieve_place place)
{
	/* Once: each further one would be told otherwise. */
	if (compiler->has_too_many)
		return false;
	compiler->has_too_many = true;
	return compiler_error(compiler, place,
	    "there are more than %u variables",
	    compiler->options->limits.variables);
}

static struct scope_name *
add_name(struct sieve_compiler *compiler, struct span name,
    struct sieve_place place)
{
	struct compiler_script *at = compiler->at;
	struct scope_name *names;

	if (at->name_count >= compiler->options->limits.variables) {
		(void)too_many(compiler, place);
		return NULL;
	}
	names = arena_grow(&compiler->tree, at->names,
	    at->name_count * sizeof(*names),
	    (at->name_count + 1) * sizeof(*names));
	if (names == NULL) {
		(void)compiler_error(compiler, place, "no memory is left");
		return NULL;
	}
	at->names = names;
	names[at->name_count].name = lower_copy(compiler, name);
	return names[at->name_count].name != NULL ? &names[at->name_count++]
						  : NULL;
}

bool
compiler_variable(struct sieve_compiler *compiler, struct span name,
    struct sieve_place place, bool is_set, struct scope_name *name_out)
{
	struct scope_name *found = find_name(compiler->at, name);

	if (found == NULL) {
		found = add_name(compiler, name, place);
		if (found == NULL)
			return false;
		found->index = compiler->at->script->local_count++;
	}
	found->was_set = found->was_set || is_set;
	*name_out = *found;
	return true;
}

bool
compiler_global(struct sieve_compiler *compiler, struct span name,
    struct sieve_place place, size_t *index_out)
{
	struct sieve_program *program = compiler->program;
	const char **names;
	size_t i;

	for (i = 0; i < program->global_count; i++)
		if (is_same_name(program->globals[i], name)) {
			*index_out = i;
			return true;
		}
	if (i >= compiler->options->limits.variables)
		return too_many(compiler, place);
	names = arena_grow(compiler->memory, program->globals,
	    i * sizeof(*names), (i + 1) * sizeof(*names));
	if (names != NULL)
		names[i] = lower_copy(compiler, name);
	if (names == NULL || names[i] == NULL)
		return compiler_error(compiler, place, "no memory is left");
	program->globals = names;
	program->global_count++;
	*index_out = i;
	return true;
}

bool
compiler_share(struct sieve_compiler *compiler, struct span name,
    struct sieve_place place)
{
	struct scope_name *found = find_name(compiler->at, name);
	size_t index;

	if (found != NULL && found->was_set && !found->is_global)
		return compiler_error(compiler, place,
		    "\"%s\" was set before it is made global: write "
		    "\"global\" in front of the first \"set\"",
		    found->name);
	if (!compiler_global(compiler, name, place, &index))
		return false;
	if (found == NULL)
		found = add_name(compiler, name, place);
	if (found == NULL)
		return false;
	found->is_global = true;
	found->index = index;
	return true;
}

struct match_regex *
compiler_regex(struct sieve_compiler *compiler, enum comparator comparator,
    const struct sieve_text *text)
{
	struct sieve_program *program = compiler->program;
	struct match_regex **regexes;
	const char *fault = NULL;
	size_t count = program->regex_count;

	if (count == program->regex_room) {
		size_t room = count == 0 ? 8 : 2 * count;

		regexes = arena_grow(compiler->memory, program->regexes,
		    count * sizeof(*regexes), room * sizeof(*regexes));
		if (regexes == NULL) {
			(void)compiler_error(compiler, text->place,
			    "no memory is left");
			return NULL;
		}
		program->regexes = regexes;
		program->regex_room = room;
	}
	program->regexes[count] = match_regex_compile(comparator,
	    text->constant, compiler->memory, &fault);
	if (program->regexes[count] == NULL) {
		(void)compiler_error(compiler, text->place,
		    "this regular expression is not accepted: %s",
		    fault != NULL ? fault : "no memory is left");
		return NULL;
	}
	return program->regexes[program->regex_count++];
}
