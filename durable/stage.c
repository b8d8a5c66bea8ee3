#include "durable/stage.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/interrupt.h"
#include "base/sys.h"
#include "durable/filesystem.h"

enum { COPY_BYTES = 64 * 1024 };

/*
 * What a signal handler may have to remove: a list, each step of which is
 * one store of a pointer, because a signal may come between any two.
 */
static struct stage *volatile open_stages;

static void
remove_open_stages(void)
{
	struct stage *stage;

	for (stage = open_stages; stage != NULL; stage = stage->next_open)
		(void)unlinkat(stage->stage_dir_fd, stage->name, 0);
}

static void
list_open(struct stage *stage)
{
	stage->next_open = open_stages;
	open_stages = stage;
	interrupt_cleanup(remove_open_stages);
}

static void
unlist_open(const struct stage *stage)
{
	struct stage *before = open_stages;

	if (before == stage) {
		open_stages = stage->next_open;
		return;
	}
	while (before != NULL && before->next_open != stage)
		before = before->next_open;
	if (before != NULL)
		before->next_open = stage->next_open;
}

static void
start_empty(struct stage *stage)
{
	stage->size_bytes = 0;
	stage->write_us = 0;
	stage->sync_us = 0;
	stage->is_lock_refused = false;
	stage->is_sealed = false;
	stage->is_visible = false;
	stage->is_folder_unsynced = false;
	stage->is_witness_left = false;
	stage->is_shared = false;
	stage->is_renamed = false;
}

enum verdict
stage_open(struct stage *stage, struct failure *why)
{
	int flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;

	start_empty(stage);
	stage->fd = sys->openat(stage->stage_dir_fd, stage->name, flags, 0600);
	if (stage->fd == -1)
		return failure_errno(why, "open", stage->path);
	list_open(stage);
	/* Nobody else knows the file yet: the lock is had or not supported. */
	stage->is_lock_refused = sys->flock(stage->fd, LOCK_EX | LOCK_NB) == -1;
	return VERDICT_OK;
}

/* Whatever link(2) answered: is our name that of this file? */
static bool
is_named(const struct stage *stage)
{
	struct stat own;
	struct stat named;

	return sys->fstat(stage->fd, &own) == 0 &&
	    sys->fstatat(stage->stage_dir_fd, stage->name, &named,
		AT_SYMLINK_NOFOLLOW) == 0 &&
	    own.st_ino == named.st_ino && own.st_dev == named.st_dev;
}

/*
 * From the first try on, two links on the donor's file prove nothing of its
 * final name: an answer that is lost may have left one here.
 */
static enum verdict
link_shared(struct stage *stage, struct stage *donor, struct failure *why)
{
	int link_errno;

	donor->is_shared = true;
	if (sys->linkat(donor->stage_dir_fd, donor->name, stage->stage_dir_fd,
		stage->name, 0) == 0)
		return VERDICT_OK;
	link_errno = errno;
	if (is_named(stage))
		return VERDICT_OK;
	errno = link_errno;
	return failure_errno(why, "link", stage->path);
}

enum verdict
stage_share(struct stage *stage, struct stage *donor, struct failure *why)
{
	start_empty(stage);
	stage->fd = sys->dup(donor->fd);
	if (stage->fd == -1)
		return failure_errno(why, "dup", stage->path);
	if (link_shared(stage, donor, why) != VERDICT_OK) {
		(void)sys->close(stage->fd); /* the donor's stays open */
		stage->fd = -1;
		return VERDICT_RETRY;
	}
	stage->size_bytes = donor->size_bytes;
	stage->is_lock_refused = donor->is_lock_refused;
	stage->is_shared = true;
	list_open(stage);
	return VERDICT_OK;
}

static enum verdict
write_all(struct stage *stage, struct span data, struct failure *why)
{
	enum verdict verdict;
	ssize_t taken;

	while (data.size_bytes > 0) {
		taken = sys->write(stage->fd, data.at, data.size_bytes);
		if (taken == -1 && errno == EINTR) {
			verdict = interrupt_check(why);
			if (verdict != VERDICT_OK)
				return verdict;
			continue;
		}
		if (taken == 0)
			errno = ENOSPC; /* a write that never advances */
		if (taken <= 0)
			return failure_errno(why, "write", stage->path);
		data = span_from(data, (size_t)taken);
		stage->size_bytes += taken;
	}
	return VERDICT_OK;
}

enum verdict
stage_write(struct stage *stage, struct span data, struct failure *why)
{
	long long start_us = clock_us();
	enum verdict verdict = write_all(stage, data, why);

	stage->write_us += clock_us() - start_us;
	return verdict;
}

enum verdict
stage_copy(
    struct stage *stage, const struct stage *donor, struct failure *why)
{
	char block[COPY_BYTES];
	struct span data = { block, 0 };
	enum verdict verdict = VERDICT_OK;
	off_t offset = 0;
	ssize_t got;

	while (verdict == VERDICT_OK && offset < donor->size_bytes) {
		got = sys->pread(donor->fd, block, sizeof(block), offset);
		if (got == -1 && errno == EINTR)
			continue;
		if (got == 0)
			errno = EIO; /* it was longer when we wrote it */
		if (got <= 0)
			return failure_errno(why, "read", donor->path);
		offset += got;
		data.size_bytes = (size_t)got;
		verdict = stage_write(stage, data, why);
	}
	return verdict;
}

/*
 * The descriptor that carries the lock must outlive the close that is
 * checked (NFS and quotas report lost data there), so a copy is closed.
 */
static enum verdict
close_checked(struct stage *stage, struct failure *why)
{
	int kept_fd = sys->dup(stage->fd);

	if (kept_fd == -1)
		return failure_errno(why, "dup", stage->path);
	if (sys->close(stage->fd) == -1) {
		stage->fd = kept_fd;
		return failure_errno(why, "close", stage->path);
	}
	stage->fd = kept_fd;
	return VERDICT_OK;
}

void
stage_start_seal(const struct stage *stage)
{
	sync_start(stage->fd);
}

enum verdict
stage_seal_shared(struct stage *stage, struct failure *why)
{
	enum verdict verdict = close_checked(stage, why);

	stage->is_sealed = verdict == VERDICT_OK;
	return verdict;
}

enum verdict
stage_seal(struct stage *stage, struct failure *why)
{
	long long start_us = clock_us();
	enum verdict verdict = sync_file(stage->fd, stage->path, why);

	stage->sync_us += clock_us() - start_us;
	if (verdict != VERDICT_OK)
		return verdict;
	return stage_seal_shared(stage, why);
}

/* What the final name leads to, after a call that reported an error. */
enum final_name { FINAL_OURS, FINAL_OTHER, FINAL_ABSENT, FINAL_UNKNOWN };

/*
 * A link() over NFS can succeed while its reply is lost; the repeated
 * request then answers EEXIST or another error. Two links on our own inode
 * prove success, whatever the call said, for nobody else knows its name; and
 * so does our inode behind the final name, after a rename, or where the file
 * has more names by our own doing.
 */
static enum final_name
look_at_final(const struct stage *stage)
{
	struct stat own;
	struct stat final;

	if (sys->fstat(stage->fd, &own) == -1)
		return FINAL_UNKNOWN;
	if (own.st_nlink > 1 && !stage->is_shared)
		return FINAL_OURS;
	if (sys->fstatat(stage->final_dir_fd, stage->final_name, &final,
		AT_SYMLINK_NOFOLLOW) == -1)
		return errno == ENOENT ? FINAL_ABSENT : FINAL_UNKNOWN;
	return own.st_ino == final.st_ino && own.st_dev == final.st_dev
	    ? FINAL_OURS
	    : FINAL_OTHER;
}

void
stage_hide(struct stage *stage, struct failure *why)
{
	stage->is_visible =
	    sys->unlinkat(stage->final_dir_fd, stage->final_name, 0) == -1 &&
	    errno != ENOENT;
	why->residue = stage->is_visible;
	if (stage->is_visible)
		unlist_open(stage); /* its name in the stage is the witness */
}

/*
 * When nobody can say what became of the name, it is removed; but EEXIST may
 * mean that it is somebody else's, and then it stays as residue.
 */
static enum verdict
judge_error(struct stage *stage, const char *step, int sys_errno,
    struct failure *why)
{
	enum final_name found = look_at_final(stage);

	if (found == FINAL_OURS)
		return VERDICT_OK;
	errno = sys_errno;
	(void)failure_errno(why, step, stage->path);
	if (found == FINAL_OTHER)
		return VERDICT_RETRY;
	if (sys_errno != EEXIST) {
		stage_hide(stage, why);
	} else if (found == FINAL_UNKNOWN) {
		stage->is_visible = true;
		why->residue = true;
		why->sys_errno = EIO; /* another name must not be tried */
		unlist_open(stage);
	}
	return VERDICT_RETRY;
}

/* Both folders are ours, and the name holds 32 random bits. */
static int
rename_checked(const struct stage *stage)
{
	struct stat final;

	if (sys->rename_noreplace(stage->stage_dir_fd, stage->name,
		stage->final_dir_fd, stage->final_name) == 0)
		return 0;
	if (errno != ENOSYS && errno != EINVAL && errno != ENOTSUP)
		return -1;
	if (sys->fstatat(stage->final_dir_fd, stage->final_name, &final,
		AT_SYMLINK_NOFOLLOW) == 0)
		errno = EEXIST;
	else if (errno == ENOENT)
		return sys->renameat(stage->stage_dir_fd, stage->name,
		    stage->final_dir_fd, stage->final_name);
	return -1;
}

enum verdict
stage_show(struct stage *stage, struct failure *why)
{
	enum verdict verdict = VERDICT_OK;
	int link_errno;

	stage->is_renamed = false;
	if (sys->linkat(stage->stage_dir_fd, stage->name, stage->final_dir_fd,
		stage->final_name, 0) == -1) {
		link_errno = errno;
		stage->is_renamed = filesystem_refuses_links(
		    stage->stage_dir_fd, link_errno);
		if (!stage->is_renamed)
			verdict = judge_error(stage, "link", link_errno, why);
		else if (rename_checked(stage) == -1)
			verdict = judge_error(stage, "rename", errno, why);
	}
	if (verdict == VERDICT_OK)
		stage->is_visible = true;
	return verdict;
}

enum verdict
stage_sync_folder(struct stage *stage, struct failure *why)
{
	long long start_us = clock_us();
	enum verdict verdict;

	verdict = sync_folder(stage->final_dir_fd, stage->policy,
	    &stage->is_folder_unsynced, stage->path, why);
	stage->sync_us += clock_us() - start_us;
	return verdict;
}

enum verdict
stage_sync_name(struct stage *stage, struct failure *why)
{
	long long start_us = clock_us();
	enum verdict verdict;

	if (!sync_needs_file_after_link(
		stage->fd, stage->policy, stage->is_folder_unsynced))
		return VERDICT_OK;
	verdict = sync_file(stage->fd, stage->path, why);
	stage->sync_us += clock_us() - start_us;
	return verdict;
}

void
stage_keep(struct stage *stage)
{
	unlist_open(stage); /* from now on its name is only a witness */
}

void
stage_forget(struct stage *stage)
{
	if (!stage->is_renamed &&
	    sys->unlinkat(stage->stage_dir_fd, stage->name, 0) == -1)
		stage->is_witness_left = true;
}

enum verdict
stage_commit(struct stage *stage, struct failure *why)
{
	enum verdict verdict = stage_show(stage, why);

	if (verdict != VERDICT_OK)
		return verdict;
	verdict = stage_sync_folder(stage, why);
	if (verdict == VERDICT_OK)
		verdict = stage_sync_name(stage, why);
	if (verdict != VERDICT_OK) {
		stage_hide(stage, why);
		return verdict;
	}
	stage_keep(stage);
	stage_forget(stage);
	return VERDICT_OK;
}

void
stage_close(struct stage *stage)
{
	unlist_open(stage);
	if (stage->fd != -1)
		(void)sys->close(stage->fd); /* durable, or given up */
	stage->fd = -1;
}

void
stage_abandon(struct stage *stage)
{
	/* What cannot be removed now is swept by a later delivery. */
	if (!stage->is_visible)
		(void)sys->unlinkat(stage->stage_dir_fd, stage->name, 0);
	stage_close(stage);
}
