#include "account/privilege.h"

#include <sys/types.h>

#include <atf-c.h>
#include <dlfcn.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "compat/compat.h"
#include "tests/support/child.h"
#include "tests/support/files.h"
#include "tests/support/private.h"

enum { GROUPS_MAX = 64, ENTRIES_MAX = 40 };

/*
 * In front of libc's own: on some system, or under some security module, a
 * call could say that it worked, and have done nothing. A static program has
 * no "real" one behind ours; then root takes all three ids by the pair.
 */
static bool is_setuid_hollow;
static bool is_setgid_hollow;

int
setuid(uid_t uid)
{
	int (*real)(uid_t);

	if (is_setuid_hollow)
		return 0;
	*(void **)&real = dlsym(RTLD_NEXT, "setuid");
	return real != NULL ? real(uid) : setreuid(uid, uid);
}

int
setgid(gid_t gid)
{
	int (*real)(gid_t);

	if (is_setgid_hollow)
		return 0;
	*(void **)&real = dlsym(RTLD_NEXT, "setgid");
	return real != NULL ? real(gid) : setregid(gid, gid);
}

/* Whose rights the child below takes on. */
static struct account account;

static void
set_account(const struct passwd *passwd)
{
	memset(&account, 0, sizeof(account));
	account.uid = passwd->pw_uid;
	account.gid = passwd->pw_gid;
	(void)snprintf(
	    account.name, sizeof(account.name), "%s", passwd->pw_name);
}

/* The user database of the test: alice is in mail and staff, bob in none. */
static void
make_accounts(void)
{
	struct passwd *passwd;

	private_start();
	file_text("passwd",
	    "root:x:0:0:root:/root:/bin/sh\n"
	    "alice:x:4711:4712:Alice:/home/alice:/bin/sh\n"
	    "bob:x:4721:4722:Bob:/home/bob:/bin/sh\n");
	file_text("group",
	    "root:x:0:bob2\n"
	    "mail:x:4708:alice,carol\n"
	    "staff:x:4750:bob2,alice\n"
	    "alice:x:4712:\n"
	    "bob:x:4722:carol\n");
	file_text("nsswitch.conf", "passwd: files\ngroup: files\n");
	ATF_REQUIRE_EQ(0, chmod("passwd", 0644));
	ATF_REQUIRE_EQ(0, chmod("group", 0644));
	ATF_REQUIRE_EQ(0, chmod("nsswitch.conf", 0644));
	private_cover("/etc/passwd", "passwd");
	private_cover("/etc/group", "group");
	if (file_exists("/etc/nsswitch.conf"))
		private_cover("/etc/nsswitch.conf", "nsswitch.conf");
	passwd = getpwnam("alice");
	ATF_REQUIRE(passwd != NULL);
	ATF_REQUIRE_EQ(4711, passwd->pw_uid);
	set_account(passwd);
}

/* In a child: end with a word when a claim does not hold. */
static void
claim(bool is_true, const char *word)
{
	if (is_true)
		return;
	/* Without the word the exit code still tells. */
	_exit(write(STDERR_FILENO, word, strlen(word)) == -1 ? EX_IOERR
							     : EX_SOFTWARE);
}

static void
drop(void)
{
	struct failure why;

	if (privilege_drop(&account, &why) == VERDICT_OK)
		return;
	claim(false, why.step);
}

static int
compare_groups(const void *one, const void *other)
{
	gid_t a = *(const gid_t *)one;
	gid_t b = *(const gid_t *)other;

	return (a > b) - (a < b);
}

/* Sorted, each once: systems may list the first group twice. */
static int
tidy_groups(gid_t *groups, int count)
{
	int kept = 0;
	int i;

	qsort(groups, (size_t)count, sizeof(groups[0]), compare_groups);
	for (i = 0; i < count; i++)
		if (kept == 0 || groups[kept - 1] != groups[i])
			groups[kept++] = groups[i];
	return kept;
}

static void
check_groups(void)
{
	gid_t expected[GROUPS_MAX];
	gid_t found[GROUPS_MAX];
	int expected_count = GROUPS_MAX;
	int count = getgroups(GROUPS_MAX, found);

	claim(count >= 0, "getgroups");
	claim(getgrouplist(account.name, account.gid, expected,
		  &expected_count) >= 0, "getgrouplist");
	count = tidy_groups(found, count);
	expected_count = tidy_groups(expected, expected_count);
	claim(count == expected_count, "number of groups");
	claim(memcmp(found, expected, (size_t)count * sizeof(found[0])) == 0,
	    "groups");
}

static void
drop_and_check_ids(void)
{
	drop();
	claim(getuid() == account.uid, "uid");
	claim(geteuid() == account.uid, "euid");
	claim(getgid() == account.gid, "gid");
	claim(getegid() == account.gid, "egid");
	check_groups();
}

static void
check_child(void (*work)(void))
{
	struct ending ending = child_run(work);

	ATF_CHECK_EQ_MSG(0, ending.exit_code, "%s: exit %d at \"%s\"",
	    account.name, ending.exit_code, ending.text);
}

ATF_TC(drop__member_of_groups__exactly_these);
ATF_TC_HEAD(drop__member_of_groups__exactly_these, tc)
{
	atf_tc_set_md_var(tc, "require.user", "root");
}

static void
drop_and_name_groups(void)
{
	static const gid_t expected[] = { 4708, 4712, 4750 };
	gid_t found[GROUPS_MAX];
	int count;

	drop();
	count = getgroups(GROUPS_MAX, found);
	claim(tidy_groups(found, count) == 3, "number of groups");
	claim(memcmp(found, expected, sizeof(expected)) == 0, "groups");
}

ATF_TC_BODY(drop__member_of_groups__exactly_these, tc)
{
	static const gid_t root_groups[] = { 0, 1, 2, 4799 };

	make_accounts();
	ATF_REQUIRE_EQ(0, setgroups(4, root_groups)); /* none may stay */
	check_child(drop_and_name_groups);
	check_child(drop_and_check_ids);
}

#if HAVE_GETGROUPLIST
ATF_TC(drop__groups_asked_before__these_and_no_other_question);
ATF_TC_HEAD(drop__groups_asked_before__these_and_no_other_question, tc)
{
	atf_tc_set_md_var(tc, "require.user", "root");
}
ATF_TC_BODY(drop__groups_asked_before__these_and_no_other_question, tc)
{
	make_accounts();
	privilege_ask(&account);
	ATF_REQUIRE(account.groups != NULL);
	file_text("group", "other:x:4799:alice\n");
	check_child(drop_and_name_groups);
	free(account.groups);
	account.groups = NULL;
}

enum { MANY = 40 /* more than there is room for at first */ };

static void
drop_and_count_groups(void)
{
	gid_t found[GROUPS_MAX];
	int count;
	int i;

	drop();
	count = getgroups(GROUPS_MAX, found);
	claim(tidy_groups(found, count) == MANY + 1, "number of groups");
	claim(found[0] == 4712, "own group");
	for (i = 0; i < MANY; i++)
		claim(found[i + 1] == (gid_t)(5000 + i), "a group");
}

ATF_TC(drop__many_groups_asked_before__all_of_them);
ATF_TC_HEAD(drop__many_groups_asked_before__all_of_them, tc)
{
	atf_tc_set_md_var(tc, "require.user", "root");
}
ATF_TC_BODY(drop__many_groups_asked_before__all_of_them, tc)
{
	char text[MANY * 32];
	size_t length = 0;
	int i;

	make_accounts();
	for (i = 0; i < MANY; i++)
		length += (size_t)snprintf(text + length, sizeof(text) - length,
		    "g%d:x:%d:alice\n", i, 5000 + i);
	file_text("group", text);
	privilege_ask(&account);
	ATF_REQUIRE(account.groups != NULL);
	ATF_CHECK(account.group_count > MANY);
	check_child(drop_and_count_groups);
	free(account.groups);
	account.groups = NULL;
}
#endif

ATF_TC(drop__member_of_nothing__own_group_alone);
ATF_TC_HEAD(drop__member_of_nothing__own_group_alone, tc)
{
	atf_tc_set_md_var(tc, "require.user", "root");
}

static void
drop_and_find_one_group(void)
{
	gid_t found[GROUPS_MAX];
	int count;

	drop();
	count = getgroups(GROUPS_MAX, found);
	claim(tidy_groups(found, count) == 1, "number of groups");
	claim(found[0] == account.gid, "group");
}

ATF_TC_BODY(drop__member_of_nothing__own_group_alone, tc)
{
	static const gid_t root_groups[] = { 0, 1, 2, 4799 };

	make_accounts();
	set_account(getpwnam("bob"));
	ATF_REQUIRE_EQ(0, setgroups(4, root_groups));
	check_child(drop_and_find_one_group);
}

/* The machine's own accounts, whatever its user database is. */
ATF_TC(drop__each_account__ids_and_groups_are_its);
ATF_TC_HEAD(drop__each_account__ids_and_groups_are_its, tc)
{
	atf_tc_set_md_var(tc, "require.user", "root");
}
ATF_TC_BODY(drop__each_account__ids_and_groups_are_its, tc)
{
	struct passwd *passwd;
	int entries = 0;

	setpwent();
	while (entries < ENTRIES_MAX && (passwd = getpwent()) != NULL) {
		if (passwd->pw_uid == 0)
			continue;
		entries++;
		set_account(passwd);
		check_child(drop_and_check_ids);
	}
	endpwent();
	ATF_CHECK(entries > 0);
}

ATF_TC(drop__done__no_way_back);
ATF_TC_HEAD(drop__done__no_way_back, tc)
{
	atf_tc_set_md_var(tc, "require.user", "root");
}

static void
try_to_go_back(void)
{
	const gid_t group = 0;

	drop();
	claim(setuid(0) == -1 && errno == EPERM, "setuid");
	claim(seteuid(0) == -1 && errno == EPERM, "seteuid");
	claim(setreuid(0, 0) == -1 && errno == EPERM, "setreuid");
	claim(setreuid((uid_t)-1, 0) == -1, "setreuid, effective");
	claim(setreuid(0, (uid_t)-1) == -1, "setreuid, real");
	claim(setgid(0) == -1 && errno == EPERM, "setgid");
	claim(setegid(0) == -1 && errno == EPERM, "setegid");
	claim(setregid(0, 0) == -1 && errno == EPERM, "setregid");
	claim(setgroups(1, &group) == -1 && errno == EPERM, "setgroups");
	claim(initgroups("root", 0) == -1 && errno == EPERM, "initgroups");
#ifdef __linux__
	claim(setresuid(0, 0, 0) == -1 && errno == EPERM, "setresuid");
	claim(setresuid((uid_t)-1, (uid_t)-1, 0) == -1, "setresuid, saved");
	claim(setresgid(0, 0, 0) == -1 && errno == EPERM, "setresgid");
	claim(chroot("/") == -1 && errno == EPERM, "chroot");
#endif
	claim(geteuid() == account.uid && getegid() == account.gid, "ids");
	check_groups();
}

ATF_TC_BODY(drop__done__no_way_back, tc)
{
	make_accounts();
	check_child(try_to_go_back);
}

#ifdef __linux__
ATF_TC(drop__done__saved_ids_and_capabilities_gone);
ATF_TC_HEAD(drop__done__saved_ids_and_capabilities_gone, tc)
{
	atf_tc_set_md_var(tc, "require.user", "root");
}

/* From a file, because it also names what no call shows: fsuid, fsgid. */
static void
check_proc_status(void)
{
	FILE *file;
	char line[256];
	int seen = 0;

	drop();
	file = fopen("/proc/self/status", "re");
	claim(file != NULL, "/proc/self/status");
	while (fgets(line, sizeof(line), file) != NULL) {
		seen += strcmp(line, "Uid:\t4711\t4711\t4711\t4711\n") == 0;
		seen += strcmp(line, "Gid:\t4712\t4712\t4712\t4712\n") == 0;
		seen += strcmp(line, "CapEff:\t0000000000000000\n") == 0;
		seen += strcmp(line, "CapPrm:\t0000000000000000\n") == 0;
	}
	(void)fclose(file);
	claim(seen == 4, "status");
}

ATF_TC_BODY(drop__done__saved_ids_and_capabilities_gone, tc)
{
	make_accounts();
	check_child(check_proc_status);
}
#endif

/* What root has open it may use; what others have closed stays closed. */
ATF_TC(drop__done__file_of_root_not_readable);
ATF_TC_HEAD(drop__done__file_of_root_not_readable, tc)
{
	atf_tc_set_md_var(tc, "require.user", "root");
}

static void
read_file_of_root(void)
{
	drop();
	claim(open("secret", O_RDONLY) == -1 && errno == EACCES, "secret");
	claim(open("new", O_WRONLY | O_CREAT, 0600) == -1, "new");
}

ATF_TC_BODY(drop__done__file_of_root_not_readable, tc)
{
	make_accounts();
	file_text("secret", "root's\n");
	check_child(read_file_of_root);
}

/* The caller's verdict is all that stands between root and the mail. */
static void
expect_step(const char *step)
{
	struct failure why;

	if (privilege_drop(&account, &why) != VERDICT_RETRY)
		claim(false, "no failure");
	claim(why.exit_code == EX_TEMPFAIL, "exit code");
	claim(why.dsn[0] == '4', "dsn");
	claim(strcmp(why.subject, account.name) == 0, "subject");
	claim(strcmp(why.step, step) == 0, why.step);
}

static void
expect_kept(void)
{
	expect_step("privilege-kept");
}

ATF_TC(drop__setuid_does_nothing__retry_at_privilege_kept);
ATF_TC_HEAD(drop__setuid_does_nothing__retry_at_privilege_kept, tc)
{
	atf_tc_set_md_var(tc, "require.user", "root");
}
ATF_TC_BODY(drop__setuid_does_nothing__retry_at_privilege_kept, tc)
{
	make_accounts();
	is_setuid_hollow = true;
	check_child(expect_kept);
}

ATF_TC(drop__setgid_does_nothing__retry_at_privilege_kept);
ATF_TC_HEAD(drop__setgid_does_nothing__retry_at_privilege_kept, tc)
{
	atf_tc_set_md_var(tc, "require.user", "root");
}
ATF_TC_BODY(drop__setgid_does_nothing__retry_at_privilege_kept, tc)
{
	make_accounts();
	is_setgid_hollow = true;
	check_child(expect_kept);
}

static void
expect_initgroups(void)
{
	expect_step("initgroups");
}

ATF_TC(drop__not_root__retry_at_initgroups);
ATF_TC_HEAD(drop__not_root__retry_at_initgroups, tc)
{
	atf_tc_set_md_var(tc, "require.user", "unprivileged");
}
ATF_TC_BODY(drop__not_root__retry_at_initgroups, tc)
{
	account.uid = getuid();
	account.gid = getgid();
	(void)snprintf(account.name, sizeof(account.name), "al");
	check_child(expect_initgroups);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, drop__member_of_groups__exactly_these);
#if HAVE_GETGROUPLIST
	ATF_TP_ADD_TC(
	    tp, drop__groups_asked_before__these_and_no_other_question);
	ATF_TP_ADD_TC(tp, drop__many_groups_asked_before__all_of_them);
#endif
	ATF_TP_ADD_TC(tp, drop__member_of_nothing__own_group_alone);
	ATF_TP_ADD_TC(tp, drop__each_account__ids_and_groups_are_its);
	ATF_TP_ADD_TC(tp, drop__done__no_way_back);
#ifdef __linux__
	ATF_TP_ADD_TC(tp, drop__done__saved_ids_and_capabilities_gone);
#endif
	ATF_TP_ADD_TC(tp, drop__done__file_of_root_not_readable);
	ATF_TP_ADD_TC(tp, drop__setuid_does_nothing__retry_at_privilege_kept);
	ATF_TP_ADD_TC(tp, drop__setgid_does_nothing__retry_at_privilege_kept);
	ATF_TP_ADD_TC(tp, drop__not_root__retry_at_initgroups);
	return atf_no_error();
}
