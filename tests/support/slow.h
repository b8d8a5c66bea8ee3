/*
 * slow.h - is this program much slower than any that is used?
 */
#ifndef TESTS_SUPPORT_SLOW_H
#define TESTS_SUPPORT_SLOW_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/*
 * is_slow - under qemu or valgrind everything takes twenty to fifty times as
 * long, and five times where each branch is counted.
 */
static inline bool
is_slow(void)
{
	const char *part = getenv("MDA_PART");
	const char *sanitizer = getenv("MDA_SANITIZER");

	return getenv("MDA_EMULATED") != NULL ||
	    (part != NULL && strcmp(part, "valgrind") == 0) ||
	    (sanitizer != NULL && strcmp(sanitizer, "coverage") == 0);
}

#endif
