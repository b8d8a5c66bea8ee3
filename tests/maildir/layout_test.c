#include "maildir/layout.h"

#include <sys/stat.h>

#include <atf-c.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "tests/support/faults.h"
#include "tests/support/files.h"
#include "tests/support/prng.h"
#include "tests/support/spans.h"

static struct maildir where = { "box", NULL, NULL, true, true,
	{ true, AFTER_LINK_AUTO }, 0 };

static struct layout layout;

static struct failure
refused(void)
{
	struct failure why;

	ATF_REQUIRE_EQ(VERDICT_RETRY, layout_open(&layout, &where, &why));
	ATF_CHECK_EQ(EX_TEMPFAIL, why.exit_code);
	return why;
}

static void
opened(void)
{
	struct failure why;

	ATF_REQUIRE_EQ(VERDICT_OK, layout_open(&layout, &where, &why));
}

/* How many descriptors of this process are open. */
static int
open_fds(void)
{
	int count = 0;
	int fd;

	for (fd = 0; fd < 256; fd++)
		if (fcntl(fd, F_GETFD) != -1)
			count++;
	return count;
}

ATF_TC_WITHOUT_HEAD(open__nothing_there__three_folders_0700);
ATF_TC_BODY(open__nothing_there__three_folders_0700, tc)
{
	(void)umask(0);
	opened();
	ATF_CHECK_EQ(0700, file_mode("box"));
	ATF_CHECK_EQ(0700, file_mode("box/tmp"));
	ATF_CHECK_EQ(0700, file_mode("box/new"));
	ATF_CHECK_EQ(0700, file_mode("box/cur"));
	ATF_CHECK_EQ(3, folder_count("box"));
}

ATF_TC_WITHOUT_HEAD(open__nothing_there__descriptors_lead_there);
ATF_TC_BODY(open__nothing_there__descriptors_lead_there, tc)
{
	struct stat st;

	opened();
	ATF_REQUIRE_EQ(0, fstat(layout.dir_fd, &st));
	ATF_CHECK_EQ(file_inode("box"), st.st_ino);
	ATF_REQUIRE_EQ(0, fstat(layout.tmp_dir_fd, &st));
	ATF_CHECK_EQ(file_inode("box/tmp"), st.st_ino);
	ATF_REQUIRE_EQ(0, fstat(layout.new_dir_fd, &st));
	ATF_CHECK_EQ(file_inode("box/new"), st.st_ino);
	ATF_CHECK_STREQ("box", layout.path);
}

ATF_TC_WITHOUT_HEAD(open__all_there__nothing_made);
ATF_TC_BODY(open__all_there__nothing_made, tc)
{
	box_make("box");
	faults_install();
	opened();
	ATF_CHECK_EQ(0, calls_seen(CALL_MKDIRAT));
}

ATF_TC_WITHOUT_HEAD(open__inner_folders_missing__made);
ATF_TC_BODY(open__inner_folders_missing__made, tc)
{
	ATF_REQUIRE_EQ(0, mkdir("box", 0700));
	ATF_REQUIRE_EQ(0, mkdir("box/new", 0700));
	opened();
	ATF_CHECK(file_exists("box/tmp"));
	ATF_CHECK(file_exists("box/cur"));
}

ATF_TC_WITHOUT_HEAD(open__inner_missing_and_no_create__retry_and_not_made);
ATF_TC_BODY(open__inner_missing_and_no_create__retry_and_not_made, tc)
{
	ATF_REQUIRE_EQ(0, mkdir("box", 0700));
	where.may_create = false;
	where.may_create_folder = false;
	ATF_CHECK_STREQ("maildir-missing", refused().step);
	ATF_CHECK_EQ(0, folder_count("box"));
}

ATF_TC_WITHOUT_HEAD(open__missing_and_no_create__retry_at_maildir_missing);
ATF_TC_BODY(open__missing_and_no_create__retry_at_maildir_missing, tc)
{
	struct failure why;

	where.may_create = false;
	why = refused();
	ATF_CHECK_STREQ("maildir-missing", why.step);
	ATF_CHECK_STREQ("box", why.subject);
	ATF_CHECK(!file_exists("box"));
}

ATF_TC_WITHOUT_HEAD(open__parent_missing__retry_and_never_made);
ATF_TC_BODY(open__parent_missing__retry_and_never_made, tc)
{
	struct failure why;

	where.path = "home/box";
	why = refused();
	ATF_CHECK_STREQ("maildir-parent", why.step);
	ATF_CHECK(!file_exists("home"));
}

ATF_TC_WITHOUT_HEAD(open__made__synced_with_its_parent);
ATF_TC_BODY(open__made__synced_with_its_parent, tc)
{
	faults_install();
	fail_nth(CALL_FSYNC_DIR, 2, EIO);
	/* box and the one above: each of the first two syncs counts. */
	ATF_CHECK_STREQ("fsync-dir", refused().step);
	fail_nth(CALL_FSYNC_DIR, 1, EIO);
	ATF_CHECK_STREQ("fsync-dir", refused().step);
}

static ino_t synced[64];
static size_t synced_count;

static int
noting_fsync(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && synced_count < 64)
		synced[synced_count++] = st.st_ino;
	return 0;
}

/* All is old here, so nothing is synced but what was just made. */
static const struct sys_calls *plain;

static int
old_fstat(int fd, struct stat *st)
{
	int answer = plain->fstat(fd, st);

	st->st_ctime = 0;
	return answer;
}

static int
old_fstatat(int dir_fd, const char *path, struct stat *st, int flags)
{
	int answer = plain->fstatat(dir_fd, path, st, flags);

	st->st_ctime = 0;
	return answer;
}

static struct sys_calls calls;

static void
note_syncs(void)
{
	plain = sys;
	calls = *sys;
	calls.fsync = noting_fsync;
	calls.fstat = old_fstat;
	calls.fstatat = old_fstatat;
	sys = &calls;
}

static bool
was_synced(const char *path)
{
	ino_t inode = file_inode(path);
	size_t i;

	for (i = 0; i < synced_count; i++)
		if (synced[i] == inode)
			return true;
	return false;
}

static size_t synced_before_cur;

static int
noting_mkdirat(int dir_fd, const char *path, mode_t mode)
{
	if (strcmp(path, "cur") == 0 && was_synced("box"))
		synced_before_cur++;
	return plain->mkdirat(dir_fd, path, mode);
}

/* Else a power cut may leave cur alone, which says that all is there. */
ATF_TC_WITHOUT_HEAD(open__made__synced_before_cur_is_made);
ATF_TC_BODY(open__made__synced_before_cur_is_made, tc)
{
	note_syncs();
	calls.mkdirat = noting_mkdirat;
	opened();
	ATF_CHECK_EQ(1, synced_before_cur);
}

ATF_TC_WITHOUT_HEAD(open__crash_left_the_top_half_made__finished);
ATF_TC_BODY(open__crash_left_the_top_half_made__finished, tc)
{
	ATF_REQUIRE_EQ(0, mkdir("box", 0700));
	where.folder = "Lists";
	where.may_create_folder = true;
	opened();
	ATF_CHECK(file_exists("box/cur"));
	ATF_CHECK(file_exists("box/new"));
	ATF_CHECK(file_exists("box/tmp"));
}

ATF_TC_WITHOUT_HEAD(open__made_by_an_odd_clock__still_synced);
ATF_TC_BODY(open__made_by_an_odd_clock__still_synced, tc)
{
	note_syncs();
	opened();
	ATF_CHECK(was_synced("box"));
	ATF_CHECK(was_synced("."));
}

ATF_TC_WITHOUT_HEAD(open__inner_folder_made__box_synced_parent_not);
ATF_TC_BODY(open__inner_folder_made__box_synced_parent_not, tc)
{
	box_make("box");
	ATF_REQUIRE_EQ(0, rmdir("box/tmp"));
	note_syncs();
	opened();
	ATF_CHECK(was_synced("box"));
	ATF_CHECK(!was_synced("."));
}

ATF_TC_WITHOUT_HEAD(open__nothing_made_and_old__nothing_synced);
ATF_TC_BODY(open__nothing_made_and_old__nothing_synced, tc)
{
	box_make("box");
	note_syncs();
	opened();
	ATF_CHECK_EQ(0, synced_count);
}

ATF_TC_WITHOUT_HEAD(open__folder_sync_unsupported__said_so);
ATF_TC_BODY(open__folder_sync_unsupported__said_so, tc)
{
	where.sync.is_folder_required = false;
	faults_install();
	fail_always(CALL_FSYNC_DIR, EINVAL);
	opened();
	ATF_CHECK(layout.is_folder_unsynced);
}

ATF_TC_WITHOUT_HEAD(open__folder_sync_required__retry_at_own_step);
ATF_TC_BODY(open__folder_sync_required__retry_at_own_step, tc)
{
	faults_install();
	fail_always(CALL_FSYNC_DIR, EINVAL);
	ATF_CHECK_STREQ("fsync-dir-unsupported", refused().step);
}

ATF_TC_WITHOUT_HEAD(open__disk_full__retry_at_mkdir);
ATF_TC_BODY(open__disk_full__retry_at_mkdir, tc)
{
	struct failure why;
	unsigned int nth;

	faults_install();
	for (nth = 1; nth <= 4; nth++) {
		fail_nth(CALL_MKDIRAT, 1, ENOSPC);
		why = refused();
		ATF_CHECK_STREQ("mkdir", why.step);
		ATF_CHECK_STREQ("4.3.1", why.dsn);
		/* One more folder is there at each turn. */
		ATF_REQUIRE(mkdir(nth == 1     ? "box"
				    : nth == 2 ? "box/tmp"
				    : nth == 3 ? "box/new"
					       : "box/cur",
				0700) == 0);
	}
}

ATF_TC_WITHOUT_HEAD(open__failed__subject_names_the_folder_in_full);
ATF_TC_BODY(open__failed__subject_names_the_folder_in_full, tc)
{
	ATF_REQUIRE_EQ(0, mkdir("box", 0700));
	file_text("box/tmp", "");
	ATF_CHECK_STREQ("box/tmp", refused().subject);
}

ATF_TC_WITHOUT_HEAD(open__top_missing_with_folder__subject_is_the_top);
ATF_TC_BODY(open__top_missing_with_folder__subject_is_the_top, tc)
{
	where.folder = "Lists";
	where.may_create = false;
	ATF_CHECK_STREQ("box", refused().subject);
}

ATF_TC_WITHOUT_HEAD(open__tmp_is_a_link__refused);
ATF_TC_BODY(open__tmp_is_a_link__refused, tc)
{
	box_make("box");
	ATF_REQUIRE_EQ(0, rename("box/tmp", "elsewhere"));
	ATF_REQUIRE_EQ(0, symlink("../elsewhere", "box/tmp"));
	ATF_CHECK_STREQ("open-dir", refused().step);
}

ATF_TC_WITHOUT_HEAD(open__new_is_a_link__refused);
ATF_TC_BODY(open__new_is_a_link__refused, tc)
{
	box_make("box");
	ATF_REQUIRE_EQ(0, rename("box/new", "elsewhere"));
	ATF_REQUIRE_EQ(0, symlink("../elsewhere", "box/new"));
	ATF_CHECK_STREQ("open-dir", refused().step);
}

ATF_TC_WITHOUT_HEAD(open__box_is_a_link__followed);
ATF_TC_BODY(open__box_is_a_link__followed, tc)
{
	box_make("real");
	ATF_REQUIRE_EQ(0, symlink("real", "box"));
	opened();
	ATF_CHECK_EQ(3, folder_count("real"));
}

ATF_TC_WITHOUT_HEAD(open__box_is_a_file__retry);
ATF_TC_BODY(open__box_is_a_file__retry, tc)
{
	struct failure why;

	file_text("box", "From x\n");
	why = refused();
	ATF_CHECK_STREQ("open-dir", why.step);
	ATF_CHECK_EQ(ENOTDIR, why.sys_errno);
}

ATF_TC_WITHOUT_HEAD(open__path_too_long__retry_at_path_long);
ATF_TC_BODY(open__path_too_long__retry_at_path_long, tc)
{
	char *path = malloc(PATH_MAX + 1);

	ATF_REQUIRE(path != NULL);
	memset(path, 'p', PATH_MAX);
	path[0] = '/';
	path[PATH_MAX] = '\0';
	where.path = path;
	ATF_CHECK_STREQ("path-long", refused().step);
}

ATF_TC_WITHOUT_HEAD(open__folder_makes_path_too_long__retry_at_path_long);
ATF_TC_BODY(open__folder_makes_path_too_long__retry_at_path_long, tc)
{
	char *path = malloc(PATH_MAX);

	ATF_REQUIRE(path != NULL);
	memset(path, 'p', PATH_MAX - 3);
	path[0] = '/';
	path[PATH_MAX - 3] = '\0';
	where.path = path;
	where.folder = "Lists";
	ATF_CHECK_STREQ("path-long", refused().step);
}

ATF_TC_WITHOUT_HEAD(open__failed__no_descriptor_left);
ATF_TC_BODY(open__failed__no_descriptor_left, tc)
{
	unsigned int nth;
	struct failure why;
	int before;

	box_make("box");
	where.folder = "Lists";
	before = open_fds();
	faults_install();
	/* Let each opening fail in its turn, until one try succeeds. */
	for (nth = 1; nth < 50; nth++) {
		fail_nth(CALL_OPENAT, nth, EMFILE);
		if (layout_open(&layout, &where, &why) == VERDICT_OK)
			break;
		ATF_CHECK_EQ_MSG(before, open_fds(), "opening %u", nth);
	}
	ATF_CHECK(nth > 5 && nth < 50);
	layout_close(&layout);
	ATF_CHECK_EQ(before, open_fds());
}

ATF_TC_WITHOUT_HEAD(close__opened__no_descriptor_left);
ATF_TC_BODY(close__opened__no_descriptor_left, tc)
{
	int before = open_fds();

	opened();
	ATF_CHECK(open_fds() > before);
	layout_close(&layout);
	ATF_CHECK_EQ(before, open_fds());
}

/* ---- Maildir++ folders. ----------------------------------------------- */

ATF_TC_WITHOUT_HEAD(folder__missing__made_with_its_mark);
ATF_TC_BODY(folder__missing__made_with_its_mark, tc)
{
	box_make("box");
	where.folder = "Lists.bugs";
	opened();
	ATF_CHECK_EQ(0700, file_mode("box/.Lists.bugs"));
	ATF_CHECK(file_exists("box/.Lists.bugs/tmp"));
	ATF_CHECK(file_exists("box/.Lists.bugs/new"));
	ATF_CHECK(file_exists("box/.Lists.bugs/cur"));
	ATF_CHECK(file_holds("box/.Lists.bugs/maildirfolder", SPAN("")));
	ATF_CHECK_STREQ("box/.Lists.bugs", layout.path);
}

ATF_TC_WITHOUT_HEAD(folder__missing__synced_with_its_parent);
ATF_TC_BODY(folder__missing__synced_with_its_parent, tc)
{
	box_make("box");
	where.folder = "Lists";
	note_syncs();
	opened();
	ATF_CHECK(was_synced("box/.Lists"));
	ATF_CHECK(was_synced("box"));
	ATF_CHECK(!was_synced("."));
}

ATF_TC_WITHOUT_HEAD(folder__top_missing_too__both_complete);
ATF_TC_BODY(folder__top_missing_too__both_complete, tc)
{
	where.folder = "Lists";
	opened();
	ATF_CHECK(file_exists("box/tmp"));
	ATF_CHECK(file_exists("box/new"));
	ATF_CHECK(file_exists("box/cur"));
	ATF_CHECK(!file_exists("box/maildirfolder"));
	ATF_CHECK(file_exists("box/.Lists/tmp"));
	ATF_CHECK(file_exists("box/.Lists/new"));
	ATF_CHECK(file_exists("box/.Lists/cur"));
}

ATF_TC_WITHOUT_HEAD(folder__top_missing_too__all_synced);
ATF_TC_BODY(folder__top_missing_too__all_synced, tc)
{
	where.folder = "Lists";
	note_syncs();
	opened();
	ATF_CHECK(was_synced("box/.Lists"));
	ATF_CHECK(was_synced("box"));
	ATF_CHECK(was_synced("."));
}

ATF_TC_WITHOUT_HEAD(folder__descriptors__lead_into_it);
ATF_TC_BODY(folder__descriptors__lead_into_it, tc)
{
	struct stat st;

	where.folder = "Lists";
	opened();
	ATF_REQUIRE_EQ(0, fstat(layout.new_dir_fd, &st));
	ATF_CHECK_EQ(file_inode("box/.Lists/new"), st.st_ino);
	ATF_REQUIRE_EQ(0, fstat(layout.tmp_dir_fd, &st));
	ATF_CHECK_EQ(file_inode("box/.Lists/tmp"), st.st_ino);
}

ATF_TC_WITHOUT_HEAD(folder__missing_and_no_create__retry_at_folder_missing);
ATF_TC_BODY(folder__missing_and_no_create__retry_at_folder_missing, tc)
{
	struct failure why;

	box_make("box");
	where.folder = "Lists";
	where.may_create_folder = false;
	why = refused();
	ATF_CHECK_STREQ("folder-missing", why.step);
	ATF_CHECK_STREQ("box/.Lists", why.subject);
	ATF_CHECK(!file_exists("box/.Lists"));
}

ATF_TC_WITHOUT_HEAD(folder__is_a_link__refused);
ATF_TC_BODY(folder__is_a_link__refused, tc)
{
	box_make("box");
	box_make("elsewhere");
	ATF_REQUIRE_EQ(0, symlink("../elsewhere", "box/.Lists"));
	where.folder = "Lists";
	ATF_CHECK_STREQ("open-dir", refused().step);
}

ATF_TC_WITHOUT_HEAD(folder__mark_cannot_be_made__retry_at_open);
ATF_TC_BODY(folder__mark_cannot_be_made__retry_at_open, tc)
{
	struct failure why;

	box_make("box");
	where.folder = "Lists";
	faults_install();
	/* box, .Lists (missing), .Lists (made), maildirfolder */
	fail_nth(CALL_OPENAT, 4, ENOSPC);
	why = refused();
	ATF_CHECK_STREQ("open", why.step);
	ATF_CHECK_STREQ("4.3.1", why.dsn);
}

ATF_TC_WITHOUT_HEAD(folder__exists_half_made__completed);
ATF_TC_BODY(folder__exists_half_made__completed, tc)
{
	box_make("box");
	ATF_REQUIRE_EQ(0, mkdir("box/.Lists", 0700));
	where.folder = "Lists";
	opened();
	ATF_CHECK(file_exists("box/.Lists/tmp"));
	ATF_CHECK(file_exists("box/.Lists/new"));
	ATF_CHECK(file_exists("box/.Lists/cur"));
	ATF_CHECK(file_exists("box/.Lists/maildirfolder"));
}

/* ---- Names. ----------------------------------------------------------- */

ATF_TC_WITHOUT_HEAD(folder_name__usual__yes);
ATF_TC_BODY(folder_name__usual__yes, tc)
{
	ATF_CHECK(layout_is_folder_name("Lists"));
	ATF_CHECK(layout_is_folder_name("Lists.bugs"));
	ATF_CHECK(layout_is_folder_name("a b"));
	ATF_CHECK(layout_is_folder_name("\xc3\xa4"));
}

ATF_TC_WITHOUT_HEAD(folder_name__dots__only_single_and_inside);
ATF_TC_BODY(folder_name__dots__only_single_and_inside, tc)
{
	ATF_CHECK(!layout_is_folder_name(""));
	ATF_CHECK(!layout_is_folder_name("."));
	ATF_CHECK(!layout_is_folder_name(".."));
	ATF_CHECK(!layout_is_folder_name(".a"));
	ATF_CHECK(!layout_is_folder_name("a."));
	ATF_CHECK(!layout_is_folder_name("a..b"));
}

ATF_TC_WITHOUT_HEAD(folder_name__slash_and_control_bytes__no);
ATF_TC_BODY(folder_name__slash_and_control_bytes__no, tc)
{
	ATF_CHECK(!layout_is_folder_name("a/b"));
	ATF_CHECK(!layout_is_folder_name("a\nb"));
	ATF_CHECK(!layout_is_folder_name("a\033b"));
	ATF_CHECK(!layout_is_folder_name("a\177"));
}

ATF_TC_WITHOUT_HEAD(folder_name__length__at_most_200);
ATF_TC_BODY(folder_name__length__at_most_200, tc)
{
	char name[202];

	memset(name, 'f', sizeof(name));
	name[200] = '\0';
	ATF_CHECK(layout_is_folder_name(name));
	name[200] = 'f';
	name[201] = '\0';
	ATF_CHECK(!layout_is_folder_name(name));
}

ATF_TC_WITHOUT_HEAD(folder_name__any_accepted__stays_inside_the_box);
ATF_TC_BODY(folder_name__any_accepted__stays_inside_the_box, tc)
{
	static const char *const words[] = { ".", "..", "/", "a", "\n", "b c" };
	char text[40];
	unsigned int accepted = 0;
	unsigned int seed;

	for (seed = 0; seed < 50000; seed++) {
		struct prng prng = prng_start(seed);

		text[prng_words(&prng, text, sizeof(text) - 1, words, 6)] =
		    '\0';
		if (!layout_is_folder_name(text))
			continue;
		accepted++;
		ATF_REQUIRE_MSG(text[0] != '\0' && strchr(text, '/') == NULL &&
			text[0] != '.' && strstr(text, "..") == NULL &&
			strpbrk(text, "\n\r\t\033\177") == NULL,
		    "seed %u", seed);
	}
	ATF_CHECK(accepted > 1000);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, open__nothing_there__three_folders_0700);
	ATF_TP_ADD_TC(tp, open__nothing_there__descriptors_lead_there);
	ATF_TP_ADD_TC(tp, open__all_there__nothing_made);
	ATF_TP_ADD_TC(tp, open__inner_folders_missing__made);
	ATF_TP_ADD_TC(tp,
	    open__inner_missing_and_no_create__retry_and_not_made);
	ATF_TP_ADD_TC(tp,
	    open__missing_and_no_create__retry_at_maildir_missing);
	ATF_TP_ADD_TC(tp, open__parent_missing__retry_and_never_made);
	ATF_TP_ADD_TC(tp, open__made__synced_with_its_parent);
	ATF_TP_ADD_TC(tp, open__made__synced_before_cur_is_made);
	ATF_TP_ADD_TC(tp, open__crash_left_the_top_half_made__finished);
	ATF_TP_ADD_TC(tp, open__made_by_an_odd_clock__still_synced);
	ATF_TP_ADD_TC(tp, open__inner_folder_made__box_synced_parent_not);
	ATF_TP_ADD_TC(tp, open__nothing_made_and_old__nothing_synced);
	ATF_TP_ADD_TC(tp, open__folder_sync_unsupported__said_so);
	ATF_TP_ADD_TC(tp, open__folder_sync_required__retry_at_own_step);
	ATF_TP_ADD_TC(tp, open__disk_full__retry_at_mkdir);
	ATF_TP_ADD_TC(tp, open__failed__subject_names_the_folder_in_full);
	ATF_TP_ADD_TC(tp, open__top_missing_with_folder__subject_is_the_top);
	ATF_TP_ADD_TC(tp, open__tmp_is_a_link__refused);
	ATF_TP_ADD_TC(tp, open__new_is_a_link__refused);
	ATF_TP_ADD_TC(tp, open__box_is_a_link__followed);
	ATF_TP_ADD_TC(tp, open__box_is_a_file__retry);
	ATF_TP_ADD_TC(tp, open__path_too_long__retry_at_path_long);
	ATF_TP_ADD_TC(tp, open__folder_makes_path_too_long__retry_at_path_long);
	ATF_TP_ADD_TC(tp, open__failed__no_descriptor_left);
	ATF_TP_ADD_TC(tp, close__opened__no_descriptor_left);
	ATF_TP_ADD_TC(tp, folder__missing__made_with_its_mark);
	ATF_TP_ADD_TC(tp, folder__missing__synced_with_its_parent);
	ATF_TP_ADD_TC(tp, folder__top_missing_too__both_complete);
	ATF_TP_ADD_TC(tp, folder__top_missing_too__all_synced);
	ATF_TP_ADD_TC(tp, folder__descriptors__lead_into_it);
	ATF_TP_ADD_TC(tp,
	    folder__missing_and_no_create__retry_at_folder_missing);
	ATF_TP_ADD_TC(tp, folder__is_a_link__refused);
	ATF_TP_ADD_TC(tp, folder__mark_cannot_be_made__retry_at_open);
	ATF_TP_ADD_TC(tp, folder__exists_half_made__completed);
	ATF_TP_ADD_TC(tp, folder_name__usual__yes);
	ATF_TP_ADD_TC(tp, folder_name__dots__only_single_and_inside);
	ATF_TP_ADD_TC(tp, folder_name__slash_and_control_bytes__no);
	ATF_TP_ADD_TC(tp, folder_name__length__at_most_200);
	ATF_TP_ADD_TC(tp, folder_name__any_accepted__stays_inside_the_box);
	return atf_no_error();
}
