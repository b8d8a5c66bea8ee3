/*
 * text.h - strings of a script with what is filled in when it runs.
 */
#ifndef SIEVE_TEXT_H
#define SIEVE_TEXT_H

#include "sieve/compiler.h"
#include "sieve/run.h"
#include "sieve/spec.h"

enum text_piece_kind {
	PIECE_LITERAL,
	PIECE_LOCAL,  /* variable of the script */
	PIECE_GLOBAL, /* variable that scripts share */
	PIECE_MATCH,  /* ${0}, ${1} ... of the last match */
	PIECE_EXTRA   /* variable in the namespace of an extra */
};

struct text_piece {
	enum text_piece_kind kind;
	struct span literal; /* or the name, for PIECE_EXTRA */
	size_t index;	     /* of the variable */
	const struct sieve_extra *extra;
};

/*
 * text_compile - look for encoded characters and variables in a string.
 *
 * Gives   false when an error was noted.
 * Source  RFC 5228 section 2.4.2.4, RFC 5229 section 3.
 */
bool text_compile(struct sieve_compiler *compiler, struct span string,
    struct sieve_place place, struct sieve_text *text_out);

/*
 * text_variable_name - is this the whole name of a variable?
 *
 * Gives   true with the namespace, up to the last dot (or empty), and what
 *         is behind it: letters and digits, or digits alone.
 * Source  RFC 5229 section 3.
 */
bool text_variable_name(struct span whole, struct span *namespace_out,
    struct span *name_out);

#endif
