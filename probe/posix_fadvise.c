/* posix_fadvise: does <fcntl.h> offer posix_fadvise(2)? */
#include <fcntl.h>

int
main(void)
{
	void	(*volatile named)(void) = (void (*)(void))posix_fadvise;

	return named == 0;
}
