/*
 * map.h - a stretch of a file as bytes in memory.
 */
#ifndef DURABLE_MAP_H
#define DURABLE_MAP_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

struct map {
	struct span bytes; /* what was asked for */
	void *start;	   /* owned; NULL for nothing */
	size_t size_bytes; /* from start */
};

/*
 * map_open - map bytes of a file for reading.
 *
 * Takes   offset and length, inside the file: bytes beyond its end cannot
 *         be read. The file must not shrink while it is mapped.
 * Gives   false when the system refuses; length 0 is the empty span.
 * Owns    map_close() after true.
 * Source  POSIX.1-2008 mmap().
 */
bool map_open(struct map *map, int fd, off_t offset, off_t length);

/*
 * map_close - let go of the bytes.
 */
void map_close(struct map *map);

#endif
