/*
 * body.h - a message as it travels, turned into the bytes to be stored.
 *
 * On the wire lines end in CR LF; stored they end in LF. A CR or LF that
 * stands alone is no line end on the wire, stays what it is, and ends no
 * message: only CR LF "." CR LF does. Who takes other ends for it lets a
 * sender smuggle a second message in behind the first.
 */
#ifndef LMTP_BODY_H
#define LMTP_BODY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

enum body_state {
	BODY_LINE_START, /* behind CR LF, or at the beginning */
	BODY_TEXT,
	BODY_CR,	/* a CR that is not yet passed on */
	BODY_DOT,	/* a dot that begins a line, not passed on */
	BODY_DOT_CR,
	BODY_END	/* behind the final dot */
};

struct body {
	enum body_state state;
	bool is_chunked; /* BDAT: dots mean nothing, and nothing ends it */
};

/*
 * body_start - a new message.
 */
void body_start(struct body *body, bool is_chunked);

/*
 * body_decode - turn some bytes of the wire into bytes to be stored.
 *
 * Takes   *wire, of which what was used is taken off; text, room_bytes
 *         large, at least 2.
 * Gives   the number of bytes in text. When it is 0, wire is used up or
 *         body->state is BODY_END: then *wire begins behind the final dot.
 * Source  RFC 5321 sections 2.3.8, 4.1.1.4 and 4.5.2.
 */
size_t body_decode(
    struct body *body, struct span *wire, char *text, size_t room_bytes);

/*
 * body_finish - the last chunk is over: what is still held back?
 *
 * Gives   the number of bytes in text, which is 1 large: a CR at the very
 *         end.
 */
size_t body_finish(struct body *body, char *text);

#endif
