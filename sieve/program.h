/*
 * program.h - scripts as flat lists of instructions.
 */
#ifndef SIEVE_PROGRAM_H
#define SIEVE_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "sieve/sieve.h"
#include "sieve/spec.h"

/* The truth that tests leave behind is the machine's only register. */
enum instruction_op {
	OP_END = 0,	/* of the script */
	OP_EXECUTE,	/* call */
	OP_TEST,	/* truth = call */
	OP_TRUE,	/* truth = true */
	OP_FALSE,	/* truth = false */
	OP_NOT,		/* truth = not truth */
	OP_JUMP,	/* to target */
	OP_JUMP_IF,	/* truth: to target */
	OP_JUMP_UNLESS, /* not truth: to target */
	OP_ENTER,	/* call; target is its OP_LEAVE */
	OP_LEAVE,	/* call; target is behind its OP_ENTER */
	OP_FAIL		/* with the sentence in text */
};

struct instruction {
	enum instruction_op op;
	size_t target;
	const struct sieve_call *call;
	const char *text;
	struct sieve_place place;
};

struct sieve_script {
	const char *name;      /* for errors and plans */
	const char *wanted_as; /* as include named it; NULL: the main one */
	enum sieve_where where;
	struct instruction *code; /* ends with OP_END */
	size_t count;
	size_t room;
	size_t local_count; /* of its variables */
};

struct sieve_program {
	struct arena memory;
	const struct sieve_options *options; /* borrowed */
	struct sieve_script **scripts;	     /* [0] is the main one */
	size_t script_count;
	const char **globals; /* names of the variables they share */
	size_t global_count;
	struct match_regex **regexes; /* owned */
	size_t regex_count;
	size_t regex_room;
	struct sieve_errors *warnings; /* of memory; NULL for none */
};

#endif
