#include "base/json.h"

#include <atf-c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/guard.h"
#include "tests/support/prng.h"
#include "tests/support/spans.h"

enum { ROUNDS = 4000, PIECE_MAX = 64 };

/* All of a span, escaped; it must lie at the end of readable memory. */
static const char *
escaped(struct span value)
{
	static char all[PIECE_MAX * JSON_ESCAPED_MAX];
	char one[JSON_ESCAPED_MAX];
	struct span rest = guard_place(value.at, value.size_bytes);

	all[0] = '\0';
	while (rest.size_bytes > 0) {
		json_escape_next(one, &rest);
		(void)strcat(all, one); /* the longest fit */
	}
	return all;
}

ATF_TC_WITHOUT_HEAD(ascii__each__as_it_is_or_by_number);
ATF_TC_BODY(ascii__each__as_it_is_or_by_number, tc)
{
	const char *text;
	char byte;

	for (byte = 0; byte < 0x7f; byte++) {
		text = escaped((struct span){ &byte, 1 });
		if (text[0] != '\\') {
			ATF_CHECK_EQ(byte, text[0]);
			ATF_CHECK_EQ(1, strlen(text));
		} else {
			ATF_CHECK_EQ(6, strlen(text));
			ATF_CHECK_EQ(
			    (unsigned long)byte, strtoul(text + 2, NULL, 16));
		}
	}
}

ATF_TC_WITHOUT_HEAD(ascii__unsafe__by_number);
ATF_TC_BODY(ascii__unsafe__by_number, tc)
{
	ATF_CHECK_STREQ("\\u0022\\u005c\\u000a\\u007f\\u0000",
	    escaped(SPAN("\"\\\n\x7f\0")));
}

ATF_TC_WITHOUT_HEAD(next__ascii__as_a_byte);
ATF_TC_BODY(next__ascii__as_a_byte, tc)
{
	ATF_CHECK_STREQ("a b\\u0022\\u005c\\u000a\\u0000",
	    escaped(SPAN("a b\"\\\n\0")));
}

ATF_TC_WITHOUT_HEAD(next__each_length__one_character);
ATF_TC_BODY(next__each_length__one_character, tc)
{
	ATF_CHECK_STREQ("\\u00e4", escaped(SPAN("\xc3\xa4")));
	ATF_CHECK_STREQ("\\u20ac", escaped(SPAN("\xe2\x82\xac")));
	ATF_CHECK_STREQ("\\ud83d\\udce7", escaped(SPAN("\xf0\x9f\x93\xa7")));
}

ATF_TC_WITHOUT_HEAD(next__bounds__hold);
ATF_TC_BODY(next__bounds__hold, tc)
{
	ATF_CHECK_STREQ("\\u0080", escaped(SPAN("\xc2\x80")));
	ATF_CHECK_STREQ("\\u0800", escaped(SPAN("\xe0\xa0\x80")));
	ATF_CHECK_STREQ("\\ud7ff", escaped(SPAN("\xed\x9f\xbf")));
	ATF_CHECK_STREQ("\\ue000", escaped(SPAN("\xee\x80\x80")));
	ATF_CHECK_STREQ("\\uffff", escaped(SPAN("\xef\xbf\xbf")));
	ATF_CHECK_STREQ("\\ud800\\udc00", escaped(SPAN("\xf0\x90\x80\x80")));
	ATF_CHECK_STREQ("\\udbff\\udfff", escaped(SPAN("\xf4\x8f\xbf\xbf")));
}

ATF_TC_WITHOUT_HEAD(next__longer_than_needed__no_character);
ATF_TC_BODY(next__longer_than_needed__no_character, tc)
{
	ATF_CHECK_STREQ("\\ufffd\\ufffd", escaped(SPAN("\xc0\xa2")));
	ATF_CHECK_STREQ("\\ufffd\\ufffd\\ufffd", escaped(SPAN("\xe0\x82\xa2")));
	ATF_CHECK_STREQ("\\ufffd\\ufffd\\ufffd\\ufffd",
	    escaped(SPAN("\xf0\x80\x82\xa2")));
}

ATF_TC_WITHOUT_HEAD(next__surrogate__no_character);
ATF_TC_BODY(next__surrogate__no_character, tc)
{
	ATF_CHECK_STREQ("\\ufffd\\ufffd\\ufffd", escaped(SPAN("\xed\xa0\x80")));
}

ATF_TC_WITHOUT_HEAD(next__above_the_last__no_character);
ATF_TC_BODY(next__above_the_last__no_character, tc)
{
	ATF_CHECK_STREQ("\\ufffd\\ufffd\\ufffd\\ufffd",
	    escaped(SPAN("\xf4\x90\x80\x80")));
	ATF_CHECK_STREQ("\\ufffd\\ufffd", escaped(SPAN("\xf5\xff")));
}

ATF_TC_WITHOUT_HEAD(next__cut_off__no_character);
ATF_TC_BODY(next__cut_off__no_character, tc)
{
	ATF_CHECK_STREQ("\\ufffd", escaped(SPAN("\xc3")));
	ATF_CHECK_STREQ("\\ufffd\\ufffd", escaped(SPAN("\xe2\x82")));
	ATF_CHECK_STREQ("\\ufffda",
	    escaped(SPAN("\xe2"
			 "a")));
	ATF_CHECK_STREQ("\\ufffd\\u0022", escaped(SPAN("\xc3\"")));
}

ATF_TC_WITHOUT_HEAD(next__any_bytes__printable_ascii);
ATF_TC_BODY(next__any_bytes__printable_ascii, tc)
{
	char bytes[PIECE_MAX];
	const char *text;
	unsigned int seed;

	for (seed = 0; seed < ROUNDS; seed++) {
		struct prng prng = prng_start(seed);
		struct span value = { bytes, prng_below(&prng, PIECE_MAX) };

		prng_fill(&prng, bytes, value.size_bytes);
		for (text = escaped(value); *text != '\0'; text++)
			ATF_REQUIRE_MSG(*text >= ' ' && *text < 0x7f &&
				*text != '"',
			    "seed %u", seed);
	}
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, ascii__each__as_it_is_or_by_number);
	ATF_TP_ADD_TC(tp, ascii__unsafe__by_number);
	ATF_TP_ADD_TC(tp, next__ascii__as_a_byte);
	ATF_TP_ADD_TC(tp, next__each_length__one_character);
	ATF_TP_ADD_TC(tp, next__bounds__hold);
	ATF_TP_ADD_TC(tp, next__longer_than_needed__no_character);
	ATF_TP_ADD_TC(tp, next__surrogate__no_character);
	ATF_TP_ADD_TC(tp, next__above_the_last__no_character);
	ATF_TP_ADD_TC(tp, next__cut_off__no_character);
	ATF_TP_ADD_TC(tp, next__any_bytes__printable_ascii);
	return atf_no_error();
}
