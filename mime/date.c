#include "mime/date.h"

#include <string.h>
#include <strings.h>
#include <time.h>

#include "mime/blank.h"

enum {
	MINUTE_S = 60,
	HOUR_S = 3600,
	DAY_S = 86400,
	LEAP_SECOND = 60,
	MJD_OF_1970 = 40587
};

static const char days[7][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri",
	"Sat" };
static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
	"Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

static const struct {
	const char *name;
	int hours;
} zones[] = { { "UT", 0 }, { "GMT", 0 }, { "EST", -5 }, { "EDT", -4 },
	{ "CST", -6 }, { "CDT", -5 }, { "MST", -7 }, { "MDT", -6 },
	{ "PST", -8 }, { "PDT", -7 } };

/* ---- Counting days ------------------------------------------------------ */

/*
 * Days since 1970-01-01 in the Gregorian calendar. Years are counted from
 * March, so that the leap day is their last; 400 years have 146,097 days.
 */
static long long
days_of(long long year, int month, int day)
{
	long long from_march = year - (month <= 2);
	long long era = (from_march >= 0 ? from_march : from_march - 399) / 400;
	long long of_era = from_march - era * 400;
	long long of_year =
	    (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
	    of_year - 719468;
}

static long long
floor_div(long long number, long long by)
{
	return number / by - (number % by < 0);
}

static void
set_day(struct date *date, long long day_number)
{
	long long shifted = day_number + 719468;
	long long era = floor_div(shifted, 146097);
	long long of_era = shifted - era * 146097;
	long long year_of_era =
	    (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	long long of_year =
	    of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int from_march = (int)((5 * of_year + 2) / 153);

	date->day = (int)(of_year - (153 * from_march + 2) / 5) + 1;
	date->month = from_march < 10 ? from_march + 3 : from_march - 9;
	date->year = year_of_era + era * 400 + (date->month <= 2);
	date->weekday = (int)(((day_number + 4) % 7 + 7) % 7);
}

static int
days_in_month(long long year, int month)
{
	return (int)(days_of(year + (month == 12), month % 12 + 1, 1) -
	    days_of(year, month, 1));
}

void
date_set(struct date *date, long long epoch_s, int zone_minutes)
{
	long long local_s = epoch_s + (long long)zone_minutes * MINUTE_S;
	long long day_number = floor_div(local_s, DAY_S);
	int of_day = (int)(local_s - day_number * DAY_S);

	memset(date, 0, sizeof(*date));
	date->epoch_s = epoch_s;
	date->zone_minutes = zone_minutes;
	set_day(date, day_number);
	date->hour = of_day / HOUR_S;
	date->minute = of_day % HOUR_S / MINUTE_S;
	date->second = of_day % MINUTE_S;
}

/* ---- The local zone ----------------------------------------------------- */

void
date_prepare(void)
{
	tzset();
}

int
date_local_zone(long long epoch_s)
{
	time_t when = (time_t)epoch_s;
	struct tm tm;

	if (when != epoch_s || localtime_r(&when, &tm) == NULL)
		return 0;
	return (int)((days_of(tm.tm_year + 1900LL, tm.tm_mon + 1, tm.tm_mday) *
			     DAY_S +
			 tm.tm_hour * HOUR_S + tm.tm_min * MINUTE_S +
			 tm.tm_sec - epoch_s) /
	    MINUTE_S);
}

/* ---- Reading ------------------------------------------------------------ */

static bool
is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static bool
is_letter(char byte)
{
	return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

/* A number of so many digits; -1 when there is none. */
static int
take_number(struct span *rest, size_t least, size_t most, size_t *digits_out)
{
	size_t digits = 0;
	int number = 0;

	blank_skip(rest);
	while (digits < rest->size_bytes && is_digit(rest->at[digits])) {
		if (digits == most)
			return -1;
		number = number * 10 + (rest->at[digits++] - '0');
	}
	if (digits < least)
		return -1;
	*rest = span_from(*rest, digits);
	if (digits_out != NULL)
		*digits_out = digits;
	return number;
}

static bool
take_byte(struct span *rest, char byte)
{
	blank_skip(rest);
	if (rest->size_bytes == 0 || rest->at[0] != byte)
		return false;
	*rest = span_from(*rest, 1);
	return true;
}

static struct span
take_letters(struct span *rest)
{
	struct span word;

	blank_skip(rest);
	word.at = rest->at;
	word.size_bytes = 0;
	while (word.size_bytes < rest->size_bytes &&
	    is_letter(rest->at[word.size_bytes]))
		word.size_bytes++;
	*rest = span_from(*rest, word.size_bytes);
	return word;
}

/* By its first three letters, 1 to 12; 0 for no month. */
static int
take_month(struct span *rest)
{
	struct span word = take_letters(rest);
	int i;

	for (i = 0; i < 12; i++)
		if (span_starts_nocase(word, months[i]))
			return i + 1;
	return 0;
}

/* RFC 5322 section 4.3: years of two and three digits. */
static long long
take_year(struct span *rest)
{
	size_t digits = 0;
	int year = take_number(rest, 2, 9, &digits);

	if (year == -1)
		return -1;
	if (digits == 2)
		return year < 50 ? 2000 + year : 1900 + year;
	return digits == 3 ? 1900 + year : year;
}

static bool
take_day(struct span *rest, struct date *date)
{
	(void)take_letters(rest);
	(void)take_byte(rest, ',');
	date->day = take_number(rest, 1, 2, NULL);
	date->month = take_month(rest);
	date->year = take_year(rest);
	return date->month != 0 && date->year >= 0 && date->day >= 1 &&
	    date->day <= days_in_month(date->year, date->month);
}

static bool
take_time(struct span *rest, struct date *date)
{
	date->hour = take_number(rest, 1, 2, NULL);
	if (!take_byte(rest, ':'))
		return false;
	date->minute = take_number(rest, 1, 2, NULL);
	if (take_byte(rest, ':'))
		date->second = take_number(rest, 1, 2, NULL);
	return date->hour >= 0 && date->hour <= 23 && date->minute >= 0 &&
	    date->minute <= 59 && date->second >= 0 && date->second <= 60;
}

bool
date_read_zone(int *zone_minutes_out, struct span text)
{
	int number = 0;
	size_t i;

	if (text.size_bytes != 5 || (text.at[0] != '+' && text.at[0] != '-'))
		return false;
	for (i = 1; i < 5; i++) {
		if (!is_digit(text.at[i]))
			return false;
		number = number * 10 + (text.at[i] - '0');
	}
	if (number % 100 > 59)
		return false;
	number = number / 100 * 60 + number % 100;
	*zone_minutes_out = text.at[0] == '-' ? -number : number;
	return true;
}

static int
zone_by_name(struct span name)
{
	size_t i;

	for (i = 0; i < sizeof(zones) / sizeof(zones[0]); i++)
		if (name.size_bytes == strlen(zones[i].name) &&
		    span_starts_nocase(name, zones[i].name))
			return zones[i].hours * 60;
	return 0;
}

/* Nothing, a name, or digits; what is wrong in digits makes it no date. */
static bool
take_zone(struct span *rest, struct date *date)
{
	struct span zone;

	blank_skip(rest);
	zone = *rest;
	if (zone.size_bytes > 5)
		zone.size_bytes = 5;
	if (zone.size_bytes == 0 || is_letter(zone.at[0])) {
		date->zone_minutes = zone_by_name(take_letters(rest));
		return true;
	}
	if (!date_read_zone(&date->zone_minutes, zone))
		return false;
	*rest = span_from(*rest, 5);
	return true;
}

bool
date_read(struct date *date, struct span text)
{
	struct date read;
	struct span rest = text;
	long long local_s;

	memset(&read, 0, sizeof(read));
	if (!take_day(&rest, &read) || !take_time(&rest, &read) ||
	    !take_zone(&rest, &read))
		return false;
	blank_skip(&rest);
	if (rest.size_bytes > 0)
		return false;
	local_s = days_of(read.year, read.month, read.day) * DAY_S +
	    read.hour * HOUR_S + read.minute * MINUTE_S + read.second;
	local_s -= (long long)read.zone_minutes * MINUTE_S;
	date_set(date, local_s, read.zone_minutes);
	if (read.second == LEAP_SECOND) {
		date_set(date, local_s - 1, read.zone_minutes);
		date->second = LEAP_SECOND;
		date->epoch_s = local_s;
	}
	return true;
}

bool
date_read_last(struct date *date, struct span text)
{
	size_t i = text.size_bytes;

	while (i > 0 && text.at[i - 1] != ';')
		i--;
	return i > 0 && date_read(date, span_from(text, i));
}

/* ---- Parts -------------------------------------------------------------- */

static void
add_zone(const struct date *date, struct buffer *out, const char *between)
{
	int minutes = date->zone_minutes;

	buffer_add_byte(out, minutes < 0 ? '-' : '+');
	minutes = minutes < 0 ? -minutes : minutes;
	buffer_add_number(out, minutes / 60, 2);
	buffer_add_text(out, between);
	buffer_add_number(out, minutes % 60, 2);
}

static void
add_year(const struct date *date, struct buffer *out)
{
	buffer_add_number(out, date->year, 4);
}

static void
add_month(const struct date *date, struct buffer *out)
{
	buffer_add_number(out, date->month, 2);
}

static void
add_day(const struct date *date, struct buffer *out)
{
	buffer_add_number(out, date->day, 2);
}

static void
add_date(const struct date *date, struct buffer *out)
{
	add_year(date, out);
	buffer_add_byte(out, '-');
	add_month(date, out);
	buffer_add_byte(out, '-');
	add_day(date, out);
}

static void
add_julian(const struct date *date, struct buffer *out)
{
	buffer_add_number(out,
	    days_of(date->year, date->month, date->day) + MJD_OF_1970, 1);
}

static void
add_hour(const struct date *date, struct buffer *out)
{
	buffer_add_number(out, date->hour, 2);
}

static void
add_minute(const struct date *date, struct buffer *out)
{
	buffer_add_number(out, date->minute, 2);
}

static void
add_second(const struct date *date, struct buffer *out)
{
	buffer_add_number(out, date->second, 2);
}

static void
add_time(const struct date *date, struct buffer *out)
{
	add_hour(date, out);
	buffer_add_byte(out, ':');
	add_minute(date, out);
	buffer_add_byte(out, ':');
	add_second(date, out);
}

static void
add_iso8601(const struct date *date, struct buffer *out)
{
	add_date(date, out);
	buffer_add_byte(out, 'T');
	add_time(date, out);
	/* RFC 5260 section 4.2: no offset is "Z". */
	if (date->zone_minutes == 0)
		buffer_add_byte(out, 'Z');
	else
		add_zone(date, out, ":");
}

static void
add_plain_zone(const struct date *date, struct buffer *out)
{
	add_zone(date, out, "");
}

static void
add_std11(const struct date *date, struct buffer *out)
{
	buffer_add_text(out, days[date->weekday]);
	buffer_add_text(out, ", ");
	add_day(date, out);
	buffer_add_byte(out, ' ');
	buffer_add_text(out, months[date->month - 1]);
	buffer_add_byte(out, ' ');
	add_year(date, out);
	buffer_add_byte(out, ' ');
	add_time(date, out);
	buffer_add_byte(out, ' ');
	add_plain_zone(date, out);
}

static void
add_weekday(const struct date *date, struct buffer *out)
{
	buffer_add_number(out, date->weekday, 1);
}

static const struct {
	const char *name;
	void (*add)(const struct date *date, struct buffer *out);
} parts[] = {
	{ "year", add_year },
	{ "month", add_month },
	{ "day", add_day },
	{ "date", add_date },
	{ "julian", add_julian },
	{ "hour", add_hour },
	{ "minute", add_minute },
	{ "second", add_second },
	{ "time", add_time },
	{ "iso8601", add_iso8601 },
	{ "std11", add_std11 },
	{ "zone", add_plain_zone },
	{ "weekday", add_weekday },
};

bool
date_add_part(const struct date *date, struct span part, struct buffer *out)
{
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (part.size_bytes == strlen(parts[i].name) &&
		    span_starts_nocase(part, parts[i].name)) {
			parts[i].add(date, out);
			return true;
		}
	return false;
}
