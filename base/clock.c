#include "base/clock.h"

#include <stddef.h>

/*
 * clock_gettime() fails only for a clock that does not exist or an address
 * that is bad; both clocks are required wherever we build.
 */
struct timespec
clock_wall(void)
{
	struct timespec now = { 0, 0 };

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return now;
}

long long
clock_us(void)
{
	struct timespec now = { 0, 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}
