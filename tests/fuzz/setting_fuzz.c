/*
 * A settings file. What can be read must mean the same when each value is
 * shown and the file written from that is read again.
 */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "mda/settings.h"
#include "tests/fuzz/fuzz.h"

static char path[] = "/tmp/mda-fuzz.XXXXXX";

static void
remove_file(void)
{
	(void)unlink(path); /* or it is litter */
}

static int
open_file(void)
{
	int fd = mkstemp(path);

	MUST(fd != -1);
	MUST(atexit(remove_file) == 0);
	return fd;
}

static void
fill(struct span text)
{
	static int fd = -1;

	if (fd == -1)
		fd = open_file();
	MUST(ftruncate(fd, 0) == 0);
	MUST(pwrite(fd, text.at, text.size_bytes, 0) ==
	    (ssize_t)text.size_bytes);
}

/* All settings as a file; one that a value breaks would show here. */
static struct span
write_shown(char *text, size_t room_bytes, const struct settings *settings)
{
	struct span shown = { text, 0 };
	char value[SETTING_VALUE_MAX];
	size_t row;

	for (row = 0; settings_rule(row) != NULL; row++) {
		int length;

		settings_show(value, settings, row);
		length = snprintf(text + shown.size_bytes,
		    room_bytes - shown.size_bytes, "%s = %s\n",
		    settings_rule(row)->name, value);
		MUST(length > 0 &&
		    (size_t)length < room_bytes - shown.size_bytes);
		shown.size_bytes += (size_t)length;
	}
	return shown;
}

static void
check_failure(const struct failure *why)
{
	static const char *const steps[] = { "settings-size",
		"settings-line", "setting-unknown", "setting-value" };
	size_t i;

	MUST(why->exit_code == EX_TEMPFAIL);
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (strcmp(why->step, steps[i]) == 0)
			return;
	abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
	static struct settings first, second;
	static char text[SETTINGS_FILE_MAX], again[SETTINGS_FILE_MAX];
	struct span file = { (const char *)data, size_bytes };
	struct span shown;
	struct failure why;

	fill(file);
	settings_default(&first);
	if (settings_read(&first, path, true, &why) != VERDICT_OK) {
		check_failure(&why);
		return 0;
	}
	shown = write_shown(text, sizeof(text), &first);
	fill(shown);
	settings_default(&second);
	MUST(settings_read(&second, path, true, &why) == VERDICT_OK);
	(void)write_shown(again, sizeof(again), &second);
	MUST(strcmp(text, again) == 0);
	return 0;
}
