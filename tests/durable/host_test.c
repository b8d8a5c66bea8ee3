/* Inline functions of the C library must not stand in front of ours. */
#undef _FORTIFY_SOURCE

#include "durable/host.h"

#include <sys/resource.h>

#include <atf-c.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What the system answers; in front of libc's own function. */
static const char *system_name;

int
gethostname(char *name, size_t size_bytes)
{
	if (system_name == NULL) {
		errno = EFAULT;
		return -1;
	}
	(void)strncpy(name, system_name, size_bytes);
	return 0;
}

ATF_TC_WITHOUT_HEAD(name__known__as_the_system_has_it);
ATF_TC_BODY(name__known__as_the_system_has_it, tc)
{
	char name[256];

	system_name = "mx.example.org";
	host_name(name, sizeof(name));
	ATF_CHECK_STREQ("mx.example.org", name);
}

ATF_TC_WITHOUT_HEAD(name__empty__localhost);
ATF_TC_BODY(name__empty__localhost, tc)
{
	char name[256];

	system_name = "";
	host_name(name, sizeof(name));
	ATF_CHECK_STREQ("localhost", name);
}

ATF_TC_WITHOUT_HEAD(name__cannot_be_asked__localhost);
ATF_TC_BODY(name__cannot_be_asked__localhost, tc)
{
	char name[256];

	host_name(name, sizeof(name));
	ATF_CHECK_STREQ("localhost", name);
}

ATF_TC_WITHOUT_HEAD(name__longer_than_room__ends_in_nul);
ATF_TC_BODY(name__longer_than_room__ends_in_nul, tc)
{
	char name[9];

	system_name = "mx.example.org";
	memset(name, 'x', sizeof(name));
	host_name(name, 8);
	ATF_CHECK_STREQ("mx.exam", name);
	ATF_CHECK_EQ('x', name[8]);
}

ATF_TC_WITHOUT_HEAD(boot_id__asked_twice__one_word);
ATF_TC_BODY(boot_id__asked_twice__one_word, tc)
{
	char one[64];
	char two[64];

	host_boot_id(one, sizeof(one));
	host_boot_id(two, sizeof(two));
	ATF_CHECK_STREQ(one, two);
	ATF_CHECK(strlen(one) > 0);
	ATF_CHECK(strpbrk(one, " \t\n") == NULL);
}

/* No descriptor is left to ask with: as good as no such file. */
ATF_TC_WITHOUT_HEAD(boot_id__cannot_be_asked__a_dash);
ATF_TC_BODY(boot_id__cannot_be_asked__a_dash, tc)
{
	struct rlimit none;
	struct rlimit some;
	char id[64];

	ATF_REQUIRE_EQ(0, getrlimit(RLIMIT_NOFILE, &some));
	none = some;
	none.rlim_cur = 0;
	ATF_REQUIRE_EQ(0, setrlimit(RLIMIT_NOFILE, &none));
	host_boot_id(id, sizeof(id));
	ATF_REQUIRE_EQ(0, setrlimit(RLIMIT_NOFILE, &some));
	ATF_CHECK_STREQ("-", id);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, name__known__as_the_system_has_it);
	ATF_TP_ADD_TC(tp, name__empty__localhost);
	ATF_TP_ADD_TC(tp, name__cannot_be_asked__localhost);
	ATF_TP_ADD_TC(tp, name__longer_than_room__ends_in_nul);
	ATF_TP_ADD_TC(tp, boot_id__asked_twice__one_word);
	ATF_TP_ADD_TC(tp, boot_id__cannot_be_asked__a_dash);
	return atf_no_error();
}
