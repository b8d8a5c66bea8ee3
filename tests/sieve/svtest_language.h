/*
 * svtest_language.h - the commands and tests of vnd.dovecot.testsuite.
 */
#ifndef TESTS_SIEVE_SVTEST_LANGUAGE_H
#define TESTS_SIEVE_SVTEST_LANGUAGE_H

#include "sieve/spec.h"

/* Its commands take their world from the context of struct sieve_input. */
extern const struct sieve_extra svtest_language;

#endif
