/*
 * main.c - mda: deliver the message on standard input.
 */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "mda/delegate.h"
#include "mda/explain.h"
#include "mda/job.h"
#include "mda/nls.h"
#include "mda/plan.h"
#include "mda/run.h"
#include "mda/start.h"

enum { DEADLINE_S = 270 }; /* until the settings are read */

static int
print_help(void)
{
	nls_start();
	(void)printf(
	    _("usage: mda [-ntvY] [-a address] [-c file] [-d user] [-e detail]\n"
	      "           [-f sender] [-m mailbox] [-o setting=value] [-q id]\n"
	      "           [-r sender] [--json]\n"
	      "       mda --help | --version\n"
	      "Deliver the message on standard input, durably, and exit 0;\n"
	      "or exit 75, and nothing of it is visible. -d delivers for a\n"
	      "user, by root. -n explains what would be done, --json does so\n"
	      "for programs, -v shows the log line. -r is -f, and -t and -Y do\n"
	      "nothing. See mda(1).\n"));
	return EX_OK;
}

static int
print_version(void)
{
	(void)printf("mda %s\n", MDA_VERSION);
	return EX_OK;
}

/* The settings may name another deadline; it is counted from here. */
static enum verdict
prepare(struct job *job, bool has_input, struct failure *why)
{
	enum verdict verdict = plan_settings(job, why);

	if (verdict == VERDICT_OK)
		verdict = plan_make(job, why);
	if (verdict != VERDICT_OK)
		return verdict;
	if (job->settings.deadline_s != DEADLINE_S)
		interrupt_deadline((unsigned int)job->settings.deadline_s);
	if (!has_input)
		return failure_retry(
		    why, "stdin-closed", "4.3.0", "standard input");
	return VERDICT_OK;
}

int
main(int argc, char **argv)
{
	static struct job job; /* large, and needed to the end */
	struct failure why;
	enum verdict verdict;
	bool has_input;

	(void)argc;
	start_process(DEADLINE_S, &has_input);
	nls_guard();
	settings_default(&job.settings);
	verdict = options_parse(&job.options, argv, &why);
	options_environment(&job.options);
	if (verdict == VERDICT_OK && job.options.is_help)
		return print_help();
	if (verdict == VERDICT_OK && job.options.is_version)
		return print_version();
	if (job.options.is_explain)
		return explain(&job, verdict, &why);
	if (verdict == VERDICT_OK)
		verdict = prepare(&job, has_input, &why);
	if (verdict == VERDICT_OK && job.is_delegated)
		return delegate(&job);
	return run_delivery(&job, verdict, &why);
}
