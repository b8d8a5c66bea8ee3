#include "mda/tell.h"

#include <atf-c.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/prng.h"

enum { ROUNDS = 3000, VALUE_MAX = 200 };

/* What was told, in memory. */
struct heard {
	struct tell tell;
	char *text;
	size_t size_bytes;
};

static struct tell *
listen(struct heard *heard, bool is_json)
{
	FILE *out = open_memstream(&heard->text, &heard->size_bytes);

	ATF_REQUIRE(out != NULL);
	tell_start(&heard->tell, out, is_json);
	return &heard->tell;
}

static void
finish(struct heard *heard)
{
	ATF_CHECK(tell_end(&heard->tell));
	ATF_REQUIRE_EQ(0, fclose(heard->tell.out));
}

static void
check_heard(struct heard *heard, const char *wanted)
{
	finish(heard);
	ATF_CHECK_STREQ(wanted, heard->text);
	free(heard->text);
}

/* ---- JSON, as strict as RFC 8259 and no more than is used here --------- */

static bool is_value(const char **at);

static bool
took(const char **at, const char *text)
{
	size_t length = strlen(text);

	*at += strspn(*at, " \n");
	if (strncmp(*at, text, length) != 0)
		return false;
	*at += length;
	return true;
}

static bool
is_string(const char **at)
{
	if (!took(at, "\""))
		return false;
	for (; **at != '"'; (*at)++) {
		if (**at < ' ' || **at > '~')
			return false;
		if (**at != '\\')
			continue;
		if ((*at)[1] != 'u' || strspn(*at + 2, "0123456789abcdef") < 4)
			return false;
		*at += 5;
	}
	(*at)++;
	return true;
}

static bool
is_members(const char **at, const char *closer, bool has_keys)
{
	if (took(at, closer))
		return true;
	do
		if ((has_keys && !(is_string(at) && took(at, ":"))) ||
		    !is_value(at))
			return false;
	while (took(at, ","));
	return took(at, closer);
}

static bool
is_value(const char **at)
{
	size_t digits;

	if (took(at, "null") || took(at, "true") || took(at, "false"))
		return true;
	if (took(at, "{"))
		return is_members(at, "}", true);
	if (took(at, "["))
		return is_members(at, "]", false);
	if (**at == '"')
		return is_string(at);
	(void)took(at, "-");
	digits = strspn(*at, "0123456789");
	*at += digits;
	return digits > 0;
}

static bool
is_json(const char *text)
{
	return is_value(&text) && strcmp(text, "\n") == 0;
}

ATF_TC_WITHOUT_HEAD(json__nothing__one_object);
ATF_TC_BODY(json__nothing__one_object, tc)
{
	struct heard heard;

	(void)listen(&heard, true);
	check_heard(&heard, "{\n  \"problems\": []\n}\n");
}

ATF_TC_WITHOUT_HEAD(json__facts__each_kind);
ATF_TC_BODY(json__facts__each_kind, tc)
{
	struct heard heard;
	struct tell *tell = listen(&heard, true);

	tell_text(tell, "a", "x\"y");
	tell_text(tell, "b", NULL);
	tell_number(tell, "c", -7);
	tell_truth(tell, "d", true);
	check_heard(&heard,
	    "{\n  \"a\": \"x\\u0022y\",\n  \"b\": null,\n  \"c\": -7,\n"
	    "  \"d\": true,\n  \"problems\": []\n}\n");
}

ATF_TC_WITHOUT_HEAD(json__nested__deeper_ones_on_one_line);
ATF_TC_BODY(json__nested__deeper_ones_on_one_line, tc)
{
	struct heard heard;
	struct tell *tell = listen(&heard, true);

	tell_list(tell, "list");
	tell_object(tell, NULL);
	tell_number(tell, "a", 1);
	tell_number(tell, "b", 2);
	tell_close(tell);
	tell_item(tell, "label", "item");
	tell_close(tell);
	check_heard(&heard,
	    "{\n  \"list\": [\n    {\"a\": 1, \"b\": 2},\n    \"item\"\n  ],\n"
	    "  \"problems\": []\n}\n");
}

ATF_TC_WITHOUT_HEAD(json__left_open__closed_at_the_end);
ATF_TC_BODY(json__left_open__closed_at_the_end, tc)
{
	struct heard heard;
	struct tell *tell = listen(&heard, true);

	tell_object(tell, "a");
	tell_list(tell, "b");
	finish(&heard);
	ATF_CHECK_MSG(is_json(heard.text), "%s", heard.text);
	free(heard.text);
}

ATF_TC_WITHOUT_HEAD(json__line__nothing);
ATF_TC_BODY(json__line__nothing, tc)
{
	struct heard heard;
	struct tell *tell = listen(&heard, true);

	tell_line(tell, "label", "%s", "for people");
	check_heard(&heard, "{\n  \"problems\": []\n}\n");
}

ATF_TC_WITHOUT_HEAD(lines__fact__nothing);
ATF_TC_BODY(lines__fact__nothing, tc)
{
	struct heard heard;
	struct tell *tell = listen(&heard, false);

	tell_object(tell, "a");
	tell_text(tell, "b", "c");
	tell_number(tell, "d", 1);
	tell_truth(tell, "e", false);
	tell_list(tell, "f");
	tell_close(tell);
	check_heard(&heard, "");
}

ATF_TC_WITHOUT_HEAD(lines__label__column_of_12);
ATF_TC_BODY(lines__label__column_of_12, tc)
{
	struct heard heard;
	struct tell *tell = listen(&heard, false);

	tell_line(tell, "exit", "%d", 75);
	tell_line(tell, "", "%s", "next");
	tell_line(tell, NULL, "%s", "bare");
	tell_line(tell, "path", "%s", "");
	tell_line(tell, "longer than that", "%s", "x");
	tell_pair(tell, "key", "pair", "value");
	check_heard(&heard,
	    "exit        75\n            next\nbare\npath\n"
	    "longer than that x\npair        value\n");
}

ATF_TC_WITHOUT_HEAD(lines__control_bytes__no_other_line);
ATF_TC_BODY(lines__control_bytes__no_other_line, tc)
{
	struct heard heard;
	struct tell *tell = listen(&heard, false);

	tell_line(tell, "path", "%s", "a\nexit        0\033[2J\177");
	check_heard(&heard, "path        a?exit        0?[2J?\n");
}

ATF_TC_WITHOUT_HEAD(lines__too_long__cut);
ATF_TC_BODY(lines__too_long__cut, tc)
{
	struct heard heard;
	struct tell *tell = listen(&heard, false);
	char *text = malloc(100 * 1000 + 1);

	ATF_REQUIRE(text != NULL);
	memset(text, 'x', 100 * 1000);
	text[100 * 1000] = '\0';
	tell_line(tell, "path", "%s", text);
	tell_problem(tell, TELL_WARNING, "long", "%s", text);
	free(text);
	finish(&heard);
	ATF_CHECK(heard.size_bytes < 20 * 1000);
	ATF_CHECK_EQ('\n', heard.text[heard.size_bytes - 1]);
	free(heard.text);
}

ATF_TC_WITHOUT_HEAD(problem__in_lines__where_it_is);
ATF_TC_BODY(problem__in_lines__where_it_is, tc)
{
	struct heard heard;
	struct tell *tell = listen(&heard, false);

	tell_problem(tell, TELL_FAILURE, "code", "%s is full", "x");
	tell_problem(tell, TELL_NOTE, "code", "ask");
	check_heard(&heard, "            ! x is full\n            ask\n");
}

ATF_TC_WITHOUT_HEAD(problem__in_json__at_the_end);
ATF_TC_BODY(problem__in_json__at_the_end, tc)
{
	struct heard heard;
	struct tell *tell = listen(&heard, true);

	tell_problem(tell, TELL_FAILURE, "full", "%s is full", "x");
	tell_number(tell, "exit", 75);
	check_heard(&heard,
	    "{\n  \"exit\": 75,\n  \"problems\": [\n    {\"weight\": "
	    "\"failure\", \"code\": \"full\", \"sentence\": \"x is full\"}\n"
	    "  ]\n}\n");
}

ATF_TC_WITHOUT_HEAD(problem__more_than_there_is_room_for__the_first);
ATF_TC_BODY(problem__more_than_there_is_room_for__the_first, tc)
{
	struct heard heard;
	struct tell *tell = listen(&heard, true);
	int i;

	for (i = 0; i <= TELL_PROBLEMS_MAX; i++)
		tell_problem(tell, TELL_NOTE, "n", "number %d.", i);
	finish(&heard);
	ATF_CHECK(strstr(heard.text, "number 31.") != NULL);
	ATF_CHECK(strstr(heard.text, "number 32.") == NULL);
	ATF_CHECK(is_json(heard.text));
	free(heard.text);
}

ATF_TC_WITHOUT_HEAD(end__cannot_be_written__is_told);
ATF_TC_BODY(end__cannot_be_written__is_told, tc)
{
	static struct tell tell;
	FILE *full = fopen("/dev/full", "w");

	if (full == NULL)
		atf_tc_skip("no /dev/full here");
	tell_start(&tell, full, false);
	tell_line(&tell, "exit", "%d", 0);
	ATF_CHECK(!tell_end(&tell));
	(void)fclose(full);
}

/* One call of any kind, with a value of any bytes but NUL. */
static void
tell_anything(struct tell *tell, struct prng *prng, unsigned int *open)
{
	char value[VALUE_MAX];
	size_t length = prng_below(prng, sizeof(value));
	size_t i;

	prng_fill(prng, value, length);
	for (i = 0; i < length; i++)
		if (value[i] == '\0')
			value[i] = '"';
	value[length] = '\0';
	switch (prng_below(prng, 6)) {
	case 0:
		tell_text(tell, value, value);
		break;
	case 1:
		tell_pair(tell, "key", "label", value);
		break;
	case 2:
		tell_problem(tell, TELL_WARNING, "code", "%s", value);
		break;
	case 3:
		tell_line(tell, NULL, "%s", value);
		break;
	case 4:
		if (*open < TELL_DEPTH_MAX - 3) {
			tell_object(tell, "object");
			++*open;
		}
		break;
	default:
		if (*open > 0) {
			tell_close(tell);
			--*open;
		}
	}
}

ATF_TC_WITHOUT_HEAD(json__any_bytes__valid);
ATF_TC_BODY(json__any_bytes__valid, tc)
{
	static struct heard heard;
	unsigned int seed;

	for (seed = 0; seed < ROUNDS; seed++) {
		struct prng prng = prng_start(seed);
		size_t calls = prng_below(&prng, 20);
		unsigned int open = 0;
		struct tell *tell = listen(&heard, true);

		while (calls-- > 0)
			tell_anything(tell, &prng, &open);
		finish(&heard);
		ATF_REQUIRE_MSG(is_json(heard.text), "seed %u: %s", seed,
		    heard.text);
		free(heard.text);
	}
}

ATF_TC_WITHOUT_HEAD(lines__any_bytes__one_line_each);
ATF_TC_BODY(lines__any_bytes__one_line_each, tc)
{
	static struct heard heard;
	unsigned int seed;

	for (seed = 0; seed < ROUNDS; seed++) {
		struct prng prng = prng_start(seed);
		struct tell *tell = listen(&heard, false);
		char value[VALUE_MAX] = "";
		const char *at;

		prng_fill(&prng, value, sizeof(value) - 1);
		tell_line(tell, "label", "%s", value);
		finish(&heard);
		for (at = heard.text; (unsigned char)*at >= ' '; at++)
			ATF_REQUIRE_MSG(*at != 0x7f, "seed %u", seed);
		ATF_REQUIRE_MSG(strcmp(at, "\n") == 0, "seed %u", seed);
		free(heard.text);
	}
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, json__nothing__one_object);
	ATF_TP_ADD_TC(tp, json__facts__each_kind);
	ATF_TP_ADD_TC(tp, json__nested__deeper_ones_on_one_line);
	ATF_TP_ADD_TC(tp, json__left_open__closed_at_the_end);
	ATF_TP_ADD_TC(tp, json__line__nothing);
	ATF_TP_ADD_TC(tp, lines__fact__nothing);
	ATF_TP_ADD_TC(tp, lines__label__column_of_12);
	ATF_TP_ADD_TC(tp, lines__control_bytes__no_other_line);
	ATF_TP_ADD_TC(tp, lines__too_long__cut);
	ATF_TP_ADD_TC(tp, problem__in_lines__where_it_is);
	ATF_TP_ADD_TC(tp, problem__in_json__at_the_end);
	ATF_TP_ADD_TC(tp, problem__more_than_there_is_room_for__the_first);
	ATF_TP_ADD_TC(tp, end__cannot_be_written__is_told);
	ATF_TP_ADD_TC(tp, json__any_bytes__valid);
	ATF_TP_ADD_TC(tp, lines__any_bytes__one_line_each);
	return atf_no_error();
}
