/*
 * What a list of commands comes to, against the words of RFC 5228 sections
 * 2.10.3 and 4.1 to 4.4, of RFC 3894, RFC 5232 section 3 and RFC 5429
 * section 2.4.
 */
#include <atf-c.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/prng.h"
#include "tests/support/sieve_case.h"

enum { COMMANDS_MAX = 10, ROUNDS = 20000 };

static struct sieve_case sieve;

struct command {
	const char *text;
	char what;	   /* k f r d: keep, fileinto, redirect, discard */
	const char *where; /* folder or address */
	const char *flag;  /* the one that it sets, or "" */
	bool is_copy;
};

static const struct command commands[] = {
	{ "keep;", 'k', "", "", false },
	{ "keep :flags \"\\\\Seen\";", 'k', "", "\\Seen", false },
	{ "fileinto \"A\";", 'f', "A", "", false },
	{ "fileinto :flags \"\\\\Flagged\" \"A\";", 'f', "A", "\\Flagged",
	    false },
	{ "fileinto :copy \"A\";", 'f', "A", "", true },
	{ "fileinto \"B\";", 'f', "B", "", false },
	{ "fileinto :copy \"B\";", 'f', "B", "", true },
	{ "fileinto \"INBOX\";", 'f', "INBOX", "", false },
	{ "fileinto :copy :flags \"\\\\Draft\" \"inbox\";", 'f', "INBOX",
	    "\\Draft", true },
	{ "redirect \"x@a.example\";", 'r', "x@a.example", "", false },
	{ "redirect :copy \"x@a.example\";", 'r', "x@a.example", "", true },
	{ "redirect \"y@a.example\";", 'r', "y@a.example", "", false },
	{ "discard;", 'd', "", "", false },
};

/* ---- The slow way ------------------------------------------------------- */

/* One line of what is to be done: "A \Seen", "INBOX", ">x@a.example". */
struct outcome {
	char lines[COMMANDS_MAX + 1][128];
	size_t count;
};

static void
put(struct outcome *outcome, const char *place, const char *flag)
{
	size_t length = strlen(place), i;

	for (i = 0; i < outcome->count; i++)
		if (strncmp(outcome->lines[i], place, length) == 0 &&
		    (outcome->lines[i][length] == '\0' ||
			outcome->lines[i][length] == ' '))
			break;
	if (i == outcome->count)
		outcome->count++;
	(void)snprintf(outcome->lines[i], sizeof(outcome->lines[i]), "%s%s%s",
	    place, flag[0] != '\0' ? " " : "", flag);
}

static void
expect(struct outcome *outcome, const struct command *const *list, size_t count)
{
	bool keeps = true;
	char place[32];
	size_t i;

	outcome->count = 0;
	for (i = 0; i < count; i++) {
		const struct command *command = list[i];

		if (!command->is_copy)
			keeps = false;
		if (command->what == 'd')
			continue;
		(void)snprintf(place, sizeof(place), "%s%s",
		    command->what == 'r' ? ">" : "",
		    command->what == 'k' ? "INBOX" : command->where);
		put(outcome, place, command->flag);
	}
	if (keeps)
		put(outcome, "INBOX", "");
}

/* ---- What came of it ---------------------------------------------------- */

static void
take(struct outcome *outcome)
{
	char place[64], flag[32];
	size_t i;

	outcome->count = 0;
	for (i = 0; i < sieve.plan.count; i++) {
		const struct sieve_action *action = &sieve.plan.actions[i];
		struct span name = action->kind == SIEVE_REDIRECT
		    ? action->address
		    : action->mailbox;
		bool is_inbox = action->kind == SIEVE_KEEP ||
		    (name.size_bytes == 5 && span_starts_nocase(name, "inbox"));

		if (action->kind == SIEVE_DISCARD)
			continue;
		ATF_REQUIRE(action->flag_count <= 1);
		(void)snprintf(place, sizeof(place), "%s%.*s",
		    action->kind == SIEVE_REDIRECT ? ">" : "",
		    is_inbox ? 5 : (int)name.size_bytes,
		    is_inbox ? "INBOX" : name.at);
		(void)snprintf(flag, sizeof(flag), "%.*s",
		    action->flag_count > 0 ? (int)action->flags[0].size_bytes
					   : 0,
		    action->flag_count > 0 ? action->flags[0].at : "");
		/* A place that comes twice would be a second copy. */
		(void)snprintf(outcome->lines[outcome->count++],
		    sizeof(outcome->lines[0]), "%s%s%s", place,
		    flag[0] != '\0' ? " " : "", flag);
	}
}

static void
compare(const struct outcome *wanted, const struct outcome *got,
    const char *script)
{
	size_t i, k;

	ATF_REQUIRE_EQ_MSG(wanted->count, got->count, "%s", script);
	for (i = 0; i < wanted->count; i++) {
		for (k = 0; k < got->count; k++)
			if (strcmp(wanted->lines[i], got->lines[k]) == 0)
				break;
		ATF_REQUIRE_MSG(k < got->count, "%s: no \"%s\"", script,
		    wanted->lines[i]);
	}
}

ATF_TC_WITHOUT_HEAD(commands__any_list__each_place_once_and_no_loss);
ATF_TC_BODY(commands__any_list__each_place_once_and_no_loss, tc)
{
	const size_t choice = sizeof(commands) / sizeof(commands[0]);
	const struct command *list[COMMANDS_MAX];
	struct outcome wanted, got;
	char script[1024];
	unsigned seed;

	sieve_case_start(&sieve);
	for (seed = 0; seed < ROUNDS; seed++) {
		struct prng prng = prng_start(seed);
		size_t count = prng_below(&prng, COMMANDS_MAX + 1), i;

		(void)snprintf(script, sizeof(script),
		    "require [\"fileinto\", \"copy\", \"imap4flags\"];");
		for (i = 0; i < count; i++) {
			list[i] = &commands[prng_below(&prng, choice)];
			(void)strcat(script, list[i]->text);
		}
		ATF_REQUIRE_MSG(sieve_case_decide(&sieve, script), "%s: %s",
		    script, sieve.error.text);
		expect(&wanted, list, count);
		take(&got);
		compare(&wanted, &got, script);
	}
	sieve_case_end(&sieve);
}

/* With each command in front of it, and behind it. */
ATF_TC_WITHOUT_HEAD(refusal__beside_any_store_or_mail__an_error_and_a_keep);
ATF_TC_BODY(refusal__beside_any_store_or_mail__an_error_and_a_keep, tc)
{
	static const char *const refusals[] = { "reject \"no\";",
		"ereject \"no\";" };
	char script[400];
	size_t i;

	sieve_case_start(&sieve);
	for (i = 0; i < 4 * sizeof(commands) / sizeof(commands[0]); i++) {
		const struct command *command = &commands[i / 4];
		const char *refusal = refusals[i % 2];
		bool is_first = i % 4 < 2;

		(void)snprintf(script, sizeof(script),
		    "require [\"fileinto\", \"copy\", \"imap4flags\", "
		    "\"reject\", \"ereject\"];%s%s",
		    is_first ? refusal : command->text,
		    is_first ? command->text : refusal);
		ATF_CHECK_EQ_MSG(command->what == 'd',
		    sieve_case_decide(&sieve, script), "%s", script);
		if (command->what != 'd')
			ATF_CHECK_STREQ("(keep)", sieve_case_plan(&sieve));
	}
	sieve_case_end(&sieve);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, commands__any_list__each_place_once_and_no_loss);
	ATF_TP_ADD_TC(tp, refusal__beside_any_store_or_mail__an_error_and_a_keep);
	return atf_no_error();
}
