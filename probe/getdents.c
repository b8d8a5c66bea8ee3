/* getdents: does Linux's getdents64 have a number to call it by? */
#include <sys/syscall.h>

#include <unistd.h>

int
main(void)
{
	long	(*volatile call)(long, ...) = syscall;

	return call == 0 || SYS_getdents64 <= 0;
}
