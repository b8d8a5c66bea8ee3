/*
 * transfer.h - small records, read and written whole.
 *
 * A signal may come in between, and some file systems take less than they
 * were given.
 */
#ifndef DURABLE_TRANSFER_H
#define DURABLE_TRANSFER_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

/*
 * transfer_read_at - read until the room is full or the file ends.
 *
 * Gives   the number of bytes, or -1 and errno.
 * Source  POSIX.1-2008 read(): fewer bytes than asked for are no error.
 */
ssize_t transfer_read_at(int fd, void *data, size_t size_bytes, off_t at);

/*
 * transfer_write - write all of it where the file stands.
 *
 * Gives   false and errno, ENOSPC for a write that does not advance; some
 *         bytes may be there then.
 */
bool transfer_write(int fd, const void *data, size_t size_bytes);

/*
 * transfer_write_at - the same, at an offset.
 */
bool transfer_write_at(int fd, const void *data, size_t size_bytes, off_t at);

#endif
