#include "mda/job.h"

#include <fcntl.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "account/keeper.h"
#include "base/sys.h"
#include "compat/compat.h"
#include "mda/nls.h"
#include "mda/plan.h"

enum {
	CONFINED_FOLDERS = 2 + JOB_FOLDERS + NLS_FOLDERS_MAX,
	/* Of a message for many: each of their processes holds so much. */
	SHARED_HEAD_BYTES = 256 * 1024
};

static const char *
home_or_null(const struct job *job)
{
	return job->account.home[0] == '\0' ? NULL : job->account.home;
}

static struct sync_policy
sync_policy(const struct settings *settings)
{
	struct sync_policy policy = {
		.is_folder_required = settings->folder_sync == SYNC_REQUIRE,
		.after_link = (enum after_link)settings->sync_after_link,
	};

	return policy;
}

static void
set_maildir(struct job *job)
{
	const struct destination *destination = &job->destination;
	struct maildir *where = &job->maildir;

	where->path = destination->path;
	where->folder =
	    destination->folder[0] == '\0' ? NULL : destination->folder;
	where->home = home_or_null(job);
	where->may_create = job->settings.create == CREATE_MAILBOX;
	where->may_create_folder = destination->is_folder_made;
	where->sync = sync_policy(&job->settings);
	where->awaited_before_us = job->awaited_before_us;
}

static int
ask_keeper(int keeper_fd, enum mbox_help what)
{
	static const enum keeper_verb verbs[] = {
		[HELP_MAKE_BOX] = KEEPER_MAKE_BOX,
		[HELP_MAKE_JOURNAL] = KEEPER_MAKE_JOURNAL,
		[HELP_TRY_LOCK] = KEEPER_TRY_LOCK,
		[HELP_TRY_LOCK_BREAK] = KEEPER_TRY_LOCK_BREAK,
		[HELP_RELEASE_LOCK] = KEEPER_RELEASE_LOCK,
	};

	return keeper_ask(keeper_fd, verbs[what]);
}

static void
set_mbox(struct job *job)
{
	const struct settings *settings = &job->settings;
	struct mbox *where = &job->mbox;

	where->path = job->destination.path;
	where->home = home_or_null(job);
	where->owner = job->account.uid;
	where->format = (enum mbox_format)settings->mbox_format;
	where->locks = (unsigned int)settings->locks;
	where->lock_timeout_s = settings->lock_timeout_s;
	where->dotlock_stale_s = settings->dotlock_stale_s;
	where->journal = (enum mbox_journal_rule)settings->mbox_journal;
	where->may_create = settings->create != CREATE_NO;
	where->may_use_fuse = settings->mbox_on_fuse == ANSWER_YES;
	where->sync = sync_policy(settings);
	where->helper = NULL;
	if (job->keeper_fd != -1) {
		job->helper.context = job->keeper_fd;
		job->helper.ask = ask_keeper;
		where->helper = &job->helper;
	}
}

static struct envelope
job_envelope(const struct job *job)
{
	const struct options *options = &job->options;
	struct envelope envelope = { { NULL, 0 }, { NULL, 0 }, false, false };

	if (options->sender != NULL)
		envelope_set_sender(&envelope, span_of(options->sender));
	if (options->recipient != NULL) {
		envelope.recipient = span_of(options->recipient);
		envelope.has_recipient = true;
	}
	return envelope;
}

static struct trace_rules
trace_rules(const struct settings *settings)
{
	struct trace_rules rules = {
		(enum trace_rule)settings->return_path,
		(enum trace_rule)settings->delivered_to,
	};

	return rules;
}

static enum verdict
read_message(struct job *job, int in_fd, struct failure *why)
{
	const struct settings *settings = &job->settings;
	const struct trace_rules rules = trace_rules(settings);
	const struct message_limits limits = {
		(size_t)settings->spool_memory_bytes,
		settings->message_size_limit_bytes,
	};
	struct envelope envelope = job_envelope(job);

	job->is_message_open = true;
	return message_open(
	    &job->message, in_fd, &limits, &envelope, &rules, why);
}

/* The head is for looking at the header: no mail server lets one be larger. */
static enum verdict
read_file(struct job *job, int file_fd, struct failure *why)
{
	const struct trace_rules rules = trace_rules(&job->settings);
	struct envelope envelope = job_envelope(job);
	struct message_limits limits = {
		(size_t)job->settings.spool_memory_bytes,
		0,
	};

	if (limits.memory_bytes > SHARED_HEAD_BYTES)
		limits.memory_bytes = SHARED_HEAD_BYTES;
	return message_open_file(
	    &job->message, file_fd, &limits, &envelope, &rules, why);
}

static enum verdict
check_size(const struct job *job, int file_fd, struct failure *why)
{
	long long most_bytes = job->settings.message_size_limit_bytes;
	struct stat st;

	if (most_bytes == 0)
		return VERDICT_OK;
	if (sys->fstat(file_fd, &st) == -1)
		return failure_errno(why, "fstat", "the message");
	if (st.st_size <= most_bytes)
		return VERDICT_OK;
	return failure_refuse(
	    why, "message-size", EX_UNAVAILABLE, "5.3.4", "standard input");
}

enum verdict
job_take(struct job *job, int file_fd, const struct job *first,
    struct failure *why)
{
	const struct trace_rules rules = trace_rules(&job->settings);
	struct envelope envelope = job_envelope(job);
	enum verdict verdict = check_size(job, file_fd, why);

	if (verdict != VERDICT_OK)
		return verdict;
	job->is_message_open = true;
	if (first == NULL)
		return read_file(job, file_fd, why);
	return message_share(
	    &job->message, &first->message, &envelope, &rules, why);
}

static enum verdict
open_maildir(struct job *job, struct failure *why)
{
	set_maildir(job);
	job->maildir_delivery.where = &job->maildir;
	job->maildir_delivery.message = &job->message;
	return maildir_open(&job->maildir_delivery, why);
}

static enum verdict
open_mbox(struct job *job, struct failure *why)
{
	set_mbox(job);
	job->mbox_delivery.where = &job->mbox;
	job->mbox_delivery.message = &job->message;
	return mbox_open(&job->mbox_delivery, why);
}

static enum verdict
open_mailbox(struct job *job, struct failure *why)
{
	enum verdict verdict;

	if (job->destination.kind == BOX_MBOX)
		return open_mbox(job, why);
	verdict = open_maildir(job, why);
	if (verdict == VERDICT_OK || !job->destination.is_folder_optional ||
	    strcmp(why->step, "folder-missing") != 0)
		return verdict;
	job->destination.folder[0] = '\0';
	return open_maildir(job, why);
}

void
job_open(struct job *job)
{
	job->opened = open_mailbox(job, &job->unopened);
	job->is_mailbox_open = job->opened == VERDICT_OK;
}

/*
 * An mbox may lie where this user can make no file. Whether a large message
 * will need another place is known only when it is read. With a lock file that
 * nobody else makes for us, it needs none: then the delivery must fail.
 */
static void
need_mbox(struct sandbox_needs *needs, const struct job *job)
{
	int dir_fd = job->mbox_delivery.box.dir_fd;

	needs->is_climbing = true;
	sandbox_add(needs, dir_fd, job->destination.path, false);
	if ((job->mbox.locks & MBOX_DOTLOCK) != 0 && job->mbox.helper == NULL)
		return;
	if (faccessat(dir_fd, ".", W_OK, 0) == -1)
		sandbox_add(needs, -1, RECORD_SPILL_FOLDER, false);
}

static void
need_languages(struct sandbox_needs *needs)
{
	const char *folders[NLS_FOLDERS_MAX];
	size_t count = nls_folders(folders);
	size_t i;

	for (i = 0; i < count; i++)
		sandbox_add(needs, -1, folders[i], true);
}

void
job_need(const struct job *job, struct sandbox_needs *needs)
{
	const struct layout *layout = &job->maildir_delivery.layout;

	if (job->is_mailbox_open && job->destination.kind == BOX_MBOX)
		need_mbox(needs, job);
	else if (job->is_mailbox_open)
		sandbox_add(needs, layout->dir_fd, layout->path, false);
}

enum verdict
job_confine(struct job *job, struct failure *why)
{
	enum sandbox_rule rule = (enum sandbox_rule)job->settings.sandbox;
	struct sandbox_folder folders[CONFINED_FOLDERS];
	struct sandbox_needs needs = {
		.folders = folders,
		.folder_most = CONFINED_FOLDERS,
	};

	if (rule == SANDBOX_OFF)
		return VERDICT_OK;
	job_need(job, &needs);
	filtering_need(job, &needs);
	need_languages(&needs);
	job->is_confined = true;
	return sandbox_enter(rule, &needs, &job->sandbox, why);
}

enum verdict
job_deliver(struct job *job, int in_fd, struct failure *why)
{
	enum verdict verdict = read_message(job, in_fd, why);

	if (verdict == VERDICT_OK && !job->is_mailbox_open) {
		*why = job->unopened;
		verdict = job->opened;
	}
	if (verdict != VERDICT_OK)
		return verdict;
	if (job->filtering.is_active)
		return filtering_deliver(job, why);
	if (job->destination.kind == BOX_MBOX)
		return mbox_deliver(&job->mbox_delivery, why);
	return maildir_deliver(&job->maildir_delivery, why);
}

void
job_close(struct job *job)
{
	filtering_close(job);
	if (job->is_message_open)
		message_close(&job->message);
	if (job->is_mailbox_open && job->destination.kind == BOX_MBOX)
		mbox_close(&job->mbox_delivery);
	else if (job->is_mailbox_open)
		maildir_close(&job->maildir_delivery);
	job->is_message_open = false;
	job->is_mailbox_open = false;
}
