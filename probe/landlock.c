/* landlock: do the headers know Landlock with REFER (Linux, ABI 2)? */
#include <linux/landlock.h>
#include <sys/syscall.h>

#include <unistd.h>

/* Without REFER a link from tmp/ to new/ answers EXDEV: no use to us. */
int
main(void)
{
	long	(*volatile call)(long, ...) = syscall;

	return call == 0 || LANDLOCK_ACCESS_FS_REFER == 0 ||
	    SYS_landlock_create_ruleset <= 0 || SYS_landlock_add_rule <= 0 ||
	    SYS_landlock_restrict_self <= 0;
}
