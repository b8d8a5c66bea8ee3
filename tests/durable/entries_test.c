#include "durable/entries.h"

#include <sys/stat.h>

#include <atf-c.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/faults.h"
#include "tests/support/files.h"

enum { FILES = 700 }; /* more names than one call can give */

static int
make_folder(int files)
{
	struct span nothing = { "", 0 };
	char path[64];
	int i;

	ATF_REQUIRE_EQ(0, mkdir("folder", 0700));
	for (i = 0; i < files; i++) {
		(void)snprintf(path, sizeof(path), "folder/name-%d", i);
		file_put(path, nothing);
	}
	return open("folder", O_RDONLY | O_DIRECTORY);
}

/* How many names of ours are read, each with its file's inode number? */
static int
read_all(int fd, bool is_again)
{
	struct entries entries;
	struct entry entry;
	struct failure why;
	struct stat st;
	int found = 0;

	ATF_REQUIRE_EQ(
	    VERDICT_OK, entries_open(&entries, fd, is_again, "folder", &why));
	do {
		ATF_REQUIRE_EQ(VERDICT_OK,
		    entries_next(&entries, &entry, "folder", &why));
		if (entry.name == NULL || entry.name[0] == '.')
			continue;
		ATF_REQUIRE_EQ(0, fstatat(fd, entry.name, &st, 0));
		ATF_CHECK_EQ(st.st_ino, entry.inode);
		found++;
	} while (entry.name != NULL);
	entries_close(&entries);
	ATF_CHECK(fcntl(fd, F_GETFD) != -1);
	return found;
}

ATF_TC_WITHOUT_HEAD(next__empty_folder__no_names);
ATF_TC_BODY(next__empty_folder__no_names, tc)
{
	ATF_CHECK_EQ(0, read_all(make_folder(0), false));
}

ATF_TC_WITHOUT_HEAD(next__many_names__each_once);
ATF_TC_BODY(next__many_names__each_once, tc)
{
	ATF_CHECK_EQ(FILES, read_all(make_folder(FILES), false));
}

ATF_TC_WITHOUT_HEAD(open__again__from_the_first_name);
ATF_TC_BODY(open__again__from_the_first_name, tc)
{
	int fd = make_folder(3);

	ATF_CHECK_EQ(3, read_all(fd, false));
	ATF_CHECK_EQ(3, read_all(fd, true));
}

/* Opening may tell, or the first name. */
static enum verdict
try_to_read(int fd, struct failure *why)
{
	struct entries entries;
	struct entry entry;
	enum verdict verdict = entries_open(&entries, fd, false, "box", why);

	if (verdict != VERDICT_OK)
		return verdict;
	verdict = entries_next(&entries, &entry, "box", why);
	entries_close(&entries);
	return verdict;
}

ATF_TC_WITHOUT_HEAD(next__not_a_folder__retry_at_readdir);
ATF_TC_BODY(next__not_a_folder__retry_at_readdir, tc)
{
	struct span nothing = { "", 0 };
	struct failure why;

	file_put("file", nothing);
	ATF_CHECK_EQ(VERDICT_RETRY, try_to_read(open("file", O_RDONLY), &why));
	ATF_CHECK_STREQ("readdir", why.step);
	ATF_CHECK_EQ(ENOTDIR, why.sys_errno);
	ATF_CHECK_STREQ("box", why.subject);
}

ATF_TC_WITHOUT_HEAD(next__no_descriptor__retry_at_readdir);
ATF_TC_BODY(next__no_descriptor__retry_at_readdir, tc)
{
	struct failure why;

	ATF_CHECK_EQ(VERDICT_RETRY, try_to_read(-1, &why));
	ATF_CHECK_STREQ("readdir", why.step);
	ATF_CHECK_EQ(EBADF, why.sys_errno);
}

/* By lseek(2), or where that is not used by a copy for the stream. */
ATF_TC_WITHOUT_HEAD(open__again_and_no_way_back__retry_at_readdir);
ATF_TC_BODY(open__again_and_no_way_back__retry_at_readdir, tc)
{
	int fd = make_folder(3);
	struct entries entries;
	struct failure why;

	ATF_CHECK_EQ(3, read_all(fd, false));
	faults_install();
	fail_always(CALL_LSEEK, EIO);
	fail_always(CALL_DUP, EIO);
	ATF_CHECK_EQ(
	    VERDICT_RETRY, entries_open(&entries, fd, true, "box", &why));
	ATF_CHECK_STREQ("readdir", why.step);
	ATF_CHECK_EQ(EIO, why.sys_errno);
	ATF_CHECK_STREQ("box", why.subject);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, next__empty_folder__no_names);
	ATF_TP_ADD_TC(tp, next__many_names__each_once);
	ATF_TP_ADD_TC(tp, open__again__from_the_first_name);
	ATF_TP_ADD_TC(tp, open__again_and_no_way_back__retry_at_readdir);
	ATF_TP_ADD_TC(tp, next__not_a_folder__retry_at_readdir);
	ATF_TP_ADD_TC(tp, next__no_descriptor__retry_at_readdir);
	return atf_no_error();
}
