/* close_range: does Linux's close_range have a number to call it by? */
#include <sys/syscall.h>

#include <unistd.h>

int
main(void)
{
	long	(*volatile call)(long, ...) = syscall;

	return call == 0 || SYS_close_range <= 0;
}
