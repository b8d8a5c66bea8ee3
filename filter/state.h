/*
 * state.h - what scripts want remembered: who was answered, what was seen.
 *
 * One file of lines in a folder of the account's, replaced as a whole; a
 * crash leaves the old one or the new one. It is bounded, and what comes to
 * its end first makes room.
 */
#ifndef FILTER_STATE_H
#define FILTER_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/failure.h"
#include "base/span.h"
#include "durable/sync.h"

enum { STATE_BYTES_MAX = 1024 * 1024 };

struct state {
	int dir_fd;	  /* owned; -1 when there is none */
	const char *path; /* borrowed: of the folder */
};

/* 'd' for the test "duplicate", 'v' for the action "vacation". */
struct state_mark {
	char kind;
	struct span handle;
	struct span id;
	uint64_t period_s;
	bool is_last; /* the period begins anew when it is seen again */
};

/*
 * state_open - open the folder, made where it is missing.
 *
 * Takes   path, with the folders above it; home, below which folders are
 *         made, or "".
 * Owns    state_close().
 * Fails   VERDICT_RETRY at "state-open"; at "state-owner" when others could
 *         write there.
 */
enum verdict state_open(struct state *state, const char *path,
    const char *home, struct failure *why);

/*
 * state_has - is this mark there, and not past its period?
 *
 * Gives   VERDICT_OK with *has_out; a file that is not there has none.
 * Fails   VERDICT_RETRY at "state-read".
 */
enum verdict state_has(const struct state *state,
    const struct state_mark *mark, int64_t now_s, bool *has_out,
    struct failure *why);

/*
 * state_remember - keep marks from now on.
 *
 * Gives   VERDICT_OK when they are on stable storage, with those that were
 *         there and are not past their period. Of each kind there is room
 *         for a thousand at least (RFC 5230 section 4.2); the oldest go.
 * Fails   VERDICT_RETRY at "state-lock" when another delivery holds it for
 *         longer than ten seconds; at "state-read" or "state-write"; as
 *         sync_folder().
 */
enum verdict state_remember(const struct state *state,
    const struct state_mark *marks, size_t count, int64_t now_s,
    const struct sync_policy *policy, struct failure *why);

/*
 * state_close - close the folder.
 */
void state_close(struct state *state);

#endif
