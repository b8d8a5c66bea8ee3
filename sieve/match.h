/*
 * match.h - does a string match a key?
 *
 * None of this is ever exponential; a pattern with wildcards costs at most the
 * product of both lengths.
 */
#ifndef SIEVE_MATCH_H
#define SIEVE_MATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/span.h"
#include "sieve/compare.h"

enum { MATCH_PIECES_MAX = 32 }; /* ${0} to ${31} */

struct match_pieces {
	struct span at[MATCH_PIECES_MAX]; /* borrowed of the value; [0] all */
	size_t count;			  /* 0 when nothing matched yet */
};

/*
 * match_is - are both equal by this comparator?
 */
bool match_is(enum comparator comparator, struct span value, struct span key);

/*
 * match_contains - does the value hold the key? The empty key always.
 *
 * Takes   comparator, one that has substrings.
 */
bool match_contains(enum comparator comparator, struct span value,
    struct span key);

/*
 * match_glob - does the whole value match a pattern with "*" and "?"?
 *
 * Takes   comparator, one that has substrings; pattern, where a backslash
 *         takes the meaning from what follows; pieces, or NULL.
 * Gives   true, with pieces set: the whole, then for each wildcard what it
 *         stands for, the first of them as short as possible. "?" is one
 *         octet. False leaves pieces as they were.
 * Source  RFC 5228 section 2.7.1; RFC 5229 section 3.2.
 */
bool match_glob(enum comparator comparator, struct span value,
    struct span pattern, struct match_pieces *pieces);

/*
 * match_escape - a string that match_glob() takes for itself alone.
 *
 * Source  RFC 5229 section 4.1.4 (:quotewildcard).
 */
struct span match_escape(struct span text, struct arena *arena);

struct match_regex;

/*
 * match_regex_compile - make a POSIX extended regular expression ready.
 *
 * Takes   comparator, one that has substrings.
 * Gives   the regex; NULL with *fault_out a static word in English, or the
 *         system's, kept in the arena. What sieve/bound.h finds is refused
 *         before regcomp(3) sees it.
 * Owns    the caller; freed by match_regex_free().
 * Source  draft-ietf-sieve-regex; regcomp(3).
 */
struct match_regex *match_regex_compile(enum comparator comparator,
    struct span pattern, struct arena *arena, const char **fault_out);

/*
 * match_regex_free - give a regex back; NULL is none.
 */
void match_regex_free(struct match_regex *regex);

/*
 * match_regex_try - is there a match of the regex in the value?
 *
 * Takes   arena, for a copy of the value where one is needed.
 * Gives   1 with pieces set (when not NULL), 0 when there is none, and -1
 *         when the system's regexec(3) gave up, which is an error and not
 *         "no match".
 */
int match_regex_try(const struct match_regex *regex, struct span value,
    struct arena *arena, struct match_pieces *pieces);

#endif
