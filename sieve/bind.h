/*
 * bind.h - sorting the arguments of a command or test as its spec wants them.
 */
#ifndef SIEVE_BIND_H
#define SIEVE_BIND_H

#include "sieve/compiler.h"

/*
 * bind_call - make a call of what is written.
 *
 * Takes   node, a command or test; spec, its own. Tests and a block of the
 *         node are not looked at.
 * Gives   NULL with an error noted when an argument is wrong.
 * Source  RFC 5228 section 2.6.
 */
const struct sieve_call *bind_call(struct sieve_compiler *compiler,
    const struct tree_node *node, const struct sieve_spec *spec);

#endif
