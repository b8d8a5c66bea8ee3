/*
 * sieve_case.h - scripts that are compiled and run within a case.
 */
#ifndef TESTS_SUPPORT_SIEVE_CASE_H
#define TESTS_SUPPORT_SIEVE_CASE_H

#include <atf-c.h>
#include <stdio.h>
#include <string.h>

#include "sieve/sieve.h"

enum { SIEVE_CASE_PROGRAMS = 8 };

struct sieve_case {
	struct sieve_options options;
	struct sieve_errors errors; /* of the last script that was compiled */
	struct sieve_error error;   /* of the last run */
	struct sieve_library library;
	struct sieve_input input;
	struct sieve_plan plan;
	struct sieve_program *programs[SIEVE_CASE_PROGRAMS];
	size_t program_count;
};

/* Of a script to include, the text is its name: "discard;". */
static inline enum sieve_found
sieve_case_find(void *context, enum sieve_where where, const char *name,
    struct span *text_out)
{
	(void)context;
	(void)where;
	*text_out = span_of(name);
	return SIEVE_FOUND;
}

/*
 * sieve_case_start - default options, a short message, an empty plan.
 */
static inline void
sieve_case_start(struct sieve_case *sieve)
{
	memset(sieve, 0, sizeof(*sieve));
	sieve_options_default(&sieve->options);
	sieve_plan_init(&sieve->plan);
	sieve->library.find = sieve_case_find;
	sieve->input.message = span_of("From: s@a.example\nTo: r@b.example\n"
				       "Subject: hello\n\nbody\n");
	sieve->input.envelope.from = span_of("s@a.example");
	sieve->input.envelope.to = span_of("r@b.example");
	sieve->input.envelope.has_from = sieve->input.envelope.has_to = true;
}

/*
 * sieve_case_end - give everything back.
 */
static inline void
sieve_case_end(struct sieve_case *sieve)
{
	while (sieve->program_count > 0)
		sieve_release(sieve->programs[--sieve->program_count]);
	sieve_plan_release(&sieve->plan);
}

/*
 * sieve_case_compile - add a program to those that are run.
 *
 * Gives   false with errors when it is wrong.
 */
static inline bool
sieve_case_compile(struct sieve_case *sieve, struct span text)
{
	struct sieve_program *program = sieve_compile("script", text,
	    &sieve->options, &sieve->library, &sieve->errors);

	ATF_REQUIRE(sieve->program_count < SIEVE_CASE_PROGRAMS);
	ATF_REQUIRE_EQ(program != NULL, sieve->errors.count == 0);
	if (program != NULL)
		sieve->programs[sieve->program_count++] = program;
	return program != NULL;
}

/*
 * sieve_case_run - run all programs; the plan is that of this run alone.
 */
static inline bool
sieve_case_run(struct sieve_case *sieve)
{
	const struct sieve_program *programs[SIEVE_CASE_PROGRAMS];
	size_t i;

	for (i = 0; i < sieve->program_count; i++)
		programs[i] = sieve->programs[i];
	sieve_plan_clear(&sieve->plan);
	return sieve_run(programs, sieve->program_count, &sieve->input,
	    &sieve->plan, &sieve->error);
}

/*
 * sieve_case_decide - compile a script, which must be right, and run it.
 */
static inline bool
sieve_case_decide(struct sieve_case *sieve, const char *text)
{
	while (sieve->program_count > 0)
		sieve_release(sieve->programs[--sieve->program_count]);
	ATF_REQUIRE_MSG(sieve_case_compile(sieve, span_of(text)), "%s: %s",
	    text, sieve->errors.list[0].text);
	return sieve_case_run(sieve);
}

/*
 * sieve_case_plan - the plan in words: "fileinto:x redirect:a@b.example".
 *
 * Gives   text that is good until the next call. A keep that no command
 *         asked for is "(keep)".
 */
static inline const char *
sieve_case_plan(const struct sieve_case *sieve)
{
	static char words[1024];
	size_t i, used = 0;

	words[0] = '\0';
	for (i = 0; i < sieve->plan.count && used < sizeof(words); i++) {
		const struct sieve_action *action = &sieve->plan.actions[i];
		struct span to = action->mailbox.size_bytes > 0
		    ? action->mailbox
		    : action->address;

		used += (size_t)snprintf(words + used, sizeof(words) - used,
		    "%s%s%s%s%s%.*s", i > 0 ? " " : "",
		    action->is_implicit ? "(" : "",
		    sieve_plan_action_name(action->kind),
		    action->is_implicit ? ")" : "",
		    to.size_bytes > 0 ? ":" : "", (int)to.size_bytes,
		    to.size_bytes > 0 ? to.at : "");
	}
	return words;
}

#endif
