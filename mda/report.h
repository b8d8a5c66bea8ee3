/*
 * report.h - the one place that turns a failure into a sentence.
 */
#ifndef MDA_REPORT_H
#define MDA_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/failure.h"

/*
 * report_sentence - say a failure in the reader's language.
 *
 * Takes   text, size_bytes large.
 * Gives   one sentence that names the thing and the remedy, without code and
 *         line end. Control bytes in it are shown as "?".
 */
void report_sentence(
    char *text, size_t size_bytes, const struct failure *why);

/*
 * report_reason - say a refusal, with the reason that a script gave.
 *
 * Takes   text, size_bytes large; reason, lines of UTF-8 with LF between
 *         them, which takes the place of the subject.
 * Gives   as report_sentence(), on as many lines. What does not fit is cut
 *         between characters, and "..." says so.
 */
void report_reason(char *text, size_t size_bytes, const struct failure *why,
    const char *reason);

/*
 * report_refusal - print code, sentence and reason on standard error.
 *
 * Gives   as report_failure(), on one line up to 900 bytes, on several where
 *         it is longer: some senders pass on the last line alone, and mail
 *         must not have lines of 1000 bytes.
 */
void report_refusal(const struct failure *why, const char *reason);

/*
 * report_failure - print code and sentence on standard error.
 *
 * Gives   "4.3.1 ..." and nothing before it: senders take the first words
 *         for the status code.
 * Source  RFC 3463; Postfix pipe(8), "enhanced status code".
 */
void report_failure(const struct failure *why);

/*
 * report_has_step - does a step name have a sentence of its own?
 */
bool report_has_step(const char *step);

#endif
