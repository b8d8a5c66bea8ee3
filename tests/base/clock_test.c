#include "base/clock.h"

#include <atf-c.h>
#include <time.h>

ATF_TC_WITHOUT_HEAD(wall__now__as_time_says);
ATF_TC_BODY(wall__now__as_time_says, tc)
{
	time_t before = time(NULL);
	struct timespec now = clock_wall();

	/* time(2) may lag behind by a tick of the kernel's clock. */
	ATF_CHECK(now.tv_sec >= before);
	ATF_CHECK(now.tv_sec <= time(NULL) + 1);
	ATF_CHECK(now.tv_nsec >= 0 && now.tv_nsec < 1000000000);
}

ATF_TC_WITHOUT_HEAD(us__read_often__never_goes_back);
ATF_TC_BODY(us__read_often__never_goes_back, tc)
{
	long long before = clock_us();
	int i;

	for (i = 0; i < 100000; i++) {
		long long now = clock_us();

		ATF_REQUIRE(now >= before);
		before = now;
	}
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, wall__now__as_time_says);
	ATF_TP_ADD_TC(tp, us__read_often__never_goes_back);
	return atf_no_error();
}
