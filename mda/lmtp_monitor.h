/*
 * lmtp_monitor.h - the process that has rights, and reads no mail.
 */
#ifndef MDA_LMTP_MONITOR_H
#define MDA_LMTP_MONITOR_H

#include <sys/types.h>

#include <stddef.h>

#include "base/failure.h"
#include "mda/job.h"

struct monitor_means {
	pid_t speaker;	/* the process */
	int speaker_fd; /* owned from then on */
	size_t recipients_most;
};

/*
 * monitor_run - serve a speaker until it ends.
 *
 * Takes   base, options and settings that hold for all, and where sender and
 *         queue id of a message are put; the message, in TEAM_MESSAGE_FD.
 * Gives   recipients are judged, and messages delivered by workers with
 *         their accounts' rights: to all or, when the client is gone before
 *         anything is visible, to nobody.
 * Never   looks into the message.
 * Fails   VERDICT_RETRY as interrupt_check(), when we are to stop.
 */
enum verdict monitor_run(struct job *base,
    const struct monitor_means *means, struct failure *why);

#endif
