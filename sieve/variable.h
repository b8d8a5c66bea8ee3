/*
 * variable.h - arguments that name a variable.
 */
#ifndef SIEVE_VARIABLE_H
#define SIEVE_VARIABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "sieve/compiler.h"
#include "sieve/run.h"

struct variable {
	size_t index;
	bool is_global;
};

/*
 * variable_bind - find the variable that an argument names.
 *
 * Takes   is_set, when the script gives it a value.
 * Gives   false with an error noted when it is no name.
 * Source  RFC 5229 sections 3 and 4; RFC 6609 section 3.4.2.
 */
bool variable_bind(struct sieve_compiler *compiler,
    const struct sieve_text *name, bool is_set, struct variable *variable_out);

/*
 * variable_slot - where the value of a variable lies now.
 */
struct sieve_slot *variable_slot(struct sieve_run *run,
    const struct variable *variable);

/*
 * variable_value - the value of a variable; empty before it is set.
 */
struct span variable_value(struct sieve_run *run,
    const struct variable *variable);

#endif
