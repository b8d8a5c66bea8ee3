/* pledge: does <unistd.h> offer pledge(2), as OpenBSD has it? */
#include <unistd.h>

int
main(void)
{
	void	(*volatile named)(void) = (void (*)(void))pledge;

	return named == 0;
}
