#include "mda/options.h"

#include <atf-c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "tests/support/prng.h"

enum { ARGUMENTS_MAX = 40 };

static struct options options;
static struct failure why;

/* Parse words that stand in one string, with blanks between them. */
static enum verdict
parse(const char *line)
{
	static char text[1000];
	static char name[] = "mda";
	static char *argv[ARGUMENTS_MAX + 2];
	size_t count = 0;
	char *word;

	(void)snprintf(text, sizeof(text), "%s", line);
	argv[count++] = name;
	for (word = strtok(text, " "); word != NULL; word = strtok(NULL, " ")) {
		ATF_REQUIRE(count <= ARGUMENTS_MAX);
		argv[count++] = word;
	}
	argv[count] = NULL;
	memset(&options, 0xff, sizeof(options));
	return options_parse(&options, argv, &why);
}

static void
check_refused(const char *line, const char *step, const char *subject)
{
	ATF_CHECK_EQ_MSG(VERDICT_RETRY, parse(line), "%s", line);
	ATF_CHECK_STREQ(step, why.step);
	ATF_CHECK_STREQ(subject, why.subject);
	ATF_CHECK_EQ(EX_TEMPFAIL, why.exit_code);
	ATF_CHECK_EQ('4', why.dsn[0]);
}

ATF_TC_WITHOUT_HEAD(parse__nothing__nothing_set);
ATF_TC_BODY(parse__nothing__nothing_set, tc)
{
	ATF_REQUIRE_EQ(VERDICT_OK, parse(""));
	ATF_CHECK(!options.is_explain && !options.is_verbose);
	ATF_CHECK(!options.is_help && !options.is_version);
	ATF_CHECK(options.sender == NULL && options.recipient == NULL);
	ATF_CHECK(options.mailbox == NULL && options.user == NULL);
	ATF_CHECK(options.config == NULL && options.detail == NULL);
	ATF_CHECK(options.queue_id == NULL && options.home == NULL);
	ATF_CHECK_EQ(0, options.override_count);
}

ATF_TC_WITHOUT_HEAD(parse__no_arguments_at_all__nothing_set);
ATF_TC_BODY(parse__no_arguments_at_all__nothing_set, tc)
{
	char *none[] = { NULL };

	ATF_CHECK_EQ(VERDICT_OK, options_parse(&options, none, &why));
}

ATF_TC_WITHOUT_HEAD(parse__each_letter__its_member);
ATF_TC_BODY(parse__each_letter__its_member, tc)
{
	ATF_REQUIRE_EQ(VERDICT_OK,
	    parse("-n -v -a a@b -c file -d al -e detail -f s@t -m box/ "
		  "-q 4A7F -o x=y"));
	ATF_CHECK(options.is_explain);
	ATF_CHECK(options.is_verbose);
	ATF_CHECK_STREQ("a@b", options.recipient);
	ATF_CHECK_STREQ("file", options.config);
	ATF_CHECK_STREQ("al", options.user);
	ATF_CHECK_STREQ("detail", options.detail);
	ATF_CHECK_STREQ("s@t", options.sender);
	ATF_CHECK_STREQ("box/", options.mailbox);
	ATF_CHECK_STREQ("4A7F", options.queue_id);
	ATF_REQUIRE_EQ(1, options.override_count);
	ATF_CHECK_STREQ("x=y", options.overrides[0]);
}

ATF_TC_WITHOUT_HEAD(parse__each_long_name__its_member);
ATF_TC_BODY(parse__each_long_name__its_member, tc)
{
	ATF_REQUIRE_EQ(VERDICT_OK,
	    parse("--explain --verbose --help --version --recipient a@b "
		  "--config file --user al --detail detail --sender s@t "
		  "--mailbox box/ --queue-id 4A7F --set x=y"));
	ATF_CHECK(options.is_explain && options.is_verbose);
	ATF_CHECK(options.is_help && options.is_version);
	ATF_CHECK_STREQ("a@b", options.recipient);
	ATF_CHECK_STREQ("file", options.config);
	ATF_CHECK_STREQ("al", options.user);
	ATF_CHECK_STREQ("detail", options.detail);
	ATF_CHECK_STREQ("s@t", options.sender);
	ATF_CHECK_STREQ("box/", options.mailbox);
	ATF_CHECK_STREQ("4A7F", options.queue_id);
	ATF_CHECK_EQ(1, options.override_count);
}

ATF_TC_WITHOUT_HEAD(parse__long_name_with_equals__value_behind_it);
ATF_TC_BODY(parse__long_name_with_equals__value_behind_it, tc)
{
	ATF_REQUIRE_EQ(VERDICT_OK, parse("--sender=a=b --set=x=y --queue-id="));
	ATF_CHECK_STREQ("a=b", options.sender);
	ATF_CHECK_STREQ("x=y", options.overrides[0]);
	ATF_CHECK_STREQ("", options.queue_id);
}

ATF_TC_WITHOUT_HEAD(parse__value_like_an_option__a_value);
ATF_TC_BODY(parse__value_like_an_option__a_value, tc)
{
	ATF_REQUIRE_EQ(VERDICT_OK, parse("-f -rf -a --help -d -n"));
	ATF_CHECK_STREQ("-rf", options.sender);
	ATF_CHECK_STREQ("--help", options.recipient);
	ATF_CHECK_STREQ("-n", options.user);
	ATF_CHECK(!options.is_help && !options.is_explain);
}

ATF_TC_WITHOUT_HEAD(parse__empty_sender__null_sender);
ATF_TC_BODY(parse__empty_sender__null_sender, tc)
{
	char name[] = "mda";
	char letter[] = "-f";
	char empty[] = "";
	char *argv[] = { name, letter, empty, NULL };

	ATF_REQUIRE_EQ(VERDICT_OK, options_parse(&options, argv, &why));
	ATF_CHECK_STREQ("", options.sender);
}

ATF_TC_WITHOUT_HEAD(parse__sender_twice__last_counts);
ATF_TC_BODY(parse__sender_twice__last_counts, tc)
{
	ATF_REQUIRE_EQ(VERDICT_OK, parse("-f one -f two"));
	ATF_CHECK_STREQ("two", options.sender);
	ATF_REQUIRE_EQ(VERDICT_OK, parse("-f one -r two"));
	ATF_CHECK_STREQ("two", options.sender);
}

ATF_TC_WITHOUT_HEAD(parse__letters_together__the_last_takes_a_value);
ATF_TC_BODY(parse__letters_together__the_last_takes_a_value, tc)
{
	ATF_REQUIRE_EQ(VERDICT_OK, parse("-nvf al"));
	ATF_CHECK(options.is_explain && options.is_verbose);
	ATF_CHECK_STREQ("al", options.sender);
}

ATF_TC_WITHOUT_HEAD(parse__procmails_letters__mean_nothing);
ATF_TC_BODY(parse__procmails_letters__mean_nothing, tc)
{
	ATF_REQUIRE_EQ(VERDICT_OK, parse("-t -Y -tY -f al"));
	ATF_CHECK_STREQ("al", options.sender);
}

ATF_TC_WITHOUT_HEAD(parse__value_in_the_same_argument__refused);
ATF_TC_BODY(parse__value_in_the_same_argument__refused, tc)
{
	check_refused("-fal -n", "option-value", "-fal");
	check_refused("-fn al", "option-value", "-fn");
}

ATF_TC_WITHOUT_HEAD(parse__value_missing__refused);
ATF_TC_BODY(parse__value_missing__refused, tc)
{
	check_refused("-f", "option-value", "-f");
	check_refused("--user=", "option-value", "-d");
	check_refused("--sender", "option-value", "--sender");
	check_refused("-n -nf", "option-value", "-nf");
}

ATF_TC_WITHOUT_HEAD(parse__unknown__refused);
ATF_TC_BODY(parse__unknown__refused, tc)
{
	check_refused("-x", "option-unknown", "-x");
	check_refused("-nx", "option-unknown", "-nx");
	check_refused("--", "option-unknown", "--");
	check_refused("--sende al", "option-unknown", "--sende");
	check_refused("--senders al", "option-unknown", "--senders");
	check_refused("--=x", "option-unknown", "--=x");
	check_refused("--help=x", "option-unknown", "--help=x");
}

ATF_TC_WITHOUT_HEAD(parse__operand__refused);
ATF_TC_BODY(parse__operand__refused, tc)
{
	check_refused("al", "operand", "al");
	check_refused("-n -", "operand", "-");
}

ATF_TC_WITHOUT_HEAD(parse__empty_operand__refused);
ATF_TC_BODY(parse__empty_operand__refused, tc)
{
	char name[] = "mda";
	char empty[] = "";
	char *argv[] = { name, empty, NULL };

	ATF_CHECK_EQ(VERDICT_RETRY, options_parse(&options, argv, &why));
	ATF_CHECK_STREQ("operand", why.step);
}

ATF_TC_WITHOUT_HEAD(parse__explain_before_a_mistake__known);
ATF_TC_BODY(parse__explain_before_a_mistake__known, tc)
{
	ATF_REQUIRE_EQ(VERDICT_RETRY, parse("-n -f al -x"));
	ATF_CHECK(options.is_explain);
	ATF_CHECK_STREQ("al", options.sender);
}

/* So many -o options. */
static enum verdict
parse_overrides(int count)
{
	static char name[] = "mda";
	static char letter[] = "-o";
	static char value[] = "a=b";
	static char *argv[2 * OVERRIDES_MAX + 10];
	size_t used = 0;

	argv[used++] = name;
	while (count-- > 0) {
		argv[used++] = letter;
		argv[used++] = value;
	}
	argv[used] = NULL;
	return options_parse(&options, argv, &why);
}

ATF_TC_WITHOUT_HEAD(overrides__as_many_as_fit__all_kept);
ATF_TC_BODY(overrides__as_many_as_fit__all_kept, tc)
{
	ATF_REQUIRE_EQ(VERDICT_OK, parse_overrides(OVERRIDES_MAX));
	ATF_CHECK_EQ(OVERRIDES_MAX, options.override_count);
}

ATF_TC_WITHOUT_HEAD(overrides__one_more__refused);
ATF_TC_BODY(overrides__one_more__refused, tc)
{
	ATF_REQUIRE_EQ(VERDICT_RETRY, parse_overrides(OVERRIDES_MAX + 1));
	ATF_CHECK_STREQ("option-overrides", why.step);
	ATF_CHECK_EQ(OVERRIDES_MAX, options.override_count);
}

ATF_TC_WITHOUT_HEAD(parse__any_arguments__one_of_the_known_steps);
ATF_TC_BODY(parse__any_arguments__one_of_the_known_steps, tc)
{
	static const char *const words[] = { "-", "--", "n", "f", "o", "=",
		"sender", "set", "help", "explain", "a@b" };
	static char text[ARGUMENTS_MAX][16];
	static char *argv[ARGUMENTS_MAX + 1];
	unsigned int seed;

	for (seed = 0; seed < 50000; seed++) {
		struct prng prng = prng_start(seed);
		size_t count = prng_below(&prng, ARGUMENTS_MAX);
		enum verdict verdict;
		size_t i;

		for (i = 0; i < count; i++) {
			text[i][prng_words(&prng, text[i], sizeof(text[i]) - 1,
			    words, 11)] = '\0';
			argv[i] = text[i];
		}
		argv[count] = NULL;
		verdict = options_parse(&options, argv, &why);
		ATF_REQUIRE_MSG(verdict == VERDICT_OK ||
			strcmp(why.step, "option-unknown") == 0 ||
			strcmp(why.step, "option-value") == 0 ||
			strcmp(why.step, "option-overrides") == 0 ||
			strcmp(why.step, "operand") == 0,
		    "seed %u", seed);
	}
}

/* ---- The environment. ------------------------------------------------- */

static void
parse_with(const char *name, const char *value)
{
	static const char *const names[] = { "SENDER", "ORIGINAL_RECIPIENT",
		"RECIPIENT", "EXTENSION", "HOME" };
	size_t i;

	for (i = 0; i < 5; i++)
		ATF_REQUIRE_EQ(0, unsetenv(names[i]));
	ATF_REQUIRE_EQ(0, setenv(name, value, 1));
	options_environment(&options);
}

ATF_TC_WITHOUT_HEAD(environment__variables__fill_what_is_missing);
ATF_TC_BODY(environment__variables__fill_what_is_missing, tc)
{
	ATF_REQUIRE_EQ(VERDICT_OK, parse(""));
	parse_with("SENDER", "s@t");
	ATF_CHECK_STREQ("s@t", options.sender);
	parse_with("RECIPIENT", "a@b");
	ATF_CHECK_STREQ("a@b", options.recipient);
	parse_with("EXTENSION", "lists");
	ATF_CHECK_STREQ("lists", options.detail);
	parse_with("HOME", "/home/al");
	ATF_CHECK_STREQ("/home/al", options.home);
}

ATF_TC_WITHOUT_HEAD(environment__original_recipient__before_recipient);
ATF_TC_BODY(environment__original_recipient__before_recipient, tc)
{
	ATF_REQUIRE_EQ(VERDICT_OK, parse(""));
	ATF_REQUIRE_EQ(0, setenv("RECIPIENT", "two@b", 1));
	ATF_REQUIRE_EQ(0, setenv("ORIGINAL_RECIPIENT", "one@b", 1));
	options_environment(&options);
	ATF_CHECK_STREQ("one@b", options.recipient);
}

ATF_TC_WITHOUT_HEAD(environment__options_given__they_stay);
ATF_TC_BODY(environment__options_given__they_stay, tc)
{
	ATF_REQUIRE_EQ(VERDICT_OK, parse("-f s -a a -e e"));
	parse_with("SENDER", "x");
	parse_with("RECIPIENT", "x");
	parse_with("EXTENSION", "x");
	ATF_CHECK_STREQ("s", options.sender);
	ATF_CHECK_STREQ("a", options.recipient);
	ATF_CHECK_STREQ("e", options.detail);
}

ATF_TC_WITHOUT_HEAD(environment__empty_sender__null_sender);
ATF_TC_BODY(environment__empty_sender__null_sender, tc)
{
	ATF_REQUIRE_EQ(VERDICT_OK, parse(""));
	parse_with("SENDER", "");
	ATF_REQUIRE(options.sender != NULL);
	ATF_CHECK_STREQ("", options.sender);
}

ATF_TC_WITHOUT_HEAD(environment__others_empty__as_unset);
ATF_TC_BODY(environment__others_empty__as_unset, tc)
{
	ATF_REQUIRE_EQ(VERDICT_OK, parse(""));
	parse_with("RECIPIENT", "");
	ATF_CHECK(options.recipient == NULL);
	parse_with("ORIGINAL_RECIPIENT", "");
	ATF_CHECK(options.recipient == NULL);
	parse_with("EXTENSION", "");
	ATF_CHECK(options.detail == NULL);
	parse_with("HOME", "");
	ATF_CHECK(options.home == NULL);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, parse__nothing__nothing_set);
	ATF_TP_ADD_TC(tp, parse__no_arguments_at_all__nothing_set);
	ATF_TP_ADD_TC(tp, parse__each_letter__its_member);
	ATF_TP_ADD_TC(tp, parse__each_long_name__its_member);
	ATF_TP_ADD_TC(tp, parse__long_name_with_equals__value_behind_it);
	ATF_TP_ADD_TC(tp, parse__value_like_an_option__a_value);
	ATF_TP_ADD_TC(tp, parse__empty_sender__null_sender);
	ATF_TP_ADD_TC(tp, parse__sender_twice__last_counts);
	ATF_TP_ADD_TC(tp, parse__letters_together__the_last_takes_a_value);
	ATF_TP_ADD_TC(tp, parse__procmails_letters__mean_nothing);
	ATF_TP_ADD_TC(tp, parse__value_in_the_same_argument__refused);
	ATF_TP_ADD_TC(tp, parse__value_missing__refused);
	ATF_TP_ADD_TC(tp, parse__unknown__refused);
	ATF_TP_ADD_TC(tp, parse__operand__refused);
	ATF_TP_ADD_TC(tp, parse__empty_operand__refused);
	ATF_TP_ADD_TC(tp, parse__explain_before_a_mistake__known);
	ATF_TP_ADD_TC(tp, overrides__as_many_as_fit__all_kept);
	ATF_TP_ADD_TC(tp, overrides__one_more__refused);
	ATF_TP_ADD_TC(tp, parse__any_arguments__one_of_the_known_steps);
	ATF_TP_ADD_TC(tp, environment__variables__fill_what_is_missing);
	ATF_TP_ADD_TC(tp, environment__original_recipient__before_recipient);
	ATF_TP_ADD_TC(tp, environment__options_given__they_stay);
	ATF_TP_ADD_TC(tp, environment__empty_sender__null_sender);
	ATF_TP_ADD_TC(tp, environment__others_empty__as_unset);
	return atf_no_error();
}
