#include "mime/charset.h"

#include <atf-c.h>
#include <string.h>

#include "tests/support/arenas.h"
#include "tests/support/guard.h"
#include "tests/support/prng.h"
#include "tests/support/spans.h"

static struct span
converted(const char *charset, struct span bytes)
{
	struct buffer out;

	buffer_start(&out, test_arena());
	ATF_REQUIRE_MSG(charset_to_utf8(span_of(charset), bytes, &out), "%s",
	    charset);
	return buffer_span(&out);
}

ATF_TC_WITHOUT_HEAD(to_utf8__utf8__as_it_is);
ATF_TC_BODY(to_utf8__utf8__as_it_is, tc)
{
	CHECK_SPAN("a\303\244\342\202\254\360\237\230\200",
	    converted("UTF-8", SPAN("a\303\244\342\202\254\360\237\230\200")));
}

ATF_TC_WITHOUT_HEAD(to_utf8__wrong_utf8__replaced);
ATF_TC_BODY(to_utf8__wrong_utf8__replaced, tc)
{
	CHECK_SPAN("a\357\277\275b", converted("utf-8", SPAN("a\377b")));
	CHECK_SPAN("\357\277\275", converted("utf-8", SPAN("\303")));
	CHECK_SPAN("\357\277\275\357\277\275",
	    converted("utf-8", SPAN("\300\200")));
	CHECK_SPAN("\357\277\275\357\277\275\357\277\275",
	    converted("utf-8", SPAN("\355\240\200")));
}

ATF_TC_WITHOUT_HEAD(to_utf8__single_byte_sets__their_characters);
ATF_TC_BODY(to_utf8__single_byte_sets__their_characters, tc)
{
	CHECK_SPAN("\303\244", converted("iso-8859-1", SPAN("\344")));
	CHECK_SPAN("\342\202\254", converted("ISO-8859-15", SPAN("\244")));
	CHECK_SPAN("\342\202\254", converted("windows-1252", SPAN("\200")));
	CHECK_SPAN("\305\231", converted("iso-8859-2", SPAN("\370")));
	CHECK_SPAN("\320\220", converted("windows-1251", SPAN("\300")));
	CHECK_SPAN("\320\260", converted("koi8-r", SPAN("\301")));
	CHECK_SPAN("\316\261", converted("iso-8859-7", SPAN("\341")));
	CHECK_SPAN("\357\277\275", converted("windows-1252", SPAN("\201")));
}

ATF_TC_WITHOUT_HEAD(to_utf8__utf16__with_mark_and_without);
ATF_TC_BODY(to_utf8__utf16__with_mark_and_without, tc)
{
	CHECK_SPAN("a\342\202\254",
	    converted("utf-16", SPAN("\376\377\0a\040\254")));
	CHECK_SPAN("a", converted("utf-16", SPAN("\377\376a\0")));
	CHECK_SPAN("a", converted("utf-16", SPAN("\0a")));
	CHECK_SPAN("a", converted("utf-16le", SPAN("a\0")));
	CHECK_SPAN("\360\237\230\200",
	    converted("utf-16be", SPAN("\330\075\336\0")));
	CHECK_SPAN("\357\277\275a", converted("utf-16be", SPAN("\330\075\0a")));
	CHECK_SPAN("a\357\277\275", converted("utf-16be", SPAN("\0a\0")));
}

ATF_TC_WITHOUT_HEAD(to_utf8__utf32__its_characters);
ATF_TC_BODY(to_utf8__utf32__its_characters, tc)
{
	CHECK_SPAN("\360\237\230\200",
	    converted("utf-32be", SPAN("\0\001\366\0")));
	CHECK_SPAN("\357\277\275", converted("utf-32be", SPAN("\0\021\0\0")));
}

ATF_TC_WITHOUT_HEAD(to_utf8__unknown__false_and_nothing_added);
ATF_TC_BODY(to_utf8__unknown__false_and_nothing_added, tc)
{
	struct buffer out;

	buffer_start(&out, test_arena());
	ATF_CHECK(!charset_to_utf8(SPAN("x-none"), SPAN("a"), &out));
	ATF_CHECK_EQ(0, out.size_bytes);
	ATF_CHECK(!charset_is_known(SPAN("x-none")));
	ATF_CHECK(!charset_is_known(SPAN("")));
}

ATF_TC_WITHOUT_HEAD(prepare__set_not_named__stays_unknown);
ATF_TC_BODY(prepare__set_not_named__stays_unknown, tc)
{
	charset_prepare(SPAN("Subject: =?utf-8?Q?euc-jp?=\n"));
	ATF_CHECK(!charset_is_known(SPAN("iso-2022-jp")));
	ATF_CHECK(!charset_is_known(SPAN("euc-jp")));
}

ATF_TC_WITHOUT_HEAD(prepare__set_named__text_converted);
ATF_TC_BODY(prepare__set_named__text_converted, tc)
{
	charset_prepare(SPAN("Subject: =?ISO-2022-JP?B?x?=\n"
			     "Content-Type: text/plain; charset=\"euc-kr\"\n"
			     "X: ; name*=Shift_JIS''x; charset=gb2312\n"));
	if (!charset_is_known(SPAN("iso-2022-jp")))
		atf_tc_skip("the system has no such converter");
	CHECK_SPAN("\343\201\202\343\201\204",
	    converted("iso-2022-jp", SPAN("\033$B$\"$$\033(B")));
	CHECK_SPAN("\352\260\200", converted("EUC-KR", SPAN("\260\241")));
	CHECK_SPAN("\343\201\202", converted("shift_jis", SPAN("\202\240")));
	CHECK_SPAN("\344\275\240", converted("gb2312", SPAN("\304\343")));
	CHECK_SPAN("\357\277\275a", converted("euc-kr", SPAN("\377a")));
	CHECK_SPAN("a\357\277\275", converted("euc-kr", SPAN("a\260")));
}

ATF_TC_WITHOUT_HEAD(prepare__not_of_the_list__never_opened);
ATF_TC_BODY(prepare__not_of_the_list__never_opened, tc)
{
	charset_prepare(SPAN("charset=ISO-2022-CN-EXT =?ISO-2022-CN-EXT?"));
	ATF_CHECK(!charset_is_known(SPAN("iso-2022-cn-ext")));
}

ATF_TC_WITHOUT_HEAD(utf8__well_formed__yes);
ATF_TC_BODY(utf8__well_formed__yes, tc)
{
	ATF_CHECK(charset_is_utf8(SPAN("")));
	ATF_CHECK(charset_is_utf8(SPAN("a\0\303\244\364\217\277\277")));
}

ATF_TC_WITHOUT_HEAD(utf8__not_well_formed__no);
ATF_TC_BODY(utf8__not_well_formed__no, tc)
{
	ATF_CHECK(!charset_is_utf8(SPAN("\200")));
	ATF_CHECK(!charset_is_utf8(SPAN("\303")));
	ATF_CHECK(!charset_is_utf8(SPAN("\340\200\200")));
	ATF_CHECK(!charset_is_utf8(SPAN("\355\240\200")));
	ATF_CHECK(!charset_is_utf8(SPAN("\360\200\200\200")));
	ATF_CHECK(!charset_is_utf8(SPAN("\364\220\200\200")));
	ATF_CHECK(!charset_is_utf8(SPAN("\365\200\200\200")));
}

ATF_TC_WITHOUT_HEAD(char_bytes__first_character__its_length);
ATF_TC_BODY(char_bytes__first_character__its_length, tc)
{
	ATF_CHECK_EQ(0, charset_char_bytes(SPAN("")));
	ATF_CHECK_EQ(1, charset_char_bytes(SPAN("ab")));
	ATF_CHECK_EQ(2, charset_char_bytes(SPAN("\303\244b")));
	ATF_CHECK_EQ(1, charset_char_bytes(SPAN("\303b")));
	ATF_CHECK_EQ(4, charset_char_bytes(SPAN("\360\237\230\200")));
}

ATF_TC_WITHOUT_HEAD(same__only_utf8_that_says_so);
ATF_TC_BODY(same__only_utf8_that_says_so, tc)
{
	ATF_CHECK(charset_is_same(SPAN("utf-8"), SPAN("\303\244")));
	ATF_CHECK(charset_is_same(SPAN("US-ASCII"), SPAN("a")));
	ATF_CHECK(!charset_is_same(SPAN("utf-8"), SPAN("\344")));
	ATF_CHECK(!charset_is_same(SPAN("iso-8859-1"), SPAN("\303\244")));
}

ATF_TC_WITHOUT_HEAD(to_utf8__any_bytes__result_is_utf8);
ATF_TC_BODY(to_utf8__any_bytes__result_is_utf8, tc)
{
	static const char *const sets[] = { "utf-8", "us-ascii", "iso-8859-1",
		"windows-1252", "utf-16", "utf-16le", "utf-32", "iso-2022-jp",
		"gb18030", "big5", "koi8-u" };
	char text[100];
	unsigned int seed;

	charset_prepare(SPAN("=?iso-2022-jp? =?gb18030? =?big5?"));
	for (seed = 0; seed < 20000; seed++) {
		struct prng prng = prng_start(seed);
		size_t length = prng_below(&prng, sizeof(text));
		struct buffer out;

		prng_fill(&prng, text, length);
		buffer_start(&out, test_arena());
		(void)charset_to_utf8(span_of(sets[seed % 11]),
		    guard_place(text, length), &out);
		ATF_REQUIRE_MSG(charset_is_utf8(buffer_span(&out)), "seed %u",
		    seed);
	}
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, to_utf8__utf8__as_it_is);
	ATF_TP_ADD_TC(tp, to_utf8__wrong_utf8__replaced);
	ATF_TP_ADD_TC(tp, to_utf8__single_byte_sets__their_characters);
	ATF_TP_ADD_TC(tp, to_utf8__utf16__with_mark_and_without);
	ATF_TP_ADD_TC(tp, to_utf8__utf32__its_characters);
	ATF_TP_ADD_TC(tp, to_utf8__unknown__false_and_nothing_added);
	ATF_TP_ADD_TC(tp, prepare__set_not_named__stays_unknown);
	ATF_TP_ADD_TC(tp, prepare__set_named__text_converted);
	ATF_TP_ADD_TC(tp, prepare__not_of_the_list__never_opened);
	ATF_TP_ADD_TC(tp, utf8__well_formed__yes);
	ATF_TP_ADD_TC(tp, utf8__not_well_formed__no);
	ATF_TP_ADD_TC(tp, char_bytes__first_character__its_length);
	ATF_TP_ADD_TC(tp, same__only_utf8_that_says_so);
	ATF_TP_ADD_TC(tp, to_utf8__any_bytes__result_is_utf8);
	return atf_no_error();
}
