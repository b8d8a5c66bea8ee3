#include <sys/mman.h>

#include <atf-c.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "durable/append.h"
#include "tests/support/files.h"
#include "tests/support/mbox_calls.h"
#include "tests/support/spans.h"

#define OLD "what was there\n"
#define NEW "From ann\n\nwhat comes\n\n"

static const int write_errors[] = { EAGAIN, EBADF, EDQUOT, EFBIG, EIO, EINVAL,
	ENOSPC, EPERM, ESTALE };

enum { WRITE_ERRORS = sizeof(write_errors) / sizeof(write_errors[0]) };

static struct append
open_append(void)
{
	struct append append = { -1, "box", sizeof(OLD) - 1, true, 0 };

	file_text("box", OLD);
	append.fd = open("box", O_RDWR | O_APPEND | O_SYNC | O_CLOEXEC);
	ATF_REQUIRE(append.fd != -1);
	calls_reset();
	return append;
}

static enum verdict
write_new(struct append *append, struct failure *why)
{
	memset(why, 0, sizeof(*why));
	return append_write(append, SPAN(NEW), why);
}

ATF_TC_WITHOUT_HEAD(write__all_well__one_write_and_the_end);
ATF_TC_BODY(write__all_well__one_write_and_the_end, tc)
{
	struct append append;
	struct failure why;

	calls_install();
	append = open_append();
	ATF_CHECK_EQ(VERDICT_OK, write_new(&append, &why));
	ATF_CHECK_STREQ("write lseek ", calls_trail);
	ATF_CHECK(file_holds("box", SPAN(OLD NEW)));
	ATF_CHECK_EQ((off_t)sizeof(OLD NEW) - 1, append.end);
	ATF_REQUIRE_EQ(0, close(append.fd));
}

ATF_TC_WITHOUT_HEAD(write__short_ones__whole_in_the_end);
ATF_TC_BODY(write__short_ones__whole_in_the_end, tc)
{
	struct append append;
	struct failure why;
	size_t most;

	calls_install();
	for (most = 1; most < sizeof(NEW); most++) {
		append = open_append();
		call_plans[CALL_write].most_bytes = most;
		ATF_CHECK_EQ(VERDICT_OK, write_new(&append, &why));
		ATF_CHECK(file_holds("box", SPAN(OLD NEW)));
		ATF_CHECK_EQ((off_t)sizeof(OLD NEW) - 1, append.end);
		ATF_REQUIRE_EQ(0, close(append.fd));
	}
}

ATF_TC_WITHOUT_HEAD(write__interrupted__goes_on);
ATF_TC_BODY(write__interrupted__goes_on, tc)
{
	struct append append;
	struct failure why;

	calls_install();
	append = open_append();
	fail_nth(CALL_write, 1, EINTR);
	ATF_CHECK_EQ(VERDICT_OK, write_new(&append, &why));
	ATF_CHECK(file_holds("box", SPAN(OLD NEW)));
	ATF_REQUIRE_EQ(0, close(append.fd));
}

ATF_TC_WITHOUT_HEAD(write__each_error__as_before);
ATF_TC_BODY(write__each_error__as_before, tc)
{
	struct append append;
	struct failure why;
	size_t i;

	calls_install();
	for (i = 0; i < WRITE_ERRORS; i++) {
		append = open_append();
		fail_nth(CALL_write, 1, write_errors[i]);
		ATF_CHECK_EQ(VERDICT_RETRY, write_new(&append, &why));
		ATF_CHECK_STREQ("write", why.step);
		ATF_CHECK_STREQ("box", why.subject);
		ATF_CHECK_EQ(write_errors[i], why.sys_errno);
		ATF_CHECK_EQ(EX_TEMPFAIL, why.exit_code);
		ATF_CHECK(!why.residue);
		ATF_CHECK(file_holds("box", SPAN(OLD)));
		ATF_REQUIRE_EQ(0, close(append.fd));
	}
}

/* Some of it written, then each of the errors, at each byte. */
ATF_TC_WITHOUT_HEAD(write__error_after_each_byte__as_before);
ATF_TC_BODY(write__error_after_each_byte__as_before, tc)
{
	struct append append;
	struct failure why;
	size_t most;
	size_t i;

	calls_install();
	for (most = 1; most < sizeof(NEW) - 1; most++)
		for (i = 0; i < WRITE_ERRORS; i++) {
			append = open_append();
			call_plans[CALL_write].most_bytes = most;
			fail_nth(CALL_write, 2, write_errors[i]);
			ATF_CHECK_EQ(VERDICT_RETRY, write_new(&append, &why));
			ATF_CHECK_EQ(write_errors[i], why.sys_errno);
			ATF_CHECK(!why.residue);
			ATF_CHECK(file_holds("box", SPAN(OLD)));
			ATF_CHECK_STREQ("write write lseek pread "
					"ftruncate fsync ",
			    calls_trail);
			ATF_REQUIRE_EQ(0, close(append.fd));
		}
}

/* The bytes are there, but it was not told so: an O_SYNC that failed. */
ATF_TC_WITHOUT_HEAD(write__written_and_eio__as_before);
ATF_TC_BODY(write__written_and_eio__as_before, tc)
{
	struct append append;
	struct failure why;

	calls_install();
	append = open_append();
	fail_nth(CALL_write, 1, EIO);
	call_plans[CALL_write].is_late = true;
	ATF_CHECK_EQ(VERDICT_RETRY, write_new(&append, &why));
	ATF_CHECK(!why.residue);
	ATF_CHECK(file_holds("box", SPAN(OLD)));
	ATF_REQUIRE_EQ(0, close(append.fd));
}

static size_t largest_bytes;

static ssize_t
write_seemingly(int fd, const void *data, size_t size_bytes)
{
	(void)fd;
	(void)data;
	if (size_bytes > largest_bytes)
		largest_bytes = size_bytes;
	return (ssize_t)size_bytes;
}

/* Some systems refuse to write more than an int can count. */
ATF_TC_WITHOUT_HEAD(write__gigabytes__in_pieces);
ATF_TC_BODY(write__gigabytes__in_pieces, tc)
{
	size_t size_bytes = (size_t)3 << 29;
	struct span bytes = { NULL, size_bytes };
	struct append append;
	struct failure why;
	void *memory;
	int fd = open("hole", O_RDWR | O_CREAT | O_EXCL, 0600);

	ATF_REQUIRE(fd != -1);
	ATF_REQUIRE_EQ(0, ftruncate(fd, (off_t)size_bytes));
	memory = mmap(NULL, size_bytes, PROT_READ, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		atf_tc_skip("no room for so many addresses");
	bytes.at = memory;
	calls_install();
	append = open_append();
	noted_calls.write = write_seemingly;
	ATF_CHECK_EQ(VERDICT_OK, append_write(&append, bytes, &why));
	ATF_CHECK(largest_bytes > 0);
	ATF_CHECK(largest_bytes <= INT_MAX / 2 + 1);
	ATF_REQUIRE_EQ(0, close(append.fd));
}

static ssize_t
write_nothing(int fd, const void *data, size_t size_bytes)
{
	(void)fd;
	(void)data;
	(void)size_bytes;
	return 0;
}

ATF_TC_WITHOUT_HEAD(write__takes_nothing__no_space);
ATF_TC_BODY(write__takes_nothing__no_space, tc)
{
	struct append append;
	struct failure why;

	calls_install();
	append = open_append();
	noted_calls.write = write_nothing;
	ATF_CHECK_EQ(VERDICT_RETRY, write_new(&append, &why));
	ATF_CHECK_EQ(ENOSPC, why.sys_errno);
	ATF_CHECK_STREQ("4.3.1", why.dsn);
	ATF_CHECK(file_holds("box", SPAN(OLD)));
	ATF_REQUIRE_EQ(0, close(append.fd));
}

ATF_TC_WITHOUT_HEAD(write__lseek_fails__as_before);
ATF_TC_BODY(write__lseek_fails__as_before, tc)
{
	struct append append;
	struct failure why;

	calls_install();
	append = open_append();
	fail_nth(CALL_lseek, 1, EIO);
	ATF_CHECK_EQ(VERDICT_RETRY, write_new(&append, &why));
	ATF_CHECK_STREQ("lseek", why.step);
	ATF_CHECK(!why.residue);
	ATF_CHECK(file_holds("box", SPAN(OLD)));
	ATF_REQUIRE_EQ(0, close(append.fd));
}

ATF_TC_WITHOUT_HEAD(undo__ftruncate_fails__residue_and_first_failure);
ATF_TC_BODY(undo__ftruncate_fails__residue_and_first_failure, tc)
{
	struct append append;
	struct failure why;

	calls_install();
	append = open_append();
	call_plans[CALL_write].most_bytes = 5;
	fail_nth(CALL_write, 2, ENOSPC);
	fail_nth(CALL_ftruncate, 1, EIO);
	ATF_CHECK_EQ(VERDICT_RETRY, write_new(&append, &why));
	ATF_CHECK_STREQ("write", why.step);
	ATF_CHECK_EQ(ENOSPC, why.sys_errno);
	ATF_CHECK(why.residue);
	ATF_CHECK(file_holds("box", SPAN(OLD "From ")));
	ATF_REQUIRE_EQ(0, close(append.fd));
}

/* Cut, but who knows whether that is durable? */
ATF_TC_WITHOUT_HEAD(undo__fsync_fails__residue);
ATF_TC_BODY(undo__fsync_fails__residue, tc)
{
	struct append append;
	struct failure why;

	calls_install();
	append = open_append();
	fail_nth(CALL_write, 1, EIO);
	call_plans[CALL_write].is_late = true;
	fail_nth(CALL_fsync, 1, EIO);
	ATF_CHECK_EQ(VERDICT_RETRY, write_new(&append, &why));
	ATF_CHECK_STREQ("write", why.step);
	ATF_CHECK(why.residue);
	ATF_REQUIRE_EQ(0, close(append.fd));
}

ATF_TC_WITHOUT_HEAD(undo__may_not_cut__residue_and_no_cut);
ATF_TC_BODY(undo__may_not_cut__residue_and_no_cut, tc)
{
	struct append append;
	struct failure why;

	calls_install();
	append = open_append();
	append.may_cut = false;
	call_plans[CALL_write].most_bytes = 5;
	fail_nth(CALL_write, 2, EIO);
	ATF_CHECK_EQ(VERDICT_RETRY, write_new(&append, &why));
	ATF_CHECK(why.residue);
	ATF_CHECK_STREQ("write write ", calls_trail);
	ATF_CHECK(file_holds("box", SPAN(OLD "From ")));
	ATF_REQUIRE_EQ(0, close(append.fd));
}

ATF_TC_WITHOUT_HEAD(cut__interrupted__done_again);
ATF_TC_BODY(cut__interrupted__done_again, tc)
{
	struct append append;
	struct failure why;

	calls_install();
	append = open_append();
	fail_nth(CALL_ftruncate, 1, EINTR);
	ATF_CHECK_EQ(VERDICT_OK, append_cut(append.fd, 4, "box", &why));
	ATF_CHECK_STREQ("ftruncate ftruncate fsync ", calls_trail);
	ATF_CHECK(file_holds("box", SPAN("what")));
	ATF_REQUIRE_EQ(0, close(append.fd));
}

ATF_TC_WITHOUT_HEAD(cut__fails__told);
ATF_TC_BODY(cut__fails__told, tc)
{
	struct append append;
	struct failure why;

	calls_install();
	append = open_append();
	fail_nth(CALL_ftruncate, 1, EPERM);
	ATF_CHECK_EQ(VERDICT_RETRY, append_cut(append.fd, 4, "box", &why));
	ATF_CHECK_STREQ("ftruncate", why.step);
	fail_nth(CALL_fsync, 1, EIO);
	ATF_CHECK_EQ(VERDICT_RETRY, append_cut(append.fd, 4, "box", &why));
	ATF_CHECK_STREQ("fsync", why.step);
	ATF_REQUIRE_EQ(0, close(append.fd));
}

/* Somebody else's bytes came between: the end tells. */
static void
append_foreign(void)
{
	int fd = open("box", O_WRONLY | O_APPEND);

	ATF_REQUIRE_EQ(7, write(fd, "foreign", 7));
	ATF_REQUIRE_EQ(0, close(fd));
}

ATF_TC_WITHOUT_HEAD(write__file_grew_before__end_tells);
ATF_TC_BODY(write__file_grew_before__end_tells, tc)
{
	struct append append;
	struct failure why;

	calls_install();
	append = open_append();
	hook_nth(CALL_write, 1, append_foreign);
	ATF_CHECK_EQ(VERDICT_OK, write_new(&append, &why));
	ATF_CHECK_EQ((off_t)sizeof(OLD NEW) - 1 + 7, append.end);
	ATF_CHECK(file_holds("box", SPAN(OLD "foreign" NEW)));
	ATF_REQUIRE_EQ(0, close(append.fd));
}

/* ---- Undone among others ------------------------------------------------ */

/* What follows our own piece is another program's, and was acknowledged. */
ATF_TC_WITHOUT_HEAD(undo__foreign_bytes_behind__residue_and_no_cut);
ATF_TC_BODY(undo__foreign_bytes_behind__residue_and_no_cut, tc)
{
	struct append append;
	struct failure why;

	calls_install();
	append = open_append();
	call_plans[CALL_write].most_bytes = 5;
	hook_nth(CALL_write, 2, append_foreign);
	fail_nth(CALL_write, 2, ENOSPC);
	ATF_CHECK_EQ(VERDICT_RETRY, write_new(&append, &why));
	ATF_CHECK_STREQ("write", why.step);
	ATF_CHECK_EQ(ENOSPC, why.sys_errno);
	ATF_CHECK(why.residue);
	ATF_CHECK(file_holds("box", SPAN(OLD "From foreign")));
	ATF_REQUIRE_EQ(0, close(append.fd));
}

ATF_TC_WITHOUT_HEAD(undo__foreign_bytes_alone__residue_and_no_cut);
ATF_TC_BODY(undo__foreign_bytes_alone__residue_and_no_cut, tc)
{
	struct append append;
	struct failure why;

	calls_install();
	append = open_append();
	hook_nth(CALL_write, 1, append_foreign);
	fail_nth(CALL_write, 1, ENOSPC);
	ATF_CHECK_EQ(VERDICT_RETRY, write_new(&append, &why));
	ATF_CHECK(why.residue);
	ATF_CHECK(file_holds("box", SPAN(OLD "foreign")));
	ATF_REQUIRE_EQ(0, close(append.fd));
}

static void
shorten(void)
{
	ATF_REQUIRE_EQ(0, truncate("box", 3));
}

/* To "cut" it back to its old size would fill it up with NULs. */
ATF_TC_WITHOUT_HEAD(undo__shortened_meanwhile__not_made_longer);
ATF_TC_BODY(undo__shortened_meanwhile__not_made_longer, tc)
{
	struct append append;
	struct failure why;

	calls_install();
	append = open_append();
	hook_nth(CALL_write, 1, shorten);
	fail_nth(CALL_write, 1, ENOSPC);
	ATF_CHECK_EQ(VERDICT_RETRY, write_new(&append, &why));
	ATF_CHECK(why.residue);
	ATF_CHECK(file_holds("box", SPAN("wha")));
	ATF_REQUIRE_EQ(0, close(append.fd));
}

ATF_TC_WITHOUT_HEAD(undo__end_unreadable__residue_and_no_cut);
ATF_TC_BODY(undo__end_unreadable__residue_and_no_cut, tc)
{
	struct append append;
	struct failure why;

	calls_install();
	append = open_append();
	call_plans[CALL_write].most_bytes = 5;
	fail_nth(CALL_write, 2, EIO);
	fail_nth(CALL_pread, 1, EIO);
	ATF_CHECK_EQ(VERDICT_RETRY, write_new(&append, &why));
	ATF_CHECK_STREQ("write", why.step);
	ATF_CHECK(why.residue);
	ATF_CHECK(file_holds("box", SPAN(OLD "From ")));
	ATF_REQUIRE_EQ(0, close(append.fd));
}

/* More than is read back at once. */
ATF_TC_WITHOUT_HEAD(undo__large_piece__as_before);
ATF_TC_BODY(undo__large_piece__as_before, tc)
{
	static char large[100000];
	struct span bytes = { large, sizeof(large) };
	struct append append;
	struct failure why;

	memset(large, 'x', sizeof(large));
	memset(&why, 0, sizeof(why));
	calls_install();
	append = open_append();
	call_plans[CALL_write].most_bytes = sizeof(large) - 1;
	fail_nth(CALL_write, 2, ENOSPC);
	ATF_CHECK_EQ(VERDICT_RETRY, append_write(&append, bytes, &why));
	ATF_CHECK(!why.residue);
	ATF_CHECK(file_holds("box", SPAN(OLD)));
	ATF_REQUIRE_EQ(0, close(append.fd));
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, write__all_well__one_write_and_the_end);
	ATF_TP_ADD_TC(tp, write__short_ones__whole_in_the_end);
	ATF_TP_ADD_TC(tp, write__interrupted__goes_on);
	ATF_TP_ADD_TC(tp, write__each_error__as_before);
	ATF_TP_ADD_TC(tp, write__error_after_each_byte__as_before);
	ATF_TP_ADD_TC(tp, write__written_and_eio__as_before);
	ATF_TP_ADD_TC(tp, write__gigabytes__in_pieces);
	ATF_TP_ADD_TC(tp, write__takes_nothing__no_space);
	ATF_TP_ADD_TC(tp, write__lseek_fails__as_before);
	ATF_TP_ADD_TC(tp, undo__ftruncate_fails__residue_and_first_failure);
	ATF_TP_ADD_TC(tp, undo__fsync_fails__residue);
	ATF_TP_ADD_TC(tp, undo__may_not_cut__residue_and_no_cut);
	ATF_TP_ADD_TC(tp, cut__interrupted__done_again);
	ATF_TP_ADD_TC(tp, cut__fails__told);
	ATF_TP_ADD_TC(tp, write__file_grew_before__end_tells);
	ATF_TP_ADD_TC(tp, undo__foreign_bytes_behind__residue_and_no_cut);
	ATF_TP_ADD_TC(tp, undo__foreign_bytes_alone__residue_and_no_cut);
	ATF_TP_ADD_TC(tp, undo__shortened_meanwhile__not_made_longer);
	ATF_TP_ADD_TC(tp, undo__end_unreadable__residue_and_no_cut);
	ATF_TP_ADD_TC(tp, undo__large_piece__as_before);
	return atf_no_error();
}
