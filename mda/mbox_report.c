#include "mda/mbox_report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "mda/nls.h"
#include "mda/report.h"
#include "mda/settings.h"

struct look {
	struct tell *tell;
	const struct job *job;
	struct box box;
	struct failure *why;
};

static void
tell_setting(const struct look *look, const char *label, const char *name)
{
	char value[SETTING_VALUE_MAX];
	size_t row;

	for (row = 0; settings_rule(row) != NULL; row++)
		if (strcmp(settings_rule(row)->name, name) == 0) {
			settings_show(value, &look->job->settings, row);
			tell_line(look->tell, label, "%s", value);
		}
}

static enum verdict
complain(struct look *look)
{
	char sentence[TELL_SENTENCE_MAX];

	report_sentence(sentence, sizeof(sentence), look->why);
	tell_problem(look->tell, TELL_FAILURE, look->why->step, "%s", sentence);
	return VERDICT_RETRY;
}

static enum verdict
fail(struct look *look, const char *step)
{
	(void)failure_errno(look->why, step, look->job->destination.path);
	return complain(look);
}

/* A check that failed, and no system call. */
static enum verdict
refuse(struct look *look, const char *step)
{
	errno = 0;
	return fail(look, step);
}

static enum verdict
look_at_file(struct look *look)
{
	const struct stat *st = &look->box.st;

	tell_truth(look->tell, "is_there", true);
	tell_number(look->tell, "bytes", (long long)st->st_size);
	tell_line(look->tell, _("file"),
	    ngettext("%s, %lld byte", "%s, %lld bytes", nls_count(st->st_size)),
	    look->job->destination.path, (long long)st->st_size);
	if (!S_ISREG(st->st_mode))
		return refuse(look, "mbox-kind");
	if (st->st_nlink != 1)
		return refuse(look, "mbox-links");
	if (st->st_uid != geteuid())
		return refuse(look, "mbox-owner");
	if ((st->st_mode & (S_ISUID | S_ISGID)) != 0)
		return refuse(look, "mbox-mode");
	if (faccessat(look->box.dir_fd, look->box.name, W_OK, AT_EACCESS) == -1)
		return fail(look, "mbox-open");
	return VERDICT_OK;
}

/* Of what would be made beside the mbox: the file itself, the dotlock. */
static enum verdict
need_folder_writing(struct look *look, const char *step)
{
	if (look->job->has_keeper)
		return VERDICT_OK; /* root's process makes it */
	if (faccessat(look->box.dir_fd, ".", W_OK | X_OK, AT_EACCESS) == -1)
		return fail(look, step);
	return VERDICT_OK;
}

static enum verdict
open_file(struct look *look)
{
	struct box *box = &look->box;

	box->fd = openat(box->dir_fd, box->name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (box->fd == -1 && errno == ENOENT &&
	    look->job->settings.create != CREATE_NO) {
		tell_truth(look->tell, "is_there", false);
		tell_line(look->tell, _("file"),
		    _("%s would be created, mode 0600"),
		    look->job->destination.path);
		return need_folder_writing(look, "mbox-open");
	}
	if (box->fd == -1)
		return fail(look,
		    errno == ENOENT ? "mbox-missing" : "mbox-open");
	if (fstat(box->fd, &box->st) == -1)
		return fail(look, "fstat");
	return look_at_file(look);
}

static const char *
word_for(enum repair_finding finding)
{
	switch (finding) {
	case FOUND_WHOLE:
		return "whole";
	case FOUND_TORN:
		return "torn";
	case FOUND_NOTHING:
		return "nothing";
	case FOUND_FOREIGN:
		return "foreign";
	case FOUND_OTHER:
		break;
	}
	return "other";
}

static void
say_finding(struct look *look, enum repair_finding finding, long long start)
{
	struct tell *tell = look->tell;
	long long torn = (long long)look->box.st.st_size - start;

	switch (finding) {
	case FOUND_OTHER:
		return;
	case FOUND_WHOLE:
		tell_line(tell, "",
		    _("at %lld a whole message whose sender was not told: "
		      "kept"),
		    start);
		return;
	case FOUND_TORN:
		if (look->box.is_fuse)
			tell_line(tell, "",
			    _("at %lld a torn message: it stays, because "
			      "nothing is cut off on FUSE"),
			    start);
		else
			tell_line(tell, "",
			    ngettext("at %lld a torn message of %lld byte: "
				     "would be cut off",
				"at %lld a torn message of %lld bytes: would "
				"be cut off",
				nls_count(torn)),
			    start, torn);
		return;
	case FOUND_NOTHING:
		tell_line(tell, "", _("at %lld nothing was written"), start);
		return;
	case FOUND_FOREIGN:
		tell_line(tell, "",
		    _("at %lld another program has written: not touched"),
		    start);
		return;
	}
}

static void
tell_entry(struct look *look, const struct journal_entry *entry)
{
	enum repair_finding finding = repair_look(&look->box, entry);
	long long start = (long long)entry->start;

	if (finding == FOUND_OTHER)
		return;
	tell_object(look->tell, NULL);
	tell_number(look->tell, "start", start);
	tell_text(look->tell, "finding", word_for(finding));
	if (finding == FOUND_TORN)
		tell_number(look->tell, "bytes",
		    (long long)look->box.st.st_size - start);
	tell_close(look->tell);
	say_finding(look, finding, start);
	if (finding == FOUND_TORN && !look->box.is_fuse)
		look->box.st.st_size = (off_t)entry->start;
}

/* What is cut off is no longer behind what came before it. */
static void
tell_entries(struct look *look, const struct journal *journal)
{
	size_t slot = repair_next(journal, UINT64_MAX);

	while (slot < JOURNAL_ENTRIES) {
		tell_entry(look, &journal->entries[slot]);
		slot = repair_next(journal, journal->entries[slot].sequence);
	}
}

static void
tell_journal(struct look *look, const struct journal *journal)
{
	struct tell *tell = look->tell;
	const char *name = look->box.name;

	tell_truth(tell, "journal_is_there", journal->fd != -1);
	if (look->job->settings.mbox_journal == JOURNAL_OFF)
		tell_line(tell, _("journal"),
		    _("off: a torn message would stay"));
	else if (journal->fd == -1)
		tell_line(tell, _("journal"), _(".%s.mda is not there yet"),
		    name);
	else
		tell_line(tell, _("journal"), ".%s.mda", name);
}

static enum verdict
open_journal(struct look *look)
{
	struct journal journal;

	if (journal_open(&journal, &look->box, false, look->why) != VERDICT_OK)
		return complain(look);
	tell_journal(look, &journal);
	tell_list(look->tell, "unfinished");
	if (look->box.fd != -1)
		tell_entries(look, &journal);
	tell_close(look->tell);
	journal_close(&journal);
	return VERDICT_OK;
}

static enum verdict
look_at_locks(struct look *look)
{
	const struct dotlock *dotlock = &look->box.dotlock;

	tell_setting(look, _("locks"), "locks");
	if ((look->job->settings.locks & MBOX_DOTLOCK) == 0)
		return VERDICT_OK;
	if (!dotlock_is_free(dotlock))
		tell_problem(look->tell, TELL_WARNING, "dotlock-there",
		    _("%s is there now: a delivery would wait for it"),
		    dotlock->name);
	return need_folder_writing(look, "dotlock");
}

static enum verdict
look_at_all(struct look *look)
{
	enum verdict verdict = open_file(look);
	int fd = look->box.fd;

	if (verdict == VERDICT_OK)
		verdict = look_at_locks(look);
	if (verdict == VERDICT_OK)
		verdict = open_journal(look);
	if (fd != -1)
		(void)close(fd); /* opened for reading only */
	box_close(&look->box);
	return verdict;
}

enum verdict
mbox_report(struct tell *tell, const struct job *job, bool *is_cut_out,
    struct failure *why)
{
	const struct mbox where = {
		.path = job->destination.path,
		.owner = job->account.uid,
		.may_use_fuse = job->settings.mbox_on_fuse == ANSWER_YES,
		.dotlock_stale_s = job->settings.dotlock_stale_s,
		.journal = (enum mbox_journal_rule)job->settings.mbox_journal,
	};
	struct look look = { .tell = tell, .job = job, .why = why };
	enum verdict verdict;

	tell_object(tell, "mbox");
	tell_setting(&look, _("format"), "mbox_format");
	if (box_open(&look.box, &where, why) == VERDICT_OK)
		verdict = look_at_all(&look);
	else
		verdict = complain(&look);
	*is_cut_out = !look.box.is_fuse;
	tell_truth(tell, "is_cut", *is_cut_out);
	tell_close(tell);
	return verdict;
}
