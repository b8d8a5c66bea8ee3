#include "durable/quota.h"

#include <atf-c.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include "compat/compat.h"

ATF_TC_WITHOUT_HEAD(used_up__no_limit__never);
ATF_TC_BODY(used_up__no_limit__never, tc)
{
	const struct quota_count count = { 5000, 40, 0 };

	ATF_CHECK(!quota_is_used_up(&count));
}

ATF_TC_WITHOUT_HEAD(used_up__below_at_above__from_the_limit_on);
ATF_TC_BODY(used_up__below_at_above__from_the_limit_on, tc)
{
	struct quota_count count = { 49, 40, 50 };

	ATF_CHECK(!quota_is_used_up(&count));
	count.used = 50;
	ATF_CHECK(quota_is_used_up(&count));
	count.used = 51;
	ATF_CHECK(quota_is_used_up(&count));
}

#if HAVE_QUOTACTL
#include <sys/quota.h>
#include <sys/syscall.h>
#include <unistd.h>

/* No file system that counts can be had here: the kernel's part is played. */
static struct {
	bool has_call_by_fd;
	bool has_quota;
	const char *source;
	int uid;
} played;

static int
play(void *answer, int uid)
{
	struct dqblk *block = (struct dqblk *)answer;

	played.uid = uid;
	if (!played.has_quota) {
		errno = ESRCH;
		return -1;
	}
	block->dqb_curspace = 3000;
	block->dqb_bsoftlimit = 4;
	block->dqb_bhardlimit = 5;
	block->dqb_curinodes = 6;
	block->dqb_isoftlimit = 7;
	block->dqb_ihardlimit = 8;
	return 0;
}

long
syscall(long number, ...)
{
	va_list words;
	void *answer;
	int uid;

	(void)number;
	if (!played.has_call_by_fd) {
		errno = ENOSYS;
		return -1;
	}
	va_start(words, number);
	(void)va_arg(words, int); /* the descriptor */
	(void)va_arg(words, int); /* the command */
	uid = va_arg(words, int);
	answer = va_arg(words, void *);
	va_end(words);
	return play(answer, uid);
}

int
quotactl(int command, const char *source, int uid, caddr_t answer)
{
	(void)command;
	played.source = source;
	return play(answer, uid);
}

static void
check_answer(const struct quota *quota)
{
	ATF_CHECK_EQ(3000, quota->bytes.used);
	ATF_CHECK_EQ(4096, quota->bytes.soft);
	ATF_CHECK_EQ(5120, quota->bytes.hard);
	ATF_CHECK_EQ(6, quota->files.used);
	ATF_CHECK_EQ(7, quota->files.soft);
	ATF_CHECK_EQ(8, quota->files.hard);
	ATF_CHECK_EQ(4711, played.uid);
}

ATF_TC_WITHOUT_HEAD(find__by_descriptor__as_told);
ATF_TC_BODY(find__by_descriptor__as_told, tc)
{
#ifdef SYS_quotactl_fd
	struct quota quota;

	played.has_call_by_fd = played.has_quota = true;
	ATF_REQUIRE(quota_find(&quota, 3, "/dev/none", 4711));
	check_answer(&quota);
	ATF_CHECK(played.source == NULL);
#else
	atf_tc_skip("these headers do not know the call");
#endif
}

ATF_TC_WITHOUT_HEAD(find__older_kernel__by_device);
ATF_TC_BODY(find__older_kernel__by_device, tc)
{
	struct quota quota;

	played.has_quota = true;
	ATF_REQUIRE(quota_find(&quota, 3, "/dev/none", 4711));
	check_answer(&quota);
	ATF_CHECK_STREQ("/dev/none", played.source);
}

ATF_TC_WITHOUT_HEAD(find__no_quota__none);
ATF_TC_BODY(find__no_quota__none, tc)
{
	struct quota quota;

	played.has_call_by_fd = true;
	ATF_CHECK(!quota_find(&quota, 3, "/dev/none", 4711));
	ATF_CHECK_STREQ("/dev/none", played.source);
}
#endif

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, used_up__no_limit__never);
	ATF_TP_ADD_TC(tp, used_up__below_at_above__from_the_limit_on);
#if HAVE_QUOTACTL
	ATF_TP_ADD_TC(tp, find__by_descriptor__as_told);
	ATF_TP_ADD_TC(tp, find__older_kernel__by_device);
	ATF_TP_ADD_TC(tp, find__no_quota__none);
#endif
	return atf_no_error();
}
