/*
 * trace.h - the lines that a delivery puts in front of a message.
 */
#ifndef MESSAGE_TRACE_H
#define MESSAGE_TRACE_H

#include "base/failure.h"
#include "base/span.h"
#include "message/envelope.h"
#include "message/header.h"

enum trace_rule {
	TRACE_MISSING, /* when the header has no such field */
	TRACE_ALWAYS,
	TRACE_NEVER
};

struct trace_rules {
	enum trace_rule return_path;
	enum trace_rule delivered_to;
};

/*
 * trace_make - build Return-Path: and Delivered-To: as the rules ask.
 *
 * Takes   the envelope, the header as scanned, and the beginning of the
 *         message it was scanned from.
 * Gives   *lines_out, possibly empty; line ends are those of the header.
 *         Control bytes in an address become "?", so that an address cannot
 *         add a field. A message that begins with neither a field nor an
 *         empty line gets an empty line after ours, and stays a body whole.
 * Owns    the caller calls block_give() with (char *)lines_out->at.
 * Fails   VERDICT_RETRY at "malloc".
 * Source  RFC 5321 section 4.4 for Return-Path.
 */
enum verdict trace_make(struct span *lines_out, const struct trace_rules *rules,
    const struct envelope *envelope, const struct header *header,
    struct span head, struct failure *why);

#endif
