/*
 * words.h - settings that are words with blanks between them.
 */
#ifndef SIEVE_WORDS_H
#define SIEVE_WORDS_H

#include <stdbool.h>

#include "base/span.h"

/*
 * words_have - is this one of the words, in either case?
 *
 * Takes   words, or NULL for none.
 */
bool words_have(const char *words, struct span word);

#endif
