#include "mbox/from_line.h"

#include <stdio.h>
#include <string.h>

enum {
	SENDER_MAX = 256,
	DAY_S = 24 * 60 * 60,
	DAYS_OF_400_YEARS = 146097,
	DAYS_TO_1970 = 719468
};

static const long long LAST_S = 253402300799; /* of the year 9999 */

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

/*
 * Days since the first of March of the year 0 make a date: a year then ends
 * with its leap day. The C library's functions read the time zone, for a date
 * that has none.
 */
static void
find_day(long long days, int *year, unsigned int *month, unsigned int *day)
{
	long long era = days / DAYS_OF_400_YEARS;
	unsigned int rest = (unsigned int)(days % DAYS_OF_400_YEARS);
	unsigned int years = (rest - rest / 1460 + rest / 36524 -
				 rest / (DAYS_OF_400_YEARS - 1)) /
	    365;
	unsigned int of_year = rest - (365 * years + years / 4 - years / 100);
	unsigned int from_march = (5 * of_year + 2) / 153;

	*day = of_year - (153 * from_march + 2) / 5 + 1;
	*month = (from_march + 2) % 12;
	*year = (int)(years + era * 400) + (*month < 2);
}

static void
write_date(char *date, size_t size_bytes, long long when)
{
	static const char names[] = "ThuFriSatSunMonTueWed";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	long long days = when / DAY_S;
	int second = (int)(when % DAY_S);
	unsigned int month;
	unsigned int day;
	int year;

	find_day(days + DAYS_TO_1970, &year, &month, &day);
	(void)snprintf(date, size_bytes, "%.3s %.3s %2u %02d:%02d:%02d %d",
	    names + 3 * (days % 7), months + 3 * month, day, second / 3600,
	    second / 60 % 60, second % 60, year);
}

void
from_line_make(char *line, struct span sender, time_t when)
{
	char address[SENDER_MAX + 1];
	char date[80];

	if (sender.size_bytes == 0)
		sender = span_of("MAILER-DAEMON");
	copy_sender(address, sender);
	/* A clock that is so wrong says nothing. */
	if (when < 0 || (long long)when > LAST_S)
		when = 0;
	write_date(date, sizeof(date), (long long)when);
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
