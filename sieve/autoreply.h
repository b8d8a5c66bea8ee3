/*
 * autoreply.h - whom an automatic answer must not go to.
 */
#ifndef SIEVE_AUTOREPLY_H
#define SIEVE_AUTOREPLY_H

#include "sieve/run.h"

/*
 * autoreply_why_not - is there a reason to leave this message unanswered?
 *
 * Takes   addresses, those of ":addresses".
 * Gives   a static sentence, or NULL when an answer may be sent; in named_out
 *         the address, bare, by which the header names the user; empty when
 *         it does not.
 * Source  RFC 5230 sections 4.5 and 4.6; RFC 3834 section 2.
 */
const char *autoreply_why_not(struct sieve_run *run,
    struct sieve_strings addresses, struct span *named_out);

#endif
