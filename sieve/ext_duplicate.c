/* RFC 7352: duplicate. */
#include <string.h>

#include "sieve/commands.h"
#include "sieve/headers.h"
#include "sieve/run.h"

static const struct sieve_tag duplicate_tags[] = {
	{ "handle", TAG_HANDLE, SIEVE_STRING, 0, NULL, false },
	{ "header", TAG_HEADER, SIEVE_STRING, GROUP_OWN, NULL, false },
	{ "uniqueid", TAG_UNIQUEID, SIEVE_STRING, GROUP_OWN, NULL, false },
	{ "seconds", TAG_SECONDS, SIEVE_NUMBER, 0, NULL, false },
	{ "last", TAG_LAST, SIEVE_NOTHING, 0, NULL, false },
	{ NULL, TAG_NONE, SIEVE_NOTHING, 0, NULL, false },
};

/*
 * Section 3.1: without a field there is nothing to compare. A field that is
 * empty names no message either, and must not make all such messages one.
 */
static bool
find_id(struct sieve_run *run, const struct sieve_call *call,
    struct span *id_out)
{
	const struct sieve_value *unique = call_tag(call, TAG_UNIQUEID);
	const struct sieve_value *header = call_tag(call, TAG_HEADER);
	struct span name = span_of("message-id");
	size_t at = 0;

	if (unique != NULL) {
		*id_out = run_string(run, unique);
		return true;
	}
	if (header != NULL)
		name = run_string(run, header);
	if (!mail_next(&run->mail, name, &at))
		return false;
	*id_out = mail_value(&run->mail, at);
	return id_out->size_bytes > 0;
}

static uint64_t
period(const struct sieve_run *run, const struct sieve_call *call)
{
	const struct sieve_value *seconds = call_tag(call, TAG_SECONDS);
	uint64_t most_s = run->options->duplicate_maximum_s;

	if (seconds == NULL)
		return run->options->duplicate_default_s;
	return most_s != 0 && seconds->number > most_s ? most_s
						       : seconds->number;
}

/* As good as no id: it cannot be kept, and what is cut may be another's. */
static bool
is_too_long(const struct sieve_mark *mark)
{
	return mark->id.size_bytes > SIEVE_TEXT_BYTES_MAX ||
	    mark->handle.size_bytes > SIEVE_TEXT_BYTES_MAX;
}

static bool
remember(struct sieve_run *run, const struct sieve_call *call,
    const struct sieve_mark *mark)
{
	struct sieve_action action;

	memset(&action, 0, sizeof(action));
	action.kind = SIEVE_DUPLICATE;
	action.mark = *mark;
	return run_action(run, call, &action);
}

/*
 * Section 3.3: zero seconds are never over. Only ":last" lets the period begin
 * anew when an id is seen again.
 */
static bool
test_duplicate_now(struct sieve_run *run, const struct sieve_call *call,
    bool *truth_out)
{
	const struct sieve_answers *answers = &run->input->answers;
	const struct sieve_value *handle = call_tag(call, TAG_HANDLE);
	enum sieve_answer answer = SIEVE_NO;
	struct sieve_mark mark;

	memset(&mark, 0, sizeof(mark));
	*truth_out = false;
	mark.period_s = period(run, call);
	if (!headers_spend(run, call, 1))
		return false;
	if (mark.period_s == 0 || !find_id(run, call, &mark.id))
		return true;
	if (handle != NULL)
		mark.handle = run_string(run, handle);
	if (is_too_long(&mark))
		return true;
	mark.is_last = call_tag(call, TAG_LAST) != NULL;
	if (answers->was_seen != NULL)
		answer = answers->was_seen(answers->context, &mark);
	if (answer == SIEVE_UNANSWERED)
		return run_error(run, call,
		    "it could not be found out whether the message was seen");
	*truth_out = answer == SIEVE_YES;
	return (*truth_out && !mark.is_last) || remember(run, call, &mark);
}

const struct sieve_spec test_duplicate = {
	.name = "duplicate",
	.needs = "duplicate",
	.usage = "duplicate [:handle \"name\"] [:header \"field name\" | "
		 ":uniqueid \"value\"] [:seconds <number>] [:last]",
	.tags = { duplicate_tags },
	.test = test_duplicate_now,
};
