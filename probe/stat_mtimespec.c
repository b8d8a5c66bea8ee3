/* stat_mtimespec: does struct stat count them in st_mtimespec (older BSD)? */
#include <sys/stat.h>

int
main(void)
{
	struct stat st;

	st.st_mtimespec.tv_nsec = 0;
	st.st_ctimespec.tv_nsec = 0;
	return st.st_mtimespec.tv_nsec != st.st_ctimespec.tv_nsec;
}
