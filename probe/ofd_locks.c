/* ofd_locks: does <fcntl.h> know locks owned by an open file (F_OFD_SETLK)? */
#include <fcntl.h>

/* Whether the file system takes them is asked at run time: this is a build. */
int
main(void)
{
	int	(*volatile control)(int, int, ...) = fcntl;

	return control == 0 || F_OFD_SETLK == F_SETLK ||
	    F_OFD_GETLK == F_GETLK;
}
