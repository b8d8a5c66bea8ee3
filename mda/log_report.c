#include "mda/log_report.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "compat/compat.h"
#include "mda/nls.h"
#include "mda/syslog_socket.h"

static void
tell_syslog(struct tell *tell)
{
	bool is_there = syslog_is_there();

	tell_truth(tell, "syslog", true);
	tell_truth(tell, "syslog_answers", is_there);
	tell_line(tell, _("log"), _("to the system log"));
	if (!is_there)
		tell_problem(tell, TELL_WARNING, "no-syslog",
		    _("no daemon listens for the system log: lines are lost"));
}

/* Would a file be created? Gives 0 or an errno. */
static int
may_create(const char *path)
{
	const char *slash = strrchr(path, '/');
	char folder[PATH_MAX] = ".";
	size_t length = slash == NULL ? 0 : (size_t)(slash - path);

	if (length >= sizeof(folder))
		return ENAMETOOLONG;
	if (slash == path)
		(void)strlcpy(folder, "/", sizeof(folder));
	else if (slash != NULL)
		(void)strlcpy(folder, path, length + 1);
	if (faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) == -1)
		return errno;
	return 0;
}

/* Opened as for a line, but not created: 0 or an errno. */
static int
try_file(const char *path)
{
	int fd = open(path,
	    O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

	if (fd == -1)
		return errno == ENOENT ? may_create(path) : errno;
	(void)close(fd); /* nothing was written */
	return 0;
}

static void
tell_file(struct tell *tell, const char *path)
{
	int error = try_file(path);

	tell_text(tell, "file", path);
	tell_truth(tell, "file_writable", error == 0);
	tell_line(tell, _("log"), _("to the file %s"), path);
	if (error != 0)
		tell_problem(tell, TELL_WARNING, "log-file",
		    _("the log file cannot be written: %s"), strerror(error));
}

void
log_report(struct tell *tell, const struct settings *settings)
{
	tell_object(tell, "log");
	if (settings->log == LOG_TO_SYSLOG)
		tell_syslog(tell);
	else
		tell_truth(tell, "syslog", false);
	if (settings->log_file[0] != '\0')
		tell_file(tell, settings->log_file);
	else
		tell_text(tell, "file", NULL);
	if (settings->log != LOG_TO_SYSLOG && settings->log_file[0] == '\0')
		tell_line(tell, _("log"), _("nowhere"));
	tell_close(tell);
}
