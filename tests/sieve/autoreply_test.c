#include "sieve/autoreply.h"

#include <atf-c.h>
#include <string.h>

#include "tests/support/sieve_case.h"
#include "tests/support/spans.h"

static struct sieve_case sieve;

/* What vacation says about a message with these fields, to r@b.example. */
static const char *
why_not(const char *sender, const char *fields)
{
	static char message[2000];

	(void)snprintf(message, sizeof(message), "%s\nbody\n", fields);
	sieve_case_end(&sieve);
	sieve_case_start(&sieve);
	sieve.input.message = span_of(message);
	sieve.input.envelope.from = span_of(sender);
	ATF_REQUIRE(sieve_case_decide(&sieve,
	    "require \"vacation\";"
	    "vacation :addresses [\"other@c.example\", \"\"] \"away\";"));
	return sieve.plan.actions[0].vacation.why_not;
}

#define CHECK_ANSWERED(fields) \
	ATF_CHECK_MSG(why_not("s@a.example", fields) == NULL, "%s", fields)

static void
check_silent(const char *sender, const char *fields, const char *words)
{
	const char *why = why_not(sender, fields);

	ATF_REQUIRE_MSG(why != NULL, "%s is answered: %s", sender, fields);
	ATF_CHECK_MSG(strstr(why, words) != NULL, "%s %s: %s", sender, fields,
	    why);
}

ATF_TC_WITHOUT_HEAD(user__named_by_a_field__answered);
ATF_TC_BODY(user__named_by_a_field__answered, tc)
{
	CHECK_ANSWERED("To: r@b.example\n");
	CHECK_ANSWERED("To: x@y.example, \"R\" <R@B.Example>\n");
	CHECK_ANSWERED("Cc: g: a@b.example, r@b.example;\n");
	CHECK_ANSWERED("To: r+lists@b.example\n");
	CHECK_ANSWERED("Resent-Bcc: other@c.example\n");
	CHECK_ANSWERED("To:\n x@y.example,\n\tr@b.example\n");
}

ATF_TC_WITHOUT_HEAD(user__not_named__silent);
ATF_TC_BODY(user__not_named__silent, tc)
{
	static const char words[] = "no field of the header names the user";

	check_silent("s@a.example", "To: x@y.example\n", words);
	check_silent("s@a.example", "From: r@b.example\n", words);
	check_silent("s@a.example", "To: xr@b.example\n", words);
	check_silent("s@a.example", "To: r@b.example.org\n", words);
	check_silent("s@a.example", "To: \"r@b.example\" <x@y.example>\n",
	    words);
	check_silent("s@a.example", "", words);
}

ATF_TC_WITHOUT_HEAD(sender__empty_program_or_the_user__silent);
ATF_TC_BODY(sender__empty_program_or_the_user__silent, tc)
{
	static const char to[] = "To: r@b.example\n";

	check_silent("", to, "is empty");
	check_silent("<>", to, "is empty");
	check_silent("r@b.example", to, "the user himself");
	check_silent("R+x@B.example", to, "the user himself");
	check_silent("other@c.example", to, "the user himself");
	check_silent("mailer-daemon@a.example", to, "a program");
	check_silent("LISTSERV@a.example", to, "a program");
	check_silent("majordomo@a.example", to, "a program");
	check_silent("owner-x@a.example", to, "a program");
	check_silent("x-request@a.example", to, "a program");
	check_silent("x-bounces@a.example", to, "a program");
	check_silent("x-owner@a.example", to, "a program");
	ATF_CHECK(why_not("postmaster@a.example", to) == NULL);
	ATF_CHECK(why_not("request@a.example", to) == NULL);
}

ATF_TC_WITHOUT_HEAD(message__of_a_program_or_a_list__silent);
ATF_TC_BODY(message__of_a_program_or_a_list__silent, tc)
{
	check_silent("s@a.example",
	    "To: r@b.example\nAuto-Submitted: auto-generated\n",
	    "Auto-Submitted");
	check_silent("s@a.example", "To: r@b.example\nList-Id: <x.a.example>\n",
	    "mailing list");
	check_silent("s@a.example", "To: r@b.example\nlist-unsubscribe: x\n",
	    "mailing list");
	check_silent("s@a.example", "To: r@b.example\nPrecedence: Bulk\n",
	    "bulk mail");
	check_silent("s@a.example", "To: r@b.example\nPrecedence: list\n",
	    "bulk mail");
	check_silent("s@a.example",
	    "To: r@b.example\nX-Auto-Response-Suppress: DR, OOF\n",
	    "no automatic answer");
	CHECK_ANSWERED("To: r@b.example\nAuto-Submitted: no (really)\n");
	CHECK_ANSWERED("To: r@b.example\nPrecedence: first-class\n");
	CHECK_ANSWERED("To: r@b.example\nX-Auto-Response-Suppress: DR\n");
}

ATF_TC_WITHOUT_HEAD(answer__from__the_address_that_was_written_to);
ATF_TC_BODY(answer__from__the_address_that_was_written_to, tc)
{
	CHECK_ANSWERED("To: x@y.example, R+Lists@b.example\n");
	CHECK_SPAN("R+Lists@b.example", sieve.plan.actions[0].vacation.from);
	CHECK_ANSWERED("Cc: Other <other@c.example>\n");
	CHECK_SPAN("other@c.example", sieve.plan.actions[0].vacation.from);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, user__named_by_a_field__answered);
	ATF_TP_ADD_TC(tp, user__not_named__silent);
	ATF_TP_ADD_TC(tp, sender__empty_program_or_the_user__silent);
	ATF_TP_ADD_TC(tp, message__of_a_program_or_a_list__silent);
	ATF_TP_ADD_TC(tp, answer__from__the_address_that_was_written_to);
	return atf_no_error();
}
