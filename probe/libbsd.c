/* libbsd: do libbsd's overlay headers and its library go together? */
#include <stdlib.h>
#include <string.h>

int
main(void)
{
	size_t	(*volatile copy)(char *, const char *, size_t) = strlcpy;
	void	(*volatile number)(void) = (void (*)(void))strtonum;

	return copy == 0 || number == 0;
}
