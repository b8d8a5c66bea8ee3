#include "sieve/run.h"

#include <atf-c.h>
#include <string.h>

#include "tests/support/sieve_case.h"
#include "tests/support/spans.h"

static struct sieve_case sieve;

/* Run several programs, one after the other, and look at the plan. */
static bool
run_two(const char *first, const char *second)
{
	sieve_case_end(&sieve);
	sieve_case_start(&sieve);
	ATF_REQUIRE(sieve_case_compile(&sieve, span_of(first)));
	ATF_REQUIRE(sieve_case_compile(&sieve, span_of(second)));
	return sieve_case_run(&sieve);
}

#define CHECK_PLAN(words) ATF_CHECK_STREQ(words, sieve_case_plan(&sieve))

static void
check_error(const char *words)
{
	ATF_CHECK_MSG(strstr(sieve.error.text, words) != NULL, "%s",
	    sieve.error.text);
}

/* ---- Several programs ---------------------------------------------------- */

ATF_TC_WITHOUT_HEAD(programs__kept__the_next_one_decides);
ATF_TC_BODY(programs__kept__the_next_one_decides, tc)
{
	ATF_CHECK(run_two("stop;", "redirect \"a@b.example\";"));
	CHECK_PLAN("redirect:a@b.example");
	ATF_CHECK(run_two("keep;", "discard;"));
	CHECK_PLAN("discard");
	ATF_CHECK(run_two("keep;", "stop;"));
	CHECK_PLAN("(keep)");
}

ATF_TC_WITHOUT_HEAD(programs__not_kept__the_next_one_is_not_run);
ATF_TC_BODY(programs__not_kept__the_next_one_is_not_run, tc)
{
	ATF_CHECK(run_two("discard;", "redirect \"a@b.example\";"));
	CHECK_PLAN("discard");
	ATF_CHECK(run_two("require \"reject\"; reject \"x\";", "keep;"));
	CHECK_PLAN("reject");
}

ATF_TC_WITHOUT_HEAD(programs__copies_of_the_first__stay_in_the_plan);
ATF_TC_BODY(programs__copies_of_the_first__stay_in_the_plan, tc)
{
	ATF_CHECK(run_two("require [\"fileinto\", \"copy\"];"
			  "fileinto :copy \"x\";",
	    "discard;"));
	CHECK_PLAN("fileinto:x discard");
	ATF_CHECK(
	    run_two("require \"fileinto\"; fileinto \"x\"; keep;", "keep;"));
	CHECK_PLAN("fileinto:x keep");
}

/* What a fileinto asked for is not undone because a keep said the same. */
ATF_TC_WITHOUT_HEAD(programs__fileinto_inbox_and_keep__stays);
ATF_TC_BODY(programs__fileinto_inbox_and_keep__stays, tc)
{
	ATF_CHECK(run_two("require \"fileinto\"; fileinto \"INBOX\"; keep;",
	    "discard;"));
	CHECK_PLAN("keep discard");
	ATF_CHECK(run_two("require \"fileinto\"; keep; fileinto \"inbox\";",
	    "discard;"));
	CHECK_PLAN("keep discard");
}

ATF_TC_WITHOUT_HEAD(programs__flags__go_on_into_the_next);
ATF_TC_BODY(programs__flags__go_on_into_the_next, tc)
{
	ATF_CHECK(run_two("require \"imap4flags\"; setflag \"\\\\Seen\";",
	    "require \"fileinto\"; fileinto \"x\";"));
	ATF_REQUIRE_EQ(1, sieve.plan.count);
	ATF_REQUIRE_EQ(1, sieve.plan.actions[0].flag_count);
	CHECK_SPAN("\\Seen", sieve.plan.actions[0].flags[0]);
}

ATF_TC_WITHOUT_HEAD(programs__edited_header__goes_on_into_the_next);
ATF_TC_BODY(programs__edited_header__goes_on_into_the_next, tc)
{
	ATF_CHECK(run_two("require \"editheader\"; addheader \"X\" \"1\";",
	    "if header \"X\" \"1\" { redirect \"a@b.example\"; }"));
	ATF_REQUIRE_EQ(1, sieve.plan.count);
	ATF_CHECK(sieve.plan.actions[0].header != NULL);
}

ATF_TC_WITHOUT_HEAD(edited_header__line_ends__those_of_the_message);
ATF_TC_BODY(edited_header__line_ends__those_of_the_message, tc)
{
	static const char script[] = "require \"editheader\";"
				     "addheader \"X\" \"1\"; keep;";

	sieve_case_start(&sieve);
	sieve.input.message = SPAN("A: b\r\n\r\nbody\r\n");
	ATF_REQUIRE(sieve_case_decide(&sieve, script));
	CHECK_SPAN("X: 1\r\nA: b\r\n\r\n", *sieve.plan.actions[0].header);
	sieve.input.message = SPAN("A: b\n\nbody\r\n");
	ATF_REQUIRE(sieve_case_decide(&sieve, script));
	CHECK_SPAN("X: 1\nA: b\n\n", *sieve.plan.actions[0].header);
	sieve_case_end(&sieve);
}

ATF_TC_WITHOUT_HEAD(programs__two_vacations__the_first_answers);
ATF_TC_BODY(programs__two_vacations__the_first_answers, tc)
{
	ATF_CHECK(run_two("require \"vacation\"; vacation \"one\";",
	    "require \"vacation\"; vacation \"two\"; discard;"));
	CHECK_PLAN("vacation discard");
	CHECK_SPAN("one", sieve.plan.actions[0].vacation.reason);
}

ATF_TC_WITHOUT_HEAD(programs__the_second_fails__the_first_stays_and_a_keep);
ATF_TC_BODY(programs__the_second_fails__the_first_stays_and_a_keep, tc)
{
	ATF_CHECK(!run_two("require \"copy\"; redirect :copy \"a@b.example\";",
	    "require \"ihave\"; discard; error \"no\";"));
	CHECK_PLAN("redirect:a@b.example (keep)");
	check_error("no");
}

ATF_TC_WITHOUT_HEAD(programs__none__a_keep);
ATF_TC_BODY(programs__none__a_keep, tc)
{
	sieve_case_start(&sieve);
	ATF_CHECK(sieve_case_run(&sieve));
	CHECK_PLAN("(keep)");
	sieve_case_end(&sieve);
}

/* ---- Errors --------------------------------------------------------------- */

ATF_TC_WITHOUT_HEAD(error__any__only_a_keep_without_edits_is_left);
ATF_TC_BODY(error__any__only_a_keep_without_edits_is_left, tc)
{
	sieve_case_start(&sieve);
	ATF_CHECK(!sieve_case_decide(&sieve,
	    "require [\"editheader\", \"ihave\", \"imap4flags\"];\n"
	    "redirect \"a@b.example\"; addheader \"X\" \"1\";\n"
	    "setflag \"\\\\Seen\";\n  error \"because\";"));
	CHECK_PLAN("(keep)");
	ATF_CHECK(sieve.plan.actions[0].header == NULL);
	ATF_CHECK_EQ(0, sieve.plan.actions[0].flag_count);
	ATF_CHECK_STREQ("because", sieve.error.text);
	ATF_CHECK_STREQ("script", sieve.error.script);
	ATF_CHECK_EQ(4, sieve.error.place.line);
	ATF_CHECK_EQ(3, sieve.error.place.column);
	sieve_case_end(&sieve);
}

ATF_TC_WITHOUT_HEAD(limits__steps_memory_actions_redirects__errors);
ATF_TC_BODY(limits__steps_memory_actions_redirects__errors, tc)
{
	sieve_case_start(&sieve);
	sieve.options.limits.steps = 2;
	ATF_CHECK(!sieve_case_decide(&sieve, "if true { keep; }"));
	check_error("more than 2 steps");
	CHECK_PLAN("(keep)");
	sieve.options.limits.steps = 1000;
	sieve.options.limits.actions = 2;
	ATF_CHECK(!sieve_case_decide(&sieve,
	    "require \"fileinto\"; fileinto \"a\"; fileinto \"b\";"
	    "fileinto \"c\";"));
	check_error("number of actions exceeds");
	sieve.options.limits.redirects = 1;
	ATF_CHECK(!sieve_case_decide(&sieve,
	    "redirect \"a@b.example\"; redirect \"c@d.example\";"));
	check_error("redirect");
	sieve.options.limits.memory_bytes = 4096;
	ATF_CHECK(!sieve_case_decide(&sieve,
	    "require \"variables\"; set \"a\" \"0123456789\";"
	    "set \"a\" \"${a}${a}${a}${a}${a}${a}${a}${a}${a}${a}\";"
	    "set \"a\" \"${a}${a}${a}${a}${a}${a}${a}${a}${a}${a}\";"
	    "set \"a\" \"${a}${a}${a}${a}${a}${a}${a}${a}${a}${a}\";"));
	check_error("memory");
	CHECK_PLAN("(keep)");
	sieve_case_end(&sieve);
}

/* Whoever executes a plan would refuse all of it. */
ATF_TC_WITHOUT_HEAD(fileinto__control_or_too_long__error);
ATF_TC_BODY(fileinto__control_or_too_long__error, tc)
{
	static const char twice[] =
	    "require [\"fileinto\", \"variables\", \"copy\"];"
	    "set \"a\" \"0123456789abcdef\";"
	    "set \"a\" \"${a}${a}${a}${a}${a}${a}${a}${a}\";"
	    "set \"a\" \"${a}${a}${a}${a}${a}${a}${a}${a}\";"
	    "fileinto :copy \"${a}\"; fileinto \"${a}x\";";

	sieve_case_start(&sieve);
	ATF_CHECK(!sieve_case_compile(&sieve,
	    span_of("require \"fileinto\"; fileinto \"a\nb\";")));
	ATF_CHECK(!sieve_case_decide(&sieve,
	    "require [\"fileinto\", \"variables\"];"
	    "set \"a\" \"x\t\"; fileinto \"${a}\";"));
	check_error("it has control characters");
	CHECK_PLAN("(keep)");
	ATF_CHECK(!sieve_case_decide(&sieve, twice));
	check_error("it is too long");
	ATF_CHECK_EQ(1, sieve.error.place.line);
	CHECK_PLAN("(keep)");
	sieve_case_end(&sieve);
}

ATF_TC_WITHOUT_HEAD(flags__long_or_many__left_out);
ATF_TC_BODY(flags__long_or_many__left_out, tc)
{
	char script[4096], flag[80];
	size_t i, used;

	memset(flag, 'x', sizeof(flag));
	used = (size_t)snprintf(script, sizeof(script),
	    "require \"imap4flags\"; keep :flags \"%.65s %.64s", flag, flag);
	for (i = 0; i < 70; i++)
		used += (size_t)snprintf(script + used, sizeof(script) - used,
		    " f%zu", i);
	(void)snprintf(script + used, sizeof(script) - used, "\";");
	sieve_case_start(&sieve);
	ATF_REQUIRE(sieve_case_decide(&sieve, script));
	ATF_REQUIRE_EQ(64, sieve.plan.actions[0].flag_count);
	ATF_CHECK_EQ(64, sieve.plan.actions[0].flags[0].size_bytes);
	CHECK_SPAN("f62", sieve.plan.actions[0].flags[63]);
	sieve_case_end(&sieve);
}

ATF_TC_WITHOUT_HEAD(limits__implicit_keep__is_never_one_too_many);
ATF_TC_BODY(limits__implicit_keep__is_never_one_too_many, tc)
{
	sieve_case_start(&sieve);
	sieve.options.limits.actions = 1;
	ATF_CHECK(sieve_case_decide(&sieve,
	    "require \"copy\"; redirect :copy \"a@b.example\";"));
	CHECK_PLAN("redirect:a@b.example (keep)");
	sieve_case_end(&sieve);
}

/* ---- Questions ------------------------------------------------------------ */

static enum sieve_answer
exists_no_answer(void *context, struct span name)
{
	(void)context;
	(void)name;
	return SIEVE_UNANSWERED;
}

static enum sieve_answer
seen_no_answer(void *context, const struct sieve_mark *mark)
{
	(void)context;
	(void)mark;
	return SIEVE_UNANSWERED;
}

ATF_TC_WITHOUT_HEAD(answers__unanswered__an_error_and_a_keep);
ATF_TC_BODY(answers__unanswered__an_error_and_a_keep, tc)
{
	sieve_case_start(&sieve);
	sieve.input.answers.mailbox_exists = exists_no_answer;
	sieve.input.answers.was_seen = seen_no_answer;
	ATF_CHECK(!sieve_case_decide(&sieve,
	    "require \"mailbox\"; if mailboxexists \"x\" { stop; } discard;"));
	check_error("whether the mailbox");
	CHECK_PLAN("(keep)");
	ATF_CHECK(!sieve_case_decide(&sieve,
	    "require \"duplicate\"; if duplicate :uniqueid \"x\" { stop; }"
	    "discard;"));
	check_error("whether the message was seen");
	CHECK_PLAN("(keep)");
	sieve_case_end(&sieve);
}

ATF_TC_WITHOUT_HEAD(answers__nobody_to_ask__no);
ATF_TC_BODY(answers__nobody_to_ask__no, tc)
{
	sieve_case_start(&sieve);
	ATF_CHECK(sieve_case_decide(&sieve,
	    "require [\"mailbox\", \"duplicate\"];"
	    "if mailboxexists \"INBOX\" { discard; }"
	    "if duplicate :uniqueid \"x\" { discard; }"));
	CHECK_PLAN("duplicate (keep)");
	sieve_case_end(&sieve);
}

/* ---- The envelope ---------------------------------------------------------- */

ATF_TC_WITHOUT_HEAD(envelope__unknown_parts__match_nothing);
ATF_TC_BODY(envelope__unknown_parts__match_nothing, tc)
{
	sieve_case_start(&sieve);
	sieve.input.envelope.has_from = sieve.input.envelope.has_to = false;
	ATF_CHECK(sieve_case_decide(&sieve,
	    "require [\"envelope\", \"vacation\"];"
	    "if envelope :contains [\"from\", \"to\", \"auth\"] \"\" {"
	    "discard; } vacation \"x\";"));
	CHECK_PLAN("vacation (keep)");
	ATF_CHECK(sieve.plan.actions[0].vacation.why_not != NULL);
	sieve_case_end(&sieve);
}

static const char *
why_not(const char *sender)
{
	sieve.input.envelope.from = span_of(sender);
	ATF_REQUIRE(sieve_case_decide(&sieve,
	    "require \"vacation\"; vacation \"away\";"));
	ATF_REQUIRE_EQ(SIEVE_VACATION, sieve.plan.actions[0].kind);
	return sieve.plan.actions[0].vacation.why_not;
}

/* Of a plan with an answer, whoever executes it insists on a good address. */
ATF_TC_WITHOUT_HEAD(vacation__sender_that_mail_cannot_go_to__no_answer);
ATF_TC_BODY(vacation__sender_that_mail_cannot_go_to__no_answer, tc)
{
	sieve_case_start(&sieve);
	ATF_CHECK(why_not("s@a.example") == NULL);
	ATF_CHECK(why_not("\"s s\"@a.example") == NULL);
	ATF_CHECK_STREQ("mail cannot be sent to the sender of the envelope",
	    why_not("s..s@a.example"));
	ATF_CHECK_STREQ("mail cannot be sent to the sender of the envelope",
	    why_not("s"));
	ATF_CHECK_STREQ("the sender of the envelope is no address",
	    why_not("s@@a"));
	ATF_CHECK_STREQ("the sender of the envelope is empty", why_not(""));
	sieve_case_end(&sieve);
}

ATF_TC_WITHOUT_HEAD(duplicate__no_seconds__nothing_to_remember);
ATF_TC_BODY(duplicate__no_seconds__nothing_to_remember, tc)
{
	sieve_case_start(&sieve);
	ATF_CHECK(sieve_case_decide(&sieve,
	    "require \"duplicate\";"
	    "if duplicate :uniqueid \"x\" :seconds 0 { discard; }"));
	CHECK_PLAN("(keep)");
	sieve_case_end(&sieve);
}

/* RFC 5260 section 5: the same point in time for all of a script. */
ATF_TC_WITHOUT_HEAD(currentdate__any__the_moment_that_the_caller_gives);
ATF_TC_BODY(currentdate__any__the_moment_that_the_caller_gives, tc)
{
	sieve_case_start(&sieve);
	sieve.input.now_s = 880127706;
	ATF_REQUIRE(sieve_case_decide(&sieve,
	    "require [\"date\", \"fileinto\", \"variables\"];"
	    "if currentdate :matches :zone \"+0000\" \"iso8601\" \"*\" {"
	    "set \"one\" \"${0}\"; }"
	    "if currentdate :matches :zone \"+0000\" \"iso8601\" \"*\" {"
	    "fileinto \"${one} ${0}\"; }"));
	CHECK_PLAN("fileinto:1997-11-21T15:55:06Z 1997-11-21T15:55:06Z");
	sieve_case_end(&sieve);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp,
	    currentdate__any__the_moment_that_the_caller_gives);
	ATF_TP_ADD_TC(tp, vacation__sender_that_mail_cannot_go_to__no_answer);
	ATF_TP_ADD_TC(tp, duplicate__no_seconds__nothing_to_remember);
	ATF_TP_ADD_TC(tp, programs__kept__the_next_one_decides);
	ATF_TP_ADD_TC(tp, programs__not_kept__the_next_one_is_not_run);
	ATF_TP_ADD_TC(tp, programs__copies_of_the_first__stay_in_the_plan);
	ATF_TP_ADD_TC(tp, programs__fileinto_inbox_and_keep__stays);
	ATF_TP_ADD_TC(tp, programs__flags__go_on_into_the_next);
	ATF_TP_ADD_TC(tp, programs__edited_header__goes_on_into_the_next);
	ATF_TP_ADD_TC(tp, edited_header__line_ends__those_of_the_message);
	ATF_TP_ADD_TC(tp, programs__two_vacations__the_first_answers);
	ATF_TP_ADD_TC(tp,
	    programs__the_second_fails__the_first_stays_and_a_keep);
	ATF_TP_ADD_TC(tp, programs__none__a_keep);
	ATF_TP_ADD_TC(tp, error__any__only_a_keep_without_edits_is_left);
	ATF_TP_ADD_TC(tp, limits__steps_memory_actions_redirects__errors);
	ATF_TP_ADD_TC(tp, fileinto__control_or_too_long__error);
	ATF_TP_ADD_TC(tp, flags__long_or_many__left_out);
	ATF_TP_ADD_TC(tp, limits__implicit_keep__is_never_one_too_many);
	ATF_TP_ADD_TC(tp, answers__unanswered__an_error_and_a_keep);
	ATF_TP_ADD_TC(tp, answers__nobody_to_ask__no);
	ATF_TP_ADD_TC(tp, envelope__unknown_parts__match_nothing);
	return atf_no_error();
}
