/*
 * parser.h - from the text of a script to its tree.
 */
#ifndef SIEVE_PARSER_H
#define SIEVE_PARSER_H

#include "base/arena.h"
#include "base/span.h"
#include "sieve/error.h"
#include "sieve/tree.h"

/*
 * parser_read - read a whole script.
 *
 * Takes   nesting, how deep blocks, and tests, may lie within each other.
 * Gives   true with the first command in tree_out; NULL for a script without
 *         commands. False: one error was noted. Where memory has run out,
 *         the arena says so.
 * Source  RFC 5228 section 8.2.
 */
bool parser_read(const char *script, struct span text, unsigned nesting,
    struct arena *arena, struct sieve_errors *errors,
    struct tree_node **tree_out);

#endif
