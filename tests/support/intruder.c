/*
 * intruder.c - a program of mda/ that is taken over while it delivers.
 *
 * At its first sync after it began to read the message, it tries what somebody
 * would who runs code of his in it, and appends a line on each to the file
 * $MDA_INTRUDER, which it opened before: "WHAT done", or "WHAT" and the
 * error. Then it goes on with the delivery.
 */
#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/errno_name.h"
#include "base/sys.h"

int program_main(int argc, char **argv);

#ifndef PROGRAM
#define PROGRAM "mda/main.c"
#endif

#define main program_main
#include PROGRAM
#undef main

static struct sys_calls taken;
static const struct sys_calls *real;
static const char *notes;
static bool has_read;
static int notes_fd = -1;

static void
note(const char *what, int result)
{
	const char *outcome = result == -1 ? errno_name(errno) : "done";
	char line[80];
	int length = snprintf(line, sizeof(line), "%s %s\n", what, outcome);
	ssize_t ignored = write(notes_fd, line, (size_t)length);

	(void)ignored;
	if (result > 0)
		(void)close(result);
}

/* With a child, so that one that succeeds is not the end of us. */
static void
try_to_execute(void)
{
	char *const arguments[] = { (char *)"true", NULL };
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		(void)execve("/bin/true", arguments, NULL);
		_exit(errno == EPERM || errno == EACCES ? 1 : 2);
	}
	note("fork", pid == -1 ? -1 : 0);
	if (pid == -1) {
		(void)execve("/bin/true", arguments, NULL);
		note("exec", -1); /* else nothing more is noted */
		return;
	}
	(void)waitpid(pid, &status, 0);
	errno = status == 256 ? EPERM : EINVAL;
	note("exec", status == 0 ? 0 : -1);
}

static void
intrude(void)
{
	char made[1024];
	char linked[1024];

	(void)snprintf(made, sizeof(made), "%s.made", notes);
	(void)snprintf(linked, sizeof(linked), "%s.link", notes);
	note("read", open("/etc/passwd", O_RDONLY | O_CLOEXEC));
	note("list", open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	note("make", open(made, O_WRONLY | O_CREAT | O_EXCL, 0600));
	note("link", symlink("/etc/passwd", linked));
	note("socket", socket(AF_INET, SOCK_STREAM, 0));
	note("syslog", socket(AF_UNIX, SOCK_DGRAM, 0));
	note("setuid", setuid(getuid() == 0 ? 4721 : 0));
	try_to_execute();
}

static void
intrude_once(void)
{
	static bool is_over;

	if (is_over || !has_read || notes_fd == -1)
		return;
	is_over = true;
	intrude();
}

static int
fsync_taken(int fd)
{
	intrude_once();
	return real->fsync(fd);
}

static int
fdatasync_taken(int fd)
{
	intrude_once();
	return real->fdatasync(fd);
}

static ssize_t
read_taken(int fd, void *data, size_t size_bytes)
{
	has_read = has_read || fd == STDIN_FILENO;
	return real->read(fd, data, size_bytes);
}

/* So a message is read that lies in a file. */
static ssize_t
pread_taken(int fd, void *data, size_t size_bytes, off_t offset)
{
	has_read = true;
	return real->pread(fd, data, size_bytes, offset);
}

/* Opened with the first call of the table, before there is a sandbox. */
static int
openat_and_note(int dir_fd, const char *path, int flags, mode_t mode)
{
	if (notes_fd == -1 && notes != NULL)
		notes_fd = open(notes,
		    O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	return real->openat(dir_fd, path, flags, mode);
}

int
main(int argc, char **argv)
{
	notes = getenv("MDA_INTRUDER");
	real = sys;
	taken = *sys;
	taken.read = read_taken;
	taken.pread = pread_taken;
	taken.fsync = fsync_taken;
	taken.fdatasync = fdatasync_taken;
	taken.openat = openat_and_note;
	sys = &taken;
	return program_main(argc, argv);
}
