#include "mda/filter_log.h"

#include <stdio.h>
#include <string.h>

#include "compat/compat.h"

const char *
filter_log_status(const struct job *job)
{
	const struct filtering *filtering = &job->filtering;

	if (!filtering->is_decided || filtering->store_count > 0)
		return "delivered";
	return filtering->redirects > 0 ? "redirected" : "discarded";
}

const struct maildir_delivery *
filter_log_delivery(const struct job *job)
{
	const struct filtering *filtering = &job->filtering;

	if (!filtering->is_decided)
		return &job->maildir_delivery;
	if (filtering->store_count == 0)
		return NULL;
	return filtering->stores[0].delivery;
}

/* "fileinto,redirect,keep" */
static void
add_actions(struct logline *line, const struct sieve_plan *plan)
{
	char names[256] = "";
	size_t i;

	for (i = 0; i < plan->count; i++) {
		if (i > 0)
			(void)strlcat(names, ",", sizeof(names));
		(void)strlcat(names, /* cut when there are many */
		    sieve_plan_action_name(plan->actions[i].kind),
		    sizeof(names));
	}
	logline_text(line, "sieve", names);
}

static void
add_trouble(struct logline *line, const char *key, const struct failure *why)
{
	char text[sizeof(why->subject) + 64];

	(void)snprintf(text, sizeof(text), "%s: %s", why->step, why->subject);
	logline_text(line, key, text);
}

void
filter_log_add(struct logline *line, const struct job *job)
{
	const struct filtering *filtering = &job->filtering;

	if (!filtering->is_decided)
		return;
	add_actions(line, &filtering->decision.plan);
	if (filtering->store_count > 1)
		logline_number(
		    line, "stores", (long long)filtering->store_count);
	if (filtering->redirects > 0)
		logline_number(line, "redirects", filtering->redirects);
	if (filtering->answer != NULL)
		logline_text(line, "answer", filtering->answer);
	if (filtering->decision.trouble[0] != '\0')
		logline_text(
		    line, "sieve_error", filtering->decision.trouble);
	if (filtering->has_store_trouble)
		add_trouble(line, "folder_error", &filtering->store_trouble);
	if (filtering->has_mail_trouble)
		add_trouble(line, "mail_error", &filtering->mail_trouble);
	if (filtering->has_state_trouble)
		add_trouble(line, "state_error", &filtering->state_trouble);
}
