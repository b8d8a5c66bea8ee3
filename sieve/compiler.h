/*
 * compiler.h - what the checks of commands and tests may ask and say.
 */
#ifndef SIEVE_COMPILER_H
#define SIEVE_COMPILER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "sieve/extension.h"
#include "sieve/program.h"
#include "sieve/spec.h"
#include "sieve/tree.h"

/* A name in a script, and the variable it stands for there. */
struct scope_name {
	const char *name; /* lower case */
	size_t index;
	bool is_global;
	bool was_set;
};

/* A script while it is compiled, and the one that includes it. */
struct compiler_script {
	struct sieve_script *script;
	const struct compiler_script *outer;
	struct extension_set required;
	struct scope_name *names;
	size_t name_count;
	unsigned depth;	     /* of blocks and tests: for bounded recursion */
	bool is_at_top;	     /* nothing but require came before */
	bool may_be_unknown; /* an ihave said that something is missing */
};

struct sieve_compiler {
	struct sieve_program *program;
	const struct sieve_options *options;
	const struct sieve_library *library; /* or NULL */
	struct sieve_errors *errors;
	struct arena *memory; /* of the program */
	struct arena tree;    /* given back when the program is made */
	struct compiler_script *at;
	bool has_too_many; /* variables, which was told */
};

/*
 * compiler_error - note what is wrong at this place of the script.
 *
 * Takes   format as of printf(3), one sentence without its full stop.
 * Gives   always false.
 */
bool compiler_error(struct sieve_compiler *compiler, struct sieve_place place,
    const char *format, ...) ERROR_FORMAT(3, 4);

/*
 * compiler_has - may the script use this extension?
 *
 * Takes   name; NULL is the base language.
 */
bool compiler_has(const struct sieve_compiler *compiler, const char *name);

/*
 * compiler_string - a string that must be known now, with a NUL behind it.
 *
 * Takes   text, an argument; what, the word for it in the error.
 * Gives   NULL with an error noted when there are variables in it.
 */
const char *compiler_string(struct sieve_compiler *compiler,
    const struct sieve_text *text, const char *what);

/*
 * compiler_variable - the variable that a name stands for in this script.
 *
 * Takes   name, without namespace, in either case; is_set, when the script
 *         gives it a value here.
 * Gives   false with an error noted when there are too many.
 */
bool compiler_variable(struct sieve_compiler *compiler, struct span name,
    struct sieve_place place, bool is_set, struct scope_name *name_out);

/*
 * compiler_global - the variable of this name that all scripts share.
 *
 * Gives   its index in index_out; false as above.
 */
bool compiler_global(struct sieve_compiler *compiler, struct span name,
    struct sieve_place place, size_t *index_out);

/*
 * compiler_share - let a name stand for the shared variable from here on.
 *
 * Gives   false with an error noted when the script has set it before.
 * Source  RFC 6609 section 3.4.1.
 */
bool compiler_share(struct sieve_compiler *compiler, struct span name,
    struct sieve_place place);

/*
 * compiler_warn - note what will be an error if the script comes to it.
 */
void compiler_warn(struct sieve_compiler *compiler, struct sieve_place place,
    const char *format, ...) ERROR_FORMAT(3, 4);

/*
 * compiler_include - a script that is to run within this one.
 *
 * Gives   true with its index in the program in index_out, which means
 *         something only when *found_out is SIEVE_FOUND: one that is missing
 *         now is no error yet. False with errors noted when too many are
 *         included, or this one is itself wrong.
 * Source  RFC 6609 sections 3.1 and 3.2.
 */
bool compiler_include(struct sieve_compiler *compiler,
    const struct sieve_call *call, const char *name, enum sieve_where where,
    enum sieve_found *found_out, size_t *index_out);

/*
 * compiler_regex - a regular expression that lives as long as the program.
 *
 * Gives   NULL with an error noted when the system, or we, refuse it.
 */
struct match_regex *compiler_regex(struct sieve_compiler *compiler,
    enum comparator comparator, const struct sieve_text *text);

#endif
