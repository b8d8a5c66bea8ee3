#include "mda/lmtp_speaker.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/sys.h"
#include "compat/compat.h"
#include "durable/host.h"
#include "mda/lmtp_wire.h"

enum { INPUT_BYTES = 16 * 1024 };

struct speaker {
	const struct speaker_means *means;
	struct session session;
	char input[INPUT_BYTES];
	struct span unread; /* of input */
	off_t file_bytes;
	bool is_over;
};

/* ---- The client --------------------------------------------------------- */

/* The deadline that runs here is that of an idle client. */
static bool
is_stopped(struct speaker *speaker)
{
	struct failure why;

	if (interrupt_check(&why) == VERDICT_OK)
		return false;
	if (strcmp(why.step, "deadline") == 0)
		session_end(&speaker->session, "421 4.4.2 idle for too long");
	else
		session_end(&speaker->session, "421 4.3.2 going down");
	return true;
}

/*
 * After a call that failed: is it to be made again? A signal says that we
 * are to stop, or the client is idle; EAGAIN comes from a socket that whoever
 * started us has left non-blocking.
 */
static bool
may_go_on(struct speaker *speaker, int fd, short events)
{
	struct pollfd polled = { fd, events, 0 };

	if (errno == EAGAIN || errno == EWOULDBLOCK)
		(void)poll(&polled, 1, -1); /* ended by the deadline */
	else if (errno != EINTR)
		speaker->is_over = true;
	return !speaker->is_over && !is_stopped(speaker);
}

static void
flush(struct speaker *speaker)
{
	struct session *session = &speaker->session;
	const struct speaker_means *means = speaker->means;
	struct span out = { session->out, session->out_bytes };
	ssize_t taken;

	interrupt_deadline(means->idle_most_s);
	while (out.size_bytes > 0 && !speaker->is_over) {
		taken = write(means->out_fd, out.at, out.size_bytes);
		if (taken >= 0)
			out = span_from(out, (size_t)taken);
		else if (!may_go_on(speaker, means->out_fd, POLLOUT))
			speaker->is_over = true;
	}
	session_sent(session);
}

/* More input behind what is unread. */
static ssize_t
fill(struct speaker *speaker)
{
	ssize_t got;

	if (speaker->unread.size_bytes > 0)
		memmove(speaker->input, speaker->unread.at,
		    speaker->unread.size_bytes);
	speaker->unread.at = speaker->input;
	got = read(speaker->means->in_fd,
	    speaker->input + speaker->unread.size_bytes,
	    sizeof(speaker->input) - speaker->unread.size_bytes);
	if (got > 0)
		speaker->unread.size_bytes += (size_t)got;
	return got;
}

static void
wait_for_input(struct speaker *speaker)
{
	ssize_t got;

	flush(speaker);
	interrupt_deadline(speaker->means->idle_most_s);
	if (speaker->is_over || is_stopped(speaker))
		return;
	do
		got = fill(speaker);
	while (got == -1 &&
	    may_go_on(speaker, speaker->means->in_fd, POLLIN));
	if (got == 0)
		speaker->is_over = true;
}

static bool
can_poll(int fd, short events)
{
	struct pollfd polled = { fd, events, 0 };

	return poll(&polled, 1, 0) == 1 && polled.revents != 0;
}

/*
 * Whoever said QUIT behind the message, and then closed its side, may be
 * waiting for replies; who closed it behind the message waits for nothing.
 */
static bool
is_client_there(struct speaker *speaker)
{
	const struct speaker_means *means = speaker->means;

	if (speaker->is_over || can_poll(means->out_fd, 0))
		return false;
	if (speaker->unread.size_bytes > 0 || !can_poll(means->in_fd, POLLIN))
		return true;
	return fill(speaker) > 0;
}

/* ---- The monitor -------------------------------------------------------- */

static void
ask(struct speaker *speaker, const struct wire_ask *wanted)
{
	if (!wire_send(speaker->means->monitor_fd, wanted, sizeof(*wanted)))
		speaker->is_over = true;
}

static void
ask_word(struct speaker *speaker, enum wire_verb verb, int sys_errno)
{
	const struct wire_ask wanted = {
		.verb = verb,
		.sys_errno = sys_errno,
	};

	ask(speaker, &wanted);
}

/* false when the monitor is gone. */
static bool
get_answer(struct speaker *speaker, struct wire_answer *answer)
{
	if (!speaker->is_over &&
	    !wire_receive(speaker->means->monitor_fd, answer, sizeof(*answer)))
		speaker->is_over = true;
	return !speaker->is_over;
}

static void
on_recipient(struct speaker *speaker)
{
	const struct lmtp_address *address = &speaker->session.command.address;
	struct wire_ask wanted = { .verb = WIRE_RECIPIENT };
	struct wire_answer answer;

	(void)strlcpy(wanted.address, address->whole, sizeof(wanted.address));
	(void)strlcpy(wanted.local, address->local, sizeof(wanted.local));
	(void)strlcpy(wanted.domain, address->domain,
	    sizeof(wanted.domain)); /* all are as large */
	ask(speaker, &wanted);
	if (get_answer(speaker, &answer))
		session_answer(&speaker->session, answer.verdict, answer.dsn,
		    answer.text);
}

/* ---- The message -------------------------------------------------------- */

static void
spoil(struct speaker *speaker)
{
	int error = errno;

	ask_word(speaker, WIRE_SPOILED, error);
	session_spoil(&speaker->session,
	    error == ENOSPC || error == EDQUOT
		? "452 4.3.1 no room to keep the message"
		: "451 4.3.0 cannot keep the message");
}

static void
on_body(struct speaker *speaker)
{
	struct span data = speaker->session.stored;
	ssize_t taken;

	while (data.size_bytes > 0) {
		taken = sys->pwrite(speaker->means->file_fd, data.at,
		    data.size_bytes, speaker->file_bytes);
		if (taken == -1 && errno == EINTR)
			continue;
		if (taken == 0)
			errno = ENOSPC; /* a write that never advances */
		if (taken <= 0) {
			spoil(speaker);
			return;
		}
		speaker->file_bytes += taken;
		data = span_from(data, (size_t)taken);
	}
}

static void
pass_on(struct speaker *speaker, const struct wire_answer *answer)
{
	if (!session_has_room(&speaker->session))
		flush(speaker);
	session_answer(&speaker->session, answer->verdict, answer->dsn,
	    answer->text);
}

/*
 * The outcome is awaited whatever comes: the monitor hears of signals too,
 * and has a limit of time.
 */
static void
on_message(struct speaker *speaker)
{
	struct session *session = &speaker->session;
	struct wire_ask wanted = { .verb = WIRE_MESSAGE };
	struct wire_answer answer;

	(void)strlcpy(wanted.address, session->sender, sizeof(wanted.address));
	(void)strlcpy(wanted.queue_id, session->queue_id,
	    sizeof(wanted.queue_id)); /* both are as large */
	flush(speaker);
	interrupt_deadline(0);
	interrupt_hold(INTERRUPT_HOLD_S);
	ask(speaker, &wanted);
	while (session->answers_due > 0 && get_answer(speaker, &answer)) {
		if (answer.kind != WIRE_PRESENT)
			pass_on(speaker, &answer);
		else if (!wire_send_word(speaker->means->monitor_fd,
			     is_client_there(speaker) ? WORD_HERE : WORD_GONE))
			speaker->is_over = true;
	}
	interrupt_release();
	flush(speaker);
	if (!speaker->is_over)
		ask_word(speaker, WIRE_TOLD, 0);
}

static void
on_reset(struct speaker *speaker)
{
	if (speaker->file_bytes > 0 &&
	    sys->ftruncate(speaker->means->file_fd, 0) == -1)
		speaker->is_over = true; /* never mix two messages */
	speaker->file_bytes = 0;
	ask_word(speaker, WIRE_RESET, 0);
}

static void
go_on(struct speaker *speaker)
{
	switch (session_next(&speaker->session, &speaker->unread)) {
	case SESSION_INPUT:
		wait_for_input(speaker);
		break;
	case SESSION_FLUSH:
		flush(speaker);
		break;
	case SESSION_RECIPIENT:
		on_recipient(speaker);
		break;
	case SESSION_BODY:
		on_body(speaker);
		break;
	case SESSION_MESSAGE:
		on_message(speaker);
		break;
	case SESSION_RESET:
		on_reset(speaker);
		break;
	case SESSION_CLOSE:
		flush(speaker);
		speaker->is_over = true;
		break;
	}
}

void
speaker_run(const struct speaker_means *means)
{
	static struct speaker speaker; /* large */
	char host[SESSION_HOST_BYTES];

	speaker.means = means;
	host_name(host, sizeof(host));
	session_start(&speaker.session, host, means->limits);
	while (!speaker.is_over)
		go_on(&speaker);
}
