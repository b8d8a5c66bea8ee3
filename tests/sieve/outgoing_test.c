#include "sieve/outgoing.h"

#include <atf-c.h>
#include <string.h>

#include "mime/field.h"
#include "mime/part.h"
#include "mime/text.h"
#include "tests/support/arenas.h"
#include "tests/support/spans.h"

static struct outgoing_facts facts;
static struct sieve_action action;
static struct outgoing sent;
static struct arena *arena;

static void
start(const char *message)
{
	arena = test_arena();
	memset(&facts, 0, sizeof(facts));
	memset(&action, 0, sizeof(action));
	memset(&sent, 0, sizeof(sent));
	facts.now_s = 880127706;
	facts.zone_minutes = -360;
	facts.serial = 42;
	facts.host = SPAN("host.example");
	facts.own = SPAN("me@host.example");
	facts.sender = SPAN("you@there.example");
	facts.postmaster = SPAN("postmaster@host.example");
	facts.message = span_of(message);
	action.address = SPAN("other@there.example");
}

static struct span
field(const char *name)
{
	struct field found;

	if (!field_find(sent.bytes, name, &found))
		return span_of("(none)");
	return text_header(found.value, arena);
}

ATF_TC_WITHOUT_HEAD(redirect__message__one_field_in_front);
ATF_TC_BODY(redirect__message__one_field_in_front, tc)
{
	start("Subject: x\n\nbody\n");
	ATF_REQUIRE(outgoing_redirect(&sent, &action, &facts, arena));
	CHECK_SPAN("X-Sieve-Redirected-From: me@host.example\nSubject: x\n\n"
		   "body\n",
	    sent.bytes);
	CHECK_SPAN("you@there.example", sent.from);
	CHECK_SPAN("other@there.example", sent.to);
}

ATF_TC_WITHOUT_HEAD(redirect__edited__the_header_of_the_action);
ATF_TC_BODY(redirect__edited__the_header_of_the_action, tc)
{
	struct span header = SPAN("Subject: y\n\n");

	start("Subject: x\n\nbody\n");
	action.header = &header;
	ATF_REQUIRE(outgoing_redirect(&sent, &action, &facts, arena));
	CHECK_SPAN("X-Sieve-Redirected-From: me@host.example\nSubject: y\n\n"
		   "body\n",
	    sent.bytes);
}

ATF_TC_WITHOUT_HEAD(redirect__crlf__ends_like_the_message);
ATF_TC_BODY(redirect__crlf__ends_like_the_message, tc)
{
	start("Subject: x\r\n\r\nbody\r\n");
	ATF_REQUIRE(outgoing_redirect(&sent, &action, &facts, arena));
	CHECK_SPAN("X-Sieve-Redirected-From: me@host.example\r\n"
		   "Subject: x\r\n\r\nbody\r\n",
	    sent.bytes);
}

ATF_TC_WITHOUT_HEAD(redirect__no_header__an_empty_line_between);
ATF_TC_BODY(redirect__no_header__an_empty_line_between, tc)
{
	start("hello\n");
	ATF_REQUIRE(outgoing_redirect(&sent, &action, &facts, arena));
	CHECK_SPAN("X-Sieve-Redirected-From: me@host.example\n\nhello\n",
	    sent.bytes);
}

ATF_TC_WITHOUT_HEAD(redirect__came_round__refused);
ATF_TC_BODY(redirect__came_round__refused, tc)
{
	start("X-Sieve-Redirected-From: me@host.example\n\nbody\n");
	ATF_CHECK(!outgoing_redirect(&sent, &action, &facts, arena));
	start("X-Sieve-Redirected-From: somebody@host.example\n\nbody\n");
	ATF_CHECK(outgoing_redirect(&sent, &action, &facts, arena));
}

ATF_TC_WITHOUT_HEAD(redirect__mark_of_the_recipient__not_sent_again);
ATF_TC_BODY(redirect__mark_of_the_recipient__not_sent_again, tc)
{
	start("X-Sieve-Redirected-From: me+x@host.example\n\n");
	ATF_CHECK(outgoing_redirect(&sent, &action, &facts, arena));
	facts.recipient = SPAN("me+x@host.example");
	ATF_CHECK(!outgoing_redirect(&sent, &action, &facts, arena));
}

ATF_TC_WITHOUT_HEAD(vacation__rfc_5230_5__fields);
ATF_TC_BODY(vacation__rfc_5230_5__fields, tc)
{
	start("Subject: x\n\n");
	action.vacation.to = SPAN("you@there.example");
	action.vacation.subject = SPAN("Auto: h\303\244");
	action.vacation.reason = SPAN("away");
	action.vacation.in_reply_to = SPAN("<1@there.example>");
	action.vacation.references = SPAN("<0@there.example> "
					  "<1@there.example>");
	outgoing_vacation(&sent, &action, &facts, arena);
	CHECK_SPAN("<me@host.example>", field("From"));
	CHECK_SPAN("<you@there.example>", field("To"));
	CHECK_SPAN("Auto: h\303\244", field("Subject"));
	CHECK_SPAN("Fri, 21 Nov 1997 09:55:06 -0600", field("Date"));
	CHECK_SPAN("<1@there.example>", field("In-Reply-To"));
	CHECK_SPAN("<0@there.example> <1@there.example>", field("References"));
	CHECK_SPAN("auto-replied (vacation)", field("Auto-Submitted"));
	CHECK_SPAN("text/plain; charset=utf-8", field("Content-Type"));
	ATF_CHECK_EQ(0, sent.from.size_bytes);
	CHECK_SPAN("you@there.example", sent.to);
}

ATF_TC_WITHOUT_HEAD(vacation__name_not_ascii__address_not_encoded);
ATF_TC_BODY(vacation__name_not_ascii__address_not_encoded, tc)
{
	start("");
	action.vacation.from = SPAN("J\303\270rn <j@host.example>");
	outgoing_vacation(&sent, &action, &facts, arena);
	CHECK_SPAN("J\303\270rn <j@host.example>", field("From"));
	ATF_CHECK(span_starts(sent.bytes, "From: =?utf-8?B?"));
}

ATF_TC_WITHOUT_HEAD(vacation__from_two__a_sender_is_named);
ATF_TC_BODY(vacation__from_two__a_sender_is_named, tc)
{
	start("");
	action.vacation.from = SPAN(
	    "J\303\270rn <j@host.example>, \"A, B\" <\"a b\"@host.example>");
	outgoing_vacation(&sent, &action, &facts, arena);
	CHECK_SPAN("J\303\270rn <j@host.example>, "
		   "\"A, B\" <\"a b\"@host.example>",
	    field("From"));
	CHECK_SPAN("<me@host.example>", field("Sender"));
}

ATF_TC_WITHOUT_HEAD(vacation__subject_looks_encoded__as_it_is);
ATF_TC_BODY(vacation__subject_looks_encoded__as_it_is, tc)
{
	struct field found;

	start("");
	action.vacation.subject = SPAN("=?UTF-8?Q?=C3=A4?=");
	outgoing_vacation(&sent, &action, &facts, arena);
	ATF_REQUIRE(field_find(sent.bytes, "Subject", &found));
	CHECK_SPAN(" =?UTF-8?Q?=C3=A4?=", found.value);
}

ATF_TC_WITHOUT_HEAD(vacation__line_ends_in_subject__no_further_field);
ATF_TC_BODY(vacation__line_ends_in_subject__no_further_field, tc)
{
	start("");
	action.vacation.subject = SPAN("x\nBcc: victim@there.example");
	outgoing_vacation(&sent, &action, &facts, arena);
	CHECK_SPAN("(none)", field("Bcc"));
}

ATF_TC_WITHOUT_HEAD(vacation__mime__entity_as_it_is);
ATF_TC_BODY(vacation__mime__entity_as_it_is, tc)
{
	start("");
	action.vacation.is_mime = true;
	action.vacation.reason = SPAN("Content-Type: text/html\n\n<p>x\n");
	outgoing_vacation(&sent, &action, &facts, arena);
	CHECK_SPAN("text/html", field("Content-Type"));
	CHECK_SPAN("1.0", field("MIME-Version"));
}

ATF_TC_WITHOUT_HEAD(reject__rfc_5429_2_1_1__report_of_three_parts);
ATF_TC_BODY(reject__rfc_5429_2_1_1__report_of_three_parts, tc)
{
	struct part_list parts;
	struct span head, body;

	start("Message-ID: <1@there.example>\nSubject: x\n\nsecret\n");
	action.text = SPAN("I do not want this");
	ATF_REQUIRE(outgoing_reject(&sent, &action, &facts, arena));
	CHECK_SPAN("you@there.example", sent.to);
	ATF_CHECK_EQ(0, sent.from.size_bytes);
	field_split(sent.bytes, &head, &body);
	part_read(&parts, head, body, arena);
	ATF_REQUIRE_EQ(4, parts.count);
	CHECK_SPAN("multipart/report", parts.parts[0].type);
	CHECK_SPAN("Your message was refused by the mail filter of its "
		   "recipient.\nThe reason that was given:\n\n"
		   "I do not want this\n",
	    parts.parts[1].body);
	CHECK_SPAN("message/disposition-notification", parts.parts[2].type);
	CHECK_SPAN("Message-ID: <1@there.example>\nSubject: x\n",
	    parts.parts[3].body);
}

ATF_TC_WITHOUT_HEAD(reject__null_sender__nothing_sent);
ATF_TC_BODY(reject__null_sender__nothing_sent, tc)
{
	start("Subject: x\n\n");
	facts.sender = SPAN("");
	ATF_CHECK(!outgoing_reject(&sent, &action, &facts, arena));
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, redirect__message__one_field_in_front);
	ATF_TP_ADD_TC(tp, redirect__edited__the_header_of_the_action);
	ATF_TP_ADD_TC(tp, redirect__crlf__ends_like_the_message);
	ATF_TP_ADD_TC(tp, redirect__no_header__an_empty_line_between);
	ATF_TP_ADD_TC(tp, redirect__came_round__refused);
	ATF_TP_ADD_TC(tp, redirect__mark_of_the_recipient__not_sent_again);
	ATF_TP_ADD_TC(tp, vacation__rfc_5230_5__fields);
	ATF_TP_ADD_TC(tp, vacation__name_not_ascii__address_not_encoded);
	ATF_TP_ADD_TC(tp, vacation__from_two__a_sender_is_named);
	ATF_TP_ADD_TC(tp, vacation__subject_looks_encoded__as_it_is);
	ATF_TP_ADD_TC(tp, vacation__line_ends_in_subject__no_further_field);
	ATF_TP_ADD_TC(tp, vacation__mime__entity_as_it_is);
	ATF_TP_ADD_TC(tp, reject__rfc_5429_2_1_1__report_of_three_parts);
	ATF_TP_ADD_TC(tp, reject__null_sender__nothing_sent);
	return atf_no_error();
}
