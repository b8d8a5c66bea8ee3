#include "durable/mount.h"

#include <sys/resource.h>

#include <atf-c.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/prng.h"

enum { ROUNDS = 4000, LINE_BYTES = 512 };

/* mount_read() cuts its line in pieces. */
static bool
read_line(struct mount *mount, const char *text, long id)
{
	char line[LINE_BYTES];

	ATF_REQUIRE(strlen(text) < sizeof(line));
	(void)strcpy(line, text);
	memset(mount, 0, sizeof(*mount));
	return mount_read(mount, line, id);
}

ATF_TC_WITHOUT_HEAD(read__with_tags__each_field);
ATF_TC_BODY(read__with_tags__each_field, tc)
{
	struct mount mount;

	ATF_REQUIRE(read_line(&mount,
	    "36 35 98:0 /sub /home rw,noatime master:1 shared:2 - ext4 "
	    "/dev/sda1 rw,barrier=0\n",
	    36));
	ATF_CHECK_STREQ("/home", mount.point);
	ATF_CHECK_STREQ("ext4", mount.kind);
	ATF_CHECK_STREQ("/dev/sda1", mount.source);
	ATF_CHECK_STREQ("rw,noatime,rw,barrier=0", mount.options);
}

ATF_TC_WITHOUT_HEAD(read__no_tags__each_field);
ATF_TC_BODY(read__no_tags__each_field, tc)
{
	struct mount mount;

	ATF_REQUIRE(read_line(&mount,
	    "7 1 0:5 / /m ro - nfs4 host:/export ro,vers=4.2\n", 7));
	ATF_CHECK_STREQ("nfs4", mount.kind);
	ATF_CHECK_STREQ("host:/export", mount.source);
}

ATF_TC_WITHOUT_HEAD(read__octal__is_a_byte);
ATF_TC_BODY(read__octal__is_a_byte, tc)
{
	struct mount mount;

	ATF_REQUIRE(read_line(&mount,
	    "7 1 0:5 / /a\\040b\\134\\9c rw - ext4 d rw\n", 7));
	ATF_CHECK_STREQ("/a b\\\\9c", mount.point);
}

ATF_TC_WITHOUT_HEAD(read__another_mount__not_it);
ATF_TC_BODY(read__another_mount__not_it, tc)
{
	struct mount mount;

	ATF_CHECK(!read_line(&mount, "71 1 0:5 / / rw - ext4 d rw\n", 7));
}

ATF_TC_WITHOUT_HEAD(read__cut_off__not_it);
ATF_TC_BODY(read__cut_off__not_it, tc)
{
	struct mount mount;

	ATF_CHECK(!read_line(&mount, "", 0));
	ATF_CHECK(!read_line(&mount, "7", 7));
	ATF_CHECK(!read_line(&mount, "7 1 0:5 / /home rw shared:1\n", 7));
	ATF_CHECK(!read_line(&mount, "7 1 0:5 / /home rw -\n", 7));
}

ATF_TC_WITHOUT_HEAD(read__any_line__comes_back);
ATF_TC_BODY(read__any_line__comes_back, tc)
{
	static const char *const words[] = { "7", " ", "-", "\\040", "\\", "/",
		",", "rw", "\n", "\\777" };
	char line[LINE_BYTES];
	struct mount mount;
	unsigned int seed;
	size_t length;

	for (seed = 0; seed < ROUNDS; seed++) {
		struct prng prng = prng_start(seed);

		length = prng_words(&prng, line, sizeof(line) - 1, words,
		    sizeof(words) / sizeof(words[0]));
		line[length] = '\0';
		memset(&mount, 0, sizeof(mount));
		(void)mount_read(&mount, line, 7);
		ATF_REQUIRE_MSG(memchr(mount.point, '\0',
				    sizeof(mount.point)) != NULL,
		    "seed %u", seed);
	}
}

ATF_TC_WITHOUT_HEAD(option__part_of_another__not_it);
ATF_TC_BODY(option__part_of_another__not_it, tc)
{
	struct mount mount = { .options = "rw,barrier=01,nobarriers,soft" };

	ATF_CHECK(mount_has_option(&mount, "rw"));
	ATF_CHECK(mount_has_option(&mount, "soft"));
	ATF_CHECK(!mount_has_option(&mount, "barrier=0"));
	ATF_CHECK(!mount_has_option(&mount, "nobarrier"));
	ATF_CHECK(!mount_has_option(&mount, "r"));
}

ATF_TC_WITHOUT_HEAD(option__none__not_it);
ATF_TC_BODY(option__none__not_it, tc)
{
	struct mount mount = { .options = "" };

	ATF_CHECK(!mount_has_option(&mount, "rw"));
}

ATF_TC_WITHOUT_HEAD(find__working_folder__its_mount);
ATF_TC_BODY(find__working_folder__its_mount, tc)
{
	struct mount mount;
	int fd = open(".", O_RDONLY | O_DIRECTORY);

	ATF_REQUIRE(fd != -1);
	if (!mount_find(&mount, fd))
		atf_tc_skip("the system does not tell");
	ATF_CHECK_EQ('/', mount.point[0]);
	ATF_CHECK(mount.kind[0] != '\0');
	ATF_CHECK(mount_has_option(&mount, "rw"));
	ATF_REQUIRE_EQ(0, close(fd));
}

ATF_TC_WITHOUT_HEAD(find__bad_descriptor__not_found);
ATF_TC_BODY(find__bad_descriptor__not_found, tc)
{
	struct mount mount;

	ATF_CHECK(!mount_find(&mount, -1));
}

/* No descriptor is left to ask with: as good as no /proc. */
ATF_TC_WITHOUT_HEAD(find__cannot_be_asked__not_found);
ATF_TC_BODY(find__cannot_be_asked__not_found, tc)
{
	struct mount mount;
	struct rlimit none;
	struct rlimit some;
	bool is_found;

	ATF_REQUIRE_EQ(0, getrlimit(RLIMIT_NOFILE, &some));
	none = some;
	none.rlim_cur = 0;
	ATF_REQUIRE_EQ(0, setrlimit(RLIMIT_NOFILE, &none));
	is_found = mount_find(&mount, STDIN_FILENO);
	ATF_REQUIRE_EQ(0, setrlimit(RLIMIT_NOFILE, &some));
	ATF_CHECK(!is_found);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, read__with_tags__each_field);
	ATF_TP_ADD_TC(tp, read__no_tags__each_field);
	ATF_TP_ADD_TC(tp, read__octal__is_a_byte);
	ATF_TP_ADD_TC(tp, read__another_mount__not_it);
	ATF_TP_ADD_TC(tp, read__cut_off__not_it);
	ATF_TP_ADD_TC(tp, read__any_line__comes_back);
	ATF_TP_ADD_TC(tp, option__part_of_another__not_it);
	ATF_TP_ADD_TC(tp, option__none__not_it);
	ATF_TP_ADD_TC(tp, find__working_folder__its_mount);
	ATF_TP_ADD_TC(tp, find__bad_descriptor__not_found);
	ATF_TP_ADD_TC(tp, find__cannot_be_asked__not_found);
	return atf_no_error();
}
