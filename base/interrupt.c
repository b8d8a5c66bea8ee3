#include "base/interrupt.h"

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "compat/compat.h"

enum {
	GRACE_TICKS = 3, /* seconds from the request to the forced exit */
	SPARE_STACK_BYTES = 64 * 1024 /* some processors save 10 KiB there */
};

enum phase {
	PHASE_OPEN, /* everything can still be undone */
	PHASE_HELD, /* the outcome of a commit is awaited */
	PHASE_DONE  /* the message is durable */
};

static volatile sig_atomic_t stopped_by; /* signal, 0 when none */
static volatile sig_atomic_t ticks;
static volatile sig_atomic_t phase;
static unsigned int started_deadline_s;
static volatile unsigned int held_more_s;
static int watched_fd = -1;
static void (*volatile cleanup_now)(void);
static bool (*arbiter)(bool is_begun);
static bool is_arbiter_asked; /* and has agreed */

static const int stopping[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGALRM };
static const int crashing[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };

/* Only async-signal-safe calls; no translation, no log line. */
static void
leave(const char *sentence)
{
	ssize_t ignored;

	if (phase == PHASE_DONE)
		_exit(EX_OK);
	if (phase == PHASE_OPEN && cleanup_now != NULL)
		cleanup_now();
	/* When standard error is gone, the exit code still tells. */
	ignored = write(STDERR_FILENO, sentence, strlen(sentence));
	(void)ignored;
	_exit(EX_TEMPFAIL);
}

/* The deadline comes first; then the rest of what a commit may take. */
static void
on_held_alarm(void)
{
	if (held_more_s == 0)
		leave("4.4.7 the mailbox did not answer in time\n");
	(void)alarm(held_more_s);
	held_more_s = 0;
}

/*
 * The request is first only noted: the calls that wait return EINTR and the
 * delivery is undone in the usual way. A signal that arrives just before
 * such a call would be missed; the alarm that comes every second from then
 * on heals that, and its third one ends a library that never returns.
 */
static void
on_stop(int number)
{
	bool is_alarm = number == SIGALRM;

	if (phase != PHASE_OPEN) {
		if (is_alarm)
			on_held_alarm();
		else
			stopped_by = number;
		return;
	}
	if (stopped_by == 0)
		stopped_by = number;
	else if (is_alarm)
		ticks = ticks + 1;
	if (ticks >= GRACE_TICKS)
		leave("4.3.0 the delivery was interrupted\n");
	(void)alarm(1);
}

static void
on_crash(int number)
{
	(void)number;
	leave("4.3.0 the delivery agent crashed; please report this\n");
}

#if HAVE_SIGALTSTACK
enum { ON_SPARE_STACK = SA_ONSTACK };

/* Who has overrun the stack has no room left on it for a handler. */
static void
set_spare_stack(void)
{
	static char spare[SPARE_STACK_BYTES];
	stack_t stack;

	memset(&stack, 0, sizeof(stack));
	stack.ss_sp = spare;
	stack.ss_size = sizeof(spare);
	(void)sigaltstack(&stack, NULL); /* without it a death by a signal */
}
#else
enum { ON_SPARE_STACK = 0 };

static void
set_spare_stack(void)
{
}
#endif

static void
catch_all(const int *numbers, size_t count, void (*handler)(int), int flags)
{
	struct sigaction action;
	size_t i;

	memset(&action, 0, sizeof(action));
	action.sa_handler = handler;
	action.sa_flags = flags;
	(void)sigfillset(&action.sa_mask);
	for (i = 0; i < count; i++)
		(void)sigaction(numbers[i], &action, NULL);
}

/* Everything is blocked except what the handlers are for. */
static void
set_mask(void)
{
	sigset_t mask;
	size_t i;

	(void)sigfillset(&mask);
	for (i = 0; i < sizeof(stopping) / sizeof(stopping[0]); i++)
		(void)sigdelset(&mask, stopping[i]);
	for (i = 0; i < sizeof(crashing) / sizeof(crashing[0]); i++)
		(void)sigdelset(&mask, crashing[i]);
	(void)sigprocmask(SIG_SETMASK, &mask, NULL);
}

void
interrupt_start(unsigned int deadline_s)
{
	interrupt_deadline(deadline_s);
	catch_all(stopping, sizeof(stopping) / sizeof(stopping[0]), on_stop, 0);
	set_spare_stack();
	catch_all(crashing, sizeof(crashing) / sizeof(crashing[0]), on_crash,
	    ON_SPARE_STACK);
	set_mask();
}

void
interrupt_deadline(unsigned int deadline_s)
{
	phase = PHASE_OPEN;
	started_deadline_s = deadline_s;
	(void)alarm(deadline_s);
}

void
interrupt_watch(int fd)
{
	watched_fd = fd;
}

static bool
is_abandoned(void)
{
	struct pollfd watched = { watched_fd, 0, 0 };

	return watched_fd != -1 && poll(&watched, 1, 0) == 1 &&
	    (watched.revents & (POLLHUP | POLLERR)) != 0;
}

enum verdict
interrupt_check(struct failure *why)
{
	int number = stopped_by;

	if (number == 0 && is_abandoned())
		return failure_retry(why, "abandoned", "4.4.2", "sender");
	if (number == 0)
		return VERDICT_OK;
	if (number == SIGALRM)
		return failure_retry(why, "deadline", "4.4.7", "deadline");
	return failure_retry(why, "signal", "4.3.2", "signal");
}

void
interrupt_hold(unsigned int most_s)
{
	held_more_s = INTERRUPT_HOLD_LEAST_S;
	if (most_s > started_deadline_s + INTERRUPT_HOLD_LEAST_S)
		held_more_s = most_s - started_deadline_s;
	phase = PHASE_HELD;
}

void
interrupt_arbiter(bool (*ask)(bool is_begun))
{
	arbiter = ask;
	is_arbiter_asked = false;
}

enum verdict
interrupt_commit(struct failure *why)
{
	enum verdict verdict;

	if (phase != PHASE_OPEN)
		return VERDICT_OK;
	verdict = interrupt_check(why);
	if (verdict != VERDICT_OK)
		return verdict;
	if (arbiter != NULL && !arbiter(true))
		return failure_retry(why, "abandoned", "4.4.2", "sender");
	is_arbiter_asked = arbiter != NULL;
	interrupt_hold(INTERRUPT_HOLD_S);
	return VERDICT_OK;
}

/* When nobody hears that we did not, they are gone, and it does not matter. */
void
interrupt_release(void)
{
	phase = PHASE_OPEN;
	if (is_arbiter_asked)
		(void)arbiter(false);
	is_arbiter_asked = false;
}

void
interrupt_done(void)
{
	held_more_s = 0;
	phase = PHASE_DONE;
}

void
interrupt_cleanup(void (*cleanup)(void))
{
	cleanup_now = cleanup;
}
