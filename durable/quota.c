#include "durable/quota.h"

#include "compat/compat.h"

#if HAVE_QUOTACTL
#include <sys/quota.h>
#include <sys/syscall.h>

#include <string.h>
#include <unistd.h>

enum { BLOCK_BYTES = 1024 }; /* limits are in these, use is in bytes */

/*
 * A file system without a device, or whose device is out of reach, can be
 * asked by a descriptor only. #ifdef: younger than some headers.
 */
static bool
ask(struct dqblk *answer, int fd, const char *source, uid_t uid)
{
	const int command = QCMD(Q_GETQUOTA, USRQUOTA);

#ifdef SYS_quotactl_fd
	if (syscall(SYS_quotactl_fd, fd, command, (int)uid, answer) == 0)
		return true;
#else
	(void)fd;
#endif
	return quotactl(command, source, (int)uid, (caddr_t)answer) == 0;
}

bool
quota_find(struct quota *quota, int fd, const char *source, uid_t uid)
{
	struct dqblk answer;

	memset(&answer, 0, sizeof(answer));
	if (!ask(&answer, fd, source, uid))
		return false;
	quota->bytes.used = answer.dqb_curspace;
	quota->bytes.soft = answer.dqb_bsoftlimit * BLOCK_BYTES;
	quota->bytes.hard = answer.dqb_bhardlimit * BLOCK_BYTES;
	quota->files.used = answer.dqb_curinodes;
	quota->files.soft = answer.dqb_isoftlimit;
	quota->files.hard = answer.dqb_ihardlimit;
	return true;
}
#else
bool
quota_find(struct quota *quota, int fd, const char *source, uid_t uid)
{
	(void)quota; /* each system has its own way to ask */
	(void)fd;
	(void)source;
	(void)uid;
	return false;
}
#endif

bool
quota_is_used_up(const struct quota_count *count)
{
	return count->hard != 0 && count->used >= count->hard;
}
