/*
 * mbox_holder.h - another process that holds a lock.
 */
#ifndef TESTS_SUPPORT_MBOX_HOLDER_H
#define TESTS_SUPPORT_MBOX_HOLDER_H

#include <sys/file.h>
#include <sys/wait.h>

#include <atf-c.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "mbox/mbox.h"

struct holder {
	pid_t pid;
	int end_fd; /* closed: let go */
};

/* "1234\n" alone: a lock file as other programs write it. */
static inline int
holder_make_dotlock(void)
{
	int fd = open("box.lock", O_WRONLY | O_CREAT | O_EXCL, 0600);

	return fd == -1 || write(fd, "1234\n", 5) != 5 ? -1 : close(fd);
}

static inline int
holder_lock(int fd, enum mbox_lock kind)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (kind == MBOX_DOTLOCK)
		return holder_make_dotlock();
	if (kind == MBOX_FCNTL)
		return fcntl(fd, F_SETLK, &lock);
	return flock(fd, LOCK_EX | LOCK_NB);
}

/*
 * holder_start - let a child take one lock of "box", made when missing.
 */
static inline struct holder
holder_start(enum mbox_lock kind)
{
	struct holder holder;
	int ready[2];
	int end[2];
	char byte;
	int fd;

	ATF_REQUIRE_EQ(0, pipe(ready));
	ATF_REQUIRE_EQ(0, pipe(end));
	holder.pid = fork();
	ATF_REQUIRE(holder.pid != -1);
	if (holder.pid == 0) {
		(void)close(end[1]);
		fd = open("box", O_RDWR | O_CREAT, 0600);
		if (fd == -1 || holder_lock(fd, kind) == -1 ||
		    write(ready[1], "x", 1) != 1)
			_exit(1);
		if (read(end[0], &byte, 1) != 0)
			_exit(1);
		_exit(kind == MBOX_DOTLOCK ? unlink("box.lock") : 0);
	}
	(void)close(ready[1]);
	(void)close(end[0]);
	ATF_REQUIRE_EQ(1, read(ready[0], &byte, 1));
	(void)close(ready[0]);
	holder.end_fd = end[1];
	return holder;
}

/*
 * holder_end - let it go, and wait for that.
 */
static inline void
holder_end(struct holder *holder)
{
	int status;

	ATF_REQUIRE_EQ(0, close(holder->end_fd));
	ATF_REQUIRE_EQ(holder->pid, waitpid(holder->pid, &status, 0));
	ATF_REQUIRE_EQ(0, status);
}

#endif
