/*
 * compare.h - the comparators of Sieve, and relations between strings.
 */
#ifndef SIEVE_COMPARE_H
#define SIEVE_COMPARE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

enum comparator {
	COMPARATOR_OCTET,   /* i;octet */
	COMPARATOR_CASEMAP, /* i;ascii-casemap, the default */
	COMPARATOR_NUMERIC  /* i;ascii-numeric */
};

enum relation {
	RELATION_GT,
	RELATION_GE,
	RELATION_LT,
	RELATION_LE,
	RELATION_EQ,
	RELATION_NE
};

/*
 * compare_named - the comparator of this name.
 *
 * Gives   false for a name that we do not know.
 * Source  RFC 4790 section 9; names are compared in either case.
 */
bool compare_named(enum comparator *comparator_out, struct span name);

/*
 * compare_has_substrings - may it be used with :contains and :matches?
 *
 * Gives   false for i;ascii-numeric (RFC 4790 section 9.1.1).
 */
bool compare_has_substrings(enum comparator comparator);

/*
 * compare_order - which of two strings comes first?
 *
 * Gives   below 0, 0 or above 0. By i;ascii-numeric a string that begins
 *         with no digit is larger than all numbers and equal to its like;
 *         numbers may have any count of digits.
 * Source  RFC 4790 sections 9.1 to 9.3.
 */
int compare_order(enum comparator comparator, struct span a, struct span b);

/*
 * compare_count - the order of a count and a key, for :count.
 *
 * Takes   count, what was counted.
 * Source  RFC 5231 section 4.2.
 */
int compare_count(enum comparator comparator, size_t count, struct span key);

/*
 * compare_relation_named - "gt", "ge", "lt", "le", "eq" or "ne".
 *
 * Gives   false for another word.
 * Source  RFC 5231 section 4; in either case.
 */
bool compare_relation_named(enum relation *relation_out, struct span name);

/*
 * compare_holds - does the relation hold between strings of this order?
 */
bool compare_holds(enum relation relation, int order);

#endif
