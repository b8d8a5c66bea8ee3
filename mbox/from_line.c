#include "mbox/from_line.h"

#include <stdio.h>
#include <string.h>

enum { SENDER_MAX = 256 };

static void
copy_sender(char *text, struct span sender)
{
	size_t i;

	for (i = 0; i < sender.size_bytes && i < SENDER_MAX; i++) {
		unsigned char byte = (unsigned char)sender.at[i];

		text[i] = byte <= ' ' || byte == 0x7f ? '-' : (char)byte;
	}
	text[i] = '\0';
}

void
from_line_make(char *line, struct span sender, time_t when)
{
	char address[SENDER_MAX + 1];
	char date[32] = "Thu Jan  1 00:00:00 1970"; /* a year beyond int */
	struct tm utc;

	if (sender.size_bytes == 0)
		sender = span_of("MAILER-DAEMON");
	copy_sender(address, sender);
	/* LC_TIME is never set, so these are the names of the C locale. */
	if (gmtime_r(&when, &utc) != NULL)
		(void)strftime(
		    date, sizeof(date), "%a %b %e %H:%M:%S %Y", &utc);
	(void)snprintf(line, FROM_LINE_MAX, "From %s %s\n", address, date);
}

static bool
is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static bool
has_time(struct span line)
{
	size_t i;

	for (i = 1; i + 2 < line.size_bytes; i++)
		if (line.at[i] == ':' && is_digit(line.at[i - 1]) &&
		    is_digit(line.at[i + 1]) && is_digit(line.at[i + 2]))
			return true;
	return false;
}

bool
from_line_is_in(struct span bytes)
{
	struct span line;
	const char *at;

	while (bytes.size_bytes > 0) {
		at = memchr(bytes.at, 'F', bytes.size_bytes);
		if (at == NULL)
			return false;
		bytes = span_from(bytes, (size_t)(at - bytes.at));
		line = bytes;
		line = span_line(&line);
		if (span_starts(line, "From ") && has_time(line))
			return true;
		bytes = span_from(bytes, 1);
	}
	return false;
}
