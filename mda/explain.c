#include "mda/explain.h"

#include <sys/stat.h>

#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "mda/mbox_report.h"
#include "mda/nls.h"
#include "mda/path_report.h"
#include "mda/plan.h"
#include "mda/report.h"

enum { GROUPS_MAX = 64 };

static int
print_failure(const struct failure *why, int exit_code)
{
	char sentence[1024];

	report_sentence(sentence, sizeof(sentence), why);
	(void)printf(_("problem     %s\n"), sentence);
	(void)printf(_("exit        %d\n"), exit_code);
	return exit_code;
}

static void
print_account(const struct account *account)
{
	gid_t groups[GROUPS_MAX];
	int count = getgroups(GROUPS_MAX, groups);
	int i;

	(void)printf(_("account     uid %ld, gid %ld, groups"),
	    (long)geteuid(), (long)getegid());
	for (i = 0; i < count; i++)
		(void)printf(" %ld", (long)groups[i]);
	(void)printf("\n");
	(void)printf(_("home        %s\n"),
	    account->home[0] == '\0' ? _("unknown") : account->home);
}

static void
print_origin(const struct settings *settings, size_t row)
{
	const struct setting_origin *origin = &settings->origins[row];

	switch (origin->source) {
	case FROM_DEFAULT:
		(void)printf(_("(default)\n"));
		break;
	case FROM_FILE:
		(void)printf("(%s:%u)\n", origin->file, origin->line);
		break;
	case FROM_OPTION:
		(void)printf("(-o)\n");
		break;
	}
}

static void
print_settings(const struct settings *settings)
{
	char value[SETTING_VALUE_MAX];
	size_t row;

	(void)printf(settings->is_file_read ? _("settings    %s\n")
					    : _("settings    %s is missing: "
						"defaults\n"),
	    settings->file);
	for (row = 0; settings_rule(row) != NULL; row++) {
		settings_show(value, settings, row);
		(void)printf("  %-16s = %-20s ", settings_rule(row)->name,
		    value);
		print_origin(settings, row);
	}
}

static void
print_envelope(const struct job *job)
{
	const struct options *options = &job->options;

	(void)printf(_("sender      %s\n"),
	    options->sender == NULL ? _("from the From_ line, else unknown")
				    : options->sender);
	if (options->recipient != NULL)
		(void)printf(_("recipient   %s\n"), options->recipient);
	if (job->detail[0] != '\0')
		(void)printf(_("detail      %s\n"), job->detail);
}

static void
print_maildir_steps(const struct settings *settings)
{
	(void)printf(_("steps       1. read the message to its end\n"));
	(void)printf(_("            2. write it to a file in tmp, and fsync "
		       "that\n"));
	(void)printf(_("            3. look in tmp for the same message, left "
		       "by a delivery that crashed\n"));
	(void)printf(_("            4. link it into new, and fsync that "
		       "folder\n"));
	if (settings->sync_after_link == AFTER_LINK_ALWAYS)
		(void)printf(_("               and fsync the file again\n"));
	(void)printf(_("            5. unlink the name in tmp, and exit 0\n"));
}

static void
print_mbox_steps(void)
{
	(void)printf(_("steps       1. read the message to its end\n"));
	(void)printf(_("            2. take the locks, and see that the file "
		       "is still the one at the path\n"));
	(void)printf(_("            3. repair what the journal tells of\n"));
	(void)printf(_("            4. note the message in the journal, "
		       "durably\n"));
	(void)printf(_("            5. append it with one write that reaches "
		       "the disk, or cut back\n"));
	(void)printf(_("            6. settle the journal, give the locks "
		       "back, and exit 0\n"));
}

static bool
print_maildir(const struct job *job)
{
	const struct destination *destination = &job->destination;
	bool is_well;

	(void)printf(_("mailbox     Maildir %s\n"), destination->path);
	if (destination->folder[0] != '\0')
		(void)printf(_("folder      .%s\n"), destination->folder);
	is_well = path_report(job);
	print_maildir_steps(&job->settings);
	return is_well;
}

static bool
print_mbox(const struct job *job)
{
	bool is_well;

	(void)printf(_("mailbox     mbox %s\n"), job->destination.path);
	is_well = path_report(job);
	if (is_well)
		is_well = mbox_report(job);
	print_mbox_steps();
	return is_well;
}

static int
print_mailbox(const struct job *job)
{
	bool is_well = job->destination.kind == BOX_MBOX ? print_mbox(job)
							 : print_maildir(job);

	(void)printf(_("exit        %d\n"), is_well ? EX_OK : EX_TEMPFAIL);
	return is_well ? EX_OK : EX_TEMPFAIL;
}

int
explain(struct job *job, enum verdict parsed, struct failure *why)
{
	nls_start();
	if (parsed != VERDICT_OK)
		return print_failure(why, EX_USAGE);
	if (plan_settings(job, why) != VERDICT_OK)
		return print_failure(why, EX_CONFIG);
	print_settings(&job->settings);
	if (plan_make(job, why) != VERDICT_OK)
		return print_failure(why, why->exit_code);
	print_account(&job->account);
	print_envelope(job);
	return print_mailbox(job);
}
