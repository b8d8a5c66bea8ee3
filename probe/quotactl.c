/* quotactl: does quotactl(2) take a device and give struct dqblk (Linux)? */
#include <sys/types.h>
#include <sys/quota.h>

int
main(void)
{
	int	(*volatile call)(int, const char *, int, caddr_t) = quotactl;
	struct dqblk answer;

	answer.dqb_curspace = 0;
	return call == 0 || QCMD(Q_GETQUOTA, USRQUOTA) == 0 ||
	    answer.dqb_curspace != 0;
}
