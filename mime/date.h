/*
 * date.h - dates of mail: reading, moving between zones, taking apart.
 */
#ifndef MIME_DATE_H
#define MIME_DATE_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/span.h"

struct date {
	long long epoch_s; /* seconds since 1970-01-01 00:00 UTC */
	int zone_minutes;  /* east of UTC, in which the rest is given */
	long long year;
	int month; /* 1 to 12 */
	int day;   /* 1 to 31 */
	int hour;
	int minute;
	int second;  /* up to 60 */
	int weekday; /* 0 is Sunday */
};

/*
 * date_prepare - read the local time zone.
 *
 * Gives   date_local_zone() opens no file afterwards.
 */
void date_prepare(void);

/*
 * date_local_zone - the local zone's distance from UTC at this time.
 *
 * Gives   minutes, east is positive.
 */
int date_local_zone(long long epoch_s);

/*
 * date_set - the date of a time in a zone.
 */
void date_set(struct date *date, long long epoch_s, int zone_minutes);

/*
 * date_read - a date as mail writes it.
 *
 * Takes   text, the value of a field, folded or not. Comments, years of two
 *         or three digits and zones by name are understood; a missing zone
 *         and unknown names are +0000.
 * Gives   true with *date in the zone that was written; false when it is no
 *         date.
 * Source  RFC 5322 sections 3.3 and 4.3.
 */
bool date_read(struct date *date, struct span text);

/*
 * date_read_last - the date behind the last ";", as in a Received field.
 */
bool date_read_last(struct date *date, struct span text);

/*
 * date_read_zone - a zone as "+0100".
 *
 * Gives   false when it is none; RFC 5260 section 4.1: hhmm with a sign.
 */
bool date_read_zone(int *zone_minutes_out, struct span text);

/*
 * date_add_part - a part of a date, as Sieve compares it.
 *
 * Takes   part, "year", "month", "day", "date", "julian", "hour", "minute",
 *         "second", "time", "iso8601", "std11", "zone" or "weekday", in
 *         either case.
 * Gives   true with the text added; false for another part.
 * Source  RFC 5260 section 4.2.
 */
bool date_add_part(const struct date *date, struct span part,
    struct buffer *out);

#endif
