/*
 * error.h - what is wrong with a script, and where.
 *
 * The sentences are English: they go to logs and to the one who writes the
 * script, like the error messages of a compiler.
 */
#ifndef SIEVE_ERROR_H
#define SIEVE_ERROR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#ifdef __GNUC__
#define ERROR_FORMAT(at, first) __attribute__((format(printf, at, first)))
#else
#define ERROR_FORMAT(at, first)
#endif

enum { SIEVE_ERROR_BYTES = 256, SIEVE_ERRORS_MAX = 20 };

/* A place in the text of a script. */
struct sieve_place {
	unsigned line;	 /* from 1; 0 when nowhere in particular */
	unsigned column; /* from 1, in characters, a tab being one */
};

struct sieve_error {
	char script[64]; /* name of the script, cut when long */
	struct sieve_place place;
	char text[SIEVE_ERROR_BYTES]; /* a sentence, cut when long */
};

/* The first few; those after them are only counted. */
struct sieve_errors {
	size_t count;
	struct sieve_error list[SIEVE_ERRORS_MAX];
};

/*
 * error_add - note one more thing that is wrong.
 *
 * Takes   format as of printf(3), for one sentence without its full stop.
 * Gives   always false, so that a check can end with it.
 */
bool error_add(struct sieve_errors *errors, const char *script,
    struct sieve_place place, const char *format, ...) ERROR_FORMAT(4, 5);

/*
 * error_set - say what is wrong in a record, with arguments of vprintf(3).
 */
void error_set(struct sieve_error *error, const char *script,
    struct sieve_place place, const char *format, va_list arguments);

#endif
