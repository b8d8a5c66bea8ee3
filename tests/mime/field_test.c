#include "mime/field.h"

#include <atf-c.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/arenas.h"
#include "tests/support/guard.h"
#include "tests/support/prng.h"
#include "tests/support/spans.h"

static struct field
first_field(struct span head)
{
	struct field field;

	memset(&field, 0, sizeof(field));
	ATF_REQUIRE(field_next(&field, &head));
	return field;
}

ATF_TC_WITHOUT_HEAD(next__field__name_value_and_whole);
ATF_TC_BODY(next__field__name_value_and_whole, tc)
{
	struct span rest = SPAN("Subject: hello\nTo: x\n");
	struct field field;

	ATF_REQUIRE(field_next(&field, &rest));
	CHECK_SPAN("Subject", field.name);
	CHECK_SPAN(" hello", field.value);
	CHECK_SPAN("Subject: hello\n", field.whole);
	CHECK_SPAN("To: x\n", rest);
}

ATF_TC_WITHOUT_HEAD(next__folded__all_its_lines);
ATF_TC_BODY(next__folded__all_its_lines, tc)
{
	struct field field = first_field(SPAN("A: b\n c\n\td\nE: f\n"));

	CHECK_SPAN(" b\n c\n\td", field.value);
	CHECK_SPAN("A: b\n c\n\td\n", field.whole);
}

ATF_TC_WITHOUT_HEAD(next__crlf__line_end_not_in_the_value);
ATF_TC_BODY(next__crlf__line_end_not_in_the_value, tc)
{
	CHECK_SPAN(" b\r\n c",
	    first_field(SPAN("A: b\r\n c\r\nE: f\r\n")).value);
}

ATF_TC_WITHOUT_HEAD(next__blanks_before_colon__not_in_the_name);
ATF_TC_BODY(next__blanks_before_colon__not_in_the_name, tc)
{
	CHECK_SPAN("A", first_field(SPAN("A \t: b\n")).name);
}

ATF_TC_WITHOUT_HEAD(next__nul_in_value__a_byte_like_others);
ATF_TC_BODY(next__nul_in_value__a_byte_like_others, tc)
{
	CHECK_SPAN("b\0c", first_field(SPAN("A:b\0c\n")).value);
}

ATF_TC_WITHOUT_HEAD(next__no_line_end__value_to_the_end);
ATF_TC_BODY(next__no_line_end__value_to_the_end, tc)
{
	CHECK_SPAN("bc", first_field(SPAN("A:bc")).value);
}

ATF_TC_WITHOUT_HEAD(next__empty_value__empty);
ATF_TC_BODY(next__empty_value__empty, tc)
{
	CHECK_SPAN("", first_field(SPAN("A:\n")).value);
}

ATF_TC_WITHOUT_HEAD(next__lines_that_are_no_field__passed_over);
ATF_TC_BODY(next__lines_that_are_no_field__passed_over, tc)
{
	CHECK_SPAN("A",
	    first_field(SPAN(">From x\n folded\nno colon\n: no name\nA: b\n"))
		.name);
}

ATF_TC_WITHOUT_HEAD(next__empty_line__end);
ATF_TC_BODY(next__empty_line__end, tc)
{
	struct span rest = SPAN("\nA: b\n");
	struct field field;

	ATF_CHECK(!field_next(&field, &rest));
	CHECK_SPAN("\nA: b\n", rest);
}

ATF_TC_WITHOUT_HEAD(named__other_case__yes);
ATF_TC_BODY(named__other_case__yes, tc)
{
	struct field field = first_field(SPAN("sUBJECT: x\n"));

	ATF_CHECK(field_is_named(&field, SPAN("Subject")));
	ATF_CHECK(!field_is_named(&field, SPAN("Subjec")));
	ATF_CHECK(!field_is_named(&field, SPAN("Subject2")));
}

ATF_TC_WITHOUT_HEAD(find__second_of_its_name__first_found);
ATF_TC_BODY(find__second_of_its_name__first_found, tc)
{
	struct field field;

	ATF_REQUIRE(field_find(SPAN("A: 1\nb: 2\nB: 3\n"), "B", &field));
	CHECK_SPAN(" 2", field.value);
	ATF_CHECK(!field_find(SPAN("A: 1\n"), "B", &field));
}

ATF_TC_WITHOUT_HEAD(name__rfc_5322_2_2__printable_without_colon);
ATF_TC_BODY(name__rfc_5322_2_2__printable_without_colon, tc)
{
	ATF_CHECK(field_name_is_valid(SPAN("X-a!b~")));
	ATF_CHECK(!field_name_is_valid(SPAN("")));
	ATF_CHECK(!field_name_is_valid(SPAN("a b")));
	ATF_CHECK(!field_name_is_valid(SPAN("a:b")));
	ATF_CHECK(!field_name_is_valid(SPAN("a\n")));
	ATF_CHECK(!field_name_is_valid(SPAN("\303\244")));
}

ATF_TC_WITHOUT_HEAD(split__empty_line__between);
ATF_TC_BODY(split__empty_line__between, tc)
{
	struct span head, body;

	field_split(SPAN("A: b\n c\n\nbody\n\nmore"), &head, &body);
	CHECK_SPAN("A: b\n c\n", head);
	CHECK_SPAN("body\n\nmore", body);
}

ATF_TC_WITHOUT_HEAD(split__crlf__between);
ATF_TC_BODY(split__crlf__between, tc)
{
	struct span head, body;

	field_split(SPAN("A: b\r\n\r\nbody"), &head, &body);
	CHECK_SPAN("A: b\r\n", head);
	CHECK_SPAN("body", body);
}

ATF_TC_WITHOUT_HEAD(split__no_empty_line__all_head);
ATF_TC_BODY(split__no_empty_line__all_head, tc)
{
	struct span head, body;

	field_split(SPAN("A: b\nC: d"), &head, &body);
	CHECK_SPAN("A: b\nC: d", head);
	CHECK_SPAN("", body);
}

ATF_TC_WITHOUT_HEAD(split__first_line_no_field__all_body);
ATF_TC_BODY(split__first_line_no_field__all_body, tc)
{
	struct span head, body;

	field_split(SPAN("hello\n\nworld\n"), &head, &body);
	CHECK_SPAN("", head);
	CHECK_SPAN("hello\n\nworld\n", body);
}

ATF_TC_WITHOUT_HEAD(split__empty_first_line__goes);
ATF_TC_BODY(split__empty_first_line__goes, tc)
{
	struct span head, body;

	field_split(SPAN("\nA: b\n"), &head, &body);
	CHECK_SPAN("", head);
	CHECK_SPAN("A: b\n", body);
}

ATF_TC_WITHOUT_HEAD(list__any_bytes__entries_make_the_header);
ATF_TC_BODY(list__any_bytes__entries_make_the_header, tc)
{
	static const char *const words[] = { "\n", "\r\n", "A: b", " ", "\t",
		":", "Subject", "\n c" };
	char text[300];
	unsigned int seed;

	for (seed = 0; seed < 5000; seed++) {
		struct prng prng = prng_start(seed);
		size_t length = prng_words(&prng, text, sizeof(text), words, 8);
		struct span all = guard_place(text, length);
		struct span head, body;
		struct field_list list;
		size_t i, sum = 0;

		field_split(all, &head, &body);
		field_list_read(&list, head, test_arena());
		for (i = 0; i < list.count; i++) {
			ATF_REQUIRE_MSG(list.fields[i].whole.at ==
				head.at + sum,
			    "seed %u", seed);
			sum += list.fields[i].whole.size_bytes;
		}
		ATF_REQUIRE_EQ_MSG(head.size_bytes, sum, "seed %u", seed);
	}
}

ATF_TC_WITHOUT_HEAD(list__ten_megabytes_of_fields__within_two_seconds);
ATF_TC_BODY(list__ten_megabytes_of_fields__within_two_seconds, tc)
{
	size_t size_bytes = 10 << 20;
	char *text = malloc(size_bytes);
	struct span head = { text, size_bytes };
	struct field_list list;
	double before_s = cpu_s();
	size_t i;

	ATF_REQUIRE(text != NULL);
	for (i = 0; i + 8 <= size_bytes; i += 8)
		memcpy(text + i, "A: b\n c\n", 8);
	field_list_read(&list, head, test_arena());
	ATF_CHECK_EQ(size_bytes / 8, list.count);
	ATF_CHECK(cpu_s() - before_s < limit_s());
	free(text);
}

ATF_TC_WITHOUT_HEAD(list__no_memory__says_so);
ATF_TC_BODY(list__no_memory__says_so, tc)
{
	struct field_list list;
	struct arena arena;

	arena_start(&arena, 100);
	field_list_read(&list, SPAN("A: b\n"), &arena);
	ATF_CHECK(arena.is_exhausted);
	ATF_CHECK_EQ(0, list.count);
	arena_end(&arena);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, next__field__name_value_and_whole);
	ATF_TP_ADD_TC(tp, next__folded__all_its_lines);
	ATF_TP_ADD_TC(tp, next__crlf__line_end_not_in_the_value);
	ATF_TP_ADD_TC(tp, next__blanks_before_colon__not_in_the_name);
	ATF_TP_ADD_TC(tp, next__nul_in_value__a_byte_like_others);
	ATF_TP_ADD_TC(tp, next__no_line_end__value_to_the_end);
	ATF_TP_ADD_TC(tp, next__empty_value__empty);
	ATF_TP_ADD_TC(tp, next__lines_that_are_no_field__passed_over);
	ATF_TP_ADD_TC(tp, next__empty_line__end);
	ATF_TP_ADD_TC(tp, named__other_case__yes);
	ATF_TP_ADD_TC(tp, find__second_of_its_name__first_found);
	ATF_TP_ADD_TC(tp, name__rfc_5322_2_2__printable_without_colon);
	ATF_TP_ADD_TC(tp, split__empty_line__between);
	ATF_TP_ADD_TC(tp, split__crlf__between);
	ATF_TP_ADD_TC(tp, split__no_empty_line__all_head);
	ATF_TP_ADD_TC(tp, split__first_line_no_field__all_body);
	ATF_TP_ADD_TC(tp, split__empty_first_line__goes);
	ATF_TP_ADD_TC(tp, list__any_bytes__entries_make_the_header);
	ATF_TP_ADD_TC(tp, list__ten_megabytes_of_fields__within_two_seconds);
	ATF_TP_ADD_TC(tp, list__no_memory__says_so);
	return atf_no_error();
}
