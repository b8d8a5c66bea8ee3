#include "mime/blank.h"

#include <atf-c.h>

#include "tests/support/spans.h"

static struct span
behind(struct span text)
{
	blank_skip(&text);
	return text;
}

ATF_TC_WITHOUT_HEAD(blanks__line_ends_among_them__passed_over);
ATF_TC_BODY(blanks__line_ends_among_them__passed_over, tc)
{
	CHECK_SPAN("a b", behind(SPAN(" \t\r\n a b")));
	CHECK_SPAN("", behind(SPAN("  ")));
	CHECK_SPAN("", behind(SPAN("")));
}

ATF_TC_WITHOUT_HEAD(comments__nested_and_escaped__passed_over);
ATF_TC_BODY(comments__nested_and_escaped__passed_over, tc)
{
	CHECK_SPAN("a", behind(SPAN("(x (y) z) (\\)) a")));
	CHECK_SPAN(")", behind(SPAN("(x))")));
}

ATF_TC_WITHOUT_HEAD(comment__without_end__nothing_is_left);
ATF_TC_BODY(comment__without_end__nothing_is_left, tc)
{
	CHECK_SPAN("", behind(SPAN("(x (y) z")));
	CHECK_SPAN("", behind(SPAN("(\\")));
}

ATF_TC_WITHOUT_HEAD(white__other_bytes__are_none);
ATF_TC_BODY(white__other_bytes__are_none, tc)
{
	ATF_CHECK(blank_is_white(' '));
	ATF_CHECK(blank_is_white('\n'));
	ATF_CHECK(!blank_is_white('\v'));
	ATF_CHECK(!blank_is_white('\0'));
	ATF_CHECK(!blank_is_white('('));
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, blanks__line_ends_among_them__passed_over);
	ATF_TP_ADD_TC(tp, comments__nested_and_escaped__passed_over);
	ATF_TP_ADD_TC(tp, comment__without_end__nothing_is_left);
	ATF_TP_ADD_TC(tp, white__other_bytes__are_none);
	return atf_no_error();
}
