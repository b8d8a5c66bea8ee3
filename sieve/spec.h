/*
 * spec.h - how a command or test is written, and what carries it out.
 *
 * The language is a table of these; so are extensions of a caller's own
 * (struct sieve_extra). A call is one use of a command or test in a script,
 * with its arguments sorted as its spec wants them.
 */
#ifndef SIEVE_SPEC_H
#define SIEVE_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "sieve/compare.h"
#include "sieve/error.h"

struct match_regex;
struct sieve_call;
struct sieve_compiler;
struct sieve_run;

enum { SPEC_ARGUMENTS_MAX = 3, SPEC_TAG_LISTS_MAX = 4 };

enum sieve_kind {
	SIEVE_NOTHING = 0,
	SIEVE_NUMBER,
	SIEVE_STRING,
	SIEVE_STRINGS /* a string, or a list of them */
};

/* Tags that exclude each other are in a group; 0 is none. */
enum sieve_tag_group {
	GROUP_MATCH = 1, /* gives call->matching; so do the next two */
	GROUP_COMPARATOR,
	GROUP_ADDRESS_PART,
	GROUP_OWN, /* of one command: this number and all above */
	GROUP_OWN_2,
	GROUP_OWN_3,
	GROUP_OWN_4
};

struct sieve_tag {
	const char *name;      /* without the colon; NULL ends a list */
	int id;		       /* enum sieve_tag_id; an extra's from 1000 */
	enum sieve_kind value; /* what follows the tag */
	unsigned group;	       /* enum sieve_tag_group */
	const char *needs;     /* extension; NULL: that of the command */
	bool wants_constant;   /* no variables in its value */
};

/* A string, perhaps with variables in it. */
struct sieve_text {
	struct span constant; /* the whole of it when there are no pieces */
	const struct text_piece *pieces;
	size_t piece_count;
	struct sieve_place place;
};

struct sieve_value {
	enum sieve_kind kind;
	uint64_t number;
	const struct sieve_text *texts;
	size_t count; /* of texts; 1 for SIEVE_STRING */
	struct sieve_place place;
};

struct sieve_tagged {
	const struct sieve_tag *tag;
	struct sieve_value value;
};

enum sieve_match {
	SIEVE_IS = 0,
	SIEVE_CONTAINS,
	SIEVE_MATCHES,
	SIEVE_VALUE,
	SIEVE_COUNT,
	SIEVE_REGEX
};

struct sieve_matching {
	enum sieve_match type;
	enum relation relation; /* for VALUE and COUNT */
	enum comparator comparator;
	/* REGEX: one a key, where all keys are constant; else NULL */
	struct match_regex *const *regexes;
};

struct sieve_call {
	const struct sieve_spec *spec;
	struct sieve_place place;
	const struct sieve_tagged *tags;
	size_t tag_count;
	/* As in spec->arguments; kind is SIEVE_NOTHING for one left out. */
	struct sieve_value arguments[SPEC_ARGUMENTS_MAX];
	struct sieve_matching matching;
	const void *data; /* what check() keeps for execute() or test() */
};

struct sieve_spec {
	const char *name;  /* NULL ends a table */
	const char *needs; /* extension; NULL: always there */
	const char *usage; /* how to write it, for error messages */
	const struct sieve_tag *tags[SPEC_TAG_LISTS_MAX];
	enum sieve_kind arguments[SPEC_ARGUMENTS_MAX];
	unsigned optional; /* number, from 1, of an argument to leave out */
	unsigned keys;	   /* number of the argument that is matched with */

	/* Anything else to look at when it is compiled; may be NULL. */
	bool (*check)(struct sieve_compiler *compiler, struct sieve_call *call);

	/*
	 * One of these. false means that run_error() was called. A command
	 * with enter is followed by a block; leave, at its end, may ask to
	 * enter it again.
	 */
	bool (*execute)(struct sieve_run *run, const struct sieve_call *call);
	bool (*test)(struct sieve_run *run, const struct sieve_call *call,
	    bool *truth_out);
	bool (*enter)(struct sieve_run *run, const struct sieve_call *call,
	    bool *enters_out);
	bool (*leave)(struct sieve_run *run, const struct sieve_call *call,
	    bool *again_out);
};

/* An extension that a caller brings along. */
struct sieve_extra {
	const char *name;		   /* for require */
	const struct sieve_spec *commands; /* tables; or NULL */
	const struct sieve_spec *tests;
	const char *variables; /* namespace of its own: "tst"; or NULL */
	/* Gives the empty span when there is no such variable. */
	struct span (*variable)(struct sieve_run *run, struct span name);
};

enum sieve_tag_id {
	TAG_NONE = 0,
	TAG_IS,
	TAG_CONTAINS,
	TAG_MATCHES,
	TAG_VALUE,
	TAG_COUNT,
	TAG_REGEX,
	TAG_COMPARATOR,
	TAG_ALL,
	TAG_LOCALPART,
	TAG_DOMAIN,
	TAG_USER,
	TAG_DETAIL,
	TAG_INDEX,
	TAG_LAST,
	TAG_OVER,
	TAG_UNDER,
	TAG_COPY,
	TAG_CREATE,
	TAG_FLAGS,
	TAG_LOWER,
	TAG_UPPER,
	TAG_LOWERFIRST,
	TAG_UPPERFIRST,
	TAG_QUOTEWILDCARD,
	TAG_QUOTEREGEX,
	TAG_LENGTH,
	TAG_PERSONAL,
	TAG_GLOBAL,
	TAG_ONCE,
	TAG_OPTIONAL,
	TAG_RAW,
	TAG_CONTENT,
	TAG_TEXT,
	TAG_ZONE,
	TAG_ORIGINALZONE,
	TAG_HANDLE,
	TAG_HEADER,
	TAG_UNIQUEID,
	TAG_SECONDS,
	TAG_DAYS,
	TAG_SUBJECT,
	TAG_FROM,
	TAG_ADDRESSES,
	TAG_MIME,
	TAG_PERCENT
};

/* Lists of tags that several commands share. */
extern const struct sieve_tag spec_match_tags[];
extern const struct sieve_tag spec_address_tags[];
extern const struct sieve_tag spec_index_tags[];

/*
 * spec_command - the spec of a command of the language itself.
 *
 * Takes   name, in either case.
 * Gives   NULL for an unknown one, and for the commands that the compiler
 *         itself carries out: require, if, elsif, else.
 */
const struct sieve_spec *spec_command(struct span name);

/*
 * spec_test - the same for tests; not, allof, anyof, true and false are the
 * compiler's.
 */
const struct sieve_spec *spec_test(struct span name);

/*
 * spec_nearest - a name that somebody who wrote this one may have meant.
 *
 * Gives   the name of a command, or of a test; NULL when none is near.
 */
const char *spec_nearest(struct span name, bool is_test);

/*
 * call_tag - the value of a tag in a call.
 *
 * Gives   NULL when the tag was not written.
 */
const struct sieve_value *call_tag(const struct sieve_call *call, int id);

#endif
