/*
 * envelope.h - who sent the message and for whom, as the sender told us.
 */
#ifndef MESSAGE_ENVELOPE_H
#define MESSAGE_ENVELOPE_H

#include <stdbool.h>

#include "base/span.h"

struct envelope {
	struct span sender;    /* borrowed; empty is the null sender */
	struct span recipient; /* borrowed */
	bool has_sender;       /* known, be it the null sender */
	bool has_recipient;
};

/*
 * envelope_set_sender - take over a sender's address.
 *
 * Takes   address, borrowed for the life of the envelope; MAILER-DAEMON and
 *         a pair of angle brackets alone stand for the null sender.
 */
void envelope_set_sender(struct envelope *envelope, struct span address);

/*
 * envelope_take_from_line - take a leading From_ line off a message.
 *
 * Takes   *head, the beginning of the message.
 * Gives   *head begins behind the line, which ends in LF; its address becomes the sender when
 *         none was known, the null sender where the date follows at once. A
 *         message without such a line is left as it is.
 * Source  mbox(5); a quoted local part may hold blanks, RFC 5321 4.1.2.
 */
void envelope_take_from_line(struct envelope *envelope, struct span *head);

#endif
