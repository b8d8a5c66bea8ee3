#include "filter/pack.h"

#include <stdint.h>
#include <string.h>

#include "filter/parcel.h"
#include "mime/address.h"
#include "mime/charset.h"

enum {
	PATH_BYTES = SIEVE_PATH_BYTES_MAX,
	SENTENCE_BYTES = 255, /* of why there is no answer */
	FIELD_BYTES = SIEVE_FIELD_BYTES_MAX
};

/* What is refused to a sender who is away for longer is nobody's loss. */
#define PERIOD_MAX_S ((uint64_t)10 * 366 * 24 * 60 * 60)

static uint64_t
sane_period(uint64_t period_s)
{
	return period_s > PERIOD_MAX_S ? PERIOD_MAX_S : period_s;
}

/* ---- Writing ------------------------------------------------------------ */

static void
put_flags(struct buffer *record, const struct sieve_action *action)
{
	size_t i;

	parcel_put_number(record, action->flag_count);
	for (i = 0; i < action->flag_count; i++)
		parcel_put_span(record, action->flags[i]);
}

static void
put_vacation(struct buffer *record, const struct sieve_vacation *vacation)
{
	parcel_put_span(record, span_of(vacation->why_not));
	parcel_put_span(record, vacation->to);
	parcel_put_span(record, vacation->from);
	parcel_put_span(record, vacation->subject);
	parcel_put_span(record, vacation->reason);
	parcel_put_span(record, vacation->handle);
	parcel_put_span(record, vacation->in_reply_to);
	parcel_put_span(record, vacation->references);
	parcel_put_number(record, sane_period(vacation->period_s));
	parcel_put_number(record, vacation->is_mime);
}

static void
put_mark(struct buffer *record, const struct sieve_mark *mark)
{
	parcel_put_span(record, mark->handle);
	parcel_put_span(record, mark->id);
	parcel_put_number(record, sane_period(mark->period_s));
	parcel_put_number(record, mark->is_last);
}

void
pack_action(struct buffer *record, const struct sieve_action *action,
    size_t header)
{
	parcel_put_number(record, action->kind);
	parcel_put_span(record, span_of(action->script));
	parcel_put_number(record, action->line);
	parcel_put_number(record, header);
	parcel_put_number(record, action->is_implicit);
	parcel_put_number(record, action->is_copy);
	parcel_put_number(record, action->create);
	parcel_put_span(record, action->mailbox);
	parcel_put_span(record, action->address);
	parcel_put_span(record, action->text);
	put_flags(record, action);
	if (action->kind == SIEVE_VACATION)
		put_vacation(record, &action->vacation);
	if (action->kind == SIEVE_DUPLICATE)
		put_mark(record, &action->mark);
}

/* ---- Reading ------------------------------------------------------------ */

/* Text on one line; anything else spoils the record. */
static struct span
get_text(struct parcel_reader *reader, size_t most_bytes, struct arena *memory)
{
	struct span text = parcel_get_span(reader);

	if (text.size_bytes > most_bytes || span_has_control(text)) {
		reader->is_bad = true;
		return span_of(NULL);
	}
	return arena_copy(memory, text);
}

/* Text of many lines, or a body. */
static struct span
get_long_text(struct parcel_reader *reader, struct arena *memory)
{
	struct span text = parcel_get_span(reader);

	if (text.size_bytes > PACK_TEXT_BYTES) {
		reader->is_bad = true;
		return span_of(NULL);
	}
	return arena_copy(memory, text);
}

static bool
get_truth(struct parcel_reader *reader)
{
	uint64_t number = parcel_get_number(reader);

	if (number > 1)
		reader->is_bad = true;
	return number == 1;
}

static uint64_t
get_period(struct parcel_reader *reader)
{
	return sane_period(parcel_get_number(reader));
}

static void
get_flags(struct sieve_action *action, struct parcel_reader *reader,
    struct arena *memory)
{
	uint64_t count = parcel_get_number(reader);
	struct span *flags;
	size_t i;

	if (count > PACK_FLAGS_MAX) {
		reader->is_bad = true;
		return;
	}
	flags = arena_take(memory, (size_t)count + 1, sizeof(*flags));
	for (i = 0; flags != NULL && i < count; i++)
		flags[i] = get_text(reader, PACK_FLAG_BYTES, memory);
	action->flags = flags;
	action->flag_count = flags == NULL ? 0 : (size_t)count;
}

static void
get_vacation(struct sieve_vacation *vacation, struct parcel_reader *reader,
    struct span sender, struct arena *memory)
{
	struct span why_not = get_text(reader, SENTENCE_BYTES, memory);

	vacation->why_not = why_not.size_bytes > 0 ? why_not.at : NULL;
	vacation->to = get_text(reader, FIELD_BYTES, memory);
	vacation->from = get_text(reader, FIELD_BYTES, memory);
	vacation->subject = get_text(reader, FIELD_BYTES, memory);
	vacation->reason = get_long_text(reader, memory);
	vacation->handle = get_long_text(reader, memory);
	vacation->in_reply_to = get_text(reader, FIELD_BYTES, memory);
	vacation->references = get_text(reader, FIELD_BYTES, memory);
	vacation->period_s = get_period(reader);
	vacation->is_mime = get_truth(reader);
	if (vacation->why_not == NULL &&
	    (!span_equals(vacation->to, sender) ||
		!address_is_sendable(vacation->to, memory)))
		reader->is_bad = true;
}

static void
get_mark(struct sieve_mark *mark, struct parcel_reader *reader,
    struct arena *memory)
{
	mark->handle = get_long_text(reader, memory);
	mark->id = get_long_text(reader, memory);
	mark->period_s = get_period(reader);
	mark->is_last = get_truth(reader);
}

static void
get_header(struct sieve_action *action, struct parcel_reader *reader,
    const struct pack_headers *headers)
{
	uint64_t number = parcel_get_number(reader);

	if (number > headers->count)
		reader->is_bad = true;
	else if (number > 0)
		action->header = &headers->at[number - 1];
}

static bool
is_known(uint64_t kind)
{
	return kind >= SIEVE_KEEP && kind <= SIEVE_DUPLICATE;
}

static bool
is_sound(const struct sieve_action *action, struct arena *memory)
{
	if (action->kind == SIEVE_FILEINTO)
		return action->mailbox.size_bytes > 0 &&
		    charset_is_utf8(action->mailbox);
	if (action->kind == SIEVE_REDIRECT)
		return address_is_sendable(action->address, memory);
	return true;
}

bool
pack_read_action(struct sieve_action *action, struct span record,
    const struct pack_headers *headers, struct span sender,
    struct arena *memory)
{
	struct parcel_reader reader = { record, false };
	uint64_t kind = parcel_get_number(&reader);

	memset(action, 0, sizeof(*action));
	if (!is_known(kind))
		return false;
	action->kind = (enum sieve_action_kind)kind;
	action->script = get_text(&reader, PATH_BYTES, memory).at;
	action->line = (unsigned)parcel_get_number(&reader);
	get_header(action, &reader, headers);
	action->is_implicit = get_truth(&reader);
	action->is_copy = get_truth(&reader);
	action->create = get_truth(&reader);
	action->mailbox = get_text(&reader, PACK_MAILBOX_BYTES, memory);
	action->address = get_text(&reader, FIELD_BYTES, memory);
	action->text = get_long_text(&reader, memory);
	get_flags(action, &reader, memory);
	if (kind == SIEVE_VACATION)
		get_vacation(&action->vacation, &reader, sender, memory);
	if (kind == SIEVE_DUPLICATE)
		get_mark(&action->mark, &reader, memory);
	return !reader.is_bad && reader.rest.size_bytes == 0 &&
	    !memory->is_exhausted && is_sound(action, memory);
}

/* ---- Judging ------------------------------------------------------------ */

static bool
is_empty_line(struct span line)
{
	return span_trim(line).size_bytes == 0 && line.size_bytes <= 2;
}

bool
pack_is_header(struct span text)
{
	struct span line = span_line(&text);

	while (line.size_bytes > 0 && !is_empty_line(line))
		line = span_line(&text);
	return line.size_bytes > 0 && text.size_bytes == 0 &&
	    line.at[line.size_bytes - 1] == '\n';
}

/* A message that nothing stores, sends on, refuses or drops would be lost. */
static bool
is_decided(const struct sieve_plan *plan)
{
	size_t i;

	for (i = 0; i < plan->count; i++)
		switch (plan->actions[i].kind) {
		case SIEVE_KEEP:
		case SIEVE_FILEINTO:
		case SIEVE_DISCARD:
		case SIEVE_REDIRECT:
		case SIEVE_REJECT:
		case SIEVE_EREJECT:
			return true;
		case SIEVE_VACATION:
		case SIEVE_DUPLICATE:
		case SIEVE_NOTIFY:
			break;
		}
	return false;
}

/* The implicit keep, and what ran before a script failed, are one more. */
bool
pack_is_plan(const struct sieve_plan *plan, const struct sieve_limits *limits)
{
	size_t counts[SIEVE_NOTIFY + 1] = { 0 };
	size_t refusals;
	size_t i;

	for (i = 0; i < plan->count; i++)
		counts[plan->actions[i].kind]++;
	refusals = counts[SIEVE_REJECT] + counts[SIEVE_EREJECT];
	return plan->count <= (size_t)limits->actions + 1 &&
	    counts[SIEVE_REDIRECT] <= limits->redirects &&
	    counts[SIEVE_VACATION] <= 1 && refusals <= 1 &&
	    (refusals == 0 ||
		counts[SIEVE_FILEINTO] + counts[SIEVE_REDIRECT] +
			counts[SIEVE_VACATION] + counts[SIEVE_KEEP] ==
		    0) &&
	    is_decided(plan);
}
