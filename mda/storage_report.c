#include "mda/storage_report.h"

#include <sys/statvfs.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "durable/filesystem.h"
#include "durable/mount.h"
#include "durable/quota.h"
#include "durable/sync.h"
#include "mda/nls.h"

enum { MEBIBYTE = 1024 * 1024 };

/* What a word in the list of options, or the kind of mount, has to mean. */
struct remark {
	const char *word; /* a kind may go on with "." and more */
	enum tell_weight weight;
	const char *code;
	const char *sentence;
};

/*
 * data=writeback of ext4 is not here: it only leaves the order to fsync,
 * and mda syncs each file before it gets its name.
 */
static const struct remark options[] = {
	{ "nobarrier", TELL_WARNING, "no-barrier",
	    N_("mounted with nobarrier: what a disk holds in its cache is lost "
	       "in a power cut") },
	{ "barrier=0", TELL_WARNING, "no-barrier",
	    N_("mounted with barrier=0: what a disk holds in its cache is lost "
	       "in a power cut") },
	{ "fsync_mode=nobarrier", TELL_WARNING, "no-barrier",
	    N_("mounted with fsync_mode=nobarrier: what a disk holds in its "
	       "cache is lost in a power cut") },
	{ "volatile", TELL_WARNING, "volatile-overlay",
	    N_("mounted with volatile: an fsync does nothing there, and no "
	       "mail survives a power cut") },
	{ "fsync=volatile", TELL_WARNING, "volatile-overlay",
	    N_("mounted with fsync=volatile: an fsync does nothing there, and "
	       "no mail survives a power cut") },
	{ "async", TELL_WARNING, "async-mount",
	    N_("mounted with async: the names of files are written later, and "
	       "may be lost in a power cut") },
	{ "nolock", TELL_WARNING, "local-locks",
	    N_("mounted with nolock: other hosts do not see our fcntl and "
	       "flock locks") },
	{ "local_lock=all", TELL_WARNING, "local-locks",
	    N_("mounted with local_lock=all: other hosts do not see our fcntl "
	       "and flock locks") },
	{ "local_lock=posix", TELL_WARNING, "local-locks",
	    N_("mounted with local_lock=posix: other hosts do not see our "
	       "fcntl locks") },
	{ "local_lock=flock", TELL_WARNING, "local-locks",
	    N_("mounted with local_lock=flock: other hosts do not see our "
	       "flock locks") },
	{ "soft", TELL_WARNING, "soft-mount",
	    N_("mounted with soft: when the server is slow, a delivery may "
	       "fail although it was stored, and be made twice") },
};

static const struct remark kinds[] = {
	{ "tmpfs", TELL_WARNING, "in-memory",
	    N_("it lives in memory: nothing there survives a power cut") },
	{ "ramfs", TELL_WARNING, "in-memory",
	    N_("it lives in memory: nothing there survives a power cut") },
	{ "nfs", TELL_NOTE, "nfs-export",
	    N_("an NFS server that exports async cannot be seen from here: "
	       "ask its administrator for sync") },
	{ "nfs4", TELL_NOTE, "nfs-export",
	    N_("an NFS server that exports async cannot be seen from here: "
	       "ask its administrator for sync") },
	{ "fuse", TELL_NOTE, "fuse",
	    N_("a program serves it (FUSE): whether an fsync reaches the disk "
	       "is up to that program") },
	{ "fuseblk", TELL_NOTE, "fuse",
	    N_("a program serves it (FUSE): whether an fsync reaches the disk "
	       "is up to that program") },
	{ "fusefs", TELL_NOTE, "fuse",
	    N_("a program serves it (FUSE): whether an fsync reaches the disk "
	       "is up to that program") },
	{ "overlay", TELL_WARNING, "overlay",
	    N_("it is an overlay, as in a container: mail there goes when the "
	       "container is removed") },
	{ "9p", TELL_NOTE, "shared-by-host",
	    N_("the host of this virtual machine serves it: whether an fsync "
	       "reaches the disk is up to that host") },
	{ "virtiofs", TELL_NOTE, "shared-by-host",
	    N_("the host of this virtual machine serves it: whether an fsync "
	       "reaches the disk is up to that host") },
	{ "zfs", TELL_NOTE, "zfs-sync",
	    N_("a dataset with sync=disabled cannot be seen from here: see "
	       "zfs get sync") },
};

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

static void
remark_on(struct tell *tell, const struct remark *remark)
{
	tell_problem(tell, remark->weight, remark->code, "%s",
	    _(remark->sentence));
}

static bool
is_kind(const char *kind, const char *word)
{
	size_t length = strlen(word);

	return strncmp(kind, word, length) == 0 &&
	    (kind[length] == '\0' || kind[length] == '.');
}

static void
remark_on_kind(struct tell *tell, const char *kind)
{
	size_t i;

	for (i = 0; i < ROWS(kinds); i++)
		if (is_kind(kind, kinds[i].word))
			remark_on(tell, &kinds[i]);
}

static void
tell_mount(struct tell *tell, const struct mount *mount)
{
	size_t i;

	tell_text(tell, "mount", mount->point);
	tell_text(tell, "source", mount->source);
	tell_text(tell, "options", mount->options);
	tell_line(tell, _("mount"), _("%s on %s (%s)"), mount->source,
	    mount->point, mount->options);
	for (i = 0; i < ROWS(options); i++)
		if (mount_has_option(mount, options[i].word))
			remark_on(tell, &options[i]);
}

/* The mount knows more kinds than the number in statfs(2), and finer ones. */
static void
tell_kind(struct tell *tell, int fd)
{
	const char *kind = filesystem_name(fd);
	struct mount mount;
	bool is_known = mount_find(&mount, fd);

	if (is_known)
		kind = mount.kind;
	tell_pair(tell, "kind", _("storage"), kind);
	remark_on_kind(tell, kind);
	if (is_known)
		tell_mount(tell, &mount);
}

static void
tell_sync_failure(struct tell *tell, const struct failure *why)
{
	tell_truth(tell, "folder_sync", false);
	tell_problem(tell, TELL_FAILURE, "folder-sync",
	    _("a folder cannot be synced: %s"), strerror(why->sys_errno));
}

static enum verdict
check_sync(struct tell *tell, const struct job *job, int fd,
    bool *syncs_again_out, struct failure *why)
{
	const struct settings *settings = &job->settings;
	const struct sync_policy policy = {
		.is_folder_required = settings->folder_sync == SYNC_REQUIRE,
		.after_link = (enum after_link)settings->sync_after_link,
	};
	bool is_unsupported = false;

	if (sync_folder(fd, &policy, &is_unsupported, job->destination.path,
		why) != VERDICT_OK) {
		tell_sync_failure(tell, why);
		return VERDICT_RETRY;
	}
	tell_truth(tell, "folder_sync", !is_unsupported);
	if (is_unsupported)
		tell_problem(tell, TELL_WARNING, "folder-sync",
		    _("a folder cannot be synced: the name of a message may be "
		      "lost in a power cut"));
	else
		tell_line(tell, "", _("a folder can be synced"));
	*syncs_again_out =
	    sync_needs_file_after_link(fd, &policy, is_unsupported);
	return VERDICT_OK;
}

static void
tell_blocks(struct tell *tell, const struct statvfs *fs)
{
	fsblkcnt_t blocks = geteuid() == 0 ? fs->f_bfree : fs->f_bavail;
	unsigned long long bytes = (unsigned long long)blocks * fs->f_frsize;

	tell_number(tell, "free_bytes", (long long)bytes);
	tell_line(tell, _("free"), _("%llu MiB"), bytes / MEBIBYTE);
	if (bytes == 0)
		tell_problem(tell, TELL_WARNING, "no-space",
		    _("the disk is full: no message will find room"));
}

/* Where files are not counted, as on btrfs, there are none in all. */
static void
tell_inodes(struct tell *tell, const struct statvfs *fs)
{
	fsfilcnt_t files = geteuid() == 0 ? fs->f_ffree : fs->f_favail;

	if (fs->f_files == 0) {
		tell_text(tell, "free_files", NULL);
		return;
	}
	tell_number(tell, "free_files", (long long)files);
	tell_line(tell, "",
	    ngettext("%llu more file", "%llu more files",
		nls_count((long long)files)),
	    (unsigned long long)files);
	if (files == 0)
		tell_problem(tell, TELL_WARNING, "no-inodes",
		    _("no more files can be created there"));
}

static void
tell_space(struct tell *tell, int fd)
{
	struct statvfs fs;

	if (fstatvfs(fd, &fs) == -1)
		return;
	tell_blocks(tell, &fs);
	tell_inodes(tell, &fs);
}

static void
tell_count(struct tell *tell, const char *key, const struct quota_count *count)
{
	tell_object(tell, key);
	tell_number(tell, "used", (long long)count->used);
	tell_number(tell, "soft", (long long)count->soft);
	tell_number(tell, "hard", (long long)count->hard);
	tell_close(tell);
}

/* The limit that comes first; 0 for none. */
static unsigned long long
limit_of(const struct quota_count *count)
{
	return count->soft != 0 ? count->soft : count->hard;
}

static void
tell_quota(struct tell *tell, const struct quota *quota)
{
	tell_object(tell, "quota");
	tell_count(tell, "bytes", &quota->bytes);
	tell_count(tell, "files", &quota->files);
	tell_close(tell);
	tell_line(tell, _("quota"), _("MiB used: %llu, of at most %llu"),
	    quota->bytes.used / MEBIBYTE, limit_of(&quota->bytes) / MEBIBYTE);
	tell_line(tell, "", _("files used: %llu, of at most %llu"),
	    quota->files.used, limit_of(&quota->files));
	if (quota_is_used_up(&quota->bytes) || quota_is_used_up(&quota->files))
		tell_problem(tell, TELL_WARNING, "quota-used-up",
		    _("the disk quota is used up: no message will find room"));
}

/* Where it cannot be known, the free space is all there is to say. */
static void
look_for_quota(struct tell *tell, int fd)
{
	struct mount mount;
	struct quota quota;

	if (!mount_find(&mount, fd))
		mount.source[0] = '\0';
	if (quota_find(&quota, fd, mount.source, geteuid()))
		tell_quota(tell, &quota);
	else
		tell_text(tell, "quota", NULL);
}

/*
 * Of what is not there yet, or closed to us, the folder above it; part is
 * PATH_MAX large and becomes the path of what was opened.
 */
static int
open_deepest(char *part, const char *path)
{
	char *slash;
	int fd;

	(void)snprintf(part, PATH_MAX, "%s", path); /* as large */
	fd = open(part, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	while (
	    fd == -1 && (slash = strrchr(part, '/')) != NULL && slash != part) {
		*slash = '\0';
		fd = open(part, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	if (fd != -1)
		return fd;
	(void)snprintf(part, PATH_MAX, "%s", path[0] == '/' ? "/" : ".");
	return open(part, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

enum verdict
storage_report(struct tell *tell, const struct job *job, bool *syncs_again_out,
    struct failure *why)
{
	char folder[PATH_MAX];
	int fd = open_deepest(folder, job->destination.path);
	enum verdict verdict;

	*syncs_again_out = false;
	if (fd == -1)
		return VERDICT_OK;
	tell_object(tell, "storage");
	tell_kind(tell, fd);
	tell_pair(tell, "folder", _("tried"), folder);
	verdict = check_sync(tell, job, fd, syncs_again_out, why);
	tell_space(tell, fd);
	look_for_quota(tell, fd);
	tell_close(tell);
	(void)close(fd); /* opened for reading only */
	return verdict;
}
