#include "lmtp/session.h"

#include <atf-c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/prng.h"
#include "tests/support/spans.h"

/* A conversation: what was said to the client, and what came of it. */
static struct session session;
static char said[64 * 1024];
static size_t said_bytes;
static char stored[64 * 1024]; /* of the last whole message */
static size_t stored_bytes;
static char events[4096]; /* "R alice@x;M;" */
static bool is_closed;

static const struct session_limits limits = { 3, 1000, 0 };

static void
begin(void)
{
	said_bytes = 0;
	stored_bytes = 0;
	events[0] = '\0';
	is_closed = false;
	session_start(&session, "mx.example.org", &limits);
}

static void
flush(void)
{
	ATF_REQUIRE(said_bytes + session.out_bytes < sizeof(said));
	memcpy(said + said_bytes, session.out, session.out_bytes);
	said_bytes += session.out_bytes;
	said[said_bytes] = '\0';
	session_sent(&session);
}

static void
note(const char *what, const char *text)
{
	(void)snprintf(events + strlen(events),
	    sizeof(events) - strlen(events), "%s%s;", what, text);
}

static void
judge_recipient(void)
{
	note("R ", session.command.address.whole);
	if (strcmp(session.command.address.local, "nobody") == 0)
		session_answer(
		    &session, VERDICT_REFUSE, "5.1.1", "there is no user");
	else if (strcmp(session.command.address.local, "later") == 0)
		session_answer(&session, VERDICT_RETRY, "4.3.0", "later");
	else
		session_answer(&session, VERDICT_OK, NULL, NULL);
}

static void
meet(enum session_event event)
{
	unsigned int i;

	switch (event) {
	case SESSION_RECIPIENT:
		judge_recipient();
		break;
	case SESSION_BODY:
		memcpy(stored + stored_bytes, session.stored.at,
		    session.stored.size_bytes);
		stored_bytes += session.stored.size_bytes;
		break;
	case SESSION_MESSAGE:
		note("M", "");
		for (i = session.answers_due; i > 0; i--)
			session_answer(&session, VERDICT_OK, NULL, NULL);
		break;
	case SESSION_RESET:
		note("X", "");
		break;
	case SESSION_CLOSE:
		is_closed = true;
		break;
	case SESSION_FLUSH:
	case SESSION_INPUT:
		break;
	}
	flush();
}

static void
hear(struct span input)
{
	enum session_event event;

	do {
		event = session_next(&session, &input);
		meet(event);
	} while (event != SESSION_INPUT && !is_closed);
}

#define HEAR(literal) hear(SPAN(literal))

#define CHECK_SAID(text) \
	ATF_CHECK_MSG(strstr(said, text) != NULL, "no \"%s\" in %s", text, said)

#define ENVELOPE "LHLO c\r\nMAIL FROM:<s@x>\r\nRCPT TO:<alice@x>\r\n"

static void
check_stored(struct span text)
{
	struct span got = { stored, stored_bytes };

	ATF_CHECK_MSG(span_equals(text, got), "stored \"%.*s\"",
	    (int)stored_bytes, stored);
}

ATF_TC_WITHOUT_HEAD(lhlo__long_host__below_250_octets);
ATF_TC_BODY(lhlo__long_host__below_250_octets, tc)
{
	char host[300];

	memset(host, 'h', sizeof(host) - 1);
	host[sizeof(host) - 1] = '\0';
	session_start(&session, host,
	    &(struct session_limits){ 1000, 1024LL << 30, 0 });
	session_sent(&session);
	HEAR("LHLO client\r\n");
	ATF_CHECK_MSG(said_bytes < 250, "%zu octets", said_bytes);
	CHECK_SAID("250 XFORWARD IDENT\r\n");
}

ATF_TC_WITHOUT_HEAD(data__two_recipients__an_answer_each);
ATF_TC_BODY(data__two_recipients__an_answer_each, tc)
{
	begin();
	HEAR(ENVELOPE "RCPT TO:<nobody@x>\r\nRCPT TO:<bob@x>\r\nDATA\r\n"
		      "A: b\r\n\r\n..dot\r\nend\r\n.\r\nQUIT\r\n");
	check_stored(SPAN("A: b\n\n.dot\nend\n"));
	ATF_CHECK_STREQ("X;R alice@x;R nobody@x;R bob@x;M;X;", events);
	CHECK_SAID("550 5.1.1 there is no user\r\n250 2.1.5 ok\r\n354 ");
	CHECK_SAID("250 2.0.0 delivered\r\n250 2.0.0 delivered\r\n221 ");
	ATF_CHECK(is_closed);
}

/* No client says more before it has its answer. */
ATF_TC_WITHOUT_HEAD(data__nothing_behind_the_dot__answered_all_the_same);
ATF_TC_BODY(data__nothing_behind_the_dot__answered_all_the_same, tc)
{
	begin();
	HEAR(ENVELOPE "DATA\r\na\r\n.\r\n");
	check_stored(SPAN("a\n"));
	CHECK_SAID("250 2.0.0 delivered\r\n");
}

/* Only CR LF "." CR LF ends a message. */
ATF_TC_WITHOUT_HEAD(data__other_line_ends__no_end_of_the_message);
ATF_TC_BODY(data__other_line_ends__no_end_of_the_message, tc)
{
	begin();
	HEAR(ENVELOPE "DATA\r\na\n.\nb\n.\r\nc\r.\rd\r.\r\ne\r\n.\rf\r\n"
		      ".\ng\r\n.\r\n");
	check_stored(SPAN("a\n.\nb\n.\nc\r.\rd\r.\ne\n\rf\n\ng\n"));
	ATF_CHECK_STREQ("X;R alice@x;M;X;", events);
}

ATF_TC_WITHOUT_HEAD(command__lf_alone__answered_and_not_obeyed);
ATF_TC_BODY(command__lf_alone__answered_and_not_obeyed, tc)
{
	begin();
	HEAR("LHLO c\r\nMAIL FROM:<s@x>\nNOOP\r\n");
	CHECK_SAID("500 5.5.2 lines end in CR LF\r\n250 2.0.0 ok\r\n");
	ATF_CHECK(!session.has_sender);
}

ATF_TC_WITHOUT_HEAD(command__too_long__answered_once);
ATF_TC_BODY(command__too_long__answered_once, tc)
{
	static char line[10000];

	begin();
	memset(line, 'x', sizeof(line));
	hear((struct span){ line, sizeof(line) });
	HEAR("\r\nNOOP\r\n");
	CHECK_SAID("mda\r\n500 5.5.2 the line is too long\r\n250 2.0.0 ok\r\n");
}

ATF_TC_WITHOUT_HEAD(command__errors_without_end__closed);
ATF_TC_BODY(command__errors_without_end__closed, tc)
{
	int i;

	begin();
	for (i = 0; i < SESSION_ERRORS_MAX; i++)
		HEAR("NONSENSE\r\n");
	CHECK_SAID("421 4.7.0 ");
	ATF_CHECK(is_closed);
}

ATF_TC_WITHOUT_HEAD(rcpt__beyond_the_limit__452);
ATF_TC_BODY(rcpt__beyond_the_limit__452, tc)
{
	begin();
	HEAR(ENVELOPE "RCPT TO:<b@x>\r\nRCPT TO:<c@x>\r\nRCPT TO:<d@x>\r\n");
	CHECK_SAID("452 4.5.3 ");
	ATF_CHECK_EQ(3, session.recipient_count);
}

ATF_TC_WITHOUT_HEAD(size__declared_or_found_too_large__552_for_each);
ATF_TC_BODY(size__declared_or_found_too_large__552_for_each, tc)
{
	int i;

	begin();
	HEAR("LHLO c\r\nMAIL FROM:<s@x> SIZE=1001\r\n");
	CHECK_SAID("552 5.3.4 ");
	begin();
	HEAR(ENVELOPE "RCPT TO:<bob@x>\r\nDATA\r\n");
	for (i = 0; i < 30; i++)
		HEAR("1234567890123456789012345678901234567890\r\n");
	HEAR(".\r\nNOOP\r\n");
	CHECK_SAID("552 5.3.4 the message is too large\r\n"
		   "552 5.3.4 the message is too large\r\n250 2.0.0 ok");
	ATF_CHECK_STREQ("X;R alice@x;R bob@x;X;", events);
}

ATF_TC_WITHOUT_HEAD(bdat__chunks__one_message);
ATF_TC_BODY(bdat__chunks__one_message, tc)
{
	begin();
	HEAR(ENVELOPE "BDAT 4\r\na\r\n\rBDAT 3\r\n\n.\rBDAT 0\r\n"
		      "BDAT 2 LAST\r\n\n\rNOOP\r\n");
	check_stored(SPAN("a\n\n.\n\r"));
	CHECK_SAID("250 2.0.0 4 octets\r\n250 2.0.0 3 octets\r\n"
		   "250 2.0.0 0 octets\r\n250 2.0.0 delivered\r\n250 ");
}

ATF_TC_WITHOUT_HEAD(bdat__no_recipient__its_bytes_are_no_commands);
ATF_TC_BODY(bdat__no_recipient__its_bytes_are_no_commands, tc)
{
	begin();
	HEAR("LHLO c\r\nMAIL FROM:<s@x>\r\nBDAT 6 LAST\r\nQUIT\r\nNOOP\r\n");
	CHECK_SAID("503 5.5.1 no valid recipient\r\n250 2.0.0 ok\r\n");
	ATF_CHECK(!is_closed);
}

ATF_TC_WITHOUT_HEAD(bdat__size_unknown__closed);
ATF_TC_BODY(bdat__size_unknown__closed, tc)
{
	begin();
	HEAR(ENVELOPE "BDAT x\r\n");
	ATF_CHECK(is_closed);
}

ATF_TC_WITHOUT_HEAD(data__no_valid_recipient__503);
ATF_TC_BODY(data__no_valid_recipient__503, tc)
{
	begin();
	HEAR("LHLO c\r\nMAIL FROM:<>\r\nRCPT TO:<nobody@x>\r\nDATA\r\n");
	CHECK_SAID("503 5.5.1 no valid recipient\r\n");
	ATF_CHECK_EQ(SESSION_COMMANDS, session.state);
}

/* What is said for one recipient, with so much room. */
static const char *
refusal(const char *text, size_t most_bytes)
{
	begin();
	flush();
	session.limits.reply_most_bytes = most_bytes;
	session.answers_due = 1;
	said_bytes = 0;
	session_answer(&session, VERDICT_REFUSE, "5.7.1", text);
	flush();
	return said;
}

ATF_TC_WITHOUT_HEAD(refusal__lines__each_a_line_with_its_code);
ATF_TC_BODY(refusal__lines__each_a_line_with_its_code, tc)
{
	/* RFC 5429 section 2.5. */
	ATF_CHECK_STREQ(
	    "550-5.7.1 AntiSpam engine thinks your message is spam.\r\n"
	    "550-5.7.1 It is therefore being refused.\r\n"
	    "550 5.7.1 Please call 1-900-PAY-US if you want to reach us.\r\n",
	    refusal("AntiSpam engine thinks your message is spam.\n"
		    "It is therefore being refused.\n"
		    "Please call 1-900-PAY-US if you want to reach us.",
		0));
	ATF_CHECK_STREQ("550-5.7.1 one\r\n550-5.7.1 \r\n550 5.7.1 two\r\n",
	    refusal("one\n\ntwo", 0));
}

ATF_TC_WITHOUT_HEAD(refusal__not_ascii__a_mark_for_each_character);
ATF_TC_BODY(refusal__not_ascii__a_mark_for_each_character, tc)
{
	ATF_CHECK_STREQ("550 5.7.1 Tsch?ss? ?\r\n",
	    refusal("Tsch\303\274ss\r \360\237\230\200", 0));
}

/* RFC 5321 section 4.5.3.1.5: 512 octets with code and CRLF. */
ATF_TC_WITHOUT_HEAD(refusal__long_line__broken_below_512_octets);
ATF_TC_BODY(refusal__long_line__broken_below_512_octets, tc)
{
	char text[1201];
	const char *at;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	text[400] = ' ';
	at = refusal(text, 0);
	ATF_CHECK_EQ(400 + 12, strcspn(at, "\n") + 1);
	at += strcspn(at, "\n") + 1;
	ATF_CHECK(strncmp(at, "550-5.7.1 x", 11) == 0);
	ATF_CHECK(strcspn(at, "\n") + 1 <= 512);
	ATF_CHECK(strcspn(at, "\n") + 1 >= 500);
	at += strcspn(at, "\n") + 1;
	ATF_CHECK(strncmp(at, "550 5.7.1 x", 11) == 0);
}

/* Each limit and text: whole lines, no more than allowed, and an end. */
ATF_TC_WITHOUT_HEAD(refusal__any_limit__kept_and_told_by_dots);
ATF_TC_BODY(refusal__any_limit__kept_and_told_by_dots, tc)
{
	static const char *const words[] = { "\n", " ", "word ", "\303\274",
		"a longer piece of text without an end " };
	char text[3000], line[16], *copy;
	struct prng prng;
	int round;

	prng = prng_start(11);
	for (round = 0; round < 3000; round++) {
		size_t most = 200 + prng_below(&prng, 3900);
		size_t size =
		    prng_words(&prng, text, sizeof(text) - 1, words, 5);
		const char *at;
		size_t i;

		for (i = 0; i < size; i++)
			if (text[i] == '\0')
				text[i] = 'z';
		text[size] = '\0';
		at = refusal(text, most);
		ATF_REQUIRE(said_bytes <= (most < 4000 ? most : 4000));
		for (copy = strdup(at), at = copy; *at != '\0';) {
			size_t length = strcspn(at, "\n") + 1;

			(void)snprintf(line, sizeof(line), "%.10s", at);
			ATF_REQUIRE_STREQ(at[length] == '\0' ? "550 5.7.1 "
							     : "550-5.7.1 ",
			    line);
			ATF_REQUIRE(length <= 512 && at[length - 2] == '\r');
			at += length;
		}
		/* Nothing is left out without a sign. */
		if (said_bytes + 40 < most && most < 4000)
			ATF_REQUIRE_MSG(size < most, "%zu %zu", size, most);
		else if (size > most + 1500)
			ATF_REQUIRE(strstr(copy, "...\r\n") != NULL);
		free(copy);
	}
}

ATF_TC_WITHOUT_HEAD(refusal__out_is_filled__never_half_a_reply);
ATF_TC_BODY(refusal__out_is_filled__never_half_a_reply, tc)
{
	char text[SESSION_REPLY_BYTES];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	begin();
	session.answers_due = 10;
	while (session_has_room(&session))
		session_answer(&session, VERDICT_REFUSE, "5.7.1", text);
	ATF_CHECK(session.out_bytes <= sizeof(session.out));
	flush();
	ATF_CHECK(strcmp(said + said_bytes - 5, "...\r\n") == 0);
}

ATF_TC_WITHOUT_HEAD(address__all_kinds__taken_apart);
ATF_TC_BODY(address__all_kinds__taken_apart, tc)
{
	static const struct {
		const char *line;
		const char *local;
		const char *domain; /* NULL: refused */
	} kinds[] = {
		{ "RCPT TO:<alice>\r\n", "alice", "" },
		{ "rcpt to:<alice+ext@example.org>\r\n", "alice+ext",
		    "example.org" },
		{ "RCPT TO:<\"odd name\"@d> "
		  "ORCPT=rfc822;\"odd+20name\"@d NOTIFY=FAILURE,DELAY\r\n",
		    "odd name", "d" },
		{ "RCPT TO:<\"a\\\"@b\"@d>\r\n", "a\"@b", "d" },
		{ "RCPT TO:<@one,@two:al@d>\r\n", "al", "d" },
		{ "RCPT TO:<\xc3\xa4@\xc3\xb6.de>\r\n", "\xc3\xa4",
		    "\xc3\xb6.de" },
		{ "RCPT TO:<al@[127.0.0.1]>\r\n", "al", "[127.0.0.1]" },
		{ "RCPT TO:<>\r\n", NULL, NULL },
		{ "RCPT TO:<\xff@d>\r\n", NULL, NULL },
		{ "RCPT TO:<a b@d>\r\n", NULL, NULL },
		{ "RCPT TO:alice@d\r\n", NULL, NULL },
		{ "RCPT TO:<a@>\r\n", NULL, NULL },
		{ "RCPT TO:<a@d\r\n", NULL, NULL },
		{ "RCPT TO:<a@d> NOTIFY=NEVER,DELAY\r\n", NULL, NULL },
		{ "RCPT TO:<a@d> ORCPT=x\r\n", NULL, NULL },
	};
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		begin();
		HEAR("LHLO c\r\nMAIL FROM:<>\r\n");
		hear(span_of(kinds[i].line));
		ATF_CHECK_EQ_MSG(kinds[i].domain != NULL,
		    session.recipient_count == 1, "%s", kinds[i].line);
		if (kinds[i].domain == NULL)
			continue;
		ATF_CHECK_STREQ(kinds[i].local, session.command.address.local);
		ATF_CHECK_STREQ(
		    kinds[i].domain, session.command.address.domain);
	}
}

ATF_TC_WITHOUT_HEAD(parameters__of_dsn__decoded);
ATF_TC_BODY(parameters__of_dsn__decoded, tc)
{
	begin();
	HEAR("LHLO c\r\nMAIL FROM:<s@x> SIZE=10 BODY=8BITMIME SMTPUTF8 "
	     "RET=HDRS ENVID=a+2Bb\r\n");
	ATF_CHECK_STREQ("a+b", session.command.envelope_id);
	HEAR("RCPT TO:<alice@x> ORCPT=rfc822;alice+2Bext@x\r\n");
	ATF_CHECK_STREQ("alice+ext@x", session.command.original);
	HEAR("XFORWARD IDENT=4A7F\r\n");
	ATF_CHECK_STREQ("4A7F", session.queue_id);
}

#define GREETED "LHLO c\r\n"
#define SENT GREETED "MAIL FROM:<s@x>\r\n"

/* What is said to one line, behind some others. */
static const struct {
	const char *before;
	const char *line;
	const char *reply;
} replies[] = {
	{ "", "LHLO c",
	    "250-mx.example.org\r\n250-PIPELINING\r\n250-8BITMIME\r\n"
	    "250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n250-SIZE 1000\r\n"
	    "250-CHUNKING\r\n250 XFORWARD IDENT" },
	{ "", "LHLO", "501 5.5.4 say LHLO name" },
	{ "", "HELO c", "500 5.5.1 this is LMTP: say LHLO" },
	{ "", "EHLO c", "500 5.5.1 this is LMTP: say LHLO" },
	{ "", "MAIL FROM:<>", "503 5.5.1 say LHLO first" },
	{ GREETED, "AUTH PLAIN x", "502 5.5.1 not offered here" },
	{ GREETED, "EXPN list", "502 5.5.1 not offered here" },
	{ GREETED, "HELP", "502 5.5.1 not offered here" },
	{ GREETED, "STARTTLS", "502 5.5.1 not offered here" },
	{ GREETED, "TURN", "500 5.5.2 there is no such command" },
	{ GREETED, "", "500 5.5.2 there is no such command" },
	{ GREETED, "NOOP\t", "500 5.5.2 control characters in a command" },
	{ GREETED, "NOOP whatever", "250 2.0.0 ok" },
	{ GREETED, "VRFY al", "252 2.5.0 send some mail, and see" },
	{ GREETED, "QUIT now", "501 5.5.4 this command stands alone" },
	{ GREETED, "RSET now", "501 5.5.4 this command stands alone" },
	{ GREETED, "RCPT TO:<al>", "503 5.5.1 say MAIL first" },
	{ GREETED, "DATA", "503 5.5.1 no valid recipient" },
	{ GREETED, "XFORWARD NAME=[UNAVAILABLE] ADDR=192.0.2.1 IDENT=a+2Bb",
	    "250 2.0.0 ok" },
	{ GREETED, "XFORWARD IDENT=a+b", "501 5.5.4 bad value of a parameter" },
	{ GREETED, "XFORWARD IDENT", "501 5.5.4 bad parameters" },
	/* RFC 3030 section 3: not offered, not taken. */
	{ GREETED, "MAIL FROM:<s@x> BODY=BINARYMIME",
	    "501 5.5.4 bad value of a parameter" },
	{ GREETED, "MAIL FROM:<s@x> SIZE=", "501 5.5.4 bad value of a parameter" },
	{ GREETED, "MAIL FROM:<s@x> SIZE=-1",
	    "501 5.5.4 bad value of a parameter" },
	{ GREETED, "MAIL FROM:<s@x> SIZE=9223372036854775808",
	    "501 5.5.4 bad value of a parameter" },
	{ GREETED, "MAIL FROM:<s@x> SMTPUTF8=yes",
	    "501 5.5.4 bad value of a parameter" },
	{ GREETED, "MAIL FROM:<s@x> RET=BOTH",
	    "501 5.5.4 bad value of a parameter" },
	{ GREETED, "MAIL FROM:<s@x> AUTH=<>",
	    "555 5.5.4 no such parameter of MAIL or RCPT" },
	{ GREETED, "MAIL FROM:<s@x>SIZE=1", "501 5.5.4 bad parameters" },
	{ GREETED, "MAIL FROM: <s@x> ", "250 2.1.0 ok" },
	{ GREETED, "mail from:<s@x> body=8bitmime smtputf8", "250 2.1.0 ok" },
	{ GREETED, "MAIL TO:<s@x>", "501 5.5.4 say MAIL FROM:<address>" },
	{ GREETED, "MAIL FROM:s@x", "501 5.1.7 bad address of a sender" },
	{ SENT, "MAIL FROM:<t@x>", "503 5.5.1 one message at a time" },
	{ SENT, "RCPT FROM:<al>", "501 5.5.4 say RCPT TO:<address>" },
	{ SENT, "RCPT TO:<>", "501 5.1.3 bad address of a recipient" },
	{ SENT, "RCPT TO:<al> HOLDFOR=1",
	    "555 5.5.4 no such parameter of MAIL or RCPT" },
	{ SENT, "RCPT TO:<later>", "451 4.3.0 later" },
	/* What ends a message on its way. */
	{ ENVELOPE "RSET\r\n", "DATA", "503 5.5.1 no valid recipient" },
	{ ENVELOPE "LHLO d\r\n", "RCPT TO:<al>", "503 5.5.1 say MAIL first" },
	{ ENVELOPE "DATA\r\n.\r\n", "RCPT TO:<al>", "503 5.5.1 say MAIL first" },
	{ ENVELOPE "BDAT 2\r\nabRSET\r\n", "BDAT 0 LAST",
	    "503 5.5.1 no valid recipient" },
	/* RFC 3030 section 2: no other command may build on a chunk. */
	{ ENVELOPE "BDAT 2\r\nab", "DATA",
	    "503 5.5.1 DATA and BDAT do not mix" },
	{ ENVELOPE "BDAT 2\r\nab", "RCPT TO:<bob>", "503 5.5.1 say MAIL first" },
	{ ENVELOPE "BDAT 1 FIRST\r\n", "x",
	    "501 5.5.4 say BDAT size, or BDAT size LAST" },
	{ ENVELOPE, "BDAT", "421 4.5.4 how long is that chunk?" },
	{ ENVELOPE, "DATA now", "501 5.5.4 this command stands alone" },
};

ATF_TC_WITHOUT_HEAD(command__each__its_reply);
ATF_TC_BODY(command__each__its_reply, tc)
{
	char wanted[512];
	size_t i;

	for (i = 0; i < sizeof(replies) / sizeof(replies[0]); i++) {
		begin();
		hear(span_of(replies[i].before));
		flush();
		said_bytes = 0;
		hear(span_of(replies[i].line));
		if (said_bytes == 0) /* bytes of a chunk have no line end */
			HEAR("\r\n");
		(void)snprintf(
		    wanted, sizeof(wanted), "%s\r\n", replies[i].reply);
		ATF_CHECK_STREQ(wanted, said);
	}
}

/* 2048 bytes with CR and LF, as the manual has it. */
ATF_TC_WITHOUT_HEAD(command__longest__taken_and_one_more_not);
ATF_TC_BODY(command__longest__taken_and_one_more_not, tc)
{
	char line[SESSION_LINE_BYTES + 1];

	memset(line, ' ', sizeof(line));
	memcpy(line, "NOOP", 4);
	memcpy(line + SESSION_LINE_BYTES - 2, "\r\n", 2);
	begin();
	hear((struct span){ line, SESSION_LINE_BYTES });
	CHECK_SAID("mda\r\n250 2.0.0 ok\r\n");
	memcpy(line + SESSION_LINE_BYTES - 2, " \r\n", 3);
	begin();
	hear((struct span){ line, SESSION_LINE_BYTES + 1 });
	CHECK_SAID("mda\r\n500 5.5.2 the line is too long\r\n");
	ATF_CHECK_EQ(2048, SESSION_LINE_BYTES);
}

/* However it arrives, the same is said and the same is stored. */
ATF_TC_WITHOUT_HEAD(conversation__cut_anywhere__same_outcome);
ATF_TC_BODY(conversation__cut_anywhere__same_outcome, tc)
{
	static const char talk[] = "NOISE\r\n" ENVELOPE
	    "RCPT TO:<nobody@x>\r\nDATA\r\n"
	    "A: b\r\n\r\n..\r\n.x\r\n\r\r\n.\r.\r\n\n.\n\r\n.\r\n"
	    "RSET\r\nMAIL FROM:<s@x>\r\nRCPT TO:<bob@x>\r\n"
	    "BDAT 5\r\n..\r\n\rBDAT 4 LAST\r\n\n.\r\nQUIT\r\n";
	struct span whole = SPAN(talk);
	char said_at_once[sizeof(said)];
	char stored_at_once[sizeof(stored)];
	char events_at_once[sizeof(events)];
	struct prng prng = { 1 };
	size_t bytes_at_once;
	struct span piece;
	size_t cut;
	int round;

	begin();
	hear(whole);
	(void)strcpy(said_at_once, said);
	(void)strcpy(events_at_once, events);
	bytes_at_once = stored_bytes;
	memcpy(stored_at_once, stored, stored_bytes);
	for (round = 0; round < 500; round++) {
		begin();
		for (piece = whole; piece.size_bytes > 0;) {
			cut = round == 0 ? 1 : 1 + prng_below(&prng, 9);
			if (cut > piece.size_bytes)
				cut = piece.size_bytes;
			hear((struct span){ piece.at, cut });
			piece = span_from(piece, cut);
		}
		ATF_REQUIRE_STREQ(said_at_once, said);
		ATF_REQUIRE_STREQ(events_at_once, events);
		ATF_REQUIRE_EQ(bytes_at_once, stored_bytes);
		ATF_REQUIRE_EQ(
		    0, memcmp(stored_at_once, stored, stored_bytes));
	}
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, lhlo__long_host__below_250_octets);
	ATF_TP_ADD_TC(tp, data__two_recipients__an_answer_each);
	ATF_TP_ADD_TC(tp, data__nothing_behind_the_dot__answered_all_the_same);
	ATF_TP_ADD_TC(tp, data__other_line_ends__no_end_of_the_message);
	ATF_TP_ADD_TC(tp, command__lf_alone__answered_and_not_obeyed);
	ATF_TP_ADD_TC(tp, command__too_long__answered_once);
	ATF_TP_ADD_TC(tp, command__longest__taken_and_one_more_not);
	ATF_TP_ADD_TC(tp, command__each__its_reply);
	ATF_TP_ADD_TC(tp, command__errors_without_end__closed);
	ATF_TP_ADD_TC(tp, rcpt__beyond_the_limit__452);
	ATF_TP_ADD_TC(tp, size__declared_or_found_too_large__552_for_each);
	ATF_TP_ADD_TC(tp, bdat__chunks__one_message);
	ATF_TP_ADD_TC(tp, bdat__no_recipient__its_bytes_are_no_commands);
	ATF_TP_ADD_TC(tp, bdat__size_unknown__closed);
	ATF_TP_ADD_TC(tp, data__no_valid_recipient__503);
	ATF_TP_ADD_TC(tp, refusal__lines__each_a_line_with_its_code);
	ATF_TP_ADD_TC(tp, refusal__not_ascii__a_mark_for_each_character);
	ATF_TP_ADD_TC(tp, refusal__long_line__broken_below_512_octets);
	ATF_TP_ADD_TC(tp, refusal__any_limit__kept_and_told_by_dots);
	ATF_TP_ADD_TC(tp, refusal__out_is_filled__never_half_a_reply);
	ATF_TP_ADD_TC(tp, address__all_kinds__taken_apart);
	ATF_TP_ADD_TC(tp, parameters__of_dsn__decoded);
	ATF_TP_ADD_TC(tp, conversation__cut_anywhere__same_outcome);
	return atf_no_error();
}
