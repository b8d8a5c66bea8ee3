/*
 * run.h - a script while it runs: what commands and tests may ask and do.
 */
#ifndef SIEVE_RUN_H
#define SIEVE_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/span.h"
#include "sieve/mail.h"
#include "sieve/match.h"
#include "sieve/program.h"
#include "sieve/sieve.h"
#include "sieve/spec.h"

/* The value of a variable; its bytes stay where they are when they fit. */
struct sieve_slot {
	char *at;
	size_t size_bytes;
	size_t room_bytes;
};

/* A script that is being run. */
struct sieve_frame {
	const struct sieve_script *script;
	const struct sieve_frame *outer; /* which includes it; or NULL */
	struct sieve_slot *locals;
	struct match_pieces matched; /* ${0} ... */
	size_t *open_blocks;	     /* the OP_LEAVE of each, innermost last */
	size_t open_count;
	bool returns;	 /* no further instruction of this script */
	bool is_jumping; /* to the end of the innermost open block */
};

struct sieve_run {
	const struct sieve_input *input;
	const struct sieve_program *program;
	const struct sieve_options *options; /* of program */
	struct sieve_plan *plan;
	struct sieve_error *error;
	struct arena memory; /* until the end of the run */
	struct sieve_envelope envelope;
	struct sieve_mail mail;
	struct sieve_frame *frame; /* of the script that is run now */
	struct sieve_frame main_frame;
	unsigned depth; /* of included scripts */
	struct sieve_slot *globals;
	bool *was_included; /* by index of the script */
	uint64_t steps_left;
	size_t first_action; /* of this program in the plan */
	struct span flags;   /* imap4flags: from one program to the next */
	bool stops;	     /* no further instruction at all */
	bool keeps;	     /* "keep" was executed */
	bool has_failed;
};

/* The strings of an argument as they are now. */
struct sieve_strings {
	const struct span *at; /* of run->memory */
	size_t count;
};

/*
 * run_error - end the run, because of what this call met.
 *
 * Takes   format as of printf(3), one sentence without its full stop.
 * Gives   always false.
 */
bool run_error(struct sieve_run *run, const struct sieve_call *call,
    const char *format, ...) ERROR_FORMAT(3, 4);

/*
 * run_spend - count work against the limit of steps.
 *
 * Gives   false when the limit is reached; run_error() was called.
 */
bool run_spend(struct sieve_run *run, const struct sieve_call *call,
    uint64_t steps);

/*
 * run_text - a string with its variables filled in.
 *
 * Gives   a span that is good until a variable is set.
 */
struct span run_text(struct sieve_run *run, const struct sieve_text *text);

/*
 * run_string - the value of an argument of one string, as run_text().
 */
struct span run_string(struct sieve_run *run, const struct sieve_value *value);

/*
 * run_strings - the values of an argument of one or more strings.
 *
 * Gives   an empty list when there is no memory; the run will then fail.
 */
struct sieve_strings run_strings(struct sieve_run *run,
    const struct sieve_value *value);

/*
 * run_set - give a variable a value, cut to the limit of variables.
 *
 * Gives   false when there is no memory.
 */
bool run_set(struct sieve_run *run, const struct sieve_call *call,
    struct sieve_slot *slot, struct span value);

/*
 * run_matched - keep what wildcards stood for, as ${0}, ${1} ...
 *
 * Takes   pieces, of a value that need not stay.
 */
void run_matched(struct sieve_run *run, const struct match_pieces *pieces);

/*
 * run_is_open - is this script of the program being run now?
 */
bool run_is_open(const struct sieve_run *run, size_t index);

/*
 * run_included - run another script of the program, then go on here.
 *
 * Gives   false when it failed.
 */
bool run_included(struct sieve_run *run, const struct sieve_call *call,
    size_t index);

/*
 * run_leave_block - go on at the end of the innermost block of a command.
 *
 * Gives   false when no such block is open: blocks of "if" do not count.
 */
bool run_leave_block(struct sieve_run *run);

/*
 * run_action - put an action into the plan.
 *
 * Takes   action, with spans that need not stay: they are copied. Script,
 *         line and header are filled in here. An equal store or redirect
 *         that is there already is not repeated; neither is a vacation of
 *         a program before this one.
 * Gives   false when it excludes another action, or a limit is reached;
 *         run_error() was called.
 * Source  RFC 5228 section 2.10, RFC 5429 section 2.
 */
bool run_action(struct sieve_run *run, const struct sieve_call *call,
    const struct sieve_action *action);

/*
 * run_implicit_keep - keep the message now, unless an action cancelled it.
 *
 * Gives   false as run_action().
 */
bool run_implicit_keep(struct sieve_run *run);

/*
 * run_set_message - look at another message from here on.
 */
void run_set_message(struct sieve_run *run, struct span message);

#endif
