#include "mda/lmtp_recipient.h"

#include <stdio.h>
#include <stdlib.h>
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
set_user(struct recipient_draft *draft, const struct wire_ask *ask)
{
	const struct settings *settings = &draft->job.settings;

	(void)snprintf(draft->bare, sizeof(draft->bare), "%s%s%s", ask->local,
	    ask->domain[0] == '\0' ? "" : "@", ask->domain); /* fits */
	(void)strlcpy(draft->user, draft->bare,
	    sizeof(draft->user)); /* as large */
	if (settings->account == ACCOUNT_FIXED)
		return; /* lower_case is the template's to heed */
	draft->user[strcspn(ask->local, settings->delimiter)] = '\0';
	if (settings->lower_case == ANSWER_YES)
		lower(draft->user);
}

/* Most of a job stays as it is: memory that nobody has touched. */
static void
clear(struct job *job)
{
	memset(&job->account, 0, sizeof(job->account));
	memset(&job->destination, 0, sizeof(job->destination));
	memset(&job->message, 0, sizeof(job->message));
	job->is_delegated = false;
	job->is_message_open = false;
}

enum verdict
recipient_plan(struct recipient_draft *draft, const struct job *base,
    const struct wire_ask *ask, struct failure *why)
{
	struct job *job = &draft->job;
	enum verdict verdict;

	clear(job);
	job->options = base->options;
	settings_inherit(&job->settings, &base->settings);
	(void)strlcpy(draft->address, ask->address,
	    sizeof(draft->address)); /* as large */
	set_user(draft, ask);
	job->options.user = draft->user;
	job->options.recipient = draft->bare;
	verdict = plan_make(job, why);
	job->options.recipient = draft->address;
	return verdict;
}

/* ---- Kept --------------------------------------------------------------- */

enum { WORDS = 7 };

/* Each word behind the one before it. */
static void
put_words(struct recipient *recipient, const char *const words[WORDS])
{
	const char **const places[WORDS] = { &recipient->address,
		&recipient->bare, &recipient->user, &recipient->name,
		&recipient->home, &recipient->path, &recipient->folder };
	char *end = (char *)(recipient + 1);
	size_t i;

	for (i = 0; i < WORDS; i++) {
		size_t size_bytes = strlen(words[i]) + 1;

		memcpy(end, words[i], size_bytes);
		*places[i] = end;
		end += size_bytes;
	}
}

static bool
keep_settings(struct recipient *recipient, const struct settings *settings,
    const struct settings *base)
{
	if (!settings_differ(settings, base))
		return true;
	recipient->settings = malloc(sizeof(*recipient->settings));
	if (recipient->settings != NULL)
		settings_copy(recipient->settings, settings);
	return recipient->settings != NULL;
}

struct recipient *
recipient_keep(const struct recipient_draft *draft, const struct job *base)
{
	const struct job *job = &draft->job;
	const char *const words[WORDS] = { draft->address, draft->bare,
		draft->user, job->account.name, job->account.home,
		job->destination.path, job->destination.folder };
	size_t size_bytes = sizeof(struct recipient);
	struct recipient *recipient;
	size_t i;

	for (i = 0; i < WORDS; i++)
		size_bytes += strlen(words[i]) + 1;
	recipient = calloc(1, size_bytes);
	if (recipient == NULL)
		return NULL;
	put_words(recipient, words);
	recipient->uid = job->account.uid;
	recipient->gid = job->account.gid;
	recipient->is_delegated = job->is_delegated;
	recipient->kind = job->destination.kind;
	recipient->is_folder_made = job->destination.is_folder_made;
	recipient->is_folder_optional = job->destination.is_folder_optional;
	if (keep_settings(recipient, &job->settings, &base->settings))
		return recipient;
	recipient_free(recipient);
	return NULL;
}

void
recipient_free(struct recipient *recipient)
{
	free(recipient->settings);
	free(recipient);
}

/* ---- A job again -------------------------------------------------------- */

static void
set_destination(
    struct destination *destination, const struct recipient *recipient)
{
	destination->kind = recipient->kind;
	(void)strlcpy(destination->path, recipient->path,
	    sizeof(destination->path)); /* it came from one as large */
	(void)strlcpy(destination->folder, recipient->folder,
	    sizeof(destination->folder)); /* so did this */
	destination->is_folder_made = recipient->is_folder_made;
	destination->is_folder_optional = recipient->is_folder_optional;
}

static void
set_account(struct account *account, const struct recipient *recipient)
{
	account->uid = recipient->uid;
	account->gid = recipient->gid;
	(void)strlcpy(account->name, recipient->name,
	    sizeof(account->name)); /* both came from as large ones */
	(void)strlcpy(account->home, recipient->home, sizeof(account->home));
}

const struct settings *
recipient_settings(const struct recipient *recipient, const struct job *base)
{
	return recipient->settings != NULL ? recipient->settings
					   : &base->settings;
}

void
recipient_job(struct job *job, const struct recipient *recipient,
    const struct job *base)
{
	clear(job);
	job->options = base->options;
	job->options.user = recipient->user;
	job->options.recipient = recipient->bare;
	settings_inherit(&job->settings, recipient_settings(recipient, base));
	set_account(&job->account, recipient);
	set_destination(&job->destination, recipient);
	job->is_delegated = recipient->is_delegated;
	job->keeper_fd = -1;
	job->awaited_before_us = base->awaited_before_us;
	plan_values(job);
	job->options.recipient = recipient->address;
}
