/* statfs_fstypename: does fstatfs(2) give its name, as on the BSDs? */
#include <sys/param.h>
#include <sys/mount.h>

int
main(void)
{
	int	(*volatile ask)(int, struct statfs *) = fstatfs;
	struct statfs fs;

	fs.f_fstypename[0] = '\0';
	return ask == 0 || fs.f_fstypename[0] != '\0';
}
