/*
 * slow.h - is this program run by another one, instruction by instruction?
 */
#ifndef TESTS_SUPPORT_SLOW_H
#define TESTS_SUPPORT_SLOW_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/*
 * is_slow - under qemu or valgrind everything takes twenty to fifty times as
 * long.
 */
static inline bool
is_slow(void)
{
	const char *part = getenv("MDA_PART");

	return getenv("MDA_EMULATED") != NULL ||
	    (part != NULL && strcmp(part, "valgrind") == 0);
}

#endif
