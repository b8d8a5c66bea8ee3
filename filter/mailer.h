/*
 * mailer.h - the process that hands mail of a script to sendmail.
 *
 * It is forked before the delivery gives up the right to run programs, and
 * before any mail is read. What it is asked is checked once more: only so
 * many mails, each to one clean address.
 */
#ifndef FILTER_MAILER_H
#define FILTER_MAILER_H

#include <sys/types.h>

#include <stdbool.h>

#include "base/failure.h"
#include "base/span.h"
#include "message/spool.h"

/* All borrowed; needed until mailer_start() returns. */
struct mailer_setup {
	const char *path; /* of sendmail, or what takes its place */
	const char *home; /* for its environment */
	const char *user;
	unsigned int most; /* mails */
};

struct mailer {
	int fd;	   /* owned; -1 when there is none */
	pid_t pid; /* owned */
};

/* A mail, and what its bytes are made of. */
struct mailer_mail {
	struct span from; /* empty for <> */
	struct span to;
	struct span bytes;
	struct spool *rest; /* what comes behind bytes; or NULL */
};

/*
 * mailer_start - begin the process.
 *
 * Gives   where none can be had, mailer_send() fails.
 * Owns    mailer_end() ends it.
 */
void mailer_start(struct mailer *mailer, const struct mailer_setup *setup);

/*
 * mailer_send - have a mail sent.
 *
 * Gives   VERDICT_OK when sendmail took it, with exit status 0. It was run as
 *         "sendmail -i -f SENDER -- ADDRESS", with the mail on its standard
 *         input, and never sees the end of one that is not whole.
 * Fails   VERDICT_RETRY at "sendmail", with its exit status as the subject;
 *         or at "mailer" when there is no process, or it does not answer.
 */
enum verdict mailer_send(struct mailer *mailer, const struct mailer_mail *mail,
    struct failure *why);

/*
 * mailer_end - let the process go.
 */
void mailer_end(struct mailer *mailer);

#endif
