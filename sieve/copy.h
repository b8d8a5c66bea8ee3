/*
 * copy.h - the tag by which an action leaves the implicit keep alone.
 */
#ifndef SIEVE_COPY_H
#define SIEVE_COPY_H

#include "sieve/spec.h"

/* Of fileinto and redirect (RFC 3894). */
extern const struct sieve_tag copy_tags[];

#endif
