/*
 * flags.h - lists of IMAP flags (RFC 5232).
 */
#ifndef SIEVE_FLAGS_H
#define SIEVE_FLAGS_H

#include <stdbool.h>

#include "sieve/run.h"

/* The tag of keep and fileinto. */
extern const struct sieve_tag flags_tags[];

/*
 * flags_of_action - the flags that a store gets.
 *
 * Takes   call, of keep or fileinto; NULL for the implicit keep.
 * Gives   those of ":flags", else those of the internal variable, in
 *         action->flags; no more than SIEVE_FLAGS_MAX. False when there is
 *         no memory.
 * Source  RFC 5232 sections 2 and 6.
 */
bool flags_of_action(struct sieve_run *run, const struct sieve_call *call,
    struct sieve_action *action);

#endif
