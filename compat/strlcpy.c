#include "compat/compat.h"

#if !HAVE_STRLCPY

size_t
compat_strlcpy(char *to, const char *from, size_t size_bytes)
{
	size_t length = strlen(from);
	size_t kept = length;

	if (size_bytes == 0)
		return length;
	if (kept >= size_bytes)
		kept = size_bytes - 1;
	memcpy(to, from, kept);
	to[kept] = '\0';
	return length;
}

#else
/* ISO C wants something in every file. */
typedef int strlcpy_is_there;
#endif
