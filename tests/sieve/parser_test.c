#include "sieve/parser.h"

#include <atf-c.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/guard.h"

enum { NESTING = 5 };

static struct arena arena;
static struct sieve_errors errors;
static char shown[4096];

static void show(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void
show(const char *format, ...)
{
	size_t length = strlen(shown);
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(shown + length, sizeof(shown) - length, format,
	    arguments);
	va_end(arguments);
}

static void
show_argument(const struct tree_argument *argument)
{
	const struct tree_string *string = argument->strings;

	if (argument->kind == TREE_NUMBER)
		show(" %llu", (unsigned long long)argument->number);
	else if (argument->kind == TREE_TAG)
		show(" :%.*s", (int)argument->tag.size_bytes, argument->tag.at);
	else {
		show(argument->is_list ? " [" : " ");
		for (; string != NULL; string = string->next)
			show("'%.*s'", (int)string->text.size_bytes,
			    string->text.at);
		show(argument->is_list ? "]" : "");
	}
}

/* One line: commands end in ";", tests stand in "()", blocks in "{}". */
static void
show_nodes(const struct tree_node *node)
{
	for (; node != NULL; node = node->next) {
		const struct tree_argument *argument = node->arguments;

		show("%.*s", (int)node->name.size_bytes, node->name.at);
		for (; argument != NULL; argument = argument->next)
			show_argument(argument);
		if (node->tests != NULL) {
			show(node->has_test_list ? " list(" : " (");
			show_nodes(node->tests);
			show(")");
		}
		if (node->has_block) {
			show(" {");
			show_nodes(node->block);
			show("}");
		} else
			show(";");
	}
}

static bool
read_script(const char *text, struct tree_node **tree)
{
	arena_start(&arena, (size_t)1 << 24);
	errors.count = 0;
	return parser_read("t", guard_place(text, strlen(text)), NESTING,
	    &arena, &errors, tree);
}

static void
check_read(const char *text, const char *expected)
{
	struct tree_node *tree;

	shown[0] = '\0';
	ATF_CHECK_MSG(read_script(text, &tree), "%s: %s", text,
	    errors.list[0].text);
	show_nodes(tree);
	ATF_CHECK_STREQ(expected, shown);
	arena_end(&arena);
}

static void
check_refused(const char *text, unsigned line, unsigned column,
    const char *sentence)
{
	struct tree_node *tree;

	ATF_CHECK_MSG(!read_script(text, &tree), "accepted: %s", text);
	ATF_REQUIRE_EQ(1, errors.count);
	ATF_CHECK_STREQ(sentence, errors.list[0].text);
	ATF_CHECK_EQ_MSG(line, errors.list[0].place.line, "line %u: %s",
	    errors.list[0].place.line, text);
	ATF_CHECK_EQ_MSG(column, errors.list[0].place.column, "column %u: %s",
	    errors.list[0].place.column, text);
	arena_end(&arena);
}

ATF_TC_WITHOUT_HEAD(read__no_command__empty_tree);
ATF_TC_BODY(read__no_command__empty_tree, tc)
{
	check_read("", "");
	check_read("# nothing\n/* at all */", "");
}

ATF_TC_WITHOUT_HEAD(read__commands__in_their_order);
ATF_TC_BODY(read__commands__in_their_order, tc)
{
	check_read("keep; discard ; stop\n;", "keep;discard;stop;");
}

ATF_TC_WITHOUT_HEAD(read__arguments__of_each_kind);
ATF_TC_BODY(read__arguments__of_each_kind, tc)
{
	check_read("x :t \"s\" 1K [\"a\", \"b\"] [\"c\"];",
	    "x :t 's' 1024 ['a''b'] ['c'];");
}

ATF_TC_WITHOUT_HEAD(read__test__behind_the_arguments);
ATF_TC_BODY(read__test__behind_the_arguments, tc)
{
	check_read("if not header :is \"a\" \"b\" {keep;}",
	    "if (not (header :is 'a' 'b';);) {keep;}");
}

ATF_TC_WITHOUT_HEAD(read__test_list__in_its_order);
ATF_TC_BODY(read__test_list__in_its_order, tc)
{
	check_read("if anyof(true, allof(false), x 1) {}",
	    "if (anyof list(true;allof list(false;);x 1;);) {}");
}

ATF_TC_WITHOUT_HEAD(read__blocks__within_each_other);
ATF_TC_BODY(read__blocks__within_each_other, tc)
{
	check_read("if true { if false { keep; } stop; } else { }",
	    "if (true;) {if (false;) {keep;}stop;}else {}");
}

ATF_TC_WITHOUT_HEAD(read__no_semicolon__refused);
ATF_TC_BODY(read__no_semicolon__refused, tc)
{
	check_refused("keep", 1, 5,
	    "expected an argument or \";\", found the end of the script");
	check_refused("keep }", 1, 6,
	    "expected an argument or \";\", found \"}\"");
	check_refused("if true 1}", 1, 10,
	    "expected \"{\" or \";\", found \"}\"");
}

ATF_TC_WITHOUT_HEAD(read__block_not_closed__refused);
ATF_TC_BODY(read__block_not_closed__refused, tc)
{
	check_refused("if true {\n keep;\n", 3, 1,
	    "expected a command or \"}\", found the end of the script");
}

ATF_TC_WITHOUT_HEAD(read__brace_too_many__refused);
ATF_TC_BODY(read__brace_too_many__refused, tc)
{
	check_refused("if true {}\n}\n", 2, 1,
	    "expected a command, found \"}\"");
}

ATF_TC_WITHOUT_HEAD(read__list_of_strings_broken__refused);
ATF_TC_BODY(read__list_of_strings_broken__refused, tc)
{
	check_refused("x [];", 1, 4, "expected a string, found \"]\"");
	check_refused("x [\"a\",];", 1, 8, "expected a string, found \"]\"");
	check_refused("x [\"a\" \"b\"];", 1, 8,
	    "expected \",\" or \"]\", found the string \"b\"");
	check_refused("x [1];", 1, 4, "expected a string, found a number");
}

ATF_TC_WITHOUT_HEAD(read__test_list_broken__refused);
ATF_TC_BODY(read__test_list_broken__refused, tc)
{
	check_refused("if anyof () {}", 1, 11, "expected a test, found \")\"");
	check_refused("if anyof (true {}", 1, 16,
	    "expected \",\" or \")\", found \"{\"");
	check_refused("if anyof (true; false) {}", 1, 15,
	    "expected \",\" or \")\", found \";\"");
	check_refused("if anyof (\"a\") {}", 1, 11,
	    "expected a test, found the string \"a\"");
}

ATF_TC_WITHOUT_HEAD(read__string_first__refused);
ATF_TC_BODY(read__string_first__refused, tc)
{
	check_refused("\"a\";", 1, 1,
	    "expected a command, found the string \"a\"");
	check_refused(":a;", 1, 1, "expected a command, found the tag \":a\"");
}

ATF_TC_WITHOUT_HEAD(read__fault_of_a_word__told_once);
ATF_TC_BODY(read__fault_of_a_word__told_once, tc)
{
	check_refused("if header \"a\" \"b {keep;}", 1, 15,
	    "this string never ends: write a closing quote");
}

/* Tests and blocks count together. */
ATF_TC_WITHOUT_HEAD(read__as_deep_as_allowed__read);
ATF_TC_BODY(read__as_deep_as_allowed__read, tc)
{
	struct tree_node *tree;

	ATF_CHECK(read_script("if not not not not true {}", &tree));
	arena_end(&arena);
	ATF_CHECK(read_script("if true {if true {if true {if true {if true "
			      "{}}}}} if true {}",
	    &tree));
	arena_end(&arena);
}

ATF_TC_WITHOUT_HEAD(read__deeper_than_allowed__refused);
ATF_TC_BODY(read__deeper_than_allowed__refused, tc)
{
	check_refused("if not not not not not true {}", 1, 24,
	    "blocks or tests lie more than 5 deep in each other");
	check_refused("a{a{a{a{a{a{}}}}}}", 1, 12,
	    "blocks or tests lie more than 5 deep in each other");
}

ATF_TC_WITHOUT_HEAD(read__no_memory__refused);
ATF_TC_BODY(read__no_memory__refused, tc)
{
	static const char text[] = "keep :a [\"b\", \"c\"]; if true {}";
	struct tree_node *tree;
	size_t limit_bytes;
	bool is_read = false;

	for (limit_bytes = 1; !is_read && limit_bytes < 4096;
	     limit_bytes += 8) {
		arena_start(&arena, limit_bytes);
		errors.count = 0;
		is_read = parser_read("t", guard_place(text, strlen(text)),
		    NESTING, &arena, &errors, &tree);
		ATF_CHECK_EQ(is_read ? 0 : 1, errors.count);
		arena_end(&arena);
	}
	ATF_CHECK(is_read);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, read__no_command__empty_tree);
	ATF_TP_ADD_TC(tp, read__commands__in_their_order);
	ATF_TP_ADD_TC(tp, read__arguments__of_each_kind);
	ATF_TP_ADD_TC(tp, read__test__behind_the_arguments);
	ATF_TP_ADD_TC(tp, read__test_list__in_its_order);
	ATF_TP_ADD_TC(tp, read__blocks__within_each_other);
	ATF_TP_ADD_TC(tp, read__no_semicolon__refused);
	ATF_TP_ADD_TC(tp, read__block_not_closed__refused);
	ATF_TP_ADD_TC(tp, read__brace_too_many__refused);
	ATF_TP_ADD_TC(tp, read__list_of_strings_broken__refused);
	ATF_TP_ADD_TC(tp, read__test_list_broken__refused);
	ATF_TP_ADD_TC(tp, read__string_first__refused);
	ATF_TP_ADD_TC(tp, read__fault_of_a_word__told_once);
	ATF_TP_ADD_TC(tp, read__as_deep_as_allowed__read);
	ATF_TP_ADD_TC(tp, read__deeper_than_allowed__refused);
	ATF_TP_ADD_TC(tp, read__no_memory__refused);

	return atf_no_error();
}
