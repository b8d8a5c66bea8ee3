#include "mda/settings.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "account/trust.h"
#include "account/way.h"
#include "base/span.h"
#include "compat/compat.h"
#include "mda/setting_value.h"

/* What is being read, for messages: "/etc/mda.conf:3", or "-o". */
struct place {
	const char *file;
	unsigned int line; /* 0 for the command line */
};

static enum verdict
fail_at(const struct place *place, const char *step, const char *text,
    struct failure *why)
{
	char subject[sizeof(why->subject)];

	if (place->line == 0)
		(void)snprintf(subject, sizeof(subject), "-o: %s", text);
	else
		(void)snprintf(subject, sizeof(subject), "%s:%u: %s",
		    place->file, place->line, text);
	return failure_retry(why, step, "4.3.5", subject);
}

static bool
find_row(const char *name, size_t *row_out)
{
	const struct setting_rule *rule;
	size_t row;

	for (row = 0; (rule = settings_rule(row)) != NULL; row++)
		if (strcmp(rule->name, name) == 0) {
			*row_out = row;
			return true;
		}
	return false;
}

static enum verdict
assign(struct settings *settings, const struct place *place, const char *name,
    const char *value, struct failure *why)
{
	char text[SETTING_VALUE_MAX];
	size_t row;

	if (!find_row(name, &row))
		return fail_at(place, "setting-unknown", name, why);
	if (!setting_value_set(settings, settings_rule(row), value)) {
		(void)snprintf(text, sizeof(text), "%s = %s", name, value);
		return fail_at(place, "setting-value", text, why);
	}
	settings->origins[row].source =
	    place->line == 0 ? FROM_OPTION : FROM_FILE;
	settings->origins[row].file = place->file;
	settings->origins[row].line = place->line;
	return VERDICT_OK;
}

/* Cut "name = value" in two; false when there is no "=" or no name. */
static bool
split(char *line, char **name_out, char **value_out)
{
	char *equals = strchr(line, '=');
	char *end;

	if (equals == NULL)
		return false;
	*equals = '\0';
	*value_out = equals + 1 + strspn(equals + 1, " \t");
	for (end = *value_out + strlen(*value_out);
	     end > *value_out && strchr(" \t\r", end[-1]) != NULL; end--)
		end[-1] = '\0';
	*name_out = line + strspn(line, " \t");
	for (end = *name_out + strlen(*name_out);
	     end > *name_out && strchr(" \t", end[-1]) != NULL; end--)
		end[-1] = '\0';
	return **name_out != '\0';
}

static enum verdict
read_line(struct settings *settings, const struct place *place,
    struct span line, struct failure *why)
{
	char text[2 * SETTING_VALUE_MAX];
	char *name;
	char *value;

	line = span_trim(line);
	if (line.size_bytes == 0 || line.at[0] == '#')
		return VERDICT_OK;
	if (line.size_bytes >= sizeof(text) ||
	    memchr(line.at, '\0', line.size_bytes) != NULL)
		return fail_at(place, "settings-line", "", why);
	memcpy(text, line.at, line.size_bytes);
	text[line.size_bytes] = '\0';
	if (!split(text, &name, &value))
		return fail_at(place, "settings-line", text, why);
	return assign(settings, place, name, value, why);
}

static enum verdict
read_lines(struct settings *settings, const char *path, struct span rest,
    struct failure *why)
{
	struct place place = { path, 0 };
	enum verdict verdict = VERDICT_OK;

	while (verdict == VERDICT_OK && rest.size_bytes > 0) {
		place.line++;
		verdict = read_line(
		    settings, &place, span_line(&rest), why);
	}
	return verdict;
}

static const struct trust_steps steps = { "settings-kind", "settings-owner",
	"settings-mode", "settings-size" };

static enum verdict
read_file(struct settings *settings, const char *path, int fd,
    size_t size_bytes, struct failure *why)
{
	char text[SETTINGS_FILE_MAX];
	struct span whole = { text, 0 };
	enum verdict verdict;
	ssize_t got = 1;

	while (whole.size_bytes < size_bytes && got > 0) {
		got = read(fd, text + whole.size_bytes,
		    size_bytes - whole.size_bytes);
		if (got > 0)
			whole.size_bytes += (size_t)got;
	}
	if (got == -1)
		verdict = failure_errno(why, "settings-open", path);
	else
		verdict = read_lines(settings, path, whole, why);
	return verdict;
}

static enum verdict
read_open_file(struct settings *settings, const char *path, int fd,
    struct failure *why)
{
	enum verdict verdict;
	struct stat st;

	if (fstat(fd, &st) == -1)
		verdict = failure_errno(why, "settings-open", path);
	else
		verdict =
		    trust_check(&st, SETTINGS_FILE_MAX, &steps, path, why);
	if (verdict == VERDICT_OK)
		verdict = read_file(
		    settings, path, fd, (size_t)st.st_size, why);
	(void)close(fd); /* opened for reading only */
	settings->is_file_read = verdict == VERDICT_OK;
	return verdict;
}

enum verdict
settings_read(struct settings *settings, const char *path, bool is_required,
    struct failure *why)
{
	int fd;

	settings->file = path;
	settings->is_file_read = false;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd == -1 && errno == ENOENT && !is_required)
		return VERDICT_OK;
	if (fd == -1)
		return failure_errno(why, "settings-open", path);
	return read_open_file(settings, path, fd, why);
}

/* Where others can change the way, they could lead us to any file of root's. */
static enum verdict
open_guarded(int *fd_out, const char *path, struct failure *why)
{
	const char *name = strrchr(path, '/');
	int dir_fd = way_open(path);

	if (dir_fd == -1 && errno != EPERM)
		return failure_errno(why, "settings-open", path);
	if (dir_fd == -1 || !way_is_roots_alone(dir_fd)) {
		if (dir_fd != -1)
			(void)close(dir_fd); /* opened for reading only */
		return failure_retry(why, "settings-way", "4.3.5", path);
	}
	*fd_out = openat(dir_fd, name + 1,
	    O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	if (*fd_out == -1)
		(void)failure_errno(why, "settings-open", path);
	(void)close(dir_fd); /* opened for reading only */
	return *fd_out == -1 ? VERDICT_RETRY : VERDICT_OK;
}

enum verdict
settings_read_account(
    struct settings *settings, const char *path, struct failure *why)
{
	enum verdict verdict;
	struct stat st;
	int fd = -1;

	if (geteuid() != 0)
		return settings_read(settings, path, false, why);
	if (lstat(path, &st) == -1 && errno == ENOENT)
		return VERDICT_OK;
	verdict = open_guarded(&fd, path, why);
	if (verdict == VERDICT_OK)
		return read_open_file(settings, path, fd, why);
	if (why->sys_errno == ENOENT)
		return VERDICT_OK; /* removed just now */
	return verdict;
}

enum verdict
settings_override(struct settings *settings, const char *assignment,
    struct failure *why)
{
	struct place place = { NULL, 0 };

	return read_line(settings, &place, span_of(assignment), why);
}
