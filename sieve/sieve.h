/*
 * sieve.h - the Sieve language: from a script and a message to a plan.
 *
 * Pure functions: no file, no clock, no state outside of what they are given.
 * What only the caller can know is asked by way of struct sieve_answers.
 */
#ifndef SIEVE_SIEVE_H
#define SIEVE_SIEVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "sieve/error.h"
#include "sieve/plan.h"

struct sieve_program; /* a script that was compiled, with its includes */
struct sieve_extra;   /* a language extension of the caller's: spec.h */

/* What a script may use; reaching one of them is an error of the script. */
struct sieve_limits {
	size_t script_bytes;
	unsigned nesting;	/* of blocks, and of tests */
	unsigned actions;	/* in a plan, DISCARD and DUPLICATE too */
	unsigned redirects;	/* among them */
	unsigned variables;	/* with names, in one script, or global */
	size_t variable_bytes;	/* what is longer is cut between characters */
	unsigned match_values;	/* ${1} to ... */
	unsigned include_depth; /* of scripts within scripts */
	unsigned includes;	/* scripts in one program */
	uint64_t steps;		/* instructions, and work of matching */
	size_t memory_bytes;	/* of values while it runs */
	size_t header_bytes;	/* of a field added by addheader */
};

enum sieve_score_type {
	SIEVE_SCORE_NONE = 0, /* no such check: the test gives "0" */
	SIEVE_SCORE_NUMBER,   /* the field holds a decimal number */
	SIEVE_SCORE_LENGTH,   /* the field holds as many characters: "*****" */
	SIEVE_SCORE_TEXT      /* the field holds one of texts */
};

/* Where spamtest or virustest find what a scanner said (RFC 5235). */
struct sieve_score {
	enum sieve_score_type type;
	const char *status;	   /* "Field" or "Field: regex"; value is \1 */
	const char *maximum;	   /* "10.0"; NULL: see maximum_field */
	const char *maximum_field; /* as status; NULL: see maximum */
	const char *texts[11];	   /* TEXT: the field's text for each value */
};

struct sieve_options {
	struct sieve_limits limits;
	/* Names of extensions that scripts must not use; ends with NULL. */
	const char *const *disabled;
	const struct sieve_extra *const *extras; /* ends with NULL; or NULL */

	const char *delimiters; /* between :user and :detail; "+" */

	uint64_t vacation_default_s;
	uint64_t vacation_minimum_s;  /* shorter ones become this */
	uint64_t vacation_maximum_s;  /* longer ones become this; 0: none */
	const char *vacation_subject; /* when the message has none */
	const char *vacation_subject_template; /* %$subject: the message's */
	size_t vacation_subject_characters;    /* what is longer is cut */
	bool vacation_any_recipient; /* answer though To names nobody of us */
	bool vacation_original_recipient; /* original_to is the user, too */
	bool vacation_from_recipient;	  /* From: the envelope's recipient */

	uint64_t duplicate_default_s;
	uint64_t duplicate_maximum_s;

	/* Field names with blanks between; all but these may be edited. */
	const char *editheader_protected;
	const char *editheader_forbid_add;
	const char *editheader_forbid_delete;

	struct sieve_score spam;
	struct sieve_score virus;
};

/*
 * sieve_options_default - the options that the manual states as default.
 */
void sieve_options_default(struct sieve_options *options);

enum sieve_where { SIEVE_PERSONAL = 0, SIEVE_GLOBAL };

enum sieve_found {
	SIEVE_FOUND = 0,
	SIEVE_ABSENT,	 /* there is no script of this name */
	SIEVE_UNREADABLE /* there may be one; it could not be read */
};

/* Where scripts named by include come from (RFC 6609). */
struct sieve_library {
	/*
	 * Gives the text of a script; it must stay until the program is
	 * made. The name has no control characters and no "/".
	 */
	enum sieve_found (*find)(void *context, enum sieve_where where,
	    const char *name, struct span *text_out);
	void *context;
};

/*
 * sieve_compile - check a script and make a program of it.
 *
 * Takes   name, for errors and plans; text; options, which stay as long as
 *         the program; library, or NULL when nothing can be included.
 * Gives   a program, or NULL with at least one error. errors is emptied
 *         first. A program holds no pointer into text or library.
 * Owns    the caller gives the program to sieve_release().
 * Source  RFC 5228.
 */
struct sieve_program *sieve_compile(const char *name, struct span text,
    const struct sieve_options *options, const struct sieve_library *library,
    struct sieve_errors *errors);

/*
 * sieve_warnings - what will be an error when the scripts come to it.
 *
 * Gives   a list that stays as long as the program: of scripts that include
 *         one which is not there, cannot be read, or includes itself.
 * Source  RFC 6609 section 3.1.
 */
const struct sieve_errors *sieve_warnings(const struct sieve_program *program);

/*
 * sieve_release - give back what belongs to a program.
 *
 * Takes   a program, or NULL.
 */
void sieve_release(struct sieve_program *program);

/* What the mail server said about the message. All borrowed. */
struct sieve_envelope {
	struct span from;	 /* empty for <> */
	struct span to;		 /* the recipient whose script this is */
	struct span original_to; /* as the sender knew it; empty: the same */
	struct span auth; /* whom the sender authenticated as; or empty */
	bool has_from;	  /* false: unknown, unlike <> */
	bool has_to;
};

/* An item of the environment test: "domain", "host", "phase" ... */
struct sieve_item {
	const char *name;
	struct span value;
};

enum sieve_answer {
	SIEVE_NO = 0,
	SIEVE_YES,
	SIEVE_UNANSWERED /* the run ends with an error */
};

/*
 * What only the caller can know. A member may be NULL: the answer is then
 * "no". Each is asked only when the script needs it.
 */
struct sieve_answers {
	void *context;
	/* Does this mailbox exist, and may mail be put into it? */
	enum sieve_answer (*mailbox_exists)(void *context, struct span name);
	/*
	 * Was this id seen within its period? It is not to be remembered
	 * now: a DUPLICATE action says so, if it comes to that.
	 */
	enum sieve_answer (
	    *was_seen)(void *context, const struct sieve_mark *mark);
	/* Minutes east of UTC on the caller's clocks at that time. */
	int (*zone_min)(void *context, int64_t at_s);
};

struct sieve_input {
	struct span message; /* the whole of it, without From_ line */
	uint64_t size_bytes; /* where message is only its beginning; or 0 */
	struct sieve_envelope envelope;
	const struct span *own_addresses; /* beside the envelope's; borrowed */
	size_t own_address_count;
	const struct sieve_item *environment; /* borrowed */
	size_t environment_count;
	int64_t now_s; /* seconds since 1970 */
	void *context; /* for the commands of options->extras */
	struct sieve_answers answers;
};

/*
 * sieve_run - let programs decide about a message, one after the other.
 *
 * Takes   programs, in their order: what is to come before the user's own,
 *         that, and what comes after. The next one is run when the one
 *         before leaves the message kept, implicitly or by "keep"; the keep
 *         of the last one counts. plan, initialised and empty.
 * Gives   true: the plan is what the scripts want.
 *         false: error says what went wrong in which script; the plan is
 *         what the scripts before it want, and an implicit keep.
 *         Either way the plan can be executed. Only where memory ended
 *         before anything else, it is empty and keeps_implicitly: keep.
 * Never   more work than the limits allow, apart from :regex, which is the
 *         system's regexec(3): run it where it can be killed.
 * Source  RFC 5228 section 2.10.
 */
bool sieve_run(const struct sieve_program *const *programs, size_t count,
    const struct sieve_input *input, struct sieve_plan *plan,
    struct sieve_error *error);

/*
 * sieve_extension_name - the extensions that there are, by number from 0.
 *
 * Gives   NULL behind the last one.
 */
const char *sieve_extension_name(size_t number);

#endif
