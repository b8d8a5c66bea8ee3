#include "maildir/leftover.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "base/interrupt.h"
#include "base/sys.h"
#include "compat/compat.h"
#include "durable/entries.h"
#include "durable/folder.h"
#include "durable/map.h"
#include "maildir/name.h"
#include "message/same.h"

enum {
	SWEEP_AGE_S = 36 * 60 * 60,
	SILENT_AGE_S = 20 * 60 /* no delivery of ours lives so long */
};

struct scan {
	struct leftover *leftover;
	const struct layout *layout;
	const struct stage *stage;
	const char *host;
	bool is_identifiable;
	time_t now; /* by the file system's clock; 0 until it is needed */
};

static long long
age_s(const struct scan *scan, const struct stat *st)
{
	time_t touched = st->st_mtime > st->st_ctime ? st->st_mtime
						     : st->st_ctime;

	return (long long)scan->now - (long long)touched;
}

/* Where locks are refused, the name tells who made the file. */
static bool
is_maker_dead(const struct scan *scan, const char *name, const struct stat *st)
{
	const char *host;
	pid_t pid;

	if (name_parse(name, &pid, &host) && strcmp(host, scan->host) == 0 &&
	    kill(pid, 0) == -1 && errno == ESRCH)
		return true;
	return age_s(scan, st) > SILENT_AGE_S;
}

/* What cannot be compared counts as different: a copy beats a loss. */
static bool
is_same_file(int one_fd, int other_fd)
{
	struct stat st[2];
	struct map one;
	struct map other;
	bool is_same;

	if (sys->fstat(one_fd, &st[0]) == -1 ||
	    sys->fstat(other_fd, &st[1]) == -1 ||
	    !map_open(&one, one_fd, 0, st[0].st_size))
		return false;
	if (!map_open(&other, other_fd, 0, st[1].st_size)) {
		map_close(&one);
		return false;
	}
	is_same = same_message(one.bytes, other.bytes);
	map_close(&one);
	map_close(&other);
	return is_same;
}

/* Asked again behind the lock: its delivery may just have ended well. */
static bool
has_two_names(int fd)
{
	struct stat st;

	return sys->fstat(fd, &st) == 0 && st.st_nlink >= 2;
}

static bool
is_in_folder(int dir_fd, const char *name, const struct stat *wanted)
{
	struct stat st;

	return sys->fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    st.st_ino == wanted->st_ino && st.st_dev == wanted->st_dev;
}

/* Readers keep the name and put flags behind it; inode numbers tell, too. */
static bool
is_among(int fd, const char *folder, const char *name,
    const struct stat *wanted)
{
	struct failure ignored;
	struct entries entries;
	struct entry entry = { "", 0 };
	bool is_found = false;

	if (entries_open(&entries, fd, false, folder, &ignored) != VERDICT_OK)
		return false;
	while (!is_found && entry.name != NULL &&
	    entries_next(&entries, &entry, folder, &ignored) == VERDICT_OK)
		if (entry.name != NULL &&
		    (strncmp(entry.name, name, strlen(name)) == 0 ||
			entry.inode == wanted->st_ino))
			is_found = is_in_folder(fd, entry.name, wanted);
	entries_close(&entries);
	return is_found;
}

static bool
is_listed(int top_fd, const char *folder, const char *name,
    const struct stat *wanted)
{
	struct failure ignored;
	bool is_found;
	int fd;

	if (folder_open(&fd, top_fd, folder, true, &ignored) != VERDICT_OK)
		return false;
	is_found = is_among(fd, folder, name, wanted);
	(void)sys->close(fd); /* opened for reading only */
	return is_found;
}

/*
 * A second name could be a backup's that copies by hard links: only one in
 * new/ or cur/ is a message that its reader can find.
 */
static bool
is_visible(const struct scan *scan, int fd, const char *name)
{
	char final_name[NAME_BYTES];
	struct stat st;

	if (sys->fstat(fd, &st) == -1)
		return false;
	name_final(final_name, name, (long long)st.st_size);
	return is_in_folder(scan->layout->new_dir_fd, final_name, &st) ||
	    is_listed(scan->layout->dir_fd, "cur", name, &st) ||
	    is_listed(scan->layout->dir_fd, "new", name, &st);
}

static bool
is_witness(const struct scan *scan, int fd, const char *name)
{
	const char *host;
	pid_t pid;

	return scan->is_identifiable && has_two_names(fd) &&
	    name_parse(name, &pid, &host) &&
	    is_same_file(fd, scan->stage->fd) && is_visible(scan, fd, name);
}

static void
pause_a_moment(void)
{
	const struct timespec pause = { 0, 5 * 1000 * 1000 };

	(void)nanosleep(&pause, NULL); /* a signal may end it early */
}

/* Before our sender came with the message. */
static bool
is_begun_before(const struct scan *scan, const char *name)
{
	long long begun_us = name_time_us(name);

	return begun_us != -1 && begun_us < scan->leftover->awaited_before_us;
}

/*
 * One that has passed its last check shows its message some day, whoever is
 * gone; so it does not matter what is visible yet. Only the later waits for
 * the earlier, so nobody who waits at a gate for others waits for himself.
 */
static bool
is_awaited(const struct scan *scan, int fd, const char *name)
{
	struct failure ignored; /* our caller asks again */

	return scan->is_identifiable && is_begun_before(scan, name) &&
	    is_same_file(fd, scan->stage->fd) &&
	    interrupt_check(&ignored) == VERDICT_OK;
}

/* A living delivery holds an exclusive flock on its file to its very end. */
static bool
is_abandoned(const struct scan *scan, int fd, const char *name,
    const struct stat *st)
{
	while (sys->flock(fd, LOCK_SH | LOCK_NB) == -1) {
		if (errno != EWOULDBLOCK)
			return is_maker_dead(scan, name, st);
		if (!is_awaited(scan, fd, name))
			return false;
		pause_a_moment();
	}
	return true;
}

static void
look_closer(struct scan *scan, const char *name, const struct stat *st)
{
	struct leftover *leftover = scan->leftover;
	int tmp_fd = scan->layout->tmp_dir_fd;
	int fd;

	fd = sys->openat(
	    tmp_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0);
	if (fd == -1)
		return; /* gone meanwhile, or not ours to judge */
	if (is_abandoned(scan, fd, name, st)) {
		if (is_witness(scan, fd, name))
			(void)strlcpy(leftover->witness, name,
			    sizeof(leftover->witness));
		else if (age_s(scan, st) > SWEEP_AGE_S &&
		    sys->unlinkat(tmp_fd, name, 0) == 0)
			leftover->swept++;
	}
	(void)sys->close(fd); /* opened for reading only */
}

/* Our own file was written just now. */
static bool
read_clock(struct scan *scan)
{
	struct stat st;

	if (scan->now == 0 && sys->fstat(scan->stage->fd, &st) == 0)
		scan->now = st.st_mtime;
	return scan->now != 0;
}

static void
look_at(struct scan *scan, const char *name)
{
	struct stat st;

	if (strcmp(name, scan->stage->name) == 0 ||
	    sys->fstatat(scan->layout->tmp_dir_fd, name, &st,
		AT_SYMLINK_NOFOLLOW) == -1 ||
	    !S_ISREG(st.st_mode) || !read_clock(scan))
		return;
	if (age_s(scan, &st) > SWEEP_AGE_S ||
	    (scan->is_identifiable &&
		(st.st_nlink >= 2 || is_begun_before(scan, name))))
		look_closer(scan, name, &st);
}

static enum verdict
look_at_all(struct scan *scan, struct entries *tmp, struct failure *why)
{
	const char *path = scan->layout->path;
	enum verdict verdict = VERDICT_OK;
	struct entry entry = { "", 0 };

	while (verdict == VERDICT_OK && entry.name != NULL &&
	    scan->leftover->witness[0] == '\0') {
		verdict = entries_next(tmp, &entry, path, why);
		if (verdict != VERDICT_OK || entry.name == NULL)
			break;
		if (entry.name[0] != '.')
			look_at(scan, entry.name);
		verdict = interrupt_check(why);
	}
	return verdict;
}

enum verdict
leftover_scan(struct leftover *leftover, struct layout *layout,
    const struct stage *stage, bool is_identifiable, const char *host,
    struct failure *why)
{
	struct scan scan = { leftover, layout, stage, host, is_identifiable,
		0 };
	struct entries tmp;
	enum verdict verdict;

	leftover->witness[0] = '\0';
	leftover->swept = 0;
	verdict = entries_open(&tmp, layout->tmp_dir_fd, layout->is_tmp_read,
	    layout->path, why);
	if (verdict != VERDICT_OK)
		return verdict;
	layout->is_tmp_read = true;
	verdict = look_at_all(&scan, &tmp, why);
	entries_close(&tmp);
	return verdict;
}

/*
 * A reader may have moved the message from new/ to cur/ meanwhile, and need
 * not have synced that.
 */
static enum verdict
sync_visible(struct layout *layout, const struct sync_policy *policy,
    struct failure *why)
{
	enum verdict verdict;
	int cur_fd;

	verdict = sync_folder(layout->new_dir_fd, policy,
	    &layout->is_folder_unsynced, layout->path, why);
	if (verdict != VERDICT_OK)
		return verdict;
	verdict = folder_open(&cur_fd, layout->dir_fd, "cur", true, why);
	if (verdict != VERDICT_OK)
		return verdict;
	verdict = sync_folder(cur_fd, policy, &layout->is_folder_unsynced,
	    layout->path, why);
	(void)sys->close(cur_fd); /* opened for reading only */
	return verdict;
}

/* Where a folder sync stops at a cache, the file carries its new name. */
static enum verdict
sync_witness(const struct leftover *leftover, const struct layout *layout,
    const struct sync_policy *policy, struct failure *why)
{
	enum verdict verdict = VERDICT_OK;
	int fd;

	if (!sync_needs_file_after_link(layout->tmp_dir_fd, policy,
		layout->is_folder_unsynced))
		return VERDICT_OK;
	fd = sys->openat(layout->tmp_dir_fd, leftover->witness,
	    O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0);
	if (fd == -1)
		return failure_errno(why, "open", layout->path);
	verdict = sync_file(fd, layout->path, why);
	(void)sys->close(fd); /* nothing was written */
	return verdict;
}

enum verdict
leftover_adopt(const struct leftover *leftover, struct layout *layout,
    const struct sync_policy *policy, struct failure *why)
{
	enum verdict verdict = sync_visible(layout, policy, why);

	if (verdict == VERDICT_OK)
		verdict = sync_witness(leftover, layout, policy, why);
	return verdict;
}

void
leftover_forget(const struct leftover *leftover, const struct layout *layout)
{
	(void)sys->unlinkat(layout->tmp_dir_fd, leftover->witness, 0);
}
