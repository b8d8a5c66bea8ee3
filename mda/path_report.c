#include "mda/path_report.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "durable/filesystem.h"
#include "mda/nls.h"

struct walk {
	const struct job *job;
	bool is_well;
	bool is_missing; /* the last component looked at */
};

static void
mode_text(char *text, mode_t mode)
{
	static const char letters[] = "rwxrwxrwx";
	int i;

	text[0] = S_ISDIR(mode) ? 'd' : S_ISLNK(mode) ? 'l' : '-';
	for (i = 0; i < 9; i++)
		text[i + 1] = (mode & (0400U >> i)) != 0 ? letters[i] : '-';
	text[10] = '\0';
}

static void
complain(struct walk *walk, const char *sentence)
{
	(void)printf("              ! ");
	(void)printf(sentence, (long)geteuid());
	(void)printf("\n");
	walk->is_well = false;
}

static void
print_component(const char *path, const struct stat *st)
{
	char mode[12];

	mode_text(mode, st->st_mode);
	(void)printf(_("  %s uid %ld gid %ld  %s\n"), mode, (long)st->st_uid,
	    (long)st->st_gid, path);
}

static void
check_component(struct walk *walk, const char *path, int needed)
{
	struct stat st;

	walk->is_missing = false;
	if (stat(path, &st) == -1 && errno == ENOENT) {
		(void)printf(_("  missing  %s\n"), path);
		walk->is_missing = true;
		return;
	}
	if (stat(path, &st) == -1) {
		(void)printf("  %s\n", path);
		complain(walk, _("cannot be examined by uid %ld"));
		return;
	}
	print_component(path, &st);
	if (!S_ISDIR(st.st_mode))
		complain(walk, _("is not a folder (uid %ld)"));
	else if (faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == -1)
		complain(walk, _("is not searchable by uid %ld"));
	else if (needed != 0 &&
	    faccessat(AT_FDCWD, path, needed, AT_EACCESS) == -1)
		complain(walk, _("is not readable and writable by uid %ld"));
}

/* Everything above the last component: searched, never created. */
static void
check_above(struct walk *walk, const char *path)
{
	char part[PATH_MAX];
	size_t length;
	size_t i;

	if (path[0] != '/')
		check_component(walk, ".", 0);
	for (i = 0; path[i] != '\0' && walk->is_well; i++) {
		if (path[i] != '/')
			continue;
		length = i == 0 ? 1 : i;
		memcpy(part, path, length);
		part[length] = '\0';
		check_component(walk, part, 0);
		if (walk->is_missing)
			complain(walk,
			    _("must exist: it is never created (uid %ld)"));
	}
}

static bool
may_create(const struct walk *walk, bool is_folder)
{
	const struct job *job = walk->job;

	if (is_folder)
		return job->destination.is_folder_made;
	return job->settings.create == CREATE_MAILBOX;
}

static void
check_writable_above(struct walk *walk, const char *path)
{
	char above[PATH_MAX];
	char *slash;

	(void)snprintf(above, sizeof(above), "%s", path);
	slash = strrchr(above, '/');
	if (slash == NULL)
		(void)snprintf(above, sizeof(above), ".");
	else
		slash[slash == above ? 1 : 0] = '\0';
	if (faccessat(AT_FDCWD, above, W_OK, AT_EACCESS) == -1)
		complain(walk,
		    _("cannot be created: the folder above is not writable by "
		      "uid %ld"));
}

static void
check_box(struct walk *walk, const char *path, bool is_folder)
{
	static const char *const inner[] = { "tmp", "new", "cur" };
	char part[PATH_MAX];
	size_t i;

	check_component(walk, path, 0);
	if (walk->is_missing && !may_create(walk, is_folder)) {
		if (!walk->job->destination.is_folder_optional)
			complain(walk, _("is not created: create = no "
					 "(uid %ld)"));
		return;
	}
	if (walk->is_missing) {
		(void)printf(_("              would be created with tmp, new "
			       "and cur, mode 0700\n"));
		check_writable_above(walk, path);
		return;
	}
	for (i = 0; i < 3 && walk->is_well; i++) {
		if ((size_t)snprintf(part, sizeof(part), "%s/%s", path,
			inner[i]) >= sizeof(part))
			return;
		check_component(walk, part, R_OK | W_OK);
		if (walk->is_missing)
			(void)printf(_("              would be created, mode "
				       "0700\n"));
	}
}

/* The deepest folder that exists tells the file system. */
static int
open_deepest(const char *path)
{
	char part[PATH_MAX];
	char *slash;
	int fd;

	(void)snprintf(part, sizeof(part), "%s", path);
	fd = open(part, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	while (fd == -1 && (slash = strrchr(part, '/')) != NULL &&
	    slash != part) {
		*slash = '\0';
		fd = open(part, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	return fd;
}

static void
check_storage(struct walk *walk, const char *path)
{
	int fd = open_deepest(path);

	if (fd == -1)
		return;
	(void)printf(_("storage     %s\n"), filesystem_name(fd));
	if (filesystem_is_volatile(fd))
		(void)printf(_("            ! lives in memory: nothing there "
			       "survives a power cut\n"));
	if (fsync(fd) == -1) {
		(void)printf(_("            ! a folder cannot be synced: "
			       "%s\n"),
		    strerror(errno));
		if (walk->job->settings.folder_sync == SYNC_REQUIRE)
			walk->is_well = false;
	}
	(void)close(fd);
}

bool
path_report(const struct job *job)
{
	const struct destination *destination = &job->destination;
	struct walk walk = { job, true, false };
	char folder[PATH_MAX];

	(void)printf(_("path\n"));
	check_above(&walk, destination->path);
	if (walk.is_well && destination->kind == BOX_MAILDIR)
		check_box(&walk, destination->path, false);
	if (walk.is_well && destination->folder[0] != '\0' &&
	    snprintf(folder, sizeof(folder), "%s/.%s", destination->path,
		destination->folder) < (int)sizeof(folder))
		check_box(&walk, folder, true);
	check_storage(&walk, destination->path);
	return walk.is_well;
}
