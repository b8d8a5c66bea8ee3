#include "durable/filesystem.h"

#include <atf-c.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/files.h"
#include "tests/support/played_fs.h"

ATF_TC_WITHOUT_HEAD(name__work_folder__a_word);
ATF_TC_BODY(name__work_folder__a_word, tc)
{
	const char *name = filesystem_name(folder_fd("."));

	ATF_CHECK(strlen(name) > 0);
	ATF_CHECK_EQ(strlen(name),
	    strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789"));
}

ATF_TC_WITHOUT_HEAD(name__bad_descriptor__unknown);
ATF_TC_BODY(name__bad_descriptor__unknown, tc)
{
	ATF_CHECK_STREQ("unknown", filesystem_name(-1));
}

ATF_TC_WITHOUT_HEAD(is_fuse__bad_descriptor__no);
ATF_TC_BODY(is_fuse__bad_descriptor__no, tc)
{
	ATF_CHECK(!filesystem_is_fuse(-1));
}

ATF_TC_WITHOUT_HEAD(is_volatile__bad_descriptor__no);
ATF_TC_BODY(is_volatile__bad_descriptor__no, tc)
{
	ATF_CHECK(!filesystem_is_volatile(-1));
}

ATF_TC_WITHOUT_HEAD(kinds__folders_here__answers_agree_with_the_name);
ATF_TC_BODY(kinds__folders_here__answers_agree_with_the_name, tc)
{
	static const char *const folders[] = { ".", "/", "/dev", "/dev/shm",
		"/proc", "/run", "/tmp" };
	const char *name;
	size_t i;
	int fd;

	for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		fd = open(folders[i], O_RDONLY | O_DIRECTORY);
		if (fd == -1)
			continue; /* not every system has it */
		name = filesystem_name(fd);
		ATF_CHECK_EQ(strcmp(name, "tmpfs") == 0 ||
			strcmp(name, "ramfs") == 0,
		    filesystem_is_volatile(fd));
		ATF_CHECK_EQ(strcmp(name, "fuse") == 0 ||
			strcmp(name, "fusefs") == 0,
		    filesystem_is_fuse(fd));
	}
}

/* What is not known may be anything. */
ATF_TC_WITHOUT_HEAD(reach__bad_descriptor__other_hosts);
ATF_TC_BODY(reach__bad_descriptor__other_hosts, tc)
{
	ATF_CHECK_EQ(REACH_HOSTS, filesystem_reach(-1));
}

ATF_TC_WITHOUT_HEAD(reach__memory__this_host);
ATF_TC_BODY(reach__memory__this_host, tc)
{
	int fd = open("/dev/shm", O_RDONLY | O_DIRECTORY);

	if (fd == -1 || strcmp(filesystem_name(fd), "tmpfs") != 0)
		atf_tc_skip("no tmpfs, or no way to ask");
	ATF_CHECK_EQ(REACH_HOST, filesystem_reach(fd));
}

ATF_TC_WITHOUT_HEAD(has_links__where_a_link_can_be_made__yes);
ATF_TC_BODY(has_links__where_a_link_can_be_made__yes, tc)
{
	file_text("one", "");
	ATF_CHECK(
	    link("one", "two") == -1 || filesystem_has_links(folder_fd(".")));
}

ATF_TC_WITHOUT_HEAD(has_links__not_known__yes);
ATF_TC_BODY(has_links__not_known__yes, tc)
{
	ATF_CHECK(filesystem_has_links(-1));
}

/* The numbers are those of statfs(2). */
ATF_TC_WITHOUT_HEAD(reach__each_kind__who_else_may_write_there);
ATF_TC_BODY(reach__each_kind__who_else_may_write_there, tc)
{
	static const struct {
		unsigned long magic;
		const char *name;
		enum filesystem_reach reach;
	} kinds[] = { { 0xef53, "ext4", REACH_HOST },
		{ 0x58465342, "xfs", REACH_HOST },
		{ 0x9123683e, "btrfs", REACH_HOST },
		{ 0x01021994, "tmpfs", REACH_HOST },
		{ 0x4d44, "msdos", REACH_HOST }, { 0x6969, "nfs", REACH_HOSTS },
		{ 0x00c36400, "ceph", REACH_HOSTS },
		{ 0xff534d42, "cifs", REACH_HOSTS },
		{ 0xfe534d42, "smb2", REACH_HOSTS },
		{ 0x65735546, "fuse", REACH_FUSE },
		{ 0x12345678, "unknown", REACH_HOSTS } };
	int fd = folder_fd(".");
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		played_fs_start(kinds[i].magic);
		ATF_CHECK_STREQ(kinds[i].name, filesystem_name(fd));
		ATF_CHECK_EQ_MSG(kinds[i].reach, filesystem_reach(fd), "%s",
		    kinds[i].name);
		ATF_CHECK_EQ(
		    kinds[i].reach == REACH_FUSE, filesystem_is_fuse(fd));
	}
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, name__work_folder__a_word);
	ATF_TP_ADD_TC(tp, name__bad_descriptor__unknown);
	ATF_TP_ADD_TC(tp, is_fuse__bad_descriptor__no);
	ATF_TP_ADD_TC(tp, is_volatile__bad_descriptor__no);
	ATF_TP_ADD_TC(tp, kinds__folders_here__answers_agree_with_the_name);
	ATF_TP_ADD_TC(tp, reach__bad_descriptor__other_hosts);
	ATF_TP_ADD_TC(tp, reach__memory__this_host);
	ATF_TP_ADD_TC(tp, reach__each_kind__who_else_may_write_there);
	ATF_TP_ADD_TC(tp, has_links__where_a_link_can_be_made__yes);
	ATF_TP_ADD_TC(tp, has_links__not_known__yes);
	return atf_no_error();
}
