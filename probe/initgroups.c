/* initgroups: do <grp.h> and <unistd.h> declare initgroups(3)? */
#include <sys/types.h>

#include <grp.h>
#include <unistd.h>

int
main(void)
{
	void	(*volatile named)(void) = (void (*)(void))initgroups;

	return named == 0;
}
