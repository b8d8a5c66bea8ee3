/* strlcat: does <string.h> offer strlcat(3)? */
#include <string.h>

int
main(void)
{
	size_t	(*volatile append)(char *, const char *, size_t) = strlcat;
	char	to[4] = "ab";

	return append(to, "cdef", sizeof(to)) != 6 || strcmp(to, "abc") != 0;
}
