/*
 * mbox_calls.h - the whole system-call table, recorded and made to fail.
 *
 * After calls_install() every call goes through to the system. calls_trail
 * names them in their order, each with a blank behind it; a folder that is
 * synced is "fsync-dir".
 */
#ifndef TESTS_SUPPORT_MBOX_CALLS_H
#define TESTS_SUPPORT_MBOX_CALLS_H

#include <sys/stat.h>

#include <atf-c.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/every_call.h"

#define CALL_ENUM_ONE(type, name, params, args) CALL_##name,

enum call {
	EVERY_CALL(CALL_ENUM_ONE, CALL_ENUM_ONE, CALL_ENUM_ONE, CALL_ENUM_ONE)
	    CALLS
};

struct call_plan {
	unsigned int seen; /* calls so far */
	unsigned int first; /* of those that fail, counted from 1 */
	unsigned int last; /* 0: none fails */
	int sys_errno;
	bool is_late; /* the call is made, and then said to have failed */
	size_t most_bytes; /* that one call takes; 0: no limit */
	unsigned int hook_at; /* before this call, counted from 1 */
	void (*hook)(void);
};

static struct call_plan call_plans[CALLS];
static const struct sys_calls *real_sys;
static struct sys_calls noted_calls;
static char calls_trail[8192];

static inline void
call_begin(enum call call, const char *name)
{
	struct call_plan *plan = &call_plans[call];
	size_t used_bytes = strlen(calls_trail);

	plan->seen++;
	(void)snprintf(calls_trail + used_bytes,
	    sizeof(calls_trail) - used_bytes, "%s ", name);
	if (plan->hook != NULL && plan->hook_at == plan->seen)
		plan->hook();
}

static inline bool
call_hits(enum call call)
{
	const struct call_plan *plan = &call_plans[call];

	return plan->seen >= plan->first && plan->seen <= plan->last;
}

static inline size_t
call_size(enum call call, size_t size_bytes)
{
	size_t most_bytes = call_plans[call].most_bytes;

	return most_bytes > 0 && size_bytes > most_bytes ? most_bytes
							 : size_bytes;
}

#define CALL_AROUND(type, name, args)                                         \
	type answer = -1;                                                     \
	if (!call_hits(CALL_##name) || call_plans[CALL_##name].is_late)       \
		answer = real_sys->name args;                                 \
	if (!call_hits(CALL_##name))                                          \
		return answer;                                                \
	errno = call_plans[CALL_##name].sys_errno;                            \
	return -1

#define CALL_FUNCTION(type, name, params, args)                               \
	static inline type note_##name params                                 \
	{                                                                     \
		call_begin(CALL_##name, #name);                               \
		CALL_AROUND(type, name, args);                                \
	}

#define CALL_BYTES_FUNCTION(type, name, params, args)                         \
	static inline type note_##name params                                 \
	{                                                                     \
		call_begin(CALL_##name, #name);                               \
		size_bytes = call_size(CALL_##name, size_bytes);              \
		CALL_AROUND(type, name, args);                                \
	}

/* A descriptor that close(2) fails for is gone all the same. */
#define CALL_CLOSES_FUNCTION(type, name, params, args)                        \
	static inline type note_##name params                                 \
	{                                                                     \
		type answer;                                                  \
                                                                              \
		call_begin(CALL_##name, #name);                               \
		answer = real_sys->name args;                                 \
		if (!call_hits(CALL_##name))                                  \
			return answer;                                        \
		errno = call_plans[CALL_##name].sys_errno;                    \
		return -1;                                                    \
	}

EVERY_CALL(CALL_FUNCTION, CALL_CLOSES_FUNCTION, CALL_BYTES_FUNCTION,
    CALL_FUNCTION)

/* Files and folders are told apart in the trail. */
static inline int
note_any_fsync(int fd)
{
	size_t used_bytes = strlen(calls_trail);
	struct stat st;
	int answer = note_fsync(fd);
	int errno_after = errno;

	if (real_sys->fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
		(void)snprintf(calls_trail + used_bytes,
		    sizeof(calls_trail) - used_bytes, "fsync-dir ");
	errno = errno_after;
	return answer;
}

#define CALL_MEMBER(type, name, params, args) noted_calls.name = note_##name;

/*
 * calls_install - put the table in place; nothing fails yet.
 */
static inline void
calls_install(void)
{
	real_sys = sys;
	noted_calls = *sys;
	EVERY_CALL(CALL_MEMBER, CALL_MEMBER, CALL_MEMBER, CALL_MEMBER)
	noted_calls.fsync = note_any_fsync;
	sys = &noted_calls;
}

/*
 * calls_reset - forget all plans and the trail.
 */
static inline void
calls_reset(void)
{
	memset(call_plans, 0, sizeof(call_plans));
	calls_trail[0] = '\0';
}

/*
 * fail_nth - let the nth call from now on fail.
 */
static inline void
fail_nth(enum call call, unsigned int nth, int sys_errno)
{
	struct call_plan *plan = &call_plans[call];

	plan->first = plan->seen + nth;
	plan->last = plan->first;
	plan->sys_errno = sys_errno;
	plan->is_late = false;
}

/*
 * fail_always - let every such call fail from now on.
 */
static inline void
fail_always(enum call call, int sys_errno)
{
	fail_nth(call, 1, sys_errno);
	call_plans[call].last = UINT_MAX;
}

/*
 * hook_nth - do something just before the nth call from now on.
 */
static inline void
hook_nth(enum call call, unsigned int nth, void (*hook)(void))
{
	call_plans[call].hook_at = call_plans[call].seen + nth;
	call_plans[call].hook = hook;
}

#endif
