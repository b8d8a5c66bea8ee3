/*
 * Whatever call fails, a delivery that is closed leaves no descriptor.
 */
#include <sys/stat.h>
#include <sys/wait.h>

#include <atf-c.h>
#include <stdio.h>
#include <unistd.h>

#include "compat/compat.h"
#include "mbox/deliver.h"
#include "tests/support/files.h"
#include "tests/support/mbox_delivery.h"
#include "tests/support/nth_call.h"
#include "tests/support/spans.h"

#define TEXT "Message-ID: <a@b>\nSubject: x\n\nFrom here\n"
#define OTHER "Message-ID: <c@d>\nSubject: y\n\nFrom there\n"

static struct mbox where;
static size_t memory_bytes = 1 << 20;

static void
start_empty(void)
{
	nth_call_clear(folder_fd("."));
}

static void
deliver(void)
{
	static struct mbox_delivery delivery;
	static const struct trace_rules rules = { TRACE_NEVER, TRACE_NEVER };
	static const struct envelope nobody;
	static struct message message;
	struct failure why;
	int fd = open("message", O_RDONLY);

	ATF_REQUIRE(fd != -1);
	memset(&delivery, 0, sizeof(delivery));
	delivery.where = &where;
	delivery.message = &message;
	if (message_open(&message, fd,
		&(struct message_limits){ memory_bytes, 0 }, &nobody, &rules,
		&why) == VERDICT_OK)
		(void)mbox_run(&delivery, &why); /* what is left is all */
	message_close(&message);
	ATF_REQUIRE_EQ(0, close(fd));
}

static void
start_used(void)
{
	start_empty();
	deliver();
}

/* A box, its journal and its lock file, as a kill in an append leaves them. */
static void
start_torn(void)
{
	struct stat st;
	int status;
	pid_t pid;

	start_used();
	file_put("message", SPAN(OTHER));
	pid = fork();
	ATF_REQUIRE(pid != -1);
	if (pid == 0) {
		nth_call.last = "futimens"; /* behind the append */
		deliver();
		_exit(1);
	}
	ATF_REQUIRE_EQ(pid, waitpid(pid, &status, 0));
	ATF_REQUIRE(WIFSIGNALED(status));
	ATF_REQUIRE_EQ(0, stat("box", &st));
	ATF_REQUIRE_EQ(0, truncate("box", st.st_size - 5));
	file_put("message", SPAN(TEXT));
}

static void
check(void (*prepare)(void), unsigned int least)
{
	file_put("message", SPAN(TEXT));
	nth_call_leaves_none(prepare, deliver, least);
}

ATF_TC_WITHOUT_HEAD(small__each_call_fails__no_descriptor_left);
ATF_TC_BODY(small__each_call_fails__no_descriptor_left, tc)
{
	where = mbox_where();
	check(start_used, 180);
}

ATF_TC_WITHOUT_HEAD(large__each_call_fails__no_descriptor_left);
ATF_TC_BODY(large__each_call_fails__no_descriptor_left, tc)
{
	where = mbox_where();
	memory_bytes = 8;
	check(start_used, 200);
}

ATF_TC_WITHOUT_HEAD(created__each_call_fails__no_descriptor_left);
ATF_TC_BODY(created__each_call_fails__no_descriptor_left, tc)
{
	where = mbox_where();
	where.locks = MBOX_DOTLOCK | MBOX_FCNTL |
	    (HAVE_FLOCK ? MBOX_FLOCK : 0);
	check(start_empty, 250);
}

ATF_TC_WITHOUT_HEAD(torn__each_call_fails__no_descriptor_left);
ATF_TC_BODY(torn__each_call_fails__no_descriptor_left, tc)
{
	where = mbox_where();
	where.format = MBOX_CL2;
	check(start_torn, 250);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, small__each_call_fails__no_descriptor_left);
	ATF_TP_ADD_TC(tp, large__each_call_fails__no_descriptor_left);
	ATF_TP_ADD_TC(tp, created__each_call_fails__no_descriptor_left);
	ATF_TP_ADD_TC(tp, torn__each_call_fails__no_descriptor_left);
	return atf_no_error();
}
