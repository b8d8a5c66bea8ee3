/*
 * svtest_world.h - what a test script acts on: messages, envelope, settings,
 * mailboxes and sent mail, all of them in memory.
 */
#ifndef TESTS_SIEVE_SVTEST_WORLD_H
#define TESTS_SIEVE_SVTEST_WORLD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "sieve/run.h"
#include "sieve/sieve.h"

enum { WORLD_NAMES_MAX = 256, WORLD_MAIL_MAX = 1024, WORLD_RESULTS_MAX = 64 };

struct world_mail {
	struct span mailbox; /* of a stored one; at is NULL for a sent one */
	struct span bytes;
	struct span from; /* the envelope of a sent one */
	struct span to;
	struct span flags; /* with blanks between */
};

struct world_setting {
	struct span name;
	struct span value;
};

struct world_program {
	struct span name;
	struct sieve_program *program;
};

struct world_mark {
	struct sieve_mark mark;
	int64_t until_s;
};

struct world {
	struct arena memory;
	const char *folder;	      /* of the test script */
	struct sieve_options options; /* of scripts under test */
	struct sieve_options outer;   /* of the test script: roomier */
	struct sieve_library library;
	struct sieve_errors errors;
	struct sieve_program *program; /* compiled last; of programs */
	struct world_program programs[WORLD_NAMES_MAX];
	size_t program_count;
	struct world_setting settings[WORLD_NAMES_MAX];
	size_t setting_count;
	struct span mailboxes[WORLD_NAMES_MAX];
	size_t mailbox_count;
	struct world_mail mail[WORLD_MAIL_MAX];
	size_t mail_count;
	struct sieve_plan *plans[WORLD_RESULTS_MAX]; /* of scripts run */
	size_t plan_count;
	struct world_mark marks[WORLD_NAMES_MAX]; /* what duplicate has seen */
	size_t mark_count;
	int zone_minutes; /* of "mda_zone_minutes" */
	struct span own_address;
	struct span message;
	struct sieve_envelope envelope;
	struct sieve_input input; /* of the test script */
	const char *test;	  /* that is being run; NULL between tests */
	bool has_failed;	  /* it has */
	unsigned passed;
	unsigned failed;
};

/*
 * world_start - a world before its first test.
 *
 * Takes   world, all zero but for outer.extras.
 */
void world_start(struct world *world, const char *folder);

/*
 * world_end - give everything back.
 */
void world_end(struct world *world);

/*
 * world_read - a file beside the test script, or at an absolute path.
 */
bool world_read(struct world *world, const char *name, struct span *text_out);

/*
 * world_set_message - let this be the message, with an envelope made of it.
 */
void world_set_message(struct world *world, struct span message);

/*
 * world_set_envelope - change a part of the envelope: "from", "to" ...
 *
 * Gives   false for another name.
 */
bool world_set_envelope(struct world *world, struct span name,
    struct span value);

/*
 * world_setting - the value of a setting; the empty span when it has none.
 */
struct span world_setting(const struct world *world, const char *name);

/*
 * world_configure - let the settings hold from here on.
 */
void world_configure(struct world *world);

/*
 * world_error - note an error that test_error will see; always false.
 */
bool world_error(struct world *world, const char *format, ...)
    ERROR_FORMAT(2, 3);

/*
 * world_is_same - do both names mean one mailbox?
 */
bool world_is_same(struct span a, struct span b);

/*
 * world_has_mailbox - was it created?
 */
bool world_has_mailbox(const struct world *world, struct span name);

/*
 * world_add_mailbox - create it, unless it is there.
 */
void world_add_mailbox(struct world *world, struct span name);

/*
 * world_execute - do what the actions of a plan say.
 *
 * Gives   false with errors noted when one of them failed.
 */
bool world_execute(struct world *world, const struct sieve_plan *plan);

#endif
