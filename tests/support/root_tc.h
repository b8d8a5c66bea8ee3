/*
 * root_tc.h - a test case that only root can run.
 */
#ifndef TESTS_SUPPORT_ROOT_TC_H
#define TESTS_SUPPORT_ROOT_TC_H

#include <atf-c.h>

#define ROOT_TC(name)                                                         \
	ATF_TC(name);                                                         \
	ATF_TC_HEAD(name, tc)                                                 \
	{                                                                     \
		atf_tc_set_md_var(tc, "require.user", "root");                \
	}                                                                     \
	ATF_TC_BODY(name, tc)

#endif
