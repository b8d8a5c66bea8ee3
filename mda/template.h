/*
 * template.h - paths in which an account's own words are filled in.
 */
#ifndef MDA_TEMPLATE_H
#define MDA_TEMPLATE_H

#include <stdbool.h>

#include "base/failure.h"

/* What the letters of a template stand for; empty when unknown. */
struct template_values {
	const char *user;  /* %u: borrowed, as all of them */
	const char *local; /* %n: the user up to "@" */
	const char *domain; /* %d: behind it */
	const char *detail; /* %e */
	const char *home;   /* %h */
};

/*
 * template_expand - fill the values into a pattern.
 *
 * Takes   text, PATH_MAX large; pattern, with "~/" in front for the home,
 *         and %u %n %d %e %h as in values, %% a "%".
 * Gives   values but the home come from addresses: one that is empty, begins
 *         with a dot, ends in ".lock", or holds "/" or control bytes makes
 *         no path; with is_lower its upper-case ASCII letters become lower.
 * Fails   VERDICT_RETRY at "template-value", "mailbox-template",
 *         "home-unknown" or "path-long".
 */
enum verdict template_expand(char *text, const char *pattern, bool is_lower,
    const struct template_values *values, struct failure *why);

#endif
