/*
 * record_sys.c - the calls that change a file system, written down with their
 * data; and mutants, which leave some of them out or change their order.
 *
 * The upper layer of mda-fault's table. It reads from the environment
 *
 * MDA_RECORD  a file that gets a line for each call that changed or synced
 *             something: its name, then key=value. Files are told by their
 *             inode, so that no descriptor has to be followed, not even from
 *             one process to another. Names and data are in hexadecimal.
 * MDA_OLD_FOLDERS
 *             each folder looks an hour older than it is, so that only those
 *             are synced in which something was just created
 * MDA_MUTANT  one of the names below: a delivery agent with this one fault
 *
 * What is not understood is status 99.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sys.h"
#include "compat/compat.h"
#include "mbox/journal.h"
#include "tests/fault/fault_sys.h"
#include "tests/fault/notebook.h"

enum {
	EXIT_MISUSE = 99,
	NAMES_MAX = 64,
	NAME_SIZE = 64,
	FD_LEAST = 200, /* out of the way of what is tested */
	AN_HOUR_S = 3600
};

enum mutant {
	MUTANT_NONE,
	MUTANT_ANSWER_TOO_EARLY, /* the link comes when the client was told */
	MUTANT_APPEND_UNSYNCED,	 /* no O_SYNC on the mbox */
	MUTANT_CUT_LEFT,	 /* a torn end stays */
	MUTANT_DONE_TOO_EARLY,	 /* the entry says "done" from the start */
	MUTANT_EXIT_AT_APPEND,	 /* success is reported before it */
	MUTANT_EXIT_AT_SYNC,	 /* and before new/ is synced */
	MUTANT_FILE_UNSYNCED,	 /* no fsync of any file */
	MUTANT_FOLDERS_UNSYNCED, /* nor of any folder but new/ */
	MUTANT_JOURNAL_LATE,	 /* written behind the append */
	MUTANT_JOURNAL_UNSYNCED, /* no fdatasync */
	MUTANT_LINK_TOO_EARLY,	 /* before the file is synced */
	MUTANT_NEW_UNSYNCED,	 /* no fsync of new/ */
	MUTANT_RENAME,		 /* no second name in tmp/ */
	MUTANT_SECOND_UNSYNCED,	 /* one new/ is synced, of several */
	MUTANT_SYNC_IGNORED,	 /* that failed is taken for one that did not */
	MUTANT_UNDO_LEFT,	 /* what is in new/ stays there */
	MUTANT_WITNESS_TOO_EARLY /* is removed before new/ is synced */
};

static const char *const mutant_names[] = { "none",
	"answer-too-early", "append-unsynced", "cut-left", "done-too-early", "exit-at-append", "exit-at-sync",
	"file-unsynced", "folders-unsynced", "journal-late",
	"journal-unsynced", "link-too-early", "new-unsynced", "rename",
	"second-unsynced", "sync-ignored", "undo-left", "witness-too-early" };

/* What a mutant keeps for later. */
struct later {
	int fd; /* -1: nothing */
	int dir_fd;
	char name[256];
	char final_name[256];
	char block[JOURNAL_BLOCK];
	off_t at;
};

static enum mutant mutant;
static bool has_old_folders;
static struct notebook record_book = { NULL, -1 };
static char names[NAMES_MAX][NAME_SIZE];
static struct later later = { .fd = -1, .dir_fd = -1 };

/* ---- What the environment asks for -------------------------------------- */

static void
misuse(const char *what, const char *text)
{
	(void)fprintf(stderr, "mda-fault: %s: %s\n", what, text);
	_exit(EXIT_MISUSE);
}

static enum mutant
mutant_of(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(mutant_names) / sizeof(mutant_names[0]); i++)
		if (strcmp(mutant_names[i], name) == 0)
			return (enum mutant)i;
	misuse("no such mutant", name);
	return MUTANT_NONE;
}

void
record_start(void)
{
	const char *value = getenv("MDA_MUTANT");

	if (value != NULL)
		mutant = mutant_of(value);
	record_book.path = getenv("MDA_RECORD");
	has_old_folders = getenv("MDA_OLD_FOLDERS") != NULL;
}

void
record_prepare(void)
{
	if (!notebook_open(&record_book))
		misuse("MDA_RECORD", record_book.path);
}

/* ---- Writing down ------------------------------------------------------- */

static void
put(const void *data, size_t size_bytes)
{
	if (!notebook_write(&record_book, data, size_bytes))
		misuse("cannot write", "MDA_RECORD");
}

static void
put_hex(char *to, const void *data, size_t size_bytes)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *at = data;

	for (; size_bytes > 0; size_bytes--, at++) {
		*to++ = digits[*at >> 4];
		*to++ = digits[*at & 15];
	}
	*to = '\0';
}

static unsigned long long
inode_of(int fd)
{
	struct stat st;
	int answer = fd == AT_FDCWD ? stat(".", &st) : fstat(fd, &st);

	return answer == 0 ? (unsigned long long)st.st_ino : 0;
}

static bool
is_regular(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

static bool
is_folder(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
}

static void
note_name(const char *call, int at_fd, const char *name, unsigned long long ino)
{
	char line[2300];
	char hex[2100];

	if (record_book.path == NULL || strlen(name) * 2 >= sizeof(hex))
		return;
	put_hex(hex, name, strlen(name));
	(void)snprintf(line, sizeof(line), "%s at=%llu name=%s ino=%llu\n",
	    call, inode_of(at_fd), hex, ino);
	put(line, strlen(line));
}

static void
note_two(const char *call, int old_fd, const char *old, int new_fd,
    const char *new)
{
	char line[2300];
	char hex[2][1000];

	if (record_book.path == NULL || strlen(old) * 2 >= sizeof(hex[0]) ||
	    strlen(new) * 2 >= sizeof(hex[1]))
		return;
	put_hex(hex[0], old, strlen(old));
	put_hex(hex[1], new, strlen(new));
	(void)snprintf(line, sizeof(line),
	    "%s at=%llu name=%s to_at=%llu to_name=%s\n", call,
	    inode_of(old_fd), hex[0], inode_of(new_fd), hex[1]);
	put(line, strlen(line));
}

static void
note_file(const char *call, int fd, long long size_bytes)
{
	char line[200];
	int flags = fcntl(fd, F_GETFL);

	if (record_book.path == NULL)
		return;
	(void)snprintf(line, sizeof(line), "%s ino=%llu size=%lld sync=%d\n",
	    call, inode_of(fd), size_bytes,
	    flags != -1 && (flags & O_SYNC) == O_SYNC);
	put(line, strlen(line));
}

/* One write(2) for all of it: two processes may write here. */
static void
note_data(int fd, const void *data, size_t size_bytes, off_t at)
{
	int flags = fcntl(fd, F_GETFL);
	char *line;
	int length;

	if (record_book.path == NULL || !is_regular(fd))
		return;
	line = malloc(200 + 2 * size_bytes);
	if (line == NULL)
		misuse("no memory", "MDA_RECORD");
	length = snprintf(line, 200, "write ino=%llu at=%lld sync=%d data=",
	    inode_of(fd), (long long)at,
	    flags != -1 && (flags & O_SYNC) == O_SYNC);
	put_hex(line + length, data, size_bytes);
	(void)strlcat(line, "\n", 200 + 2 * size_bytes);
	put(line, strlen(line));
	free(line);
}

/* ---- Which file is meant ------------------------------------------------ */

static void
remember(int fd, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (fd >= 0 && fd < NAMES_MAX)
		(void)strlcpy(names[fd], slash == NULL ? path : slash + 1,
		    NAME_SIZE);
}

static bool
is_named(int fd, const char *name)
{
	return fd >= 0 && fd < NAMES_MAX && strcmp(names[fd], name) == 0;
}

static bool
is_journal(int fd)
{
	return fd >= 0 && fd < NAMES_MAX && names[fd][0] == '.' &&
	    strlen(names[fd]) > 4 &&
	    strcmp(names[fd] + strlen(names[fd]) - 4, ".mda") == 0;
}

static bool
is_box(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags != -1 && (flags & O_APPEND) != 0 && is_regular(fd);
}

static int
keep(int fd)
{
	int kept_fd = fcntl(fd, F_DUPFD_CLOEXEC, FD_LEAST);

	if (kept_fd == -1)
		misuse("cannot keep", "a descriptor");
	return kept_fd;
}

/* ---- Calls with names --------------------------------------------------- */

static int
record_openat(int at_fd, const char *path, int flags, mode_t mode)
{
	int fd;

	if (mutant == MUTANT_APPEND_UNSYNCED)
		flags &= ~O_SYNC;
	fd = fault_calls.openat(at_fd, path, flags, mode);
	remember(fd, path);
	if (fd != -1 && (flags & O_CREAT) != 0)
		note_name("create", at_fd, path, inode_of(fd));
	return fd;
}

static int
record_dup(int fd)
{
	int copy_fd;

	copy_fd = fault_calls.dup(fd);
	if (copy_fd != -1 && fd >= 0 && fd < NAMES_MAX)
		remember(copy_fd, names[fd]);
	return copy_fd;
}

static int
record_mkdirat(int at_fd, const char *path, mode_t mode)
{
	struct stat st = { 0 };
	int answer;

	answer = fault_calls.mkdirat(at_fd, path, mode);
	if (answer == 0 && fstatat(at_fd, path, &st, 0) == 0)
		note_name("mkdir", at_fd, path, (unsigned long long)st.st_ino);
	return answer;
}

static int
record_renameat(int old_fd, const char *old, int new_fd, const char *new)
{
	int answer;

	answer = fault_calls.renameat(old_fd, old, new_fd, new);
	if (answer == 0)
		note_two("rename", old_fd, old, new_fd, new);
	return answer;
}

static int
record_rename_noreplace(
    int old_fd, const char *old, int new_fd, const char *new)
{
	int answer;

	answer = fault_calls.rename_noreplace(old_fd, old, new_fd, new);
	if (answer == 0)
		note_two("rename", old_fd, old, new_fd, new);
	return answer;
}

static int
do_fsync(int fd)
{
	int answer = fault_calls.fsync(fd);

	if (answer == 0)
		note_file("sync", fd, 0);
	return mutant == MUTANT_SYNC_IGNORED ? 0 : answer;
}

/* What a mutant has promised before it was so. */
static void
link_at_last(void)
{
	if (fault_calls.linkat(later.dir_fd, later.name, later.fd,
		later.final_name, 0) == 0)
		note_two("link", later.dir_fd, later.name, later.fd,
		    later.final_name);
	(void)do_fsync(later.fd);
	later.fd = -1;
}

static int
record_unlinkat(int at_fd, const char *path, int flags)
{
	int answer;

	if (mutant == MUTANT_WITNESS_TOO_EARLY && later.fd == -1 &&
	    strcmp(path, later.name) == 0)
		return 0; /* done already */
	if (mutant == MUTANT_ANSWER_TOO_EARLY && later.fd != -1)
		link_at_last();
	if (mutant == MUTANT_UNDO_LEFT && is_named(at_fd, "new"))
		return 0;
	answer = fault_calls.unlinkat(at_fd, path, flags);
	if (answer == 0)
		note_name("unlink", at_fd, path, 0);
	return answer;
}

/* ---- Syncs -------------------------------------------------------------- */

static int
sync_visible(int fd)
{
	static bool is_one_synced;

	switch (mutant) {
	case MUTANT_ANSWER_TOO_EARLY:
	case MUTANT_NEW_UNSYNCED:
		return 0;
	case MUTANT_SECOND_UNSYNCED:
		if (is_one_synced)
			return 0;
		is_one_synced = true;
		break;
	case MUTANT_EXIT_AT_SYNC:
		_exit(0);
	case MUTANT_WITNESS_TOO_EARLY:
		if (later.dir_fd == -1)
			break;
		(void)fault_calls.unlinkat(later.dir_fd, later.name, 0);
		note_name("unlink", later.dir_fd, later.name, 0);
		break;
	default:
		break;
	}
	return do_fsync(fd);
}

static int
record_fsync(int fd)
{
	if (is_folder(fd) && is_named(fd, "new"))
		return sync_visible(fd);
	if (mutant == MUTANT_FOLDERS_UNSYNCED && is_folder(fd))
		return 0;
	if (mutant == MUTANT_FILE_UNSYNCED && is_regular(fd))
		return 0;
	if (mutant == MUTANT_LINK_TOO_EARLY && is_regular(fd)) {
		later.fd = keep(fd);
		return 0;
	}
	return do_fsync(fd);
}

static int
do_fdatasync(int fd)
{
	int answer = fault_calls.fdatasync(fd);

	if (answer == 0)
		note_file("sync", fd, 0);
	return answer;
}

static int
record_fdatasync(int fd)
{
	if (mutant == MUTANT_JOURNAL_UNSYNCED ||
	    (mutant == MUTANT_JOURNAL_LATE && later.fd != -1))
		return 0;
	return do_fdatasync(fd);
}

static int
record_linkat(
    int old_fd, const char *old, int new_fd, const char *new, int flags)
{
	int answer;

	if (mutant == MUTANT_ANSWER_TOO_EARLY && is_named(new_fd, "new")) {
		later.fd = keep(new_fd);
		later.dir_fd = keep(old_fd);
		(void)strlcpy(later.name, old, sizeof(later.name));
		(void)strlcpy(
		    later.final_name, new, sizeof(later.final_name));
		return 0;
	}
	if (mutant == MUTANT_RENAME && is_named(new_fd, "new"))
		return record_renameat(old_fd, old, new_fd, new);
	answer = fault_calls.linkat(old_fd, old, new_fd, new, flags);
	if (answer == 0)
		note_two("link", old_fd, old, new_fd, new);
	if (later.fd != -1)
		(void)do_fsync(later.fd);
	later.dir_fd = keep(old_fd);
	(void)strlcpy(later.name, old, sizeof(later.name));
	return answer;
}

/* ---- Data --------------------------------------------------------------- */

static ssize_t
do_pwrite(int fd, const void *data, size_t size_bytes, off_t at)
{
	ssize_t taken = fault_calls.pwrite(fd, data, size_bytes, at);

	if (taken > 0)
		note_data(fd, data, (size_t)taken, at);
	return taken;
}

static ssize_t
write_late(int fd, const void *data, size_t size_bytes, off_t at)
{
	later.fd = keep(fd);
	later.at = at;
	memcpy(later.block, data, sizeof(later.block));
	return (ssize_t)size_bytes;
}

static ssize_t
record_pwrite(int fd, const void *data, size_t size_bytes, off_t at)
{
	struct journal_entry entry;
	char block[JOURNAL_BLOCK];

	if (!is_journal(fd) || size_bytes != sizeof(block))
		return do_pwrite(fd, data, size_bytes, at);
	journal_decode(&entry, data);
	if (mutant == MUTANT_JOURNAL_LATE && entry.state == ENTRY_OPEN)
		return write_late(fd, data, size_bytes, at);
	memcpy(block, data, sizeof(block));
	if (mutant == MUTANT_DONE_TOO_EARLY && entry.state == ENTRY_OPEN) {
		entry.state = ENTRY_DONE;
		journal_encode(block, &entry);
	}
	return do_pwrite(fd, block, size_bytes, at);
}

static ssize_t
record_write(int fd, const void *data, size_t size_bytes)
{
	ssize_t taken;

	if (mutant == MUTANT_EXIT_AT_APPEND && is_box(fd))
		_exit(0);
	taken = fault_calls.write(fd, data, size_bytes);
	if (taken > 0)
		note_data(fd, data, (size_t)taken,
		    lseek(fd, 0, SEEK_CUR) - (off_t)taken);
	if (mutant == MUTANT_JOURNAL_LATE && is_box(fd) && later.fd != -1) {
		(void)do_pwrite(
		    later.fd, later.block, sizeof(later.block), later.at);
		(void)do_fdatasync(later.fd);
		later.fd = -1;
	}
	return taken;
}

static int
record_ftruncate(int fd, off_t size_bytes)
{
	int answer;

	if (mutant == MUTANT_CUT_LEFT)
		return 0;
	answer = fault_calls.ftruncate(fd, size_bytes);
	if (answer == 0)
		note_file("truncate", fd, (long long)size_bytes);
	return answer;
}

/* ---- Ages --------------------------------------------------------------- */

static void
make_older(struct stat *st)
{
	if (has_old_folders && S_ISDIR(st->st_mode))
		st->st_ctime -= AN_HOUR_S;
}

static int
record_fstat(int fd, struct stat *st)
{
	int answer;

	answer = fault_calls.fstat(fd, st);
	if (answer == 0)
		make_older(st);
	return answer;
}

static int
record_fstatat(int at_fd, const char *path, struct stat *st, int flags)
{
	int answer;

	answer = fault_calls.fstatat(at_fd, path, st, flags);
	if (answer == 0)
		make_older(st);
	return answer;
}

/* ---- The rest changes nothing, or nothing that must last ---------------- */

static int
record_close(int fd)
{
	return fault_calls.close(fd);
}

static ssize_t
record_read(int fd, void *data, size_t size_bytes)
{
	return fault_calls.read(fd, data, size_bytes);
}

static ssize_t
record_pread(int fd, void *data, size_t size_bytes, off_t at)
{
	return fault_calls.pread(fd, data, size_bytes, at);
}

static off_t
record_lseek(int fd, off_t at, int whence)
{
	return fault_calls.lseek(fd, at, whence);
}

static int
record_futimens(int fd, const struct timespec times[2])
{
	return fault_calls.futimens(fd, times);
}

static int
record_flock(int fd, int operation)
{
	return fault_calls.flock(fd, operation);
}

static int
record_fcntl_lock(int fd)
{
	return fault_calls.fcntl_lock(fd);
}

static int
record_mmap(void **start_out, size_t length, int fd, off_t at)
{
	return fault_calls.mmap(start_out, length, fd, at);
}

static const struct sys_calls record_calls = {
	.openat = record_openat,
	.close = record_close,
	.dup = record_dup,
	.read = record_read,
	.write = record_write,
	.pread = record_pread,
	.pwrite = record_pwrite,
	.lseek = record_lseek,
	.ftruncate = record_ftruncate,
	.futimens = record_futimens,
	.fdatasync = record_fdatasync,
	.fsync = record_fsync,
	.fstat = record_fstat,
	.fstatat = record_fstatat,
	.mkdirat = record_mkdirat,
	.linkat = record_linkat,
	.unlinkat = record_unlinkat,
	.renameat = record_renameat,
	.rename_noreplace = record_rename_noreplace,
	.flock = record_flock,
	.fcntl_lock = record_fcntl_lock,
	.mmap = record_mmap,
};

const struct sys_calls *sys = &record_calls;
