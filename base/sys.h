/*
 * sys.h - the system calls that decide a delivery, behind one table, so
 * that a test can make each of them fail.
 */
#ifndef BASE_SYS_H
#define BASE_SYS_H

#include <sys/stat.h>
#include <sys/types.h>

#include <time.h>

/*
 * Each member behaves as the POSIX call of its name, except where noted.
 */
struct sys_calls {
	int (*openat)(int dir_fd, const char *path, int flags, mode_t mode);
	int (*close)(int fd);
	int (*dup)(int fd); /* the copy is closed on exec */
	ssize_t (*read)(int fd, void *data, size_t size_bytes);
	ssize_t (*write)(int fd, const void *data, size_t size_bytes);
	ssize_t (*pread)(
	    int fd, void *data, size_t size_bytes, off_t offset);
	ssize_t (*pwrite)(
	    int fd, const void *data, size_t size_bytes, off_t offset);
	off_t (*lseek)(int fd, off_t offset, int whence);
	int (*ftruncate)(int fd, off_t size_bytes);
	int (*futimens)(int fd, const struct timespec times[2]);
	int (*fdatasync)(int fd); /* fsync where the system lacks it */
	int (*fsync)(int fd); /* F_FULLFSYNC where the system has it */
	int (*fstat)(int fd, struct stat *st);
	int (*fstatat)(
	    int dir_fd, const char *path, struct stat *st, int flags);
	int (*mkdirat)(int dir_fd, const char *path, mode_t mode);
	int (*linkat)(int old_dir_fd, const char *old_path, int new_dir_fd,
	    const char *new_path, int flags);
	int (*unlinkat)(int dir_fd, const char *path, int flags);
	int (*renameat)(int old_dir_fd, const char *old_path, int new_dir_fd,
	    const char *new_path);
	int (*rename_noreplace)(int old_dir_fd, const char *old_path,
	    int new_dir_fd, const char *new_path); /* ENOSYS: not here */
	int (*flock)(int fd, int operation);	   /* ENOSYS: not here */
	int (*fcntl_lock)(int fd); /* write lock on the whole file, or EAGAIN */
	int (*mmap)(void **start_out, size_t length, int fd,
	    off_t offset); /* shared, for reading; 0, or -1 */
};

/* The table in use. Release programs never change it. */
extern const struct sys_calls *sys;

#endif
