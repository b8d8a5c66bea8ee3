#include "maildir/layout.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/sys.h"
#include "durable/folder.h"

enum { FOLDER_NAME_MAX = 200 };

bool
layout_is_folder_name(const char *name)
{
	size_t size_bytes = strlen(name);
	size_t i;

	if (size_bytes == 0 || size_bytes > FOLDER_NAME_MAX ||
	    name[0] == '.' || name[size_bytes - 1] == '.' ||
	    strstr(name, "..") != NULL)
		return false;
	for (i = 0; i < size_bytes; i++) {
		unsigned char byte = (unsigned char)name[i];

		if (byte < ' ' || byte == 0x7f || byte == '/')
			return false;
	}
	return true;
}

static enum verdict
set_path(struct layout *layout, const struct maildir *where,
    struct failure *why)
{
	bool has_folder = where->folder != NULL;
	int length;

	length = snprintf(layout->path, sizeof(layout->path), "%s%s%s",
	    where->path, has_folder ? "/." : "",
	    has_folder ? where->folder : "");
	if (length < 0 || (size_t)length >= sizeof(layout->path))
		return failure_retry(why, "path-long", "4.3.5", where->path);
	return VERDICT_OK;
}

/* Give an ENOENT the name that tells what is missing. */
static enum verdict
name_missing(struct failure *why, const char *step, const char *path)
{
	if (why->sys_errno != ENOENT)
		return VERDICT_RETRY;
	errno = ENOENT;
	return failure_errno(why, step, path);
}

static enum verdict
open_top(int *fd_out, const struct maildir *where, bool *created_out,
    struct failure *why)
{
	enum verdict verdict;

	if (!where->may_create) {
		verdict = folder_open(fd_out, AT_FDCWD, where->path, true, why);
		if (verdict != VERDICT_OK)
			return name_missing(why, "maildir-missing", where->path);
		return VERDICT_OK;
	}
	verdict = folder_make(fd_out, AT_FDCWD, where->path, created_out, why);
	if (verdict != VERDICT_OK)
		return name_missing(why, "maildir-parent", where->path);
	return VERDICT_OK;
}

static enum verdict
sync_one(struct layout *layout, int fd, const struct maildir *where,
    struct failure *why)
{
	return sync_folder(fd, &where->sync, &layout->is_folder_unsynced,
	    layout->path, why);
}

/* The folder in which a new one was made; its clock may not be ours. */
static enum verdict
sync_parent(struct layout *layout, const struct maildir *where,
    struct failure *why)
{
	enum verdict verdict;
	int fd;

	verdict = folder_open(&fd, layout->dir_fd, "..", true, why);
	if (verdict != VERDICT_OK)
		return verdict;
	verdict = sync_one(layout, fd, where, why);
	(void)sys->close(fd); /* opened for reading only */
	return verdict;
}

/* Readers tell a Maildir++ folder from a Maildir by this file. */
static enum verdict
mark_folder(struct layout *layout, struct failure *why)
{
	int fd;

	fd = sys->openat(layout->dir_fd, "maildirfolder",
	    O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd == -1)
		return failure_errno(why, "open", "maildirfolder");
	(void)sys->close(fd); /* empty: nothing to lose */
	return VERDICT_OK;
}

/*
 * cur is made last, and after a sync of what was made before: where it is,
 * nothing is missing, not even after a power cut.
 */
static bool
is_complete(const struct layout *layout)
{
	struct stat st;

	return sys->fstatat(layout->dir_fd, "cur", &st, 0) == 0;
}

static enum verdict
open_one(int *fd_out, const struct layout *layout, const char *name,
    const struct maildir *where, bool *created_out, struct failure *why)
{
	enum verdict verdict;

	if (where->may_create || where->may_create_folder)
		return folder_make(
		    fd_out, layout->dir_fd, name, created_out, why);
	verdict = folder_open(fd_out, layout->dir_fd, name, false, why);
	if (verdict != VERDICT_OK)
		return name_missing(why, "maildir-missing", layout->path);
	return VERDICT_OK;
}

static enum verdict
make_cur(struct layout *layout, const struct maildir *where,
    bool *created_out, struct failure *why)
{
	enum verdict verdict;
	int fd;

	if (is_complete(layout))
		return VERDICT_OK;
	verdict = sync_one(layout, layout->dir_fd, where, why);
	if (verdict == VERDICT_OK)
		verdict = open_one(
		    &fd, layout, "cur", where, created_out, why);
	if (verdict == VERDICT_OK)
		(void)sys->close(fd); /* opened for reading only */
	return verdict;
}

/* tmp, new and cur below dir_fd; is_new tells that dir_fd was just made. */
static enum verdict
open_inner(struct layout *layout, const struct maildir *where, bool is_new,
    struct failure *why)
{
	bool is_created = false;
	enum verdict verdict;

	verdict = open_one(
	    &layout->tmp_dir_fd, layout, "tmp", where, &is_created, why);
	if (verdict == VERDICT_OK)
		verdict = open_one(&layout->new_dir_fd, layout, "new", where,
		    &is_created, why);
	if (verdict == VERDICT_OK)
		verdict = make_cur(layout, where, &is_created, why);
	if (verdict == VERDICT_OK && is_created)
		verdict = sync_one(layout, layout->dir_fd, where, why);
	if (verdict == VERDICT_OK && is_new)
		verdict = sync_parent(layout, where, why);
	if (verdict != VERDICT_OK)
		failure_under(why, layout->path);
	return verdict;
}

static void
close_folder(int *fd)
{
	if (*fd != -1)
		(void)sys->close(*fd); /* opened for reading only */
	*fd = -1;
}

/* dir_fd leads to the Maildir; it moves on to the folder below. */
static enum verdict
enter_folder(struct layout *layout, const struct maildir *where,
    struct failure *why)
{
	char name[FOLDER_NAME_MAX + 2];
	bool is_created = false;
	enum verdict verdict;
	int fd;

	(void)snprintf(name, sizeof(name), ".%s", where->folder);
	if (where->may_create_folder)
		verdict = folder_make(
		    &fd, layout->dir_fd, name, &is_created, why);
	else
		verdict = folder_open(&fd, layout->dir_fd, name, false, why);
	if (verdict != VERDICT_OK)
		return name_missing(why, "folder-missing", layout->path);
	close_folder(&layout->tmp_dir_fd);
	close_folder(&layout->new_dir_fd);
	close_folder(&layout->dir_fd);
	layout->dir_fd = fd;
	if (is_created || !is_complete(layout))
		verdict = mark_folder(layout, why);
	if (verdict == VERDICT_OK)
		verdict = open_inner(layout, where, is_created, why);
	return verdict;
}

/* What is just made, and what a crash left half made; here as in a folder. */
static bool
is_unfinished(const struct layout *layout, const struct maildir *where)
{
	return where->may_create && !is_complete(layout);
}

static enum verdict
open_all(struct layout *layout, const struct maildir *where,
    struct failure *why)
{
	bool is_created = false;
	enum verdict verdict;

	verdict = open_top(&layout->dir_fd, where, &is_created, why);
	if (verdict == VERDICT_OK &&
	    (where->folder == NULL || is_unfinished(layout, where)))
		verdict = open_inner(layout, where, is_created, why);
	if (verdict == VERDICT_OK && where->folder != NULL)
		verdict = enter_folder(layout, where, why);
	if (verdict == VERDICT_OK)
		verdict = folder_sync_young(layout->dir_fd, layout->path,
		    where->home, &where->sync, &layout->is_folder_unsynced,
		    why);
	return verdict;
}

enum verdict
layout_open(struct layout *layout, const struct maildir *where,
    struct failure *why)
{
	enum verdict verdict;

	layout->dir_fd = -1;
	layout->tmp_dir_fd = -1;
	layout->is_tmp_read = false;
	layout->new_dir_fd = -1;
	layout->cur_dir_fd = -1;
	layout->is_folder_unsynced = false;
	verdict = set_path(layout, where, why);
	if (verdict == VERDICT_OK)
		verdict = open_all(layout, where, why);
	if (verdict != VERDICT_OK)
		layout_close(layout);
	return verdict;
}

enum verdict
layout_open_cur(struct layout *layout, struct failure *why)
{
	enum verdict verdict;

	if (layout->cur_dir_fd != -1)
		return VERDICT_OK;
	verdict = folder_open(
	    &layout->cur_dir_fd, layout->dir_fd, "cur", false, why);
	if (verdict != VERDICT_OK)
		failure_under(why, layout->path);
	return verdict;
}

void
layout_close(struct layout *layout)
{
	close_folder(&layout->cur_dir_fd);
	close_folder(&layout->new_dir_fd);
	close_folder(&layout->tmp_dir_fd);
	close_folder(&layout->dir_fd);
}
