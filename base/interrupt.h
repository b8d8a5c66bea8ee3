/*
 * interrupt.h - signals and the deadline: what may stop a delivery, when.
 *
 * Senders bounce a message when its delivery dies by a signal or outlives
 * their patience, so every signal that can be caught ends in exit 75.
 */
#ifndef BASE_INTERRUPT_H
#define BASE_INTERRUPT_H

#include <stdbool.h>

#include "base/failure.h"

enum {
	INTERRUPT_HOLD_S = 900,
	INTERRUPT_HOLD_LEAST_S = 60 /* after the deadline */
};

/*
 * interrupt_start - take over all signals and start the deadline.
 *
 * Takes   deadline_s, seconds until SIGALRM, 1 or more.
 * Gives   dispositions and mask are ours, whatever was inherited. HUP, INT,
 *         QUIT, TERM and ALRM make interrupt_check() fail, and cut
 *         short a call that waits; when the program has not come to such a
 *         check within three seconds, it cleans up and leaves with 75 from
 *         the handler. SEGV, BUS, FPE, ILL and ABRT leave with 75 at once. The others are blocked, which makes a broken pipe or a
 *         file size limit an errno.
 * Source  POSIX.1-2008 sigaction(), sigprocmask(), alarm().
 */
void interrupt_start(unsigned int deadline_s);

/*
 * interrupt_deadline - start a delivery's deadline, counted from now.
 *
 * Takes   deadline_s; 0: none, until the next call.
 */
void interrupt_deadline(unsigned int deadline_s);

/*
 * interrupt_watch - name who waits for the outcome.
 *
 * Takes   fd, a socket whose other end they hold; -1 for nobody.
 */
void interrupt_watch(int fd);

/*
 * interrupt_check - has something asked us to stop?
 *
 * Fails   VERDICT_RETRY at "deadline" or "signal", or at "abandoned" when
 *         the one who waits for the outcome has gone.
 */
enum verdict interrupt_check(struct failure *why);

/*
 * interrupt_hold - from here on the outcome must become known.
 *
 * Takes   most_s, seconds since the deadline was started; INTERRUPT_HOLD_S
 *         stays below the limits of the senders that kill. It is at least
 *         INTERRUPT_HOLD_LEAST_S behind the deadline.
 * Gives   signals wait, and at the deadline the time is extended to most_s,
 *         because a server that hangs may still commit what we asked for.
 *         When that time is over too: exit 75, nothing cleaned up, and the witness in
 *         tmp/ makes the sender's next try harmless.
 */
void interrupt_hold(unsigned int most_s);

/*
 * interrupt_arbiter - name who is asked before a commit.
 *
 * Takes   ask, true: "may I?", and the answer counts; false: "I did not".
 *         NULL for nobody.
 */
void interrupt_arbiter(bool (*ask)(bool is_begun));

/*
 * interrupt_commit - the last moment to stop; from here on as
 * interrupt_hold(INTERRUPT_HOLD_S).
 *
 * Gives   VERDICT_OK at once when the commit has begun already.
 * Fails   as interrupt_check(); at "abandoned" when the arbiter refuses.
 */
enum verdict interrupt_commit(struct failure *why);

/*
 * interrupt_release - the outcome is known: not delivered.
 *
 * Gives   what came in meanwhile counts at the next interrupt_check().
 */
void interrupt_release(void);

/*
 * interrupt_done - the outcome is known: the message is durable.
 *
 * Gives   until interrupt_deadline() starts the next one, a deadline or a
 *         crash ends in exit 0, other signals wait for the next one: nothing that
 *         happens after the promise holds may make the sender try again.
 */
void interrupt_done(void);

/*
 * interrupt_cleanup - what the handler does before it leaves.
 *
 * Takes   a function that calls async-signal-safe functions alone, or NULL.
 */
void interrupt_cleanup(void (*cleanup)(void));

#endif
