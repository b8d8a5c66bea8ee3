/* RFC 5260: date, currentdate; ":index" is in bind.c and headers.c. */
#include "mime/date.h"

#include "sieve/commands.h"
#include "sieve/headers.h"
#include "sieve/matcher.h"

static const struct sieve_tag date_tags[] = {
	{ "zone", TAG_ZONE, SIEVE_STRING, GROUP_OWN, NULL, false },
	{ "originalzone", TAG_ORIGINALZONE, SIEVE_NOTHING, GROUP_OWN, NULL,
	    false },
	{ NULL, TAG_NONE, SIEVE_NOTHING, 0, NULL, false },
};

static const struct sieve_tag currentdate_tags[] = {
	{ "zone", TAG_ZONE, SIEVE_STRING, 0, NULL, false },
	{ NULL, TAG_NONE, SIEVE_NOTHING, 0, NULL, false },
};

static bool
check_part(struct sieve_compiler *compiler, const struct sieve_text *part)
{
	struct date date;
	struct buffer unused;

	buffer_start(&unused, &compiler->tree);
	date_set(&date, 0, 0);
	return part->piece_count > 0 ||
	    date_add_part(&date, part->constant, &unused) ||
	    compiler_error(compiler, part->place,
		"\"%.*s\" is no part of a date; write \"year\", \"month\", "
		"\"day\", \"date\", \"julian\", \"hour\", \"minute\", "
		"\"second\", \"time\", \"iso8601\", \"std11\", \"zone\" or "
		"\"weekday\"",
		(int)part->constant.size_bytes,
		part->constant.size_bytes > 0 ? part->constant.at : "");
}

static bool
check_zone(struct sieve_compiler *compiler, const struct sieve_call *call)
{
	const struct sieve_value *zone = call_tag(call, TAG_ZONE);
	int minutes;

	return zone == NULL || zone->kind != SIEVE_STRING ||
	    zone->texts[0].piece_count > 0 ||
	    date_read_zone(&minutes, zone->texts[0].constant) ||
	    compiler_error(compiler, zone->place,
		"a time zone is a sign and four digits: write \"+0100\"");
}

static bool
check_date(struct sieve_compiler *compiler, struct sieve_call *call)
{
	return check_part(compiler, &call->arguments[1].texts[0]) &&
	    check_zone(compiler, call);
}

static bool
check_currentdate(struct sieve_compiler *compiler, struct sieve_call *call)
{
	return check_part(compiler, &call->arguments[0].texts[0]) &&
	    check_zone(compiler, call);
}

/* ":zone", or that of the place where the script runs. */
static bool
find_zone(struct sieve_run *run, const struct sieve_call *call, int64_t epoch_s,
    int *minutes_out)
{
	const struct sieve_answers *answers = &run->input->answers;
	const struct sieve_value *zone = call_tag(call, TAG_ZONE);
	struct span text;

	if (zone == NULL) {
		*minutes_out = answers->zone_min != NULL
		    ? answers->zone_min(answers->context, epoch_s)
		    : 0;
		return true;
	}
	text = run_string(run, zone);
	return date_read_zone(minutes_out, text) ||
	    run_error(run, call,
		"\"%.*s\" is no time zone: a sign and four digits are wanted",
		(int)text.size_bytes, text.size_bytes > 0 ? text.at : "");
}

/* Gives false when no further value is of interest. */
static bool
offer_part(struct matcher *matcher, const struct date *date, struct span part)
{
	struct buffer text;

	buffer_start(&text, &matcher->run->memory);
	return !date_add_part(date, part, &text) ||
	    matcher_offer(matcher, buffer_span(&text));
}

static bool
test_currentdate_now(struct sieve_run *run, const struct sieve_call *call,
    bool *truth_out)
{
	struct matcher matcher;
	struct date date;
	int minutes;

	if (!find_zone(run, call, run->input->now_s, &minutes))
		return false;
	matcher_start(&matcher, run, call);
	date_set(&date, run->input->now_s, minutes);
	(void)offer_part(&matcher, &date,
	    run_string(run, &call->arguments[0])); /* the only one */
	return matcher_end(&matcher, truth_out);
}

const struct sieve_spec test_currentdate = {
	.name = "currentdate",
	.needs = "date",
	.usage = "currentdate [:zone \"+hhmm\"] [MATCH-TYPE] [:comparator "
		 "\"name\"] \"date part\" <keys>",
	.tags = { spec_match_tags, currentdate_tags },
	.arguments = { SIEVE_STRING, SIEVE_STRINGS },
	.keys = 2,
	.check = check_currentdate,
	.test = test_currentdate_now,
};

/* ---- date -------------------------------------------------------------- */

/* Gives false when the field has no date. */
static bool
read_field(struct sieve_run *run, size_t at, struct date *date)
{
	struct span value = run->mail.fields.fields[at].value;

	return date_read(date, value) || date_read_last(date, value);
}

static bool
shift(struct sieve_run *run, const struct sieve_call *call, struct date *date)
{
	int minutes;

	if (call_tag(call, TAG_ORIGINALZONE) != NULL)
		return true;
	if (!find_zone(run, call, date->epoch_s, &minutes))
		return false;
	date_set(date, date->epoch_s, minutes);
	return true;
}

/* Section 4: of several fields, the first one alone is looked at. */
static bool
test_date_now(struct sieve_run *run, const struct sieve_call *call,
    bool *truth_out)
{
	struct span part = run_string(run, &call->arguments[1]);
	struct matcher matcher;
	struct headers headers;
	struct date date;
	size_t at;

	matcher_start(&matcher, run, call);
	headers_start(&headers, run, call, &call->arguments[0]);
	if (headers_next(&headers, &at) && read_field(run, at, &date) &&
	    shift(run, call, &date))
		(void)offer_part(&matcher, &date, part); /* the only one */
	return matcher_end(&matcher, truth_out);
}

const struct sieve_spec test_date = {
	.name = "date",
	.needs = "date",
	.usage = "date [:zone \"+hhmm\" | :originalzone] [MATCH-TYPE] "
		 "[:comparator \"name\"] \"header name\" \"date part\" <keys>",
	.tags = { spec_match_tags, spec_index_tags, date_tags },
	.arguments = { SIEVE_STRING, SIEVE_STRING, SIEVE_STRINGS },
	.keys = 3,
	.check = check_date,
	.test = test_date_now,
};
