/*
 * options.h - the command line, and what the environment adds to it.
 */
#ifndef MDA_OPTIONS_H
#define MDA_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/failure.h"

enum { OVERRIDES_MAX = 32 };

/* All strings are borrowed from the arguments or the environment. */
struct options {
	bool is_explain; /* -n, or is_json */
	bool is_json;	 /* --json */
	bool is_verbose; /* -v */
	bool is_help;
	bool is_version;
	const char *config;    /* -c, or NULL */
	const char *user;      /* -d, or NULL */
	const char *detail;    /* -e, EXTENSION, or NULL */
	const char *sender;    /* -f, SENDER, or NULL; may be empty */
	const char *recipient; /* -a, ORIGINAL_RECIPIENT, RECIPIENT, NULL */
	const char *mailbox;   /* -m, or NULL */
	const char *queue_id;  /* -q, or NULL */
	const char *home;      /* HOME, or NULL */
	const char *overrides[OVERRIDES_MAX]; /* -o */
	size_t override_count;
};

/*
 * options_parse - read the arguments; nothing is done yet.
 *
 * Takes   argv, NULL-terminated as main() has it. Every value is an argument
 *         of its own: whatever stands behind -f is a sender, "-rf" too. A
 *         long option may also carry its value behind "=".
 * Gives   options filled as far as was read, so that -n is known even when a
 *         later argument is wrong.
 * Fails   VERDICT_RETRY at "option-unknown", "option-value",
 *         "option-overrides" or "operand".
 */
enum verdict options_parse(
    struct options *options, char *const *argv, struct failure *why);

/*
 * options_environment - let the environment fill what no option said.
 *
 * The only place that reads the environment. Empty RECIPIENT, EXTENSION and
 * HOME count as unset; an empty SENDER is the null sender.
 */
void options_environment(struct options *options);

#endif
