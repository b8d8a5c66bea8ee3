/*
 * ihave.h - the test that is decided when a script is compiled.
 */
#ifndef SIEVE_IHAVE_H
#define SIEVE_IHAVE_H

#include <stdbool.h>

#include "sieve/spec.h"

/*
 * ihave_is_call - is this call an ihave?
 */
bool ihave_is_call(const struct sieve_call *call);

/*
 * ihave_truth - is all there that this ihave asks for?
 */
bool ihave_truth(const struct sieve_call *call);

#endif
