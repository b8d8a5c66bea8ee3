/*
 * lexer.h - the words of a script.
 */
#ifndef SIEVE_LEXER_H
#define SIEVE_LEXER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"
#include "sieve/error.h"

enum token_kind {
	TOKEN_END = 0, /* of the script */
	TOKEN_IDENTIFIER,
	TOKEN_TAG,    /* text is without the colon */
	TOKEN_NUMBER, /* number holds the multiplier, too */
	TOKEN_STRING, /* text is without quotes, lines end in CR LF */
	TOKEN_SIGN    /* text is one of ; , ( ) [ ] { } */
};

struct token {
	enum token_kind kind;
	struct sieve_place place; /* of its first character */
	struct span text;	  /* borrowed of the script, or of the arena */
	uint64_t number;
};

struct lexer {
	struct span rest; /* borrowed: from the next character on */
	struct sieve_place place;
	struct token token; /* the word that was read last */
	const char *script; /* borrowed: for errors */
	struct arena *arena;
	struct sieve_errors *errors;
};

/*
 * lexer_start - begin a script.
 *
 * Takes   arena, for the strings; errors, where what is wrong is noted.
 */
void lexer_start(struct lexer *lexer, const char *script, struct span text,
    struct arena *arena, struct sieve_errors *errors);

/*
 * lexer_next - read the next word into lexer->token.
 *
 * Gives   true; at the end, too, again and again. False: an error was noted,
 *         and nothing behind it can be read.
 * Source  RFC 5228 sections 2.1 to 2.4 and 8.1.
 */
bool lexer_next(struct lexer *lexer);

/*
 * lexer_is_sign - is the word that was read last this sign?
 */
bool lexer_is_sign(const struct lexer *lexer, char sign);

/*
 * lexer_describe - the word that was read last, for a sentence.
 *
 * Gives   text of the arena such as: the string "abc"
 */
const char *lexer_describe(const struct lexer *lexer);

#endif
