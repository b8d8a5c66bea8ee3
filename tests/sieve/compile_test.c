#include "sieve/program.h"

#include <atf-c.h>
#include <string.h>

#include "tests/support/sieve_case.h"

static struct sieve_case sieve;

static bool
compile(const char *text)
{
	sieve_case_end(&sieve);
	sieve_case_start(&sieve);
	return sieve_case_compile(&sieve, span_of(text));
}

/* The first error of a script, and where it must be. */
static void
check_error(const char *text, unsigned line, unsigned column, const char *words)
{
	const struct sieve_error *error = &sieve.errors.list[0];

	ATF_CHECK(!compile(text));
	ATF_REQUIRE(sieve.errors.count > 0);
	ATF_CHECK_STREQ("script", error->script);
	ATF_CHECK_MSG(strstr(error->text, words) != NULL,
	    "\"%s\" is not in \"%s\"", words, error->text);
	ATF_CHECK_EQ_MSG(line, error->place.line, "line %u", error->place.line);
	ATF_CHECK_EQ_MSG(column, error->place.column, "column %u",
	    error->place.column);
}

/* The instructions of the main script, a letter each. */
static const char *
code(void)
{
	static const char letters[] = "E!?TFNJ+-<>x";
	static char shown[64];
	const struct sieve_script *script = sieve.programs[0]->scripts[0];
	size_t i;

	for (i = 0; i < script->count && i < sizeof(shown) - 1; i++)
		shown[i] = letters[script->code[i].op];
	shown[i] = '\0';
	return shown;
}

ATF_TC_WITHOUT_HEAD(error__unknown_command__the_nearest_is_named);
ATF_TC_BODY(error__unknown_command__the_nearest_is_named, tc)
{
	check_error("keep;\n  kep;", 2, 3, "is \"keep\" meant?");
	check_error("if haeder \"a\" \"b\" {}", 1, 4, "is \"header\" meant?");
	check_error("require \"filinto\";", 1, 9, "is \"fileinto\" meant?");
	check_error("wholly_unknown;", 1, 1,
	    "there is no command \"wholly_unknown\"");
}

ATF_TC_WITHOUT_HEAD(error__extension_not_required__says_what_to_write);
ATF_TC_BODY(error__extension_not_required__says_what_to_write, tc)
{
	check_error("\n\n fileinto \"x\";", 3, 2, "require \"fileinto\"");
	check_error("redirect :copy \"a@b.example\";", 1, 10,
	    "require \"copy\"");
	check_error("if header :regex \"a\" \"b\" {}", 1, 11,
	    "require \"regex\"");
}

ATF_TC_WITHOUT_HEAD(error__arguments__usage_and_place_of_the_argument);
ATF_TC_BODY(error__arguments__usage_and_place_of_the_argument, tc)
{
	check_error("redirect 5;", 1, 10,
	    "wants a string here, found a number");
	check_error("redirect \"a@b.example\" \"c\";", 1, 24, "too many");
	check_error("redirect;", 1, 1, "write: redirect [:copy] \"address\";");
	check_error("if header :is :is \"a\" \"b\" {}", 1, 15, "twice");
	check_error("if header :is :contains \"a\" \"b\" {}", 1, 15,
	    "exclude each other");
	check_error("if header \"a\" :is \"b\" {}", 1, 15,
	    "tags stand before other arguments");
}

ATF_TC_WITHOUT_HEAD(error__tests_and_commands_confused__says_which);
ATF_TC_BODY(error__tests_and_commands_confused__says_which, tc)
{
	check_error("header \"a\" \"b\";", 1, 1, "is a test; write: if header");
	check_error("if keep {}", 1, 4, "is a command and cannot be tested");
	check_error("keep stop;", 1, 6, "\";\" is missing behind \"keep\"");
	check_error("else { keep; }", 1, 1, "must follow right behind");
}

ATF_TC_WITHOUT_HEAD(error__several__all_of_them_in_order);
ATF_TC_BODY(error__several__all_of_them_in_order, tc)
{
	ATF_CHECK(!compile("one;\nif two {}\nif true { three; }\nkeep 1;"));
	ATF_REQUIRE_EQ(4, sieve.errors.count);
	ATF_CHECK_EQ(1, sieve.errors.list[0].place.line);
	ATF_CHECK_EQ(2, sieve.errors.list[1].place.line);
	ATF_CHECK_EQ(3, sieve.errors.list[2].place.line);
	ATF_CHECK_EQ(4, sieve.errors.list[3].place.line);
}

static enum sieve_found
find_wrong(void *context, enum sieve_where where, const char *name,
    struct span *text_out)
{
	(void)context;
	(void)where;
	*text_out = span_of("keep;\nkeep 1;");
	return strcmp(name, "locked") == 0 ? SIEVE_UNREADABLE
	    : strcmp(name, "wrong") == 0   ? SIEVE_FOUND
					   : SIEVE_ABSENT;
}

static void
check_include(const char *text, size_t errors, const char *words)
{
	sieve_case_end(&sieve);
	sieve_case_start(&sieve);
	sieve.library.find = find_wrong;
	ATF_CHECK(!sieve_case_compile(&sieve, span_of(text)));
	ATF_CHECK_EQ(errors, sieve.errors.count);
	ATF_CHECK_MSG(strstr(sieve.errors.list[errors - 1].text, words) != NULL,
	    "%s", sieve.errors.list[errors - 1].text);
	ATF_CHECK_STREQ("script", sieve.errors.list[errors - 1].script);
}

ATF_TC_WITHOUT_HEAD(include__wrong_script__its_error_and_the_way_to_it);
ATF_TC_BODY(include__wrong_script__its_error_and_the_way_to_it, tc)
{
	check_include("require \"include\";\ninclude \"wrong\";", 2,
	    "the script \"wrong\" that is included here has errors");
	ATF_CHECK_STREQ("wrong", sieve.errors.list[0].script);
	ATF_CHECK_EQ(2, sieve.errors.list[0].place.line);
	ATF_CHECK_EQ(2, sieve.errors.list[1].place.line);
}

/* It compiles, says so, and fails when it comes to it. */
static void
check_warning(const char *text, const char *words)
{
	const struct sieve_errors *warnings;

	sieve_case_end(&sieve);
	sieve_case_start(&sieve);
	sieve.library.find = find_wrong;
	ATF_CHECK(!sieve_case_decide(&sieve, text));
	warnings = sieve_warnings(sieve.programs[0]);
	ATF_REQUIRE_EQ(1, warnings->count);
	ATF_CHECK_MSG(strstr(warnings->list[0].text, words) != NULL, "%s",
	    warnings->list[0].text);
	ATF_CHECK_STREQ("script", warnings->list[0].script);
	ATF_CHECK_STREQ(warnings->list[0].text, sieve.error.text);
	ATF_CHECK_EQ(warnings->list[0].place.line, sieve.error.place.line);
	ATF_REQUIRE_EQ(1, sieve.plan.count);
	ATF_CHECK_EQ(SIEVE_KEEP, sieve.plan.actions[0].kind);
}

ATF_TC_WITHOUT_HEAD(include__absent_or_unreadable__warned_of_and_kept);
ATF_TC_BODY(include__absent_or_unreadable__warned_of_and_kept, tc)
{
	check_warning("require \"include\";\ndiscard;\n"
		      "include :global \"none\";",
	    "there is no global script \"none\"");
	check_warning("require \"include\"; include \"locked\";",
	    "\"locked\" to include cannot be read");
	check_warning("require \"include\"; include :optional \"locked\";",
	    "cannot be read");
}

ATF_TC_WITHOUT_HEAD(include__optional_and_absent__no_warning);
ATF_TC_BODY(include__optional_and_absent__no_warning, tc)
{
	sieve_case_start(&sieve);
	sieve.library.find = find_wrong;
	ATF_REQUIRE(sieve_case_decide(
	    &sieve, "require \"include\"; include :optional \"none\";"));
	ATF_CHECK_EQ(0, sieve_warnings(sieve.programs[0])->count);
}

ATF_TC_WITHOUT_HEAD(include__no_library__nothing_is_there);
ATF_TC_BODY(include__no_library__nothing_is_there, tc)
{
	struct sieve_program *program;

	sieve_case_start(&sieve);
	program =
	    sieve_compile("s", span_of("require \"include\"; include \"x\";"),
		&sieve.options, NULL, &sieve.errors);
	ATF_REQUIRE(program != NULL);
	ATF_CHECK_EQ(1, sieve_warnings(program)->count);
	sieve_release(program);
}

ATF_TC_WITHOUT_HEAD(options__disabled_extension__as_if_it_were_not_there);
ATF_TC_BODY(options__disabled_extension__as_if_it_were_not_there, tc)
{
	static const char *const disabled[] = { "redirect", "vacation", NULL };

	sieve_case_start(&sieve);
	sieve.options.disabled = disabled;
	ATF_CHECK(
	    !sieve_case_compile(&sieve, span_of("require \"vacation\";")));
	ATF_CHECK(!sieve_case_compile(&sieve,
	    span_of("require \"vacation-seconds\"; vacation \"x\";")));
	ATF_CHECK(sieve_case_compile(&sieve, span_of("require \"copy\";")));
	ATF_CHECK(sieve_case_decide(&sieve,
	    "require \"ihave\"; if ihave \"vacation\" { discard; }"));
	ATF_CHECK_STREQ("(keep)", sieve_case_plan(&sieve));
	sieve_case_end(&sieve);
}

/* E end, ! execute, ? test, T true, F false, N not, J jump, + if, - unless */
ATF_TC_WITHOUT_HEAD(code__tests__the_first_that_decides_ends_the_list);
ATF_TC_BODY(code__tests__the_first_that_decides_ends_the_list, tc)
{
	ATF_REQUIRE(compile("keep;"));
	ATF_CHECK_STREQ("!E", code());
	ATF_REQUIRE(compile("if true { keep; }"));
	ATF_CHECK_STREQ("T-!JE", code());
	ATF_REQUIRE(compile("if not exists \"a\" { keep; } else { stop; }"));
	ATF_CHECK_STREQ("?N-!J!E", code());
	ATF_REQUIRE(compile("if allof (true, false) { keep; }"));
	ATF_CHECK_STREQ("T-F-!JE", code());
	ATF_REQUIRE(compile("if anyof (true, false) { keep; }"));
	ATF_CHECK_STREQ("T+F-!JE", code());
}

ATF_TC_WITHOUT_HEAD(code__ihave__what_is_missing_is_not_compiled);
ATF_TC_BODY(code__ihave__what_is_missing_is_not_compiled, tc)
{
	ATF_REQUIRE(compile(
	    "require \"ihave\"; if ihave \"no\" { no; } else { keep; }"));
	ATF_CHECK_STREQ("F!E", code());
	ATF_REQUIRE(
	    compile("require \"ihave\"; if not ihave \"no\" { keep; } no;"));
	ATF_CHECK_STREQ("FN-!JxE", code());
}

ATF_TC_WITHOUT_HEAD(names__all_extensions__can_be_required);
ATF_TC_BODY(names__all_extensions__can_be_required, tc)
{
	char script[100];
	size_t i;

	for (i = 0; sieve_extension_name(i) != NULL; i++) {
		(void)snprintf(script, sizeof(script), "require \"%s\"; keep;",
		    sieve_extension_name(i));
		ATF_CHECK_MSG(compile(script), "%s", script);
	}
	ATF_CHECK(i > 25);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, error__unknown_command__the_nearest_is_named);
	ATF_TP_ADD_TC(tp, error__extension_not_required__says_what_to_write);
	ATF_TP_ADD_TC(tp, error__arguments__usage_and_place_of_the_argument);
	ATF_TP_ADD_TC(tp, error__tests_and_commands_confused__says_which);
	ATF_TP_ADD_TC(tp, error__several__all_of_them_in_order);
	ATF_TP_ADD_TC(tp, include__wrong_script__its_error_and_the_way_to_it);
	ATF_TP_ADD_TC(tp, include__absent_or_unreadable__warned_of_and_kept);
	ATF_TP_ADD_TC(tp, include__optional_and_absent__no_warning);
	ATF_TP_ADD_TC(tp, include__no_library__nothing_is_there);
	ATF_TP_ADD_TC(tp, options__disabled_extension__as_if_it_were_not_there);
	ATF_TP_ADD_TC(tp, code__tests__the_first_that_decides_ends_the_list);
	ATF_TP_ADD_TC(tp, code__ihave__what_is_missing_is_not_compiled);
	ATF_TP_ADD_TC(tp, names__all_extensions__can_be_required);
	return atf_no_error();
}
