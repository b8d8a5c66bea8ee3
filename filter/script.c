#include "filter/script.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "account/trust.h"

static const struct trust_steps steps = { "script-kind", "script-owner",
	"script-mode", "script-size" };

static enum verdict
read_text(struct span *text_out, int fd, size_t size_bytes,
    struct arena *arena, const char *path, struct failure *why)
{
	char *text = arena_take(arena, size_bytes + 1, 1);
	ssize_t got = 1;

	if (text == NULL) {
		errno = ENOMEM;
		return failure_errno(why, "malloc", path);
	}
	text_out->at = text;
	text_out->size_bytes = 0;
	while (got > 0 && text_out->size_bytes < size_bytes) {
		got = read(fd, text + text_out->size_bytes,
		    size_bytes - text_out->size_bytes);
		if (got > 0)
			text_out->size_bytes += (size_t)got;
	}
	return got == -1 ? failure_errno(why, "script-open", path)
			 : VERDICT_OK;
}

/* A link is followed: many keep such files elsewhere; what counts is whose
   file it leads to. */
enum sieve_found
script_read(struct span *text_out, const char *path, struct arena *arena,
    struct failure *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	enum verdict verdict;
	struct stat st;

	/* A name that no file can have is one that is not there. */
	if (fd == -1 &&
	    (errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG))
		return SIEVE_ABSENT;
	if (fd == -1) {
		(void)failure_errno(why, "script-open", path);
		return SIEVE_UNREADABLE;
	}
	if (fstat(fd, &st) == -1)
		verdict = failure_errno(why, "script-open", path);
	else
		verdict =
		    trust_check(&st, SCRIPT_BYTES_MAX, &steps, path, why);
	if (verdict == VERDICT_OK)
		verdict = read_text(
		    text_out, fd, (size_t)st.st_size, arena, path, why);
	(void)close(fd); /* opened for reading only */
	return verdict == VERDICT_OK ? SIEVE_FOUND : SIEVE_UNREADABLE;
}

enum sieve_found
script_find(void *context, enum sieve_where where, const char *name,
    struct span *text_out)
{
	static const char *const endings[] = { ".sieve", "" };
	const struct script_library *library = context;
	const char *folder =
	    where == SIEVE_GLOBAL ? library->global : library->personal;
	enum sieve_found found = SIEVE_ABSENT;
	struct failure why;
	char path[PATH_MAX];
	size_t i;

	if (folder == NULL || folder[0] == '\0')
		return SIEVE_ABSENT;
	for (i = 0; i < 2 && found == SIEVE_ABSENT; i++) {
		int length = snprintf(path, sizeof(path), "%s/%s%s", folder,
		    name, endings[i]);

		if (length < 0 || (size_t)length >= sizeof(path))
			return SIEVE_UNREADABLE;
		found = script_read(text_out, path, library->arena, &why);
	}
	return found;
}
