/*
 * record.h - a message as it will stand in an mbox, ready before any lock.
 */
#ifndef MBOX_RECORD_H
#define MBOX_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/failure.h"
#include "base/span.h"
#include "durable/map.h"
#include "mbox/from_line.h"
#include "mbox/mbox.h"
#include "message/message.h"

enum { RECORD_LEAD_MAX = 2 }; /* LFs that may be needed in front */

/* For what is not whole in memory and cannot lie beside the mbox. */
#define RECORD_SPILL_FOLDER "/var/tmp"

struct record {
	struct span bytes;	       /* From_ line to the empty line */
	char from_line[FROM_LINE_MAX]; /* the same as in bytes */
	uint64_t sum;		       /* checksum() of bytes */
	bool is_identifiable;
	char *memory;	   /* owned: RECORD_LEAD_MAX LFs, then bytes */
	size_t room_bytes; /* of memory */
	size_t used_bytes; /* of memory */
	int spill_fd;	   /* owned: an unlinked file, or -1 */
	struct map map;	   /* of spill_fd */
};

/*
 * record_make - read the message to its end and build its record.
 *
 * Takes   dir_fd, the folder of the mbox: a message that is not whole in
 *         memory goes into an unlinked file there, or in RECORD_SPILL_FOLDER
 *         when none can be made there; when, the time for the From_ line.
 * Owns    record_free(), whatever the verdict.
 * Fails   VERDICT_RETRY at "malloc", "spill" or "spill-map", or as
 *         message_copy().
 */
enum verdict record_make(struct record *record, struct message *message,
    enum mbox_format format, int dir_fd, time_t when, struct failure *why);

/*
 * record_with_lead - the bytes with LFs in front, in one piece.
 *
 * Takes   lead, 0 to RECORD_LEAD_MAX.
 */
struct span record_with_lead(const struct record *record, size_t lead);

/*
 * record_free - let go of everything.
 */
void record_free(struct record *record);

#endif
