#include "mime/address.h"

#include <atf-c.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/arenas.h"
#include "tests/support/guard.h"
#include "tests/support/prng.h"
#include "tests/support/spans.h"

static struct address_list
all_of(struct span value)
{
	struct address_list list;

	address_read(&list, value, test_arena());
	return list;
}

static struct address
only_of(struct span value)
{
	struct address_list list = all_of(value);

	ATF_REQUIRE_EQ(1, list.count);
	return list.items[0];
}

#define CHECK_ADDRESS(text, want_local, want_domain, want_name)       \
	do {                                                          \
		struct address got = only_of(SPAN(text));             \
                                                                      \
		ATF_CHECK_MSG(got.is_valid, "%s is not valid", text); \
		CHECK_SPAN(want_local, got.local);                    \
		CHECK_SPAN(want_domain, got.domain);                  \
		CHECK_SPAN(want_name, got.name);                      \
		CHECK_SPAN(want_local "@" want_domain, got.all);      \
	} while (0)

#define CHECK_INVALID(text)                                        \
	do {                                                       \
		struct address got = only_of(SPAN(text));          \
                                                                   \
		ATF_CHECK_MSG(!got.is_valid, "%s is valid", text); \
		CHECK_SPAN(text, got.all);                         \
	} while (0)

ATF_TC_WITHOUT_HEAD(read__rfc_5322_a_1_1__one_mailbox);
ATF_TC_BODY(read__rfc_5322_a_1_1__one_mailbox, tc)
{
	CHECK_ADDRESS("John Doe <jdoe@machine.example>", "jdoe",
	    "machine.example", "John Doe");
	CHECK_ADDRESS("mary@example.net", "mary", "example.net", "");
}

ATF_TC_WITHOUT_HEAD(read__rfc_5322_a_1_2__several);
ATF_TC_BODY(read__rfc_5322_a_1_2__several, tc)
{
	struct address_list list = all_of(SPAN(
	    "Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>,\n"
	    " <boss@nil.test>, \"Giant; \\\"Big\\\" Box\" <s@example.net>"));

	ATF_REQUIRE_EQ(5, list.count);
	CHECK_SPAN("mary@x.test", list.items[0].all);
	CHECK_SPAN("jdoe@example.org", list.items[1].all);
	CHECK_SPAN("Who?", list.items[2].name);
	CHECK_SPAN("boss@nil.test", list.items[3].all);
	CHECK_SPAN("Giant; \"Big\" Box", list.items[4].name);
}

ATF_TC_WITHOUT_HEAD(read__rfc_5322_a_1_3__members_of_groups);
ATF_TC_BODY(read__rfc_5322_a_1_3__members_of_groups, tc)
{
	struct address_list list =
	    all_of(SPAN("A Group:Ed Jones <c@a.test>,joe@where.test,John "
			"<jdoe@one.test>;, x@y.test"));

	ATF_REQUIRE_EQ(4, list.count);
	CHECK_SPAN("c@a.test", list.items[0].all);
	CHECK_SPAN("Ed Jones", list.items[0].name);
	CHECK_SPAN("jdoe@one.test", list.items[2].all);
	CHECK_SPAN("x@y.test", list.items[3].all);
	ATF_CHECK_EQ(0, all_of(SPAN("Undisclosed recipients:;")).count);
}

ATF_TC_WITHOUT_HEAD(read__rfc_5322_a_5__comments_and_blanks);
ATF_TC_BODY(read__rfc_5322_a_5__comments_and_blanks, tc)
{
	CHECK_ADDRESS("Pete(A nice \\) chap) <pete(his account)@silly.test(his "
		      "host)>",
	    "pete", "silly.test", "Pete");
	ATF_CHECK_EQ(0,
	    all_of(SPAN("(Empty list)(start)Hidden recipients  :(nobody(that "
			"I know))  ;"))
		.count);
}

ATF_TC_WITHOUT_HEAD(read__rfc_5322_a_6_1__obsolete_forms);
ATF_TC_BODY(read__rfc_5322_a_6_1__obsolete_forms, tc)
{
	struct address_list list =
	    all_of(SPAN("Mary Smith <@node.test:mary@example.net>, , "
			"jdoe@test   . example"));

	ATF_REQUIRE_EQ(2, list.count);
	CHECK_SPAN("mary@example.net", list.items[0].all);
	CHECK_SPAN("jdoe@test.example", list.items[1].all);
	CHECK_ADDRESS("Joe Q. Public <john.q.public@example.com>",
	    "john.q.public", "example.com", "Joe Q. Public");
	CHECK_ADDRESS("<@a,@b:x@y>", "x", "y", "");
}

ATF_TC_WITHOUT_HEAD(read__comment_behind__is_the_name);
ATF_TC_BODY(read__comment_behind__is_the_name, tc)
{
	CHECK_ADDRESS("al@example.org (Al Smith)", "al", "example.org",
	    "Al Smith");
}

/* The whole of it has them again, where it would be another one without. */
ATF_TC_WITHOUT_HEAD(read__quoted_local__without_quotes);
ATF_TC_BODY(read__quoted_local__without_quotes, tc)
{
	struct address address = only_of(SPAN("\"a b\\\"c\"@x.test"));

	CHECK_SPAN("a b\"c", address.local);
	CHECK_SPAN("\"a b\\\"c\"@x.test", address.all);
	address = only_of(SPAN("\"\"@x.test"));
	CHECK_SPAN("", address.local);
	CHECK_SPAN("\"\"@x.test", address.all);
	CHECK_ADDRESS("\"ab\"@x.test", "ab", "x.test", "");
	CHECK_ADDRESS("a.\"b\".c@x.test", "a.b.c", "x.test", "");
}

ATF_TC_WITHOUT_HEAD(read__domain_literal__with_brackets);
ATF_TC_BODY(read__domain_literal__with_brackets, tc)
{
	CHECK_ADDRESS("a@[192.0.2.1]", "a", "[192.0.2.1]", "");
	CHECK_ADDRESS("<a@[IPv6:2001:db8::1]>", "a", "[IPv6:2001:db8::1]", "");
}

ATF_TC_WITHOUT_HEAD(read__utf8__taken);
ATF_TC_BODY(read__utf8__taken, tc)
{
	CHECK_ADDRESS("J\303\270rn <j\303\270rn@d\303\244.test>", "j\303\270rn",
	    "d\303\244.test", "J\303\270rn");
}

ATF_TC_WITHOUT_HEAD(read__encoded_word__left_in_the_name);
ATF_TC_BODY(read__encoded_word__left_in_the_name, tc)
{
	CHECK_ADDRESS("=?utf-8?Q?J=C3=B8rn?= <j@d.test>", "j", "d.test",
	    "=?utf-8?Q?J=C3=B8rn?=");
}

ATF_TC_WITHOUT_HEAD(read__dots_where_none_belong__taken);
ATF_TC_BODY(read__dots_where_none_belong__taken, tc)
{
	CHECK_ADDRESS("a..b.@x.test", "a..b.", "x.test", "");
}

ATF_TC_WITHOUT_HEAD(read__null__null_and_valid);
ATF_TC_BODY(read__null__null_and_valid, tc)
{
	struct address got = only_of(SPAN("<>"));

	ATF_CHECK(got.is_null && got.is_valid);
	CHECK_SPAN("", got.all);
}

ATF_TC_WITHOUT_HEAD(read__not_an_address__as_written);
ATF_TC_BODY(read__not_an_address__as_written, tc)
{
	CHECK_INVALID("root");
	CHECK_INVALID("John Doe");
	CHECK_INVALID("a b@x.test");
	CHECK_INVALID("a@");
	CHECK_INVALID("@x.test");
	CHECK_INVALID("a@b@c");
	CHECK_INVALID("<a@x.test");
	CHECK_INVALID("<a@x.test> b");
	CHECK_INVALID("<root>");
	CHECK_INVALID("a@x y");
	CHECK_INVALID("a@[1.2.3.4");
	CHECK_INVALID("a@\"b\"");
	CHECK_INVALID("\"a@x.test");
	CHECK_INVALID("(a@x.test");
	CHECK_INVALID("<@a b@c>");
}

ATF_TC_WITHOUT_HEAD(read__broken_item__the_next_one_is_read);
ATF_TC_BODY(read__broken_item__the_next_one_is_read, tc)
{
	struct address_list list =
	    all_of(SPAN("root, a@x.test, b c@d (x, y), e@f.test"));

	ATF_REQUIRE_EQ(4, list.count);
	CHECK_SPAN("root", list.items[0].all);
	ATF_CHECK(list.items[1].is_valid);
	CHECK_SPAN("b c@d (x, y)", list.items[2].all);
	CHECK_SPAN("e@f.test", list.items[3].all);
}

ATF_TC_WITHOUT_HEAD(read__nothing__none);
ATF_TC_BODY(read__nothing__none, tc)
{
	ATF_CHECK_EQ(0, all_of(SPAN("")).count);
	ATF_CHECK_EQ(0, all_of(SPAN(" , (x) ,\n")).count);
}

static struct address
path_of(struct span text)
{
	struct address address;

	address_path(&address, text, test_arena());
	return address;
}

ATF_TC_WITHOUT_HEAD(path__with_and_without_angles__the_same);
ATF_TC_BODY(path__with_and_without_angles__the_same, tc)
{
	CHECK_SPAN("a@b.test", path_of(SPAN("a@b.test")).all);
	CHECK_SPAN("a@b.test", path_of(SPAN("<a@b.test>")).all);
	CHECK_SPAN("a@b.test", path_of(SPAN("<@x,@y:a@b.test>")).all);
	CHECK_SPAN("b.test", path_of(SPAN("<a@b.test>")).domain);
	ATF_CHECK(path_of(SPAN("<a@b.test>")).is_valid);
}

ATF_TC_WITHOUT_HEAD(path__null__null);
ATF_TC_BODY(path__null__null, tc)
{
	ATF_CHECK(path_of(SPAN("")).is_null);
	ATF_CHECK(path_of(SPAN("<>")).is_null);
	ATF_CHECK(path_of(SPAN(" <> ")).is_valid);
}

ATF_TC_WITHOUT_HEAD(path__local_user__valid_without_domain);
ATF_TC_BODY(path__local_user__valid_without_domain, tc)
{
	ATF_CHECK(path_of(SPAN("root")).is_valid);
	CHECK_SPAN("root", path_of(SPAN("<root>")).all);
	CHECK_SPAN("", path_of(SPAN("root")).domain);
}

ATF_TC_WITHOUT_HEAD(path__broken__not_valid);
ATF_TC_BODY(path__broken__not_valid, tc)
{
	ATF_CHECK(!path_of(SPAN("a b")).is_valid);
	ATF_CHECK(!path_of(SPAN("<a@b")).is_valid);
	ATF_CHECK(!path_of(SPAN("a@b, c@d")).is_valid);
	ATF_CHECK(!path_of(SPAN("a@")).is_valid);
}

ATF_TC_WITHOUT_HEAD(sendable__one_address__yes);
ATF_TC_BODY(sendable__one_address__yes, tc)
{
	ATF_CHECK(address_is_sendable(SPAN("a.b+c@x.test"), test_arena()));
	ATF_CHECK(address_is_sendable(SPAN("\"a b\"@x.test"), test_arena()));
	ATF_CHECK(address_is_sendable(SPAN("a@[192.0.2.1]"), test_arena()));
	ATF_CHECK(
	    address_is_sendable(SPAN("\303\244@\303\266.test"), test_arena()));
}

ATF_TC_WITHOUT_HEAD(sendable__anything_else__no);
ATF_TC_BODY(sendable__anything_else__no, tc)
{
	static const char *const texts[] = { "", "a", "<a@b>", "a@b, c@d",
		"a@b,", "x:a@b;", "a@b (c)", "a @b", "a@b\n", "a\r@b",
		"A <a@b>", "a..b@c", ".a@c", "a@c.", "a@b..c", "\377@b",
		"\"a\n\"@b", "@b", "a@", "\"\"@b", "(x)a@b", ";a@b" };
	char text[400];
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		ATF_CHECK_MSG(!address_is_sendable(span_of(texts[i]),
				  test_arena()),
		    "\"%s\"", texts[i]);
	memset(text, 'a', sizeof(text));
	text[200] = '@';
	ATF_CHECK(!address_is_sendable((struct span){ text, sizeof(text) },
	    test_arena()));
}

ATF_TC_WITHOUT_HEAD(read__any_bytes__no_crash);
ATF_TC_BODY(read__any_bytes__no_crash, tc)
{
	static const char *const words[] = { "a@b", "<", ">", "(", ")", "\"",
		",", ";", ":", "@", ".", " ", "\\", "[", "]", "root" };
	char text[120];
	unsigned int seed;

	for (seed = 0; seed < 30000; seed++) {
		struct prng prng = prng_start(seed);
		size_t length =
		    prng_words(&prng, text, sizeof(text), words, 16);
		struct span placed = guard_place(text, length);
		struct address_list list = all_of(placed);

		ATF_REQUIRE_MSG(list.count <= length + 1, "seed %u", seed);
		(void)path_of(placed);
		(void)address_is_sendable(placed, test_arena());
	}
}

static void
check_fast(const char *piece)
{
	size_t size_bytes = 4 << 20;
	char *text = malloc(size_bytes);
	struct span whole = { text, size_bytes };
	double before_s = cpu_s();
	size_t i;

	ATF_REQUIRE(text != NULL);
	for (i = 0; i < size_bytes; i++)
		text[i] = piece[i % strlen(piece)];
	(void)all_of(whole);
	ATF_CHECK_MSG(cpu_s() - before_s < limit_s(), "%s: %f", piece,
	    cpu_s() - before_s);
	free(text);
}

ATF_TC_WITHOUT_HEAD(read__four_megabytes__within_two_seconds);
ATF_TC_BODY(read__four_megabytes__within_two_seconds, tc)
{
	static const char *const pieces[] = { "a@b,", "(", "(,", "\"", "\",",
		"<", "<@a,", "a@[,", ":", ",", "a b (,(,", "a.", "a ", "<>,",
		"a@[\"],", "\\\"(,", "<a@b>(", "a\"b,(" };
	size_t i;

	for (i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++)
		check_fast(pieces[i]);
}

/* Read, and written again. */
static struct span
written(struct span text)
{
	struct arena *arena = test_arena();
	struct address_list list;
	struct buffer out;

	address_read(&list, text, arena);
	ATF_REQUIRE(list.count == 1 && list.items[0].is_valid);
	buffer_start(&out, arena);
	address_add(&out, &list.items[0]);
	return buffer_span(&out);
}

ATF_TC_WITHOUT_HEAD(add__local_part__quotes_only_where_they_must_be);
ATF_TC_BODY(add__local_part__quotes_only_where_they_must_be, tc)
{
	CHECK_SPAN("al@b.example", written(SPAN("\"al\"@b.example")));
	CHECK_SPAN("a.b@c.example", written(SPAN("X <\"a.b\"@c.example>")));
	CHECK_SPAN("\"a b\"@c.example", written(SPAN("\"a b\"@c.example")));
	CHECK_SPAN("\"a\\\"b\"@c.example",
	    written(SPAN("\"a\\\"b\"@c.example")));
	CHECK_SPAN("\".a\"@c.example", written(SPAN("\".a\"@c.example")));
	CHECK_SPAN("\"\"@c.example", written(SPAN("\"\"@c.example")));
	CHECK_SPAN("a@[IPv6:::1]", written(SPAN("a@[IPv6:::1]")));
}

ATF_TC_WITHOUT_HEAD(extras__groups_and_routes__told_from_colons_elsewhere);
ATF_TC_BODY(extras__groups_and_routes__told_from_colons_elsewhere, tc)
{
	struct arena *arena = test_arena();

	ATF_CHECK(address_has_extras(SPAN("g: a@b.example;"), arena));
	ATF_CHECK(address_has_extras(SPAN("<@c.example:a@b.example>"), arena));
	ATF_CHECK(!address_has_extras(SPAN("a@b.example, c@d.example"), arena));
	ATF_CHECK(!address_has_extras(SPAN("\"a:b\" <a@b.example>"), arena));
	ATF_CHECK(!address_has_extras(SPAN("a@b.example (x: y;)"), arena));
	ATF_CHECK(!address_has_extras(SPAN("a@[IPv6:::1]"), arena));
	ATF_CHECK(!address_has_extras(SPAN(""), arena));
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, add__local_part__quotes_only_where_they_must_be);
	ATF_TP_ADD_TC(tp,
	    extras__groups_and_routes__told_from_colons_elsewhere);
	ATF_TP_ADD_TC(tp, read__rfc_5322_a_1_1__one_mailbox);
	ATF_TP_ADD_TC(tp, read__rfc_5322_a_1_2__several);
	ATF_TP_ADD_TC(tp, read__rfc_5322_a_1_3__members_of_groups);
	ATF_TP_ADD_TC(tp, read__rfc_5322_a_5__comments_and_blanks);
	ATF_TP_ADD_TC(tp, read__rfc_5322_a_6_1__obsolete_forms);
	ATF_TP_ADD_TC(tp, read__comment_behind__is_the_name);
	ATF_TP_ADD_TC(tp, read__quoted_local__without_quotes);
	ATF_TP_ADD_TC(tp, read__domain_literal__with_brackets);
	ATF_TP_ADD_TC(tp, read__utf8__taken);
	ATF_TP_ADD_TC(tp, read__encoded_word__left_in_the_name);
	ATF_TP_ADD_TC(tp, read__dots_where_none_belong__taken);
	ATF_TP_ADD_TC(tp, read__null__null_and_valid);
	ATF_TP_ADD_TC(tp, read__not_an_address__as_written);
	ATF_TP_ADD_TC(tp, read__broken_item__the_next_one_is_read);
	ATF_TP_ADD_TC(tp, read__nothing__none);
	ATF_TP_ADD_TC(tp, path__with_and_without_angles__the_same);
	ATF_TP_ADD_TC(tp, path__null__null);
	ATF_TP_ADD_TC(tp, path__local_user__valid_without_domain);
	ATF_TP_ADD_TC(tp, path__broken__not_valid);
	ATF_TP_ADD_TC(tp, sendable__one_address__yes);
	ATF_TP_ADD_TC(tp, sendable__anything_else__no);
	ATF_TP_ADD_TC(tp, read__any_bytes__no_crash);
	ATF_TP_ADD_TC(tp, read__four_megabytes__within_two_seconds);
	return atf_no_error();
}
