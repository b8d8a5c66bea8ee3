/* getentropy: does <unistd.h> offer getentropy(3)? */
#include <unistd.h>

int
main(void)
{
	void	(*volatile named)(void) = (void (*)(void))getentropy;

	return named == 0;
}
