/* strlcpy: does <string.h> offer strlcpy(3)? */
#include <string.h>

int
main(void)
{
	size_t	(*volatile copy)(char *, const char *, size_t) = strlcpy;
	char	to[4];

	return copy(to, "abcdef", sizeof(to)) != 6 || strcmp(to, "abc") != 0;
}
