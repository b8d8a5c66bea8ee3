/*
 * Whatever call fails, a delivery that is closed leaves no descriptor.
 */
#include <sys/stat.h>

#include <atf-c.h>
#include <stdio.h>
#include <unistd.h>

#include "maildir/deliver.h"
#include "tests/support/files.h"
#include "tests/support/nth_call.h"
#include "tests/support/spans.h"

#define TEXT "Message-ID: <a@b>\nSubject: x\n\nbody\n"

static struct maildir where = {
	.path = "box",
	.may_create = true,
	.may_create_folder = true,
	.sync = { true, AFTER_LINK_ALWAYS },
};
static struct message_limits limits = { 4096, 0 };
static const char *flags;
static bool has_leftover; /* a witness of the same message, and litter */

static void
start_empty(void)
{
	nth_call_clear(folder_fd("."));
	file_put("message", SPAN(TEXT));
}

/* A box in use; where asked, with what a crash left in tmp/. */
static void
start_used(void)
{
	start_empty();
	box_make("box");
	if (!has_leftover)
		return;
	file_put("box/tmp/1.M1P999999Q0R00000000.mx", SPAN("torn"));
	file_put("box/tmp/2.M1P999998Q0R00000000.mx", SPAN(TEXT));
	ATF_REQUIRE_EQ(0,
	    link("box/tmp/2.M1P999998Q0R00000000.mx",
		"box/new/2.M1P999998Q0R00000000.mx"));
}

static enum verdict
deliver_message(struct message *message)
{
	static struct maildir_delivery delivery;
	struct failure why;
	enum verdict verdict;

	memset(&delivery, 0, sizeof(delivery));
	delivery.where = &where;
	delivery.message = message;
	delivery.flags = flags;
	verdict = maildir_open(&delivery, &why);
	if (verdict != VERDICT_OK)
		return verdict;
	verdict = maildir_deliver(&delivery, &why);
	maildir_close(&delivery);
	return verdict;
}

static void
deliver(void)
{
	static const struct envelope nobody;
	static const struct trace_rules never = { TRACE_NEVER, TRACE_NEVER };
	int fd = open("message", O_RDONLY);
	static struct message message;
	struct failure why;

	ATF_REQUIRE(fd != -1);
	if (message_open(&message, fd, &limits, &nobody, &never, &why) ==
	    VERDICT_OK)
		(void)deliver_message(&message); /* what is left is all */
	message_close(&message);
	ATF_REQUIRE_EQ(0, close(fd));
}

ATF_TC_WITHOUT_HEAD(small__each_call_fails__no_descriptor_left);
ATF_TC_BODY(small__each_call_fails__no_descriptor_left, tc)
{
	nth_call_leaves_none(start_used, deliver, 200);
}

ATF_TC_WITHOUT_HEAD(large__each_call_fails__no_descriptor_left);
ATF_TC_BODY(large__each_call_fails__no_descriptor_left, tc)
{
	limits.memory_bytes = 8;
	nth_call_leaves_none(start_used, deliver, 200);
}

ATF_TC_WITHOUT_HEAD(created__each_call_fails__no_descriptor_left);
ATF_TC_BODY(created__each_call_fails__no_descriptor_left, tc)
{
	where.folder = "Lists";
	nth_call_leaves_none(start_empty, deliver, 450);
}

ATF_TC_WITHOUT_HEAD(flagged__each_call_fails__no_descriptor_left);
ATF_TC_BODY(flagged__each_call_fails__no_descriptor_left, tc)
{
	flags = "S";
	nth_call_leaves_none(start_used, deliver, 200);
}

ATF_TC_WITHOUT_HEAD(witness__each_call_fails__no_descriptor_left);
ATF_TC_BODY(witness__each_call_fails__no_descriptor_left, tc)
{
	has_leftover = true;
	nth_call_leaves_none(start_used, deliver, 300);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, small__each_call_fails__no_descriptor_left);
	ATF_TP_ADD_TC(tp, large__each_call_fails__no_descriptor_left);
	ATF_TP_ADD_TC(tp, created__each_call_fails__no_descriptor_left);
	ATF_TP_ADD_TC(tp, flagged__each_call_fails__no_descriptor_left);
	ATF_TP_ADD_TC(tp, witness__each_call_fails__no_descriptor_left);
	return atf_no_error();
}
