#include "mda/lmtp_team.h"

#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "account/keeper.h"
#include "account/privilege.h"
#include "base/clock.h"
#include "base/interrupt.h"
#include "compat/compat.h"
#include "mda/lmtp_worker.h"

enum {
	MONITOR_FD = 4,	 /* in a worker, beside TEAM_MESSAGE_FD */
	SIDE_BY_SIDE = 8, /* more of them gain nothing (doc/facts.md) */
	ASKED_AT_ONCE = 8
};

/* ---- Who delivers for whom ---------------------------------------------- */

static bool
is_mbox(const struct recipient *recipient)
{
	return recipient->kind == BOX_MBOX;
}

static bool
is_same_account(const struct recipient *one, const struct recipient *other)
{
	return one->uid == other->uid && strcmp(one->name, other->name) == 0;
}

/* Two into one Maildir must not take the same witness for theirs. */
static bool
is_same_box(const struct recipient *one, const struct recipient *other)
{
	return strcmp(one->path, other->path) == 0;
}

static struct worker *
add_worker(struct team *team, size_t room)
{
	struct worker *worker = &team->workers[team->worker_count];

	worker->fd = -1;
	worker->indexes = calloc(room, sizeof(*worker->indexes));
	if (worker->indexes == NULL)
		return NULL;
	team->worker_count++;
	return worker;
}

/* The worker of this account that has least to do, or one more. */
static struct worker *
find_worker(struct team *team, size_t index)
{
	const struct recipient *recipient = team->recipients[index];
	bool is_shared = recipient_settings(recipient, team->base)->share ==
	    ANSWER_YES;
	size_t most = is_shared ? 1 : SIDE_BY_SIDE;
	struct worker *least = NULL;
	size_t found = 0;
	size_t i;

	for (i = 0; !is_mbox(recipient) && i < team->worker_count; i++) {
		struct worker *worker = &team->workers[i];
		const struct recipient *first =
		    team->recipients[worker->indexes[0]];

		if (is_mbox(first) || !is_same_account(first, recipient))
			continue;
		found++;
		if (least == NULL || worker->count < least->count)
			least = worker;
	}
	return found < most ? add_worker(team, team->count - index) : least;
}

static struct worker *
find_same_box(struct team *team, size_t index)
{
	const struct recipient *recipient = team->recipients[index];
	size_t i;

	for (i = 0; !is_mbox(recipient) && i < index; i++)
		if (team->recipients[i]->worker < team->worker_count &&
		    !is_mbox(team->recipients[i]) &&
		    is_same_account(team->recipients[i], recipient) &&
		    is_same_box(team->recipients[i], recipient))
			return &team->workers[team->recipients[i]->worker];
	return NULL;
}

static void
fail(struct team *team, size_t index, const struct failure *why)
{
	struct recipient *recipient = team->recipients[index];

	wire_answer_set(recipient->answer, index, VERDICT_RETRY, why, NULL);
	recipient->is_answered = true;
	recipient->is_unheard = true;
	recipient->why = *why;
}

static void
fail_worker(struct team *team, const struct worker *worker,
    const struct failure *why)
{
	size_t i;

	for (i = 0; i < worker->count; i++)
		if (!team->recipients[worker->indexes[i]]->is_answered)
			fail(team, worker->indexes[i], why);
}

static void
assign(struct team *team)
{
	struct failure why;
	struct worker *worker;
	size_t i;

	for (i = 0; i < team->count; i++) {
		worker = find_same_box(team, i);
		if (worker == NULL)
			worker = find_worker(team, i);
		if (worker == NULL) {
			(void)failure_errno(&why, "malloc", "the message");
			fail(team, i, &why);
			team->recipients[i]->worker = team->count;
			continue;
		}
		worker->indexes[worker->count++] = i;
		team->recipients[i]->worker = (size_t)(worker - team->workers);
	}
}

/* ---- Their processes ---------------------------------------------------- */

/* Nothing else of the monitor's stays open, another worker's end least. */
static void
keep_fds(int fd)
{
	if (fd != MONITOR_FD)
		(void)dup2(fd, MONITOR_FD); /* open, or what comes next fails */
	closefrom(MONITOR_FD + 1);
}

/*
 * Root's process beside the one that delivers, as in delegate.c. It keeps
 * nothing of the message.
 */
static int
run_keeper(
    struct keeper *keeper, const struct job *job, int fd, pid_t child)
{
	unsigned int deadline_s = (unsigned int)job->settings.deadline_s;
	struct keeper_patience patience =
	    keeper_patience(2 * deadline_s + WORKER_GATE_S);
	int status;

	(void)close(TEAM_MESSAGE_FD); /* read only */
	(void)close(MONITOR_FD);
	(void)keeper_serve(keeper, fd, child, &patience, &status);
	return EX_OK; /* nobody asks */
}

static int
run_with_keeper(struct worker_task *task)
{
	const struct job *job = &task->jobs[0];
	struct keeper keeper;
	int fds[2];
	pid_t child;

	keeper_open(&keeper, job->destination.path,
	    job->settings.dotlock_stale_s, &job->account);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == -1)
		return EX_TEMPFAIL;
	keeper_prepare();
	child = fork();
	if (child == -1)
		return EX_TEMPFAIL;
	if (child > 0) {
		(void)close(fds[1]);
		return run_keeper(&keeper, job, fds[0], child);
	}
	(void)close(fds[0]);
	if (keeper.dir_fd != -1)
		(void)close(keeper.dir_fd); /* root's, not ours */
	task->keeper_fd = fds[1];
	keeper_arbitrate(fds[1]);
	return worker_run(task);
}

/* Pages that the monitor never touches are no burden to those it forks. */
static struct job *
make_jobs(size_t count)
{
	static struct job single;

	return count == 1 ? &single : calloc(count, sizeof(struct job));
}

/*
 * With which groups the next of them will have their accounts' rights.
 * Whatever is written between two forks is copied, so several are asked for
 * at a time; but the first are to begin before all are.
 */
static void
ask_groups(struct team *team, size_t first_index)
{
	static struct account account; /* large */
	size_t end = first_index + ASKED_AT_ONCE;
	size_t i;

	for (i = first_index; i < end && i < team->worker_count; i++) {
		struct worker *worker = &team->workers[i];
		const struct recipient *first =
		    team->recipients[worker->indexes[0]];

		if (!first->is_delegated)
			continue;
		account.gid = first->gid;
		account.groups = NULL;
		(void)strlcpy(account.name, first->name,
		    sizeof(account.name)); /* it came from one as large */
		privilege_ask(&account);
		worker->groups = account.groups;
		worker->group_count = account.group_count;
	}
}

static int
run_worker(struct team *team, const struct worker *worker, int fd)
{
	struct job *jobs = make_jobs(worker->count);
	struct worker_task task = {
		.jobs = jobs,
		.count = worker->count,
		.indexes = worker->indexes,
		.message_fd = TEAM_MESSAGE_FD,
		.monitor_fd = MONITOR_FD,
		.keeper_fd = -1,
	};
	size_t i;

	if (jobs == NULL)
		return EX_TEMPFAIL;
	for (i = 0; i < worker->count; i++)
		recipient_job(&jobs[i], team->recipients[worker->indexes[i]],
		    team->base);
	jobs[0].account.groups = worker->groups;
	jobs[0].account.group_count = worker->group_count;
	keep_fds(fd);
	if (jobs[0].destination.kind == BOX_MBOX && jobs[0].is_delegated)
		return run_with_keeper(&task);
	return worker_run(&task);
}

static void
start_worker(struct team *team, struct worker *worker)
{
	const struct recipient *first = team->recipients[worker->indexes[0]];
	const char *name = first->address;
	struct failure why;
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == -1) {
		(void)failure_errno(&why, "socketpair", name);
		fail_worker(team, worker, &why);
		return;
	}
	worker->pid = fork();
	if (worker->pid == 0)
		_exit(run_worker(team, worker, fds[1]));
	if (worker->pid == -1) {
		(void)failure_errno(&why, "fork", name);
		fail_worker(team, worker, &why);
		(void)close(fds[0]);
	} else {
		worker->fd = fds[0];
	}
	(void)close(fds[1]);
}

/*
 * The records are large, and stand apart: nobody touches their pages before
 * the last fork, so no process takes them along.
 */
static bool
make_room(struct team *team)
{
	size_t i;

	team->workers = calloc(team->count, sizeof(*team->workers));
	team->records = calloc(2 * team->count, sizeof(*team->records));
	if (team->workers == NULL || team->records == NULL)
		return false;
	for (i = 0; i < team->count; i++) {
		team->recipients[i]->answer = &team->records[2 * i];
		team->workers[i].in = &team->records[2 * i + 1];
	}
	return true;
}

static void
fail_for_want_of_room(struct team *team)
{
	static struct wire_answer answer; /* the same for all */
	struct failure why;
	size_t i;

	(void)failure_errno(&why, "malloc", "the message");
	for (i = 0; i < team->count; i++) {
		team->recipients[i]->answer = &answer;
		fail(team, i, &why);
	}
}

void
team_start(struct team *team, struct recipient **recipients, size_t count)
{
	size_t i;

	team->worker_count = 0;
	team->recipients = recipients;
	team->count = count;
	if (!make_room(team)) {
		fail_for_want_of_room(team);
		return;
	}
	assign(team);
	for (i = 0; i < team->worker_count; i++) {
		if (i % ASKED_AT_ONCE == 0)
			ask_groups(team, i);
		start_worker(team, &team->workers[i]);
	}
}

/* ---- What they say ------------------------------------------------------ */

static void
let_go(struct worker *worker)
{
	if (worker->fd != -1)
		(void)close(worker->fd); /* it sees that, and gives up */
	worker->fd = -1;
}

/* Not even these words are believed: it has read mail. */
static void
doubt(struct wire_answer *answer)
{
	answer->kind = WIRE_VERDICT; /* no question to the speaker */
	if (answer->verdict != VERDICT_OK && answer->verdict != VERDICT_REFUSE)
		answer->verdict = VERDICT_RETRY;
	answer->dsn[sizeof(answer->dsn) - 1] = '\0';
	answer->text[sizeof(answer->text) - 1] = '\0';
}

static void
take_answer(struct team *team, struct worker *worker)
{
	const struct wire_answer *in = worker->in;
	size_t self = (size_t)(worker - team->workers);
	struct recipient *recipient;

	worker->in_bytes = 0;
	if (in->kind == WIRE_READY) {
		worker->is_ready = true;
		return;
	}
	if (in->index >= team->count ||
	    team->recipients[in->index]->worker != self)
		return; /* never: nobody answers for others */
	recipient = team->recipients[in->index];
	*recipient->answer = *in;
	doubt(recipient->answer);
	recipient->is_answered = true;
}

static void
hear(struct team *team, struct worker *worker)
{
	ssize_t got;

	got = read(worker->fd, (char *)worker->in + worker->in_bytes,
	    sizeof(*worker->in) - worker->in_bytes);
	if (got == -1 && errno == EINTR)
		return;
	if (got <= 0) {
		let_go(worker);
		return;
	}
	worker->in_bytes += (size_t)got;
	if (worker->in_bytes == sizeof(*worker->in))
		take_answer(team, worker);
}

static bool
is_answered(const struct team *team, const struct worker *worker)
{
	size_t i;

	for (i = 0; i < worker->count; i++)
		if (!team->recipients[worker->indexes[i]]->is_answered)
			return false;
	return true;
}

/* Is it one whose next word has to be waited for? */
static bool
is_awaited(const struct team *team, const struct worker *worker)
{
	return worker->fd != -1 && !worker->is_ready &&
	    !is_answered(team, worker);
}

/* false when there is nobody to wait for, or the time is over. */
static bool
hear_some(struct team *team, struct pollfd *polled, long long until_us)
{
	long long left_ms = (until_us - clock_us()) / 1000;
	size_t awaited = 0;
	size_t i;

	for (i = 0; i < team->worker_count; i++) {
		bool is_wanted = is_awaited(team, &team->workers[i]);

		polled[i].fd = is_wanted ? team->workers[i].fd : -1;
		polled[i].events = POLLIN;
		polled[i].revents = 0;
		awaited += is_wanted ? 1 : 0;
	}
	if (awaited == 0 || left_ms <= 0)
		return false;
	if (poll(polled, (nfds_t)team->worker_count, (int)left_ms) == -1)
		return errno == EINTR;
	for (i = 0; i < team->worker_count; i++)
		if (polled[i].fd != -1 && polled[i].revents != 0)
			hear(team, &team->workers[i]);
	return true;
}

static void
hear_all(struct team *team, long long most_s)
{
	long long until_us = clock_us() + most_s * 1000000;
	struct pollfd *polled;

	polled = calloc(team->worker_count, sizeof(*polled));
	while (polled != NULL && hear_some(team, polled, until_us))
		continue;
	free(polled);
}

bool
team_gather(struct team *team, long long most_s)
{
	bool is_one_ready = false;
	struct failure why;
	size_t i;

	if (team->worker_count == 0)
		return false;
	hear_all(team, most_s);
	for (i = 0; i < team->worker_count; i++) {
		struct worker *worker = &team->workers[i];

		if (is_awaited(team, worker)) {
			(void)failure_retry(&why, "deadline", "4.4.7",
			    "deadline");
			fail_worker(team, worker, &why);
			let_go(worker);
		}
		is_one_ready |= worker->fd != -1 && worker->is_ready;
	}
	return is_one_ready;
}

/* Whoever says nothing more may have delivered: the witness will tell. */
static void
judge_silent(struct team *team, struct worker *worker)
{
	bool is_dead = worker->fd == -1;
	struct failure why;

	if (is_answered(team, worker))
		return;
	if (is_dead)
		(void)failure_retry(&why, "child-died", "4.3.0", "no answer");
	else
		(void)failure_retry(&why, "deadline", "4.4.7", "deadline");
	why.residue = worker->is_let_in;
	fail_worker(team, worker, &why);
	let_go(worker);
}

void
team_pass(struct team *team, enum wire_word word, long long most_s)
{
	size_t i;

	for (i = 0; i < team->worker_count; i++) {
		struct worker *worker = &team->workers[i];

		if (worker->is_ready && worker->fd != -1) {
			(void)wire_send_word(worker->fd, word); /* or it died */
			worker->is_let_in = word == WORD_GO;
		}
		worker->is_ready = false;
	}
	if (team->worker_count > 0)
		hear_all(team, most_s);
	for (i = 0; i < team->worker_count; i++)
		judge_silent(team, &team->workers[i]);
}

void
team_end(struct team *team, bool is_client_told)
{
	size_t i;

	for (i = 0; i < team->worker_count; i++) {
		struct worker *worker = &team->workers[i];

		if (is_client_told && worker->fd != -1)
			(void)wire_send_word(worker->fd, WORD_SETTLE);
		let_go(worker);
		free(worker->indexes);
		free(worker->groups);
	}
	free(team->workers);
	free(team->records);
	team->workers = NULL;
	team->records = NULL;
	team->worker_count = 0;
}
