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

/* What a signal handler may have to remove; set while a stage is open. */
static struct stage *volatile open_stage;

static void
remove_open_stage(void)
{
	struct stage *stage = open_stage;

	if (stage != NULL)
		(void)unlinkat(stage->stage_dir_fd, stage->name, 0);
}

enum verdict
stage_open(struct stage *stage, struct failure *why)
{
	int flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;

	stage->size_bytes = 0;
	stage->write_us = 0;
	stage->sync_us = 0;
	stage->is_sealed = false;
	stage->is_visible = false;
	stage->is_folder_unsynced = false;
	stage->is_witness_left = false;
	stage->fd = sys->openat(stage->stage_dir_fd, stage->name, flags, 0600);
	if (stage->fd == -1)
		return failure_errno(why, "open", stage->path);
	open_stage = stage;
	interrupt_cleanup(remove_open_stage);
	/* Nobody else knows the file yet: the lock is had or not supported. */
	stage->is_lock_refused = sys->flock(stage->fd, LOCK_EX | LOCK_NB) == -1;
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

enum verdict
stage_seal(struct stage *stage, struct failure *why)
{
	long long start_us = clock_us();
	enum verdict verdict = sync_file(stage->fd, stage->path, why);

	stage->sync_us += clock_us() - start_us;
	if (verdict != VERDICT_OK)
		return verdict;
	verdict = close_checked(stage, why);
	stage->is_sealed = verdict == VERDICT_OK;
	return verdict;
}

/* What the final name leads to, after a call that reported an error. */
enum final_name { FINAL_OURS, FINAL_OTHER, FINAL_ABSENT, FINAL_UNKNOWN };

/*
 * A link() over NFS can succeed while its reply is lost; the repeated
 * request then answers EEXIST or another error. Two links on our own inode
 * prove success, whatever the call said, for nobody else knows its name; and
 * so does our inode behind the final name, after a rename.
 */
static enum final_name
look_at_final(const struct stage *stage)
{
	struct stat own;
	struct stat final;

	if (sys->fstat(stage->fd, &own) == -1)
		return FINAL_UNKNOWN;
	if (own.st_nlink > 1)
		return FINAL_OURS;
	if (sys->fstatat(stage->final_dir_fd, stage->final_name, &final,
		AT_SYMLINK_NOFOLLOW) == -1)
		return errno == ENOENT ? FINAL_ABSENT : FINAL_UNKNOWN;
	return own.st_ino == final.st_ino && own.st_dev == final.st_dev
	    ? FINAL_OURS
	    : FINAL_OTHER;
}

static void
make_invisible(struct stage *stage, struct failure *why)
{
	stage->is_visible =
	    sys->unlinkat(stage->final_dir_fd, stage->final_name, 0) == -1 &&
	    errno != ENOENT;
	why->residue = stage->is_visible;
	if (stage->is_visible)
		open_stage = NULL; /* its name in the stage is the witness */
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
		make_invisible(stage, why);
	} else if (found == FINAL_UNKNOWN) {
		stage->is_visible = true;
		why->residue = true;
		why->sys_errno = EIO; /* another name must not be tried */
		open_stage = NULL;
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

static enum verdict
make_visible(struct stage *stage, bool *is_renamed_out, struct failure *why)
{
	int link_errno;

	*is_renamed_out = false;
	if (sys->linkat(stage->stage_dir_fd, stage->name, stage->final_dir_fd,
		stage->final_name, 0) == 0)
		return VERDICT_OK;
	link_errno = errno;
	if (!filesystem_refuses_links(stage->stage_dir_fd, link_errno))
		return judge_error(stage, "link", link_errno, why);
	*is_renamed_out = true;
	if (rename_checked(stage) == -1)
		return judge_error(stage, "rename", errno, why);
	return VERDICT_OK;
}

static enum verdict
sync_entry(struct stage *stage, struct failure *why)
{
	enum verdict verdict;

	verdict = sync_folder(stage->final_dir_fd, stage->policy,
	    &stage->is_folder_unsynced, stage->path, why);
	if (verdict != VERDICT_OK)
		return verdict;
	if (sync_needs_file_after_link(
		stage->fd, stage->policy, stage->is_folder_unsynced))
		return sync_file(stage->fd, stage->path, why);
	return VERDICT_OK;
}

enum verdict
stage_commit(struct stage *stage, struct failure *why)
{
	bool is_renamed;
	long long start_us;
	enum verdict verdict;

	verdict = make_visible(stage, &is_renamed, why);
	if (verdict != VERDICT_OK)
		return verdict;
	stage->is_visible = true;
	start_us = clock_us();
	verdict = sync_entry(stage, why);
	stage->sync_us += clock_us() - start_us;
	if (verdict != VERDICT_OK) {
		make_invisible(stage, why);
		return verdict;
	}
	open_stage = NULL; /* from now on its name is only a witness */
	if (!is_renamed &&
	    sys->unlinkat(stage->stage_dir_fd, stage->name, 0) == -1)
		stage->is_witness_left = true;
	return VERDICT_OK;
}

void
stage_close(struct stage *stage)
{
	if (open_stage == stage)
		open_stage = NULL;
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
