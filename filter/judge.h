/*
 * judge.h - let scripts decide about a message, in a process of their own.
 *
 * Whatever becomes of that process, there is a plan that can be executed:
 * where it dies, takes too long or talks nonsense, the plan is to keep.
 */
#ifndef FILTER_JUDGE_H
#define FILTER_JUDGE_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"
#include "filter/script.h"
#include "sieve/plan.h"
#include "sieve/sieve.h"

/* Beside what the message itself needs. */
#define JUDGE_MEMORY_BYTES ((size_t)512 * 1024 * 1024)

struct judge_script {
	const char *name; /* for errors and plans */
	struct span text;
};

/* All borrowed; it is needed until judge_start() returns. */
struct judge_setup {
	const struct judge_script *scripts; /* in the order they run */
	size_t script_count;
	struct script_library library;
	const struct sieve_options *options;
	const struct sieve_item *environment;
	size_t environment_count;
	const struct span *own_addresses; /* beside the envelope's */
	size_t own_address_count;
	unsigned int cpu_s;  /* more is the end of it; 1 or more */
	size_t memory_bytes; /* more is the end of it */
};

struct judge {
	int fd;	   /* owned; -1 when there is no process */
	pid_t pid; /* owned */
	unsigned int wall_s;
	const struct sieve_options *options; /* borrowed */
};

/* The message, and what this process is asked about. All borrowed. */
struct judge_task {
	struct span message; /* or its beginning; without From_ line */
	int rest_fd;	     /* where it goes on, with rest_bytes */
	off_t rest_at;
	size_t rest_bytes;    /* that scripts are to see as well; or 0 */
	long long size_bytes; /* of all of it */
	struct sieve_envelope envelope;
	int64_t now_s;
	const struct sieve_answers *answers; /* no zone: the child knows it */
};

enum { JUDGE_TROUBLE_BYTES = 400 };

struct judge_decision {
	struct sieve_plan plan; /* owned */
	struct sieve_errors errors; /* of scripts */
	/* Empty when all went well; else why the message is kept. */
	char trouble[JUDGE_TROUBLE_BYTES];
};

/*
 * judge_start - begin a process that will decide about one message.
 *
 * Gives   a process that reads and compiles the scripts meanwhile. Where none
 *         can be had, judge_decide() gives a keep.
 * Owns    judge_end() ends it.
 */
void judge_start(struct judge *judge, const struct judge_setup *setup);

/*
 * judge_decide - have the scripts decide.
 *
 * Takes   a judge that was started and not yet asked.
 * Gives   decision->plan, which can be executed in any case; trouble says
 *         why it is only a keep.
 * Owns    the caller gives decision to judge_forget().
 */
void judge_decide(struct judge *judge, const struct judge_task *task,
    struct judge_decision *decision);

/*
 * judge_keep - the decision to keep a message, because of some trouble.
 *
 * Takes   trouble, an English sentence without its full stop; or "".
 * Owns    as judge_decide().
 */
void judge_keep(struct judge_decision *decision, const char *trouble);

/*
 * judge_end - end the process, if it is still there.
 */
void judge_end(struct judge *judge);

/*
 * judge_forget - give back what a decision holds.
 */
void judge_forget(struct judge_decision *decision);

#endif
