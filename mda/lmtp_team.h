/*
 * lmtp_team.h - the workers that deliver one message, and their one gate.
 */
#ifndef MDA_LMTP_TEAM_H
#define MDA_LMTP_TEAM_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

#include "mda/lmtp_recipient.h"
#include "mda/lmtp_wire.h"

struct worker {
	pid_t pid;
	int fd;		 /* owned; -1 when it is over */
	bool is_ready;	 /* at the gate */
	bool is_let_in;	 /* through it */
	size_t in_bytes; /* of in, so far */
	struct wire_answer *in; /* borrowed: one of the team's records */
	size_t *indexes; /* owned: of its recipients */
	size_t count;
	gid_t *groups; /* owned: of their account; NULL when not known */
	int group_count;
};

struct team {
	const struct job *base; /* borrowed: what recipients are planned with */
	struct recipient **recipients; /* borrowed */
	size_t count;
	struct worker *workers; /* owned */
	size_t worker_count;
	struct wire_answer *records; /* owned */
};

enum { TEAM_MESSAGE_FD = 3 /* the same in each worker */ };

/*
 * team_start - begin to deliver a message, up to the gate.
 *
 * Takes   team->base, with sender and queue id; recipients that are planned;
 *         the message lies in TEAM_MESSAGE_FD.
 * Gives   a process for each account, with its rights; where an account has
 *         many, up to eight, because they wait for the disk side by side;
 *         for each mbox one of its own. A recipient whose process cannot be
 *         started has its answer.
 * Owns    team_end(), whatever is true; with it go the recipients' answers.
 */
void team_start(struct team *team, struct recipient **recipients, size_t count);

/*
 * team_gather - hear the workers until all stand at the gate, or are through.
 *
 * Takes   most_s, seconds.
 * Gives   whether one stands there. One that takes longer is given up; what
 *         died has no answer yet.
 */
bool team_gather(struct team *team, long long most_s);

/*
 * team_pass - open the gate, or turn all back.
 *
 * Gives   with WORD_GO, what was at the gate becomes visible and durable;
 *         each recipient has an answer when this returns, within most_s
 *         seconds, be it that the outcome is unknown.
 */
void team_pass(struct team *team, enum wire_word word, long long most_s);

/*
 * team_end - let the workers go.
 *
 * Takes   is_client_told: only then do they remove their witnesses.
 */
void team_end(struct team *team, bool is_client_told);

#endif
