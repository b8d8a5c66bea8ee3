/*
 * lmtp_worker.h - the process that stores one message for some recipients.
 */
#ifndef MDA_LMTP_WORKER_H
#define MDA_LMTP_WORKER_H

#include <stddef.h>

#include "mda/job.h"

/* At the gate, beyond the deadline: the monitor gives up those that hang. */
enum { WORKER_GATE_S = 60 };

struct worker_task {
	struct job *jobs; /* borrowed: those of one account */
	size_t count;	  /* of Maildirs, or a single one of an mbox */
	size_t *indexes; /* borrowed: what the monitor calls them */
	int message_fd;	 /* the file that it lies in */
	int monitor_fd;
	int keeper_fd; /* of a process with root's rights, or -1 */
};

/*
 * worker_run - deliver, as the recipients' account.
 *
 * Takes   jobs that are planned, with sender and queue id in their
 *         options; the caller has root's rights or the account's, and only
 *         the three descriptors beside the standard ones.
 * Gives   an exit status. Each recipient has a verdict of its own, told to
 *         the monitor. When all is written, WIRE_READY; only behind WORD_GO
 *         does anything become visible, and only behind WORD_SETTLE do the
 *         witnesses go. A log line is written for each. The deadline holds up
 *         to the gate, and from there on once more: who waits there for
 *         others does not pay for them.
 */
int worker_run(struct worker_task *task);

#endif
