#include "sieve/lexer.h"

#include <atf-c.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/guard.h"
#include "tests/support/spans.h"

static struct arena arena;
static struct sieve_errors errors;
static struct lexer lexer;

static void
start_bytes(const char *text, size_t size_bytes)
{
	arena_start(&arena, (size_t)1 << 20);
	errors.count = 0;
	lexer_start(&lexer, "t", guard_place(text, size_bytes), &arena,
	    &errors);
}

static void
start(const char *text)
{
	start_bytes(text, strlen(text));
}

#define CHECK_NEXT(expected)                              \
	do {                                              \
		ATF_REQUIRE(lexer_next(&lexer));          \
		ATF_CHECK_EQ(expected, lexer.token.kind); \
	} while (0)

#define CHECK_PLACE(line_of, column_of)                            \
	do {                                                       \
		ATF_CHECK_EQ(line_of, lexer.token.place.line);     \
		ATF_CHECK_EQ(column_of, lexer.token.place.column); \
	} while (0)

/* The script is refused at its first word, with this sentence there. */
static void
check_refused(const char *text, unsigned line, unsigned column,
    const char *sentence)
{
	start(text);
	while (lexer_next(&lexer))
		ATF_REQUIRE(lexer.token.kind != TOKEN_END);
	ATF_REQUIRE_EQ(1, errors.count);
	ATF_CHECK_EQ_MSG(line, errors.list[0].place.line, "line %u of \"%s\"",
	    errors.list[0].place.line, text);
	ATF_CHECK_EQ_MSG(column, errors.list[0].place.column,
	    "column %u of \"%s\"", errors.list[0].place.column, text);
	ATF_CHECK_STREQ(sentence, errors.list[0].text);
	arena_end(&arena);
}

static void
check_number(const char *text, uint64_t number)
{
	start(text);
	CHECK_NEXT(TOKEN_NUMBER);
	ATF_CHECK_EQ(number, lexer.token.number);
	CHECK_NEXT(TOKEN_END);
	arena_end(&arena);
}

ATF_TC_WITHOUT_HEAD(next__empty_script__end_again_and_again);
ATF_TC_BODY(next__empty_script__end_again_and_again, tc)
{
	start("");
	CHECK_NEXT(TOKEN_END);
	CHECK_NEXT(TOKEN_END);
	CHECK_PLACE(1, 1);
}

ATF_TC_WITHOUT_HEAD(next__each_kind_of_word__told_apart);
ATF_TC_BODY(next__each_kind_of_word__told_apart, tc)
{
	start("if :is_1 \"a\" 12 ;,()[]{}");
	CHECK_NEXT(TOKEN_IDENTIFIER);
	CHECK_SPAN("if", lexer.token.text);
	CHECK_NEXT(TOKEN_TAG);
	CHECK_SPAN("is_1", lexer.token.text);
	CHECK_NEXT(TOKEN_STRING);
	CHECK_SPAN("a", lexer.token.text);
	CHECK_NEXT(TOKEN_NUMBER);
	for (const char *sign = ";,()[]{}"; *sign != '\0'; sign++) {
		CHECK_NEXT(TOKEN_SIGN);
		ATF_CHECK(lexer_is_sign(&lexer, *sign));
	}
	CHECK_NEXT(TOKEN_END);
	arena_end(&arena);
}

ATF_TC_WITHOUT_HEAD(next__byte_order_mark__passed_over);
ATF_TC_BODY(next__byte_order_mark__passed_over, tc)
{
	start("\xef\xbb\xbfkeep");
	CHECK_NEXT(TOKEN_IDENTIFIER);
	CHECK_PLACE(1, 1);
	arena_end(&arena);
}

ATF_TC_WITHOUT_HEAD(place__lines_and_utf8__counted_in_characters);
ATF_TC_BODY(place__lines_and_utf8__counted_in_characters, tc)
{
	start("# \xc3\xa4\r\n\t\"\xc3\xa4\xe2\x82\xac\" keep\n  stop");
	CHECK_NEXT(TOKEN_STRING);
	CHECK_PLACE(2, 2);
	CHECK_NEXT(TOKEN_IDENTIFIER);
	CHECK_PLACE(2, 7);
	CHECK_NEXT(TOKEN_IDENTIFIER);
	CHECK_PLACE(3, 3);
	arena_end(&arena);
}

ATF_TC_WITHOUT_HEAD(comment__hash_and_brackets__passed_over);
ATF_TC_BODY(comment__hash_and_brackets__passed_over, tc)
{
	start("a#b\n/* c * / /* \n d */e # end");
	CHECK_NEXT(TOKEN_IDENTIFIER);
	CHECK_NEXT(TOKEN_IDENTIFIER);
	CHECK_SPAN("e", lexer.token.text);
	CHECK_NEXT(TOKEN_END);
	arena_end(&arena);
}

ATF_TC_WITHOUT_HEAD(comment__without_end__refused_where_it_begins);
ATF_TC_BODY(comment__without_end__refused_where_it_begins, tc)
{
	check_refused("keep;\n /* x *", 2, 2,
	    "this comment never ends: write \"*/\" behind it");
}

ATF_TC_WITHOUT_HEAD(number__with_and_without_letter__multiplied);
ATF_TC_BODY(number__with_and_without_letter__multiplied, tc)
{
	check_number("0", 0);
	check_number("017", 17);
	check_number("1K", 1024);
	check_number("2m", 2 * 1024 * 1024);
	check_number("1G", (uint64_t)1 << 30);
	check_number("2147483647", 2147483647);
	check_number("9223372036854775807", INT64_MAX);
}

ATF_TC_WITHOUT_HEAD(number__out_of_range__refused);
ATF_TC_BODY(number__out_of_range__refused, tc)
{
	check_refused("9223372036854775808", 1, 1, "this number is too large");
	check_refused("99999999999999999999999999999999999999", 1, 1,
	    "this number is too large");
	check_refused("9223372036854775807K", 1, 1, "this number is too large");
}

ATF_TC_WITHOUT_HEAD(number__other_letter__refused);
ATF_TC_BODY(number__other_letter__refused, tc)
{
	check_refused("x 10T", 1, 5,
	    "a number ends in K, M or G, or in no letter");
	check_refused("10KB", 1, 4,
	    "a number ends in K, M or G, or in no letter");
}

ATF_TC_WITHOUT_HEAD(string__backslashes__taken_off);
ATF_TC_BODY(string__backslashes__taken_off, tc)
{
	start("\"a\\\"b\\\\c\\d\"");
	CHECK_NEXT(TOKEN_STRING);
	CHECK_SPAN("a\"b\\cd", lexer.token.text);
	arena_end(&arena);
}

ATF_TC_WITHOUT_HEAD(string__line_ends__become_cr_lf);
ATF_TC_BODY(string__line_ends__become_cr_lf, tc)
{
	start("\"a\nb\r\nc\rd\"");
	CHECK_NEXT(TOKEN_STRING);
	CHECK_SPAN("a\r\nb\r\nc\rd", lexer.token.text);
	arena_end(&arena);
}

ATF_TC_WITHOUT_HEAD(string__without_end__refused_where_it_begins);
ATF_TC_BODY(string__without_end__refused_where_it_begins, tc)
{
	check_refused("keep \"abc;\n\n", 1, 6,
	    "this string never ends: write a closing quote");
	check_refused("\"abc\\", 1, 1,
	    "this string never ends: write a closing quote");
}

ATF_TC_WITHOUT_HEAD(string__byte_0__refused);
ATF_TC_BODY(string__byte_0__refused, tc)
{
	start_bytes("\"a\0b\"", 5);
	ATF_CHECK(!lexer_next(&lexer));
	ATF_CHECK_STREQ("a script must not hold the byte 0",
	    errors.list[0].text);
	arena_end(&arena);
}

ATF_TC_WITHOUT_HEAD(text__lines__until_the_dot);
ATF_TC_BODY(text__lines__until_the_dot, tc)
{
	start("text: # comment\r\na\r\n..b\n.c\n\n.\n;");
	CHECK_NEXT(TOKEN_STRING);
	CHECK_SPAN("a\r\n.b\r\n.c\r\n\r\n", lexer.token.text);
	CHECK_NEXT(TOKEN_SIGN);
	CHECK_PLACE(7, 1);
	arena_end(&arena);
}

ATF_TC_WITHOUT_HEAD(text__nothing_in_it__empty);
ATF_TC_BODY(text__nothing_in_it__empty, tc)
{
	start("TEXT:\n.");
	CHECK_NEXT(TOKEN_STRING);
	ATF_CHECK_EQ(0, lexer.token.text.size_bytes);
	CHECK_NEXT(TOKEN_END);
	arena_end(&arena);
}

ATF_TC_WITHOUT_HEAD(text__more_on_its_line__refused);
ATF_TC_BODY(text__more_on_its_line__refused, tc)
{
	check_refused("text: hello\n.\n", 1, 7,
	    "the text begins on the line after \"text:\"; only a comment may "
	    "follow on the same line");
}

ATF_TC_WITHOUT_HEAD(text__without_dot__refused_where_it_begins);
ATF_TC_BODY(text__without_dot__refused_where_it_begins, tc)
{
	check_refused("x text:\nhello\n ..\n", 1, 3,
	    "this text never ends: write a line with a single dot behind it");
}

ATF_TC_WITHOUT_HEAD(text__blank_before_colon__is_a_word_and_a_fault);
ATF_TC_BODY(text__blank_before_colon__is_a_word_and_a_fault, tc)
{
	check_refused("text :\n", 1, 6,
	    "a tag is a colon with a word right behind it");
}

ATF_TC_WITHOUT_HEAD(sign__none_of_the_language__refused);
ATF_TC_BODY(sign__none_of_the_language__refused, tc)
{
	check_refused("keep!", 1, 5, "unexpected \"!\"");
	check_refused("keep 'a'", 1, 6, "strings stand between double quotes");
	check_refused("a / b", 1, 3,
	    "unexpected \"/\"; a comment begins with \"#\" or \"/*\"");
	check_refused("\xc3\xa4", 1, 1,
	    "unexpected byte 0xc3 outside of a string");
	check_refused("a\rb", 1, 2, "unexpected byte 0x0d outside of a string");
}

ATF_TC_WITHOUT_HEAD(describe__long_or_odd_word__cut_and_on_one_line);
ATF_TC_BODY(describe__long_or_odd_word__cut_and_on_one_line, tc)
{
	struct sieve_place place = { 1, 1 };

	start("\"0123456789012345678901234567890123456789\"");
	CHECK_NEXT(TOKEN_STRING);
	ATF_CHECK_STREQ("the string \"01234567890123456789012345678901...\"",
	    lexer_describe(&lexer));
	(void)error_add(&errors, "t", place, "found \"%s\"", "a\r\nb");
	ATF_CHECK_STREQ("found \"a  b\"", errors.list[0].text);
	arena_end(&arena);
}

ATF_TC_WITHOUT_HEAD(next__no_memory__arena_says_so);
ATF_TC_BODY(next__no_memory__arena_says_so, tc)
{
	start("\"abcdef\"");
	arena_end(&arena);
	arena_start(&arena, 1);
	(void)lexer_next(&lexer);
	ATF_CHECK(arena.is_exhausted);
	arena_end(&arena);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, next__empty_script__end_again_and_again);
	ATF_TP_ADD_TC(tp, next__each_kind_of_word__told_apart);
	ATF_TP_ADD_TC(tp, next__byte_order_mark__passed_over);
	ATF_TP_ADD_TC(tp, place__lines_and_utf8__counted_in_characters);
	ATF_TP_ADD_TC(tp, comment__hash_and_brackets__passed_over);
	ATF_TP_ADD_TC(tp, comment__without_end__refused_where_it_begins);
	ATF_TP_ADD_TC(tp, number__with_and_without_letter__multiplied);
	ATF_TP_ADD_TC(tp, number__out_of_range__refused);
	ATF_TP_ADD_TC(tp, number__other_letter__refused);
	ATF_TP_ADD_TC(tp, string__backslashes__taken_off);
	ATF_TP_ADD_TC(tp, string__line_ends__become_cr_lf);
	ATF_TP_ADD_TC(tp, string__without_end__refused_where_it_begins);
	ATF_TP_ADD_TC(tp, string__byte_0__refused);
	ATF_TP_ADD_TC(tp, text__lines__until_the_dot);
	ATF_TP_ADD_TC(tp, text__nothing_in_it__empty);
	ATF_TP_ADD_TC(tp, text__more_on_its_line__refused);
	ATF_TP_ADD_TC(tp, text__without_dot__refused_where_it_begins);
	ATF_TP_ADD_TC(tp, text__blank_before_colon__is_a_word_and_a_fault);
	ATF_TP_ADD_TC(tp, sign__none_of_the_language__refused);
	ATF_TP_ADD_TC(tp, describe__long_or_odd_word__cut_and_on_one_line);
	ATF_TP_ADD_TC(tp, next__no_memory__arena_says_so);

	return atf_no_error();
}
