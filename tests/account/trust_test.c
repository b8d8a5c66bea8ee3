#include "account/trust.h"

#include <atf-c.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

static const struct trust_steps steps = { "kind", "owner", "mode", "size" };
static struct failure why;

static struct stat
ours(mode_t mode, off_t size_bytes)
{
	struct stat st;

	memset(&st, 0, sizeof(st));
	st.st_mode = mode;
	st.st_uid = geteuid();
	st.st_size = size_bytes;
	return st;
}

static const char *
fault_of(const struct stat *st)
{
	memset(&why, 0, sizeof(why));
	if (trust_check(st, 100, &steps, "/some/file", &why) == VERDICT_OK)
		return "none";
	ATF_CHECK_EQ(EX_TEMPFAIL, why.exit_code);
	ATF_CHECK_STREQ("4.3.5", why.dsn);
	ATF_CHECK_STREQ("/some/file", why.subject);
	return why.step;
}

ATF_TC_WITHOUT_HEAD(check__ours_or_roots__trusted);
ATF_TC_BODY(check__ours_or_roots__trusted, tc)
{
	struct stat st = ours(S_IFREG | 0644, 100);

	ATF_CHECK_STREQ("none", fault_of(&st));
	st.st_uid = 0;
	ATF_CHECK_STREQ("none", fault_of(&st));
}

ATF_TC_WITHOUT_HEAD(check__no_regular_file__kind);
ATF_TC_BODY(check__no_regular_file__kind, tc)
{
	const mode_t kinds[] = { S_IFDIR, S_IFIFO, S_IFCHR, S_IFSOCK };
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct stat st = ours(kinds[i] | 0666, 1000);

		ATF_CHECK_STREQ("kind", fault_of(&st));
	}
}

ATF_TC_WITHOUT_HEAD(check__of_somebody_else__owner);
ATF_TC_BODY(check__of_somebody_else__owner, tc)
{
	struct stat st = ours(S_IFREG | 0666, 1000);

	st.st_uid = geteuid() + 1;
	ATF_CHECK_STREQ("owner", fault_of(&st));
}

ATF_TC_WITHOUT_HEAD(check__group_or_others_write__mode);
ATF_TC_BODY(check__group_or_others_write__mode, tc)
{
	struct stat group = ours(S_IFREG | 0620, 1000);
	struct stat others = ours(S_IFREG | 0602, 1000);

	ATF_CHECK_STREQ("mode", fault_of(&group));
	ATF_CHECK_STREQ("mode", fault_of(&others));
}

ATF_TC_WITHOUT_HEAD(check__larger_than_it_may_be__size);
ATF_TC_BODY(check__larger_than_it_may_be__size, tc)
{
	struct stat st = ours(S_IFREG | 0600, 101);

	ATF_CHECK_STREQ("size", fault_of(&st));
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, check__ours_or_roots__trusted);
	ATF_TP_ADD_TC(tp, check__no_regular_file__kind);
	ATF_TP_ADD_TC(tp, check__of_somebody_else__owner);
	ATF_TP_ADD_TC(tp, check__group_or_others_write__mode);
	ATF_TP_ADD_TC(tp, check__larger_than_it_may_be__size);
	return atf_no_error();
}
