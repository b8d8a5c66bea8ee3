#include "sieve/edit.h"

#include <atf-c.h>
#include <string.h>

#include "mime/text.h"
#include "tests/support/arenas.h"
#include "tests/support/spans.h"

static struct field_list list;
static struct arena *arena;

static void
start(struct span head)
{
	arena = test_arena();
	field_list_read(&list, head, arena);
}

static void
add(struct span name, struct span value, bool is_last)
{
	ATF_REQUIRE(edit_add(&list, name, value, is_last, false, arena));
}

#define CHECK_HEAD(want) CHECK_SPAN(want, edit_head(&list, arena))

ATF_TC_WITHOUT_HEAD(add__first__in_front);
ATF_TC_BODY(add__first__in_front, tc)
{
	start(SPAN("A: 1\nB: 2\n"));
	add(SPAN("X-New"), SPAN("value"), false);
	CHECK_HEAD("X-New: value\nA: 1\nB: 2\n");
	CHECK_SPAN(" value", list.fields[0].value);
	CHECK_SPAN("X-New", list.fields[0].name);
}

ATF_TC_WITHOUT_HEAD(add__last__behind);
ATF_TC_BODY(add__last__behind, tc)
{
	start(SPAN("A: 1\n"));
	add(SPAN("X-New"), SPAN("value"), true);
	CHECK_HEAD("A: 1\nX-New: value\n");
}

ATF_TC_WITHOUT_HEAD(add__behind_a_line_without_end__on_its_own_line);
ATF_TC_BODY(add__behind_a_line_without_end__on_its_own_line, tc)
{
	start(SPAN("A: 1"));
	add(SPAN("B"), SPAN("2"), true);
	CHECK_HEAD("A: 1\nB: 2\n");
}

ATF_TC_WITHOUT_HEAD(add__to_nothing__the_only_field);
ATF_TC_BODY(add__to_nothing__the_only_field, tc)
{
	start(SPAN(""));
	add(SPAN("B"), SPAN("2"), true);
	CHECK_HEAD("B: 2\n");
}

ATF_TC_WITHOUT_HEAD(add__crlf__ends_like_the_message);
ATF_TC_BODY(add__crlf__ends_like_the_message, tc)
{
	start(SPAN("A: 1\r\n"));
	ATF_REQUIRE(edit_add(&list, SPAN("B"), SPAN("2"), true, true, arena));
	CHECK_HEAD("A: 1\r\nB: 2\r\n");
	CHECK_SPAN(" 2", list.fields[1].value);
}

/* Where it is folded, too. */
ATF_TC_WITHOUT_HEAD(add__crlf_and_long__each_line_ends_like_the_message);
ATF_TC_BODY(add__crlf_and_long__each_line_ends_like_the_message, tc)
{
	struct span head;
	size_t i, lines = 0;
	char words[400];

	for (i = 0; i < sizeof(words); i++)
		words[i] = i % 10 == 9 ? ' ' : 'a';
	start(SPAN("A: 1\r\n"));
	ATF_REQUIRE(edit_add(&list, SPAN("B"),
	    (struct span){ words, sizeof(words) - 1 }, true, true, arena));
	head = edit_head(&list, arena);
	for (i = 0; i < head.size_bytes; i++)
		if (head.at[i] == '\n') {
			ATF_CHECK_EQ('\r', head.at[i - 1]);
			lines++;
		}
	ATF_CHECK_MSG(lines > 4, "%zu lines", lines);
}

ATF_TC_WITHOUT_HEAD(add__line_ends_in_value__no_second_field);
ATF_TC_BODY(add__line_ends_in_value__no_second_field, tc)
{
	start(SPAN(""));
	add(SPAN("A"), SPAN("x\r\nBcc: y"), true);
	CHECK_HEAD("A: x  Bcc: y\n");
	ATF_CHECK_EQ(1, list.count);
}

ATF_TC_WITHOUT_HEAD(add__long_value__folded);
ATF_TC_BODY(add__long_value__folded, tc)
{
	static const char value[] =
	    "one two three four five six seven eight nine ten eleven twelve "
	    "thirteen fourteen fifteen sixteen seventeen eighteen nineteen";
	struct span head;

	start(SPAN(""));
	add(SPAN("X-Long"), span_of(value), true);
	CHECK_SPAN(
	    "one two three four five six seven eight nine ten eleven twelve "
	    "thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
	    text_header(list.fields[0].value, arena));
	head = edit_head(&list, arena);
	while (head.size_bytes > 0)
		ATF_CHECK(span_line(&head).size_bytes <= 78);
}

ATF_TC_WITHOUT_HEAD(add__not_ascii__encoded_words);
ATF_TC_BODY(add__not_ascii__encoded_words, tc)
{
	start(SPAN(""));
	add(SPAN("X"), SPAN("h\303\244"), true);
	CHECK_HEAD("X: =?utf-8?B?aMOk?=\n");
}

ATF_TC_WITHOUT_HEAD(delete__one__the_others_stay);
ATF_TC_BODY(delete__one__the_others_stay, tc)
{
	start(SPAN("A: 1\n x\nB: 2\nA: 3\n"));
	edit_delete(&list, edit_find(&list, SPAN("a"), 1, false));
	CHECK_HEAD("B: 2\nA: 3\n");
}

ATF_TC_WITHOUT_HEAD(delete__line_that_is_no_field__kept_by_others);
ATF_TC_BODY(delete__line_that_is_no_field__kept_by_others, tc)
{
	start(SPAN("A: 1\n>From x\nB: 2\n"));
	edit_delete(&list, edit_find(&list, SPAN("B"), 1, false));
	CHECK_HEAD("A: 1\n>From x\n");
}

ATF_TC_WITHOUT_HEAD(find__number__from_either_end);
ATF_TC_BODY(find__number__from_either_end, tc)
{
	start(SPAN("A: 1\nB: 2\nA: 3\nA: 4\n"));
	ATF_CHECK_EQ(0, edit_find(&list, SPAN("A"), 1, false));
	ATF_CHECK_EQ(2, edit_find(&list, SPAN("A"), 2, false));
	ATF_CHECK_EQ(3, edit_find(&list, SPAN("A"), 1, true));
	ATF_CHECK_EQ(0, edit_find(&list, SPAN("A"), 3, true));
	ATF_CHECK_EQ(4, edit_find(&list, SPAN("A"), 4, true));
	ATF_CHECK_EQ(4, edit_find(&list, SPAN("C"), 1, false));
}

ATF_TC_WITHOUT_HEAD(add__no_memory__false);
ATF_TC_BODY(add__no_memory__false, tc)
{
	struct arena small;

	arena_start(&small, 64);
	memset(&list, 0, sizeof(list));
	ATF_CHECK(!edit_add(&list, SPAN("A"), SPAN("1"), true, false, &small));
	ATF_CHECK(small.is_exhausted);
	arena_end(&small);
}

ATF_TC_WITHOUT_HEAD(delete_marked__some__the_others_in_their_order);
ATF_TC_BODY(delete_marked__some__the_others_in_their_order, tc)
{
	static const bool marks[] = { true, false, true, false };
	static const bool all[] = { true, true };

	start(SPAN("A: 1\nB: 2\nA: 3\nC: 4\n"));
	edit_delete_marked(&list, marks);
	CHECK_HEAD("B: 2\nC: 4\n");
	edit_delete_marked(&list, all);
	CHECK_HEAD("");
	ATF_CHECK_EQ(0, list.count);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, delete_marked__some__the_others_in_their_order);
	ATF_TP_ADD_TC(tp, add__first__in_front);
	ATF_TP_ADD_TC(tp, add__last__behind);
	ATF_TP_ADD_TC(tp, add__behind_a_line_without_end__on_its_own_line);
	ATF_TP_ADD_TC(tp, add__to_nothing__the_only_field);
	ATF_TP_ADD_TC(tp, add__crlf__ends_like_the_message);
	ATF_TP_ADD_TC(tp,
	    add__crlf_and_long__each_line_ends_like_the_message);
	ATF_TP_ADD_TC(tp, add__line_ends_in_value__no_second_field);
	ATF_TP_ADD_TC(tp, add__long_value__folded);
	ATF_TP_ADD_TC(tp, add__not_ascii__encoded_words);
	ATF_TP_ADD_TC(tp, delete__one__the_others_stay);
	ATF_TP_ADD_TC(tp, delete__line_that_is_no_field__kept_by_others);
	ATF_TP_ADD_TC(tp, find__number__from_either_end);
	ATF_TP_ADD_TC(tp, add__no_memory__false);
	return atf_no_error();
}
