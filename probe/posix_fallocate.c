/* posix_fallocate: does <fcntl.h> offer posix_fallocate(3)? */
#include <fcntl.h>

int
main(void)
{
	void	(*volatile named)(void) = (void (*)(void))posix_fallocate;

	return named == 0;
}
