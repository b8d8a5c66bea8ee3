#include "mda/lmtp_monitor.h"

#include <sys/wait.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/interrupt.h"
#include "compat/compat.h"
#include "mda/lmtp_recipient.h"
#include "mda/lmtp_team.h"
#include "mda/lmtp_wire.h"
#include "mda/log.h"

enum {
	SLACK_S = 10, /* for a worker to say that its deadline is over */
	/* RFC 5321 section 4.5.3.2.6: a client waits for 10 minutes. */
	CLIENT_PATIENCE_S = 570,
	OUTCOME_LEAST_S = 60
};

/* Large, and of use from one question to the next only. */
static struct recipient_draft draft;

struct monitor {
	struct job *base; /* sender and queue id are the message's */
	int speaker_fd;
	struct recipient **recipients; /* owned, and what they point to */
	size_t count;
	size_t most;
	char sender[ADDRESS_BYTES];
	char queue_id[COMMAND_WORD_BYTES];
	struct team team;
	bool is_begun; /* the speaker has asked something */
	bool is_over;
	struct log log;
};

/* No message was opened here, but the line is to say for whom it was. */
static void
log_failure(struct monitor *monitor, enum verdict verdict,
    const struct failure *why)
{
	struct job *job = &draft.job;
	struct envelope *envelope = &job->message.envelope;

	job->is_message_open = true;
	envelope->recipient = span_of(job->options.recipient);
	envelope->has_recipient = true;
	if (job->options.sender != NULL)
		envelope_set_sender(envelope, span_of(job->options.sender));
	log_write(&monitor->log, job, verdict, why);
}

static void
log_recipient(struct monitor *monitor, size_t index, enum verdict verdict,
    const struct failure *why)
{
	recipient_job(&draft.job, monitor->recipients[index], monitor->base);
	log_failure(monitor, verdict, why);
}

static void
send_answer(struct monitor *monitor, const struct wire_answer *answer)
{
	if (!wire_send(monitor->speaker_fd, answer, sizeof(*answer)))
		monitor->is_over = true;
}

/* ---- Recipients --------------------------------------------------------- */

/* false when there is no memory for the one that was planned. */
static bool
add_recipient(struct monitor *monitor)
{
	struct recipient *recipient;

	if (monitor->recipients == NULL)
		monitor->recipients =
		    calloc(monitor->most, sizeof(struct recipient *));
	if (monitor->recipients == NULL || monitor->count == monitor->most)
		return false;
	recipient = recipient_keep(&draft, monitor->base);
	if (recipient != NULL)
		monitor->recipients[monitor->count++] = recipient;
	return recipient != NULL;
}

static void
on_recipient(struct monitor *monitor, const struct wire_ask *ask)
{
	struct wire_answer answer;
	struct failure why;
	enum verdict verdict;

	verdict = recipient_plan(&draft, monitor->base, ask, &why);
	if (verdict == VERDICT_OK && !add_recipient(monitor))
		verdict = failure_errno(&why, "malloc", "the message");
	if (verdict != VERDICT_OK)
		log_failure(monitor, verdict, &why);
	wire_answer_set(&answer, 0, verdict, &why, NULL);
	send_answer(monitor, &answer);
}

static void
forget(struct monitor *monitor)
{
	while (monitor->count > 0)
		recipient_free(monitor->recipients[--monitor->count]);
	monitor->base->options.sender = NULL;
	monitor->base->options.queue_id = NULL;
}

/* ---- The message -------------------------------------------------------- */

/* Whoever began before this moment may have lost the same client to us. */
static void
note_time(struct job *base)
{
	struct timespec now = clock_wall();

	base->awaited_before_us =
	    (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void
set_envelope(struct monitor *monitor, const struct wire_ask *ask)
{
	struct options *options = &monitor->base->options;

	note_time(monitor->base);
	memcpy(monitor->sender, ask->address, sizeof(monitor->sender));
	memcpy(monitor->queue_id, ask->queue_id, sizeof(monitor->queue_id));
	options->sender = monitor->sender;
	options->queue_id =
	    monitor->queue_id[0] == '\0' ? NULL : monitor->queue_id;
}

/* All is written and nothing is visible: shall it be? */
static enum wire_word
ask_at_gate(struct monitor *monitor)
{
	const struct wire_answer question = { .kind = WIRE_PRESENT };
	struct failure why;
	char word = WORD_GONE;

	if (interrupt_check(&why) != VERDICT_OK)
		return WORD_INTERRUPTED;
	send_answer(monitor, &question);
	if (monitor->is_over || !wire_receive(monitor->speaker_fd, &word, 1))
		monitor->is_over = true;
	return word == WORD_HERE ? WORD_GO : WORD_GONE;
}

/* Workers write their lines themselves; who died, wrote none. */
static void
log_unheard(struct monitor *monitor)
{
	size_t i;

	for (i = 0; i < monitor->count; i++)
		if (monitor->recipients[i]->is_unheard)
			log_recipient(monitor, i, VERDICT_RETRY,
			    &monitor->recipients[i]->why);
}

static long long
outcome_most_s(long long deadline_s)
{
	long long left_s = CLIENT_PATIENCE_S - deadline_s;

	return left_s < OUTCOME_LEAST_S ? OUTCOME_LEAST_S : left_s;
}

static void
on_message(struct monitor *monitor, const struct wire_ask *ask)
{
	long long deadline_s = monitor->base->settings.deadline_s + SLACK_S;
	enum wire_word word = WORD_GONE;
	struct team *team = &monitor->team;
	size_t i;

	set_envelope(monitor, ask);
	team->base = monitor->base;
	team_start(team, monitor->recipients, monitor->count);
	if (team_gather(team, deadline_s))
		word = ask_at_gate(monitor);
	interrupt_hold(INTERRUPT_HOLD_S);
	team_pass(team, word, outcome_most_s(deadline_s));
	interrupt_release();
	log_unheard(monitor);
	for (i = 0; i < monitor->count; i++)
		send_answer(monitor, monitor->recipients[i]->answer);
}

/* The message on its way could not be kept; the client hears it from others. */
static void
on_spoiled(struct monitor *monitor, const struct wire_ask *ask)
{
	struct failure why;
	enum verdict verdict;
	size_t i;

	errno = ask->sys_errno;
	verdict = failure_errno(&why, "spill", "the message");
	for (i = 0; i < monitor->count; i++)
		log_recipient(monitor, i, verdict, &why);
}

/* ---- The conversation --------------------------------------------------- */

static void
end_message(struct monitor *monitor, bool is_client_told)
{
	team_end(&monitor->team, is_client_told);
}

/* They come from a process that may have been taken over. */
static void
end_strings(struct wire_ask *ask)
{
	ask->address[sizeof(ask->address) - 1] = '\0';
	ask->local[sizeof(ask->local) - 1] = '\0';
	ask->domain[sizeof(ask->domain) - 1] = '\0';
	ask->queue_id[sizeof(ask->queue_id) - 1] = '\0';
}

/* One that ended before it asked anything may have failed to begin. */
static enum verdict
judge_speaker(pid_t speaker, struct failure *why)
{
	int status = 0;
	pid_t ended;

	do
		ended = waitpid(speaker, &status, 0);
	while (ended == -1 && errno == EINTR);
	if (ended == speaker && status == 0)
		return VERDICT_OK;
	return failure_retry(why, "child-died", "4.3.0", "LMTP");
}

static void
answer_ask(struct monitor *monitor, const struct wire_ask *ask)
{
	if (!monitor->is_begun)
		(void)signal(SIGCHLD, SIG_IGN); /* no end is asked for */
	monitor->is_begun = true;
	switch (ask->verb) {
	case WIRE_RECIPIENT:
		on_recipient(monitor, ask);
		break;
	case WIRE_MESSAGE:
		end_message(monitor, false); /* never: one at a time */
		on_message(monitor, ask);
		break;
	case WIRE_TOLD:
		end_message(monitor, true);
		break;
	case WIRE_RESET:
		end_message(monitor, false);
		forget(monitor);
		break;
	case WIRE_SPOILED:
		on_spoiled(monitor, ask);
		break;
	}
}

static enum verdict
wait_for_ask(struct monitor *monitor, struct wire_ask *ask, struct failure *why)
{
	struct pollfd polled = { monitor->speaker_fd, POLLIN, 0 };
	enum verdict verdict;
	int ready;

	do {
		verdict = interrupt_check(why);
		if (verdict != VERDICT_OK)
			return verdict;
		ready = poll(&polled, 1, -1);
	} while (ready == -1 && errno == EINTR);
	if (!wire_receive(monitor->speaker_fd, ask, sizeof(*ask)))
		monitor->is_over = true;
	end_strings(ask);
	return VERDICT_OK;
}

/*
 * Those who still wait for a disk are given their time. Where SIGCHLD is
 * ignored, waitpid() waits for all of them.
 */
static void
wait_for_all(void)
{
	struct failure why;
	pid_t ended;

	interrupt_deadline(INTERRUPT_HOLD_S);
	do
		ended = waitpid(-1, NULL, 0);
	while (ended != -1 ||
	    (errno == EINTR && interrupt_check(&why) == VERDICT_OK));
}

enum verdict
monitor_run(struct job *base, const struct monitor_means *means,
    struct failure *why)
{
	struct monitor monitor = {
		.base = base,
		.speaker_fd = means->speaker_fd,
		.most = means->recipients_most,
		.log = { false, -1, -1 },
	};
	enum verdict verdict = VERDICT_OK;
	struct wire_ask ask;

	while (verdict == VERDICT_OK && !monitor.is_over) {
		verdict = wait_for_ask(&monitor, &ask, why);
		if (verdict == VERDICT_OK && !monitor.is_over)
			answer_ask(&monitor, &ask);
	}
	if (verdict != VERDICT_OK)
		(void)kill(means->speaker, SIGTERM); /* it says so, and ends */
	else if (!monitor.is_begun)
		verdict = judge_speaker(means->speaker, why);
	end_message(&monitor, false);
	forget(&monitor);
	free(monitor.recipients);
	(void)close(means->speaker_fd); /* what was to be said is said */
	wait_for_all();
	return verdict;
}
