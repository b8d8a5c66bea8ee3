/* full_fsync: is F_FULLFSYNC present and accepted? */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int
main(void)
{
	char	name[] = "probe.XXXXXX";
	int	fd = mkstemp(name);

	return fd == -1 || unlink(name) == -1 || fcntl(fd, F_FULLFSYNC) == -1;
}
