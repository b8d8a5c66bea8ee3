/* RFC 5230: vacation; RFC 6131: ":seconds". */
#include <string.h>

#include "mime/address.h"
#include "mime/charset.h"
#include "mime/field.h"
#include "mime/text.h"
#include "sieve/autoreply.h"
#include "sieve/commands.h"
#include "sieve/compiler.h"
#include "sieve/run.h"

#define DAY_S ((uint64_t)24 * 60 * 60)

/* Of a Message-ID as much as a line may have (RFC 5322 section 2.1.1). */
enum { ID_BYTES_MAX = 998, REFERENCES_BYTES_MAX = 8192 };

static const struct sieve_tag vacation_tags[] = {
	{ "days", TAG_DAYS, SIEVE_NUMBER, GROUP_OWN, NULL, false },
	{ "seconds", TAG_SECONDS, SIEVE_NUMBER, GROUP_OWN, "vacation-seconds",
	    false },
	{ "subject", TAG_SUBJECT, SIEVE_STRING, 0, NULL, false },
	{ "from", TAG_FROM, SIEVE_STRING, 0, NULL, false },
	{ "addresses", TAG_ADDRESSES, SIEVE_STRINGS, 0, NULL, false },
	{ "mime", TAG_MIME, SIEVE_NOTHING, 0, NULL, false },
	{ "handle", TAG_HANDLE, SIEVE_STRING, 0, NULL, false },
	{ NULL, TAG_NONE, SIEVE_NOTHING, 0, NULL, false },
};

/* Section 4.3: a mailbox-list of RFC 5322. */
static bool
is_mailbox_list(struct span text, struct arena *arena)
{
	struct address_list list;
	size_t i;

	address_read(&list, text, arena);
	for (i = 0; i < list.count; i++)
		if (!list.items[i].is_valid || list.items[i].is_null)
			return false;
	return list.count > 0 && !address_has_extras(text, arena);
}

/* Section 5: the header of an entity is US-ASCII. */
static bool
has_8bit_head(struct span entity)
{
	struct span head, body;
	size_t i;

	field_split(entity, &head, &body);
	for (i = 0; i < head.size_bytes; i++)
		if ((unsigned char)head.at[i] >= 0x80)
			return true;
	return false;
}

static bool
check_mime(struct sieve_compiler *compiler, const struct sieve_call *call)
{
	const struct sieve_text *entity = &call->arguments[0].texts[0];

	return call_tag(call, TAG_MIME) == NULL || entity->piece_count > 0 ||
	    !has_8bit_head(entity->constant) ||
	    compiler_error(compiler, entity->place,
		"the header of the text for \":mime\" must be US-ASCII");
}

static bool
check_vacation(struct sieve_compiler *compiler, struct sieve_call *call)
{
	const struct sieve_value *from = call_tag(call, TAG_FROM);

	if (from != NULL && from->texts[0].piece_count == 0 &&
	    !is_mailbox_list(from->texts[0].constant, &compiler->tree))
		return compiler_error(compiler, from->place,
		    "\":from\" wants a mail address; write "
		    "\"Name <somebody@example.org>\"");
	return check_mime(compiler, call);
}

/* ---- The parts of the answer ------------------------------------------- */

static uint64_t
period(const struct sieve_run *run, const struct sieve_call *call)
{
	const struct sieve_options *options = run->options;
	const struct sieve_value *days = call_tag(call, TAG_DAYS);
	const struct sieve_value *seconds = call_tag(call, TAG_SECONDS);
	uint64_t period_s = options->vacation_default_s;

	if (seconds != NULL)
		period_s = seconds->number;
	else if (days != NULL)
		period_s = days->number > UINT64_MAX / DAY_S
		    ? UINT64_MAX
		    : days->number * DAY_S;
	/* Only seconds can mean "always" (RFC 6131 section 2). */
	if (days != NULL && period_s < DAY_S)
		period_s = DAY_S;
	if (period_s < options->vacation_minimum_s)
		period_s = options->vacation_minimum_s;
	if (options->vacation_maximum_s != 0 &&
	    period_s > options->vacation_maximum_s)
		period_s = options->vacation_maximum_s;
	return period_s;
}

/* Line ends would begin another field; no control character may go out. */
static struct span
on_one_line(struct sieve_run *run, struct span text)
{
	struct buffer line;
	size_t i;

	buffer_start(&line, &run->memory);
	for (i = 0; i < text.size_bytes; i++) {
		bool is_control =
		    (unsigned char)text.at[i] < ' ' || text.at[i] == 0x7f;

		buffer_add_byte(&line, is_control ? ' ' : text.at[i]);
	}
	return span_trim(buffer_span(&line));
}

static struct span
cut_subject(struct sieve_run *run, struct span subject)
{
	size_t most = run->options->vacation_subject_characters, at = 0;
	struct span rest = subject;
	struct buffer cut;

	if (most == 0)
		return subject;
	while (rest.size_bytes > 0 && at < most) {
		rest = span_from(rest, charset_char_bytes(rest));
		at++;
	}
	if (rest.size_bytes == 0)
		return subject;
	buffer_start(&cut, &run->memory);
	subject.size_bytes -= rest.size_bytes;
	buffer_add(&cut, subject);
	buffer_add_text(&cut, "\xe2\x80\xa6"); /* an ellipsis */
	return buffer_span(&cut);
}

/* The template with the subject of the message in it. */
static struct span
fill_template(struct sieve_run *run, struct span subject)
{
	static const char mark[] = "%$subject";
	const char *template = run->options->vacation_subject_template;
	const char *at = strstr(template, mark);
	struct buffer text;

	buffer_start(&text, &run->memory);
	if (at == NULL) {
		buffer_add_text(&text, template);
		return buffer_span(&text);
	}
	buffer_add(&text, (struct span){ template, (size_t)(at - template) });
	buffer_add(&text, subject);
	buffer_add_text(&text, at + sizeof(mark) - 1);
	return buffer_span(&text);
}

/* Section 4.3: ":subject", or "Auto: " and the subject of the message. */
static struct span
subject_of(struct sieve_run *run, const struct sieve_call *call)
{
	const struct sieve_value *given = call_tag(call, TAG_SUBJECT);
	struct span subject;

	if (given != NULL)
		subject = run_string(run, given);
	else if (mail_field(&run->mail, "subject", &subject) &&
	    subject.size_bytes > 0)
		subject = fill_template(run, subject);
	else
		subject = span_of(run->options->vacation_subject);
	return cut_subject(run, on_one_line(run, subject));
}

/* With its size in front, so that two values are never taken for one. */
static void
add_argument(struct buffer *handle, const struct sieve_value *value)
{
	struct span source = span_of(NULL);

	if (value != NULL)
		source = value->texts[0].constant;
	buffer_add_number(handle, (long long)source.size_bytes, 1);
	buffer_add_byte(handle, value != NULL ? ':' : '-');
	buffer_add(handle, source);
}

/*
 * Section 4.2: without a handle, what the script says decides whether it was
 * said before, as it stands there: a subject out of a variable does not make
 * another answer of it. The two kinds begin with different letters.
 */
static struct span
handle_of(struct sieve_run *run, const struct sieve_call *call)
{
	const struct sieve_value *given = call_tag(call, TAG_HANDLE);
	struct buffer handle;

	buffer_start(&handle, &run->memory);
	if (given != NULL) {
		buffer_add_text(&handle, "h:");
		buffer_add(&handle, run_string(run, given));
		return buffer_span(&handle);
	}
	buffer_add_text(&handle,
	    call_tag(call, TAG_MIME) != NULL ? "m:" : "t:");
	add_argument(&handle, call_tag(call, TAG_SUBJECT));
	add_argument(&handle, call_tag(call, TAG_FROM));
	add_argument(&handle, &call->arguments[0]);
	return buffer_span(&handle);
}

/*
 * Section 5.4: the owner of the script; of his addresses, the one that was
 * written to.
 */
static bool
find_from(struct sieve_run *run, const struct sieve_call *call,
    struct span named, struct span *from_out)
{
	const struct sieve_value *given = call_tag(call, TAG_FROM);

	if (given == NULL) {
		*from_out = on_one_line(run,
		    run->options->vacation_from_recipient ? run->envelope.to
							  : named);
		return true;
	}
	*from_out = on_one_line(run, run_string(run, given));
	return is_mailbox_list(*from_out, &run->memory) ||
	    run_error(run, call, "\"%.*s\" is no mail address for \":from\"",
		(int)from_out->size_bytes,
		from_out->size_bytes > 0 ? from_out->at : "");
}

/* Of more ids than there is room for, the newest. */
static struct span
newest(struct span ids)
{
	const char *first;

	if (ids.size_bytes <= REFERENCES_BYTES_MAX)
		return ids;
	ids = span_from(ids, ids.size_bytes - REFERENCES_BYTES_MAX);
	first = memchr(ids.at, '<', ids.size_bytes);
	return first == NULL ? span_of(NULL)
			     : span_from(ids, (size_t)(first - ids.at));
}

/* RFC 5230 section 5.8, RFC 5322 section 3.6.4. */
static void
refer_to(struct sieve_run *run, struct sieve_vacation *vacation)
{
	struct sieve_mail *mail = &run->mail;
	struct span before = span_of(NULL);
	struct buffer references;

	if (!mail_field(mail, "message-id", &vacation->in_reply_to))
		return;
	if (vacation->in_reply_to.size_bytes > ID_BYTES_MAX) {
		vacation->in_reply_to = span_of(NULL);
		return;
	}
	vacation->in_reply_to = on_one_line(run, vacation->in_reply_to);
	if (!mail_field(mail, "references", &before) &&
	    !mail_field(mail, "in-reply-to", &before))
		before = span_of(NULL);
	buffer_start(&references, &run->memory);
	if (before.size_bytes > 0) {
		buffer_add(&references, on_one_line(run, newest(before)));
		buffer_add_byte(&references, ' ');
	}
	buffer_add(&references, vacation->in_reply_to);
	vacation->references = buffer_span(&references);
}

static bool
find_reason(struct sieve_run *run, const struct sieve_call *call,
    struct sieve_vacation *vacation)
{
	vacation->reason = run_string(run, &call->arguments[0]);
	vacation->is_mime = call_tag(call, TAG_MIME) != NULL;
	return !vacation->is_mime || !has_8bit_head(vacation->reason) ||
	    run_error(run, call,
		"the header of the text for \":mime\" is not US-ASCII");
}

/* Who writes to the user may have a say in these. */
static void
leave_out_too_long(struct sieve_vacation *vacation)
{
	bool is_long = vacation->from.size_bytes > SIEVE_FIELD_BYTES_MAX ||
	    vacation->subject.size_bytes > SIEVE_FIELD_BYTES_MAX ||
	    vacation->reason.size_bytes > SIEVE_TEXT_BYTES_MAX ||
	    vacation->handle.size_bytes > SIEVE_TEXT_BYTES_MAX;

	if (is_long && vacation->why_not == NULL)
		vacation->why_not = "the answer would be too long";
	if (is_long)
		vacation->from = vacation->subject = vacation->reason =
		    vacation->handle = span_of(NULL);
	/* What cannot be answered may be no address at all. */
	if (vacation->why_not != NULL)
		vacation->to = span_of(NULL);
}

static bool
do_vacation(struct sieve_run *run, const struct sieve_call *call)
{
	const struct sieve_value *addresses = call_tag(call, TAG_ADDRESSES);
	struct sieve_strings own = { NULL, 0 };
	struct sieve_action action;
	struct sieve_vacation *vacation = &action.vacation;
	struct span named;

	memset(&action, 0, sizeof(action));
	action.kind = SIEVE_VACATION;
	if (addresses != NULL)
		own = run_strings(run, addresses);
	vacation->why_not = autoreply_why_not(run, own, &named);
	if (!find_from(run, call, named, &vacation->from) ||
	    !find_reason(run, call, vacation))
		return false;
	vacation->to = run->envelope.from;
	vacation->subject = subject_of(run, call);
	vacation->period_s = period(run, call);
	vacation->handle = handle_of(run, call);
	refer_to(run, vacation);
	leave_out_too_long(vacation);
	return run_action(run, call, &action);
}

const struct sieve_spec command_vacation = {
	.name = "vacation",
	.needs = "vacation",
	.usage = "vacation [:days <number> | :seconds <number>] [:subject "
		 "\"text\"] [:from \"address\"] [:addresses <addresses>] "
		 "[:mime] [:handle \"name\"] \"text\";",
	.tags = { vacation_tags },
	.arguments = { SIEVE_STRING },
	.check = check_vacation,
	.execute = do_vacation,
};
