/* getgrouplist: do getgrouplist(3) and setgroups(2) take group ids? */
#include <sys/types.h>

#include <grp.h>
#include <unistd.h>

int
main(void)
{
	gid_t	groups[256];
	int	count = 256;

	if (getgrouplist("root", 0, groups, &count) == -1 || count < 1)
		return 1;
	/* Only root may; to be declared is enough. */
	return setgroups((size_t)count, groups) == 0 && count < 1;
}
