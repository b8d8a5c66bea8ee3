/*
 * headers.h - arguments that name header fields, and the fields they mean.
 */
#ifndef SIEVE_HEADERS_H
#define SIEVE_HEADERS_H

#include <stdbool.h>
#include <stddef.h>

#include "sieve/compiler.h"
#include "sieve/run.h"

/*
 * headers_check - are these names of fields?
 *
 * Takes   names, an argument; what has variables in it is not looked at.
 * Gives   false with an error noted. For commands that edit the header: in a
 *         test a wrong name is no error, it only names no field.
 * Source  RFC 5293 sections 4 and 5; RFC 5228 section 2.4.2.2.
 */
bool headers_check(struct sieve_compiler *compiler,
    const struct sieve_value *names);

/*
 * headers_spend - count the work of looking for fields, by name.
 *
 * Takes   times, how often the whole list is looked through.
 * Gives   false when the limit is reached; run_error() was called.
 */
bool headers_spend(struct sieve_run *run, const struct sieve_call *call,
    size_t times);

/* A walk through the fields that a test names, as ":index" limits them. */
struct headers {
	struct sieve_run *run;
	const struct sieve_call *call;
	struct sieve_strings names;
	size_t name; /* that is looked for now */
	size_t at;   /* index of the next field to look at */
};

/*
 * headers_start - begin the walk.
 *
 * Takes   names, the argument with the names; call, with ":index" perhaps.
 * Gives   no field when the limit of work is reached; the run then ends.
 * Source  RFC 5260 section 6: the fields of all names count together.
 */
void headers_start(struct headers *headers, struct sieve_run *run,
    const struct sieve_call *call, const struct sieve_value *names);

/*
 * headers_next - the next field.
 *
 * Gives   true with its index in the list of fields; false at the end.
 */
bool headers_next(struct headers *headers, size_t *at_out);

#endif
