#include "mda/filtering.h"

#include <sys/stat.h>

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/interrupt.h"
#include "base/sys.h"
#include "compat/compat.h"
#include "durable/folder.h"
#include "mda/filter_mail.h"
#include "mda/filter_store.h"
#include "mda/job.h"
#include "mime/date.h"

enum { ANSWERS_MAX = 1 /* of a plan, beside its redirects */ };

#define MEMORY_BYTES ((size_t)64 * 1024 * 1024)

/* ---- Before the sandbox ------------------------------------------------- */

static bool
mentions(struct span text, const char *word)
{
	size_t length = strlen(word);

	for (; text.size_bytes >= length; text = span_from(text, 1))
		if (strncasecmp(text.at, word, length) == 0)
			return true;
	return false;
}

/*
 * A command must be written somewhere to be used. So a script in which a word
 * does not stand needs no process, or folder, for what the word does; what is
 * included may say anything.
 */
static bool
is_said(const struct sieve_setup *setup, const char *word)
{
	size_t i;

	for (i = 0; i < setup->script_count; i++)
		if (mentions(setup->scripts[i].text, word) ||
		    mentions(setup->scripts[i].text, "include"))
			return true;
	return false;
}

static bool
may_send(const struct sieve_setup *setup)
{
	return is_said(setup, "redirect") || is_said(setup, "vacation");
}

/* Who sends mail has a name; a delivery to oneself had no need of it yet. */
static void
find_name(struct job *job)
{
	struct failure ignored; /* the address is then nobody's */
	struct account asked;

	if (job->account.name[0] == '\0' && may_send(&job->filtering.setup) &&
	    account_self(&asked, NULL, &ignored) == VERDICT_OK)
		(void)strlcpy(job->account.name, asked.name,
		    sizeof(job->account.name)); /* as large */
}

static void
start_mailer(struct job *job)
{
	struct filtering *filtering = &job->filtering;
	const struct mailer_setup wanted = {
		.path = job->settings.sendmail_path,
		.home = job->account.home,
		.user = job->account.name,
		.most = (unsigned int)job->settings.sieve_redirects +
		    ANSWERS_MAX,
	};

	if (!may_send(&filtering->setup))
		return;
	date_prepare(); /* mail has a date, and zones are files */
	mailer_start(&filtering->mailer, &wanted);
}

static void
open_state(struct job *job)
{
	struct filtering *filtering = &job->filtering;
	struct failure *why = &filtering->state_trouble;
	const struct settings *settings = &job->settings;

	if (!is_said(&filtering->setup, "duplicate") &&
	    !is_said(&filtering->setup, "vacation"))
		return;
	if (template_expand(filtering->state_path, settings->sieve_state,
		settings->lower_case == ANSWER_YES, &job->values, why) !=
		VERDICT_OK ||
	    state_open(&filtering->state, filtering->state_path,
		job->account.home, why) != VERDICT_OK)
		filtering->has_state_trouble = true;
}

static void
open_top(struct job *job)
{
	struct filtering *filtering = &job->filtering;
	struct failure ignored; /* folders are then not there */

	if (job->destination.kind == BOX_MAILDIR && job->is_mailbox_open)
		(void)folder_open(&filtering->top_fd, AT_FDCWD,
		    job->destination.path, true, &ignored);
}

static void
start_judge(struct job *job)
{
	struct filtering *filtering = &job->filtering;
	struct judge_setup wanted;

	if (filtering->setup.script_count == 0)
		return; /* the only one there is may not be used */
	sieve_setup_judge(&wanted, &filtering->setup, &job->settings);
	judge_start(&filtering->judge, &wanted);
}

static void
start_empty(struct filtering *filtering)
{
	memset(filtering, 0, offsetof(struct filtering, setup));
	filtering->judge.fd = -1;
	filtering->judge.pid = -1;
	filtering->mailer.fd = -1;
	filtering->mailer.pid = -1;
	filtering->state.dir_fd = -1;
	filtering->top_fd = -1;
	filtering->aside_fd = -1;
	arena_start(&filtering->memory, MEMORY_BYTES);
}

void
filtering_open(struct job *job)
{
	struct filtering *filtering = &job->filtering;
	struct sieve_setup *setup = &filtering->setup;

	start_empty(filtering);
	sieve_setup_start(setup);
	filtering->file_count = sieve_setup_files(
	    setup, filtering->files, &job->settings, &job->values);
	filtering->is_active = setup->script_count > 0 || setup->is_refused;
	if (!filtering->is_active)
		return;
	find_name(job);
	sieve_setup_settle(setup, &job->settings, &job->values);
	start_judge(job);
	start_mailer(job);
	open_state(job);
	open_top(job);
}

void
filtering_need(const struct job *job, struct sandbox_needs *needs)
{
	const struct filtering *filtering = &job->filtering;

	if (!filtering->is_active)
		return;
	needs->opens_paths = true;
	if (filtering->top_fd != -1) {
		sandbox_add(needs, filtering->top_fd, job->destination.path,
		    false);
		needs->folders[needs->folder_count - 1].has_new_folders = true;
	}
	if (filtering->state.dir_fd != -1)
		sandbox_add(needs, filtering->state.dir_fd,
		    filtering->state_path, false);
}

/* ---- Questions ---------------------------------------------------------- */

/* RFC 5490 section 3.1: it is there, and mail may be put into it. */
static enum sieve_answer
mailbox_exists(void *context, struct span name)
{
	static const char *const parts[] = { "cur", "new", "tmp" };
	const int wanted = W_OK | X_OK;
	const struct job *job = context;
	char folder[STORE_FOLDER_BYTES];
	char path[STORE_FOLDER_BYTES + 8];
	size_t i;

	if (!filter_store_folder(folder, name))
		return SIEVE_NO;
	if (folder[0] == '\0')
		return SIEVE_YES;
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		(void)snprintf(path, sizeof(path), ".%s/%s", folder, parts[i]);
		if (job->filtering.top_fd == -1 ||
		    faccessat(job->filtering.top_fd, path, wanted, 0) == -1)
			return SIEVE_NO;
	}
	return SIEVE_YES;
}

static void
set_mark(struct state_mark *to, const struct sieve_mark *from)
{
	memset(to, 0, sizeof(*to));
	to->kind = 'd';
	to->handle = from->handle;
	to->id = from->id;
	to->period_s = from->period_s;
	to->is_last = from->is_last;
}

/* What cannot be known counts as not seen: a copy beats a loss. */
static enum sieve_answer
was_seen(void *context, const struct sieve_mark *asked)
{
	struct job *job = context;
	struct filtering *filtering = &job->filtering;
	struct state_mark mark;
	bool has;

	set_mark(&mark, asked);
	if (state_has(&filtering->state, &mark, filtering->now_s, &has,
		&filtering->state_trouble) != VERDICT_OK) {
		filtering->has_state_trouble = true;
		return SIEVE_NO;
	}
	return has ? SIEVE_YES : SIEVE_NO;
}

/* ---- The decision ------------------------------------------------------- */

/* What lies in a file may have been read no further than its beginning. */
static long long
size_of(const struct spool *spool)
{
	struct stat st;

	if (!spool->is_whole && sys->fstat(spool->in_fd, &st) == 0 &&
	    S_ISREG(st.st_mode))
		return st.st_size;
	return spool->total_bytes;
}

/* Further than memory reaches only scripts look that look into the body. */
static void
set_rest(struct judge_task *task, const struct job *job)
{
	const struct spool *spool = &job->message.spool;
	long long more = job->settings.sieve_body_limit_bytes -
	    (long long)task->message.size_bytes;
	long long left = size_of(spool) - (long long)spool->head_bytes;

	if (spool->is_whole || !is_said(&job->filtering.setup, "body"))
		return;
	task->rest_fd = spool->in_fd;
	task->rest_at = (off_t)spool->head_bytes;
	if (left > more)
		left = more;
	task->rest_bytes = left > 0 ? (size_t)left : 0;
}

static void
set_task(struct judge_task *task, struct job *job, struct sieve_answers *answers)
{
	const struct message *message = &job->message;
	const struct envelope *envelope = &message->envelope;

	memset(answers, 0, sizeof(*answers));
	answers->context = job;
	answers->mailbox_exists = mailbox_exists;
	answers->was_seen = was_seen;
	memset(task, 0, sizeof(*task));
	task->answers = answers;
	task->message = message->head;
	task->size_bytes = size_of(&message->spool) -
	    (message->head.at - message->spool.head);
	set_rest(task, job);
	task->now_s = job->filtering.now_s;
	task->envelope.has_from = envelope->has_sender;
	task->envelope.from = envelope->sender;
	task->envelope.has_to = envelope->has_recipient;
	task->envelope.to = envelope->recipient;
}

/* A script behind those that ran may not be used: that is the last word. */
static void
tell_refusal(struct filtering *filtering)
{
	struct judge_decision *decision = &filtering->decision;
	const struct failure *why = &filtering->setup.refused;

	if (!filtering->setup.is_refused || decision->trouble[0] != '\0')
		return;
	(void)snprintf(decision->trouble, sizeof(decision->trouble), "%s: %s",
	    why->step, why->subject); /* or cut */
}

static void
decide(struct job *job)
{
	struct filtering *filtering = &job->filtering;
	struct sieve_answers answers;
	struct judge_task task;

	if (filtering->setup.script_count > 0) {
		set_task(&task, job, &answers);
		judge_decide(&filtering->judge, &task, &filtering->decision);
	} else {
		judge_keep(&filtering->decision, "");
	}
	tell_refusal(filtering);
	filtering->is_decided = true;
}

/* A file that is seen by nobody, in the file system of the mailbox. */
static int
open_aside(const struct job *job)
{
	const int flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	bool is_mbox = job->destination.kind == BOX_MBOX;
	int dir_fd = is_mbox ? job->mbox_delivery.box.dir_fd
			     : job->maildir_delivery.layout.tmp_dir_fd;
	char host[NAME_HOST_BYTES];
	char name[NAME_BYTES];
	char path[NAME_BYTES + sizeof(RECORD_SPILL_FOLDER) + 1];
	int fd;

	name_host(host);
	name_make(name, host);
	fd = sys->openat(dir_fd, name, flags, 0600);
	if (fd != -1) {
		(void)sys->unlinkat(dir_fd, name, 0); /* or it is swept */
		return fd;
	}
	if (!is_mbox)
		return -1;
	(void)snprintf(
	    path, sizeof(path), "%s/%s", RECORD_SPILL_FOLDER, name);
	fd = sys->openat(AT_FDCWD, path, flags, 0600);
	if (fd != -1)
		(void)sys->unlinkat(AT_FDCWD, path, 0); /* else litter */
	return fd;
}

/* All of it must be read before its size is known, and stored afterwards. */
static enum verdict
set_aside(struct job *job, struct failure *why)
{
	struct filtering *filtering = &job->filtering;

	if (message_is_repeatable(&job->message))
		return VERDICT_OK;
	filtering->aside_fd = open_aside(job);
	if (filtering->aside_fd == -1)
		return failure_errno(why, "spill", "the message");
	return spool_set_aside(
	    &job->message.spool, filtering->aside_fd, why);
}

/* ---- Doing it ----------------------------------------------------------- */

static const struct sieve_action *
find_refusal(const struct sieve_plan *plan)
{
	size_t i;

	for (i = 0; i < plan->count; i++)
		if (plan->actions[i].kind == SIEVE_REJECT ||
		    plan->actions[i].kind == SIEVE_EREJECT)
			return &plan->actions[i];
	return NULL;
}

/* Lines as a script has them, and nothing around them. */
static char *
copy_reason(struct span from, struct arena *memory)
{
	struct span reason = span_trim(from);
	char *copy = arena_take(memory, reason.size_bytes + 1, 1);
	size_t used = 0;
	size_t i;

	for (i = 0; copy != NULL && i < reason.size_bytes; i++)
		if (reason.at[i] != '\r' && reason.at[i] != '\0')
			copy[used++] = reason.at[i] == '\t' ? ' '
							    : reason.at[i];
	return copy; /* an arena gives zeros */
}

/* On one line, for the log. */
static void
join_lines(char *to, size_t room_bytes, const char *reason)
{
	size_t used = 0;

	for (; *reason != '\0' && used + 1 < room_bytes; reason++) {
		char byte = *reason == '\n' ? ' ' : *reason;

		if (byte != ' ' || (used > 0 && to[used - 1] != ' '))
			to[used++] = byte;
	}
	to[used] = '\0';
}

static enum verdict
refuse(struct filtering *filtering, const struct sieve_action *action,
    struct failure *why)
{
	char line[2 * sizeof(why->subject)];

	filtering->reason = copy_reason(action->text, &filtering->memory);
	if (filtering->reason == NULL)
		return failure_retry(why, "malloc", "4.3.0", "the message");
	join_lines(line, sizeof(line), filtering->reason);
	return failure_refuse(why, "sieve-reject", EX_NOPERM, "5.7.1", line);
}

/* Last of all, and nothing that a sender waits for. */
static void
remember(struct job *job)
{
	struct filtering *filtering = &job->filtering;
	const struct sieve_plan *plan = &filtering->decision.plan;
	struct state_mark *marks;
	size_t count = 0;
	size_t i;

	marks = arena_take(
	    &filtering->memory, plan->count + 1, sizeof(*marks));
	for (i = 0; marks != NULL && i < plan->count; i++) {
		const struct sieve_action *action = &plan->actions[i];

		if (action->kind == SIEVE_DUPLICATE)
			set_mark(&marks[count++], &action->mark);
		else if (action->kind == SIEVE_VACATION &&
		    action->vacation.period_s > 0 &&
		    filtering->answer != NULL &&
		    strcmp(filtering->answer, "sent") == 0)
			filter_mail_mark(&marks[count++], action);
	}
	if (count > 0 &&
	    state_remember(&filtering->state, marks, count, filtering->now_s,
		&job->maildir.sync, &filtering->state_trouble) != VERDICT_OK)
		filtering->has_state_trouble = true;
}

enum verdict
filtering_decide(struct job *job, struct failure *why)
{
	const struct sieve_action *refusal;
	enum verdict verdict = set_aside(job, why);

	if (verdict != VERDICT_OK)
		return verdict;
	job->filtering.now_s = (int64_t)clock_wall().tv_sec;
	decide(job);
	refusal = find_refusal(&job->filtering.decision.plan);
	return refusal == NULL ? VERDICT_OK
			       : refuse(&job->filtering, refusal, why);
}

enum verdict
filtering_execute(struct job *job, bool is_more_to_come, struct failure *why)
{
	const struct sieve_plan *plan = &job->filtering.decision.plan;
	bool is_kept = false;
	enum verdict verdict = filter_store_plan(job, why);

	if (verdict == VERDICT_OK)
		verdict = filter_store_all(job,
		    is_more_to_come || filter_mail_is_wanted(plan), why);
	if (verdict == VERDICT_OK)
		verdict = filter_mail_send(job, &is_kept, why);
	if (verdict == VERDICT_OK && (is_kept || plan->count == 0))
		verdict = filter_store_keep(job, why);
	return verdict;
}

const char *
filtering_reason(const struct job *job)
{
	return job->filtering.is_active ? job->filtering.reason : NULL;
}

void
filtering_settle(struct job *job)
{
	remember(job);
	filter_store_settle(job);
}

/* Scripts that only sent mail have not asked root's process yet. */
void
filtering_done(void)
{
	struct failure ignored; /* what was sent is sent */

	(void)interrupt_commit(&ignored);
	interrupt_done();
}

/*
 * From filtering_done() on the sender is told that all is well, even if what
 * is to be remembered cannot be.
 */
enum verdict
filtering_deliver(struct job *job, struct failure *why)
{
	enum verdict verdict = filtering_decide(job, why);

	if (verdict == VERDICT_OK)
		verdict = filtering_execute(job, false, why);
	if (verdict != VERDICT_OK)
		return verdict;
	filtering_done();
	filtering_settle(job);
	return VERDICT_OK;
}

/* ---- The end ------------------------------------------------------------ */

static void
close_fd(int *fd)
{
	if (*fd != -1)
		(void)sys->close(*fd); /* nothing written there matters */
	*fd = -1;
}

void
filtering_close(struct job *job)
{
	struct filtering *filtering = &job->filtering;

	if (!filtering->is_active)
		return;
	judge_end(&filtering->judge);
	mailer_end(&filtering->mailer);
	state_close(&filtering->state);
	close_fd(&filtering->top_fd);
	close_fd(&filtering->aside_fd);
	if (filtering->is_decided)
		judge_forget(&filtering->decision);
	sieve_setup_end(&filtering->setup);
	arena_end(&filtering->memory);
	filtering->is_active = false;
}
