/*
 * lmtp_speaker.h - the process that talks to the client, and can do no more.
 */
#ifndef MDA_LMTP_SPEAKER_H
#define MDA_LMTP_SPEAKER_H

#include "lmtp/session.h"

/* What it has; all are borrowed. */
struct speaker_means {
	int in_fd; /* the client */
	int out_fd;
	int file_fd;		  /* for a message, to be written */
	int monitor_fd;		  /* who has rights */
	unsigned int idle_most_s; /* without a byte from or to the client */
	const struct session_limits *limits;
};

/*
 * speaker_run - greet the client, and talk until one of us has enough.
 *
 * Gives   nothing is delivered when the client is gone before the monitor
 *         asks for the last time. The monitor hears WIRE_TOLD only when all
 *         replies to a message could be written. When the monitor is gone, the
 *         conversation ends without a word: a reply could be taken for one
 *         to the message.
 * Never   opens anything: a sandbox is up.
 */
void speaker_run(const struct speaker_means *means);

#endif
