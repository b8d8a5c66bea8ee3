/* flock: does <sys/file.h> offer flock(2)? */
#include <sys/file.h>

int
main(void)
{
	int	(*volatile lock)(int, int) = flock;

	return lock == 0 || (LOCK_EX | LOCK_NB) == 0;
}
