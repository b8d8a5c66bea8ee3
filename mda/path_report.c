#include "mda/path_report.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "compat/compat.h"
#include "mda/component.h"
#include "mda/nls.h"
#include "mda/path_walk.h"

struct check {
	struct tell *tell;
	const struct job *job;
	struct path_walk walk;
	struct path_walk above; /* the last folder on the way */
	bool is_missing;	/* there is nothing at the end of the path */
	struct failure *why;
};

/* The delivery would say it like this. */
static enum verdict
fail(struct check *check, const char *step, int error)
{
	errno = error;
	return failure_errno(check->why, step, check->walk.here);
}

static enum verdict
refuse(struct check *check, const struct path_walk *place, int rights,
    const char *step, int error)
{
	if (error == EACCES)
		component_refusal(check->tell, place, rights);
	return fail(check, step, error);
}

static enum verdict
need_search(struct check *check)
{
	int error = component_allows(&check->walk, X_OK);

	if (error == 0)
		return VERDICT_OK;
	tell_problem(check->tell, TELL_FAILURE, "not-searchable",
	    _("%s is not searchable by uid %ld"), check->walk.here,
	    (long)geteuid());
	return refuse(check, &check->walk, X_OK, "open-dir", error);
}

/* The Maildir itself is opened for reading. */
static enum verdict
need_reading(struct check *check)
{
	int error = component_allows(&check->walk, R_OK | X_OK);

	if (error == 0)
		return VERDICT_OK;
	tell_problem(check->tell, TELL_FAILURE, "not-readable",
	    _("%s is not readable and searchable by uid %ld"), check->walk.here,
	    (long)geteuid());
	return refuse(check, &check->walk, R_OK | X_OK, "open-dir", error);
}

static enum verdict
read_only(struct check *check, const char *path, const char *step)
{
	tell_problem(check->tell, TELL_FAILURE, "read-only",
	    _("%s lies on a file system that is mounted read-only"), path);
	return fail(check, step, EROFS);
}

static enum verdict
need_writing(struct check *check)
{
	int error = component_allows(&check->walk, R_OK | W_OK | X_OK);

	if (error == 0)
		return VERDICT_OK;
	if (error == EROFS)
		return read_only(check, check->walk.here, "open");
	tell_problem(check->tell, TELL_FAILURE, "not-writable",
	    _("%s is not readable and writable by uid %ld"), check->walk.here,
	    (long)geteuid());
	return refuse(check, &check->walk, R_OK | W_OK | X_OK, "open", error);
}

/* What is missing is made in the folder above it. */
static enum verdict
need_creating(struct check *check)
{
	const char *above = check->above.here;
	int error = component_allows(&check->above, W_OK | X_OK);

	if (error == 0)
		return VERDICT_OK;
	if (error == EROFS)
		return read_only(check, above, "mkdir");
	tell_problem(check->tell, TELL_FAILURE, "not-writable",
	    _("nothing can be created in %s by uid %ld"), above,
	    (long)geteuid());
	return refuse(check, &check->above, W_OK | X_OK, "mkdir", error);
}

static enum verdict
need_folder(struct check *check)
{
	if (S_ISDIR(check->walk.st.st_mode))
		return VERDICT_OK;
	tell_problem(check->tell, TELL_FAILURE, "not-a-folder",
	    _("%s is not a folder"), check->walk.here);
	return fail(check, "open-dir", ENOTDIR);
}

static enum verdict
need_no_link(struct check *check)
{
	tell_problem(check->tell, TELL_FAILURE, "symbolic-link",
	    _("%s is a symbolic link, which is not followed here"),
	    check->walk.here);
	return fail(check, "open-dir", ELOOP);
}

/* The folders above a mailbox are never made. */
static enum verdict
need_parent(struct check *check)
{
	const struct destination *destination = &check->job->destination;

	tell_problem(check->tell, TELL_FAILURE, "parent-missing",
	    _("%s must exist: it is never created"), check->walk.here);
	if (destination->kind == BOX_MBOX)
		return fail(check, "open-dir", ENOENT);
	errno = ENOENT;
	return failure_errno(check->why,
	    check->job->settings.create == CREATE_NO ? "maildir-missing"
						     : "maildir-parent",
	    destination->path);
}

static enum verdict
not_examined(struct check *check)
{
	tell_problem(check->tell, TELL_FAILURE, "not-examined",
	    _("%s cannot be examined by uid %ld: %s"), check->walk.here,
	    (long)geteuid(), strerror(check->walk.error));
	return fail(check, "open-dir", check->walk.error);
}

static enum verdict
check_found(struct check *check)
{
	enum verdict verdict;

	if (check->walk.target[0] != '\0')
		return VERDICT_OK;
	verdict = need_folder(check);
	if (verdict == VERDICT_OK)
		verdict = need_search(check);
	check->above = check->walk;
	return verdict;
}

/* A new folder does not take the place of a link that leads nowhere. */
static enum verdict
check_missing(struct check *check, bool may_be_missing)
{
	if (!path_walk_is_last(&check->walk) || !may_be_missing)
		return need_parent(check);
	check->is_missing = true;
	if (check->walk.links > 0 &&
	    lstat(check->job->destination.path, &check->walk.st) == 0)
		return need_parent(check);
	return VERDICT_OK;
}

static enum verdict
walk_to(struct check *check, const char *path, bool may_be_missing)
{
	struct path_walk *walk = &check->walk;
	enum verdict verdict = VERDICT_OK;

	path_walk_start(walk, path);
	check->is_missing = false;
	while (verdict == VERDICT_OK && path_walk_next(walk)) {
		component_tell(check->tell, walk);
		if (walk->error == 0)
			verdict = check_found(check);
		else if (walk->error == ENOENT)
			verdict = check_missing(check, may_be_missing);
		else
			verdict = not_examined(check);
	}
	return verdict;
}

/* One more component below a folder that was walked to. */
static void
look_at(struct check *check, const char *path)
{
	struct path_walk *walk = &check->walk;

	path_walk_start(walk, path);
	while (path_walk_next(walk) && walk->rest[0] != '\0')
		continue;
	component_tell(check->tell, walk);
	check->is_missing = walk->error == ENOENT;
}

static enum verdict
check_inner(struct check *check, const char *path, bool is_written)
{
	look_at(check, path);
	if (check->is_missing) {
		tell_line(check->tell, "", _("would be created, mode 0700"));
		return need_creating(check);
	}
	if (check->walk.error != 0)
		return not_examined(check);
	if (!is_written)
		return VERDICT_OK;
	if (check->walk.target[0] != '\0')
		return need_no_link(check);
	if (need_folder(check) != VERDICT_OK)
		return VERDICT_RETRY;
	return need_writing(check);
}

static enum verdict
check_inside(struct check *check)
{
	static const char *const inner[] = { "tmp", "new", "cur" };
	enum verdict verdict = need_reading(check);
	char part[PATH_MAX];
	size_t i;

	check->above = check->walk;
	for (i = 0; i < 3 && verdict == VERDICT_OK; i++) {
		if ((size_t)snprintf(part, sizeof(part), "%s/%s",
			check->above.here, inner[i]) >= sizeof(part))
			return fail(check, "path-long", ENAMETOOLONG);
		verdict = check_inner(check, part, i < 2);
	}
	return verdict;
}

static enum verdict
would_create(struct check *check)
{
	tell_line(check->tell, "",
	    _("would be created with tmp, new and cur, mode 0700"));
	return need_creating(check);
}

static enum verdict
not_created(struct check *check, const char *step)
{
	tell_problem(check->tell, TELL_FAILURE, step,
	    _("%s is not created: create = no"), check->walk.here);
	return fail(check, step, ENOENT);
}

static enum verdict
check_folder(struct check *check)
{
	const struct destination *destination = &check->job->destination;
	char path[PATH_MAX];

	if ((size_t)snprintf(path, sizeof(path), "%s/.%s", destination->path,
		destination->folder) >= sizeof(path))
		return fail(check, "path-long", ENAMETOOLONG);
	look_at(check, path);
	if (!check->is_missing && check->walk.target[0] != '\0')
		return need_no_link(check);
	if (!check->is_missing)
		return check->walk.error == 0 ? check_inside(check)
					      : not_examined(check);
	if (destination->is_folder_made)
		return would_create(check);
	if (!destination->is_folder_optional)
		return not_created(check, "folder-missing");
	tell_line(check->tell, "", _("not there: the mailbox itself is used"));
	return VERDICT_OK;
}

static enum verdict
check_maildir(struct check *check)
{
	const struct destination *destination = &check->job->destination;
	enum verdict verdict = walk_to(check, destination->path, true);

	if (verdict != VERDICT_OK)
		return verdict;
	if (!check->is_missing)
		verdict = check_inside(check);
	else if (check->job->settings.create == CREATE_MAILBOX)
		verdict = would_create(check);
	else
		verdict = not_created(check, "maildir-missing");
	if (verdict != VERDICT_OK || destination->folder[0] == '\0' ||
	    check->is_missing)
		return verdict;
	return check_folder(check);
}

/* The file itself is told of by mbox_report(). */
static enum verdict
check_above_mbox(struct check *check)
{
	const char *path = check->job->destination.path;
	const char *slash = strrchr(path, '/');
	char folder[PATH_MAX] = ".";

	if (slash == path)
		(void)strlcpy(folder, "/", sizeof(folder));
	else if (slash != NULL)
		(void)strlcpy(folder, path, (size_t)(slash - path) + 1);
	return walk_to(check, folder, false);
}

enum verdict
path_report(struct tell *tell, const struct job *job, struct failure *why)
{
	static struct check check; /* three paths of PATH_MAX, twice */
	enum verdict verdict;

	check.tell = tell;
	check.job = job;
	check.why = why;
	tell_line(tell, _("path"), "%s", "");
	tell_list(tell, "path");
	if (job->destination.kind == BOX_MBOX)
		verdict = check_above_mbox(&check);
	else
		verdict = check_maildir(&check);
	tell_close(tell);
	return verdict;
}
