#include "mda/destination.h"

#include <sys/stat.h>

#include <atf-c.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "tests/support/files.h"
#include "tests/support/prng.h"

static struct settings settings;
/* What the values point to. */
static struct {
	char name[256];
	char home[PATH_MAX];
} account;
static struct destination destination;
static struct failure why;

static void
be_al(void)
{
	settings_default(&settings);
	(void)strcpy(account.name, "al");
	(void)strcpy(account.home, "/home/al");
	memset(&destination, 0xff, sizeof(destination));
}

static enum verdict
find(const char *mailbox, const char *detail)
{
	const struct template_values values = { account.name, "", "",
		detail == NULL ? "" : detail, account.home };

	return destination_find(
	    &destination, mailbox, &settings, &values, &why);
}

static void
check_box(const char *mailbox, enum box_kind kind, const char *path)
{
	be_al();
	ATF_REQUIRE_EQ_MSG(VERDICT_OK, find(mailbox, NULL), "%s", mailbox);
	ATF_CHECK_EQ_MSG(kind, destination.kind, "%s", mailbox);
	ATF_CHECK_STREQ(path, destination.path);
	ATF_CHECK_STREQ("", destination.folder);
}

static void
check_refused(const char *mailbox, const char *step, const char *subject)
{
	ATF_CHECK_EQ_MSG(VERDICT_RETRY, find(mailbox, NULL), "%s", mailbox);
	ATF_CHECK_STREQ(step, why.step);
	ATF_CHECK_STREQ(subject, why.subject);
	ATF_CHECK_EQ(EX_TEMPFAIL, why.exit_code);
}

static void
set_mailbox(const char *mailbox)
{
	settings.mailbox = mailbox;
}

/* ---- -m --------------------------------------------------------------- */

ATF_TC_WITHOUT_HEAD(named__with_its_kind__that_kind);
ATF_TC_BODY(named__with_its_kind__that_kind, tc)
{
	check_box("maildir:/a/b", BOX_MAILDIR, "/a/b");
	check_box("mbox:/a/b", BOX_MBOX, "/a/b");
	check_box("mbox:/a/b/", BOX_MBOX, "/a/b");
	check_box("maildir:rel", BOX_MAILDIR, "rel");
}

ATF_TC_WITHOUT_HEAD(named__slash_at_the_end__maildir);
ATF_TC_BODY(named__slash_at_the_end__maildir, tc)
{
	check_box("/a/b/", BOX_MAILDIR, "/a/b");
	check_box("/a/b///", BOX_MAILDIR, "/a/b");
	check_box("/", BOX_MAILDIR, "/");
}

ATF_TC_WITHOUT_HEAD(named__a_folder_is_there__maildir);
ATF_TC_BODY(named__a_folder_is_there__maildir, tc)
{
	ATF_REQUIRE_EQ(0, mkdir("box", 0700));
	check_box("box", BOX_MAILDIR, "box");
}

ATF_TC_WITHOUT_HEAD(named__file_or_nothing_there__mbox);
ATF_TC_BODY(named__file_or_nothing_there__mbox, tc)
{
	file_text("box", "");
	check_box("box", BOX_MBOX, "box");
	check_box("none", BOX_MBOX, "none");
}

ATF_TC_WITHOUT_HEAD(named__home_in_front__expanded);
ATF_TC_BODY(named__home_in_front__expanded, tc)
{
	check_box("~/Maildir/", BOX_MAILDIR, "/home/al/Maildir");
	check_box("maildir:~/Mail", BOX_MAILDIR, "/home/al/Mail");
	check_box("mbox:~/mbox", BOX_MBOX, "/home/al/mbox");
}

ATF_TC_WITHOUT_HEAD(named__tilde_elsewhere__a_byte);
ATF_TC_BODY(named__tilde_elsewhere__a_byte, tc)
{
	check_box("/a/~/b/", BOX_MAILDIR, "/a/~/b");
	check_box("~al/b/", BOX_MAILDIR, "~al/b");
}

ATF_TC_WITHOUT_HEAD(named__letters_behind_percent__expanded);
ATF_TC_BODY(named__letters_behind_percent__expanded, tc)
{
	check_box("%h/x/", BOX_MAILDIR, "/home/al/x");
	check_box("/srv/%u/", BOX_MAILDIR, "/srv/al");
	check_box("/100%%/%u%u/", BOX_MAILDIR, "/100%/alal");
}

ATF_TC_WITHOUT_HEAD(named__other_letter_or_none__retry_at_template);
ATF_TC_BODY(named__other_letter_or_none__retry_at_template, tc)
{
	be_al();
	check_refused("/a/%x/", "mailbox-template", "/a/%x/");
	check_refused("/a/%", "mailbox-template", "/a/%");
	check_refused("/a/%H/", "mailbox-template", "/a/%H/");
}

ATF_TC_WITHOUT_HEAD(named__home_needed_and_unknown__retry_at_home_unknown);
ATF_TC_BODY(named__home_needed_and_unknown__retry_at_home_unknown, tc)
{
	be_al();
	account.home[0] = '\0';
	check_refused("~/Maildir/", "home-unknown", "~/Maildir/");
	check_refused("%h/Maildir/", "home-unknown", "%h/Maildir/");
}

ATF_TC_WITHOUT_HEAD(named__name_needed_and_unknown__retry_at_template_value);
ATF_TC_BODY(named__name_needed_and_unknown__retry_at_template_value, tc)
{
	be_al();
	account.name[0] = '\0';
	check_refused("/srv/%u/", "template-value", "/srv/%u/");
}

ATF_TC_WITHOUT_HEAD(named__nothing__retry_at_mailbox_empty);
ATF_TC_BODY(named__nothing__retry_at_mailbox_empty, tc)
{
	be_al();
	check_refused("", "mailbox-empty", "");
	check_refused("maildir:", "mailbox-empty", "maildir:");
	check_refused("mbox:", "mailbox-empty", "mbox:");
}

ATF_TC_WITHOUT_HEAD(named__longest_path__accepted);
ATF_TC_BODY(named__longest_path__accepted, tc)
{
	char path[PATH_MAX];

	memset(path, 'p', sizeof(path));
	path[0] = '/';
	path[PATH_MAX - 2] = '/';
	path[PATH_MAX - 1] = '\0';
	be_al();
	ATF_REQUIRE_EQ(VERDICT_OK, find(path, NULL));
	ATF_CHECK_EQ(PATH_MAX - 2, strlen(destination.path));
}

ATF_TC_WITHOUT_HEAD(named__too_long__retry_at_path_long);
ATF_TC_BODY(named__too_long__retry_at_path_long, tc)
{
	char path[PATH_MAX + 1];

	memset(path, 'p', sizeof(path) - 1);
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	be_al();
	ATF_CHECK_EQ(VERDICT_RETRY, find(path, NULL));
	ATF_CHECK_STREQ("path-long", why.step);
}

ATF_TC_WITHOUT_HEAD(named__home_makes_it_too_long__retry_at_path_long);
ATF_TC_BODY(named__home_makes_it_too_long__retry_at_path_long, tc)
{
	be_al();
	memset(account.home, 'h', sizeof(account.home) - 1);
	account.home[0] = '/';
	account.home[sizeof(account.home) - 1] = '\0';
	ATF_CHECK_EQ(VERDICT_RETRY, find("~/Maildir/", NULL));
	ATF_CHECK_STREQ("path-long", why.step);
}

ATF_TC_WITHOUT_HEAD(named__detail_too__does_not_count);
ATF_TC_BODY(named__detail_too__does_not_count, tc)
{
	be_al();
	settings.detail_folder = DETAIL_CREATE;
	ATF_REQUIRE_EQ(VERDICT_OK, find("/a/b/", "lists"));
	ATF_CHECK_STREQ("", destination.folder);
}

/* ---- The setting. ----------------------------------------------------- */

ATF_TC_WITHOUT_HEAD(set__default__maildir_at_home);
ATF_TC_BODY(set__default__maildir_at_home, tc)
{
	be_al();
	ATF_REQUIRE_EQ(VERDICT_OK, find(NULL, NULL));
	ATF_CHECK_EQ(BOX_MAILDIR, destination.kind);
	ATF_CHECK_STREQ("/home/al/Maildir", destination.path);
}

ATF_TC_WITHOUT_HEAD(set__relative__retry_at_mailbox_relative);
ATF_TC_BODY(set__relative__retry_at_mailbox_relative, tc)
{
	be_al();
	set_mailbox("maildir:Maildir");
	check_refused(NULL, "mailbox-relative", "maildir:Maildir");
}

ATF_TC_WITHOUT_HEAD(set__empty__retry_at_mailbox_empty);
ATF_TC_BODY(set__empty__retry_at_mailbox_empty, tc)
{
	be_al();
	set_mailbox("");
	check_refused(NULL, "mailbox-empty", "");
}

ATF_TC_WITHOUT_HEAD(set__home_unknown__retry_at_home_unknown);
ATF_TC_BODY(set__home_unknown__retry_at_home_unknown, tc)
{
	be_al();
	account.home[0] = '\0';
	ATF_CHECK_EQ(VERDICT_RETRY, find(NULL, NULL));
	ATF_CHECK_STREQ("home-unknown", why.step);
}

/* ---- Folders. --------------------------------------------------------- */

ATF_TC_WITHOUT_HEAD(folder__plus_name__of_the_mailbox_set);
ATF_TC_BODY(folder__plus_name__of_the_mailbox_set, tc)
{
	be_al();
	ATF_REQUIRE_EQ(VERDICT_OK, find("+Lists.bugs", NULL));
	ATF_CHECK_STREQ("/home/al/Maildir", destination.path);
	ATF_CHECK_STREQ("Lists.bugs", destination.folder);
	ATF_CHECK(destination.is_folder_made);
	ATF_CHECK(!destination.is_folder_optional);
}

ATF_TC_WITHOUT_HEAD(folder__plus_name_and_no_create__must_exist);
ATF_TC_BODY(folder__plus_name_and_no_create__must_exist, tc)
{
	be_al();
	settings.create = CREATE_NO;
	ATF_REQUIRE_EQ(VERDICT_OK, find("+Lists", NULL));
	ATF_CHECK(!destination.is_folder_made);
	ATF_CHECK(!destination.is_folder_optional);
}

ATF_TC_WITHOUT_HEAD(folder__bad_name__retry_at_folder_name);
ATF_TC_BODY(folder__bad_name__retry_at_folder_name, tc)
{
	be_al();
	check_refused("+", "folder-name", "");
	check_refused("+../x", "folder-name", "../x");
	check_refused("+a/b", "folder-name", "a/b");
}

ATF_TC_WITHOUT_HEAD(folder__of_an_mbox__retry_at_mailbox_folder);
ATF_TC_BODY(folder__of_an_mbox__retry_at_mailbox_folder, tc)
{
	be_al();
	set_mailbox("mbox:/var/mail/%u");
	check_refused("+Lists", "mailbox-folder", "Lists");
}

ATF_TC_WITHOUT_HEAD(detail__off__the_mailbox_itself);
ATF_TC_BODY(detail__off__the_mailbox_itself, tc)
{
	be_al();
	ATF_REQUIRE_EQ(VERDICT_OK, find(NULL, "lists"));
	ATF_CHECK_STREQ("", destination.folder);
}

ATF_TC_WITHOUT_HEAD(detail__if_exists__optional_and_never_made);
ATF_TC_BODY(detail__if_exists__optional_and_never_made, tc)
{
	be_al();
	settings.detail_folder = DETAIL_IF_EXISTS;
	ATF_REQUIRE_EQ(VERDICT_OK, find(NULL, "lists"));
	ATF_CHECK_STREQ("lists", destination.folder);
	ATF_CHECK(!destination.is_folder_made);
	ATF_CHECK(destination.is_folder_optional);
}

ATF_TC_WITHOUT_HEAD(detail__create__made_even_without_create);
ATF_TC_BODY(detail__create__made_even_without_create, tc)
{
	be_al();
	settings.create = CREATE_NO;
	settings.detail_folder = DETAIL_CREATE;
	ATF_REQUIRE_EQ(VERDICT_OK, find(NULL, "lists"));
	ATF_CHECK_STREQ("lists", destination.folder);
	ATF_CHECK(destination.is_folder_made);
	ATF_CHECK(!destination.is_folder_optional);
}

ATF_TC_WITHOUT_HEAD(detail__no_folder_name__passed_over);
ATF_TC_BODY(detail__no_folder_name__passed_over, tc)
{
	static const char *const details[] = { "", "..", "a/b", "../../etc",
		".x", "a\nb" };
	size_t i;

	for (i = 0; i < 6; i++) {
		be_al();
		settings.detail_folder = DETAIL_CREATE;
		ATF_CHECK_EQ(VERDICT_OK, find(NULL, details[i]));
		ATF_CHECK_STREQ("", destination.folder);
		ATF_CHECK(!destination.is_folder_optional);
	}
}

ATF_TC_WITHOUT_HEAD(detail__mailbox_is_an_mbox__passed_over);
ATF_TC_BODY(detail__mailbox_is_an_mbox__passed_over, tc)
{
	be_al();
	settings.detail_folder = DETAIL_CREATE;
	set_mailbox("mbox:/var/mail/al");
	ATF_REQUIRE_EQ(VERDICT_OK, find(NULL, "lists"));
	ATF_CHECK_STREQ("", destination.folder);
}

ATF_TC_WITHOUT_HEAD(any_mailbox__named__ends_within_its_room);
ATF_TC_BODY(any_mailbox__named__ends_within_its_room, tc)
{
	static const char *const words[] = { "%", "h", "u", "~/", "/", "+",
		"maildir:", "mbox:", "..", "%%", "%h", "a" };
	char text[200];
	unsigned int seed;

	be_al();
	for (seed = 0; seed < 20000; seed++) {
		struct prng prng = prng_start(seed);

		text[prng_words(&prng, text, sizeof(text) - 1, words, 12)] =
		    '\0';
		memset(&destination, 0xff, sizeof(destination));
		if (find(text, text) != VERDICT_OK)
			continue;
		ATF_REQUIRE_MSG(strnlen(destination.path, PATH_MAX) <
			    PATH_MAX &&
			strnlen(destination.folder,
			    sizeof(destination.folder)) <
			    sizeof(destination.folder) &&
			destination.path[0] != '\0' &&
			strchr(destination.folder, '/') == NULL,
		    "seed %u: %s", seed, text);
	}
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, named__with_its_kind__that_kind);
	ATF_TP_ADD_TC(tp, named__slash_at_the_end__maildir);
	ATF_TP_ADD_TC(tp, named__a_folder_is_there__maildir);
	ATF_TP_ADD_TC(tp, named__file_or_nothing_there__mbox);
	ATF_TP_ADD_TC(tp, named__home_in_front__expanded);
	ATF_TP_ADD_TC(tp, named__tilde_elsewhere__a_byte);
	ATF_TP_ADD_TC(tp, named__letters_behind_percent__expanded);
	ATF_TP_ADD_TC(tp, named__other_letter_or_none__retry_at_template);
	ATF_TP_ADD_TC(tp,
	    named__home_needed_and_unknown__retry_at_home_unknown);
	ATF_TP_ADD_TC(tp,
	    named__name_needed_and_unknown__retry_at_template_value);
	ATF_TP_ADD_TC(tp, named__nothing__retry_at_mailbox_empty);
	ATF_TP_ADD_TC(tp, named__longest_path__accepted);
	ATF_TP_ADD_TC(tp, named__too_long__retry_at_path_long);
	ATF_TP_ADD_TC(tp, named__home_makes_it_too_long__retry_at_path_long);
	ATF_TP_ADD_TC(tp, named__detail_too__does_not_count);
	ATF_TP_ADD_TC(tp, set__default__maildir_at_home);
	ATF_TP_ADD_TC(tp, set__relative__retry_at_mailbox_relative);
	ATF_TP_ADD_TC(tp, set__empty__retry_at_mailbox_empty);
	ATF_TP_ADD_TC(tp, set__home_unknown__retry_at_home_unknown);
	ATF_TP_ADD_TC(tp, folder__plus_name__of_the_mailbox_set);
	ATF_TP_ADD_TC(tp, folder__plus_name_and_no_create__must_exist);
	ATF_TP_ADD_TC(tp, folder__bad_name__retry_at_folder_name);
	ATF_TP_ADD_TC(tp, folder__of_an_mbox__retry_at_mailbox_folder);
	ATF_TP_ADD_TC(tp, detail__off__the_mailbox_itself);
	ATF_TP_ADD_TC(tp, detail__if_exists__optional_and_never_made);
	ATF_TP_ADD_TC(tp, detail__create__made_even_without_create);
	ATF_TP_ADD_TC(tp, detail__no_folder_name__passed_over);
	ATF_TP_ADD_TC(tp, detail__mailbox_is_an_mbox__passed_over);
	ATF_TP_ADD_TC(tp, any_mailbox__named__ends_within_its_room);
	return atf_no_error();
}
