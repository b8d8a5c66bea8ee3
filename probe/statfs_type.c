/* statfs_type: does fstatfs(2) give a file system's number, as on Linux? */
#include <sys/vfs.h>

int
main(void)
{
	int	(*volatile ask)(int, struct statfs *) = fstatfs;
	struct statfs fs;

	fs.f_type = 0;
	return ask == 0 || fs.f_type != 0;
}
