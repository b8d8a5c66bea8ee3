/* getpwnam_r: does <pwd.h> offer getpwnam_r(3)? */
#include <sys/types.h>
#include <pwd.h>

int
main(void)
{
	void	(*volatile named)(void) = (void (*)(void))getpwnam_r;

	return named == 0;
}
