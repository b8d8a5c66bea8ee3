/*
 * mbox_delivery.h - deliveries into an mbox within a test program.
 */
#ifndef TESTS_SUPPORT_MBOX_DELIVERY_H
#define TESTS_SUPPORT_MBOX_DELIVERY_H

#include <atf-c.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "mbox/deliver.h"
#include "message/message.h"
#include "tests/support/files.h"

/*
 * mbox_where - the mbox "box" in the working folder, with the defaults, and
 * no waiting for locks.
 */
static inline struct mbox
mbox_where(void)
{
	struct mbox where = {
		.path = "box",
		.owner = geteuid(),
		.format = MBOX_RD,
		.locks = MBOX_DOTLOCK | MBOX_FCNTL,
		.lock_timeout_s = 0,
		.dotlock_stale_s = 300,
		.journal = JOURNAL_AUTO,
		.may_create = true,
		.sync = { true, AFTER_LINK_AUTO },
	};

	return where;
}

/*
 * mbox_message - read a message, with limit_bytes of it held in memory.
 *
 * Owns    message_close().
 */
static inline void
mbox_message(struct message *message, struct span text, size_t limit_bytes)
{
	static const struct trace_rules rules = { TRACE_NEVER, TRACE_NEVER };
	struct envelope envelope = { .has_sender = true };
	struct failure why;
	int fd;

	envelope_set_sender(&envelope, span_of("ann@example.org"));
	file_put("message", text);
	fd = open("message", O_RDONLY | O_CLOEXEC);
	ATF_REQUIRE(fd != -1);
	ATF_REQUIRE_EQ(0, unlink("message"));
	ATF_REQUIRE_EQ(VERDICT_OK,
	    message_open(message, fd,
		&(struct message_limits){ limit_bytes, 0 }, &envelope,
		&rules, &why));
}

/*
 * mbox_message_end - let go of it, its descriptor included.
 */
static inline void
mbox_message_end(struct message *message)
{
	ATF_REQUIRE_EQ(0, close(message->spool.in_fd));
	message_close(message);
}

/*
 * mbox_run - open, deliver and close.
 */
static inline enum verdict
mbox_run(struct mbox_delivery *delivery, struct failure *why)
{
	enum verdict verdict = mbox_open(delivery, why);

	if (verdict != VERDICT_OK)
		return verdict;
	verdict = mbox_deliver(delivery, why);
	mbox_close(delivery);
	return verdict;
}

/*
 * mbox_put - deliver a message; *delivery tells the rest.
 */
static inline enum verdict
mbox_put(struct mbox_delivery *delivery, const struct mbox *where,
    struct span text, size_t limit_bytes, struct failure *why)
{
	struct message message;
	enum verdict verdict;

	memset(delivery, 0, sizeof(*delivery));
	memset(why, 0, sizeof(*why));
	mbox_message(&message, text, limit_bytes);
	delivery->where = where;
	delivery->message = &message;
	verdict = mbox_run(delivery, why);
	mbox_message_end(&message);
	return verdict;
}

#endif
