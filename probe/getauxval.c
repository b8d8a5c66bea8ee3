/* getauxval: does <sys/auxv.h> tell whether a start gave rights? */
#include <sys/auxv.h>

int
main(void)
{
	return getauxval(AT_SECURE) == 2;
}
