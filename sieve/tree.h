/*
 * tree.h - a script as it is written, before anybody asks what it means.
 *
 * All of it lies in one arena; text is borrowed of the script.
 */
#ifndef SIEVE_TREE_H
#define SIEVE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "sieve/error.h"

enum tree_kind { TREE_NUMBER = 1, TREE_TAG, TREE_STRINGS };

struct tree_string {
	struct span text;
	struct sieve_place place;
	struct tree_string *next;
};

struct tree_argument {
	enum tree_kind kind;
	struct sieve_place place;
	uint64_t number;
	struct span tag; /* without the colon */
	struct tree_string *strings;
	size_t string_count;
	bool is_list; /* strings stand in brackets */
	struct tree_argument *next;
};

/* A command or a test. */
struct tree_node {
	struct sieve_place place;
	struct span name;
	struct tree_argument *arguments;
	struct tree_node *tests;
	bool has_test_list; /* tests stand in parentheses */
	struct tree_node *block;
	bool has_block;
	struct tree_node *next; /* command, or test of the same list */
};

#endif
