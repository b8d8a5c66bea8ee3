/*
 * every_call.h - a line for each member of the system-call table.
 *
 * EVERY_CALL(OPENS, CLOSES, BYTES, PLAIN) hands each to one of four macros:
 * those that give a descriptor, the one that takes it back, those that take
 * size_bytes, and so can be cut short, and all others. They are given its
 * type, its name, its parameters and its arguments.
 */
#ifndef TESTS_SUPPORT_EVERY_CALL_H
#define TESTS_SUPPORT_EVERY_CALL_H

#include <sys/stat.h>

#include "base/sys.h"

#define EVERY_CALL(OPENS, CLOSES, BYTES, PLAIN)                               \
	OPENS(int, openat,                                                    \
	    (int at_fd, const char *path, int flags, mode_t mode),            \
	    (at_fd, path, flags, mode))                                       \
	CLOSES(int, close, (int fd), (fd))                                    \
	OPENS(int, dup, (int fd), (fd))                                       \
	BYTES(ssize_t, read, (int fd, void *data, size_t size_bytes),         \
	    (fd, data, size_bytes))                                           \
	BYTES(ssize_t, write, (int fd, const void *data, size_t size_bytes),  \
	    (fd, data, size_bytes))                                           \
	BYTES(ssize_t, pread,                                                 \
	    (int fd, void *data, size_t size_bytes, off_t at),                \
	    (fd, data, size_bytes, at))                                       \
	BYTES(ssize_t, pwrite,                                                \
	    (int fd, const void *data, size_t size_bytes, off_t at),          \
	    (fd, data, size_bytes, at))                                       \
	PLAIN(off_t, lseek, (int fd, off_t at, int whence), (fd, at, whence)) \
	PLAIN(int, ftruncate, (int fd, off_t size_bytes), (fd, size_bytes))   \
	PLAIN(int, futimens, (int fd, const struct timespec *times),          \
	    (fd, times))                                                      \
	PLAIN(int, fdatasync, (int fd), (fd))                                 \
	PLAIN(int, fsync, (int fd), (fd))                                     \
	PLAIN(int, fstat, (int fd, struct stat *st), (fd, st))                \
	PLAIN(int, fstatat,                                                   \
	    (int at_fd, const char *path, struct stat *st, int flags),        \
	    (at_fd, path, st, flags))                                         \
	PLAIN(int, mkdirat, (int at_fd, const char *path, mode_t mode),       \
	    (at_fd, path, mode))                                              \
	PLAIN(int, linkat,                                                    \
	    (int old_fd, const char *old, int new_fd, const char *new,        \
		int flags),                                                   \
	    (old_fd, old, new_fd, new, flags))                                \
	PLAIN(int, unlinkat, (int at_fd, const char *path, int flags),        \
	    (at_fd, path, flags))                                             \
	PLAIN(int, renameat,                                                  \
	    (int old_fd, const char *old, int new_fd, const char *new),       \
	    (old_fd, old, new_fd, new))                                       \
	PLAIN(int, rename_noreplace,                                          \
	    (int old_fd, const char *old, int new_fd, const char *new),       \
	    (old_fd, old, new_fd, new))                                       \
	PLAIN(int, flock, (int fd, int operation), (fd, operation))           \
	PLAIN(int, fcntl_lock, (int fd), (fd))                                \
	PLAIN(int, mmap,                                                      \
	    (void **start_out, size_t length, int fd, off_t at),              \
	    (start_out, length, fd, at))

#define COUNT_CALL(type, name, params, args) +1

/* A member without a line above would be a null pointer, or never fail. */
typedef char every_call_has_a_line[sizeof(struct sys_calls) ==
	    (0 EVERY_CALL(COUNT_CALL, COUNT_CALL, COUNT_CALL, COUNT_CALL)) *
		sizeof(int (*)(void))
	? 1
	: -1];

#endif
