/* stat_mtim: does struct stat count nanoseconds in st_mtim (POSIX 2008)? */
#include <sys/stat.h>

int
main(void)
{
	struct stat st;

	st.st_mtim.tv_nsec = 0;
	st.st_ctim.tv_nsec = 0;
	return st.st_mtim.tv_nsec != st.st_ctim.tv_nsec;
}
