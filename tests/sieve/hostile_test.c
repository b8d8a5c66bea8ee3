/*
 * Scripts and messages that somebody made in order to harm: each ends soon,
 * in an error or in a plan, and an error is a keep.
 */
#include <atf-c.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "tests/support/arenas.h"
#include "tests/support/sieve_case.h"

enum { MEGABYTE = 1 << 20 };

static struct sieve_case sieve;
static struct buffer text;
static double start_s;

static void
start(void)
{
	sieve_case_start(&sieve);
	buffer_start(&text, test_arena());
	start_s = cpu_s();
}

static void
add(const char *words, size_t times)
{
	while (times-- > 0)
		buffer_add_text(&text, words);
}

static void
check_soon(void)
{
	ATF_CHECK_MSG(cpu_s() - start_s < limit_s(), "it took %.2f s",
	    cpu_s() - start_s);
	sieve_case_end(&sieve);
}

static void
check_kept(const char *error)
{
	ATF_CHECK_STREQ("(keep)", sieve_case_plan(&sieve));
	ATF_CHECK_MSG(strstr(sieve.error.text, error) != NULL,
	    "the error is \"%s\"", sieve.error.text);
	check_soon();
}

/* The text so far is the message. */
static void
take_message(void)
{
	sieve.input.message = buffer_span(&text);
	ATF_REQUIRE(sieve.input.message.size_bytes > 0);
}

/* ---- Scripts ------------------------------------------------------------- */

ATF_TC_WITHOUT_HEAD(script__a_million_braces__refused);
ATF_TC_BODY(script__a_million_braces__refused, tc)
{
	start();
	add("if true {", MEGABYTE / 9 - 1);
	ATF_CHECK(!sieve_case_compile(&sieve, buffer_span(&text)));
	ATF_CHECK(sieve.errors.list[0].place.line == 1);
	check_soon();
}

ATF_TC_WITHOUT_HEAD(script__a_million_parentheses__refused);
ATF_TC_BODY(script__a_million_parentheses__refused, tc)
{
	start();
	add("if ", 1);
	add("anyof(not ", MEGABYTE / 10 - 1);
	ATF_CHECK(!sieve_case_compile(&sieve, buffer_span(&text)));
	check_soon();
}

ATF_TC_WITHOUT_HEAD(script__a_megabyte_of_commands__compiles_and_runs);
ATF_TC_BODY(script__a_megabyte_of_commands__compiles_and_runs, tc)
{
	start();
	add("keep;", MEGABYTE / 5 - 1);
	ATF_CHECK(sieve_case_compile(&sieve, buffer_span(&text)));
	ATF_CHECK(sieve_case_run(&sieve));
	ATF_CHECK_STREQ("keep", sieve_case_plan(&sieve));
	check_soon();
}

ATF_TC_WITHOUT_HEAD(script__more_than_a_megabyte__refused);
ATF_TC_BODY(script__more_than_a_megabyte__refused, tc)
{
	start();
	add("keep;", MEGABYTE / 5 + 1);
	ATF_CHECK(!sieve_case_compile(&sieve, buffer_span(&text)));
	check_soon();
}

ATF_TC_WITHOUT_HEAD(script__all_wrong__twenty_errors_and_their_number);
ATF_TC_BODY(script__all_wrong__twenty_errors_and_their_number, tc)
{
	start();
	add("nonsense;\n", 50000);
	ATF_CHECK(!sieve_case_compile(&sieve, buffer_span(&text)));
	ATF_CHECK_EQ(50000, sieve.errors.count);
	ATF_CHECK_EQ(20, sieve.errors.list[19].place.line);
	check_soon();
}

ATF_TC_WITHOUT_HEAD(script__one_string_of_a_megabyte__compiles_and_runs);
ATF_TC_BODY(script__one_string_of_a_megabyte__compiles_and_runs, tc)
{
	start();
	add("require \"variables\"; set \"a\" \"", 1);
	add("${a}xyz ", MEGABYTE / 8 - 8);
	add("\";", 1);
	ATF_CHECK(sieve_case_compile(&sieve, buffer_span(&text)));
	(void)sieve_case_run(&sieve); /* in time is all that is asked */
	check_soon();
}

ATF_TC_WITHOUT_HEAD(script__keys_by_ten_thousands__steps_end_it);
ATF_TC_BODY(script__keys_by_ten_thousands__steps_end_it, tc)
{
	start();
	add("if header :contains [", 1);
	add("\"subject\",", 5000);
	add("\"x\"] [", 1);
	add("\"no\",", 20000);
	add("\"x\"] { discard; }", 1);
	ATF_REQUIRE(sieve_case_compile(&sieve, buffer_span(&text)));
	ATF_CHECK(!sieve_case_run(&sieve));
	check_kept("steps of work");
}

ATF_TC_WITHOUT_HEAD(variables__doubled_again_and_again__cut_or_an_error);
ATF_TC_BODY(variables__doubled_again_and_again__cut_or_an_error, tc)
{
	start();
	add("require [\"variables\", \"fileinto\"]; set \"a\" \"0123456789\";\n",
	    1);
	add("set \"a\" \"${a}${a}${a}${a}${a}${a}${a}${a}\";\n", 5000);
	add("set :length \"n\" \"${a}\"; if string \"${n}\" \"16384\" { discard; }",
	    1);
	ATF_REQUIRE(sieve_case_compile(&sieve, buffer_span(&text)));
	/* Either the memory of a run ends it, or the value was cut. */
	if (sieve_case_run(&sieve)) {
		ATF_CHECK_STREQ("discard", sieve_case_plan(&sieve));
		check_soon();
	} else
		check_kept("memory");
}

ATF_TC_WITHOUT_HEAD(variables__too_many__refused);
ATF_TC_BODY(variables__too_many__refused, tc)
{
	char line[64];
	unsigned i;

	start();
	add("require \"variables\";\n", 1);
	for (i = 0; i < 20000; i++) {
		(void)snprintf(line, sizeof(line), "set \"a%u\" \"\";\n", i);
		add(line, 1);
	}
	ATF_CHECK(!sieve_case_compile(&sieve, buffer_span(&text)));
	ATF_CHECK_EQ(1, sieve.errors.count);
	ATF_CHECK_EQ(257, sieve.errors.list[0].place.line);
	check_soon();
}

ATF_TC_WITHOUT_HEAD(flags__long_lists_added_again__steps_end_it);
ATF_TC_BODY(flags__long_lists_added_again__steps_end_it, tc)
{
	char flag[32];
	unsigned i;

	start();
	add("require \"imap4flags\"; addflag \"", 1);
	for (i = 0; i < 3000; i++) {
		(void)snprintf(flag, sizeof(flag), "f%u ", i);
		add(flag, 1);
	}
	add("\";", 1);
	for (i = 0; i < 1000; i++)
		add("addflag \"x y z\"; removeflag \"q r s\";", 1);
	ATF_REQUIRE(sieve_case_compile(&sieve, buffer_span(&text)));
	ATF_CHECK(!sieve_case_run(&sieve));
	check_kept("steps of work");
}

/* ---- Includes ------------------------------------------------------------- */

static unsigned asked;

/* Each name begets two more; the names are all different. */
static enum sieve_found
find_two(void *context, enum sieve_where where, const char *name,
    struct span *text_out)
{
	static char scripts[2000][96];
	char *script = scripts[asked % 2000];

	(void)context;
	(void)where;
	(void)snprintf(script, sizeof(scripts[0]),
	    "require \"include\"; include \"%.20sa\"; include \"%.20sb\";",
	    name, name);
	asked++;
	*text_out = span_of(script);
	return SIEVE_FOUND;
}

ATF_TC_WITHOUT_HEAD(include__a_tree_of_scripts__refused);
ATF_TC_BODY(include__a_tree_of_scripts__refused, tc)
{
	start();
	sieve.library.find = find_two;
	ATF_CHECK(!sieve_case_compile(&sieve,
	    span_of("require \"include\"; include \"x\";")));
	ATF_CHECK(asked <= 300);
	check_soon();
}

/* Here every script includes the next twice: 2^n runs of n scripts. */
static enum sieve_found
find_doubling(void *context, enum sieve_where where, const char *name,
    struct span *text_out)
{
	static char scripts[10][96];
	unsigned level = (unsigned)strlen(name);

	(void)context;
	(void)where;
	(void)snprintf(scripts[level % 10], sizeof(scripts[0]),
	    level >= 10 ? "keep;"
			: "require \"include\"; include \"%sx\"; "
			  "include \"%sx\";",
	    name, name);
	*text_out = level >= 10 ? span_of("keep;") : span_of(scripts[level]);
	return SIEVE_FOUND;
}

ATF_TC_WITHOUT_HEAD(include__each_twice__runs_to_its_end);
ATF_TC_BODY(include__each_twice__runs_to_its_end, tc)
{
	start();
	sieve.library.find = find_doubling;
	ATF_REQUIRE(sieve_case_compile(&sieve,
	    span_of("require \"include\"; include \"x\"; include \"x\";")));
	ATF_CHECK(sieve_case_run(&sieve));
	ATF_CHECK_STREQ("keep", sieve_case_plan(&sieve));
	check_soon();
}

/* ---- Patterns ------------------------------------------------------------ */

/* A subject of the size given, all of it the letter a. */
static void
message_of_a(size_t size_bytes)
{
	add("Subject: ", 1);
	add("a", size_bytes);
	add("b\n\nbody\n", 1);
	take_message();
}

ATF_TC_WITHOUT_HEAD(matches__many_stars_on_a_long_field__ends);
ATF_TC_BODY(matches__many_stars_on_a_long_field__ends, tc)
{
	start();
	message_of_a(100000);
	ATF_CHECK(sieve_case_decide(&sieve,
	    "if header :matches \"subject\" "
	    "\"*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*c\" { discard; }"));
	ATF_CHECK_STREQ("(keep)", sieve_case_plan(&sieve));
	check_soon();
}

ATF_TC_WITHOUT_HEAD(contains__nearly_everywhere__ends);
ATF_TC_BODY(contains__nearly_everywhere__ends, tc)
{
	struct buffer script;

	start();
	message_of_a(MEGABYTE);
	buffer_start(&script, text.arena);
	buffer_add_text(&script, "if header :contains \"subject\" \"");
	while (script.size_bytes < 50000)
		buffer_add_text(&script, "aaaaaaaa");
	buffer_add_text(&script, "c\" { discard; }");
	ATF_REQUIRE(sieve_case_compile(&sieve, buffer_span(&script)));
	(void)sieve_case_run(&sieve); /* in time is all that is asked */
	check_soon();
}

ATF_TC_WITHOUT_HEAD(regex__nested_stars_on_a_long_field__ends);
ATF_TC_BODY(regex__nested_stars_on_a_long_field__ends, tc)
{
	start();
	message_of_a(2000);
	(void)sieve_case_decide(&sieve,
	    "require \"regex\"; if header :regex \"subject\" "
	    "\"^(a|aa)+$\" { discard; }");
	check_soon();
}

ATF_TC_WITHOUT_HEAD(regex__back_reference_or_bounds__refused);
ATF_TC_BODY(regex__back_reference_or_bounds__refused, tc)
{
	start();
	ATF_CHECK(!sieve_case_compile(&sieve,
	    span_of("require \"regex\"; if header :regex \"subject\" "
		    "\"^(.*)(.*)(.*)(.*)\\\\1\\\\2\\\\3\\\\4zz$\" {}")));
	ATF_CHECK(!sieve_case_compile(&sieve,
	    span_of("require \"regex\"; if header :regex \"subject\" "
		    "\"((((a{1,40}){1,40}){1,40}){1,40})\" {}")));
	check_soon();
}

/* ---- Messages ------------------------------------------------------------ */

ATF_TC_WITHOUT_HEAD(header__ten_megabytes_in_one_field__ends);
ATF_TC_BODY(header__ten_megabytes_in_one_field__ends, tc)
{
	start();
	add("Subject: ", 1);
	add("=?UTF-8?Q?=C3=BC?= =?ISO-8859-1?B?/A==?= ", 280000);
	add("\n\nbody\n", 1);
	take_message();
	ATF_CHECK(sieve.input.message.size_bytes > 10 * MEGABYTE);
	(void)sieve_case_decide(&sieve,
	    "if header :contains \"subject\" \"no\" { discard; }");
	ATF_CHECK_STREQ("(keep)", sieve_case_plan(&sieve));
	check_soon();
}

ATF_TC_WITHOUT_HEAD(header__a_million_fields__ends);
ATF_TC_BODY(header__a_million_fields__ends, tc)
{
	start();
	add("X: y\nTo: a\n", 900000);
	add("\nbody\n", 1);
	take_message();
	(void)sieve_case_decide(&sieve,
	    "require [\"editheader\", \"index\"];"
	    "if header :index 1 :last \"X\" \"z\" { discard; }"
	    "if exists [\"No\", \"Such\"] { discard; } deleteheader \"X\";");
	ATF_CHECK_STREQ("(keep)", sieve_case_plan(&sieve));
	check_soon();
}

ATF_TC_WITHOUT_HEAD(header__a_field_folded_into_a_million_lines__ends);
ATF_TC_BODY(header__a_field_folded_into_a_million_lines__ends, tc)
{
	start();
	add("To: x\n", 1);
	add(" ,\n", 2000000);
	add("\nbody\n", 1);
	take_message();
	(void)sieve_case_decide(&sieve,
	    "if address \"to\" \"no\" { discard; }"
	    "if header :matches \"to\" \"*,*,*,x\" { discard; }");
	ATF_CHECK_STREQ("(keep)", sieve_case_plan(&sieve));
	check_soon();
}

ATF_TC_WITHOUT_HEAD(addresses__a_million_in_one_field__ends);
ATF_TC_BODY(addresses__a_million_in_one_field__ends, tc)
{
	start();
	add("To: ", 1);
	add("((((\"<@,;:", 200000);
	add("a@b.example, ", 400000);
	add("\n\nbody\n", 1);
	take_message();
	(void)sieve_case_decide(&sieve,
	    "require [\"vacation\", \"subaddress\"];"
	    "if address :detail \"to\" \"no\" { discard; } vacation \"x\";");
	check_soon();
}

ATF_TC_WITHOUT_HEAD(parts__deep_within_each_other__end);
ATF_TC_BODY(parts__deep_within_each_other__end, tc)
{
	char line[120];
	unsigned i;

	start();
	for (i = 0; i < 20000; i++) {
		(void)snprintf(line, sizeof(line),
		    "Content-Type: multipart/mixed; boundary=b%u\n\n--b%u\n", i,
		    i);
		add(line, 1);
	}
	take_message();
	(void)sieve_case_decide(&sieve,
	    "require \"body\"; if body :text :contains \"no\" { discard; }"
	    "if body :content \"multipart\" :contains \"no\" { discard; }");
	ATF_CHECK_STREQ("(keep)", sieve_case_plan(&sieve));
	check_soon();
}

ATF_TC_WITHOUT_HEAD(parts__half_a_million_side_by_side__end);
ATF_TC_BODY(parts__half_a_million_side_by_side__end, tc)
{
	start();
	add("Content-Type: multipart/mixed; boundary=b\n\n", 1);
	add("--b\n\nx\n", 500000);
	take_message();
	(void)sieve_case_decide(&sieve,
	    "require \"body\"; if body :text :contains \"no\" { discard; }");
	ATF_CHECK_STREQ("(keep)", sieve_case_plan(&sieve));
	check_soon();
}

ATF_TC_WITHOUT_HEAD(parts__ten_megabytes_of_html_and_base64__end);
ATF_TC_BODY(parts__ten_megabytes_of_html_and_base64__end, tc)
{
	start();
	add("Content-Type: multipart/mixed; boundary=b\n\n"
	    "--b\nContent-Type: text/html\n\n",
	    1);
	add("<!--<b a=\"&#x110000;&amp", 250000);
	add("\n--b\nContent-Type: text/plain; charset=iso-2022-jp\n"
	    "Content-Transfer-Encoding: base64\n\n",
	    1);
	add("GyRCJEsbKEI====\n", 300000);
	take_message();
	(void)sieve_case_decide(&sieve,
	    "require \"body\"; if body :text :contains \"no\" { discard; }");
	ATF_CHECK_STREQ("(keep)", sieve_case_plan(&sieve));
	check_soon();
}

ATF_TC_WITHOUT_HEAD(edit__a_field_added_in_front_many_times__ends);
ATF_TC_BODY(edit__a_field_added_in_front_many_times__ends, tc)
{
	start();
	add("require [\"editheader\", \"fileinto\"];", 1);
	add("addheader \"X\" \"y\"; deleteheader \"No\";", 20000);
	ATF_REQUIRE(sieve_case_compile(&sieve, buffer_span(&text)));
	(void)sieve_case_run(&sieve); /* in time is all that is asked */
	check_soon();
}

ATF_TC_WITHOUT_HEAD(edit__one_of_two_fields_deleted_from_many__ends);
ATF_TC_BODY(edit__one_of_two_fields_deleted_from_many__ends, tc)
{
	start();
	add("X: y\nTo: a\n", 150000);
	add("\nbody\n", 1);
	take_message();
	ATF_CHECK(sieve_case_decide(&sieve,
	    "require \"editheader\"; deleteheader \"X\";"
	    "if exists \"X\" { discard; }"));
	ATF_CHECK_STREQ("(keep)", sieve_case_plan(&sieve));
	check_soon();
}

ATF_TC_WITHOUT_HEAD(header__many_tests_of_many_fields__steps_end_it);
ATF_TC_BODY(header__many_tests_of_many_fields__steps_end_it, tc)
{
	struct buffer script;
	unsigned i;

	start();
	add("To: a\n", 150000);
	add("\nbody\n", 1);
	take_message();
	buffer_start(&script, text.arena);
	for (i = 0; i < 30000; i++)
		buffer_add_text(&script, "if exists \"no\" { discard; }\n");
	ATF_REQUIRE(sieve_case_compile(&sieve, buffer_span(&script)));
	ATF_CHECK(!sieve_case_run(&sieve));
	check_kept("steps of work");
}

ATF_TC_WITHOUT_HEAD(vacation__many_addresses_against_many__ends);
ATF_TC_BODY(vacation__many_addresses_against_many__ends, tc)
{
	struct buffer script;
	unsigned i;

	start();
	add("To: ", 1);
	add("a@b.example, ", 200000);
	add("\n\nbody\n", 1);
	take_message();
	buffer_start(&script, text.arena);
	buffer_add_text(&script, "require \"vacation\"; vacation :addresses [");
	for (i = 0; i < 1000; i++)
		buffer_add_text(&script, "\"me@c.example\",");
	buffer_add_text(&script, "\"x@c.example\"] \"away\";");
	ATF_REQUIRE(sieve_case_compile(&sieve, buffer_span(&script)));
	(void)sieve_case_run(&sieve); /* in time is all that is asked */
	check_soon();
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, script__a_million_braces__refused);
	ATF_TP_ADD_TC(tp, script__a_million_parentheses__refused);
	ATF_TP_ADD_TC(tp, script__a_megabyte_of_commands__compiles_and_runs);
	ATF_TP_ADD_TC(tp, script__more_than_a_megabyte__refused);
	ATF_TP_ADD_TC(tp, script__all_wrong__twenty_errors_and_their_number);
	ATF_TP_ADD_TC(tp, script__one_string_of_a_megabyte__compiles_and_runs);
	ATF_TP_ADD_TC(tp, script__keys_by_ten_thousands__steps_end_it);
	ATF_TP_ADD_TC(tp, variables__doubled_again_and_again__cut_or_an_error);
	ATF_TP_ADD_TC(tp, variables__too_many__refused);
	ATF_TP_ADD_TC(tp, flags__long_lists_added_again__steps_end_it);
	ATF_TP_ADD_TC(tp, include__a_tree_of_scripts__refused);
	ATF_TP_ADD_TC(tp, include__each_twice__runs_to_its_end);
	ATF_TP_ADD_TC(tp, matches__many_stars_on_a_long_field__ends);
	ATF_TP_ADD_TC(tp, contains__nearly_everywhere__ends);
	ATF_TP_ADD_TC(tp, regex__nested_stars_on_a_long_field__ends);
	ATF_TP_ADD_TC(tp, regex__back_reference_or_bounds__refused);
	ATF_TP_ADD_TC(tp, header__ten_megabytes_in_one_field__ends);
	ATF_TP_ADD_TC(tp, header__a_million_fields__ends);
	ATF_TP_ADD_TC(tp, header__a_field_folded_into_a_million_lines__ends);
	ATF_TP_ADD_TC(tp, addresses__a_million_in_one_field__ends);
	ATF_TP_ADD_TC(tp, parts__deep_within_each_other__end);
	ATF_TP_ADD_TC(tp, parts__half_a_million_side_by_side__end);
	ATF_TP_ADD_TC(tp, parts__ten_megabytes_of_html_and_base64__end);
	ATF_TP_ADD_TC(tp, edit__a_field_added_in_front_many_times__ends);
	ATF_TP_ADD_TC(tp, edit__one_of_two_fields_deleted_from_many__ends);
	ATF_TP_ADD_TC(tp, header__many_tests_of_many_fields__steps_end_it);
	ATF_TP_ADD_TC(tp, vacation__many_addresses_against_many__ends);
	return atf_no_error();
}
