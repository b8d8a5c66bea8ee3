#include "compat/compat.h"

#if !HAVE_STRLCAT

size_t
compat_strlcat(char *to, const char *from, size_t size_bytes)
{
	const char *end = memchr(to, '\0', size_bytes);
	size_t used;

	if (end == NULL)
		return size_bytes + strlen(from);
	used = (size_t)(end - to);
	return used + strlcpy(to + used, from, size_bytes - used);
}

#else
/* ISO C wants something in every file. */
typedef int strlcat_is_there;
#endif
