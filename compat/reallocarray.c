#include "compat/compat.h"

#if !HAVE_REALLOCARRAY

#include <errno.h>
#include <stdint.h>

void *
compat_reallocarray(void *at, size_t count, size_t size_bytes)
{
	if (size_bytes != 0 && count > SIZE_MAX / size_bytes) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(at, count * size_bytes);
}

#else
/* ISO C wants something in every file. */
typedef int reallocarray_is_there;
#endif
