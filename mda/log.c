#include "mda/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "account/sandbox.h"
#include "base/errno_name.h"
#include "base/logline.h"
#include "mda/filter_log.h"
#include "mda/syslog_socket.h"

static void
add_message(struct logline *line, const struct job *job)
{
	const struct message *message = &job->message;

	if (job->options.queue_id != NULL)
		logline_text(line, "queue", job->options.queue_id);
	if (!job->is_message_open)
		return;
	if (message->header.has_message_id)
		logline_span(line, "id", message->header.message_id);
	if (message->envelope.has_sender)
		logline_span(line, "from", message->envelope.sender);
	if (message->envelope.has_recipient)
		logline_span(line, "to", message->envelope.recipient);
}

static void
add_maildir(struct logline *line, const struct maildir_delivery *delivery)
{
	const struct stage *stage = &delivery->stage;

	logline_text(line, "path", delivery->layout.path);
	if (delivery->leftover.witness[0] != '\0')
		logline_text(line, "witness", delivery->leftover.witness);
	else
		logline_text(line, "name", stage->final_name);
	logline_number(line, "bytes", stage->size_bytes);
	logline_number(line, "write_ms", stage->write_us / 1000);
	logline_number(line, "sync_ms", stage->sync_us / 1000);
	if (delivery->leftover.swept > 0)
		logline_number(line, "swept", delivery->leftover.swept);
	if (stage->is_folder_unsynced || delivery->layout.is_folder_unsynced)
		logline_text(line, "folder_sync", "unsupported");
}

static void
add_mbox(struct logline *line, const struct mbox_delivery *delivery)
{
	const struct repair *repair = &delivery->repair;

	logline_text(line, "path", delivery->where->path);
	if (repair->is_witness)
		logline_number(line, "witness",
		    (long long)delivery->journal.entries[repair->witness]
			.start);
	else
		logline_number(line, "offset",
		    (long long)delivery->box.st.st_size);
	logline_number(line, "bytes", delivery->size_bytes);
	logline_number(line, "lock_ms", delivery->box.lock_us / 1000);
	logline_number(line, "write_ms", delivery->write_us / 1000);
	if (delivery->is_folder_unsynced)
		logline_text(line, "folder_sync", "unsupported");
}

/* These happened whether or not the delivery succeeded. */
static void
add_mending(struct logline *line, const struct mbox_delivery *delivery)
{
	if (delivery->box.dotlock.is_broken)
		logline_text(line, "lock_broken", delivery->box.dotlock.name);
	if (delivery->repair.cut_bytes > 0)
		logline_number(line, "repaired", delivery->repair.cut_bytes);
}

static void
add_failure(struct logline *line, const struct failure *why)
{
	logline_text(line, "step", why->step);
	if (why->sys_errno != 0)
		logline_text(line, "errno", errno_name(why->sys_errno));
	logline_text(line, "dsn", why->dsn);
	logline_text(line, "path", why->subject);
	logline_text(line, "residue", why->residue ? "yes" : "no");
}

static const char *
status_of(const struct job *job, enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_OK:
		return filter_log_status(job);
	case VERDICT_REFUSE:
		return "bounced";
	case VERDICT_RETRY:
		break;
	}
	return "deferred";
}

/* What becomes of a line that was started. */
static void
build(struct logline *line, const struct job *job, enum verdict verdict,
    const struct failure *why)
{
	bool is_mbox = job->destination.kind == BOX_MBOX;

	logline_text(line, "status", status_of(job, verdict));
	if (job->destination.path[0] != '\0')
		logline_text(line, "box", is_mbox ? "mbox" : "maildir");
	if (verdict != VERDICT_OK)
		add_failure(line, why);
	else if (filter_log_delivery(job) == NULL)
		; /* nothing was stored */
	else if (is_mbox)
		add_mbox(line, &job->mbox_delivery);
	else
		add_maildir(line, filter_log_delivery(job));
	filter_log_add(line, job);
	add_mending(line, &job->mbox_delivery);
	if (job->is_confined && job->sandbox != sandbox_best())
		logline_text(line, "sandbox", sandbox_name(job->sandbox));
	add_message(line, job);
	logline_end(line);
}

static void
write_line(int fd, const struct logline *line)
{
	char text[LOGLINE_MAX + 1];
	int length = snprintf(text, sizeof(text), "%s\n", line->text);
	ssize_t ignored;

	/* One write, so that lines of several deliveries do not mix. */
	ignored = write(fd, text, (size_t)length);
	(void)ignored;
}

static int
open_file(const char *path)
{
	return open(path,
	    O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC |
		O_NONBLOCK,
	    0600);
}

static int
severity_of(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_OK:
		return LOG_INFO;
	case VERDICT_REFUSE:
		return LOG_NOTICE;
	case VERDICT_RETRY:
		break;
	}
	return LOG_WARNING;
}

void
log_open(struct log *log, const struct settings *settings)
{
	log->is_open = true;
	log->file_fd = -1;
	log->syslog_fd = -1;
	if (settings->log_file[0] != '\0')
		log->file_fd = open_file(settings->log_file);
	if (settings->log == LOG_TO_SYSLOG)
		log->syslog_fd = syslog_open();
}

void
log_close(struct log *log)
{
	if (log->file_fd != -1)
		(void)close(log->file_fd); /* nothing depends on it */
	if (log->syslog_fd != -1)
		(void)close(log->syslog_fd);
	log->is_open = false;
	log->file_fd = -1;
	log->syslog_fd = -1;
}

void
log_write(struct log *log, const struct job *job, enum verdict verdict,
    const struct failure *why)
{
	bool is_json = job->settings.log_format == LOG_AS_JSON;
	struct logline line;

	if (!log->is_open)
		log_open(log, &job->settings);
	if (!job->options.is_verbose && log->file_fd == -1 &&
	    log->syslog_fd == -1)
		return; /* nobody listens */
	logline_start(&line, is_json, LOGLINE_VALUE_MAX);
	build(&line, job, verdict, why);
	if (job->options.is_verbose)
		write_line(STDERR_FILENO, &line);
	if (log->file_fd != -1)
		write_line(log->file_fd, &line);
	if (syslog_write(log->syslog_fd, severity_of(verdict), line.text))
		return;
	logline_start(&line, is_json, LOGLINE_VALUE_FEW);
	build(&line, job, verdict, why);
	(void)syslog_write(log->syslog_fd, severity_of(verdict), line.text);
}
