/*
 * address_part.h - the part of an address that a test compares.
 */
#ifndef SIEVE_ADDRESS_PART_H
#define SIEVE_ADDRESS_PART_H

#include <stdbool.h>

#include "mime/address.h"
#include "sieve/run.h"

/*
 * address_part - what ":localpart", ":domain", ":user" ... mean.
 *
 * Gives   true with the part; false when this address has none, so that no
 *         key matches it, not even the empty one.
 * Source  RFC 5228 section 2.7.4, RFC 5233 section 4.
 */
bool address_part(const struct sieve_run *run, const struct sieve_call *call,
    const struct address *address, struct span *part_out);

#endif
