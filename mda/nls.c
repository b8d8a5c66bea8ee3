#include "mda/nls.h"

#include <locale.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

unsigned long
nls_count(long long count)
{
	if (count > 1000000)
		count = 1000000 + count % 1000000;
	return (unsigned long)count;
}

#if HAVE_LIBINTL
static bool is_started;

static bool
leads_elsewhere(const char *value)
{
	return strchr(value, '/') != NULL || strstr(value, "..") != NULL;
}

/* LANGUAGE=../../x makes glibc open a catalog outside LOCALEDIR. */
static bool
is_foreign(const char *name)
{
	static const char *const unwanted[] = { "OUTPUT_CHARSET", "NLSPATH",
		"LOCPATH", "GCONV_PATH" };
	const char *value = getenv(name);
	size_t i;

	for (i = 0; i < sizeof(unwanted) / sizeof(unwanted[0]); i++)
		if (strcmp(name, unwanted[i]) == 0)
			return value != NULL;
	return value != NULL && leads_elsewhere(value);
}

/* Root, or with rights that whoever started us may not have. */
static bool
is_privileged(void)
{
	return getuid() == 0 || getuid() != geteuid() || getgid() != getegid();
}

/* Who runs us is asked only when there is something to drop. */
void
nls_guard(void)
{
	static const char *const names[] = { "LANGUAGE", "LC_ALL",
		"LC_MESSAGES", "LC_CTYPE", "LANG", "OUTPUT_CHARSET", "NLSPATH",
		"LOCPATH", "GCONV_PATH" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (is_foreign(names[i]) && is_privileged())
			(void)unsetenv(names[i]);
}

void
nls_start(void)
{
	if (is_started)
		return;
	is_started = true;
	/* Where the locale is missing, the sentences stay English. */
	(void)setlocale(LC_CTYPE, "");
	(void)setlocale(LC_MESSAGES, "");
	(void)bindtextdomain("mda", LOCALEDIR);
	(void)textdomain("mda");
}

void
nls_skip(void)
{
	is_started = true;
}

static bool
is_set(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] != '\0';
}

/*
 * The first that is set counts. "C" is English whatever LANGUAGE says, and
 * "C.UTF-8" without it.
 */
static bool
is_language_asked(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	const char *value = NULL;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (is_set(names[i])) {
			value = getenv(names[i]);
			break;
		}
	if (value == NULL || strcmp(value, "C") == 0 ||
	    strcmp(value, "POSIX") == 0)
		return false;
	return strncmp(value, "C.", 2) != 0 || is_set("LANGUAGE");
}

/*
 * glibc: locales and what converts their characters in /usr/lib, the system's
 * own sentences in /usr/share/locale. Where they lie elsewhere, a sentence
 * said behind a sandbox is English.
 */
size_t
nls_folders(const char **folders)
{
	if (!is_language_asked())
		return 0;
	folders[0] = LOCALEDIR;
	folders[1] = "/usr/lib";
	folders[2] = "/usr/share/locale";
	return strcmp(folders[0], folders[2]) == 0 ? 2 : 3;
}
#else
void
nls_guard(void)
{
}

void
nls_start(void)
{
}

void
nls_skip(void)
{
}

size_t
nls_folders(const char **folders)
{
	(void)folders; /* all is in the program */
	return 0;
}
#endif
