#include "base/logline.h"

#include <atf-c.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/guard.h"
#include "tests/support/prng.h"
#include "tests/support/spans.h"

enum { SHOWN_MAX = 512, ROUNDS = 8000 };

/* The line with one pair of key "k". */
static const char *
line_of(bool is_json, struct span value)
{
	static struct logline line;

	logline_start(&line, is_json, SHOWN_MAX);
	logline_span(&line, "k", value);
	logline_end(&line);
	return line.text;
}

ATF_TC_WITHOUT_HEAD(logfmt__plain_value__bare);
ATF_TC_BODY(logfmt__plain_value__bare, tc)
{
	ATF_CHECK_STREQ("k=a/b.c", line_of(false, SPAN("a/b.c")));
}

ATF_TC_WITHOUT_HEAD(logfmt__empty_value__quoted);
ATF_TC_BODY(logfmt__empty_value__quoted, tc)
{
	ATF_CHECK_STREQ("k=\"\"", line_of(false, SPAN("")));
}

ATF_TC_WITHOUT_HEAD(logfmt__blank__quoted);
ATF_TC_BODY(logfmt__blank__quoted, tc)
{
	ATF_CHECK_STREQ("k=\"a b\"", line_of(false, SPAN("a b")));
}

ATF_TC_WITHOUT_HEAD(logfmt__equals_sign__quoted);
ATF_TC_BODY(logfmt__equals_sign__quoted, tc)
{
	ATF_CHECK_STREQ("k=\"a=b\"", line_of(false, SPAN("a=b")));
}

ATF_TC_WITHOUT_HEAD(logfmt__quote_and_backslash__octal);
ATF_TC_BODY(logfmt__quote_and_backslash__octal, tc)
{
	ATF_CHECK_STREQ("k=\"a\\042b\\134c\"", line_of(false, SPAN("a\"b\\c")));
}

ATF_TC_WITHOUT_HEAD(logfmt__control_and_8_bit__octal);
ATF_TC_BODY(logfmt__control_and_8_bit__octal, tc)
{
	ATF_CHECK_STREQ("k=\"\\000\\012\\015\\033\\177\\200\\377\"",
	    line_of(false, SPAN("\0\n\r\033\177\200\377")));
}

ATF_TC_WITHOUT_HEAD(logfmt__two_pairs__one_blank_between);
ATF_TC_BODY(logfmt__two_pairs__one_blank_between, tc)
{
	struct logline line;

	logline_start(&line, false, SHOWN_MAX);
	logline_text(&line, "one", "a");
	logline_number(&line, "two", -2);
	logline_end(&line);
	ATF_CHECK_STREQ("one=a two=-2", line.text);
}

ATF_TC_WITHOUT_HEAD(json__two_pairs__one_object);
ATF_TC_BODY(json__two_pairs__one_object, tc)
{
	struct logline line;

	logline_start(&line, true, SHOWN_MAX);
	logline_text(&line, "one", "a");
	logline_number(&line, "two", -2);
	logline_end(&line);
	ATF_CHECK_STREQ("{\"one\":\"a\",\"two\":-2}", line.text);
}

ATF_TC_WITHOUT_HEAD(json__quote_control_and_8_bit__escaped);
ATF_TC_BODY(json__quote_control_and_8_bit__escaped, tc)
{
	ATF_CHECK_STREQ("{\"k\":\"\\u0022\\u005c\\u0000\\u000a\\ufffd\\u00e4\"}",
	    line_of(true, SPAN("\"\\\0\n\377\303\244")));
}

ATF_TC_WITHOUT_HEAD(number__extremes__whole);
ATF_TC_BODY(number__extremes__whole, tc)
{
	struct logline line;
	char wanted[64];

	(void)snprintf(wanted, sizeof(wanted), "a=%lld b=%lld", LLONG_MIN,
	    LLONG_MAX);
	logline_start(&line, false, SHOWN_MAX);
	logline_number(&line, "a", LLONG_MIN);
	logline_number(&line, "b", LLONG_MAX);
	logline_end(&line);
	ATF_CHECK_STREQ(wanted, line.text);
}

ATF_TC_WITHOUT_HEAD(value__513_bytes__cut_to_512);
ATF_TC_BODY(value__513_bytes__cut_to_512, tc)
{
	char value[SHOWN_MAX + 1];
	struct span whole = { value, sizeof(value) };

	memset(value, 'v', sizeof(value));
	ATF_CHECK_EQ(strlen("k=") + SHOWN_MAX, strlen(line_of(false, whole)));
}

ATF_TC_WITHOUT_HEAD(value__512_bytes__whole);
ATF_TC_BODY(value__512_bytes__whole, tc)
{
	char value[SHOWN_MAX];
	struct span whole = { value, sizeof(value) };

	memset(value, 'v', sizeof(value));
	ATF_CHECK_EQ(strlen("k=") + SHOWN_MAX, strlen(line_of(false, whole)));
}

/* An escape takes four, six or twelve; a piece of one would mislead. */
ATF_TC_WITHOUT_HEAD(value__escaped__cut_by_what_is_written);
ATF_TC_BODY(value__escaped__cut_by_what_is_written, tc)
{
	static const char post[] = "xx\xf0\x9f\x93\xa7";
	char value[6 * 100];
	struct span whole = { value, sizeof(value) };
	const char *line;
	size_t i;

	memset(value, '\n', sizeof(value));
	line = line_of(false, whole);
	ATF_CHECK_EQ(strlen("k=\"\"") + SHOWN_MAX, strlen(line));
	for (i = 0; i < sizeof(value); i++)
		value[i] = post[i % 6];
	line = line_of(true, whole); /* 36 times 2 + 12 */
	ATF_CHECK_EQ(strlen("{\"k\":\"\"}") + 36 * 14 + 2, strlen(line));
	ATF_CHECK_STREQ("\\ud83d\\udce7xx\"}", line + strlen(line) - 16);
}

/* Add pairs of growing size until none fits; each round tells where. */
static void
fill(struct logline *line, bool is_json, struct prng *prng)
{
	char value[700];
	char key[3] = "k?";
	int pairs;

	logline_start(line, is_json, SHOWN_MAX);
	for (pairs = 0; pairs < 26; pairs++) {
		key[1] = (char)('a' + pairs);
		prng_fill(prng, value, sizeof(value));
		logline_span(line, key,
		    guard_place(value, prng_below(prng, sizeof(value))));
		if (prng_below(prng, 3) == 0)
			logline_number(line, "n", prng_next(prng));
	}
	logline_end(line);
}

ATF_TC_WITHOUT_HEAD(line__too_many_pairs__never_too_long);
ATF_TC_BODY(line__too_many_pairs__never_too_long, tc)
{
	struct logline line;
	unsigned int seed;

	for (seed = 0; seed < 2000; seed++) {
		struct prng prng = prng_start(seed);

		fill(&line, seed % 2 == 0, &prng);
		ATF_REQUIRE_MSG(line.used_bytes < LOGLINE_MAX &&
			strlen(line.text) == line.used_bytes,
		    "seed %u", seed);
	}
}

ATF_TC_WITHOUT_HEAD(pair__does_not_fit__left_out_whole);
ATF_TC_BODY(pair__does_not_fit__left_out_whole, tc)
{
	char value[SHOWN_MAX];
	struct span quotes = { value, sizeof(value) };
	struct logline line;
	size_t before_bytes = 0;
	int i;

	memset(value, '"', sizeof(value));
	logline_start(&line, false, SHOWN_MAX);
	logline_span(&line, "first", quotes);
	for (i = 0; i < 20; i++) {
		before_bytes = line.used_bytes;
		logline_span(&line, "more", quotes);
	}
	ATF_CHECK_EQ(before_bytes, line.used_bytes);
	logline_text(&line, "last", "fits");
	ATF_CHECK_STREQ(" last=fits", line.text + before_bytes);
}

/* ---- A reader of its own: what a program would make of the line. ------ */

struct pair {
	const char *key; /* in the line */
	size_t key_bytes;
	char value[LOGLINE_MAX];
	size_t value_bytes;
};

static int
digits(const char **at, int count, int base)
{
	char text[5] = "";
	char *end;
	long number;

	(void)memcpy(text, *at, strnlen(*at, (size_t)count));
	number = strtol(text, &end, base);
	if (end != text + count)
		return -1;
	*at += count;
	return (int)number;
}

/* One byte of a quoted value, its escape resolved; -1 when it is none. */
static int
quoted_byte(const char **at, bool is_json)
{
	unsigned char byte = (unsigned char)*(*at)++;

	if (byte < ' ' || byte > 0x7e)
		return -1;
	if (byte != '\\')
		return byte;
	if (!is_json)
		return digits(at, 3, 8);
	if (*(*at)++ != 'u')
		return -1;
	return digits(at, 4, 16);
}

static bool
read_quoted(const char **at, bool is_json, struct pair *pair)
{
	int byte;

	if (*(*at)++ != '"')
		return false;
	while (**at != '"') {
		byte = quoted_byte(at, is_json);
		if (byte < 0 || byte > 255)
			return false;
		pair->value[pair->value_bytes++] = (char)(unsigned char)byte;
	}
	(*at)++;
	return true;
}

static bool
read_logfmt(const char **at, struct pair *pair)
{
	pair->value_bytes = 0;
	pair->key = *at;
	pair->key_bytes = strspn(*at, "abcdefghijklmnopqrstuvwxyz_");
	*at += pair->key_bytes;
	if (pair->key_bytes == 0 || *(*at)++ != '=')
		return false;
	if (**at == '"')
		return read_quoted(at, false, pair);
	while (**at != '\0' && **at != ' ') {
		if (strchr("\"=\\", **at) != NULL)
			return false;
		pair->value[pair->value_bytes++] = *(*at)++;
	}
	return pair->value_bytes > 0;
}

static bool
read_json(const char **at, struct pair *pair)
{
	pair->value_bytes = 0;
	if (*(*at)++ != '"')
		return false;
	pair->key = *at;
	pair->key_bytes = strspn(*at, "abcdefghijklmnopqrstuvwxyz_");
	*at += pair->key_bytes;
	if (strncmp(*at, "\":", 2) != 0)
		return false;
	*at += 2;
	return read_quoted(at, true, pair);
}

/* Is the line these two pairs and nothing else? */
static bool
is_pairs(const char *line, bool is_json, struct span value)
{
	static struct pair pair;
	const char *at = line;
	const char *const between = is_json ? "," : " ";
	int i;

	if (is_json && *at++ != '{')
		return false;
	for (i = 0; i < 2; i++) {
		if (i == 1 && *at++ != *between)
			return false;
		if (!(is_json ? read_json(&at, &pair)
			      : read_logfmt(&at, &pair)))
			return false;
		if (pair.key_bytes != 3 ||
		    memcmp(pair.key, i == 0 ? "one" : "two", 3) != 0)
			return false;
		if (pair.value_bytes != value.size_bytes ||
		    memcmp(pair.value, value.at, value.size_bytes) != 0)
			return false;
	}
	return strcmp(at, is_json ? "}" : "") == 0;
}

static void
read_back(bool is_json)
{
	static const char *const words[] = { " two=", "\"", "\\", "=", "\n",
		"\\u0022", "\",\"x\":\"", "}", "plain" };
	struct logline line;
	char text[300]; /* twice six times that fits a line */
	unsigned int seed;

	for (seed = 0; seed < ROUNDS; seed++) {
		struct prng prng = prng_start(seed);
		size_t length =
		    prng_words(&prng, text, sizeof(text), words, 9);
		struct span value;
		size_t i;

		/* Beyond ASCII, JSON has characters: log_forge_test. */
		for (i = 0; is_json && i < length; i++)
			text[i] &= 0x7f;
		value = guard_place(text, length);
		logline_start(&line, is_json, LOGLINE_MAX);
		logline_span(&line, "one", value);
		logline_span(&line, "two", value);
		logline_end(&line);
		ATF_REQUIRE_MSG(is_pairs(line.text, is_json, value),
		    "seed %u: %s", seed, line.text);
	}
}

ATF_TC_WITHOUT_HEAD(logfmt__any_bytes__read_back_as_they_were);
ATF_TC_BODY(logfmt__any_bytes__read_back_as_they_were, tc)
{
	read_back(false);
}

ATF_TC_WITHOUT_HEAD(json__any_bytes__read_back_as_they_were);
ATF_TC_BODY(json__any_bytes__read_back_as_they_were, tc)
{
	read_back(true);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, logfmt__plain_value__bare);
	ATF_TP_ADD_TC(tp, logfmt__empty_value__quoted);
	ATF_TP_ADD_TC(tp, logfmt__blank__quoted);
	ATF_TP_ADD_TC(tp, logfmt__equals_sign__quoted);
	ATF_TP_ADD_TC(tp, logfmt__quote_and_backslash__octal);
	ATF_TP_ADD_TC(tp, logfmt__control_and_8_bit__octal);
	ATF_TP_ADD_TC(tp, logfmt__two_pairs__one_blank_between);
	ATF_TP_ADD_TC(tp, json__two_pairs__one_object);
	ATF_TP_ADD_TC(tp, json__quote_control_and_8_bit__escaped);
	ATF_TP_ADD_TC(tp, number__extremes__whole);
	ATF_TP_ADD_TC(tp, value__513_bytes__cut_to_512);
	ATF_TP_ADD_TC(tp, value__512_bytes__whole);
	ATF_TP_ADD_TC(tp, value__escaped__cut_by_what_is_written);
	ATF_TP_ADD_TC(tp, line__too_many_pairs__never_too_long);
	ATF_TP_ADD_TC(tp, pair__does_not_fit__left_out_whole);
	ATF_TP_ADD_TC(tp, logfmt__any_bytes__read_back_as_they_were);
	ATF_TP_ADD_TC(tp, json__any_bytes__read_back_as_they_were);
	return atf_no_error();
}
