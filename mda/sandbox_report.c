#include "mda/sandbox_report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "account/sandbox.h"
#include "compat/compat.h"
#include "mda/nls.h"
#include "mda/report.h"

enum { PARTS_BYTES = 128 };

/* "no_new_privs, landlock 7, seccomp"; text is PARTS_BYTES large. */
static void
list_parts(char *text, const struct sandbox_part *parts, size_t count)
{
	char one[PARTS_BYTES];
	size_t i;

	text[0] = '\0';
	for (i = 0; i < count; i++) {
		if (parts[i].version == 0)
			continue;
		(void)snprintf(one, sizeof(one),
		    parts[i].version == 1 ? "%s%s" : "%s%s %d",
		    text[0] == '\0' ? "" : ", ", parts[i].name,
		    parts[i].version);
		(void)strlcat(text, one, PARTS_BYTES); /* they are short */
	}
}

static void
tell_parts(struct tell *tell)
{
	struct sandbox_part parts[SANDBOX_PARTS];
	size_t count = sandbox_parts(parts);
	char text[PARTS_BYTES];
	size_t i;

	tell_object(tell, "kernel");
	for (i = 0; i < count; i++)
		tell_number(tell, parts[i].name, parts[i].version);
	tell_close(tell);
	list_parts(text, parts, count);
	if (text[0] == '\0')
		tell_line(tell, "",
		    _("the kernel has none that mda knows to use"));
	else
		tell_line(tell, "", _("the kernel has %s"), text);
}

/* What a delivery of this job would need, as job_need() has it. */
static bool
try(const struct job *job, bool has_scripts, enum sandbox_state *state_out)
{
	struct sandbox_folder folder;
	struct sandbox_needs needs = {
		.folders = &folder,
		.folder_most = 1,
		.is_climbing = job->destination.kind == BOX_MBOX,
		.opens_paths = has_scripts,
	};

	sandbox_add(&needs, -1, job->destination.path, false);
	return sandbox_try(&needs, state_out);
}

/* The setting and what it comes to. */
static void
tell_given(struct tell *tell, enum sandbox_rule rule, enum sandbox_state state)
{
	static const char *const rules[] = { "on", "off", "require" };
	const char *given =
	    sandbox_name(rule == SANDBOX_OFF ? SANDBOX_NONE : state);

	tell_text(tell, "setting", rules[rule]);
	tell_text(tell, "given", given);
	tell_line(tell, _("sandbox"), "%s (sandbox = %s)", given, rules[rule]);
}

static void
tell_require(struct tell *tell, enum sandbox_rule rule, bool is_whole)
{
	tell_truth(tell, "require_delivers", is_whole);
	if (rule == SANDBOX_REQUIRE)
		return;
	tell_line(tell, "", "%s",
	    is_whole ? _("sandbox = require would deliver as well")
		     : _("sandbox = require would deliver nothing"));
}

static enum verdict
judge(struct tell *tell, enum sandbox_rule rule, enum sandbox_state state,
    struct failure *why)
{
	char sentence[TELL_SENTENCE_MAX];

	if (rule == SANDBOX_REQUIRE && state != SANDBOX_WHOLE) {
		(void)failure_retry(
		    why, "sandbox", "4.3.5", sandbox_name(state));
		report_sentence(sentence, sizeof(sentence), why);
		tell_problem(tell, TELL_FAILURE, "sandbox", "%s", sentence);
		return VERDICT_RETRY;
	}
	if (rule == SANDBOX_ON && state != sandbox_best())
		tell_problem(tell, TELL_WARNING, "less-sandbox",
		    _("the kernel gives less of a sandbox than mda knows to "
		      "use: a fault in the reading of mail leads further"));
	return VERDICT_OK;
}

enum verdict
sandbox_report(struct tell *tell, const struct job *job, bool has_scripts,
    struct failure *why)
{
	enum sandbox_rule rule = (enum sandbox_rule)job->settings.sandbox;
	enum verdict verdict = VERDICT_OK;
	enum sandbox_state state;

	tell_object(tell, "sandbox");
	if (try(job, has_scripts, &state)) {
		tell_given(tell, rule, state);
		tell_parts(tell);
		tell_require(tell, rule, state == SANDBOX_WHOLE);
		verdict = judge(tell, rule, state, why);
	} else {
		tell_problem(tell, TELL_NOTE, "sandbox-untried",
		    _("the sandbox could not be tried: %s"), strerror(errno));
	}
	tell_close(tell);
	return verdict;
}
