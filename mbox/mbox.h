/*
 * mbox.h - which mbox to deliver to, and what may be done on the way.
 */
#ifndef MBOX_MBOX_H
#define MBOX_MBOX_H

#include <sys/types.h>

#include <stdbool.h>

#include "durable/sync.h"

enum mbox_format {
	MBOX_RD, /* ">" before every ">*From " */
	MBOX_O,	 /* ">" before every "From " */
	MBOX_CL2 /* Content-Length, nothing quoted */
};

enum mbox_journal_rule { JOURNAL_AUTO, JOURNAL_REQUIRE, JOURNAL_OFF };

/* Bits of mbox.locks, in the order of the setting's words. */
enum mbox_lock { MBOX_DOTLOCK = 1, MBOX_FCNTL = 2, MBOX_FLOCK = 4 };

enum mbox_help {
	HELP_MAKE_BOX,
	HELP_MAKE_JOURNAL,
	HELP_TRY_LOCK,
	HELP_TRY_LOCK_BREAK, /* the kernel lock is held */
	HELP_RELEASE_LOCK
};

/* Does in the mbox's folder what the account itself may not. */
struct mbox_helper {
	int context; /* for ask */
	int (*ask)(int context, enum mbox_help what); /* 0 or errno */
};

struct mbox {
	const char *path; /* borrowed */
	const char *home; /* borrowed: where syncing upward ends; or NULL */
	uid_t owner;	  /* this process's own uid: whose it must be */
	enum mbox_format format;
	unsigned int locks;	  /* enum mbox_lock, or-ed */
	long long lock_timeout_s;
	long long dotlock_stale_s;
	enum mbox_journal_rule journal;
	bool may_create;
	bool may_use_fuse;
	const struct mbox_helper *helper; /* borrowed; or NULL */
	struct sync_policy sync;
};

#endif
