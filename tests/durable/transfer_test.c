#include "durable/transfer.h"

#include <atf-c.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/sys.h"
#include "tests/support/files.h"

/* What the next calls do: each byte a digit, "i" EINTR, "e" EIO, "0" none. */
static const char *plan;
static const struct sys_calls *real;

/* How many bytes are let through; -1 and errno for none. */
static ssize_t
let_through(size_t size_bytes)
{
	char what = *plan == '\0' ? '9' : *plan++;

	if (what == 'i' || what == 'e') {
		errno = what == 'i' ? EINTR : EIO;
		return -1;
	}
	return (size_t)(what - '0') < size_bytes ? what - '0'
						 : (ssize_t)size_bytes;
}

static ssize_t
some_pread(int fd, void *data, size_t size_bytes, off_t at)
{
	ssize_t most = let_through(size_bytes);

	return most == -1 ? -1 : real->pread(fd, data, (size_t)most, at);
}

static ssize_t
some_pwrite(int fd, const void *data, size_t size_bytes, off_t at)
{
	ssize_t most = let_through(size_bytes);

	return most == -1 ? -1 : real->pwrite(fd, data, (size_t)most, at);
}

static ssize_t
some_write(int fd, const void *data, size_t size_bytes)
{
	ssize_t most = let_through(size_bytes);

	return most == -1 ? -1 : real->write(fd, data, (size_t)most);
}

/* A file with this text, and calls that do as they are told. */
static int
start(const char *text, const char *what)
{
	static struct sys_calls calls;

	file_text("file", text);
	real = sys;
	calls = *sys;
	calls.pread = some_pread;
	calls.pwrite = some_pwrite;
	calls.write = some_write;
	sys = &calls;
	plan = what;
	return open("file", O_RDWR);
}

static void
check_file(const char *text)
{
	char data[64] = "";
	int fd = open("file", O_RDONLY);

	ATF_REQUIRE(read(fd, data, sizeof(data) - 1) >= 0);
	ATF_CHECK_STREQ(text, data);
}

ATF_TC_WITHOUT_HEAD(read_at__pieces_and_interrupted__whole);
ATF_TC_BODY(read_at__pieces_and_interrupted__whole, tc)
{
	char data[8] = "";
	int fd = start("0123456789", "1i2ii1");

	ATF_CHECK_EQ(6, transfer_read_at(fd, data, 6, 2));
	ATF_CHECK_STREQ("234567", data);
}

ATF_TC_WITHOUT_HEAD(read_at__end_of_file__what_there_is);
ATF_TC_BODY(read_at__end_of_file__what_there_is, tc)
{
	char data[16] = "";
	int fd = start("0123", "1");

	ATF_CHECK_EQ(3, transfer_read_at(fd, data, sizeof(data), 1));
	ATF_CHECK_STREQ("123", data);
}

ATF_TC_WITHOUT_HEAD(read_at__error_in_between__error);
ATF_TC_BODY(read_at__error_in_between__error, tc)
{
	char data[16];
	int fd = start("0123", "2e");

	ATF_CHECK_EQ(-1, transfer_read_at(fd, data, 4, 0));
	ATF_CHECK_EQ(EIO, errno);
}

ATF_TC_WITHOUT_HEAD(write__pieces_and_interrupted__whole);
ATF_TC_BODY(write__pieces_and_interrupted__whole, tc)
{
	int fd = start("", "i1i3");

	ATF_CHECK(transfer_write(fd, "abcdefgh", 8));
	check_file("abcdefgh");
}

ATF_TC_WITHOUT_HEAD(write__does_not_advance__enospc);
ATF_TC_BODY(write__does_not_advance__enospc, tc)
{
	int fd = start("", "30");

	ATF_CHECK(!transfer_write(fd, "abcdefgh", 8));
	ATF_CHECK_EQ(ENOSPC, errno);
}

ATF_TC_WITHOUT_HEAD(write_at__pieces_and_interrupted__whole);
ATF_TC_BODY(write_at__pieces_and_interrupted__whole, tc)
{
	int fd = start("0123456789", "i1i2");

	ATF_CHECK(transfer_write_at(fd, "abcdef", 6, 2));
	check_file("01abcdef89");
}

ATF_TC_WITHOUT_HEAD(write_at__error_in_between__error);
ATF_TC_BODY(write_at__error_in_between__error, tc)
{
	int fd = start("0123456789", "2e");

	ATF_CHECK(!transfer_write_at(fd, "abcdef", 6, 2));
	ATF_CHECK_EQ(EIO, errno);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, read_at__pieces_and_interrupted__whole);
	ATF_TP_ADD_TC(tp, read_at__end_of_file__what_there_is);
	ATF_TP_ADD_TC(tp, read_at__error_in_between__error);
	ATF_TP_ADD_TC(tp, write__pieces_and_interrupted__whole);
	ATF_TP_ADD_TC(tp, write__does_not_advance__enospc);
	ATF_TP_ADD_TC(tp, write_at__pieces_and_interrupted__whole);
	ATF_TP_ADD_TC(tp, write_at__error_in_between__error);
	return atf_no_error();
}
