/*
 * What another program wrote into a lock file. Young as it is, the lock is
 * free only when it names this host and a process that is gone. "@" stands
 * for this host's name, "!" for its boot id, "$" for a process that lives.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "durable/dotlock.h"
#include "durable/host.h"
#include "tests/fuzz/fuzz.h"

enum { CONTENT_BYTES = 1024 };

static char folder[] = "/tmp/mda-fuzz.XXXXXX";
static int folder_fd = -1;
static int file_fd;
static char host[256];
static char boot[HOST_BOOT_BYTES];
static char living[24];

static void
remove_files(void)
{
	(void)unlinkat(folder_fd, "box.lock", 0); /* or it is litter */
	(void)rmdir(folder);			  /* so */
}

static void
make_files(void)
{
	MUST(mkdtemp(folder) != NULL);
	folder_fd = open(folder, O_RDONLY | O_DIRECTORY);
	MUST(folder_fd != -1);
	file_fd = openat(folder_fd, "box.lock", O_RDWR | O_CREAT, 0600);
	MUST(file_fd != -1);
	MUST(atexit(remove_files) == 0);
	host_name(host, sizeof(host));
	host_boot_id(boot, sizeof(boot));
	(void)snprintf(living, sizeof(living), "%ld", (long)getpid());
}

static void
put(char *text, size_t *used_bytes, const char *word, size_t length)
{
	if (length > CONTENT_BYTES - *used_bytes)
		length = CONTENT_BYTES - *used_bytes;
	memcpy(text + *used_bytes, word, length);
	*used_bytes += length;
}

static size_t
fill_in(char *text, struct span rest)
{
	size_t used_bytes = 0;

	for (; rest.size_bytes > 0; rest = span_from(rest, 1)) {
		if (rest.at[0] == '@')
			put(text, &used_bytes, host, strlen(host));
		else if (rest.at[0] == '!')
			put(text, &used_bytes, boot, strlen(boot));
		else if (rest.at[0] == '$')
			put(text, &used_bytes, living, strlen(living));
		else
			put(text, &used_bytes, rest.at, 1);
	}
	return used_bytes;
}

/* The second word, as another reader of such a file would find it. */
static bool
is_second_word(const char *text, const char *word)
{
	static const char blanks[] = " \t\n\v\f\r";

	text += strspn(text, blanks);
	text += strspn(text, "+-0123456789");
	text += strspn(text, blanks);
	return strncmp(text, word, strlen(word)) == 0;
}

static bool
is_held_by_us(const char *text)
{
	char whole[CONTENT_BYTES];

	(void)snprintf(whole, sizeof(whole), "%s %s %s\n", living, host, boot);
	return strcmp(text, whole) == 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
	struct span rest = { (const char *)data, size_bytes };
	struct dotlock dotlock;
	char text[CONTENT_BYTES + 1];
	size_t used_bytes;
	bool is_free;

	if (folder_fd == -1)
		make_files();
	used_bytes = fill_in(text, rest);
	text[used_bytes] = '\0';
	MUST(ftruncate(file_fd, 0) == 0);
	MUST(pwrite(file_fd, text, used_bytes, 0) == (ssize_t)used_bytes);
	memset(&dotlock, 0, sizeof(dotlock));
	dotlock.dir_fd = folder_fd;
	dotlock.stale_s = 86400;
	(void)snprintf(dotlock.name, sizeof(dotlock.name), "box.lock");
	is_free = dotlock_is_free(&dotlock);
	MUST(!is_free || is_second_word(text, host));
	MUST(!is_free || !is_held_by_us(text));
	return 0;
}
