#include "base/utf8.h"

#include <atf-c.h>

#include "tests/support/guard.h"
#include "tests/support/spans.h"

enum { LAST = 0x10ffff };

/* By RFC 3629 section 3; gives the length. */
static size_t
encode(char *text, unsigned long code)
{
	static const unsigned long ends[] = { 0x80, 0x800, 0x10000, LAST + 1 };
	static const unsigned int firsts[] = { 0, 0xc0, 0xe0, 0xf0 };
	size_t more = 0;
	size_t i;

	while (code >= ends[more])
		more++;
	for (i = more; i > 0; i--) {
		text[i] = (char)(unsigned char)(0x80 | (code & 0x3f));
		code >>= 6;
	}
	text[0] = (char)(unsigned char)(firsts[more] | code);
	return more + 1;
}

ATF_TC_WITHOUT_HEAD(decode__every_character__itself);
ATF_TC_BODY(decode__every_character__itself, tc)
{
	unsigned long code;
	unsigned long found;
	char text[4];

	for (code = 0; code <= LAST; code++) {
		size_t length = encode(text, code);
		struct span placed = guard_place(text, length);
		bool is_surrogate = code >= 0xd800 && code <= 0xdfff;

		found = LAST + 1;
		ATF_REQUIRE_EQ(
		    is_surrogate ? 0 : length, utf8_decode(placed, &found));
		ATF_REQUIRE(is_surrogate || found == code);
	}
}

/* Two bytes in front decide about most mistakes: all there are. */
ATF_TC_WITHOUT_HEAD(decode__every_pair_in_front__only_real_ones);
ATF_TC_BODY(decode__every_pair_in_front__only_real_ones, tc)
{
	unsigned long code;
	unsigned int one;
	unsigned int two;
	char back[4];
	char text[4] = { 0, 0, '\xbf', '\xbf' };

	for (one = 0; one < 256; one++)
		for (two = 0; two < 256; two++) {
			size_t length;

			text[0] = (char)(unsigned char)one;
			text[1] = (char)(unsigned char)two;
			length = utf8_decode(guard_place(text, 4), &code);
			ATF_REQUIRE(length <= 4);
			if (length == 0)
				continue;
			ATF_REQUIRE_EQ(length, encode(back, code));
			ATF_REQUIRE_EQ(0, memcmp(back, text, length));
		}
}

ATF_TC_WITHOUT_HEAD(decode__cut_off__none);
ATF_TC_BODY(decode__cut_off__none, tc)
{
	static const char text[] = "\xf0\x9f\x93\xa7";
	unsigned long code;
	size_t length;

	for (length = 1; length < 4; length++)
		ATF_CHECK_EQ(0, utf8_decode(guard_place(text, length), &code));
	ATF_CHECK_EQ(4, utf8_decode(guard_place(text, 4), &code));
}

ATF_TC_WITHOUT_HEAD(valid__to_the_last_byte);
ATF_TC_BODY(valid__to_the_last_byte, tc)
{
	const char text[] = "a\303\244\0\342\202\254";
	size_t length;

	for (length = 0; length < sizeof(text); length++)
		ATF_CHECK_EQ_MSG(length != 2 && length != 5 && length != 6,
		    utf8_is_valid(guard_place(text, length)), "%zu", length);
	ATF_CHECK(!utf8_is_valid(span_of("a\200")));
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, decode__every_character__itself);
	ATF_TP_ADD_TC(tp, decode__every_pair_in_front__only_real_ones);
	ATF_TP_ADD_TC(tp, decode__cut_off__none);
	ATF_TP_ADD_TC(tp, valid__to_the_last_byte);
	return atf_no_error();
}
