#include "filter/mailer.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/interrupt.h"
#include "filter/alone.h"
#include "filter/parcel.h"
#include "mime/address.h"

enum {
	SENDMAIL_S = 60, /* it only has to queue */
	ANSWER_S = SENDMAIL_S + 5,
	RECORD_BYTES = 64 * 1024,
	NO_STATUS = 255 /* of sendmail: it was killed, or not started */
};

/* ---- The process -------------------------------------------------------- */

struct post {
	char path[PATH_MAX];
	char home[PATH_MAX];
	char user[256];
	char sender[LINE_MAX];
	char address[LINE_MAX];
	unsigned int left;
	int pipe_fd; /* sendmail's standard input; -1: nothing to write to */
	pid_t pid;   /* sendmail; -1 for none */
};

static bool
copy_address(char *to, struct span address)
{
	struct arena memory;
	bool is_good;

	arena_start(&memory, RECORD_BYTES);
	is_good = address.size_bytes < LINE_MAX && address.at[0] != '-' &&
	    address_is_sendable(address, &memory);
	arena_end(&memory);
	if (!is_good)
		return false;
	memcpy(to, address.at, address.size_bytes);
	to[address.size_bytes] = '\0';
	return true;
}

static bool
read_envelope(struct post *post, struct span record)
{
	struct parcel_reader reader = { record, false };
	struct span from = parcel_get_span(&reader);
	struct span to = parcel_get_span(&reader);

	if (reader.is_bad || to.size_bytes == 0 || post->left == 0)
		return false;
	post->left--;
	if (from.size_bytes == 0)
		(void)snprintf(post->sender, sizeof(post->sender), "<>");
	else if (!copy_address(post->sender, from))
		return false;
	return copy_address(post->address, to);
}

/* The alarm stays across execve(2): no sendmail outlives its time. */
static void
run_sendmail(struct post *post, int input_fd)
{
	static char ignore_dots[] = "-i", from[] = "-f", end[] = "--";
	static char path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:"
			     "/usr/bin:/sbin:/bin";
	char home[PATH_MAX + 8], user[300], logname[300];
	char *arguments[] = { post->path, ignore_dots, from, post->sender, end,
		post->address, NULL };
	char *environment[] = { path, home, user, logname, NULL };

	(void)snprintf(home, sizeof(home), "HOME=%s", post->home);
	(void)snprintf(user, sizeof(user), "USER=%s", post->user);
	(void)snprintf(logname, sizeof(logname), "LOGNAME=%s", post->user);
	if (dup2(input_fd, STDIN_FILENO) == -1)
		_exit(NO_STATUS);
	(void)signal(SIGPIPE, SIG_DFL);
	(void)alarm(SENDMAIL_S);
	(void)execve(post->path, arguments, environment);
	_exit(NO_STATUS);
}

static void
start_sendmail(struct post *post)
{
	int fds[2];

	if (pipe(fds) == -1)
		return;
	(void)fcntl(fds[0], F_SETFD, FD_CLOEXEC);
	(void)fcntl(fds[1], F_SETFD, FD_CLOEXEC);
	post->pid = fork();
	if (post->pid == 0)
		run_sendmail(post, fds[0]);
	(void)close(fds[0]);
	if (post->pid == -1)
		(void)close(fds[1]);
	else
		post->pipe_fd = fds[1];
}

/* One that reads no more may still end well: its status tells. */
static void
write_bytes(struct post *post, struct span bytes)
{
	while (post->pipe_fd != -1 && bytes.size_bytes > 0) {
		ssize_t taken = write(post->pipe_fd, bytes.at, bytes.size_bytes);

		if (taken == -1 && errno == EINTR)
			continue;
		if (taken <= 0) {
			(void)close(post->pipe_fd);
			post->pipe_fd = -1;
			return;
		}
		bytes = span_from(bytes, (size_t)taken);
	}
}

static int
end_sendmail(struct post *post)
{
	int status = 0;

	if (post->pipe_fd != -1)
		(void)close(post->pipe_fd);
	post->pipe_fd = -1;
	if (post->pid == -1)
		return NO_STATUS;
	while (waitpid(post->pid, &status, 0) == -1)
		if (errno != EINTR)
			return NO_STATUS;
	post->pid = -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : NO_STATUS;
}

/* The end of a pipe would look like the end of the mail: it must not see it. */
static void
stop_sendmail(struct post *post)
{
	if (post->pid != -1)
		(void)kill(post->pid, SIGKILL);
	(void)end_sendmail(post);
}

static bool
answer(int status, struct arena *memory)
{
	struct buffer record;

	buffer_start(&record, memory);
	parcel_put_number(&record, (uint64_t)status);
	return parcel_send(ALONE_FD, PARCEL_SENT, buffer_span(&record));
}

static bool
obey(struct post *post, uint64_t kind, struct span record,
    struct arena *memory)
{
	switch (kind) {
	case PARCEL_SEND:
		if (post->pid != -1 || !read_envelope(post, record))
			return false;
		start_sendmail(post);
		return true;
	case PARCEL_BYTES:
		write_bytes(post, record);
		return true;
	case PARCEL_SEND_END:
		return answer(end_sendmail(post), memory);
	default:
		return false;
	}
}

static void
serve(struct post *post)
{
	struct arena memory;
	struct span record;
	uint64_t kind;
	bool is_well = true;

	while (is_well) {
		arena_start(&memory, 4 * RECORD_BYTES);
		is_well = parcel_receive(ALONE_FD, &memory, RECORD_BYTES, 0,
			      &kind, &record) &&
		    obey(post, kind, record, &memory);
		arena_end(&memory);
	}
	stop_sendmail(post);
}

static void
run_process(const struct mailer_setup *setup, int fd)
{
	static struct post post; /* large */

	alone_become(fd);
	(void)fcntl(ALONE_FD, F_SETFD, FD_CLOEXEC);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)snprintf(post.path, sizeof(post.path), "%s", setup->path);
	(void)snprintf(post.home, sizeof(post.home), "%s", setup->home);
	(void)snprintf(post.user, sizeof(post.user), "%s", setup->user);
	post.left = setup->most;
	post.pipe_fd = -1;
	post.pid = -1;
	serve(&post);
	_exit(0);
}

/* ---- The delivery ------------------------------------------------------- */

void
mailer_start(struct mailer *mailer, const struct mailer_setup *setup)
{
	int fds[2];

	mailer->fd = -1;
	mailer->pid = -1;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == -1)
		return;
	(void)signal(SIGCHLD, SIG_DFL); /* ignored, no end is told */
	mailer->pid = fork();
	if (mailer->pid == 0)
		run_process(setup, fds[1]);
	(void)close(fds[1]);
	if (mailer->pid == -1) {
		(void)close(fds[0]);
		return;
	}
	(void)fcntl(fds[0], F_SETFD, FD_CLOEXEC);
	mailer->fd = fds[0];
}

static enum verdict
fail(struct failure *why)
{
	enum verdict verdict = interrupt_check(why);

	if (verdict != VERDICT_OK)
		return verdict; /* which is why it failed */
	return failure_retry(why, "mailer", "4.3.0", "sendmail");
}

static enum verdict
send_bytes(void *context, struct span data, struct failure *why)
{
	const struct mailer *mailer = context;

	while (data.size_bytes > 0) {
		struct span piece = data;

		if (piece.size_bytes > RECORD_BYTES)
			piece.size_bytes = RECORD_BYTES;
		if (!parcel_send(mailer->fd, PARCEL_BYTES, piece))
			return fail(why);
		data = span_from(data, piece.size_bytes);
	}
	return VERDICT_OK;
}

static enum verdict
await_answer(const struct mailer *mailer, struct arena *memory,
    struct failure *why)
{
	const long long until_us = clock_us() + ANSWER_S * 1000000LL;
	struct parcel_reader reader = { { NULL, 0 }, false };
	char status[24];
	uint64_t number;
	uint64_t kind;

	if (!parcel_receive(mailer->fd, memory, sizeof(uint64_t), until_us,
		&kind, &reader.rest) ||
	    kind != PARCEL_SENT)
		return fail(why);
	number = parcel_get_number(&reader);
	if (reader.is_bad || number != 0) {
		(void)snprintf(status, sizeof(status), "%d", (int)number);
		return failure_retry(why, "sendmail", "4.3.0", status);
	}
	return VERDICT_OK;
}

static enum verdict
send_mail(struct mailer *mailer, const struct mailer_mail *mail,
    struct arena *memory, struct failure *why)
{
	enum verdict verdict = VERDICT_OK;
	struct buffer record;

	buffer_start(&record, memory);
	parcel_put_span(&record, mail->from);
	parcel_put_span(&record, mail->to);
	if (!parcel_send(mailer->fd, PARCEL_SEND, buffer_span(&record)))
		return fail(why);
	verdict = send_bytes(mailer, mail->bytes, why);
	if (verdict == VERDICT_OK && mail->rest != NULL)
		verdict = spool_rest(mail->rest, send_bytes, mailer, why);
	if (verdict != VERDICT_OK)
		return verdict;
	if (!parcel_send(mailer->fd, PARCEL_SEND_END, span_of(NULL)))
		return fail(why);
	return await_answer(mailer, memory, why);
}

enum verdict
mailer_send(struct mailer *mailer, const struct mailer_mail *mail,
    struct failure *why)
{
	enum verdict verdict;
	struct arena memory;

	if (mailer->fd == -1)
		return failure_retry(why, "mailer", "4.3.0", "sendmail");
	arena_start(&memory, 4 * RECORD_BYTES);
	verdict = send_mail(mailer, mail, &memory, why);
	arena_end(&memory);
	/* After half a mail or half an answer nothing it says means anything. */
	if (verdict != VERDICT_OK && strcmp(why->step, "sendmail") != 0)
		mailer_end(mailer);
	return verdict;
}

/* It ends when the socket does, and has then ended sendmail. */
void
mailer_end(struct mailer *mailer)
{
	if (mailer->fd == -1)
		return;
	(void)close(mailer->fd);
	mailer->fd = -1;
	while (waitpid(mailer->pid, NULL, 0) == -1 && errno == EINTR)
		continue;
	mailer->pid = -1;
}
