#include "mda/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "base/errno_name.h"
#include "base/logline.h"
#include "mda/syslog_socket.h"

static void
add_message(struct logline *line, const struct log_entry *entry)
{
	const struct message *message = entry->message;

	if (entry->options->queue_id != NULL)
		logline_text(line, "queue", entry->options->queue_id);
	if (message == NULL)
		return;
	if (message->header.has_message_id)
		logline_span(line, "id", message->header.message_id);
	if (message->envelope.has_sender)
		logline_span(line, "from", message->envelope.sender);
	if (message->envelope.has_recipient)
		logline_span(line, "to", message->envelope.recipient);
}

static void
add_delivery(struct logline *line, const struct maildir_delivery *delivery)
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
add_failure(struct logline *line, const struct failure *why)
{
	logline_text(line, "step", why->step);
	if (why->sys_errno != 0)
		logline_text(line, "errno", errno_name(why->sys_errno));
	logline_text(line, "dsn", why->dsn);
	logline_text(line, "path", why->subject);
	logline_text(line, "residue", why->residue ? "yes" : "no");
}

static void
build(struct logline *line, const struct log_entry *entry)
{
	const char *status = "delivered";

	if (entry->why != NULL)
		status = entry->is_refused ? "bounced" : "deferred";
	logline_start(line, entry->settings->log_format == LOG_AS_JSON);
	logline_text(line, "status", status);
	if (entry->box != NULL)
		logline_text(line, "box", entry->box);
	if (entry->why != NULL)
		add_failure(line, entry->why);
	else
		add_delivery(line, entry->delivery);
	add_message(line, entry);
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

static void
write_file(const char *path, const struct logline *line)
{
	int fd = open(path,
	    O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC |
		O_NONBLOCK,
	    0600);

	if (fd == -1)
		return;
	write_line(fd, line);
	(void)close(fd);
}

static void
write_syslog(const struct log_entry *entry, const struct logline *line)
{
	int priority = LOG_INFO;

	if (entry->why != NULL)
		priority = entry->is_refused ? LOG_NOTICE : LOG_WARNING;
	syslog_send(priority, line->text);
}

void
log_write(const struct log_entry *entry)
{
	struct logline line;

	build(&line, entry);
	if (entry->options->is_verbose)
		write_line(STDERR_FILENO, &line);
	if (entry->settings->log_file[0] != '\0')
		write_file(entry->settings->log_file, &line);
	if (entry->settings->log == LOG_TO_SYSLOG)
		write_syslog(entry, &line);
}
