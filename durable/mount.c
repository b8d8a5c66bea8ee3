#include "durable/mount.h"

#include "compat/compat.h"

#if HAVE_STATFS_FSTYPENAME
#include <sys/param.h>
#include <sys/mount.h>
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
is_octal(const char *text)
{
	return text[0] >= '0' && text[0] <= '3' && text[1] >= '0' &&
	    text[1] <= '7' && text[2] >= '0' && text[2] <= '7';
}

/* A blank in a name is written as \040. */
static void
copy_unescaped(char *to, size_t size_bytes, const char *from)
{
	size_t used = 0;

	while (*from != '\0' && used + 1 < size_bytes) {
		if (*from != '\\' || !is_octal(from + 1)) {
			to[used++] = *from++;
			continue;
		}
		to[used++] = (char)((from[1] - '0') << 6 |
		    (from[2] - '0') << 3 | (from[3] - '0'));
		from += 4;
	}
	to[used] = '\0';
}

/* Takes the next word off the line; "" when there is none. */
static char *
next_word(char **line)
{
	char *word = *line;

	*line += strcspn(*line, " \n");
	if (**line != '\0')
		*(*line)++ = '\0';
	return word;
}

bool
mount_read(struct mount *mount, char *line, long id)
{
	const char *word = next_word(&line);
	const char *options;
	int skipped;

	if (strtol(word, NULL, 10) != id)
		return false;
	for (skipped = 0; skipped < 3; skipped++)
		(void)next_word(&line); /* parent, device, root */
	copy_unescaped(mount->point, sizeof(mount->point), next_word(&line));
	options = next_word(&line);
	do
		word = next_word(&line); /* tags, as many as there are */
	while (word[0] != '\0' && strcmp(word, "-") != 0);
	copy_unescaped(mount->kind, sizeof(mount->kind), next_word(&line));
	copy_unescaped(mount->source, sizeof(mount->source), next_word(&line));
	(void)snprintf(mount->options, sizeof(mount->options), "%s,%s", options,
	    next_word(&line)); /* cut where it is too long */
	return mount->kind[0] != '\0';
}

bool
mount_has_option(const struct mount *mount, const char *option)
{
	size_t length = strlen(option);
	const char *at = mount->options;
	size_t here;

	for (; *at != '\0'; at += here + (at[here] == ',')) {
		here = strcspn(at, ",");
		if (here == length && strncmp(at, option, length) == 0)
			return true;
	}
	return false;
}

#if HAVE_STATFS_FSTYPENAME
bool
mount_find(struct mount *mount, int fd)
{
	struct statfs fs;

	if (fstatfs(fd, &fs) == -1)
		return false;
	(void)strlcpy(mount->point, fs.f_mntonname, sizeof(mount->point));
	(void)strlcpy(mount->kind, fs.f_fstypename, sizeof(mount->kind));
	(void)strlcpy(mount->source, fs.f_mntfromname, sizeof(mount->source));
	(void)snprintf(mount->options, sizeof(mount->options), "%s%s",
	    (fs.f_flags & MNT_RDONLY) != 0 ? "ro" : "rw",
	    (fs.f_flags & MNT_ASYNC) != 0 ? ",async" : "");
	return true;
}
#else
/* -1 when it is not told. */
static long
id_of(int fd)
{
	char line[256];
	long id = -1;
	FILE *info;

	(void)snprintf(line, sizeof(line), "/proc/self/fdinfo/%d", fd);
	info = fopen(line, "r");
	if (info == NULL)
		return -1;
	while (fgets(line, sizeof(line), info) != NULL)
		if (strncmp(line, "mnt_id:", 7) == 0)
			id = strtol(line + 7, NULL, 10);
	(void)fclose(info); /* opened for reading only */
	return id;
}

bool
mount_find(struct mount *mount, int fd)
{
	long id = id_of(fd);
	FILE *info = fopen("/proc/self/mountinfo", "r");
	bool is_found = false;
	char *line = NULL;
	size_t size_bytes = 0;

	if (info == NULL)
		return false;
	while (id != -1 && !is_found && getline(&line, &size_bytes, info) != -1)
		is_found = mount_read(mount, line, id);
	free(line);
	(void)fclose(info); /* opened for reading only */
	return is_found;
}
#endif
