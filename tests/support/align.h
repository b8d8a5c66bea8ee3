/*
 * align.h - what an address must be a multiple of, to hold any type.
 *
 * C99 has no max_align_t.
 */
#ifndef TESTS_SUPPORT_ALIGN_H
#define TESTS_SUPPORT_ALIGN_H

#include <stddef.h>
#include <stdint.h>

struct aligned_for_any {
	char first;
	union {
		long double real;
		intmax_t number;
		void *pointer;
		void (*function)(void);
	} any;
};

#define ALIGN_OF_ANY offsetof(struct aligned_for_any, any)

#endif
