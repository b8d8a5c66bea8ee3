/*
 * sandbox.h - a delivery gives up all it does not need, before it reads mail.
 *
 * What a sender wrote is parsed by a process that can reach the mailbox's
 * folder and what is open already, and nothing else: no other file, no
 * program, no network. Not every system has a sandbox, and some have half of
 * one; a delivery must never fail because of it.
 */
#ifndef ACCOUNT_SANDBOX_H
#define ACCOUNT_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/failure.h"

enum sandbox_rule {
	SANDBOX_ON, /* as much as this system has */
	SANDBOX_OFF,
	SANDBOX_REQUIRE /* all of it, or no delivery */
};

/* What holds, or-ed. */
enum sandbox_state {
	SANDBOX_NONE = 0,
	SANDBOX_FILES = 1, /* Landlock, unveil or Capsicum */
	SANDBOX_CALLS = 2, /* seccomp, pledge or Capsicum */
	SANDBOX_WHOLE = SANDBOX_FILES | SANDBOX_CALLS
};

/* A folder that stays in reach, with all beneath it. */
struct sandbox_folder {
	int fd;		     /* borrowed; -1: only the path is known */
	const char *path;    /* borrowed; one that is missing is passed over */
	bool is_for_reading; /* no file is made, written or removed there */
	bool has_new_folders; /* folders are made there, too */
};

/* What the rest of a delivery needs, beside what is open. */
struct sandbox_needs {
	struct sandbox_folder *folders; /* borrowed: room for folder_most */
	size_t folder_most;
	size_t folder_count;
	bool is_climbing; /* folders above the mailbox are opened, to sync */
	bool opens_paths; /* folders in reach are opened by their path */
	bool is_blind;	  /* no file is opened: what is open is all */
};

/*
 * sandbox_enter - give up everything else, for good.
 *
 * Takes   the folders in reach; all else that is needed is open.
 * Gives   *state_out, what holds now. In a folder files can be made, linked,
 *         removed, read and written; devices and symbolic links cannot be
 *         made, and folders only where that was asked for. Descriptors that are open keep working.
 * Fails   VERDICT_RETRY at "sandbox", for SANDBOX_REQUIRE when the state is
 *         not SANDBOX_WHOLE; the subject is sandbox_name(). Else never.
 * Never   undone, not even by a program that is executed: there is none.
 */
enum verdict sandbox_enter(enum sandbox_rule rule,
    const struct sandbox_needs *needs, enum sandbox_state *state_out,
    struct failure *why);

/*
 * sandbox_enter_pure - give up everything but what is open, and memory.
 *
 * Takes   a process that only computes: no path means anything to it
 *         afterwards, and no folder is in reach.
 * Gives   what holds now; SANDBOX_WHOLE when all that this build can ask
 *         the system for was given.
 * Never   undone.
 */
enum sandbox_state sandbox_enter_pure(void);

/*
 * sandbox_add - one more folder that stays in reach.
 *
 * Takes   at most folder_most; what is more stays out of reach.
 */
void sandbox_add(struct sandbox_needs *needs, int fd, const char *path,
    bool is_for_reading);

/*
 * sandbox_try - what would hold behind sandbox_enter(), found out by a
 * process that enters it and ends.
 *
 * Takes   needs, as for sandbox_enter().
 * Gives   *state_out; false when no process could be started.
 */
bool sandbox_try(
    const struct sandbox_needs *needs, enum sandbox_state *state_out);

enum { SANDBOX_PARTS = 3 };

/* One of the system's means that this build can use. */
struct sandbox_part {
	const char *name; /* static: "landlock" */
	int version;	  /* of the kernel's; 0: it has none */
};

/*
 * sandbox_parts - what this kernel has of what this build can use.
 *
 * Takes   parts, SANDBOX_PARTS of them.
 * Gives   how many there are. One that is there can be unfit all the same:
 *         sandbox_try() tells.
 */
size_t sandbox_parts(struct sandbox_part *parts);

/*
 * sandbox_best - what this build would have on a system that has it all.
 */
enum sandbox_state sandbox_best(void);

/*
 * sandbox_name - what a state is called here, "landlock+seccomp" or "none".
 */
const char *sandbox_name(enum sandbox_state state);

#endif
