/*
 * parcel.h - records between a delivery and its helpers, over a socket.
 *
 * Both ends are one program on one machine, but one of them may have been
 * taken over by a message: nothing in a record is believed before it is
 * checked, its length least of all.
 */
#ifndef FILTER_PARCEL_H
#define FILTER_PARCEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/span.h"

enum parcel_kind {
	PARCEL_PREPARE = 1, /* to the child: what it must open beforehand */
	PARCEL_TASK,	  /* to the child: envelope and message */
	PARCEL_ANSWER,	  /* to the child: one number */
	PARCEL_ASK_MAILBOX, /* from the child: does it exist? */
	PARCEL_ASK_SEEN,	  /* from the child: was the id seen? */
	PARCEL_HEADER,	  /* from the child: a header as edited */
	PARCEL_ACTION,	  /* from the child: one of the plan */
	PARCEL_ERROR,	  /* from the child: what is wrong with a script */
	PARCEL_END,	  /* from the child: the plan is complete */
	PARCEL_SEND,	  /* to the mailer: sender and address */
	PARCEL_BYTES,	  /* to the mailer: of the message */
	PARCEL_SEND_END,	  /* to the mailer: the message is complete */
	PARCEL_SENT	  /* from the mailer: how sendmail ended */
};

/* What is read of a record; is_bad once anything did not fit. */
struct parcel_reader {
	struct span rest;
	bool is_bad;
};

/*
 * parcel_put_number - add a number to the record that a buffer holds.
 */
void parcel_put_number(struct buffer *record, uint64_t number);

/*
 * parcel_put_span - add bytes, with their length in front.
 */
void parcel_put_span(struct buffer *record, struct span bytes);

/*
 * parcel_get_number - take a number off the front of a record.
 *
 * Gives   0 with reader->is_bad when there is none.
 */
uint64_t parcel_get_number(struct parcel_reader *reader);

/*
 * parcel_get_span - take bytes off the front of a record.
 *
 * Gives   a span within the record; the empty one with reader->is_bad when
 *         there is none.
 */
struct span parcel_get_span(struct parcel_reader *reader);

/*
 * parcel_send - write a record, all of it.
 *
 * Gives   false when the other end has gone.
 */
bool parcel_send(int fd, enum parcel_kind kind, struct span record);

/*
 * parcel_begin - write the first bytes of a record of total_bytes.
 *
 * Takes   bytes, not more than that; parcel_add() writes the others.
 * Gives   false when the other end has gone.
 */
bool parcel_begin(int fd, enum parcel_kind kind, struct span bytes,
    size_t total_bytes);

/*
 * parcel_add - write more bytes of the record that was begun.
 *
 * Gives   false when the other end has gone.
 */
bool parcel_add(int fd, struct span bytes);

/*
 * parcel_receive - wait for a record.
 *
 * Takes   arena, for its bytes; most_bytes, which it may have; until_us, on
 *         clock_us(), or 0 to wait for ever.
 * Gives   false when the other end has gone, is too slow, or sends a record
 *         that is too long, or when memory is at its end.
 */
bool parcel_receive(int fd, struct arena *arena, size_t most_bytes,
    long long until_us, uint64_t *kind_out, struct span *record_out);

#endif
