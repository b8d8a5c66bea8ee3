#include "mda/mbox_report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "mda/nls.h"
#include "mda/report.h"
#include "mda/settings.h"

static void
print_setting(const struct job *job, const char *label, const char *name)
{
	char value[SETTING_VALUE_MAX];
	size_t row;

	for (row = 0; settings_rule(row) != NULL; row++)
		if (strcmp(settings_rule(row)->name, name) == 0) {
			settings_show(value, &job->settings, row);
			(void)printf("%s%s\n", label, value);
		}
}

static bool
complain(const char *step, const char *path)
{
	char sentence[1024];
	struct failure why;

	(void)failure_errno(&why, step, path);
	report_sentence(sentence, sizeof(sentence), &why);
	(void)printf(_("            ! %s\n"), sentence);
	return false;
}

static bool
print_file(const struct job *job, const struct stat *st)
{
	const char *path = job->destination.path;

	(void)printf(_("file        %s, %lld bytes\n"), path,
	    (long long)st->st_size);
	if (!S_ISREG(st->st_mode))
		return complain("mbox-kind", path);
	if (st->st_nlink != 1)
		return complain("mbox-links", path);
	if (st->st_uid != geteuid())
		return complain("mbox-owner", path);
	return true;
}

static bool
open_file(struct box *box, const struct job *job)
{
	const char *path = job->destination.path;
	bool may_create = job->settings.create != CREATE_NO;

	box->fd = openat(box->dir_fd, box->name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (box->fd == -1 && errno == ENOENT && may_create) {
		(void)printf(
		    _("file        %s would be created, mode 0600\n"), path);
		return true;
	}
	if (box->fd == -1)
		return complain(
		    errno == ENOENT ? "mbox-missing" : "mbox-open", path);
	if (fstat(box->fd, &box->st) == -1)
		return complain("fstat", path);
	return print_file(job, &box->st);
}

static void
print_entry(const struct box *box, const struct journal_entry *entry)
{
	long long start = (long long)entry->start;

	switch (repair_look(box, entry)) {
	case FOUND_OTHER:
		return;
	case FOUND_WHOLE:
		(void)printf(_("            at %lld a whole message whose "
			       "sender was not told: kept\n"),
		    start);
		return;
	case FOUND_TORN:
		(void)printf(_("            at %lld a torn message of %lld "
			       "bytes: would be cut off\n"),
		    start, (long long)box->st.st_size - start);
		return;
	case FOUND_NOTHING:
		(void)printf(_("            at %lld nothing was written\n"),
		    start);
		return;
	case FOUND_FOREIGN:
		(void)printf(_("            at %lld another program has "
			       "written: not touched\n"),
		    start);
		return;
	}
}

static bool
print_journal(const struct box *box)
{
	struct journal journal;
	struct failure why;
	size_t i;

	if (journal_open(&journal, box, false, &why) != VERDICT_OK)
		return complain(why.step, box->name);
	if (box->where->journal == JOURNAL_OFF)
		(void)printf(_("journal     off: a torn message would stay\n"));
	else if (journal.fd == -1)
		(void)printf(_("journal     .%s.mda is not there yet\n"),
		    box->name);
	else
		(void)printf(_("journal     .%s.mda\n"), box->name);
	for (i = 0; i < JOURNAL_ENTRIES && box->fd != -1; i++)
		print_entry(box, &journal.entries[i]);
	journal_close(&journal);
	return true;
}

static void
print_locks(const struct job *job, const struct box *box)
{
	print_setting(job, _("locks       "), "locks");
	if ((job->settings.locks & MBOX_DOTLOCK) != 0 &&
	    !dotlock_is_free(&box->dotlock))
		(void)printf(_("            ! %s is there now: a delivery "
			       "would wait for it\n"),
		    box->dotlock.name);
}

bool
mbox_report(const struct job *job)
{
	struct mbox where = {
		.path = job->destination.path,
		.may_use_fuse = job->settings.mbox_on_fuse == ANSWER_YES,
		.dotlock_stale_s = job->settings.dotlock_stale_s,
		.journal = (enum mbox_journal_rule)job->settings.mbox_journal,
	};
	struct failure why;
	struct box box;
	bool is_well;

	print_setting(job, _("format      "), "mbox_format");
	if (box_open(&box, &where, &why) != VERDICT_OK) {
		errno = why.sys_errno;
		return complain(why.step, where.path);
	}
	is_well = open_file(&box, job);
	print_locks(job, &box);
	if (is_well)
		is_well = print_journal(&box);
	if (box.fd != -1)
		(void)close(box.fd); /* opened for reading only */
	box_close(&box);
	return is_well;
}
