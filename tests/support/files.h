/*
 * files.h - files and folders of a test, in its own work directory.
 */
#ifndef TESTS_SUPPORT_FILES_H
#define TESTS_SUPPORT_FILES_H

#include <sys/stat.h>
#include <sys/types.h>

#include <atf-c.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/span.h"

/*
 * file_put - write a file, making it.
 */
static inline void
file_put(const char *path, struct span data)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ATF_REQUIRE_MSG(fd != -1, "cannot create %s", path);
	ATF_REQUIRE_EQ((ssize_t)data.size_bytes,
	    write(fd, data.at == NULL ? "" : data.at, data.size_bytes));
	ATF_REQUIRE_EQ(0, close(fd));
}

/*
 * file_text - the same for a string.
 */
static inline void
file_text(const char *path, const char *text)
{
	file_put(path, span_of(text));
}

/*
 * file_get - the whole of a file; the caller frees at.
 */
static inline struct span
file_get(const char *path)
{
	int fd = open(path, O_RDONLY);
	struct span whole;
	struct stat st;
	char *data;

	ATF_REQUIRE_MSG(fd != -1, "cannot open %s", path);
	ATF_REQUIRE_EQ(0, fstat(fd, &st));
	data = malloc((size_t)st.st_size + 1);
	ATF_REQUIRE(data != NULL);
	ATF_REQUIRE_EQ((ssize_t)st.st_size, read(fd, data, (size_t)st.st_size));
	ATF_REQUIRE_EQ(0, close(fd));
	data[st.st_size] = '\0';
	whole.at = data;
	whole.size_bytes = (size_t)st.st_size;
	return whole;
}

/*
 * file_size - how many bytes it has.
 */
static inline long long
file_size(const char *path)
{
	struct stat st;

	ATF_REQUIRE_EQ_MSG(0, stat(path, &st), "cannot look at %s", path);
	return (long long)st.st_size;
}

/*
 * file_holds - are these the bytes of a file, and no others?
 */
static inline bool
file_holds(const char *path, struct span data)
{
	struct span whole = file_get(path);
	bool is_equal = whole.size_bytes == data.size_bytes &&
	    (data.size_bytes == 0 ||
		memcmp(whole.at, data.at, data.size_bytes) == 0);

	free((void *)whole.at);
	return is_equal;
}

/*
 * file_exists - is there anything of this name, a dangling link included?
 */
static inline bool
file_exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

/*
 * file_inode - its inode number, and so its identity in one test.
 */
static inline ino_t
file_inode(const char *path)
{
	struct stat st;

	ATF_REQUIRE_MSG(lstat(path, &st) == 0, "no %s", path);
	return st.st_ino;
}

/*
 * file_mode - its permission bits.
 */
static inline mode_t
file_mode(const char *path)
{
	struct stat st;

	ATF_REQUIRE_MSG(lstat(path, &st) == 0, "no %s", path);
	return st.st_mode & 07777;
}

/*
 * folder_entries - how many names a folder holds; the last one is kept.
 *
 * Takes   name, 256 bytes, or NULL.
 */
static inline int
folder_entries(const char *path, char *name)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	int count = 0;

	ATF_REQUIRE_MSG(folder != NULL, "cannot read %s", path);
	while ((entry = readdir(folder)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		count++;
		if (name != NULL)
			(void)snprintf(name, 256, "%s", entry->d_name);
	}
	ATF_REQUIRE_EQ(0, closedir(folder));
	return count;
}

/*
 * folder_count - how many names a folder holds.
 */
static inline int
folder_count(const char *path)
{
	return folder_entries(path, NULL);
}

/*
 * folder_only - the path of the one file in a folder.
 *
 * Takes   found, 512 bytes.
 */
static inline const char *
folder_only(const char *path, char *found)
{
	char name[256];

	ATF_REQUIRE_EQ_MSG(1, folder_entries(path, name),
	    "%s holds not one file", path);
	(void)snprintf(found, 512, "%s/%s", path, name);
	return found;
}

/*
 * folder_fd - a descriptor for a folder.
 */
static inline int
folder_fd(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	ATF_REQUIRE_MSG(fd != -1, "cannot open %s", path);
	return fd;
}

/*
 * box_make - a Maildir with its three folders.
 */
static inline void
box_make(const char *path)
{
	static const char *const inner[] = { "", "/tmp", "/new", "/cur" };
	char part[512];
	size_t i;

	for (i = 0; i < 4; i++) {
		(void)snprintf(part, sizeof(part), "%s%s", path, inner[i]);
		ATF_REQUIRE_EQ_MSG(0, mkdir(part, 0700), "mkdir %s", part);
	}
}

#endif
