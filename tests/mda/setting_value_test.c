#include "mda/setting_value.h"

#include <atf-c.h>
#include <stdio.h>
#include <string.h>

#include "mda/settings.h"
#include "tests/support/prng.h"

static struct settings settings;

static const struct setting_rule *
rule_of(const char *name)
{
	const struct setting_rule *rule;
	size_t row;

	for (row = 0; (rule = settings_rule(row)) != NULL; row++)
		if (strcmp(rule->name, name) == 0)
			return rule;
	atf_tc_fail("no setting %s", name);
	return NULL;
}

static bool
set(const char *name, const char *value)
{
	return setting_value_set(&settings, rule_of(name), value);
}

static const char *
show(const char *name)
{
	static char text[SETTING_VALUE_MAX];

	setting_value_show(text, &settings, rule_of(name));
	return text;
}

/* Refused, and what was set before is still there. */
static void
check_refused(const char *name, const char *value)
{
	char before[SETTING_VALUE_MAX];

	settings_default(&settings);
	(void)snprintf(before, sizeof(before), "%s", show(name));
	ATF_CHECK_MSG(!set(name, value), "%s = %s", name, value);
	ATF_CHECK_STREQ(before, show(name));
}

ATF_TC_WITHOUT_HEAD(set__every_default__accepted);
ATF_TC_BODY(set__every_default__accepted, tc)
{
	const struct setting_rule *rule;
	size_t row;

	for (row = 0; (rule = settings_rule(row)) != NULL; row++)
		ATF_CHECK_MSG(setting_value_set(&settings, rule, rule->preset),
		    "%s", rule->name);
}

ATF_TC_WITHOUT_HEAD(show__every_default__as_it_was_written);
ATF_TC_BODY(show__every_default__as_it_was_written, tc)
{
	char again[SETTING_VALUE_MAX];
	const struct setting_rule *rule;
	size_t row;

	settings_default(&settings);
	for (row = 0; (rule = settings_rule(row)) != NULL; row++) {
		struct settings copy;

		setting_value_show(again, &settings, rule);
		memset(&copy, 0, sizeof(copy));
		ATF_REQUIRE(setting_value_set(&copy, rule, again));
		if (rule->kind != SETTING_TEXT)
			ATF_CHECK_EQ_MSG(0,
			    memcmp((char *)&copy + rule->offset,
				(char *)&settings + rule->offset, sizeof(int)),
			    "%s = %s", rule->name, again);
		if (rule->kind == SETTING_CHOICE || rule->kind == SETTING_TEXT)
			ATF_CHECK_STREQ(rule->preset, again);
	}
}

ATF_TC_WITHOUT_HEAD(choice__every_word__round_trip);
ATF_TC_BODY(choice__every_word__round_trip, tc)
{
	char words[256];
	const struct setting_rule *rule;
	char again[SETTING_VALUE_MAX];
	const char *word;
	size_t row;

	for (row = 0; (rule = settings_rule(row)) != NULL; row++) {
		if (rule->kind != SETTING_CHOICE)
			continue;
		(void)snprintf(words, sizeof(words), "%s", rule->choices);
		for (word = strtok(words, " "); word != NULL;
		     word = strtok(NULL, " ")) {
			ATF_CHECK(setting_value_set(&settings, rule, word));
			setting_value_show(again, &settings, rule);
			ATF_CHECK_STREQ(word, again);
		}
	}
}

ATF_TC_WITHOUT_HEAD(choice__other_words__refused);
ATF_TC_BODY(choice__other_words__refused, tc)
{
	check_refused("return_path", "");
	check_refused("return_path", "sometimes");
	check_refused("return_path", "Always");
	check_refused("return_path", "alway");
	check_refused("return_path", "always!");
	check_refused("return_path", " always");
}

ATF_TC_WITHOUT_HEAD(choice__two_words_of_the_list__refused);
ATF_TC_BODY(choice__two_words_of_the_list__refused, tc)
{
	check_refused("return_path", "missing always");
	check_refused("return_path", "always never");
	check_refused("return_path", "always ");
}

ATF_TC_WITHOUT_HEAD(set_of_words__any_order__round_trip_in_the_tables);
ATF_TC_BODY(set_of_words__any_order__round_trip_in_the_tables, tc)
{
	ATF_REQUIRE(set("locks", "flock"));
	ATF_CHECK_STREQ("flock", show("locks"));
	ATF_REQUIRE(set("locks", "flock \t dotlock"));
	ATF_CHECK_STREQ("dotlock flock", show("locks"));
	ATF_REQUIRE(set("locks", "fcntl flock dotlock fcntl"));
	ATF_CHECK_STREQ("dotlock fcntl flock", show("locks"));
}

ATF_TC_WITHOUT_HEAD(set_of_words__other_words__refused);
ATF_TC_BODY(set_of_words__other_words__refused, tc)
{
	check_refused("locks", "");
	check_refused("locks", "none");
	check_refused("locks", "dotlock,fcntl");
	check_refused("locks", "dotlock lockf");
	check_refused("locks", "dotlockdotlockdotlockdotlockdotlockdotlock");
}

ATF_TC_WITHOUT_HEAD(bytes__units__multiplied);
ATF_TC_BODY(bytes__units__multiplied, tc)
{
	ATF_REQUIRE(set("spool_memory", "4096"));
	ATF_CHECK_EQ(4096, settings.spool_memory_bytes);
	ATF_REQUIRE(set("spool_memory", "5K"));
	ATF_CHECK_EQ(5 * 1024, settings.spool_memory_bytes);
	ATF_REQUIRE(set("spool_memory", "2M"));
	ATF_CHECK_EQ(2 * 1024 * 1024, settings.spool_memory_bytes);
	ATF_REQUIRE(set("spool_memory", "1G"));
	ATF_CHECK_EQ(1024LL * 1024 * 1024, settings.spool_memory_bytes);
}

ATF_TC_WITHOUT_HEAD(seconds__units__multiplied);
ATF_TC_BODY(seconds__units__multiplied, tc)
{
	ATF_REQUIRE(set("deadline", "7"));
	ATF_CHECK_EQ(7, settings.deadline_s);
	ATF_REQUIRE(set("deadline", "7s"));
	ATF_CHECK_EQ(7, settings.deadline_s);
	ATF_REQUIRE(set("deadline", "2m"));
	ATF_CHECK_EQ(120, settings.deadline_s);
}

ATF_TC_WITHOUT_HEAD(number__other_forms__refused);
ATF_TC_BODY(number__other_forms__refused, tc)
{
	static const char *const forms[] = { "", "M", "-1", "+5K", " 5K", "5 K",
		"5K ", "5k", "5KB", "0x10000", "1e6", "1.5M", "5s", "5KK" };
	size_t i;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		check_refused("spool_memory", forms[i]);
	check_refused("deadline", "5K");
	check_refused("deadline", "5S");
}

ATF_TC_WITHOUT_HEAD(number__out_of_range__refused);
ATF_TC_BODY(number__out_of_range__refused, tc)
{
	check_refused("spool_memory", "4095");
	check_refused("spool_memory", "3K");
	check_refused("spool_memory", "1073741825");
	check_refused("spool_memory", "2G");
	check_refused("spool_memory", "1025M");
	check_refused("deadline", "0");
	check_refused("deadline", "901");
	check_refused("deadline", "16m");
	check_refused("deadline", "1h");
}

ATF_TC_WITHOUT_HEAD(number__would_overflow__refused);
ATF_TC_BODY(number__would_overflow__refused, tc)
{
	check_refused("spool_memory", "18446744073709551616");
	check_refused("spool_memory", "18014398509481984K");
	check_refused("spool_memory", "9223372036854775807G");
	check_refused("spool_memory", "99999999999999999999999999999999");
}

ATF_TC_WITHOUT_HEAD(number__ends_of_each_range__accepted_and_no_more);
ATF_TC_BODY(number__ends_of_each_range__accepted_and_no_more, tc)
{
	const struct setting_rule *rule;
	char text[32];
	size_t row;

	for (row = 0; (rule = settings_rule(row)) != NULL; row++) {
		if (rule->kind != SETTING_BYTES &&
		    rule->kind != SETTING_SECONDS)
			continue;
		(void)snprintf(text, sizeof(text), "%lld", rule->least);
		ATF_CHECK(setting_value_set(&settings, rule, text));
		(void)snprintf(text, sizeof(text), "%lld", rule->most);
		ATF_CHECK(setting_value_set(&settings, rule, text));
		(void)snprintf(text, sizeof(text), "%lld", rule->least - 1);
		ATF_CHECK(!setting_value_set(&settings, rule, text));
		(void)snprintf(text, sizeof(text), "%lld", rule->most + 1);
		ATF_CHECK(!setting_value_set(&settings, rule, text));
	}
}

ATF_TC_WITHOUT_HEAD(number__any_in_range__round_trip);
ATF_TC_BODY(number__any_in_range__round_trip, tc)
{
	char text[SETTING_VALUE_MAX];
	const struct setting_rule *rule;
	unsigned int seed;
	size_t row;

	for (row = 0; (rule = settings_rule(row)) != NULL; row++) {
		if (rule->kind != SETTING_BYTES &&
		    rule->kind != SETTING_SECONDS)
			continue;
		for (seed = 0; seed < 3000; seed++) {
			struct prng prng = prng_start(seed);
			long long number = rule->least +
			    (long long)(prng_next(&prng) %
				(unsigned long long)(rule->most - rule->least +
				    1));
			long long after;

			if (seed % 2 == 0 && number / 60 * 60 >= rule->least)
				number = number / 60 * 60;
			if (seed % 3 == 0 &&
			    number / 1024 * 1024 >= rule->least)
				number = number / 1024 * 1024;
			memcpy((char *)&settings + rule->offset, &number,
			    sizeof(number));
			setting_value_show(text, &settings, rule);
			memset((char *)&settings + rule->offset, 0xff,
			    sizeof(number));
			ATF_REQUIRE_MSG(setting_value_set(&settings, rule,
					    text),
			    "seed %u: %s = %s", seed, rule->name, text);
			memcpy(&after, (char *)&settings + rule->offset,
			    sizeof(after));
			ATF_REQUIRE_EQ_MSG(number, after, "seed %u: %s = %s",
			    seed, rule->name, text);
		}
	}
}

ATF_TC_WITHOUT_HEAD(text__longest__kept_whole);
ATF_TC_BODY(text__longest__kept_whole, tc)
{
	char value[SETTING_VALUE_MAX];

	memset(value, 'v', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	ATF_REQUIRE(set("mailbox", value));
	ATF_CHECK_STREQ(value, show("mailbox"));
}

ATF_TC_WITHOUT_HEAD(text__every_row_set_often__each_keeps_its_last);
ATF_TC_BODY(text__every_row_set_often__each_keeps_its_last, tc)
{
	const struct setting_rule *rule;
	char value[64];
	size_t round;
	size_t row;

	settings_default(&settings);
	for (round = 0; round < 3; round++)
		for (row = 0; (rule = settings_rule(row)) != NULL; row++) {
			if (rule->kind != SETTING_TEXT)
				continue;
			(void)snprintf(value, sizeof(value), "%s %zu",
			    rule->name, round);
			ATF_REQUIRE(setting_value_set(&settings, rule, value));
		}
	ATF_CHECK(settings.text_count <= SETTINGS_TEXTS);
	for (row = 0; (rule = settings_rule(row)) != NULL; row++) {
		(void)snprintf(value, sizeof(value), "%s 2", rule->name);
		if (rule->kind == SETTING_TEXT)
			ATF_CHECK_STREQ(value, show(rule->name));
	}
}

ATF_TC_WITHOUT_HEAD(inherited__then_set__the_first_keeps_its_own);
ATF_TC_BODY(inherited__then_set__the_first_keeps_its_own, tc)
{
	static struct settings heir;

	settings_default(&settings);
	ATF_REQUIRE(set("mailbox", "/one"));
	ATF_REQUIRE(set("delimiter", "-"));
	settings_inherit(&heir, &settings);
	ATF_CHECK_STREQ("/one", heir.mailbox);
	ATF_REQUIRE(setting_value_set(&heir, rule_of("mailbox"), "/two"));
	ATF_CHECK_STREQ("/two", heir.mailbox);
	ATF_CHECK_STREQ("-", heir.delimiter);
	ATF_CHECK_STREQ("/one", settings.mailbox);
}

ATF_TC_WITHOUT_HEAD(copied__then_the_first_changes__stays);
ATF_TC_BODY(copied__then_the_first_changes__stays, tc)
{
	static struct settings heir;
	static struct settings copy;

	settings_default(&settings);
	ATF_REQUIRE(set("delimiter", "-"));
	settings_inherit(&heir, &settings);
	ATF_CHECK(!settings_differ(&heir, &settings));
	ATF_REQUIRE(setting_value_set(&heir, rule_of("mailbox"), "/two"));
	ATF_REQUIRE(setting_value_set(&heir, rule_of("sieve"), "/three"));
	ATF_REQUIRE(setting_value_set(&heir, rule_of("mailbox"), "/four"));
	ATF_CHECK(settings_differ(&heir, &settings));
	settings_copy(&copy, &heir);
	memset(&heir, 'x', sizeof(heir));
	ATF_CHECK_STREQ("/four", copy.mailbox);
	ATF_CHECK_STREQ("/three", copy.sieve);
	ATF_CHECK_STREQ("-", copy.delimiter);
	ATF_REQUIRE(setting_value_set(&copy, rule_of("mailbox"), "/five"));
	ATF_CHECK_STREQ("/five", copy.mailbox);
	ATF_CHECK_STREQ("/three", copy.sieve);
}

ATF_TC_WITHOUT_HEAD(text__too_long__refused);
ATF_TC_BODY(text__too_long__refused, tc)
{
	char value[SETTING_VALUE_MAX + 1];

	memset(value, 'v', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	check_refused("mailbox", value);
}

ATF_TC_WITHOUT_HEAD(text__empty__accepted);
ATF_TC_BODY(text__empty__accepted, tc)
{
	ATF_REQUIRE(set("log_file", ""));
	ATF_CHECK_STREQ("", show("log_file"));
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, set__every_default__accepted);
	ATF_TP_ADD_TC(tp, show__every_default__as_it_was_written);
	ATF_TP_ADD_TC(tp, choice__every_word__round_trip);
	ATF_TP_ADD_TC(tp, choice__other_words__refused);
	ATF_TP_ADD_TC(tp, choice__two_words_of_the_list__refused);
	ATF_TP_ADD_TC(tp, set_of_words__any_order__round_trip_in_the_tables);
	ATF_TP_ADD_TC(tp, set_of_words__other_words__refused);
	ATF_TP_ADD_TC(tp, bytes__units__multiplied);
	ATF_TP_ADD_TC(tp, seconds__units__multiplied);
	ATF_TP_ADD_TC(tp, number__other_forms__refused);
	ATF_TP_ADD_TC(tp, number__out_of_range__refused);
	ATF_TP_ADD_TC(tp, number__would_overflow__refused);
	ATF_TP_ADD_TC(tp, number__ends_of_each_range__accepted_and_no_more);
	ATF_TP_ADD_TC(tp, number__any_in_range__round_trip);
	ATF_TP_ADD_TC(tp, text__longest__kept_whole);
	ATF_TP_ADD_TC(tp, text__every_row_set_often__each_keeps_its_last);
	ATF_TP_ADD_TC(tp, inherited__then_set__the_first_keeps_its_own);
	ATF_TP_ADD_TC(tp, copied__then_the_first_changes__stays);
	ATF_TP_ADD_TC(tp, text__too_long__refused);
	ATF_TP_ADD_TC(tp, text__empty__accepted);
	return atf_no_error();
}
