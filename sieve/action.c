#include <string.h>

#include "sieve/edit.h"
#include "sieve/run.h"

static bool
is_refusal(enum sieve_action_kind kind)
{
	return kind == SIEVE_REJECT || kind == SIEVE_EREJECT;
}

/* What must not stand beside a refusal (RFC 5429 sections 2.1 and 2.2). */
static bool
excludes_refusal(const struct sieve_action *action)
{
	switch (action->kind) {
	case SIEVE_KEEP:
		return !action->is_implicit;
	case SIEVE_FILEINTO:
	case SIEVE_REDIRECT:
	case SIEVE_REJECT:
	case SIEVE_EREJECT:
	case SIEVE_VACATION:
		return true;
	default:
		return false;
	}
}

static bool
check_exclusions(struct sieve_run *run, const struct sieve_call *call,
    const struct sieve_action *action)
{
	size_t i;

	for (i = 0; i < run->plan->count; i++) {
		const struct sieve_action *other = &run->plan->actions[i];

		if ((is_refusal(action->kind) && excludes_refusal(other)) ||
		    (is_refusal(other->kind) && excludes_refusal(action)))
			return run_error(run, call,
			    "\"%s\" must not be used together with \"%s\" in "
			    "line %u",
			    sieve_plan_action_name(action->kind),
			    sieve_plan_action_name(other->kind), other->line);
		if (action->kind == SIEVE_VACATION &&
		    other->kind == SIEVE_VACATION && i >= run->first_action)
			return run_error(run, call,
			    "\"vacation\" must not be used twice: it was in "
			    "line %u",
			    other->line);
	}
	return true;
}

static bool
check_limits(struct sieve_run *run, const struct sieve_call *call,
    const struct sieve_action *action)
{
	const struct sieve_limits *limits = &run->options->limits;
	unsigned redirects = 0;
	size_t i;

	for (i = 0; i < run->plan->count; i++)
		redirects += run->plan->actions[i].kind == SIEVE_REDIRECT;
	if (action->kind == SIEVE_REDIRECT && redirects >= limits->redirects)
		return run_error(run, call,
		    "the number of redirect actions exceeds policy limit: %u "
		    "are allowed",
		    limits->redirects);
	/* The implicit keep is never one too many. */
	if (!action->is_implicit && run->plan->count >= limits->actions)
		return run_error(run, call,
		    "the total number of actions exceeds policy limit: %u are "
		    "allowed",
		    limits->actions);
	return true;
}

/* Does it store in the default mailbox (RFC 5228 section 4.3)? */
static bool
is_kept(const struct sieve_action *action)
{
	return action->kind == SIEVE_KEEP ||
	    (action->kind == SIEVE_FILEINTO &&
		action->mailbox.size_bytes == strlen("INBOX") &&
		span_starts_nocase(action->mailbox, "INBOX"));
}

/*
 * Would both store the message in the same place, or send it to the same
 * address? RFC 5228 section 2.10.3 wants that done once, and to RFC 5293
 * section 7 a message with another header is the same one.
 */
static bool
is_same(const struct sieve_action *a, const struct sieve_action *b)
{
	if (is_kept(a) && is_kept(b))
		return true;
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case SIEVE_DISCARD:
		return true;
	case SIEVE_FILEINTO:
		return span_equals(a->mailbox, b->mailbox);
	case SIEVE_REDIRECT:
		return span_equals(a->address, b->address);
	case SIEVE_DUPLICATE:
		return span_equals(a->mark.handle, b->mark.handle) &&
		    span_equals(a->mark.id, b->mark.id) &&
		    a->mark.is_last == b->mark.is_last;
	default:
		return false;
	}
}

static struct sieve_action *
find_same(struct sieve_plan *plan, const struct sieve_action *action)
{
	size_t i;

	for (i = 0; i < plan->count; i++)
		if (is_same(&plan->actions[i], action))
			return &plan->actions[i];
	return NULL;
}

/*
 * The flags are those of the later action (RFC 5232 section 3), and so is the
 * header. Of keep and fileinto of the default mailbox, keep needs no name.
 */
static void
merge(struct sieve_action *old, const struct sieve_action *new)
{
	if (is_kept(old)) {
		old->is_filed = old->is_filed || old->kind == SIEVE_FILEINTO ||
		    new->kind == SIEVE_FILEINTO;
		if (new->kind == SIEVE_KEEP) {
			old->kind = SIEVE_KEEP;
			old->mailbox = span_of(NULL);
		}
	}
	old->header = new->header;
	old->is_copy = old->is_copy && new->is_copy;
	old->create = old->create || new->create;
	if (new->kind == SIEVE_KEEP || new->kind == SIEVE_FILEINTO) {
		old->flags = new->flags;
		old->flag_count = new->flag_count;
	}
}

/* A header as edited is put together once, for all actions that follow. */
static const struct span *
current_header(struct sieve_run *run)
{
	struct sieve_mail *mail = &run->mail;
	struct arena *memory = &run->plan->memory;
	struct span *header;
	struct buffer text;

	if (!mail->is_edited || mail->header != NULL)
		return mail->header;
	header = arena_take(memory, 1, sizeof(*header));
	if (header == NULL)
		return NULL; /* the run ends for want of memory */
	buffer_start(&text, memory);
	buffer_add(&text, edit_head(&mail->fields, &run->memory));
	buffer_add_text(&text, mail->is_crlf ? "\r\n" : "\n");
	*header = buffer_span(&text);
	mail->header = header;
	return header;
}

static struct span *
copy_list(struct arena *memory, const struct span *list, size_t count)
{
	struct span *copy = arena_take(memory, count, sizeof(*copy));
	size_t i;

	for (i = 0; copy != NULL && i < count; i++)
		copy[i] = arena_copy(memory, list[i]);
	return copy;
}

/* An arena without memory gives nothing, and says so to run_action(). */
static void
copy_spans(struct arena *memory, struct sieve_action *action)
{
	struct span *const spans[] = { &action->mailbox, &action->address,
		&action->text, &action->vacation.to, &action->vacation.from,
		&action->vacation.subject, &action->vacation.reason,
		&action->vacation.handle, &action->vacation.in_reply_to,
		&action->vacation.references, &action->mark.handle,
		&action->mark.id };
	size_t i;

	for (i = 0; i < sizeof(spans) / sizeof(spans[0]); i++)
		if (spans[i]->size_bytes > 0)
			*spans[i] = arena_copy(memory, *spans[i]);
	action->flags = copy_list(memory, action->flags, action->flag_count);
}

static bool
is_message_action(enum sieve_action_kind kind)
{
	return kind == SIEVE_KEEP || kind == SIEVE_FILEINTO ||
	    kind == SIEVE_REDIRECT;
}

static bool
cancels_keep(const struct sieve_action *action)
{
	switch (action->kind) {
	case SIEVE_KEEP:
	case SIEVE_DISCARD:
	case SIEVE_REJECT:
	case SIEVE_EREJECT:
		return true;
	case SIEVE_FILEINTO:
	case SIEVE_REDIRECT:
		return !action->is_copy;
	default:
		return false;
	}
}

static void
complete(struct sieve_run *run, const struct sieve_call *call,
    struct sieve_action *action)
{
	struct arena *memory = &run->plan->memory;

	copy_spans(memory, action);
	action->script =
	    arena_copy(memory, span_of(run->frame->script->name)).at;
	action->line = call != NULL ? call->place.line : 0;
	if (is_message_action(action->kind))
		action->header = current_header(run);
}

/* Of several programs the first one answers; the user's may not know it. */
static bool
was_answered(const struct sieve_run *run, const struct sieve_action *action)
{
	size_t i;

	for (i = 0; i < run->first_action; i++)
		if (action->kind == SIEVE_VACATION &&
		    run->plan->actions[i].kind == SIEVE_VACATION)
			return true;
	return false;
}

bool
run_action(struct sieve_run *run, const struct sieve_call *call,
    const struct sieve_action *wanted)
{
	struct sieve_plan *plan = run->plan;
	struct sieve_action action = *wanted, *same;

	if (!check_exclusions(run, call, &action))
		return false;
	if (was_answered(run, &action))
		return true;
	complete(run, call, &action);
	if (action.kind == SIEVE_KEEP)
		run->keeps = true;
	if (cancels_keep(&action))
		plan->keeps_implicitly = false;
	same = find_same(plan, &action);
	if (same != NULL)
		merge(same, &action);
	else if (!check_limits(run, call, &action))
		return false;
	else if (sieve_plan_add(plan, &action) == NULL)
		return run_error(run, call, "no memory is left");
	return !plan->memory.is_exhausted ||
	    run_error(run, call, "no memory is left");
}
