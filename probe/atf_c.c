/* atf_c: can unit tests be made (atf-c)? */
#include <atf-c.h>

ATF_TC_WITHOUT_HEAD(nothing);
ATF_TC_BODY(nothing, tc)
{
	(void)tc;
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, nothing);
	return atf_no_error();
}
