/*
 * sieve_show.h - a plan of scripts in words, one line an action.
 */
#ifndef MDA_SIEVE_SHOW_H
#define MDA_SIEVE_SHOW_H

#include <stdio.h>

#include "filter/judge.h"

/*
 * sieve_show_errors - what is wrong with a script, as compilers say it.
 *
 * Gives   "file:line:column: error: sentence" for each, and how many more.
 */
void sieve_show_errors(FILE *out, const struct sieve_errors *errors);

/*
 * sieve_show_warnings - the same, of what may be an error when it is run.
 */
void sieve_show_warnings(FILE *out, const struct sieve_errors *warnings);

/*
 * sieve_show_plan - what would be done, and which line asked for it.
 */
void sieve_show_plan(FILE *out, const struct judge_decision *decision);

#endif
