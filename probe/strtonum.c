/* strtonum: does <stdlib.h> offer strtonum(3), with its answers? */
#include <stdlib.h>
#include <string.h>

int
main(void)
{
	long long (*volatile number)(const char *, long long, long long,
	    const char **) = strtonum;
	const char *fault;

	if (number("17", 0, 17, &fault) != 17 || fault != NULL)
		return 1;
	if (number("18", 0, 17, &fault) != 0 || fault == NULL)
		return 1;
	return strcmp(fault, "too large") != 0;
}
