/*
 * checksum.h - one number that changes when any byte does.
 */
#ifndef BASE_CHECKSUM_H
#define BASE_CHECKSUM_H

#include <stdint.h>

#include "base/span.h"

/*
 * checksum - 64 bits over all bytes and their number.
 *
 * Gives   the same on every machine. It finds torn and zeroed blocks; it is
 *         no defence against somebody who looks for two equal sums.
 */
uint64_t checksum(struct span data);

#endif
