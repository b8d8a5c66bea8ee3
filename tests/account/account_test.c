#include "account/account.h"

#include <atf-c.h>
#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

/*
 * The user database of these tests, in front of libc's own functions: one
 * entry, or none, or an error.
 */
static struct passwd entry;
static bool has_entry;
static bool knows_root; /* without an entry for him, it is broken */
static int database_error;
static size_t entry_bytes; /* less room is ERANGE */
static unsigned int questions;

static int
answer(struct passwd *passwd, size_t size_bytes, struct passwd **result)
{
	questions++;
	*result = NULL;
	if (database_error != 0)
		return database_error;
	if (size_bytes < entry_bytes)
		return ERANGE;
	if (has_entry) {
		*passwd = entry;
		*result = passwd;
	}
	return 0;
}

int
getpwnam_r(const char *name, struct passwd *passwd, char *text,
    size_t size_bytes, struct passwd **result)
{
	(void)name;
	(void)text;
	return answer(passwd, size_bytes, result);
}

int
getpwuid_r(uid_t uid, struct passwd *passwd, char *text, size_t size_bytes,
    struct passwd **result)
{
	(void)text;
	if (uid == 0 && knows_root) {
		*result = passwd; /* that it is there is all we say */
		return 0;
	}
	return answer(passwd, size_bytes, result);
}

static void
put_entry(uid_t uid, const char *home)
{
	static char name[] = "al";
	static char empty[] = "";

	entry.pw_name = name;
	entry.pw_passwd = empty;
	entry.pw_gecos = empty;
	entry.pw_shell = empty;
	entry.pw_uid = uid;
	entry.pw_dir = strdup(home);
	ATF_REQUIRE(entry.pw_dir != NULL);
	has_entry = true;
}

static struct account
self(const char *home)
{
	struct account account;
	struct failure why;

	memset(&account, 0xff, sizeof(account));
	ATF_REQUIRE_EQ(VERDICT_OK, account_self(&account, home, &why));
	return account;
}

ATF_TC_WITHOUT_HEAD(self__home_absolute__database_not_asked);
ATF_TC_BODY(self__home_absolute__database_not_asked, tc)
{
	struct account account = self("/home/al");

	ATF_CHECK_STREQ("/home/al", account.home);
	ATF_CHECK_EQ(0, questions);
}

ATF_TC_WITHOUT_HEAD(self__no_home__as_the_database_has_it);
ATF_TC_BODY(self__no_home__as_the_database_has_it, tc)
{
	struct account account;

	put_entry(geteuid(), "/home/al");
	account = self(NULL);
	ATF_CHECK_STREQ("/home/al", account.home);
	ATF_CHECK_STREQ("al", account.name);
}

ATF_TC_WITHOUT_HEAD(self__home_relative__as_the_database_has_it);
ATF_TC_BODY(self__home_relative__as_the_database_has_it, tc)
{
	put_entry(geteuid(), "/home/al");
	ATF_CHECK_STREQ("/home/al", self("home/bo").home);
	ATF_CHECK_STREQ("/home/al", self("").home);
}

/* Paths that begin with it are looked for, letter by letter. */
ATF_TC_WITHOUT_HEAD(self__home_with_more_slashes__with_one_each);
ATF_TC_BODY(self__home_with_more_slashes__with_one_each, tc)
{
	ATF_CHECK_STREQ("/home/al", self("/home/al/").home);
	ATF_CHECK_STREQ("/home/al", self("//home///al//").home);
	ATF_CHECK_STREQ("/a/b c/.d", self("/a//b c/.d/").home);
	ATF_CHECK_STREQ("/", self("/").home);
	ATF_CHECK_STREQ("/", self("///").home);
	put_entry(geteuid(), "/home//al/");
	ATF_CHECK_STREQ("/home/al", self(NULL).home);
}

ATF_TC_WITHOUT_HEAD(self__no_entry__home_unknown);
ATF_TC_BODY(self__no_entry__home_unknown, tc)
{
	struct account account = self(NULL);

	ATF_CHECK_STREQ("", account.home);
	ATF_CHECK_STREQ("", account.name);
}

ATF_TC_WITHOUT_HEAD(self__entry_with_relative_home__home_unknown);
ATF_TC_BODY(self__entry_with_relative_home__home_unknown, tc)
{
	put_entry(geteuid(), "home/al");
	ATF_CHECK_STREQ("", self(NULL).home);
}

ATF_TC_WITHOUT_HEAD(self__database_fails__retry_at_getpwuid);
ATF_TC_BODY(self__database_fails__retry_at_getpwuid, tc)
{
	struct account account;
	struct failure why;

	database_error = EIO;
	ATF_CHECK_EQ(VERDICT_RETRY, account_self(&account, NULL, &why));
	ATF_CHECK_STREQ("getpwuid", why.step);
	ATF_CHECK_EQ(EIO, why.sys_errno);
	ATF_CHECK_EQ(EX_TEMPFAIL, why.exit_code);
}

ATF_TC_WITHOUT_HEAD(self__home_too_long__retry_at_home_long);
ATF_TC_BODY(self__home_too_long__retry_at_home_long, tc)
{
	char *home = malloc(PATH_MAX + 1);
	struct account account;
	struct failure why;

	ATF_REQUIRE(home != NULL);
	memset(home, 'h', PATH_MAX);
	home[0] = '/';
	home[PATH_MAX] = '\0';
	ATF_CHECK_EQ(VERDICT_RETRY, account_self(&account, home, &why));
	ATF_CHECK_STREQ("home-long", why.step);
	home[PATH_MAX - 1] = '\0';
	ATF_CHECK_EQ(VERDICT_OK, account_self(&account, home, &why));
	free(home);
}

ATF_TC_WITHOUT_HEAD(self__entry_of_100_kb__found);
ATF_TC_BODY(self__entry_of_100_kb__found, tc)
{
	put_entry(geteuid(), "/home/al");
	entry_bytes = 100 * 1024;
	ATF_CHECK_STREQ("/home/al", self(NULL).home);
}

ATF_TC_WITHOUT_HEAD(named__own_uid__yes);
ATF_TC_BODY(named__own_uid__yes, tc)
{
	struct failure why;
	struct account account;

	put_entry(geteuid(), "/");
	ATF_REQUIRE_EQ(VERDICT_OK, account_named(&account, "al", &why));
	ATF_CHECK_EQ(geteuid(), account.uid);
}

ATF_TC_WITHOUT_HEAD(named__other_uid__no);
ATF_TC_BODY(named__other_uid__no, tc)
{
	struct failure why;
	struct account account;

	put_entry(geteuid() + 1, "/");
	ATF_REQUIRE_EQ(VERDICT_OK, account_named(&account, "al", &why));
	ATF_CHECK_EQ(geteuid() + 1, account.uid);
}

ATF_TC_WITHOUT_HEAD(named__no_such_user__refuse_67);
ATF_TC_BODY(named__no_such_user__refuse_67, tc)
{
	struct failure why;
	struct account account;

	knows_root = true;
	ATF_CHECK_EQ(VERDICT_REFUSE, account_named(&account, "al", &why));
	ATF_CHECK_STREQ("user-unknown", why.step);
	ATF_CHECK_STREQ("al", why.subject);
	ATF_CHECK_EQ(EX_NOUSER, why.exit_code);
	ATF_CHECK_STREQ("5.1.1", why.dsn);
}

/* glibc answers so when it cannot load a module of the database. */
ATF_TC_WITHOUT_HEAD(named__not_even_root_known__retry);
ATF_TC_BODY(named__not_even_root_known__retry, tc)
{
	struct account account;
	struct failure why;

	ATF_CHECK_EQ(VERDICT_RETRY, account_named(&account, "al", &why));
	ATF_CHECK_STREQ("getpwnam", why.step);
	ATF_CHECK_EQ(EX_TEMPFAIL, why.exit_code);
}

ATF_TC_WITHOUT_HEAD(named__each_error__retry_and_no_refusal);
ATF_TC_BODY(named__each_error__retry_and_no_refusal, tc)
{
	static const int errors[] = { EIO, ENOENT, ESRCH, EPERM, EBADF, EMFILE,
		EINTR, ECONNREFUSED, ENOMEM };
	struct failure why;
	struct account account;
	size_t i;

	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		database_error = errors[i];
		ATF_CHECK_EQ(VERDICT_RETRY,
		    account_named(&account, "al", &why));
		ATF_CHECK_STREQ("getpwnam", why.step);
		ATF_CHECK_EQ(errors[i], why.sys_errno);
	}
}

ATF_TC_WITHOUT_HEAD(named__entry_larger_than_any__retry_in_the_end);
ATF_TC_BODY(named__entry_larger_than_any__retry_in_the_end, tc)
{
	struct failure why;
	struct account account;

	put_entry(geteuid(), "/");
	entry_bytes = (size_t)-1;
	ATF_CHECK_EQ(VERDICT_RETRY, account_named(&account, "al", &why));
	ATF_CHECK_EQ(ERANGE, why.sys_errno);
	ATF_CHECK(questions < 20);
}

/* Two names for one account: its own is what files and groups go by. */
ATF_TC_WITHOUT_HEAD(named__other_spelling__name_of_the_database);
ATF_TC_BODY(named__other_spelling__name_of_the_database, tc)
{
	struct account account;
	struct failure why;

	put_entry(4711, "/home/al");
	ATF_REQUIRE_EQ(VERDICT_OK, account_named(&account, "AL", &why));
	ATF_CHECK_STREQ("al", account.name);
}

ATF_TC_WITHOUT_HEAD(named__relative_home__home_unknown);
ATF_TC_BODY(named__relative_home__home_unknown, tc)
{
	struct account account;
	struct failure why;

	put_entry(4711, "home/al");
	ATF_REQUIRE_EQ(VERDICT_OK, account_named(&account, "al", &why));
	ATF_CHECK_STREQ("", account.home);
}

ATF_TC_WITHOUT_HEAD(named__name_too_long__retry_at_user_long);
ATF_TC_BODY(named__name_too_long__retry_at_user_long, tc)
{
	char name[ACCOUNT_NAME_MAX + 1];
	struct account account;
	struct failure why;

	put_entry(4711, "/home/al");
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	entry.pw_name = name;
	ATF_CHECK_EQ(VERDICT_RETRY, account_named(&account, "al", &why));
	ATF_CHECK_STREQ("user-long", why.step);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, self__home_absolute__database_not_asked);
	ATF_TP_ADD_TC(tp, self__no_home__as_the_database_has_it);
	ATF_TP_ADD_TC(tp, self__home_relative__as_the_database_has_it);
	ATF_TP_ADD_TC(tp, self__home_with_more_slashes__with_one_each);
	ATF_TP_ADD_TC(tp, self__no_entry__home_unknown);
	ATF_TP_ADD_TC(tp, self__entry_with_relative_home__home_unknown);
	ATF_TP_ADD_TC(tp, self__database_fails__retry_at_getpwuid);
	ATF_TP_ADD_TC(tp, self__home_too_long__retry_at_home_long);
	ATF_TP_ADD_TC(tp, self__entry_of_100_kb__found);
	ATF_TP_ADD_TC(tp, named__own_uid__yes);
	ATF_TP_ADD_TC(tp, named__other_uid__no);
	ATF_TP_ADD_TC(tp, named__no_such_user__refuse_67);
	ATF_TP_ADD_TC(tp, named__not_even_root_known__retry);
	ATF_TP_ADD_TC(tp, named__each_error__retry_and_no_refusal);
	ATF_TP_ADD_TC(tp, named__entry_larger_than_any__retry_in_the_end);
	ATF_TP_ADD_TC(tp, named__other_spelling__name_of_the_database);
	ATF_TP_ADD_TC(tp, named__relative_home__home_unknown);
	ATF_TP_ADD_TC(tp, named__name_too_long__retry_at_user_long);
	return atf_no_error();
}
