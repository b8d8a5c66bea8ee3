/*
 * filter.h - what happens to a message's lines on their way into an mbox.
 */
#ifndef MBOX_FILTER_H
#define MBOX_FILTER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/failure.h"
#include "base/span.h"
#include "mbox/mbox.h"
#include "message/spool.h"

enum filter_place {
	FILTER_LINE_START, /* the line's first bytes are being compared */
	FILTER_LINE,	   /* the rest of a line that is kept */
	FILTER_DROPPED	   /* the rest of a line that is left out */
};

struct filter {
	spool_sink *sink; /* borrowed: where the result goes */
	void *context;	  /* borrowed, for the sink */
	enum mbox_format format;
	enum filter_place place;
	char held[16];	     /* start of a line that is not yet decided */
	size_t held_bytes;
	bool has_arrows;     /* ">" stood before what is held */
	bool is_header;	     /* the first empty line has not come */
	bool was_dropped;    /* and so are the folded lines that follow */
	bool is_line_open;   /* the result's last byte is no LF */
	long long out_bytes; /* of the result */
	long long length_at; /* MBOX_CL2: where the digits belong; or -1 */
	long long body_at;   /* MBOX_CL2: where the body begins */
};

/* Digits of a Content-Length, known only at the end: blanks until then. */
enum { FILTER_LENGTH_DIGITS = 20 };

/*
 * filter_start - begin a message.
 */
void filter_start(struct filter *filter, enum mbox_format format,
    spool_sink *sink, void *context);

/*
 * filter_put - take the next bytes of the message, cut anywhere.
 *
 * Gives   lines that a reader would take for a From_ line are quoted as the
 *         format asks. A Content-Length field does not come through: a
 *         sender's word on where its message ends is a way to forge others.
 * Fails   as the sink.
 *         MBOX_CL2 puts its own at the end of the header, and quotes within
 *         the header alone.
 * Source  mbox(5), mboxrd, mboxo and mboxcl2.
 */
enum verdict filter_put(
    void *filter, struct span data, struct failure *why);

/*
 * filter_end - the message is over.
 *
 * Gives   a last line without LF has got one, and a header that no empty
 *         line ends has got that.
 */
enum verdict filter_end(struct filter *filter, struct failure *why);

#endif
