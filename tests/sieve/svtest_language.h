/*
 * svtest_language.h - the commands and tests of vnd.dovecot.testsuite.
 */
#ifndef TESTS_SIEVE_SVTEST_LANGUAGE_H
#define TESTS_SIEVE_SVTEST_LANGUAGE_H

#include "sieve/spec.h"

/* Its commands take their world from the context of struct sieve_input. */
extern const struct sieve_extra svtest_language;

/* Test: test_script_text, as test_script_compile, of what stands there. */
extern const struct sieve_extra svtest_own;

/* Command: debug_log, which prints nothing. */
extern const struct sieve_extra svtest_debug;

#endif
