/*
 * clock.h - what time it is, and how long something took.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <time.h>

/*
 * clock_wall - the time of day.
 *
 * Source  POSIX.1-2008 clock_gettime(), CLOCK_REALTIME.
 */
struct timespec clock_wall(void);

/*
 * clock_us - microseconds on a clock that nobody sets.
 *
 * Gives   only differences mean anything.
 * Source  POSIX.1-2008 clock_gettime(), CLOCK_MONOTONIC.
 */
long long clock_us(void);

#endif
