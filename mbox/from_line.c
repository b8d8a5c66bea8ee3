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

/* strftime(3) would do, but reads the time zone for a date that has none. */
static void
write_date(char *date, size_t size_bytes, const struct tm *utc)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	(void)snprintf(date, size_bytes, "%.3s %.3s %2d %02d:%02d:%02d %lld",
	    days + 3 * utc->tm_wday, months + 3 * utc->tm_mon, utc->tm_mday,
	    utc->tm_hour, utc->tm_min, utc->tm_sec, (long long)utc->tm_year + 1900);
}

void
from_line_make(char *line, struct span sender, time_t when)
{
	char address[SENDER_MAX + 1];
	char date[80] = "Thu Jan  1 00:00:00 1970"; /* a year beyond int */
	struct tm utc;

	if (sender.size_bytes == 0)
		sender = span_of("MAILER-DAEMON");
	copy_sender(address, sender);
	if (gmtime_r(&when, &utc) != NULL)
		write_date(date, sizeof(date), &utc);
	(void)snprintf(line, FROM_LINE_MAX, "From %s %.32s\n", address, date);
}

static bool
is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

/* Where the last "d:dd" of a line ends; 0 when it has none. */
static size_t
last_time(struct span line)
{
	size_t i;

	for (i = line.size_bytes; i >= 4; i--)
		if (line.at[i - 3] == ':' && is_digit(line.at[i - 4]) &&
		    is_digit(line.at[i - 2]) && is_digit(line.at[i - 1]))
			return i;
	return 0;
}

/* Only what stands before the last time matters, so each byte is read once. */
static bool
is_in_line(struct span line)
{
	const char *at;

	line.size_bytes = last_time(line);
	while (line.size_bytes > 0) {
		at = memchr(line.at, 'F', line.size_bytes);
		if (at == NULL)
			return false;
		line = span_from(line, (size_t)(at - line.at));
		if (span_starts(line, "From "))
			return true;
		line = span_from(line, 1);
	}
	return false;
}

bool
from_line_is_in(struct span bytes)
{
	bool is_line_start = false; /* what stands before is not known */

	while (bytes.size_bytes > 0) {
		if ((is_line_start && span_starts(bytes, "From ")) ||
		    is_in_line(span_line(&bytes)))
			return true;
		is_line_start = true;
	}
	return false;
}
