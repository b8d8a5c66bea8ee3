/* unveil: does <unistd.h> offer unveil(2), as OpenBSD has it? */
#include <unistd.h>

int
main(void)
{
	void	(*volatile named)(void) = (void (*)(void))unveil;

	return named == 0;
}
