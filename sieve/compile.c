#include "sieve/sieve.h"

#include <stdlib.h>
#include <string.h>

#include "sieve/bind.h"
#include "sieve/compiler.h"
#include "sieve/ihave.h"
#include "sieve/match.h"
#include "sieve/parser.h"

/*
 * Of the trees and of the program: a script of one MiB that is all braces
 * needs some fifty times its size.
 */
#define COMPILE_BYTES ((size_t)256 * 1024 * 1024)

/* What is known of a test before it runs, by way of ihave alone. */
enum known { KNOWN_NOT = 0, KNOWN_TRUE, KNOWN_FALSE };

static bool compile_test(struct sieve_compiler *compiler,
    const struct tree_node *node, enum known *known_out);
static void compile_commands(struct sieve_compiler *compiler,
    const struct tree_node *node);

static bool
is_named(const struct tree_node *node, const char *name)
{
	return strlen(name) == node->name.size_bytes &&
	    span_starts_nocase(node->name, name);
}

/* ---- Instructions ------------------------------------------------------ */

/* Gives its index; errors are noted, and the program is then not used. */
static size_t
emit(struct sieve_compiler *compiler, enum instruction_op op,
    const struct sieve_call *call, struct sieve_place place)
{
	struct sieve_script *script = compiler->at->script;

	if (script->count == script->room) {
		size_t room = script->room == 0 ? 32 : 2 * script->room;
		struct instruction *code =
		    arena_grow(compiler->memory, script->code,
			script->count * sizeof(*code), room * sizeof(*code));

		if (code == NULL) {
			(void)compiler_error(compiler, place,
			    "no memory is left");
			return 0;
		}
		script->code = code;
		script->room = room;
	}
	script->code[script->count].op = op;
	script->code[script->count].call = call;
	script->code[script->count].place = place;
	return script->count++;
}

/* Jumps to one place that is not known yet are chained by their targets. */
static void
emit_jump(struct sieve_compiler *compiler, enum instruction_op op,
    struct sieve_place place, size_t *chain)
{
	size_t at = emit(compiler, op, NULL, place);
	struct sieve_script *script = compiler->at->script;

	if (at < script->count)
		script->code[at].target = *chain;
	*chain = at;
}

#define CHAIN_END SIZE_MAX

/* All jumps of the chain go to the next instruction. */
static void
land(struct sieve_compiler *compiler, size_t chain)
{
	struct sieve_script *script = compiler->at->script;

	while (chain != CHAIN_END && chain < script->count) {
		size_t next = script->code[chain].target;

		script->code[chain].target = script->count;
		chain = next;
	}
}

/* ---- Tests ------------------------------------------------------------- */

/*
 * After an ihave that found something missing, what cannot be compiled fails
 * only if it is reached (RFC 5463 section 4).
 */
static bool
fail_later(struct sieve_compiler *compiler, size_t errors_before,
    struct sieve_place place)
{
	struct sieve_errors *errors = compiler->errors;
	struct sieve_script *script = compiler->at->script;
	struct span text;
	size_t at;

	if (!compiler->at->may_be_unknown ||
	    errors->count != errors_before + 1 ||
	    errors->count > SIEVE_ERRORS_MAX)
		return false;
	text = arena_copy(compiler->memory,
	    span_of(errors->list[errors_before].text));
	errors->count = errors_before;
	at = emit(compiler, OP_FAIL, NULL, place);
	if (at < script->count)
		script->code[at].text = text.at;
	return text.at != NULL;
}

static bool
unknown_test(struct sieve_compiler *compiler, const struct tree_node *node)
{
	const char *nearest = spec_nearest(node->name, true);

	if (spec_command(node->name) != NULL)
		return compiler_error(compiler, node->place,
		    "\"%.*s\" is a command and cannot be tested",
		    (int)node->name.size_bytes, node->name.at);
	return compiler_error(compiler, node->place,
	    nearest != NULL ? "there is no test \"%.*s\"; is \"%s\" meant?"
			    : "there is no test \"%.*s\"%s",
	    (int)node->name.size_bytes, node->name.at,
	    nearest != NULL ? nearest : "");
}

/* Of the caller's tables, those of extensions that the script requires. */
static const struct sieve_spec *
find_extra(struct sieve_compiler *compiler, struct span name, bool is_test)
{
	const struct sieve_extra *const *extra = compiler->options->extras;
	const struct sieve_spec *spec;

	for (; extra != NULL && *extra != NULL; extra++) {
		spec = is_test ? (*extra)->tests : (*extra)->commands;
		if (spec == NULL || !compiler_has(compiler, (*extra)->name))
			continue;
		for (; spec->name != NULL; spec++)
			if (strlen(spec->name) == name.size_bytes &&
			    span_starts_nocase(name, spec->name))
				return spec;
	}
	return NULL;
}

static bool
check_required(struct sieve_compiler *compiler, const struct tree_node *node,
    const struct sieve_spec *spec)
{
	if (compiler_has(compiler, spec->needs))
		return true;
	return compiler_error(compiler, node->place,
	    "\"%s\" needs require \"%s\" at the top of the script", spec->name,
	    spec->needs);
}

/* A test that is in the tables. */
static bool
compile_plain_test(struct sieve_compiler *compiler,
    const struct tree_node *node, enum known *known_out)
{
	const struct sieve_spec *spec = spec_test(node->name);
	const struct sieve_call *call;

	if (spec == NULL)
		spec = find_extra(compiler, node->name, true);
	if (spec == NULL)
		return unknown_test(compiler, node);
	if (!check_required(compiler, node, spec))
		return false;
	if (node->tests != NULL)
		return compiler_error(compiler, node->tests->place,
		    "\"%s\" takes no other test; write: %s", spec->name,
		    spec->usage);
	call = bind_call(compiler, node, spec);
	if (call == NULL)
		return false;
	if (ihave_is_call(call))
		*known_out = ihave_truth(call) ? KNOWN_TRUE : KNOWN_FALSE;
	emit(compiler,
	    *known_out == KNOWN_NOT	   ? OP_TEST
		: *known_out == KNOWN_TRUE ? OP_TRUE
					   : OP_FALSE,
	    call, node->place);
	return true;
}

static bool
check_no_arguments(struct sieve_compiler *compiler,
    const struct tree_node *node, const char *usage)
{
	if (node->arguments == NULL)
		return true;
	return compiler_error(compiler, node->arguments->place,
	    "\"%.*s\" takes no such argument; write: %s",
	    (int)node->name.size_bytes, node->name.at, usage);
}

static bool
compile_not(struct sieve_compiler *compiler, const struct tree_node *node,
    enum known *known_out)
{
	enum known inner = KNOWN_NOT;

	if (!check_no_arguments(compiler, node, "not <test>"))
		return false;
	if (node->tests == NULL || node->has_test_list)
		return compiler_error(compiler, node->place,
		    "\"not\" wants one test; write: not <test>");
	if (!compile_test(compiler, node->tests, &inner))
		return false;
	emit(compiler, OP_NOT, NULL, node->place);
	if (inner != KNOWN_NOT)
		*known_out = inner == KNOWN_TRUE ? KNOWN_FALSE : KNOWN_TRUE;
	return true;
}

/* allof and anyof: the first test that decides ends the list. */
static bool
compile_list(struct sieve_compiler *compiler, const struct tree_node *node,
    bool is_all, enum known *known_out)
{
	const char *usage = is_all ? "allof (<test>, <test> ...)"
				   : "anyof (<test>, <test> ...)";
	enum known decides = is_all ? KNOWN_FALSE : KNOWN_TRUE;
	const struct tree_node *test = node->tests;
	enum known known = KNOWN_NOT;
	bool all_known = true;
	size_t out = CHAIN_END;

	if (!check_no_arguments(compiler, node, usage))
		return false;
	if (!node->has_test_list)
		return compiler_error(compiler, node->place,
		    "\"%.*s\" wants tests in parentheses; write: %s",
		    (int)node->name.size_bytes, node->name.at, usage);
	for (; test != NULL && known != decides; test = test->next) {
		known = KNOWN_NOT;
		if (!compile_test(compiler, test, &known))
			return false;
		all_known = all_known && known != KNOWN_NOT;
		if (test->next != NULL)
			emit_jump(compiler,
			    is_all ? OP_JUMP_UNLESS : OP_JUMP_IF, test->place,
			    &out);
	}
	if (all_known || known == decides)
		*known_out = known;
	land(compiler, out);
	return true;
}

static bool
compile_constant(struct sieve_compiler *compiler, const struct tree_node *node)
{
	bool is_true = is_named(node, "true");

	if (!check_no_arguments(compiler, node, is_true ? "true" : "false"))
		return false;
	if (node->tests != NULL)
		return compiler_error(compiler, node->tests->place,
		    "no other test may follow \"%s\"",
		    is_true ? "true" : "false");
	emit(compiler, is_true ? OP_TRUE : OP_FALSE, NULL, node->place);
	return true;
}

static bool
compile_known_test(struct sieve_compiler *compiler,
    const struct tree_node *node, enum known *known_out)
{
	if (is_named(node, "not"))
		return compile_not(compiler, node, known_out);
	if (is_named(node, "allof"))
		return compile_list(compiler, node, true, known_out);
	if (is_named(node, "anyof"))
		return compile_list(compiler, node, false, known_out);
	if (is_named(node, "true") || is_named(node, "false"))
		return compile_constant(compiler, node);
	return compile_plain_test(compiler, node, known_out);
}

static bool
compile_test(struct sieve_compiler *compiler, const struct tree_node *node,
    enum known *known_out)
{
	size_t errors_before = compiler->errors->count;

	if (compile_known_test(compiler, node, known_out))
		return true;
	return fail_later(compiler, errors_before, node->place);
}

/* ---- Commands ---------------------------------------------------------- */

static bool
require_one(struct sieve_compiler *compiler, const struct tree_string *name)
{
	const char *nearest;

	if (extension_require(&compiler->at->required, compiler->options,
		name->text))
		return true;
	nearest = extension_nearest(name->text);
	return compiler_error(compiler, name->place,
	    nearest != NULL
		? "there is no extension \"%.*s\" here; is \"%s\" meant?"
		: "there is no extension \"%.*s\" here%s",
	    (int)name->text.size_bytes,
	    name->text.at != NULL ? name->text.at : "",
	    nearest != NULL ? nearest : "");
}

static bool
compile_require(struct sieve_compiler *compiler, const struct tree_node *node)
{
	const struct tree_argument *names = node->arguments;
	const struct tree_string *name;
	bool is_good = true;

	if (!compiler->at->is_at_top)
		return compiler_error(compiler, node->place,
		    "\"require\" must stand at the top of the script, before "
		    "all other commands");
	if (names == NULL || names->kind != TREE_STRINGS ||
	    names->next != NULL || node->tests != NULL || node->has_block)
		return compiler_error(compiler, node->place,
		    "write: require [\"name\", \"name\" ...];");
	for (name = names->strings; name != NULL; name = name->next)
		is_good = require_one(compiler, name) && is_good;
	return is_good;
}

static bool
check_condition(struct sieve_compiler *compiler, const struct tree_node *node)
{
	const char *usage =
	    is_named(node, "if") ? "if <test> { ... }" : "elsif <test> { ... }";

	if (!check_no_arguments(compiler, node, usage))
		return false;
	if (node->tests == NULL || node->has_test_list)
		return compiler_error(compiler, node->place,
		    "\"%.*s\" wants one test; write: %s, with \"allof\" or "
		    "\"anyof\" in front of several",
		    (int)node->name.size_bytes, node->name.at, usage);
	return node->has_block ||
	    compiler_error(compiler, node->place,
		"\"%.*s\" wants a block; write: %s", (int)node->name.size_bytes,
		node->name.at, usage);
}

/* One "if" or "elsif"; what is known decides whether it is looked at. */
static bool
compile_branch(struct sieve_compiler *compiler, const struct tree_node *node,
    size_t *out, bool *is_over)
{
	enum known known = KNOWN_NOT;
	size_t past = CHAIN_END;

	if (!check_condition(compiler, node) ||
	    !compile_test(compiler, node->tests, &known))
		return false;
	if (known == KNOWN_FALSE)
		return true;
	emit_jump(compiler, OP_JUMP_UNLESS, node->place, &past);
	compile_commands(compiler, node->block);
	emit_jump(compiler, OP_JUMP, node->place, out);
	land(compiler, past);
	*is_over = known == KNOWN_TRUE;
	return true;
}

static bool
compile_else(struct sieve_compiler *compiler, const struct tree_node *node)
{
	if (!check_no_arguments(compiler, node, "else { ... }"))
		return false;
	if (node->tests != NULL || !node->has_block)
		return compiler_error(compiler, node->place,
		    "\"else\" wants a block and no test; write: else { ... }, "
		    "or: elsif <test> { ... }");
	compile_commands(compiler, node->block);
	return true;
}

/* Gives the command behind the last "elsif" or "else". */
static const struct tree_node *
compile_if(struct sieve_compiler *compiler, const struct tree_node *node)
{
	bool is_over = false;
	size_t out = CHAIN_END;

	(void)compile_branch(compiler, node, &out, &is_over); /* was noted */
	for (node = node->next; node != NULL && is_named(node, "elsif");
	     node = node->next)
		if (!is_over)
			/* what is wrong was noted */
			(void)compile_branch(compiler, node, &out, &is_over);
	if (node != NULL && is_named(node, "else")) {
		if (!is_over)
			(void)compile_else(compiler, node); /* was noted */
		node = node->next;
	}
	land(compiler, out);
	return node;
}

static bool
unknown_command(struct sieve_compiler *compiler, const struct tree_node *node)
{
	const char *nearest = spec_nearest(node->name, false);

	if (spec_test(node->name) != NULL)
		return compiler_error(compiler, node->place,
		    "\"%.*s\" is a test; write: if %.*s ... { ... }",
		    (int)node->name.size_bytes, node->name.at,
		    (int)node->name.size_bytes, node->name.at);
	return compiler_error(compiler, node->place,
	    nearest != NULL ? "there is no command \"%.*s\"; is \"%s\" meant?"
			    : "there is no command \"%.*s\"%s",
	    (int)node->name.size_bytes, node->name.at,
	    nearest != NULL ? nearest : "");
}

static void
compile_block(struct sieve_compiler *compiler, const struct tree_node *node,
    const struct sieve_call *call)
{
	struct sieve_script *script = compiler->at->script;
	size_t enter = emit(compiler, OP_ENTER, call, node->place), leave;

	compile_commands(compiler, node->block);
	leave = emit(compiler, OP_LEAVE, call, node->place);
	if (enter >= script->count || leave >= script->count)
		return;
	script->code[enter].target = leave;
	script->code[leave].target = enter + 1;
}

/* What stands where a test would, when a semicolon was forgotten. */
static bool
is_command(const struct tree_node *node)
{
	return spec_command(node->name) != NULL || is_named(node, "if") ||
	    is_named(node, "require");
}

static bool
check_form(struct sieve_compiler *compiler, const struct tree_node *node,
    const struct sieve_spec *spec)
{
	bool wants_block = spec->enter != NULL;

	if (node->tests != NULL && is_command(node->tests))
		return compiler_error(compiler, node->tests->place,
		    "\";\" is missing behind \"%s\", before \"%.*s\"",
		    spec->name, (int)node->tests->name.size_bytes,
		    node->tests->name.at);
	if (node->tests != NULL)
		return compiler_error(compiler, node->tests->place,
		    "\"%s\" takes no test; write: %s", spec->name, spec->usage);
	if (node->has_block != wants_block)
		return compiler_error(compiler, node->place,
		    "\"%s\" %s; write: %s", spec->name,
		    wants_block ? "wants a block"
				: "takes no block and ends with \";\"",
		    spec->usage);
	return true;
}

static bool
compile_plain(struct sieve_compiler *compiler, const struct tree_node *node)
{
	const struct sieve_spec *spec = spec_command(node->name);
	const struct sieve_call *call;

	if (spec == NULL)
		spec = find_extra(compiler, node->name, false);
	if (spec == NULL)
		return unknown_command(compiler, node);
	if (!check_required(compiler, node, spec) ||
	    !check_form(compiler, node, spec))
		return false;
	call = bind_call(compiler, node, spec);
	if (call == NULL)
		return false;
	if (node->has_block)
		compile_block(compiler, node, call);
	else
		emit(compiler, OP_EXECUTE, call, node->place);
	return true;
}

/* Gives the next command to compile. What is wrong was noted. */
static const struct tree_node *
compile_command(struct sieve_compiler *compiler, const struct tree_node *node)
{
	size_t errors_before = compiler->errors->count;

	if (is_named(node, "require")) {
		(void)compile_require(compiler, node); /* was noted */
		return node->next;
	}
	compiler->at->is_at_top = false;
	if (is_named(node, "if"))
		return compile_if(compiler, node);
	if (is_named(node, "elsif") || is_named(node, "else"))
		(void)compiler_error(compiler, node->place,
		    "\"%.*s\" must follow right behind the block of an "
		    "\"if\" or \"elsif\"",
		    (int)node->name.size_bytes, node->name.at);
	else if (!compile_plain(compiler, node))
		/* else the error stays and is told */
		(void)fail_later(compiler, errors_before, node->place);
	return node->next;
}

static void
compile_commands(struct sieve_compiler *compiler, const struct tree_node *node)
{
	while (node != NULL)
		node = compile_command(compiler, node);
}

/* ---- Scripts ----------------------------------------------------------- */

static bool
compile_script(struct sieve_compiler *compiler, struct span text)
{
	const struct sieve_limits *limits = &compiler->options->limits;
	struct compiler_script *at = compiler->at;
	struct sieve_place start = { 1, 1 }, nowhere = { 0, 0 };
	size_t errors_before = compiler->errors->count;
	struct tree_node *tree;

	at->is_at_top = true;
	if (text.size_bytes > limits->script_bytes)
		return compiler_error(compiler, nowhere,
		    "the script is larger than %zu bytes",
		    limits->script_bytes);
	if (!parser_read(at->script->name, text, limits->nesting,
		&compiler->tree, compiler->errors, &tree))
		return false;
	compile_commands(compiler, tree);
	emit(compiler, OP_END, NULL, start);
	if (compiler->errors->count == errors_before &&
	    (compiler->tree.is_exhausted || compiler->memory->is_exhausted))
		return compiler_error(compiler, nowhere, "no memory is left");
	return compiler->errors->count == errors_before;
}

/* Gives NULL with an error noted. */
static struct sieve_script *
add_script(struct sieve_compiler *compiler, const char *name)
{
	struct sieve_program *program = compiler->program;
	size_t count = program->script_count;
	struct sieve_script *script =
	    arena_take(compiler->memory, 1, sizeof(*script));
	struct sieve_script **scripts =
	    arena_grow(compiler->memory, program->scripts,
		count * sizeof(*scripts), (count + 1) * sizeof(*scripts));

	if (script == NULL || scripts == NULL)
		return NULL;
	script->name = arena_copy(compiler->memory, span_of(name)).at;
	program->scripts = scripts;
	scripts[count] = script;
	program->script_count++;
	return script->name != NULL ? script : NULL;
}

static bool
find_script(struct sieve_compiler *compiler, const char *name,
    enum sieve_where where, size_t *index_out)
{
	struct sieve_program *program = compiler->program;
	size_t i;

	for (i = 1; i < program->script_count; i++)
		if (program->scripts[i]->where == where &&
		    strcmp(program->scripts[i]->wanted_as, name) == 0) {
			*index_out = i;
			return true;
		}
	return false;
}

/* Missing or not, that is found out anew when the script is run. */
static enum sieve_found
fetch(struct sieve_compiler *compiler, const char *name,
    enum sieve_where where, struct span *text_out)
{
	const struct sieve_library *library = compiler->library;

	return library == NULL
	    ? SIEVE_ABSENT
	    : library->find(library->context, where, name, text_out);
}

static bool
may_include(struct sieve_compiler *compiler, const struct sieve_call *call)
{
	const struct sieve_limits *limits = &compiler->options->limits;
	const struct compiler_script *outer = compiler->at;
	unsigned depth = 0;

	for (; outer != NULL; outer = outer->outer)
		depth++;
	if (depth > limits->include_depth)
		return compiler_error(compiler, call->place,
		    "scripts include each other more than %u deep",
		    limits->include_depth);
	if (compiler->program->script_count > limits->includes)
		return compiler_error(compiler, call->place,
		    "more than %u scripts are included", limits->includes);
	return true;
}

static bool
compile_included(struct sieve_compiler *compiler, const char *name,
    enum sieve_where where, struct span text)
{
	struct compiler_script inner, *outer = compiler->at;
	bool is_good;

	memset(&inner, 0, sizeof(inner));
	inner.outer = outer;
	inner.script = add_script(compiler, name);
	if (inner.script == NULL)
		return false;
	inner.script->wanted_as = inner.script->name;
	inner.script->where = where;
	compiler->at = &inner;
	is_good = compile_script(compiler, text);
	compiler->at = outer;
	return is_good;
}

bool
compiler_include(struct sieve_compiler *compiler, const struct sieve_call *call,
    const char *name, enum sieve_where where, enum sieve_found *found_out,
    size_t *index_out)
{
	size_t errors_before = compiler->errors->count;
	struct span text;

	*found_out = SIEVE_FOUND;
	if (find_script(compiler, name, where, index_out))
		return true;
	if (!may_include(compiler, call))
		return false;
	*found_out = fetch(compiler, name, where, &text);
	if (*found_out != SIEVE_FOUND)
		return true;
	*index_out = compiler->program->script_count;
	if (compile_included(compiler, name, where, text))
		return true;
	/* The way to the error may be a long one. */
	return compiler_error(compiler, call->place,
	    compiler->errors->count > errors_before
		? "the script \"%s\" that is included here has errors"
		: "no memory is left to include the script \"%s\"",
	    name);
}

static bool
compile_main(struct sieve_compiler *compiler, const char *name,
    struct span text)
{
	struct compiler_script main_script;
	struct sieve_place nowhere = { 0, 0 };

	memset(&main_script, 0, sizeof(main_script));
	compiler->at = &main_script;
	main_script.script = add_script(compiler, name);
	if (main_script.script == NULL)
		return error_add(compiler->errors, name, nowhere,
		    "no memory is left");
	return compile_script(compiler, text);
}

struct sieve_program *
sieve_compile(const char *name, struct span text,
    const struct sieve_options *options, const struct sieve_library *library,
    struct sieve_errors *errors)
{
	struct sieve_program *program = calloc(1, sizeof(*program));
	struct sieve_place nowhere = { 0, 0 };
	struct sieve_compiler compiler;

	errors->count = 0;
	if (program == NULL) {
		(void)error_add(errors, name, nowhere, "no memory is left");
		return NULL;
	}
	program->options = options;
	arena_start(&program->memory, COMPILE_BYTES);
	memset(&compiler, 0, sizeof(compiler));
	compiler.program = program;
	compiler.options = options;
	compiler.library = library;
	compiler.errors = errors;
	compiler.memory = &program->memory;
	arena_start(&compiler.tree, COMPILE_BYTES);
	/* What is wrong was noted: that it was counts. */
	(void)compile_main(&compiler, name, text);
	arena_end(&compiler.tree);
	if (errors->count == 0)
		return program;
	sieve_release(program);
	return NULL;
}

const struct sieve_errors *
sieve_warnings(const struct sieve_program *program)
{
	static const struct sieve_errors none;

	return program->warnings != NULL ? program->warnings : &none;
}

void
sieve_release(struct sieve_program *program)
{
	size_t i;

	if (program == NULL)
		return;
	for (i = 0; i < program->regex_count; i++)
		match_regex_free(program->regexes[i]);
	arena_end(&program->memory);
	free(program);
}
