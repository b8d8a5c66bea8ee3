/*
 * lmtp_wire.h - what the processes of one LMTP conversation tell each other.
 *
 * The speaker, who has no rights, asks; the monitor, who has them, answers,
 * and gives words to its workers, who answer like it does. Records have a
 * fixed size: nothing in them has to be parsed.
 */
#ifndef MDA_LMTP_WIRE_H
#define MDA_LMTP_WIRE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/failure.h"
#include "lmtp/address.h"
#include "lmtp/command.h"

enum { WIRE_TEXT_BYTES = 4096 /* more than a reply may have */ };

/* From the speaker to the monitor. */
enum wire_verb {
	WIRE_RECIPIENT, /* may this one have mail? One answer. */
	WIRE_MESSAGE,	/* it is in the file: WIRE_PRESENT?, then answers */
	WIRE_TOLD,	/* the client has its replies */
	WIRE_RESET,	/* forget the recipients */
	WIRE_SPOILED	/* the message could not be kept: sys_errno */
};

struct wire_ask {
	enum wire_verb verb;
	int sys_errno;
	char address[ADDRESS_BYTES]; /* recipient, or sender of the message */
	char local[ADDRESS_BYTES];   /* of a recipient, without quotes */
	char domain[ADDRESS_BYTES];
	char queue_id[COMMAND_WORD_BYTES]; /* of a message, or empty */
};

/* From a worker to the monitor, and from there to the speaker. */
enum wire_kind {
	WIRE_VERDICT, /* of one recipient */
	WIRE_READY,   /* a worker: all is written, nothing is visible */
	WIRE_PRESENT  /* to the speaker: is the client still there? */
};

struct wire_answer {
	enum wire_kind kind;
	size_t index; /* of the recipient */
	enum verdict verdict;
	char dsn[12];
	char text[WIRE_TEXT_BYTES]; /* lines, when not VERDICT_OK */
};

/* One byte: to a worker at its gate and behind it, and from the speaker. */
enum wire_word {
	WORD_GO = 'G',
	WORD_GONE = 'N',	/* the client */
	WORD_INTERRUPTED = 'I', /* we are to stop */
	WORD_SETTLE = 'S',	/* the client was told */
	WORD_HERE = 'H'		/* the speaker: the client is there */
};

/*
 * wire_send - write a whole record.
 *
 * Gives   false when nobody reads it any more.
 */
bool wire_send(int fd, const void *record, size_t size_bytes);

/*
 * wire_receive - wait for a whole record.
 *
 * Gives   false when the other end is gone. Signals do not end the wait: the
 *         other end knows of them too, and closes.
 */
bool wire_receive(int fd, void *record, size_t size_bytes);

/*
 * wire_send_word - write one word.
 */
bool wire_send_word(int fd, enum wire_word word);

/*
 * wire_answer_set - put a verdict and its sentence into an answer.
 *
 * Takes   why, where verdict is not VERDICT_OK; reason, of the script that
 *         refuses, or NULL.
 */
void wire_answer_set(struct wire_answer *answer, size_t index,
    enum verdict verdict, const struct failure *why, const char *reason);

#endif
