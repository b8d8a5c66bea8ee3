/* fallocate: does <fcntl.h> offer Linux's fallocate(2) with KEEP_SIZE? */
#include <fcntl.h>

int
main(void)
{
	void	(*volatile named)(void) = (void (*)(void))fallocate;

	return named == 0 || FALLOC_FL_KEEP_SIZE == 0;
}
