/*
 * explain.h - mda -n: what would be done, in order, and why.
 */
#ifndef MDA_EXPLAIN_H
#define MDA_EXPLAIN_H

#include "base/failure.h"
#include "mda/job.h"

/*
 * explain - print the whole plan on standard output; change nothing.
 *
 * Takes   the verdict of options_parse() with its failure record.
 * Gives   the exit status: 64 for wrong options, 78 for wrong settings, else
 *         the one that a delivery would most likely have.
 */
int explain(struct job *job, enum verdict parsed, struct failure *why);

#endif
