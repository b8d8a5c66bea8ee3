#include "durable/entries.h"

#include <errno.h>
#include <stddef.h>

#include "base/sys.h"
#include "compat/compat.h"

#if HAVE_GETDENTS
#include <sys/syscall.h>

#include <string.h>

/* What the kernel writes, as getdents(2) has it. */
struct record {
	uint64_t inode;
	int64_t offset;
	unsigned short size_bytes; /* of this record, a multiple of 8 */
	unsigned char kind;
	char name[1]; /* as long as it is, with its NUL */
};

enum verdict
entries_open(struct entries *entries, int fd, bool is_again,
    const char *path, struct failure *why)
{
	entries->fd = fd;
	entries->stream = NULL;
	entries->at = 0;
	entries->filled = 0;
	if (is_again && sys->lseek(fd, 0, SEEK_SET) == -1)
		return failure_errno(why, "readdir", path);
	return VERDICT_OK;
}

enum verdict
entries_next(struct entries *entries, struct entry *entry, const char *path,
    struct failure *why)
{
	const char *at;
	uint64_t inode;
	unsigned short size_bytes;
	long got;

	if (entries->at == entries->filled) {
		got = syscall(SYS_getdents64, entries->fd, entries->bytes,
		    sizeof(entries->bytes));
		if (got == -1)
			return failure_errno(why, "readdir", path);
		entries->filled = (size_t)got;
		entries->at = 0;
	}
	entry->name = NULL;
	if (entries->filled == 0)
		return VERDICT_OK;
	at = (const char *)entries->bytes + entries->at;
	memcpy(&inode, at + offsetof(struct record, inode), sizeof(inode));
	memcpy(&size_bytes, at + offsetof(struct record, size_bytes),
	    sizeof(size_bytes));
	entry->inode = (ino_t)inode;
	entry->name = at + offsetof(struct record, name);
	entries->at += size_bytes;
	return VERDICT_OK;
}

void
entries_close(struct entries *entries)
{
	(void)entries; /* nothing is held */
}
#else
/* The stream closes the descriptor that it is made of: it gets a copy. */
enum verdict
entries_open(struct entries *entries, int fd, bool is_again,
    const char *path, struct failure *why)
{
	int copy_fd = sys->dup(fd);

	entries->stream = copy_fd == -1 ? NULL : fdopendir(copy_fd);
	if (entries->stream == NULL) {
		(void)failure_errno(why, "readdir", path);
		if (copy_fd != -1)
			(void)sys->close(copy_fd); /* nothing was read */
		return VERDICT_RETRY;
	}
	if (is_again)
		rewinddir(entries->stream); /* copies share a position */
	return VERDICT_OK;
}

enum verdict
entries_next(struct entries *entries, struct entry *entry, const char *path,
    struct failure *why)
{
	struct dirent *next;

	errno = 0;
	next = readdir(entries->stream);
	entry->name = next == NULL ? NULL : next->d_name;
	entry->inode = next == NULL ? 0 : next->d_ino;
	if (next == NULL && errno != 0)
		return failure_errno(why, "readdir", path);
	return VERDICT_OK;
}

void
entries_close(struct entries *entries)
{
	(void)closedir(entries->stream); /* opened for reading only */
}
#endif
