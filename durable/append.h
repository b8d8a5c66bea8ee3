/*
 * append.h - bytes at the end of a file: all of them, or none.
 */
#ifndef DURABLE_APPEND_H
#define DURABLE_APPEND_H

#include <sys/types.h>

#include <stdbool.h>

#include "base/failure.h"
#include "base/span.h"

struct append {
	int fd;		  /* borrowed: O_APPEND and O_SYNC, locked */
	const char *path; /* borrowed: for messages */
	off_t start;	  /* size of the file before */
	bool may_cut;	  /* the size seen is certain under the lock */
	off_t end;	  /* set by append_write(): where the bytes end */
};

/*
 * append_write - append bytes durably.
 *
 * Gives   VERDICT_OK when all bytes are on stable storage; append->end tells
 *         where they really ended, which on a network file system need not
 *         be start and size.
 * Fails   VERDICT_RETRY at "write", "lseek" or "fsync", with the file cut
 *         back to start and that synced. When it could not be cut, or must
 *         not be: residue. It must not where anything but the beginning of
 *         bytes stands there: what another program has appended or cut
 *         meanwhile is left as it is.
 * Source  POSIX.1-2008 open(), O_APPEND and O_SYNC; ftruncate().
 */
enum verdict append_write(
    struct append *append, struct span bytes, struct failure *why);

/*
 * append_cut - cut a file back, durably.
 *
 * Fails   VERDICT_RETRY at "ftruncate" or "fsync".
 */
enum verdict append_cut(
    int fd, off_t size_bytes, const char *path, struct failure *why);

#endif
