/*
 * evaluate.h - the process that runs scripts: it computes, and nothing else.
 */
#ifndef FILTER_EVALUATE_H
#define FILTER_EVALUATE_H

#include "filter/judge.h"

/*
 * evaluate - compile the scripts, wait for a message, answer with a plan.
 *
 * Takes   fd, a socket whose other end judge.c holds. This is a new process:
 *         all else it has from its parent is let go of. Scripts that are
 *         included are read, and zones and character sets made ready; then
 *         it gives up every right but to compute, and only then it reads the
 *         message.
 * Never   returns.
 */
void evaluate(const struct judge_setup *setup, int fd)
#ifdef __GNUC__
    __attribute__((noreturn))
#endif
    ;

#endif
