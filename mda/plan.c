#include "mda/plan.h"

#include <sys/stat.h>

#include <string.h>
#include <unistd.h>

#include "compat/compat.h"

#if HAVE_GETAUXVAL
#include <sys/auxv.h>
#endif

static enum verdict
apply_overrides(struct job *job, struct failure *why)
{
	const struct options *options = &job->options;
	enum verdict verdict = VERDICT_OK;
	size_t i;

	for (i = 0; verdict == VERDICT_OK && i < options->override_count; i++)
		verdict = settings_override(
		    &job->settings, options->overrides[i], why);
	return verdict;
}

/*
 * Started by a set-user-ID file, we would do for anybody what its owner may;
 * started by a program with another real uid, we could go back to that. Linux
 * says at the start when it is neither, which saves four calls. That it may be
 * one is not enough: SELinux has it say so of each change of domain.
 */
static bool
has_two_identities(void)
{
#if HAVE_GETAUXVAL
	if (getauxval(AT_SECURE) == 0)
		return false;
#endif
	return getuid() != geteuid() || getgid() != getegid();
}

enum verdict
plan_settings(struct job *job, struct failure *why)
{
	const char *path = job->options.config;
	bool is_named = path != NULL;
	enum verdict verdict;

	settings_default(&job->settings);
	if (has_two_identities())
		return failure_retry(why, "set-id", "4.3.5", "mda");
	if (!is_named)
		path = SYSCONFDIR "/mda.conf";
	verdict = settings_read(&job->settings, path, is_named, why);
	if (verdict == VERDICT_OK)
		verdict = apply_overrides(job, why);
	return verdict;
}

/* Mail is read as root only where an administrator says so. */
static enum verdict
check_rights(struct job *job, const char *user, struct failure *why)
{
	const struct account *account = &job->account;
	bool is_allowed = job->settings.root_mail == ANSWER_YES;

	if (user == NULL) {
		if (account->uid == 0 && !is_allowed)
			return failure_retry(why, "user-none", "4.3.5", "root");
		return VERDICT_OK;
	}
	if (geteuid() != 0 && account->uid != geteuid())
		return failure_retry(
		    why, "user-other", "4.3.5", account->name);
	if (account->uid == 0 && !is_allowed)
		return failure_retry(why, "user-root", "4.3.5", account->name);
	job->is_delegated = account->uid != geteuid();
	return VERDICT_OK;
}

/* The user database's account; with account = fixed that of all mail. */
static enum verdict
find_account(struct job *job, struct failure *why)
{
	const struct settings *settings = &job->settings;
	const char *user = job->options.user;
	enum verdict verdict;

	if (settings->account == ACCOUNT_FIXED)
		user = settings->fixed_user[0] == '\0' ? NULL
							: settings->fixed_user;
	if (user == NULL)
		verdict = account_self(&job->account, job->options.home, why);
	else
		verdict = account_named(&job->account, user, why);
	if (verdict == VERDICT_REFUSE && settings->account == ACCOUNT_FIXED)
		return failure_retry(why, "fixed-user", "4.3.5", user);
	if (verdict == VERDICT_OK)
		verdict = check_rights(job, user, why);
	return verdict;
}

/* A word that does not fit names nothing: it is left empty. */
static void
copy_word(char *word, const char *text, size_t length)
{
	if (length >= JOB_WORD_MAX)
		length = 0;
	memcpy(word, text, length);
	word[length] = '\0';
}

/* local+detail@domain, in three. */
static void
split_address(struct job *job, const char *address)
{
	const char *at = strrchr(address, '@');
	size_t local = at == NULL ? strlen(address) : (size_t)(at - address);
	size_t name = strcspn(address, job->settings.delimiter);

	if (at != NULL)
		copy_word(job->domain, at + 1, strlen(at + 1));
	if (name >= local) {
		copy_word(job->local, address, local);
		return;
	}
	copy_word(job->local, address, name);
	copy_word(job->detail, address + name + 1, local - name - 1);
}

void
plan_values(struct job *job)
{
	const struct options *options = &job->options;
	bool is_fixed = job->settings.account == ACCOUNT_FIXED;
	const char *address = options->recipient;

	if (address == NULL || (is_fixed && options->user != NULL))
		address = options->user;
	job->local[0] = '\0';
	job->domain[0] = '\0';
	job->detail[0] = '\0';
	if (address != NULL)
		split_address(job, address);
	if (options->detail != NULL)
		copy_word(job->detail, options->detail,
		    strlen(options->detail));
	job->values.user = job->account.name;
	if (is_fixed && options->user != NULL)
		job->values.user = options->user;
	job->values.local = job->local;
	job->values.domain = job->domain;
	job->values.detail = job->detail;
	job->values.home = job->account.home;
}

static bool
names_user(const struct settings *settings)
{
	const char *const templates[] = { settings->mailbox,
		settings->account_settings, settings->sieve,
		settings->sieve_before, settings->sieve_after,
		settings->sieve_dir, settings->sieve_global,
		settings->sieve_state };
	size_t i;

	for (i = 0; i < sizeof(templates) / sizeof(templates[0]); i++)
		if (strstr(templates[i], "%u") != NULL)
			return true;
	return false;
}

/* The account's name costs a question; only templates with %u need it. */
static enum verdict
find_name(struct job *job, struct failure *why)
{
	struct account asked;
	enum verdict verdict;

	if (job->account.name[0] != '\0' || !names_user(&job->settings))
		return VERDICT_OK;
	verdict = account_self(&asked, NULL, why);
	if (verdict == VERDICT_OK)
		(void)strlcpy(job->account.name, asked.name,
		    sizeof(job->account.name)); /* as large */
	return verdict;
}

static enum verdict
read_account_settings(struct job *job, struct failure *why)
{
	struct settings *settings = &job->settings;
	const char *main_file = settings->file;
	bool is_main_read = settings->is_file_read;
	enum verdict verdict;

	if (settings->account_settings[0] == '\0')
		return VERDICT_OK;
	verdict = template_expand(job->account_settings,
	    settings->account_settings, settings->lower_case == ANSWER_YES,
	    &job->values, why);
	if (verdict == VERDICT_OK)
		verdict = settings_read_account(
		    settings, job->account_settings, why);
	settings->file = main_file;
	settings->is_file_read = is_main_read;
	if (verdict == VERDICT_OK)
		verdict = apply_overrides(job, why);
	return verdict;
}

enum verdict
plan_make(struct job *job, struct failure *why)
{
	enum verdict verdict = find_account(job, why);

	job->keeper_fd = -1;
	if (verdict == VERDICT_OK)
		verdict = find_name(job, why);
	if (verdict != VERDICT_OK)
		return verdict;
	plan_values(job);
	verdict = read_account_settings(job, why);
	if (verdict == VERDICT_OK) {
		plan_values(job); /* with the account's own delimiter */
		verdict = destination_find(&job->destination,
		    job->options.mailbox, &job->settings, &job->values, why);
	}
	return verdict;
}

static bool
is_in_home(const struct job *job)
{
	size_t length = strlen(job->account.home);

	return length > 1 &&
	    strncmp(job->destination.path, job->account.home, length) == 0 &&
	    job->destination.path[length] == '/';
}

/* In a home that others can change, they could turn the mail elsewhere. */
enum verdict
plan_check_home(const struct job *job, struct failure *why)
{
	const char *home = job->account.home;
	struct stat st;

	if (!job->is_delegated || job->settings.home_check == ANSWER_NO ||
	    !is_in_home(job))
		return VERDICT_OK;
	if (stat(home, &st) == -1)
		return failure_errno(why, "home-missing", home);
	if (st.st_uid != job->account.uid && st.st_uid != 0)
		return failure_retry(why, "home-owner", "4.3.5", home);
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return failure_retry(why, "home-mode", "4.3.5", home);
	return VERDICT_OK;
}
