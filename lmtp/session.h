/*
 * session.h - LMTP as a machine: bytes of a client in, replies and events
 * out.
 *
 * It makes no system call and knows no clock, so each conversation can be
 * played to it, cut at any byte.
 */
#ifndef LMTP_SESSION_H
#define LMTP_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/failure.h"
#include "base/span.h"
#include "lmtp/body.h"
#include "lmtp/command.h"

enum {
	SESSION_LINE_BYTES = 2048, /* a command with all its parameters */
	SESSION_REPLY_BYTES = 4000, /* all lines of one reply */
	SESSION_OUT_BYTES = 8192,
	SESSION_BODY_BYTES = 16 * 1024,
	SESSION_HOST_BYTES = 65,
	SESSION_ERRORS_MAX = 20 /* bad commands, then the door */
};

struct session_limits {
	unsigned int recipients_most;
	long long message_most_bytes; /* 0: no limit */
	size_t reply_most_bytes; /* of a refusal; 0: SESSION_REPLY_BYTES */
};

/* What is to be done before the machine goes on. */
enum session_event {
	SESSION_INPUT,	   /* give it more bytes */
	SESSION_FLUSH,	   /* send out[], then call session_sent() */
	SESSION_RECIPIENT, /* judge command.address: session_answer() */
	SESSION_BODY,	   /* store stored */
	SESSION_MESSAGE,   /* it is whole: session_answer() per recipient */
	SESSION_RESET,	   /* forget recipients and message */
	SESSION_CLOSE	   /* send out[], then close */
};

enum session_state {
	SESSION_COMMANDS,
	SESSION_DATA,
	SESSION_CHUNK,
	SESSION_ENDING, /* the last chunk is through */
	SESSION_CLOSING
};

struct session {
	struct session_limits limits;
	char host[SESSION_HOST_BYTES];
	enum session_state state;
	bool is_greeted;	/* LHLO was said */
	bool has_sender;	/* MAIL was accepted */
	bool has_chunks;	/* BDAT was begun */
	bool is_reset_due;	/* to be told at the next call */
	char sender[ADDRESS_BYTES]; /* without brackets; empty for <> */
	char queue_id[COMMAND_WORD_BYTES]; /* XFORWARD IDENT, or empty */
	unsigned int recipient_count; /* accepted */
	unsigned int answers_due;
	unsigned int error_count;
	struct lmtp_command command; /* the last one */
	struct span stored;	     /* with SESSION_BODY */
	long long stored_bytes;
	char spoiled[128]; /* why the message will be refused, or empty */
	struct body body;
	long long chunk_bytes;	 /* still to come */
	bool is_chunk_last;
	const char *chunk_fault; /* static: the reply to a chunk out of place */
	char line[SESSION_LINE_BYTES];
	size_t line_bytes;
	bool is_line_long;
	char out[SESSION_OUT_BYTES];
	size_t out_bytes;
	char text[SESSION_BODY_BYTES]; /* what stored points to */
};

/*
 * session_start - a client has come.
 *
 * Takes   host, our name; what cannot stand in a reply becomes "?".
 * Gives   the greeting is in out[].
 */
void session_start(struct session *session, const char *host,
    const struct session_limits *limits);

/*
 * session_next - go on to the next thing that is to be done.
 *
 * Takes   *input, of which what was used is taken off.
 */
enum session_event session_next(struct session *session, struct span *input);

/*
 * session_sent - out[] has been sent.
 */
void session_sent(struct session *session);

/*
 * session_has_room - does another reply fit into out[]?
 */
bool session_has_room(const struct session *session);

/*
 * session_answer - reply to RCPT, or for one recipient of a message.
 *
 * Takes   verdict; dsn and text for anything but VERDICT_OK: lines with LF
 *         between them, each of which becomes a line of the reply, or more
 *         where it is too long. Recipients of a message are answered in the
 *         order in which they were accepted.
 * Gives   no more than reply_most_bytes: the rest is cut, and "..." says so.
 *         A character that is not of ASCII becomes "?".
 * Source  RFC 2033 section 4.2, RFC 2034, RFC 5321 section 4.2.1, RFC 5429
 *         section 2.5.
 */
void session_answer(struct session *session, enum verdict verdict,
    const char *dsn, const char *text);

/*
 * session_spoil - the message cannot be stored; the rest is passed over.
 *
 * Gives   each recipient is answered with this, and nothing is delivered.
 */
void session_spoil(struct session *session, const char *reply);

/*
 * session_end - say a last reply, such as "421 4.4.2 idle for too long".
 *
 * Takes   reply, without line end.
 */
void session_end(struct session *session, const char *reply);

#endif
