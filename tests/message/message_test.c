#include "message/message.h"

#include <atf-c.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/faults.h"
#include "tests/support/files.h"
#include "tests/support/spans.h"

enum { LIMIT = 4096 };

static const struct trace_rules missing = { TRACE_MISSING, TRACE_MISSING };
static const struct envelope nobody;
static const struct envelope both = { { "al@a", 4 }, { "bo@b", 4 }, true,
	true };

static char stored[1024 * 1024];
static size_t stored_bytes;
static int stored_pieces;

static enum verdict
store(void *context, struct span data, struct failure *why)
{
	if (context != NULL)
		return failure_retry(why, context, "4.3.0", "sink");
	ATF_REQUIRE(stored_bytes + data.size_bytes <= sizeof(stored));
	if (data.size_bytes > 0)
		memcpy(stored + stored_bytes, data.at, data.size_bytes);
	stored_bytes += data.size_bytes;
	stored_pieces++;
	return VERDICT_OK;
}

static struct message
open_message(struct span text, const struct envelope *envelope, size_t limit)
{
	struct message message;
	struct failure why;

	file_put("message", text);
	ATF_REQUIRE_EQ(VERDICT_OK,
	    message_open(&message, open("message", O_RDONLY),
		&(struct message_limits){ limit, 0 }, envelope, &missing,
		&why));
	return message;
}

/* What would be stored of a message. */
static struct span
copy_of(struct span text, const struct envelope *envelope, size_t limit)
{
	struct message message = open_message(text, envelope, limit);
	struct span whole = { stored, 0 };
	struct failure why;

	stored_bytes = 0;
	stored_pieces = 0;
	ATF_REQUIRE_EQ(VERDICT_OK, message_copy(&message, store, NULL, &why));
	message_close(&message);
	whole.size_bytes = stored_bytes;
	return whole;
}

ATF_TC_WITHOUT_HEAD(copy__nothing_known__as_it_came);
ATF_TC_BODY(copy__nothing_known__as_it_came, tc)
{
	CHECK_SPAN("A: b\n\nx\0\r\xff\n.\nFrom y\n",
	    copy_of(SPAN("A: b\n\nx\0\r\xff\n.\nFrom y\n"), &nobody, LIMIT));
}

ATF_TC_WITHOUT_HEAD(copy__envelope_known__our_lines_first);
ATF_TC_BODY(copy__envelope_known__our_lines_first, tc)
{
	CHECK_SPAN("Return-Path: <al@a>\nDelivered-To: bo@b\nA: b\n\nx\n",
	    copy_of(SPAN("A: b\n\nx\n"), &both, LIMIT));
}

/* A piece is a write. */
ATF_TC_WITHOUT_HEAD(copy__envelope_known__one_piece);
ATF_TC_BODY(copy__envelope_known__one_piece, tc)
{
	(void)copy_of(SPAN("A: b\n\nx\n"), &both, LIMIT);
	ATF_CHECK_EQ(1, stored_pieces);
}

/* More than the room in front of a message; and a message that fills it. */
ATF_TC_WITHOUT_HEAD(copy__long_sender__all_of_it);
ATF_TC_BODY(copy__long_sender__all_of_it, tc)
{
	static const struct span text = { "A: b\n\nx\n", 8 };
	static char sender[2 * SPOOL_ROOM_BYTES];
	struct envelope envelope = { { sender, 0 }, { NULL, 0 }, true, false };
	size_t length;

	memset(sender, 's', sizeof(sender));
	for (length = SPOOL_ROOM_BYTES - 40; length < sizeof(sender);
	     length += length < SPOOL_ROOM_BYTES ? 1 : 500) {
		envelope.sender.size_bytes = length;
		(void)copy_of(text, &envelope, LIMIT);
		ATF_REQUIRE_EQ(length + sizeof("Return-Path: <>"),
		    stored_bytes - text.size_bytes);
		ATF_CHECK_EQ(0, memcmp(stored, "Return-Path: <sss", 17));
		ATF_CHECK_EQ(0, memcmp(stored + stored_bytes -
			text.size_bytes - 3, "s>\nA: b\n\nx\n", 11));
	}
}

/* The envelope's sender lies in the line: nothing may be put over it. */
ATF_TC_WITHOUT_HEAD(copy__from_line__sender_still_known);
ATF_TC_BODY(copy__from_line__sender_still_known, tc)
{
	struct message message = open_message(
	    SPAN("From cy@c Mon Jan  1\nA: b\n\nx\n"), &nobody, LIMIT);
	struct failure why;

	ATF_REQUIRE_EQ(VERDICT_OK, message_copy(&message, store, NULL, &why));
	CHECK_SPAN("cy@c", message.envelope.sender);
	message_close(&message);
}

ATF_TC_WITHOUT_HEAD(copy__from_line__off_and_used);
ATF_TC_BODY(copy__from_line__off_and_used, tc)
{
	CHECK_SPAN("Return-Path: <cy@c>\nA: b\n\nx\n",
	    copy_of(SPAN("From cy@c Mon Jan  1\nA: b\n\nx\n"), &nobody, LIMIT));
}

ATF_TC_WITHOUT_HEAD(copy__no_final_newline__none_added);
ATF_TC_BODY(copy__no_final_newline__none_added, tc)
{
	CHECK_SPAN("A: b\n\nx", copy_of(SPAN("A: b\n\nx"), &nobody, LIMIT));
}

ATF_TC_WITHOUT_HEAD(copy__empty_message__our_lines_alone);
ATF_TC_BODY(copy__empty_message__our_lines_alone, tc)
{
	CHECK_SPAN("Return-Path: <al@a>\nDelivered-To: bo@b\n",
	    copy_of(SPAN(""), &both, LIMIT));
}

ATF_TC_WITHOUT_HEAD(copy__larger_than_memory__all_of_it);
ATF_TC_BODY(copy__larger_than_memory__all_of_it, tc)
{
	static char text[300 * 1024];
	struct span whole = { text, sizeof(text) };

	memset(text, 'x', sizeof(text));
	memcpy(text, "A: b\n\n", 6);
	ATF_CHECK(span_equals(whole, copy_of(whole, &nobody, LIMIT)));
}

ATF_TC_WITHOUT_HEAD(copy__twice_when_whole__twice_the_same);
ATF_TC_BODY(copy__twice_when_whole__twice_the_same, tc)
{
	struct message message = open_message(SPAN("A: b\n"), &nobody, LIMIT);
	struct span whole = { stored, 10 };
	struct failure why;

	ATF_REQUIRE(message_is_repeatable(&message));
	ATF_REQUIRE_EQ(VERDICT_OK, message_copy(&message, store, NULL, &why));
	ATF_REQUIRE_EQ(VERDICT_OK, message_copy(&message, store, NULL, &why));
	ATF_CHECK_EQ(10, stored_bytes);
	CHECK_SPAN("A: b\nA: b\n", whole);
}

ATF_TC_WITHOUT_HEAD(copy__sink_fails__its_failure);
ATF_TC_BODY(copy__sink_fails__its_failure, tc)
{
	struct message message = open_message(SPAN("A: b\n"), &nobody, LIMIT);
	char step[] = "sink";
	struct failure why;

	ATF_CHECK_EQ(VERDICT_RETRY, message_copy(&message, store, step, &why));
	ATF_CHECK_STREQ("sink", why.step);
}

ATF_TC_WITHOUT_HEAD(repeatable__larger_than_memory__no);
ATF_TC_BODY(repeatable__larger_than_memory__no, tc)
{
	struct message message = open_message(SPAN("A: bcdef\n"), &nobody, 4);

	ATF_CHECK(!message_is_repeatable(&message));
}

/* ---- In a file, for many ------------------------------------------------ */

static struct message
open_file(struct span text, const struct envelope *envelope, size_t limit)
{
	const struct message_limits limits = { limit, 0 };
	struct message message;
	struct failure why;
	int fd;

	file_put("message", text);
	fd = open("message", O_RDONLY);
	ATF_REQUIRE(lseek(fd, 0, SEEK_END) > 0); /* where it is read from */
	ATF_REQUIRE_EQ(VERDICT_OK,
	    message_open_file(
		&message, fd, &limits, envelope, &missing, &why));
	return message;
}

static struct span
stored_of(struct message *message)
{
	struct span whole = { stored, 0 };
	struct failure why;

	stored_bytes = 0;
	ATF_REQUIRE_EQ(VERDICT_OK, message_copy(message, store, NULL, &why));
	whole.size_bytes = stored_bytes;
	return whole;
}

ATF_TC_WITHOUT_HEAD(file__larger_than_memory__again_and_again);
ATF_TC_BODY(file__larger_than_memory__again_and_again, tc)
{
	static char text[300 * 1024];
	struct span whole = { text, sizeof(text) };
	struct message message;
	int i;

	memset(text, 'x', sizeof(text));
	memcpy(text, "A: b\n\n", 6);
	text[sizeof(text) - 1] = 'y';
	message = open_file(whole, &nobody, LIMIT);
	ATF_CHECK(message_is_repeatable(&message));
	for (i = 0; i < 3; i++)
		ATF_CHECK(span_equals(whole, stored_of(&message)));
	message_close(&message);
}

ATF_TC_WITHOUT_HEAD(share__another_recipient__its_own_lines);
ATF_TC_BODY(share__another_recipient__its_own_lines, tc)
{
	static const size_t limits[] = { LIMIT, 4 };
	struct envelope other = both;
	struct message first;
	struct message second;
	struct failure why;
	size_t i;

	other.recipient = SPAN("cy@c");
	for (i = 0; i < 2; i++) {
		first = open_file(SPAN("A: b\n\nc\n"), &both, limits[i]);
		ATF_REQUIRE_EQ(VERDICT_OK,
		    message_share(&second, &first, &other, &missing, &why));
		CHECK_SPAN("Return-Path: <al@a>\nDelivered-To: bo@b\n"
			   "A: b\n\nc\n",
		    stored_of(&first));
		CHECK_SPAN("Return-Path: <al@a>\nDelivered-To: cy@c\n"
			   "A: b\n\nc\n",
		    stored_of(&second));
		ATF_CHECK(!message_is_alike(&first, &second));
		message_close(&second);
		ATF_REQUIRE_EQ(VERDICT_OK,
		    message_share(&second, &first, &both, &missing, &why));
		ATF_CHECK(message_is_alike(&first, &second));
		message_close(&second);
		message_close(&first);
	}
}

ATF_TC_WITHOUT_HEAD(file__read_fails__retry_at_read);
ATF_TC_BODY(file__read_fails__retry_at_read, tc)
{
	const struct message_limits limits = { LIMIT, 0 };
	struct message message;
	struct failure why;

	ATF_CHECK_EQ(VERDICT_RETRY,
	    message_open_file(&message, open(".", O_RDONLY), &limits, &nobody,
		&missing, &why));
	ATF_CHECK_STREQ("read", why.step);
	message_close(&message);
}

ATF_TC_WITHOUT_HEAD(identifiable__message_id_or_received__yes);
ATF_TC_BODY(identifiable__message_id_or_received__yes, tc)
{
	struct message one =
	    open_message(SPAN("Message-ID: <x>\n\n"), &nobody, LIMIT);
	struct message two =
	    open_message(SPAN("Received: x\n\n"), &nobody, LIMIT);

	ATF_CHECK(message_is_identifiable(&one));
	ATF_CHECK(message_is_identifiable(&two));
}

ATF_TC_WITHOUT_HEAD(identifiable__neither__no);
ATF_TC_BODY(identifiable__neither__no, tc)
{
	struct message message =
	    open_message(SPAN("Subject: x\n\nReceived: y\n"), &both, LIMIT);

	ATF_CHECK(!message_is_identifiable(&message));
}

ATF_TC_WITHOUT_HEAD(open__read_fails__retry_and_close_is_safe);
ATF_TC_BODY(open__read_fails__retry_and_close_is_safe, tc)
{
	struct message message;
	struct failure why;

	memset(&message, 0xff, sizeof(message));
	ATF_CHECK_EQ(VERDICT_RETRY,
	    message_open(&message, -1,
		&(struct message_limits){ LIMIT, 0 }, &both, &missing,
		&why));
	ATF_CHECK_STREQ("read", why.step);
	message_close(&message);
}

ATF_TC_WITHOUT_HEAD(open__from_line_and_sender_known__sender_stays);
ATF_TC_BODY(open__from_line_and_sender_known__sender_stays, tc)
{
	struct message message =
	    open_message(SPAN("From cy@c Mon\nA: b\n\n"), &both, LIMIT);

	CHECK_SPAN("al@a", message.envelope.sender);
	CHECK_SPAN("A: b\n\n", message.head);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, copy__nothing_known__as_it_came);
	ATF_TP_ADD_TC(tp, copy__envelope_known__our_lines_first);
	ATF_TP_ADD_TC(tp, copy__envelope_known__one_piece);
	ATF_TP_ADD_TC(tp, copy__long_sender__all_of_it);
	ATF_TP_ADD_TC(tp, copy__from_line__sender_still_known);
	ATF_TP_ADD_TC(tp, copy__from_line__off_and_used);
	ATF_TP_ADD_TC(tp, copy__no_final_newline__none_added);
	ATF_TP_ADD_TC(tp, copy__empty_message__our_lines_alone);
	ATF_TP_ADD_TC(tp, copy__larger_than_memory__all_of_it);
	ATF_TP_ADD_TC(tp, copy__twice_when_whole__twice_the_same);
	ATF_TP_ADD_TC(tp, copy__sink_fails__its_failure);
	ATF_TP_ADD_TC(tp, repeatable__larger_than_memory__no);
	ATF_TP_ADD_TC(tp, identifiable__message_id_or_received__yes);
	ATF_TP_ADD_TC(tp, identifiable__neither__no);
	ATF_TP_ADD_TC(tp, file__larger_than_memory__again_and_again);
	ATF_TP_ADD_TC(tp, share__another_recipient__its_own_lines);
	ATF_TP_ADD_TC(tp, file__read_fails__retry_at_read);
	ATF_TP_ADD_TC(tp, open__read_fails__retry_and_close_is_safe);
	ATF_TP_ADD_TC(tp, open__from_line_and_sender_known__sender_stays);
	return atf_no_error();
}
