#include "base/failure.h"

#include <atf-c.h>
#include <errno.h>
#include <string.h>
#include <sysexits.h>

static struct failure
from_errno(int sys_errno)
{
	struct failure why;

	memset(&why, 0xff, sizeof(why));
	errno = sys_errno;
	(void)failure_errno(&why, "step", "subject");
	return why;
}

ATF_TC_WITHOUT_HEAD(errno__any__verdict_retry);
ATF_TC_BODY(errno__any__verdict_retry, tc)
{
	struct failure why;

	errno = EACCES;
	ATF_CHECK_EQ(VERDICT_RETRY, failure_errno(&why, "step", "subject"));
}

ATF_TC_WITHOUT_HEAD(errno__any__exit_75);
ATF_TC_BODY(errno__any__exit_75, tc)
{
	int number;

	for (number = 0; number < 200; number++)
		ATF_CHECK_EQ(EX_TEMPFAIL, from_errno(number).exit_code);
}

ATF_TC_WITHOUT_HEAD(errno__any__class_4);
ATF_TC_BODY(errno__any__class_4, tc)
{
	int number;

	for (number = 0; number < 200; number++)
		ATF_CHECK_EQ('4', from_errno(number).dsn[0]);
}

ATF_TC_WITHOUT_HEAD(errno__set__is_kept);
ATF_TC_BODY(errno__set__is_kept, tc)
{
	ATF_CHECK_EQ(EIO, from_errno(EIO).sys_errno);
}

ATF_TC_WITHOUT_HEAD(errno__set__step_and_subject_are_kept);
ATF_TC_BODY(errno__set__step_and_subject_are_kept, tc)
{
	struct failure why = from_errno(EIO);

	ATF_CHECK_STREQ("step", why.step);
	ATF_CHECK_STREQ("subject", why.subject);
}

ATF_TC_WITHOUT_HEAD(errno__set__no_residue);
ATF_TC_BODY(errno__set__no_residue, tc)
{
	ATF_CHECK(!from_errno(EIO).residue);
}

ATF_TC_WITHOUT_HEAD(errno__enospc__dsn_4_3_1);
ATF_TC_BODY(errno__enospc__dsn_4_3_1, tc)
{
	ATF_CHECK_STREQ("4.3.1", from_errno(ENOSPC).dsn);
}

ATF_TC_WITHOUT_HEAD(errno__edquot__dsn_4_2_2);
ATF_TC_BODY(errno__edquot__dsn_4_2_2, tc)
{
	ATF_CHECK_STREQ("4.2.2", from_errno(EDQUOT).dsn);
}

ATF_TC_WITHOUT_HEAD(errno__others__dsn_4_3_0);
ATF_TC_BODY(errno__others__dsn_4_3_0, tc)
{
	static const int others[] = { 0, EIO, EACCES, EPERM, EROFS, EXDEV,
		ESTALE, EMFILE, ENOMEM, 9999 };
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		ATF_CHECK_STREQ("4.3.0", from_errno(others[i]).dsn);
}

ATF_TC_WITHOUT_HEAD(retry__check__verdict_retry_with_75);
ATF_TC_BODY(retry__check__verdict_retry_with_75, tc)
{
	struct failure why;

	ATF_CHECK_EQ(VERDICT_RETRY,
	    failure_retry(&why, "step", "4.3.5", "subject"));
	ATF_CHECK_EQ(EX_TEMPFAIL, why.exit_code);
}

ATF_TC_WITHOUT_HEAD(retry__check__no_errno);
ATF_TC_BODY(retry__check__no_errno, tc)
{
	struct failure why;

	errno = EIO;
	(void)failure_retry(&why, "step", "4.3.5", "subject");
	ATF_CHECK_EQ(0, why.sys_errno);
}

ATF_TC_WITHOUT_HEAD(retry__code_of_eleven_bytes__whole);
ATF_TC_BODY(retry__code_of_eleven_bytes__whole, tc)
{
	struct failure why;

	(void)failure_retry(&why, "step", "4.999.99999", "subject");
	ATF_CHECK_STREQ("4.999.99999", why.dsn);
}

ATF_TC_WITHOUT_HEAD(refuse__check__verdict_refuse_with_its_codes);
ATF_TC_BODY(refuse__check__verdict_refuse_with_its_codes, tc)
{
	struct failure why;

	ATF_CHECK_EQ(VERDICT_REFUSE,
	    failure_refuse(&why, "step", EX_NOUSER, "5.1.1", "subject"));
	ATF_CHECK_EQ(EX_NOUSER, why.exit_code);
	ATF_CHECK_STREQ("5.1.1", why.dsn);
}

ATF_TC_WITHOUT_HEAD(refuse__check__no_errno_and_no_residue);
ATF_TC_BODY(refuse__check__no_errno_and_no_residue, tc)
{
	struct failure why;

	memset(&why, 0xff, sizeof(why));
	errno = EIO;
	(void)failure_refuse(&why, "step", EX_NOUSER, "5.1.1", "subject");
	ATF_CHECK_EQ(0, why.sys_errno);
	ATF_CHECK(!why.residue);
}

/* A subject of so many bytes, as the record has it. */
static const char *
subject_of(size_t length)
{
	static struct failure why;
	char subject[1000];

	memset(subject, 's', length);
	subject[length] = '\0';
	(void)failure_retry(&why, "step", "4.3.5", subject);
	return why.subject;
}

ATF_TC_WITHOUT_HEAD(subject__255_bytes__whole);
ATF_TC_BODY(subject__255_bytes__whole, tc)
{
	ATF_CHECK_EQ(255, strlen(subject_of(255)));
	ATF_CHECK(strstr(subject_of(255), ".") == NULL);
}

ATF_TC_WITHOUT_HEAD(subject__256_bytes__cut_with_dots);
ATF_TC_BODY(subject__256_bytes__cut_with_dots, tc)
{
	ATF_CHECK_EQ(255, strlen(subject_of(256)));
	ATF_CHECK_STREQ("s...", subject_of(256) + 251);
}

ATF_TC_WITHOUT_HEAD(subject__900_bytes__cut_with_dots);
ATF_TC_BODY(subject__900_bytes__cut_with_dots, tc)
{
	ATF_CHECK_EQ(255, strlen(subject_of(900)));
	ATF_CHECK_STREQ("s...", subject_of(900) + 251);
}

static const char *
under(const char *subject, const char *path)
{
	static struct failure why;

	(void)failure_retry(&why, "step", "4.3.5", subject);
	failure_under(&why, path);
	return why.subject;
}

ATF_TC_WITHOUT_HEAD(under__relative_subject__path_in_front);
ATF_TC_BODY(under__relative_subject__path_in_front, tc)
{
	ATF_CHECK_STREQ("/home/al/Maildir/tmp",
	    under("tmp", "/home/al/Maildir"));
}

ATF_TC_WITHOUT_HEAD(under__absolute_subject__left);
ATF_TC_BODY(under__absolute_subject__left, tc)
{
	ATF_CHECK_STREQ("/tmp", under("/tmp", "/home/al/Maildir"));
}

ATF_TC_WITHOUT_HEAD(under__subject_is_the_path__left);
ATF_TC_BODY(under__subject_is_the_path__left, tc)
{
	ATF_CHECK_STREQ("box", under("box", "box"));
}

ATF_TC_WITHOUT_HEAD(under__both_long__cut_with_dots);
ATF_TC_BODY(under__both_long__cut_with_dots, tc)
{
	char path[600];
	const char *subject;

	memset(path, 'p', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	path[0] = '/';
	subject = under(subject_of(200), path);
	ATF_CHECK_EQ(255, strlen(subject));
	ATF_CHECK_STREQ("...", subject + 252);
}

ATF_TC_WITHOUT_HEAD(under__fits_exactly__whole);
ATF_TC_BODY(under__fits_exactly__whole, tc)
{
	char path[101];
	const char *subject;

	memset(path, 'p', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	subject = under(subject_of(154), path);
	ATF_CHECK_EQ(255, strlen(subject));
	ATF_CHECK_EQ('s', subject[254]);
}

ATF_TC_WITHOUT_HEAD(subject__cut_within_a_character__cut_before_it);
ATF_TC_BODY(subject__cut_within_a_character__cut_before_it, tc)
{
	struct failure why;
	char subject[301];
	size_t i;

	subject[0] = 'x'; /* so that the 252nd byte begins a character */
	for (i = 1; i + 1 < sizeof(subject); i += 2)
		memcpy(subject + i, "\303\274", 2);
	subject[299] = '\0';
	(void)failure_retry(&why, "step", "4.3.0", subject);
	ATF_CHECK_EQ(251 + 3, strlen(why.subject));
	ATF_CHECK_STREQ("\303\274...", why.subject + 249);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, errno__any__verdict_retry);
	ATF_TP_ADD_TC(tp, errno__any__exit_75);
	ATF_TP_ADD_TC(tp, errno__any__class_4);
	ATF_TP_ADD_TC(tp, errno__set__is_kept);
	ATF_TP_ADD_TC(tp, errno__set__step_and_subject_are_kept);
	ATF_TP_ADD_TC(tp, errno__set__no_residue);
	ATF_TP_ADD_TC(tp, errno__enospc__dsn_4_3_1);
	ATF_TP_ADD_TC(tp, errno__edquot__dsn_4_2_2);
	ATF_TP_ADD_TC(tp, errno__others__dsn_4_3_0);
	ATF_TP_ADD_TC(tp, retry__check__verdict_retry_with_75);
	ATF_TP_ADD_TC(tp, retry__check__no_errno);
	ATF_TP_ADD_TC(tp, retry__code_of_eleven_bytes__whole);
	ATF_TP_ADD_TC(tp, refuse__check__verdict_refuse_with_its_codes);
	ATF_TP_ADD_TC(tp, refuse__check__no_errno_and_no_residue);
	ATF_TP_ADD_TC(tp, subject__255_bytes__whole);
	ATF_TP_ADD_TC(tp, subject__256_bytes__cut_with_dots);
	ATF_TP_ADD_TC(tp, subject__900_bytes__cut_with_dots);
	ATF_TP_ADD_TC(tp, subject__cut_within_a_character__cut_before_it);
	ATF_TP_ADD_TC(tp, under__relative_subject__path_in_front);
	ATF_TP_ADD_TC(tp, under__absolute_subject__left);
	ATF_TP_ADD_TC(tp, under__subject_is_the_path__left);
	ATF_TP_ADD_TC(tp, under__both_long__cut_with_dots);
	ATF_TP_ADD_TC(tp, under__fits_exactly__whole);
	return atf_no_error();
}
