#include "compat/compat.h"

#if !HAVE_ARC4RANDOM_BUF

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <time.h>

#if HAVE_GETRANDOM
#include <sys/random.h>
#endif

/* How many of the bytes did getrandom or getentropy give? */
static size_t
from_kernel(unsigned char *to, size_t size_bytes)
{
	size_t done = 0;

#if HAVE_GETRANDOM
	while (done < size_bytes) {
		ssize_t taken = getrandom(to + done, size_bytes - done, 0);

		if (taken == -1 && errno == EINTR)
			continue;
		if (taken <= 0)
			break;
		done += (size_t)taken;
	}
#elif HAVE_GETENTROPY
	while (done < size_bytes) {
		size_t part = size_bytes - done;

		if (part > 256) /* more at a time is EIO */
			part = 256;
		if (getentropy(to + done, part) == -1)
			break;
		done += part;
	}
#else
	(void)to;
	(void)size_bytes;
#endif
	return done;
}

/* The same from the device, for a kernel older than its libc. */
static size_t
from_device(unsigned char *to, size_t size_bytes)
{
	int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
	size_t done = 0;

	if (fd == -1)
		return 0;
	while (done < size_bytes) {
		ssize_t taken = read(fd, to + done, size_bytes - done);

		if (taken == -1 && errno == EINTR)
			continue;
		if (taken <= 0)
			break;
		done += (size_t)taken;
	}
	(void)close(fd);
	return done;
}

/* One step of splitmix64, by Sebastiano Vigna: spreads every bit. */
static uint64_t
mix(uint64_t state)
{
	state += UINT64_C(0x9e3779b97f4a7c15);
	state = (state ^ (state >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	state = (state ^ (state >> 27)) * UINT64_C(0x94d049bb133111eb);
	return state ^ (state >> 31);
}

/* No kernel help (a bare chroot): differ from every other process. */
static void
from_clocks(unsigned char *to, size_t size_bytes)
{
	static uint64_t state;
	struct timespec now = { 0, 0 };
	size_t i;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	state = mix(state ^ (uint64_t)now.tv_sec ^
	    ((uint64_t)now.tv_nsec << 32));
	state = mix(state ^ (uint64_t)getpid() ^ (uint64_t)(uintptr_t)to);
	for (i = 0; i < size_bytes; i++) {
		state = mix(state);
		to[i] = (unsigned char)(state & 0xff);
	}
}

void
compat_arc4random_buf(void *to, size_t size_bytes)
{
	int errno_before = errno;
	unsigned char *at = to;
	size_t done = from_kernel(at, size_bytes);

	if (done < size_bytes)
		done += from_device(at + done, size_bytes - done);
	if (done < size_bytes)
		from_clocks(at + done, size_bytes - done);
	errno = errno_before;
}

#else
/* ISO C wants something in every file. */
typedef int arc4random_buf_is_there;
#endif
