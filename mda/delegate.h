/*
 * delegate.h - root hands a delivery to a process with the account's rights.
 */
#ifndef MDA_DELEGATE_H
#define MDA_DELEGATE_H

#include "base/failure.h"
#include "mda/job.h"

/*
 * delegate - deliver as the job's account.
 *
 * Takes   a planned job; the caller is root.
 * Gives   the delivery's own exit status: a child reads, parses and stores
 *         the message, says what there is to say, and writes the log line.
 *         This process closes its standard input first, and only makes files
 *         in a spool that the account may not write. When the child dies in
 *         any other way than by exiting: 75, and a sentence.
 */
int delegate(struct job *job);

#endif
