#include "mime/part.h"

#include <atf-c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mime/field.h"
#include "tests/support/arenas.h"
#include "tests/support/guard.h"
#include "tests/support/prng.h"
#include "tests/support/spans.h"

static struct part_list
parts_of(struct span message, struct arena *arena)
{
	struct part_list list;
	struct span head, body;

	field_split(message, &head, &body);
	part_read(&list, head, body, arena);
	return list;
}

static const char mixed[] = "Content-Type: multipart/mixed; boundary=\"b 1\"\n"
			    "\n"
			    "prologue\n"
			    "--b 1\n"
			    "\n"
			    "plain\n"
			    "\n"
			    "--b 1 \n"
			    "Content-Type: text/html; charset=iso-8859-1\n"
			    "Content-Transfer-Encoding: quoted-printable\n"
			    "\n"
			    "<p>h=E4</p>\n"
			    "--b 1\n"
			    "Content-Type: message/rfc822\n"
			    "\n"
			    "Subject: =?utf-8?Q?=C3=A4?=\n"
			    "\n"
			    "inner\n"
			    "--b 1\n"
			    "Content-Type: application/octet-stream\n"
			    "Content-Transfer-Encoding: base64\n"
			    "\n"
			    "AGE=\n"
			    "--b 1--\n"
			    "epilogue\n";

ATF_TC_WITHOUT_HEAD(read__plain__one_part);
ATF_TC_BODY(read__plain__one_part, tc)
{
	struct part_list list =
	    parts_of(SPAN("Subject: x\n\nbody\n"), test_arena());

	ATF_REQUIRE_EQ(1, list.count);
	CHECK_SPAN("text/plain", list.parts[0].type);
	CHECK_SPAN("body\n", list.parts[0].body);
	ATF_CHECK_EQ(1, list.parts[0].end);
	ATF_CHECK(!list.is_cut);
}

ATF_TC_WITHOUT_HEAD(read__multipart__parts_in_order);
ATF_TC_BODY(read__multipart__parts_in_order, tc)
{
	struct part_list list = parts_of(span_of(mixed), test_arena());

	ATF_REQUIRE_EQ(6, list.count);
	ATF_CHECK(list.parts[0].is_multipart);
	ATF_CHECK_EQ(6, list.parts[0].end);
	CHECK_SPAN("prologue", list.parts[0].prologue);
	CHECK_SPAN("epilogue\n", list.parts[0].epilogue);
	CHECK_SPAN("text/plain", list.parts[1].type);
	CHECK_SPAN("plain\n", list.parts[1].body);
	ATF_CHECK_EQ(1, list.parts[1].depth);
	CHECK_SPAN("text/html", list.parts[2].type);
	CHECK_SPAN("iso-8859-1", list.parts[2].charset);
	ATF_CHECK(list.parts[3].is_message);
	ATF_CHECK_EQ(5, list.parts[3].end);
	ATF_CHECK_EQ(2, list.parts[4].depth);
	CHECK_SPAN("inner", list.parts[4].body);
	ATF_CHECK_EQ(PART_BASE64, list.parts[5].encoding);
}

ATF_TC_WITHOUT_HEAD(content__each_kind__what_rfc_5173_says);
ATF_TC_BODY(content__each_kind__what_rfc_5173_says, tc)
{
	struct arena *arena = test_arena();
	struct part_list list = parts_of(span_of(mixed), arena);

	ATF_REQUIRE_EQ(6, list.count);
	CHECK_SPAN("prologue", part_content(&list.parts[0], arena));
	CHECK_SPAN("plain\n", part_content(&list.parts[1], arena));
	CHECK_SPAN("<p>h\303\244</p>", part_content(&list.parts[2], arena));
	CHECK_SPAN("Subject: \303\244\n", part_content(&list.parts[3], arena));
	CHECK_SPAN("\0a", part_content(&list.parts[5], arena));
}

ATF_TC_WITHOUT_HEAD(text__each_kind__text_alone);
ATF_TC_BODY(text__each_kind__text_alone, tc)
{
	struct arena *arena = test_arena();
	struct part_list list = parts_of(span_of(mixed), arena);
	struct span text;

	ATF_REQUIRE_EQ(6, list.count);
	ATF_CHECK(!part_text(&list.parts[0], arena, &text));
	ATF_CHECK(!part_text(&list.parts[3], arena, &text));
	ATF_CHECK(!part_text(&list.parts[5], arena, &text));
	ATF_REQUIRE(part_text(&list.parts[2], arena, &text));
	CHECK_SPAN("\nh\303\244\n", text);
}

ATF_TC_WITHOUT_HEAD(read__crlf__the_same_parts);
ATF_TC_BODY(read__crlf__the_same_parts, tc)
{
	struct part_list list = parts_of(
	    SPAN("Content-Type: multipart/x; boundary=b\r\n\r\n--b\r\n\r\n"
		 "one\r\n--b\r\n\r\ntwo\r\n\r\n--b--\r\n"),
	    test_arena());

	ATF_REQUIRE_EQ(3, list.count);
	CHECK_SPAN("one", list.parts[1].body);
	CHECK_SPAN("two\r\n", list.parts[2].body);
}

ATF_TC_WITHOUT_HEAD(read__inner_boundary_begins_like_outer__told_apart);
ATF_TC_BODY(read__inner_boundary_begins_like_outer__told_apart, tc)
{
	struct part_list list = parts_of(
	    SPAN("Content-Type: multipart/mixed; boundary=b\n\n--b\n"
		 "Content-Type: multipart/mixed; boundary=bb\n\n--bb\n\nx\n"
		 "--bb--\n--b\n\ny\n--b--\n"),
	    test_arena());

	ATF_REQUIRE_EQ(4, list.count);
	CHECK_SPAN("x", list.parts[2].body);
	CHECK_SPAN("y", list.parts[3].body);
}

ATF_TC_WITHOUT_HEAD(read__last_boundary_missing__part_to_the_end);
ATF_TC_BODY(read__last_boundary_missing__part_to_the_end, tc)
{
	struct part_list list = parts_of(
	    SPAN("Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n"),
	    test_arena());

	ATF_REQUIRE_EQ(2, list.count);
	CHECK_SPAN("x\n", list.parts[1].body);
}

ATF_TC_WITHOUT_HEAD(read__no_boundary__not_taken_apart);
ATF_TC_BODY(read__no_boundary__not_taken_apart, tc)
{
	struct part_list list =
	    parts_of(SPAN("Content-Type: multipart/mixed\n\n--b\n\nx\n"),
		test_arena());

	ATF_REQUIRE_EQ(1, list.count);
	ATF_CHECK(!list.parts[0].is_multipart);
}

ATF_TC_WITHOUT_HEAD(read__digest__messages_by_default);
ATF_TC_BODY(read__digest__messages_by_default, tc)
{
	struct part_list list =
	    parts_of(SPAN(
			 "Content-Type: multipart/digest; boundary=b\n\n--b\n\n"
			 "Subject: x\n\ny\n--b--\n"),
		test_arena());

	ATF_REQUIRE_EQ(3, list.count);
	CHECK_SPAN("message/rfc822", list.parts[1].type);
	CHECK_SPAN("y", list.parts[2].body);
}

ATF_TC_WITHOUT_HEAD(read__type_that_cannot_be_read__text_plain);
ATF_TC_BODY(read__type_that_cannot_be_read__text_plain, tc)
{
	struct part_list list =
	    parts_of(SPAN("Content-Type: ?\n\nx"), test_arena());

	CHECK_SPAN("text/plain", list.parts[0].type);
}

ATF_TC_WITHOUT_HEAD(type__rfc_5173_5_2__words_and_types);
ATF_TC_BODY(type__rfc_5173_5_2__words_and_types, tc)
{
	struct part_list list =
	    parts_of(SPAN("Content-Type: Text/HTML\n\nx"), test_arena());
	struct part *part = &list.parts[0];

	ATF_CHECK(part_is_type(part, SPAN("")));
	ATF_CHECK(part_is_type(part, SPAN("TEXT")));
	ATF_CHECK(part_is_type(part, SPAN("text/Html")));
	ATF_CHECK(!part_is_type(part, SPAN("text/")));
	ATF_CHECK(!part_is_type(part, SPAN("/html")));
	ATF_CHECK(!part_is_type(part, SPAN("text/htm")));
	ATF_CHECK(!part_is_type(part, SPAN("tex")));
	ATF_CHECK(!part_is_type(part, SPAN("text/html/x")));
}

ATF_TC_WITHOUT_HEAD(content__unknown_set__bytes_as_they_are);
ATF_TC_BODY(content__unknown_set__bytes_as_they_are, tc)
{
	struct arena *arena = test_arena();
	struct part_list list =
	    parts_of(SPAN("Content-Type: text/plain; charset=x-none\n\n\344"),
		arena);

	CHECK_SPAN("\344", part_content(&list.parts[0], arena));
}

ATF_TC_WITHOUT_HEAD(read__deeper_than_the_limit__cut);
ATF_TC_BODY(read__deeper_than_the_limit__cut, tc)
{
	char *text = malloc(100000);
	size_t length = 0;
	struct part_list list;
	int i;

	ATF_REQUIRE(text != NULL);
	for (i = 0; i < 100; i++)
		length += (size_t)snprintf(text + length, 100000 - length,
		    "Content-Type: multipart/x; boundary=b%d\n\n--b%d\n", i, i);
	list = parts_of((struct span){ text, length }, test_arena());
	ATF_CHECK(list.is_cut);
	ATF_CHECK_EQ(PART_DEPTH_MAX + 1, list.count);
	length = 0;
	for (i = 0; i < 100; i++)
		length += (size_t)snprintf(text + length, 100000 - length,
		    "Content-Type: message/rfc822\n\n");
	list = parts_of((struct span){ text, length }, test_arena());
	ATF_CHECK(list.is_cut);
	ATF_CHECK_EQ(PART_DEPTH_MAX + 1, list.count);
	free(text);
}

ATF_TC_WITHOUT_HEAD(read__more_than_the_limit__cut);
ATF_TC_BODY(read__more_than_the_limit__cut, tc)
{
	size_t size_bytes = 10 << 20, length;
	char *text = malloc(size_bytes);
	struct part_list list;
	double before_s = cpu_s();

	ATF_REQUIRE(text != NULL);
	length = (size_t)snprintf(text, size_bytes,
	    "Content-Type: multipart/mixed; boundary=b\n\n");
	for (; length + 5 <= size_bytes; length += 5)
		memcpy(text + length, "--b\n\n", 5);
	list = parts_of((struct span){ text, length }, test_arena());
	ATF_CHECK(list.is_cut);
	ATF_CHECK_EQ(PART_COUNT_MAX, list.count);
	ATF_CHECK(cpu_s() - before_s < limit_s());
	free(text);
}

ATF_TC_WITHOUT_HEAD(read__ten_megabytes_deep_in_boundaries__within_two_seconds);
ATF_TC_BODY(read__ten_megabytes_deep_in_boundaries__within_two_seconds, tc)
{
	size_t size_bytes = 10 << 20, length = 0;
	char *text = malloc(size_bytes);
	double before_s = cpu_s();
	int i;

	ATF_REQUIRE(text != NULL);
	for (i = 0; i < 32; i++)
		length += (size_t)snprintf(text + length, size_bytes - length,
		    "Content-Type: multipart/x; boundary=b%d\n\n--b%d\n", i, i);
	for (; length + 3 <= size_bytes; length += 3)
		memcpy(text + length, "--\n", 3);
	(void)parts_of((struct span){ text, length }, test_arena());
	ATF_CHECK_MSG(cpu_s() - before_s < limit_s(), "%f", cpu_s() - before_s);
	free(text);
}

ATF_TC_WITHOUT_HEAD(read__any_bytes__all_spans_inside);
ATF_TC_BODY(read__any_bytes__all_spans_inside, tc)
{
	static const char *const words[] = {
		"Content-Type: multipart/m; boundary=b\n\n", "--b\n", "--b--\n",
		"\n", "--b", "x\n", "Content-Type: message/rfc822\n\n",
		"Content-Transfer-Encoding: base64\n",
		"Content-Type: text/html\n"
	};
	char text[600];
	unsigned int seed;

	for (seed = 0; seed < 5000; seed++) {
		struct prng prng = prng_start(seed);
		size_t length = prng_words(&prng, text, sizeof(text), words, 9);
		struct span all = guard_place(text, length);
		struct arena *arena = test_arena();
		struct part_list list = parts_of(all, arena);
		size_t i;

		for (i = 0; i < list.count; i++) {
			struct part *part = &list.parts[i];
			struct span got;

			ATF_REQUIRE_MSG(part->end > i &&
				part->end <= list.count,
			    "seed %u", seed);
			ATF_REQUIRE_MSG(part->body.size_bytes == 0 ||
				(part->body.at >= all.at &&
				    part->body.at + part->body.size_bytes <=
					all.at + length),
			    "seed %u", seed);
			(void)part_content(part, arena);
			(void)part_text(part, arena, &got);
		}
	}
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, read__plain__one_part);
	ATF_TP_ADD_TC(tp, read__multipart__parts_in_order);
	ATF_TP_ADD_TC(tp, content__each_kind__what_rfc_5173_says);
	ATF_TP_ADD_TC(tp, text__each_kind__text_alone);
	ATF_TP_ADD_TC(tp, read__crlf__the_same_parts);
	ATF_TP_ADD_TC(tp, read__inner_boundary_begins_like_outer__told_apart);
	ATF_TP_ADD_TC(tp, read__last_boundary_missing__part_to_the_end);
	ATF_TP_ADD_TC(tp, read__no_boundary__not_taken_apart);
	ATF_TP_ADD_TC(tp, read__digest__messages_by_default);
	ATF_TP_ADD_TC(tp, read__type_that_cannot_be_read__text_plain);
	ATF_TP_ADD_TC(tp, type__rfc_5173_5_2__words_and_types);
	ATF_TP_ADD_TC(tp, content__unknown_set__bytes_as_they_are);
	ATF_TP_ADD_TC(tp, read__deeper_than_the_limit__cut);
	ATF_TP_ADD_TC(tp, read__more_than_the_limit__cut);
	ATF_TP_ADD_TC(tp,
	    read__ten_megabytes_deep_in_boundaries__within_two_seconds);
	ATF_TP_ADD_TC(tp, read__any_bytes__all_spans_inside);
	return atf_no_error();
}
