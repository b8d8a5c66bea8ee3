#include "base/sys.h"

#include <sys/file.h>
#include <sys/mman.h>

#include <atf-c.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/files.h"

ATF_TC_WITHOUT_HEAD(table__every_member__is_set);
ATF_TC_BODY(table__every_member__is_set, tc)
{
	static const struct sys_calls none;
	const char *at = (const char *)sys;
	size_t size_bytes = sizeof(none.fsync);
	size_t i;

	for (i = 0; i < sizeof(none); i += size_bytes)
		ATF_CHECK(memcmp(at + i, &none, size_bytes) != 0);
}

ATF_TC_WITHOUT_HEAD(dup__copy__closed_on_exec);
ATF_TC_BODY(dup__copy__closed_on_exec, tc)
{
	int fd = sys->dup(STDIN_FILENO);

	ATF_REQUIRE(fd > STDERR_FILENO);
	ATF_CHECK((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
}

ATF_TC_WITHOUT_HEAD(dup__bad_descriptor__ebadf);
ATF_TC_BODY(dup__bad_descriptor__ebadf, tc)
{
	ATF_CHECK_ERRNO(EBADF, sys->dup(-1) == -1);
}

ATF_TC_WITHOUT_HEAD(fsync__file_and_folder__accepted);
ATF_TC_BODY(fsync__file_and_folder__accepted, tc)
{
	int fd;

	file_text("file", "text");
	fd = sys->openat(AT_FDCWD, "file", O_RDWR, 0);
	ATF_REQUIRE(fd != -1);
	ATF_CHECK_EQ(0, sys->fsync(fd));
	ATF_CHECK_EQ(0, sys->fsync(folder_fd(".")));
}

ATF_TC_WITHOUT_HEAD(openat__o_creat__mode_is_passed_on);
ATF_TC_BODY(openat__o_creat__mode_is_passed_on, tc)
{
	(void)umask(0);
	ATF_REQUIRE(
	    sys->openat(AT_FDCWD, "file", O_WRONLY | O_CREAT, 0640) != -1);
	ATF_CHECK_EQ(0640, file_mode("file"));
}

ATF_TC_WITHOUT_HEAD(rename_noreplace__name_is_taken__both_files_stay);
ATF_TC_BODY(rename_noreplace__name_is_taken__both_files_stay, tc)
{
	file_text("one", "1");
	file_text("two", "2");
	ATF_CHECK_EQ(-1,
	    sys->rename_noreplace(AT_FDCWD, "one", AT_FDCWD, "two"));
	ATF_CHECK(errno == EEXIST || errno == ENOSYS || errno == EINVAL);
	ATF_CHECK(file_holds("one", span_of("1")));
	ATF_CHECK(file_holds("two", span_of("2")));
}

ATF_TC_WITHOUT_HEAD(flock__second_description__refused);
ATF_TC_BODY(flock__second_description__refused, tc)
{
	int one;
	int two;

	file_text("file", "");
	one = open("file", O_RDWR);
	two = open("file", O_RDWR);
	if (sys->flock(one, LOCK_EX | LOCK_NB) == 0)
		ATF_CHECK_ERRNO(EWOULDBLOCK,
		    sys->flock(two, LOCK_SH | LOCK_NB) == -1);
	else
		ATF_CHECK_EQ(ENOSYS, errno);
}

ATF_TC_WITHOUT_HEAD(mmap__part_of_a_file__its_bytes);
ATF_TC_BODY(mmap__part_of_a_file__its_bytes, tc)
{
	void *start = NULL;
	int fd;

	file_text("file", "text");
	fd = open("file", O_RDONLY);
	ATF_REQUIRE_EQ(0, sys->mmap(&start, 4, fd, 0));
	ATF_CHECK_EQ(0, memcmp(start, "text", 4));
	ATF_CHECK_EQ(0, munmap(start, 4));
	ATF_CHECK_ERRNO(EBADF, sys->mmap(&start, 4, -1, 0) == -1);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, table__every_member__is_set);
	ATF_TP_ADD_TC(tp, dup__copy__closed_on_exec);
	ATF_TP_ADD_TC(tp, dup__bad_descriptor__ebadf);
	ATF_TP_ADD_TC(tp, fsync__file_and_folder__accepted);
	ATF_TP_ADD_TC(tp, openat__o_creat__mode_is_passed_on);
	ATF_TP_ADD_TC(tp, rename_noreplace__name_is_taken__both_files_stay);
	ATF_TP_ADD_TC(tp, flock__second_description__refused);
	ATF_TP_ADD_TC(tp, mmap__part_of_a_file__its_bytes);
	return atf_no_error();
}
