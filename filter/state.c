#include "filter/state.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/checksum.h"
#include "base/clock.h"
#include "base/interrupt.h"
#include "base/sys.h"
#include "compat/compat.h"
#include "durable/folder.h"

static const char file_name[] = "seen";
static const char new_name[] = "seen.new";
static const char lock_name[] = "lock";

enum {
	/*
	 * Of a handle or an id; what is longer is cut. With this a thousand
	 * answers fit into their half, whatever bytes they are of.
	 */
	WORD_BYTES_MAX = 60,
	KIND_BYTES_MAX = STATE_BYTES_MAX / 2,
	LOCK_WAIT_S = 10,
	MEMORY_BYTES = 8 * STATE_BYTES_MAX
};

/* ---- Folder ------------------------------------------------------------- */

/* Not made durable: what a power cut takes away is made again. */
static enum verdict
make_way(const char *path, size_t home_length, struct failure *why)
{
	char part[PATH_MAX];
	char *slash = part + home_length;

	if (strlcpy(part, path, sizeof(part)) >= sizeof(part)) {
		errno = ENAMETOOLONG;
		return failure_errno(why, "state-open", path);
	}
	while ((slash = strchr(slash + 1, '/')) != NULL) {
		*slash = '\0';
		if (mkdir(part, 0700) == -1 && errno != EEXIST)
			return failure_errno(why, "state-open", path);
		*slash = '/';
	}
	if (mkdir(part, 0700) == -1 && errno != EEXIST)
		return failure_errno(why, "state-open", path);
	return VERDICT_OK;
}

static bool
is_below(const char *path, const char *home)
{
	size_t length = strlen(home);

	return length > 1 && strncmp(path, home, length) == 0 &&
	    path[length] == '/';
}

/* Whoever else could write here could have mail taken for seen. */
static bool
is_ours(int fd)
{
	struct stat st;

	return sys->fstat(fd, &st) == 0 && st.st_uid == geteuid() &&
	    (st.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

enum verdict
state_open(struct state *state, const char *path, const char *home,
    struct failure *why)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
	enum verdict verdict = VERDICT_OK;

	state->path = path;
	state->dir_fd = sys->openat(AT_FDCWD, path, flags, 0);
	if (state->dir_fd == -1 && errno == ENOENT && is_below(path, home)) {
		verdict = make_way(path, strlen(home), why);
		if (verdict == VERDICT_OK)
			state->dir_fd = sys->openat(AT_FDCWD, path, flags, 0);
	}
	if (verdict == VERDICT_OK && state->dir_fd == -1)
		verdict = failure_errno(why, "state-open", path);
	if (verdict == VERDICT_OK && !is_ours(state->dir_fd)) {
		state_close(state);
		verdict = failure_retry(why, "state-owner", "4.3.5", path);
	}
	return verdict;
}

void
state_close(struct state *state)
{
	if (state->dir_fd != -1)
		(void)sys->close(state->dir_fd); /* opened for reading */
	state->dir_fd = -1;
}

/* ---- Lines -------------------------------------------------------------- */

/* Printable and without blanks; what is cut goes on as a sum of all of it. */
static void
add_word(struct buffer *line, struct span word)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < word.size_bytes && i < WORD_BYTES_MAX; i++) {
		unsigned char byte = (unsigned char)word.at[i];

		if (byte > ' ' && byte < 0x7f && byte != '%') {
			buffer_add_byte(line, (char)byte);
			continue;
		}
		buffer_add_byte(line, '%');
		buffer_add_byte(line, digits[byte >> 4]);
		buffer_add_byte(line, digits[byte & 15]);
	}
	if (word.size_bytes <= WORD_BYTES_MAX)
		return;
	buffer_add_byte(line, '+');
	buffer_add_number(
	    line, (long long)(checksum(word) >> 1), 1); /* no sign */
}

/* "v:HANDLE ID", what a line says behind its time. */
static struct span
make_key(const struct state_mark *mark, struct arena *memory)
{
	struct buffer key;

	buffer_start(&key, memory);
	buffer_add_byte(&key, mark->kind);
	buffer_add_byte(&key, ':');
	add_word(&key, mark->handle);
	buffer_add_byte(&key, ' ');
	add_word(&key, mark->id);
	return buffer_span(&key);
}

/* "TIME KEY\n"; a line of another form is passed over. */
static bool
read_line(struct span line, long long *until_s_out, struct span *key_out)
{
	char number[24];
	const char *blank;
	const char *fault;
	size_t length;

	line = span_trim(line);
	blank = line.size_bytes > 0 ? memchr(line.at, ' ', line.size_bytes)
				    : NULL;
	if (blank == NULL || (size_t)(blank - line.at) >= sizeof(number))
		return false;
	length = (size_t)(blank - line.at);
	memcpy(number, line.at, length);
	number[length] = '\0';
	*until_s_out = strtonum(number, 0, LLONG_MAX, &fault);
	*key_out = span_from(line, length + 1);
	return fault == NULL;
}

/* ---- Reading ------------------------------------------------------------ */

/* With errno as the call before left it. */
static enum verdict
fail(const struct state *state, const char *step, struct failure *why)
{
	return failure_errno(why, step, state->path);
}

static enum verdict
read_all(const struct state *state, int fd, struct buffer *text,
    struct failure *why)
{
	ssize_t got = 1;
	char *room;

	while (got > 0 && text->size_bytes < STATE_BYTES_MAX) {
		room = buffer_reserve(text, 65536);
		if (room == NULL) {
			errno = ENOMEM;
			return fail(state, "state-read", why);
		}
		got = sys->read(fd, room, 65536);
		if (got == -1 && errno == EINTR)
			got = 1;
		else if (got > 0)
			text->size_bytes += (size_t)got;
	}
	return got == -1 ? fail(state, "state-read", why) : VERDICT_OK;
}

static enum verdict
read_file(const struct state *state, struct buffer *text, struct failure *why)
{
	enum verdict verdict;
	int fd = sys->openat(state->dir_fd, file_name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0);

	if (fd == -1)
		return errno == ENOENT ? VERDICT_OK
				       : fail(state, "state-read", why);
	verdict = read_all(state, fd, text, why);
	(void)sys->close(fd); /* opened for reading only */
	return verdict;
}

static bool
is_found(struct span rest, struct span key, int64_t now_s)
{
	struct span there;
	long long until_s;

	while (rest.size_bytes > 0)
		if (read_line(span_line(&rest), &until_s, &there) &&
		    until_s > now_s && span_equals(there, key))
			return true;
	return false;
}

enum verdict
state_has(const struct state *state, const struct state_mark *mark,
    int64_t now_s, bool *has_out, struct failure *why)
{
	enum verdict verdict;
	struct arena memory;
	struct buffer text;

	*has_out = false;
	if (state->dir_fd == -1) {
		errno = ENOENT;
		return failure_errno(why, "state-read", "the state folder");
	}
	arena_start(&memory, MEMORY_BYTES);
	buffer_start(&text, &memory);
	verdict = read_file(state, &text, why);
	if (verdict == VERDICT_OK)
		*has_out = is_found(
		    buffer_span(&text), make_key(mark, &memory), now_s);
	arena_end(&memory);
	return verdict;
}

/* ---- Writing ------------------------------------------------------------ */

static bool
is_among(struct span key, const struct span *keys, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (span_equals(key, keys[i]))
			return true;
	return false;
}

/* What is past its period goes, and what is written anew below. */
static void
keep_lines(struct buffer *out, struct span rest, const struct span *keys,
    size_t count, int64_t now_s)
{
	long long until_s;
	struct span line;
	struct span key;

	while (rest.size_bytes > 0) {
		line = span_line(&rest);
		if (read_line(line, &until_s, &key) && until_s > now_s &&
		    !is_among(key, keys, count))
			buffer_add(out, line);
	}
}

static void
add_lines(struct buffer *out, const struct state_mark *marks,
    const struct span *keys, size_t count, int64_t now_s)
{
	size_t i;

	for (i = 0; i < count; i++) {
		buffer_add_number(
		    out, (long long)now_s + (long long)marks[i].period_s, 1);
		buffer_add_byte(out, ' ');
		buffer_add(out, keys[i]);
		buffer_add_byte(out, '\n');
	}
}

static bool
is_answer(struct span line)
{
	long long until_s;
	struct span key;

	return read_line(line, &until_s, &key) && span_starts(key, "v:");
}

/*
 * The oldest stand in front. Each kind has a half of its own: mail that is
 * looked at for duplicates must not push out who was answered.
 */
static struct span
cut_to_limit(struct span text, struct arena *memory)
{
	size_t sizes[2] = { 0, 0 };
	struct span rest = text, line;
	struct buffer out;

	if (text.size_bytes <= KIND_BYTES_MAX)
		return text;
	buffer_start(&out, memory);
	while (rest.size_bytes > 0) {
		line = span_line(&rest);
		sizes[is_answer(line)] += line.size_bytes;
	}
	(void)buffer_reserve(&out, text.size_bytes);
	for (rest = text; rest.size_bytes > 0;) {
		size_t *size_bytes;

		line = span_line(&rest);
		size_bytes = &sizes[is_answer(line)];
		if (*size_bytes > KIND_BYTES_MAX)
			*size_bytes -= line.size_bytes;
		else
			buffer_add(&out, line);
	}
	return buffer_span(&out);
}

static enum verdict
write_all(const struct state *state, int fd, struct span text,
    struct failure *why)
{
	while (text.size_bytes > 0) {
		ssize_t taken = sys->write(fd, text.at, text.size_bytes);

		if (taken == -1 && errno == EINTR)
			continue;
		if (taken == 0)
			errno = ENOSPC;
		if (taken <= 0)
			return fail(state, "state-write", why);
		text = span_from(text, (size_t)taken);
	}
	return sync_file(fd, state->path, why);
}

static enum verdict
replace_file(const struct state *state, struct span text,
    const struct sync_policy *policy, struct failure *why)
{
	enum verdict verdict;
	bool ignored = false;
	int fd = sys->openat(state->dir_fd, new_name,
	    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd == -1)
		return fail(state, "state-write", why);
	verdict = write_all(state, fd, text, why);
	if (sys->close(fd) == -1 && verdict == VERDICT_OK)
		verdict = fail(state, "state-write", why);
	if (verdict == VERDICT_OK &&
	    sys->renameat(state->dir_fd, new_name, state->dir_fd, file_name) ==
		-1)
		verdict = fail(state, "state-write", why);
	if (verdict == VERDICT_OK)
		verdict = sync_folder(
		    state->dir_fd, policy, &ignored, state->path, why);
	return verdict;
}

static enum verdict
update(const struct state *state, const struct state_mark *marks,
    size_t count, int64_t now_s, const struct sync_policy *policy,
    struct failure *why)
{
	struct buffer old, text;
	enum verdict verdict;
	struct span whole;
	struct arena memory;
	struct span *keys;
	size_t i;

	arena_start(&memory, MEMORY_BYTES);
	buffer_start(&old, &memory);
	buffer_start(&text, &memory);
	keys = arena_take(&memory, count, sizeof(*keys));
	for (i = 0; keys != NULL && i < count; i++)
		keys[i] = make_key(&marks[i], &memory);
	verdict = read_file(state, &old, why);
	if (verdict == VERDICT_OK && keys != NULL) {
		(void)buffer_reserve(&text, old.size_bytes + 4096);
		keep_lines(&text, buffer_span(&old), keys, count, now_s);
		add_lines(&text, marks, keys, count, now_s);
	}
	whole = cut_to_limit(buffer_span(&text), &memory);
	errno = ENOMEM;
	if (verdict == VERDICT_OK && memory.is_exhausted)
		verdict = fail(state, "state-write", why);
	if (verdict == VERDICT_OK)
		verdict = replace_file(state, whole, policy, why);
	arena_end(&memory);
	return verdict;
}

/* The lock goes with the descriptor, whatever becomes of us. */
static enum verdict
take_lock(const struct state *state, int *fd_out, struct failure *why)
{
	const long long until_us = clock_us() + LOCK_WAIT_S * 1000000LL;
	const struct timespec pause = { 0, 10 * 1000000L };
	int fd = sys->openat(state->dir_fd, lock_name,
	    O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd == -1)
		return fail(state, "state-lock", why);
	while (sys->fcntl_lock(fd) == -1) {
		if ((errno != EAGAIN && errno != EACCES && errno != EINTR) ||
		    clock_us() > until_us ||
		    interrupt_check(why) != VERDICT_OK) {
			(void)fail(state, "state-lock", why);
			(void)sys->close(fd); /* nothing was written */
			return VERDICT_RETRY;
		}
		(void)nanosleep(&pause, NULL);
	}
	*fd_out = fd;
	return VERDICT_OK;
}

enum verdict
state_remember(const struct state *state, const struct state_mark *marks,
    size_t count, int64_t now_s, const struct sync_policy *policy,
    struct failure *why)
{
	enum verdict verdict;
	int lock_fd = -1;

	if (state->dir_fd == -1) {
		errno = ENOENT;
		return failure_errno(why, "state-write", "the state folder");
	}
	verdict = take_lock(state, &lock_fd, why);
	if (verdict != VERDICT_OK)
		return verdict;
	verdict = update(state, marks, count, now_s, policy, why);
	(void)sys->close(lock_fd); /* nothing was written */
	return verdict;
}
