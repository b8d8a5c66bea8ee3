/* renameat2: does Linux's renameat2 have a number to call it by? */
#include <sys/syscall.h>

#include <unistd.h>

/* By number, because musl had the call years before it had the function. */
int
main(void)
{
	long	(*volatile call)(long, ...) = syscall;

	return call == 0 || SYS_renameat2 <= 0;
}
