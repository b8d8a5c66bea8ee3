#include "maildir/name.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "compat/compat.h"
#include "durable/host.h"

static bool
is_kept(unsigned char byte)
{
	return byte > ' ' && byte < 0x7f && strchr("/:,\\", byte) == NULL;
}

void
name_host(char *host)
{
	char raw[256];
	size_t used_bytes = 0;
	size_t i;

	host_name(raw, sizeof(raw));
	for (i = 0; raw[i] != '\0'; i++) {
		unsigned char byte = (unsigned char)raw[i];

		if (used_bytes + sizeof("\\057") > NAME_HOST_BYTES)
			break;
		if (is_kept(byte))
			host[used_bytes++] = (char)byte;
		else
			used_bytes += (size_t)snprintf(
			    host + used_bytes, sizeof("\\057"), "\\%03o", byte);
	}
	host[used_bytes] = '\0';
}

void
name_make(char *name, const char *host)
{
	static unsigned int counter;
	struct timespec now = clock_wall();
	uint32_t random_bits;

	arc4random_buf(&random_bits, sizeof(random_bits));
	(void)snprintf(name, NAME_BYTES, "%lld.M%ldP%ldQ%uR%08x.%s",
	    (long long)now.tv_sec, now.tv_nsec / 1000, (long)getpid(),
	    counter++, (unsigned int)random_bits, host);
}

void
name_final(char *final_name, const char *name, long long size_bytes)
{
	(void)snprintf(
	    final_name, NAME_BYTES, "%s,S=%lld", name, size_bytes);
}

/* Step over one key and its digits; NULL when they are not there. */
static const char *
skip(const char *at, const char *key, const char *digits)
{
	size_t count;

	if (at == NULL || strncmp(at, key, strlen(key)) != 0)
		return NULL;
	at += strlen(key);
	count = strspn(at, digits);
	return count > 0 ? at + count : NULL;
}

/* A number that kill(2) could take for anything but one process is none. */
static bool
read_pid(const char *digits, pid_t *pid_out)
{
	char text[12];
	const char *error;
	pid_t pid;
	size_t length = strspn(digits, "0123456789");

	if (length >= sizeof(text))
		return false;
	memcpy(text, digits, length);
	text[length] = '\0';
	pid = (pid_t)strtonum(text, 1, INT_MAX, &error);
	if (error == NULL)
		*pid_out = pid;
	return error == NULL;
}

static const char decimal[] = "0123456789";

bool
name_parse(const char *name, pid_t *pid_out, const char **host_out)
{
	const char *micro = skip(name, "", decimal);
	const char *pid = skip(micro, ".M", decimal);
	const char *counter = skip(pid, "P", decimal);
	const char *hex = skip(counter, "Q", decimal);
	const char *host = skip(hex, "R", "0123456789abcdef");

	if (host == NULL || host - hex != 9 || host[0] != '.' ||
	    host[1] == '\0')
		return false;
	*host_out = host + 1;
	return read_pid(pid + 1, pid_out);
}

enum { SECONDS_DIGITS = 12, MICRO_DIGITS = 6 };

/* -1 when it has more digits. */
static long long
read_number(const char *digits, size_t most_digits)
{
	long long number = 0;
	size_t length = strspn(digits, decimal);
	size_t i;

	for (i = 0; i < length && i < most_digits; i++)
		number = number * 10 + (digits[i] - '0');
	return length > most_digits ? -1 : number;
}

long long
name_time_us(const char *name)
{
	long long seconds = read_number(name, SECONDS_DIGITS);
	const char *host;
	long long micro;
	pid_t pid;

	if (!name_parse(name, &pid, &host))
		return -1;
	micro = read_number(strchr(name, 'M') + 1, MICRO_DIGITS);
	return seconds == -1 || micro == -1 ? -1 : seconds * 1000000 + micro;
}
