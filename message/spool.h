/*
 * spool.h - the message on its way in: a head in memory, the rest to come.
 */
#ifndef MESSAGE_SPOOL_H
#define MESSAGE_SPOOL_H

#include <sys/types.h>

#include <stdbool.h>

#include "base/failure.h"
#include "base/span.h"

enum { SPOOL_ROOM_BYTES = 1024 };

struct spool {
	int in_fd;	   /* borrowed */
	off_t next;	   /* of a file: where to read on; -1: a stream */
	char *block;	   /* owned: the room, and head behind it */
	size_t room_bytes; /* free in front of head, for a few lines */
	char *head;	   /* in block: the first bytes, or all of them */
	size_t head_bytes; /* valid in head */
	bool is_whole;	   /* the message ended within head */
	long long most_bytes;  /* a larger message is refused; 0: none is */
	long long total_bytes; /* read so far */
	char last_byte;	       /* of those */
	pid_t sender_pid;      /* who started us */
};

/* Takes the bytes of a message piece by piece; data is borrowed. */
typedef enum verdict spool_sink(
    void *context, struct span data, struct failure *why);

/*
 * spool_open - read the message, or its first limit_bytes.
 *
 * Takes   in_fd, any kind of descriptor; limit_bytes, 1 or more; most_bytes,
 *         as in the struct.
 * Gives   spool->is_whole when the end came within the limit.
 * Owns    spool_close() frees block, whatever the verdict.
 * Fails   VERDICT_REFUSE at "message-size" (69) when it is larger than
 *         most_bytes; it is read to its end all the same, because a sender
 *         whose pipe breaks need not look at the exit code.
 *         VERDICT_RETRY at "read", "malloc", or as interrupt_check(); at
 *         "sender-died" when the end has no final newline and the process
 *         that started us is gone: the pipe of a dying sender ends too.
 */
enum verdict spool_open(struct spool *spool, int in_fd, size_t limit_bytes,
    long long most_bytes, struct failure *why);

/*
 * spool_open_file - the same for a message that is all that a file holds.
 *
 * Takes   in_fd, a regular file; its position does not matter, so that
 *         several processes may share one descriptor.
 * Owns    as spool_open().
 * Fails   as spool_open().
 */
enum verdict spool_open_file(struct spool *spool, int in_fd,
    size_t limit_bytes, long long most_bytes, struct failure *why);

/*
 * spool_set_aside - read all of a stream into a file, so that it can be had
 * again.
 *
 * Takes   fd, an empty file, which is borrowed from now on.
 * Gives   as if the spool had been opened on that file. Nothing to do for one
 *         that is repeatable. Nothing of the file needs to be durable.
 * Fails   as spool_rest(), and VERDICT_RETRY at "spill".
 */
enum verdict spool_set_aside(struct spool *spool, int fd,
    struct failure *why);

/*
 * spool_is_repeatable - can every byte be had once more?
 */
bool spool_is_repeatable(const struct spool *spool);

/*
 * spool_rest - read on behind head, to the end, into a sink.
 *
 * Gives   nothing to do for a whole spool. Memory does not grow. A file can
 *         be read again, from behind head.
 * Fails   as spool_open(), and as the sink.
 */
enum verdict spool_rest(struct spool *spool, spool_sink *sink, void *context,
    struct failure *why);

/*
 * spool_close - free what spool_open() took.
 */
void spool_close(struct spool *spool);

#endif
