/*
 * floor.c - the bare calls of a durable delivery: what nobody can undercut.
 *
 * usage: floor maildir FOLDER	  file, sync, link, sync of new/, unlink
 *	  floor mbox FILE	  fcntl lock, journal, O_SYNC append
 *	  floor mbox-dotlock FILE the same with a dotlock, safe over NFS
 *	  floor copy FILE	  cat and fsync, into a new file
 *
 * It is a limit of cost, no model: it parses nothing, quotes nothing, knows
 * no option, looks for no witness, undoes nothing. Its exit status is 1 at
 * the first call that fails.
 */
#include <sys/stat.h>

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	BLOCK_BYTES = 128 * 1024, /* that of cat(1) of coreutils */
	RECORD_BYTES = 512
};

static char block[BLOCK_BYTES];

static void
must(int is_well, const char *what)
{
	if (is_well)
		return;
	perror(what);
	_exit(1);
}

static size_t
read_block(void)
{
	size_t used = 0;
	ssize_t got = 1;

	while (got > 0 && used < sizeof(block)) {
		got = read(STDIN_FILENO, block + used, sizeof(block) - used);
		must(got >= 0, "read");
		used += (size_t)got;
	}
	return used;
}

static void
write_block(int fd, size_t size)
{
	must(write(fd, block, size) == (ssize_t)size, "write");
}

/* The whole input; a message that fits into the block costs one write. */
static void
copy_input(int fd)
{
	size_t size;

	do {
		size = read_block();
		if (size > 0)
			write_block(fd, size);
	} while (size == sizeof(block));
}

static int
open_folder(const char *folder, const char *below)
{
	char path[PATH_MAX];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, below);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	must(fd != -1, path);
	return fd;
}

static void
deliver_maildir(const char *folder)
{
	int tmp_fd = open_folder(folder, "tmp");
	int new_fd = open_folder(folder, "new");
	struct timespec now;
	char name[64];
	int fd;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	(void)snprintf(name, sizeof(name), "%lld.M%ldP%ld.floor",
	    (long long)now.tv_sec, now.tv_nsec / 1000, (long)getpid());
	fd = openat(tmp_fd, name, O_WRONLY | O_CREAT | O_EXCL, 0600);
	must(fd != -1, name);
	copy_input(fd);
	must(fsync(fd) == 0, "fsync");
	must(close(fd) == 0, "close");
	must(linkat(tmp_fd, name, new_fd, name, 0) == 0, "link");
	must(fsync(new_fd) == 0, "fsync new");
	must(unlinkat(tmp_fd, name, 0) == 0, "unlink");
}

/* A unique file, a link, and a look whether it has two names. */
static void
take_dotlock(const char *path, char *lock)
{
	char unique[PATH_MAX];
	struct stat st;
	int fd;

	(void)snprintf(unique, sizeof(unique), "%s.%ld", path, (long)getpid());
	(void)snprintf(lock, PATH_MAX, "%s.lock", path);
	fd = open(unique, O_WRONLY | O_CREAT | O_EXCL, 0600);
	must(fd != -1 && write(fd, unique, 40) == 40 && close(fd) == 0, unique);
	while (link(unique, lock) == -1)
		(void)usleep(1000);
	must(stat(unique, &st) == 0 && st.st_nlink == 2, lock);
	must(unlink(unique) == 0, "unlink");
}

static int
open_journal(const char *path)
{
	char journal[PATH_MAX];
	int fd;

	(void)snprintf(journal, sizeof(journal), "%s.journal", path);
	fd = open(journal, O_RDWR | O_CREAT, 0600);
	must(fd != -1, journal);
	return fd;
}

static void
deliver_mbox(const char *path, int has_dotlock)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char record[RECORD_BYTES] = "append";
	char dotlock[PATH_MAX];
	struct stat st;
	int journal_fd;
	int fd;

	fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_SYNC, 0600);
	must(fd != -1, path);
	must(fcntl(fd, F_SETLKW, &lock) == 0, "fcntl");
	if (has_dotlock)
		take_dotlock(path, dotlock);
	must(fstat(fd, &st) == 0, "fstat");
	journal_fd = open_journal(path);
	(void)snprintf(record, sizeof(record), "append at %lld",
	    (long long)st.st_size);
	must(pwrite(journal_fd, record, sizeof(record), 0) ==
	    (ssize_t)sizeof(record), "pwrite");
	must(fdatasync(journal_fd) == 0, "fdatasync");
	copy_input(fd);
	record[0] = 'A';
	must(pwrite(journal_fd, record, sizeof(record), 0) ==
	    (ssize_t)sizeof(record), "pwrite");
	must(close(fd) == 0, "close");
	if (has_dotlock)
		must(unlink(dotlock) == 0, "unlink");
}

static void
copy_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	must(fd != -1, path);
	copy_input(fd);
	must(fsync(fd) == 0, "fsync");
	must(close(fd) == 0, "close");
}

int
main(int argc, char **argv)
{
	const char *what = argc == 3 ? argv[1] : "";

	if (strcmp(what, "maildir") == 0)
		deliver_maildir(argv[2]);
	else if (strcmp(what, "mbox") == 0)
		deliver_mbox(argv[2], 0);
	else if (strcmp(what, "mbox-dotlock") == 0)
		deliver_mbox(argv[2], 1);
	else if (strcmp(what, "copy") == 0)
		copy_file(argv[2]);
	else
		must(0, "usage: floor maildir|mbox|mbox-dotlock|copy PATH");
	_exit(0);
}
