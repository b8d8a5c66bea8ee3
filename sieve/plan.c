#include "sieve/plan.h"

#include <stdlib.h>
#include <string.h>

#include "compat/compat.h"

/* Above what the limits of a run let come together. */
#define PLAN_BYTES ((size_t)256 * 1024 * 1024)

void
sieve_plan_init(struct sieve_plan *plan)
{
	memset(plan, 0, sizeof(*plan));
	plan->keeps_implicitly = true;
	arena_start(&plan->memory, PLAN_BYTES);
}

struct sieve_action *
sieve_plan_add(struct sieve_plan *plan, const struct sieve_action *action)
{
	if (plan->count == plan->room) {
		size_t room = plan->room == 0 ? 8 : 2 * plan->room;
		struct sieve_action *actions =
		    reallocarray(plan->actions, room, sizeof(*actions));

		if (actions == NULL)
			return NULL;
		plan->actions = actions;
		plan->room = room;
	}
	plan->actions[plan->count] = *action;
	return &plan->actions[plan->count++];
}

void
sieve_plan_clear(struct sieve_plan *plan)
{
	sieve_plan_release(plan);
	sieve_plan_init(plan);
}

void
sieve_plan_release(struct sieve_plan *plan)
{
	free(plan->actions);
	plan->actions = NULL;
	plan->count = plan->room = 0;
	arena_end(&plan->memory);
}

const char *
sieve_plan_action_name(enum sieve_action_kind kind)
{
	switch (kind) {
	case SIEVE_KEEP:
		return "keep";
	case SIEVE_FILEINTO:
		return "fileinto";
	case SIEVE_DISCARD:
		return "discard";
	case SIEVE_REDIRECT:
		return "redirect";
	case SIEVE_REJECT:
		return "reject";
	case SIEVE_EREJECT:
		return "ereject";
	case SIEVE_VACATION:
		return "vacation";
	case SIEVE_DUPLICATE:
		return "duplicate";
	case SIEVE_NOTIFY:
		return "notify";
	}
	return "unknown";
}
