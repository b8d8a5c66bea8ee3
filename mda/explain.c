#include "mda/explain.h"

#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "account/keeper.h"
#include "account/privilege.h"
#include "mda/account_report.h"
#include "mda/filter_report.h"
#include "mda/log_report.h"
#include "mda/mbox_report.h"
#include "mda/nls.h"
#include "mda/path_report.h"
#include "mda/plan.h"
#include "mda/report.h"
#include "mda/sandbox_report.h"
#include "mda/storage_report.h"
#include "mda/tell.h"

static void
tell_origin(struct tell *tell, const struct settings *settings, size_t row)
{
	static const char *const words[] = { "default", "file", "option" };
	const struct setting_origin *origin = &settings->origins[row];

	tell_text(tell, "from", words[origin->source]);
	if (origin->source == FROM_FILE) {
		tell_text(tell, "file", origin->file);
		tell_number(tell, "line", origin->line);
	}
}

/* Shown behind the value; text is size_bytes large. */
static void
show_origin(char *text, size_t size_bytes, const struct settings *settings,
    size_t row)
{
	const struct setting_origin *origin = &settings->origins[row];

	switch (origin->source) {
	case FROM_DEFAULT:
		(void)snprintf(text, size_bytes, "%s", _("(default)"));
		return;
	case FROM_FILE:
		(void)snprintf(text, size_bytes, "(%s:%u)", origin->file,
		    origin->line); /* cut rather than nothing */
		return;
	case FROM_OPTION:
		(void)snprintf(text, size_bytes, "(-o)");
		return;
	}
}

static void
tell_setting(struct tell *tell, const struct settings *settings, size_t row)
{
	const char *name = settings_rule(row)->name;
	char value[SETTING_VALUE_MAX];
	char origin[PATH_MAX];

	settings_show(value, settings, row);
	show_origin(origin, sizeof(origin), settings, row);
	tell_object(tell, name);
	tell_text(tell, "value", value);
	tell_origin(tell, settings, row);
	tell_close(tell);
	tell_line(tell, NULL, "  %-16s = %-20s %s", name, value, origin);
}

static void
tell_settings(struct tell *tell, const struct settings *settings)
{
	size_t row;

	tell_text(tell, "settings_file", settings->file);
	tell_truth(tell, "settings_file_read", settings->is_file_read);
	if (settings->is_file_read)
		tell_line(tell, _("settings"), "%s", settings->file);
	else
		tell_line(tell, _("settings"), _("%s is missing: defaults"),
		    settings->file);
	tell_object(tell, "settings");
	for (row = 0; settings_rule(row) != NULL; row++)
		tell_setting(tell, settings, row);
	tell_close(tell);
}

static void
tell_envelope(struct tell *tell, const struct job *job)
{
	const struct options *options = &job->options;

	tell_object(tell, "envelope");
	tell_text(tell, "sender", options->sender);
	tell_line(tell, _("sender"), "%s",
	    options->sender == NULL ? _("from the From_ line, else unknown")
				    : options->sender);
	if (options->recipient != NULL)
		tell_pair(tell, "recipient", _("recipient"),
		    options->recipient);
	if (job->detail[0] != '\0')
		tell_pair(tell, "detail", _("detail"), job->detail);
	if (options->queue_id != NULL)
		tell_pair(tell, "queue", _("queue id"), options->queue_id);
	tell_close(tell);
}

static void
tell_maildir_steps(struct tell *tell, bool syncs_again)
{
	tell_list(tell, "steps");
	tell_item(tell, _("steps"), _("1. read the message to its end"));
	tell_item(tell, "", _("2. write it to a file in tmp, and fsync that"));
	tell_item(tell, "",
	    _("3. look in tmp for the same message, left by a delivery that "
	      "crashed"));
	tell_item(tell, "", _("4. link it into new, and fsync that folder"));
	if (syncs_again)
		tell_item(tell, "", _("   and fsync the file again"));
	tell_item(tell, "", _("5. unlink the name in tmp, and exit 0"));
	tell_close(tell);
}

static void
tell_mbox_steps(struct tell *tell, bool is_cut)
{
	tell_list(tell, "steps");
	tell_item(tell, _("steps"), _("1. read the message to its end"));
	tell_item(tell, "",
	    _("2. take the locks, and see that the file is still the one at "
	      "the path"));
	tell_item(tell, "", _("3. repair what the journal tells of"));
	tell_item(tell, "", _("4. note the message in the journal, durably"));
	if (is_cut)
		tell_item(tell, "",
		    _("5. append it with one write that reaches the disk, or "
		      "cut back"));
	else
		tell_item(tell, "",
		    _("5. append it with one write that reaches the disk; "
		      "nothing is cut back on FUSE"));
	tell_item(tell, "",
	    _("6. settle the journal, give the locks back, and exit 0"));
	tell_close(tell);
}

static void
tell_mailbox(struct tell *tell, const struct destination *destination)
{
	bool is_mbox = destination->kind == BOX_MBOX;
	bool has_folder = destination->folder[0] != '\0';

	tell_object(tell, "mailbox");
	tell_text(tell, "kind", is_mbox ? "mbox" : "maildir");
	tell_text(tell, "path", destination->path);
	tell_text(tell, "folder", has_folder ? destination->folder : NULL);
	tell_close(tell);
	tell_line(tell, _("mailbox"), is_mbox ? "mbox %s" : "Maildir %s",
	    destination->path);
	if (has_folder)
		tell_line(tell, _("folder"), ".%s", destination->folder);
}

/* What the steps depend on. */
struct finding {
	bool syncs_again; /* a Maildir's file, once it is linked */
	bool is_cut;	  /* an mbox, where an append failed */
};

/* What comes behind the first failure is told too, but why keeps the first. */
static enum verdict
tell_way(struct tell *tell, const struct job *job, struct finding *finding,
    struct failure *why)
{
	bool is_mbox = job->destination.kind == BOX_MBOX;
	enum verdict verdict = path_report(tell, job, why);
	bool is_path_well = verdict == VERDICT_OK;
	struct failure later;

	if (storage_report(tell, job, &finding->syncs_again,
		verdict == VERDICT_OK ? why : &later) != VERDICT_OK)
		verdict = VERDICT_RETRY;
	if (is_mbox && is_path_well &&
	    mbox_report(tell, job, &finding->is_cut,
		verdict == VERDICT_OK ? why : &later) != VERDICT_OK)
		verdict = VERDICT_RETRY;
	return verdict;
}

/* In the order of a delivery, whose sandbox is up before the mailbox counts. */
static enum verdict
tell_delivery(struct tell *tell, const struct job *job, struct failure *why)
{
	bool has_scripts = filter_report(tell, job);
	struct finding finding = { .is_cut = true };
	enum verdict verdict = tell_way(tell, job, &finding, why);
	struct failure barred;

	if (sandbox_report(tell, job, has_scripts, &barred) != VERDICT_OK) {
		*why = barred;
		verdict = VERDICT_RETRY;
	}
	if (job->destination.kind == BOX_MBOX)
		tell_mbox_steps(tell, finding.is_cut);
	else
		tell_maildir_steps(tell, finding.syncs_again);
	return verdict;
}

/* What root would have done as the account is looked at as the account. */
static enum verdict
become_account(struct job *job, struct failure *why)
{
	struct keeper keeper;

	if (!job->is_delegated)
		return VERDICT_OK;
	if (job->destination.kind == BOX_MBOX) {
		keeper_open(&keeper, job->destination.path,
		    job->settings.dotlock_stale_s, &job->account);
		job->has_keeper = keeper.dir_fd != -1;
		if (job->has_keeper)
			(void)close(keeper.dir_fd); /* only asked for */
	}
	if (privilege_drop(&job->account, why) != VERDICT_OK)
		return VERDICT_RETRY;
	return plan_check_home(job, why);
}

static enum verdict
tell_plan(struct tell *tell, struct job *job, struct failure *why)
{
	enum verdict verdict = plan_make(job, why);

	if (verdict == VERDICT_OK)
		verdict = become_account(job, why);
	if (verdict != VERDICT_OK)
		return verdict;
	account_report(tell, &job->account);
	tell_envelope(tell, job);
	tell_mailbox(tell, &job->destination);
	verdict = tell_delivery(tell, job, why);
	log_report(tell, &job->settings);
	return verdict;
}

static void
tell_failure(struct tell *tell, const struct failure *why)
{
	char sentence[TELL_SENTENCE_MAX];

	report_sentence(sentence, sizeof(sentence), why);
	tell_text(tell, "step", why->step);
	tell_text(tell, "subject", why->subject);
	tell_text(tell, "dsn", why->dsn);
	tell_text(tell, "problem", sentence);
	tell_line(tell, _("problem"), "%s %s", why->dsn, sentence);
}

static int
tell_all(struct tell *tell, struct job *job, enum verdict verdict,
    struct failure *why)
{
	int exit_code;

	if (verdict != VERDICT_OK) {
		exit_code = EX_USAGE;
	} else if (plan_settings(job, why) != VERDICT_OK) {
		verdict = VERDICT_RETRY;
		exit_code = EX_CONFIG;
	} else {
		tell_settings(tell, &job->settings);
		verdict = tell_plan(tell, job, why);
		exit_code = verdict == VERDICT_OK ? EX_OK : why->exit_code;
	}
	if (verdict != VERDICT_OK)
		tell_failure(tell, why);
	tell_number(tell, "exit", exit_code);
	tell_line(tell, _("exit"), "%d", exit_code);
	return exit_code;
}

int
explain(struct job *job, enum verdict parsed, struct failure *why)
{
	static struct tell tell; /* large */
	int exit_code;

	if (job->options.is_json)
		nls_skip();
	else
		nls_start();
	tell_start(&tell, stdout, job->options.is_json);
	exit_code = tell_all(&tell, job, parsed, why);
	if (!tell_end(&tell) && exit_code == EX_OK)
		return EX_IOERR;
	return exit_code;
}
