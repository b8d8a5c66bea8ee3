/* fdatasync: does <unistd.h> offer fdatasync(2)? */
#include <unistd.h>

int
main(void)
{
	void	(*volatile named)(void) = (void (*)(void))fdatasync;

	return named == 0;
}
