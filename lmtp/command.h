/*
 * command.h - one command line of a client, read and judged.
 */
#ifndef LMTP_COMMAND_H
#define LMTP_COMMAND_H

#include <stdbool.h>

#include "base/span.h"
#include "lmtp/address.h"

enum lmtp_verb {
	VERB_UNKNOWN,
	VERB_BDAT,
	VERB_DATA,
	VERB_LHLO,
	VERB_MAIL,
	VERB_NOOP,
	VERB_QUIT,
	VERB_RCPT,
	VERB_RSET,
	VERB_VRFY,
	VERB_XFORWARD
};

enum { COMMAND_WORD_BYTES = 101 /* RFC 3461 section 4.4: 100 for an ENVID */ };

struct lmtp_command {
	enum lmtp_verb verb;
	const char *fault; /* static: "501 5.5.4 ..."; NULL when it is good */
	struct lmtp_address address;	    /* MAIL, RCPT */
	long long size_bytes;		    /* MAIL: SIZE=, or -1; BDAT */
	char envelope_id[COMMAND_WORD_BYTES]; /* MAIL: ENVID=, decoded */
	char original[ADDRESS_BYTES];	    /* RCPT: ORCPT=, decoded */
	char queue_id[COMMAND_WORD_BYTES];  /* XFORWARD: IDENT= */
	bool is_last;			    /* BDAT */
};

/*
 * command_parse - read a line.
 *
 * Takes   line, without its line end.
 * Gives   command->fault names what is wrong with it, ready to be sent.
 *         BDAT's size is known even when the rest is wrong, so that the
 *         bytes behind it can be passed over; -1 when it is not.
 *         Parameters of MAIL: SIZE, BODY, SMTPUTF8, RET, ENVID; of RCPT:
 *         ORCPT, NOTIFY.
 * Source  RFC 2033, 5321, 1870, 3030, 3461, 6152, 6531; Postfix XFORWARD.
 */
void command_parse(struct lmtp_command *command, struct span line);

#endif
