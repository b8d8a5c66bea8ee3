/* getrandom: does <sys/random.h> offer getrandom(2)? */
#include <sys/types.h>
#include <sys/random.h>

int
main(void)
{
	void	(*volatile named)(void) = (void (*)(void))getrandom;

	return named == 0;
}
