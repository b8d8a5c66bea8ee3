#include "base/errno_name.h"

#include <atf-c.h>
#include <errno.h>

ATF_TC_WITHOUT_HEAD(name__known_number__symbol);
ATF_TC_BODY(name__known_number__symbol, tc)
{
	ATF_CHECK_STREQ("ENOSPC", errno_name(ENOSPC));
	ATF_CHECK_STREQ("EDQUOT", errno_name(EDQUOT));
	ATF_CHECK_STREQ("EIO", errno_name(EIO));
	ATF_CHECK_STREQ("EXDEV", errno_name(EXDEV));
}

ATF_TC_WITHOUT_HEAD(name__number_without_name__question_mark);
ATF_TC_BODY(name__number_without_name__question_mark, tc)
{
	ATF_CHECK_STREQ("E?", errno_name(0));
	ATF_CHECK_STREQ("E?", errno_name(-1));
	ATF_CHECK_STREQ("E?", errno_name(99999));
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, name__known_number__symbol);
	ATF_TP_ADD_TC(tp, name__number_without_name__question_mark);
	return atf_no_error();
}
