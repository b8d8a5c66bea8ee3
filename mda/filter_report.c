#include "mda/filter_report.h"

#include <string.h>
#include <unistd.h>

#include "mda/nls.h"
#include "mda/report.h"
#include "mda/sieve_setup.h"

static void
tell_file(struct tell *tell, const char *label, const struct sieve_file *file)
{
	static const char *const states[] = { [SIEVE_FOUND] = "found",
		[SIEVE_ABSENT] = "missing", [SIEVE_UNREADABLE] = "refused" };
	char sentence[TELL_SENTENCE_MAX];

	tell_object(tell, NULL);
	tell_text(tell, "setting", file->setting);
	tell_text(tell, "path", file->path);
	tell_text(tell, "state", states[file->found]);
	tell_close(tell);
	if (file->found == SIEVE_ABSENT) {
		tell_line(tell, label, _("%s: not there"), file->path);
		return;
	}
	tell_line(tell, label, "%s", file->path);
	if (file->found == SIEVE_FOUND)
		return;
	report_sentence(sentence, sizeof(sentence), &file->why);
	tell_problem(tell, TELL_WARNING, "sieve-script",
	    _("%s; messages are kept in the mailbox"), sentence);
}

static void
tell_errors(struct tell *tell, const struct sieve_errors *errors)
{
	const struct sieve_error *error = &errors->list[0];

	tell_problem(tell, TELL_WARNING, "sieve-error",
	    _("%s:%u:%u: %s (errors in all: %zu); messages are kept in the "
	      "mailbox"),
	    error->script, error->place.line, error->place.column, error->text,
	    errors->count);
}

/* Compiled here, as the account and without a message: nothing is run. */
static void
tell_program(struct tell *tell, struct sieve_setup *setup,
    const struct judge_setup *wanted, const struct judge_script *script)
{
	struct script_library places = wanted->library;
	struct sieve_library library = { script_find, &places };
	struct sieve_program *program;
	struct sieve_errors errors;

	places.arena = &setup->memory;
	program = sieve_compile(script->name, script->text, &setup->options,
	    &library, &errors);
	if (program == NULL)
		tell_errors(tell, &errors);
	sieve_release(program);
}

static void
tell_programs(struct tell *tell, const struct job *job,
    struct sieve_setup *setup)
{
	const char *sendmail = job->settings.sendmail_path;
	struct judge_setup wanted;
	size_t i;

	sieve_setup_settle(setup, &job->settings, &job->values);
	sieve_setup_judge(&wanted, setup, &job->settings);
	for (i = 0; i < setup->script_count; i++)
		tell_program(tell, setup, &wanted, &setup->scripts[i]);
	if (setup->script_count > 0 && access(sendmail, X_OK) == -1)
		tell_problem(tell, TELL_WARNING, "sendmail",
		    _("%s cannot be run: scripts send no mail, and what they "
		      "redirect is kept"),
		    sendmail);
	if (setup->script_count > 0 && job->destination.kind == BOX_MBOX)
		tell_problem(tell, TELL_NOTE, "mbox-folders",
		    _("an mbox has no folders: what scripts file into one goes "
		      "into the mbox"));
}

bool
filter_report(struct tell *tell, const struct job *job)
{
	static struct sieve_setup setup; /* large */
	struct sieve_file files[SIEVE_SCRIPTS_MAX];
	bool is_active = false;
	size_t count;
	size_t i;

	sieve_setup_start(&setup);
	count =
	    sieve_setup_files(&setup, files, &job->settings, &job->values);
	tell_list(tell, "scripts");
	for (i = 0; i < count; i++) {
		tell_file(tell, i == 0 ? _("scripts") : "", &files[i]);
		is_active = is_active || files[i].found != SIEVE_ABSENT;
	}
	tell_close(tell);
	if (setup.script_count > 0)
		tell_programs(tell, job, &setup);
	sieve_setup_end(&setup);
	return is_active;
}
