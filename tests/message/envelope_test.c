#include "message/envelope.h"

#include <atf-c.h>
#include <string.h>

#include "tests/support/guard.h"
#include "tests/support/prng.h"
#include "tests/support/spans.h"

static const struct envelope nobody;

/* What is left of a message; *envelope starts without a sender. */
static struct span
take(struct envelope *envelope, const char *text)
{
	struct span head = guard_place(text, strlen(text));

	*envelope = nobody;
	envelope_take_from_line(envelope, &head);
	return head;
}

static struct span
sender_of(const char *text)
{
	struct envelope envelope;

	(void)take(&envelope, text);
	ATF_REQUIRE(envelope.has_sender);
	return envelope.sender;
}

ATF_TC_WITHOUT_HEAD(set_sender__address__kept);
ATF_TC_BODY(set_sender__address__kept, tc)
{
	struct envelope envelope = nobody;

	envelope_set_sender(&envelope, SPAN("al@example.org"));
	ATF_CHECK(envelope.has_sender);
	CHECK_SPAN("al@example.org", envelope.sender);
}

ATF_TC_WITHOUT_HEAD(set_sender__empty__null_sender);
ATF_TC_BODY(set_sender__empty__null_sender, tc)
{
	struct envelope envelope = nobody;

	envelope_set_sender(&envelope, SPAN(""));
	ATF_CHECK(envelope.has_sender);
	ATF_CHECK_EQ(0, envelope.sender.size_bytes);
}

ATF_TC_WITHOUT_HEAD(set_sender__angle_brackets__null_sender);
ATF_TC_BODY(set_sender__angle_brackets__null_sender, tc)
{
	struct envelope envelope = nobody;

	envelope_set_sender(&envelope, SPAN("<>"));
	ATF_CHECK(envelope.has_sender);
	ATF_CHECK_EQ(0, envelope.sender.size_bytes);
}

ATF_TC_WITHOUT_HEAD(set_sender__mailer_daemon__null_sender);
ATF_TC_BODY(set_sender__mailer_daemon__null_sender, tc)
{
	struct envelope envelope = nobody;

	envelope_set_sender(&envelope, SPAN("MAILER-DAEMON"));
	ATF_CHECK(envelope.has_sender);
	ATF_CHECK_EQ(0, envelope.sender.size_bytes);
}

ATF_TC_WITHOUT_HEAD(set_sender__mailer_daemon_somewhere__an_address);
ATF_TC_BODY(set_sender__mailer_daemon_somewhere__an_address, tc)
{
	struct envelope envelope = nobody;

	envelope_set_sender(&envelope, SPAN("MAILER-DAEMON@example.org"));
	CHECK_SPAN("MAILER-DAEMON@example.org", envelope.sender);
}

ATF_TC_WITHOUT_HEAD(from_line__there__taken_off);
ATF_TC_BODY(from_line__there__taken_off, tc)
{
	struct envelope envelope;

	CHECK_SPAN("A: b\n",
	    take(&envelope, "From al@b Mon Jan  1 00:00:00 2024\nA: b\n"));
}

ATF_TC_WITHOUT_HEAD(from_line__there__gives_the_sender);
ATF_TC_BODY(from_line__there__gives_the_sender, tc)
{
	CHECK_SPAN("al@b",
	    sender_of("From al@b Mon Jan  1 00:00:00 2024\nA: b\n"));
}

ATF_TC_WITHOUT_HEAD(from_line__two_blanks__gives_the_sender);
ATF_TC_BODY(from_line__two_blanks__gives_the_sender, tc)
{
	CHECK_SPAN("al@b", sender_of("From  al@b  Mon Jan  1\nA: b\n"));
}

ATF_TC_WITHOUT_HEAD(from_line__sender_known__sender_stays);
ATF_TC_BODY(from_line__sender_known__sender_stays, tc)
{
	struct envelope envelope = nobody;
	struct span head = SPAN("From al@b Mon\nA: b\n");

	envelope_set_sender(&envelope, SPAN("<>"));
	envelope_take_from_line(&envelope, &head);
	ATF_CHECK_EQ(0, envelope.sender.size_bytes);
	CHECK_SPAN("A: b\n", head);
}

ATF_TC_WITHOUT_HEAD(from_line__quoted_local_part__blanks_belong_to_it);
ATF_TC_BODY(from_line__quoted_local_part__blanks_belong_to_it, tc)
{
	CHECK_SPAN("\"al of b\"@c", sender_of("From \"al of b\"@c Mon Jan\n"));
}

ATF_TC_WITHOUT_HEAD(from_line__quoted_pair__belongs_to_it);
ATF_TC_BODY(from_line__quoted_pair__belongs_to_it, tc)
{
	CHECK_SPAN("\"a\\\" b\"@c", sender_of("From \"a\\\" b\"@c Mon Jan\n"));
}

ATF_TC_WITHOUT_HEAD(from_line__quote_never_closed__ends_with_the_line);
ATF_TC_BODY(from_line__quote_never_closed__ends_with_the_line, tc)
{
	CHECK_SPAN("\"a Mon Jan", sender_of("From \"a Mon Jan\nA: b\n"));
}

ATF_TC_WITHOUT_HEAD(from_line__backslash_last__ends_with_the_line);
ATF_TC_BODY(from_line__backslash_last__ends_with_the_line, tc)
{
	CHECK_SPAN("\"a\\", sender_of("From \"a\\\n"));
}

ATF_TC_WITHOUT_HEAD(from_line__mailer_daemon__null_sender);
ATF_TC_BODY(from_line__mailer_daemon__null_sender, tc)
{
	ATF_CHECK_EQ(0, sender_of("From MAILER-DAEMON Mon\n").size_bytes);
}

ATF_TC_WITHOUT_HEAD(from_line__crlf__address_without_cr);
ATF_TC_BODY(from_line__crlf__address_without_cr, tc)
{
	CHECK_SPAN("al@b", sender_of("From al@b\r\nA: b\r\n"));
}

ATF_TC_WITHOUT_HEAD(from_line__date_at_once__null_sender);
ATF_TC_BODY(from_line__date_at_once__null_sender, tc)
{
	ATF_CHECK_EQ(0,
	    sender_of("From  Fri Nov 27 21:07:00 2026\nA: b\n").size_bytes);
	CHECK_SPAN("Fri", sender_of("From Fri Fri Nov 27 21:07:00 2026\n"));
	CHECK_SPAN("Sunny", sender_of("From Sunny Jan 27\n"));
	CHECK_SPAN("Sun", sender_of("From Sun Jan\n"));
}

ATF_TC_WITHOUT_HEAD(from_line__no_address__no_sender);
ATF_TC_BODY(from_line__no_address__no_sender, tc)
{
	struct envelope envelope;

	CHECK_SPAN("A: b\n", take(&envelope, "From \nA: b\n"));
	ATF_CHECK(!envelope.has_sender);
}

ATF_TC_WITHOUT_HEAD(from_line__field_named_from__left);
ATF_TC_BODY(from_line__field_named_from__left, tc)
{
	struct envelope envelope;

	CHECK_SPAN("From: al@b\n", take(&envelope, "From: al@b\n"));
	ATF_CHECK(!envelope.has_sender);
}

ATF_TC_WITHOUT_HEAD(from_line__quoted_or_later__left);
ATF_TC_BODY(from_line__quoted_or_later__left, tc)
{
	struct envelope envelope;

	CHECK_SPAN(">From a\n", take(&envelope, ">From a\n"));
	CHECK_SPAN("A: b\nFrom a\n", take(&envelope, "A: b\nFrom a\n"));
	CHECK_SPAN("", take(&envelope, ""));
	CHECK_SPAN("From", take(&envelope, "From"));
}

/* It may go on behind what is held in memory. */
ATF_TC_WITHOUT_HEAD(from_line__cut_off__left);
ATF_TC_BODY(from_line__cut_off__left, tc)
{
	struct envelope envelope;

	CHECK_SPAN("From a@b Mon", take(&envelope, "From a@b Mon"));
	ATF_CHECK(!envelope.has_sender);
}

ATF_TC_WITHOUT_HEAD(from_line__any_bytes__one_line_less_or_as_it_was);
ATF_TC_BODY(from_line__any_bytes__one_line_less_or_as_it_was, tc)
{
	static const char *const words[] = { "From ", "From ", " ", "\"", "\\",
		"a@b", "\n", "\r\n", "Mon Jan" };
	char text[120];
	unsigned int seed;

	for (seed = 0; seed < 20000; seed++) {
		struct prng prng = prng_start(seed);
		struct span whole = guard_place(text,
		    prng_words(&prng, text, sizeof(text), words, 9));
		struct span head = whole;
		struct span rest = whole;
		struct span line = span_line(&rest);
		struct envelope envelope = nobody;
		bool is_from = span_starts(whole, "From ") &&
		    line.at[line.size_bytes - 1] == '\n';

		envelope_take_from_line(&envelope, &head);
		ATF_REQUIRE_MSG(span_equals(is_from ? rest : whole, head),
		    "seed %u", seed);
		if (envelope.sender.size_bytes > 0)
			ATF_REQUIRE_MSG(envelope.sender.at > line.at &&
				envelope.sender.at +
					envelope.sender.size_bytes <=
				    line.at + line.size_bytes &&
				memchr(envelope.sender.at, '\n',
				    envelope.sender.size_bytes) == NULL,
			    "seed %u", seed);
	}
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, set_sender__address__kept);
	ATF_TP_ADD_TC(tp, set_sender__empty__null_sender);
	ATF_TP_ADD_TC(tp, set_sender__angle_brackets__null_sender);
	ATF_TP_ADD_TC(tp, set_sender__mailer_daemon__null_sender);
	ATF_TP_ADD_TC(tp, set_sender__mailer_daemon_somewhere__an_address);
	ATF_TP_ADD_TC(tp, from_line__there__taken_off);
	ATF_TP_ADD_TC(tp, from_line__there__gives_the_sender);
	ATF_TP_ADD_TC(tp, from_line__two_blanks__gives_the_sender);
	ATF_TP_ADD_TC(tp, from_line__sender_known__sender_stays);
	ATF_TP_ADD_TC(tp, from_line__quoted_local_part__blanks_belong_to_it);
	ATF_TP_ADD_TC(tp, from_line__quoted_pair__belongs_to_it);
	ATF_TP_ADD_TC(tp, from_line__quote_never_closed__ends_with_the_line);
	ATF_TP_ADD_TC(tp, from_line__cut_off__left);
	ATF_TP_ADD_TC(tp, from_line__backslash_last__ends_with_the_line);
	ATF_TP_ADD_TC(tp, from_line__mailer_daemon__null_sender);
	ATF_TP_ADD_TC(tp, from_line__crlf__address_without_cr);
	ATF_TP_ADD_TC(tp, from_line__date_at_once__null_sender);
	ATF_TP_ADD_TC(tp, from_line__no_address__no_sender);
	ATF_TP_ADD_TC(tp, from_line__field_named_from__left);
	ATF_TP_ADD_TC(tp, from_line__quoted_or_later__left);
	ATF_TP_ADD_TC(tp, from_line__any_bytes__one_line_less_or_as_it_was);
	return atf_no_error();
}
