/*
 * entries.h - the names in a folder, one after the other.
 *
 * What readdir(3) does, without its heap and its questions about the
 * descriptor: a delivery reads one short folder.
 */
#ifndef DURABLE_ENTRIES_H
#define DURABLE_ENTRIES_H

#include <sys/types.h>

#include <dirent.h>
#include <limits.h>
#include <stdint.h>

#include "base/failure.h"

enum { ENTRIES_BYTES = 2 * 1024 };

struct entries {
	int fd;		/* borrowed: the folder */
	DIR *stream;	/* owned: where there is no other way; else NULL */
	size_t at;	/* in bytes: the next one */
	size_t filled;	/* of bytes */
	uint64_t bytes[ENTRIES_BYTES / sizeof(uint64_t)];
};

struct entry {
	const char *name; /* borrowed, until the next call */
	ino_t inode;
};

/*
 * entries_open - begin with the first name.
 *
 * Takes   fd, a folder opened for reading; not used for anything else in
 *         which its position matters until entries_close(). is_again, true
 *         when its names were read before.
 * Owns    entries_close() after VERDICT_OK.
 * Fails   VERDICT_RETRY at "readdir", with path for its subject.
 */
enum verdict entries_open(struct entries *entries, int fd, bool is_again,
    const char *path, struct failure *why);

/*
 * entries_next - the next name, "." and ".." among them.
 *
 * Gives   entry->name is NULL behind the last one.
 * Fails   as entries_open().
 * Source  POSIX.1-2008 readdir(); getdents64(2) of Linux.
 */
enum verdict entries_next(struct entries *entries, struct entry *entry,
    const char *path, struct failure *why);

/*
 * entries_close - let go; fd stays open.
 */
void entries_close(struct entries *entries);

#endif
