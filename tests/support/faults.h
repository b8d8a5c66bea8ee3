/*
 * faults.h - a system-call table that keeps a record and fails on demand.
 *
 * After faults_install() every call goes through to the system. trail names
 * them in their order, each with a blank behind it.
 */
#ifndef TESTS_SUPPORT_FAULTS_H
#define TESTS_SUPPORT_FAULTS_H

#include <sys/stat.h>

#include <atf-c.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/sys.h"

enum call {
	CALL_OPENAT,
	CALL_CLOSE,
	CALL_DUP,
	CALL_READ,
	CALL_PREAD,
	CALL_WRITE,
	CALL_FSYNC_FILE,
	CALL_FSYNC_DIR,
	CALL_FSTAT,
	CALL_FSTATAT,
	CALL_MKDIRAT,
	CALL_LINKAT,
	CALL_UNLINKAT,
	CALL_RENAMEAT,
	CALL_RENAME_NOREPLACE,
	CALL_FLOCK,
	CALL_LSEEK,
	CALL_MMAP,
	CALLS
};

enum { DIED = 99 }; /* exit code of a process that die_at ended */

struct fault_plan {
	unsigned int first; /* of the calls that fail, counted from 1 */
	unsigned int last;  /* 0: none fails */
	int sys_errno;
	bool is_late;	   /* the call is made, and then said to have failed */
	unsigned int seen; /* calls so far */
};

static struct fault_plan fault_plans[CALLS];
static const struct sys_calls *real_sys;
static char trail[4096];
static unsigned int die_at; /* end the process at this call; 0: never */
static unsigned int calls_made;

/* Does this call fail, before or after its work? */
static inline bool
fault_hits(enum call call, bool is_late)
{
	struct fault_plan *plan = &fault_plans[call];

	return plan->is_late == is_late && plan->seen >= plan->first &&
	    plan->seen <= plan->last;
}

static inline void
note_call(enum call call)
{
	static const char *const names[] = { "openat", "close", "dup", "read",
		"pread", "write", "fsync", "fsync-dir", "fstat", "fstatat", "mkdirat",
		"linkat", "unlinkat", "renameat", "rename_noreplace", "flock",
		"lseek", "mmap" };
	size_t used_bytes = strlen(trail);

	if (++calls_made == die_at)
		_exit(DIED);
	fault_plans[call].seen++;
	(void)snprintf(trail + used_bytes, sizeof(trail) - used_bytes, "%s ",
	    names[call]);
}

/* Around a call that answers -1 for an error. */
#define FAULT_AROUND(type, call, expression)                     \
	type answer = -1;                                        \
	note_call(call);                                         \
	if (!fault_hits(call, false))                            \
		answer = (expression);                           \
	if (!fault_hits(call, false) && !fault_hits(call, true)) \
		return answer;                                   \
	errno = fault_plans[call].sys_errno;                     \
	return -1

static inline int
fault_openat(int dir_fd, const char *path, int flags, mode_t mode)
{
	FAULT_AROUND(int, CALL_OPENAT,
	    real_sys->openat(dir_fd, path, flags, mode));
}

/* A descriptor that close(2) fails for is gone all the same. */
static inline int
fault_close(int fd)
{
	fault_plans[CALL_CLOSE].is_late = true;
	FAULT_AROUND(int, CALL_CLOSE, real_sys->close(fd));
}

static inline int
fault_dup(int fd)
{
	FAULT_AROUND(int, CALL_DUP, real_sys->dup(fd));
}

static inline ssize_t
fault_read(int fd, void *data, size_t size_bytes)
{
	FAULT_AROUND(ssize_t, CALL_READ, real_sys->read(fd, data, size_bytes));
}

static inline ssize_t
fault_pread(int fd, void *data, size_t size_bytes, off_t at)
{
	FAULT_AROUND(ssize_t, CALL_PREAD,
	    real_sys->pread(fd, data, size_bytes, at));
}

static inline ssize_t
fault_write(int fd, const void *data, size_t size_bytes)
{
	FAULT_AROUND(ssize_t, CALL_WRITE,
	    real_sys->write(fd, data, size_bytes));
}

static inline int
fault_fsync(int fd)
{
	struct stat st;
	enum call call = CALL_FSYNC_FILE;

	if (real_sys->fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
		call = CALL_FSYNC_DIR;
	FAULT_AROUND(int, call, real_sys->fsync(fd));
}

static inline int
fault_fstat(int fd, struct stat *st)
{
	FAULT_AROUND(int, CALL_FSTAT, real_sys->fstat(fd, st));
}

static inline int
fault_fstatat(int dir_fd, const char *path, struct stat *st, int flags)
{
	FAULT_AROUND(int, CALL_FSTATAT,
	    real_sys->fstatat(dir_fd, path, st, flags));
}

static inline int
fault_mkdirat(int dir_fd, const char *path, mode_t mode)
{
	FAULT_AROUND(int, CALL_MKDIRAT, real_sys->mkdirat(dir_fd, path, mode));
}

static inline int
fault_linkat(int old_dir_fd, const char *old_path, int new_dir_fd,
    const char *new_path, int flags)
{
	FAULT_AROUND(int, CALL_LINKAT,
	    real_sys->linkat(old_dir_fd, old_path, new_dir_fd, new_path,
		flags));
}

static inline int
fault_unlinkat(int dir_fd, const char *path, int flags)
{
	FAULT_AROUND(int, CALL_UNLINKAT,
	    real_sys->unlinkat(dir_fd, path, flags));
}

static inline int
fault_renameat(int old_dir_fd, const char *old_path, int new_dir_fd,
    const char *new_path)
{
	FAULT_AROUND(int, CALL_RENAMEAT,
	    real_sys->renameat(old_dir_fd, old_path, new_dir_fd, new_path));
}

static inline int
fault_rename_noreplace(int old_dir_fd, const char *old_path, int new_dir_fd,
    const char *new_path)
{
	FAULT_AROUND(int, CALL_RENAME_NOREPLACE,
	    real_sys->rename_noreplace(old_dir_fd, old_path, new_dir_fd,
		new_path));
}

static inline int
fault_flock(int fd, int operation)
{
	FAULT_AROUND(int, CALL_FLOCK, real_sys->flock(fd, operation));
}

static inline off_t
fault_lseek(int fd, off_t at, int whence)
{
	FAULT_AROUND(off_t, CALL_LSEEK, real_sys->lseek(fd, at, whence));
}

static inline int
fault_mmap(void **start_out, size_t length, int fd, off_t at)
{
	FAULT_AROUND(int, CALL_MMAP,
	    real_sys->mmap(start_out, length, fd, at));
}

/*
 * faults_install - put the table in place; nothing fails yet.
 */
static inline void
faults_install(void)
{
	static struct sys_calls calls;

	calls = *sys;
	calls.openat = fault_openat;
	calls.close = fault_close;
	calls.dup = fault_dup;
	calls.read = fault_read;
	calls.pread = fault_pread;
	calls.write = fault_write;
	calls.fsync = fault_fsync;
	calls.fstat = fault_fstat;
	calls.fstatat = fault_fstatat;
	calls.mkdirat = fault_mkdirat;
	calls.linkat = fault_linkat;
	calls.unlinkat = fault_unlinkat;
	calls.renameat = fault_renameat;
	calls.rename_noreplace = fault_rename_noreplace;
	calls.flock = fault_flock;
	calls.lseek = fault_lseek;
	calls.mmap = fault_mmap;
	real_sys = sys;
	sys = &calls;
}

/*
 * fail_nth - let the nth call from now on fail.
 */
static inline void
fail_nth(enum call call, unsigned int nth, int sys_errno)
{
	struct fault_plan *plan = &fault_plans[call];

	plan->first = plan->seen + nth;
	plan->last = plan->first;
	plan->sys_errno = sys_errno;
	plan->is_late = false;
}

/*
 * fail_always - let every such call fail from now on.
 */
static inline void
fail_always(enum call call, int sys_errno)
{
	fail_nth(call, 1, sys_errno);
	fault_plans[call].last = UINT_MAX;
}

/*
 * fail_late - let the next call do its work, and then report an error.
 */
static inline void
fail_late(enum call call, int sys_errno)
{
	fail_nth(call, 1, sys_errno);
	fault_plans[call].is_late = true;
}

/*
 * calls_seen - how many calls of this kind there were.
 */
static inline unsigned int
calls_seen(enum call call)
{
	return fault_plans[call].seen;
}

/*
 * trail_without - the trail so far, less the calls of one name.
 *
 * Takes   word, a whole name such as "fstatat".
 */
static inline const char *
trail_without(const char *word)
{
	static char rest[sizeof(trail)];
	const char *at = trail;
	size_t used_bytes = 0;
	size_t length;

	for (; *at != '\0'; at += length) {
		length = strcspn(at, " ") + 1;
		if (length == strlen(word) + 1 &&
		    strncmp(at, word, length - 1) == 0)
			continue;
		memcpy(rest + used_bytes, at, length);
		used_bytes += length;
	}
	rest[used_bytes] = '\0';
	return rest;
}

/*
 * trail_clear - begin the record anew; what is to fail stays.
 */
static inline void
trail_clear(void)
{
	trail[0] = '\0';
}

#endif
