#include "mda/template.h"

#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

/* A path that is being put together. */
struct path {
	char *text; /* PATH_MAX large */
	size_t used_bytes;
	bool is_full;
	bool has_value; /* a stranger's word stands in the last component */
};

static void
put(struct path *path, const char *text, size_t length)
{
	if (path->used_bytes + length >= PATH_MAX) {
		path->is_full = true;
		return;
	}
	memcpy(path->text + path->used_bytes, text, length);
	path->used_bytes += length;
	path->text[path->used_bytes] = '\0';
}

/* Two harmless words, as in "%d.%n", can name another mailbox's lock file. */
static bool
is_lock_file(const struct path *path)
{
	return path->has_value && path->used_bytes >= 5 &&
	    strcasecmp(path->text + path->used_bytes - 5, ".lock") == 0;
}

/* What a "%" and its letter stand for; NULL when that is unknown. */
static const char *
expansion(char letter, const struct template_values *values)
{
	switch (letter) {
	case 'd':
		return values->domain;
	case 'e':
		return values->detail;
	case 'n':
		return values->local;
	case 'u':
		return values->user;
	default:
		return NULL;
	}
}

/* A stranger chose these bytes: they may name one folder, and no path. */
static bool
is_clean(const char *value)
{
	size_t length = strlen(value);
	const char *at;

	if (length == 0 || value[0] == '.')
		return false;
	if (length >= 5 && strcasecmp(value + length - 5, ".lock") == 0)
		return false; /* another mailbox's lock file */
	for (at = value; *at != '\0'; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f || *at == '/')
			return false;
	return true;
}

static void
put_lower(struct path *path, const char *value)
{
	for (; *value != '\0'; value++) {
		char byte = *value;

		if (byte >= 'A' && byte <= 'Z')
			byte = (char)(byte - 'A' + 'a');
		put(path, &byte, 1);
	}
}

/* The home is the user database's word and may hold slashes. */
static enum verdict
put_home(struct path *path, const char *home, const char *pattern,
    struct failure *why)
{
	if (home[0] == '\0')
		return failure_retry(why, "home-unknown", "4.3.5", pattern);
	put(path, home, strlen(home));
	return VERDICT_OK;
}

static enum verdict
put_letter(struct path *path, char letter, const char *pattern,
    bool is_lower, const struct template_values *values, struct failure *why)
{
	const char *value;

	if (letter == '%') {
		put(path, "%", 1);
		return VERDICT_OK;
	}
	if (letter == 'h')
		return put_home(path, values->home, pattern, why);
	value = expansion(letter, values);
	if (value == NULL)
		return failure_retry(
		    why, "mailbox-template", "4.3.5", pattern);
	if (!is_clean(value))
		return failure_retry(why, "template-value", "4.3.5", pattern);
	path->has_value = true;
	if (is_lower)
		put_lower(path, value);
	else
		put(path, value, strlen(value));
	return VERDICT_OK;
}

enum verdict
template_expand(char *text, const char *pattern, bool is_lower,
    const struct template_values *values, struct failure *why)
{
	struct path path = { text, 0, false, false };
	enum verdict verdict = VERDICT_OK;
	const char *at = pattern;

	text[0] = '\0';
	if (strncmp(at, "~/", 2) == 0) {
		verdict = put_home(&path, values->home, pattern, why);
		at++;
	}
	for (; verdict == VERDICT_OK && *at != '\0'; at++) {
		if (*at == '/' && is_lock_file(&path))
			break;
		path.has_value = path.has_value && *at != '/';
		if (*at != '%')
			put(&path, at, 1);
		else
			verdict = put_letter(&path, *++at, pattern, is_lower,
			    values, why);
		if (*at == '\0')
			break; /* a "%" at the end */
	}
	if (verdict == VERDICT_OK && is_lock_file(&path))
		return failure_retry(why, "template-value", "4.3.5", pattern);
	if (verdict == VERDICT_OK && path.is_full)
		return failure_retry(why, "path-long", "4.3.5", pattern);
	return verdict;
}
