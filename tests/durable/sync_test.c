#include "durable/sync.h"

#include <atf-c.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sysexits.h>

#include "compat/compat.h"
#include "tests/support/faults.h"
#include "tests/support/files.h"

static const struct sync_policy require = { true, AFTER_LINK_AUTO };
static const struct sync_policy if_supported = { false, AFTER_LINK_AUTO };

/* What systems answer where a folder cannot be synced. */
static const int unsupported[] = { EINVAL, ENOTSUP, EOPNOTSUPP, ENOSYS };
enum { UNSUPPORTED = sizeof(unsupported) / sizeof(unsupported[0]) };

static int
open_file(void)
{
	file_text("file", "text");
	return open("file", O_RDWR);
}

ATF_TC_WITHOUT_HEAD(file__synced__ok);
ATF_TC_BODY(file__synced__ok, tc)
{
	struct failure why;

	faults_install();
	ATF_CHECK_EQ(VERDICT_OK, sync_file(open_file(), "box", &why));
	ATF_CHECK_EQ(1, calls_seen(CALL_FSYNC_FILE));
}

ATF_TC_WITHOUT_HEAD(file__eio__retry_at_fsync);
ATF_TC_BODY(file__eio__retry_at_fsync, tc)
{
	struct failure why;

	faults_install();
	fail_nth(CALL_FSYNC_FILE, 1, EIO);
	ATF_CHECK_EQ(VERDICT_RETRY, sync_file(open_file(), "box", &why));
	ATF_CHECK_STREQ("fsync", why.step);
	ATF_CHECK_STREQ("box", why.subject);
	ATF_CHECK_EQ(EIO, why.sys_errno);
	ATF_CHECK_EQ(EX_TEMPFAIL, why.exit_code);
}

ATF_TC_WITHOUT_HEAD(file__any_error__never_tried_again);
ATF_TC_BODY(file__any_error__never_tried_again, tc)
{
	static const int errors[] = { EIO, ENOSPC, EDQUOT, EINVAL, EROFS };
	int fd = open_file();
	struct failure why;
	size_t i;

	faults_install();
	for (i = 0; i < 5; i++) {
		fail_nth(CALL_FSYNC_FILE, 1, errors[i]);
		ATF_CHECK_EQ(VERDICT_RETRY, sync_file(fd, "box", &why));
		ATF_CHECK_EQ(i + 1, calls_seen(CALL_FSYNC_FILE));
	}
}

ATF_TC_WITHOUT_HEAD(file__eintr__tried_again);
ATF_TC_BODY(file__eintr__tried_again, tc)
{
	struct failure why;

	faults_install();
	fail_nth(CALL_FSYNC_FILE, 1, EINTR);
	ATF_CHECK_EQ(VERDICT_OK, sync_file(open_file(), "box", &why));
	ATF_CHECK_EQ(2, calls_seen(CALL_FSYNC_FILE));
}

ATF_TC_WITHOUT_HEAD(folder__synced__ok);
ATF_TC_BODY(folder__synced__ok, tc)
{
	bool is_unsupported = false;
	struct failure why;

	faults_install();
	ATF_CHECK_EQ(VERDICT_OK,
	    sync_folder(folder_fd("."), &require, &is_unsupported, "box",
		&why));
	ATF_CHECK(!is_unsupported);
	ATF_CHECK_EQ(1, calls_seen(CALL_FSYNC_DIR));
}

/* O_SYNC has synced it, but for where that means less than elsewhere. */
ATF_TC_WITHOUT_HEAD(written__any__what_o_sync_left);
ATF_TC_BODY(written__any__what_o_sync_left, tc)
{
	struct failure why;

	faults_install();
	ATF_CHECK_EQ(VERDICT_OK, sync_written(open_file(), "box", &why));
	ATF_CHECK_EQ(HAVE_FULL_FSYNC, calls_seen(CALL_FSYNC_FILE));
}

ATF_TC_WITHOUT_HEAD(folder__eio__retry_at_fsync_dir);
ATF_TC_BODY(folder__eio__retry_at_fsync_dir, tc)
{
	bool is_unsupported = false;
	struct failure why;

	faults_install();
	fail_nth(CALL_FSYNC_DIR, 1, EIO);
	ATF_CHECK_EQ(VERDICT_RETRY,
	    sync_folder(folder_fd("."), &if_supported, &is_unsupported, "box",
		&why));
	ATF_CHECK_STREQ("fsync-dir", why.step);
	ATF_CHECK_EQ(EIO, why.sys_errno);
	ATF_CHECK(!is_unsupported);
}

ATF_TC_WITHOUT_HEAD(folder__eintr__tried_again);
ATF_TC_BODY(folder__eintr__tried_again, tc)
{
	bool is_unsupported = false;
	struct failure why;

	faults_install();
	fail_nth(CALL_FSYNC_DIR, 1, EINTR);
	ATF_CHECK_EQ(VERDICT_OK,
	    sync_folder(folder_fd("."), &require, &is_unsupported, "box",
		&why));
	ATF_CHECK_EQ(2, calls_seen(CALL_FSYNC_DIR));
}

ATF_TC_WITHOUT_HEAD(folder__unsupported_and_required__retry_at_own_step);
ATF_TC_BODY(folder__unsupported_and_required__retry_at_own_step, tc)
{
	bool is_unsupported = false;
	struct failure why;
	size_t i;

	faults_install();
	for (i = 0; i < UNSUPPORTED; i++) {
		fail_nth(CALL_FSYNC_DIR, 1, unsupported[i]);
		ATF_CHECK_EQ(VERDICT_RETRY,
		    sync_folder(folder_fd("."), &require, &is_unsupported,
			"box", &why));
		ATF_CHECK_STREQ("fsync-dir-unsupported", why.step);
		ATF_CHECK(!is_unsupported);
	}
}

ATF_TC_WITHOUT_HEAD(folder__unsupported_and_let_pass__said_so);
ATF_TC_BODY(folder__unsupported_and_let_pass__said_so, tc)
{
	bool is_unsupported;
	struct failure why;
	size_t i;

	faults_install();
	for (i = 0; i < UNSUPPORTED; i++) {
		is_unsupported = false;
		fail_nth(CALL_FSYNC_DIR, 1, unsupported[i]);
		ATF_CHECK_EQ(VERDICT_OK,
		    sync_folder(folder_fd("."), &if_supported, &is_unsupported,
			"box", &why));
		ATF_CHECK(is_unsupported);
	}
}

ATF_TC_WITHOUT_HEAD(folder__synced__earlier_answer_stays);
ATF_TC_BODY(folder__synced__earlier_answer_stays, tc)
{
	bool is_unsupported = true;
	struct failure why;

	ATF_REQUIRE_EQ(VERDICT_OK,
	    sync_folder(folder_fd("."), &require, &is_unsupported, "box",
		&why));
	ATF_CHECK(is_unsupported);
}

static bool
needs(enum after_link after_link, bool folder_unsupported)
{
	struct sync_policy policy = { false, after_link };

	return sync_needs_file_after_link(open_file(), &policy,
	    folder_unsupported);
}

ATF_TC_WITHOUT_HEAD(after_link__auto__where_folders_cannot_be_synced);
ATF_TC_BODY(after_link__auto__where_folders_cannot_be_synced, tc)
{
	ATF_CHECK(needs(AFTER_LINK_AUTO, true));
}

ATF_TC_WITHOUT_HEAD(after_link__always__yes);
ATF_TC_BODY(after_link__always__yes, tc)
{
	ATF_CHECK(needs(AFTER_LINK_ALWAYS, false));
	ATF_CHECK(needs(AFTER_LINK_ALWAYS, true));
}

ATF_TC_WITHOUT_HEAD(after_link__never__no);
ATF_TC_BODY(after_link__never__no, tc)
{
	ATF_CHECK(!needs(AFTER_LINK_NEVER, false));
	ATF_CHECK(!needs(AFTER_LINK_NEVER, true));
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, file__synced__ok);
	ATF_TP_ADD_TC(tp, file__eio__retry_at_fsync);
	ATF_TP_ADD_TC(tp, file__any_error__never_tried_again);
	ATF_TP_ADD_TC(tp, file__eintr__tried_again);
	ATF_TP_ADD_TC(tp, folder__synced__ok);
	ATF_TP_ADD_TC(tp, written__any__what_o_sync_left);
	ATF_TP_ADD_TC(tp, folder__eio__retry_at_fsync_dir);
	ATF_TP_ADD_TC(tp, folder__eintr__tried_again);
	ATF_TP_ADD_TC(tp, folder__unsupported_and_required__retry_at_own_step);
	ATF_TP_ADD_TC(tp, folder__unsupported_and_let_pass__said_so);
	ATF_TP_ADD_TC(tp, folder__synced__earlier_answer_stays);
	ATF_TP_ADD_TC(tp, after_link__auto__where_folders_cannot_be_synced);
	ATF_TP_ADD_TC(tp, after_link__always__yes);
	ATF_TP_ADD_TC(tp, after_link__never__no);
	return atf_no_error();
}
