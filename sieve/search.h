/*
 * search.h - where one string first stands in another.
 */
#ifndef SIEVE_SEARCH_H
#define SIEVE_SEARCH_H

#include <stdbool.h>

#include "base/span.h"
#include "sieve/compare.h"

/*
 * search_holds - does the text hold the word?
 *
 * Takes   comparator, one that has substrings.
 * Gives   true for the empty word. The time is linear in both lengths, and no
 *         memory is needed, whatever a stranger wrote.
 * Source  Crochemore and Perrin, "Two-way string-matching" (1991).
 */
bool search_holds(enum comparator comparator, struct span text,
    struct span word);

/*
 * search_same - is this byte the same as the other one?
 */
bool search_same(enum comparator comparator, char one, char other);

#endif
