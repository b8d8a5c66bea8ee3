/* prctl_no_new_privs: does prctl(2) know PR_SET_NO_NEW_PRIVS? */
#include <sys/prctl.h>

int
main(void)
{
	int	(*volatile control)(int, ...) = prctl;

	return control == 0 || PR_SET_NO_NEW_PRIVS == 0;
}
