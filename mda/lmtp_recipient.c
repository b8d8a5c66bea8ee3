#include "mda/lmtp_recipient.h"

#include <stdio.h>
#include <string.h>

#include "compat/compat.h"
#include "mda/plan.h"

static void
lower(char *text)
{
	for (; *text != '\0'; text++)
		if (*text >= 'A' && *text <= 'Z')
			*text = (char)(*text - 'A' + 'a');
}

/* A name that is wanted in a database of names, or an address that is one. */
static void
set_user(struct recipient *recipient, const struct wire_ask *ask)
{
	const struct settings *settings = &recipient->job.settings;

	(void)snprintf(recipient->bare, sizeof(recipient->bare), "%s%s%s",
	    ask->local, ask->domain[0] == '\0' ? "" : "@",
	    ask->domain); /* fits */
	(void)strlcpy(recipient->user, recipient->bare,
	    sizeof(recipient->user)); /* as large */
	if (settings->account == ACCOUNT_FIXED)
		return; /* lower_case is the template's to heed */
	recipient->user[strcspn(ask->local, settings->delimiter)] = '\0';
	if (settings->lower_case == ANSWER_YES)
		lower(recipient->user);
}

enum verdict
recipient_plan(struct recipient *recipient, const struct job *base,
    const struct wire_ask *ask, struct failure *why)
{
	struct job *job = &recipient->job;
	enum verdict verdict;

	job->options = base->options;
	settings_inherit(&job->settings, &base->settings);
	(void)strlcpy(recipient->address, ask->address,
	    sizeof(recipient->address)); /* as large */
	set_user(recipient, ask);
	job->options.user = recipient->user;
	job->options.recipient = recipient->bare;
	verdict = plan_make(job, why);
	job->options.recipient = recipient->address;
	return verdict;
}
