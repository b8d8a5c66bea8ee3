#include "mda/filter_mail.h"

#include <string.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "compat/compat.h"
#include "mime/address.h"
#include "mime/date.h"
#include "mime/field.h"
#include "sieve/outgoing.h"

enum { RECEIVED_MAX = 30 /* as Exim: what has been longer on the way circles */ };

bool
filter_mail_is_wanted(const struct sieve_plan *plan)
{
	size_t i;

	for (i = 0; i < plan->count; i++)
		if (plan->actions[i].kind == SIEVE_REDIRECT ||
		    (plan->actions[i].kind == SIEVE_VACATION &&
			plan->actions[i].vacation.why_not == NULL))
			return true;
	return false;
}

struct span
filter_mail_own(const struct job *job)
{
	const struct envelope *envelope = &job->message.envelope;
	struct arena memory;
	bool is_known;

	arena_start(&memory, 65536);
	is_known = envelope->has_recipient &&
	    address_is_sendable(envelope->recipient, &memory);
	arena_end(&memory);
	return is_known ? envelope->recipient
			: job->filtering.setup.own[0];
}

/* Whom a bounce goes to: who sent it, or the account when nobody said who. */
static void
set_facts(struct outgoing_facts *facts, const struct job *job)
{
	const struct filtering *filtering = &job->filtering;
	const struct envelope *envelope = &job->message.envelope;

	memset(facts, 0, sizeof(*facts));
	facts->now_s = filtering->now_s;
	facts->zone_minutes = date_local_zone(filtering->now_s);
	arc4random_buf(&facts->serial, sizeof(facts->serial));
	facts->host = span_of(filtering->setup.host);
	facts->own = filter_mail_own(job);
	facts->sender =
	    envelope->has_sender ? envelope->sender : facts->own;
	facts->message = job->message.head;
	facts->postmaster = facts->own;
}

static bool
has_travelled(struct span message)
{
	struct span head, body;
	struct field field;
	unsigned int received = 0;

	field_split(message, &head, &body);
	while (field_next(&field, &head))
		received += field_is_named(&field, span_of("Received"));
	return received >= RECEIVED_MAX;
}

static void
note_trouble(struct filtering *filtering, const struct failure *why)
{
	if (!filtering->has_mail_trouble)
		filtering->mail_trouble = *why;
	filtering->has_mail_trouble = true;
}

/* A mail that fails is noted; a delivery that is to end, ends. */
static enum verdict
send(struct job *job, const struct outgoing *mail, struct spool *rest,
    bool *is_sent_out, struct failure *why)
{
	const struct mailer_mail post = { mail->from, mail->to, mail->bytes,
		rest };
	struct failure stop;
	enum verdict verdict;

	verdict = mailer_send(&job->filtering.mailer, &post, why);
	*is_sent_out = verdict == VERDICT_OK;
	if (verdict == VERDICT_OK)
		return VERDICT_OK;
	note_trouble(&job->filtering, why);
	verdict = interrupt_check(&stop);
	if (verdict != VERDICT_OK)
		*why = stop;
	return verdict;
}

static enum verdict
redirect(struct job *job, const struct sieve_action *action, bool *is_sent_out,
    struct failure *why)
{
	struct spool *spool = &job->message.spool;
	struct outgoing_facts facts;
	struct outgoing mail;
	struct arena memory;
	enum verdict verdict = VERDICT_OK;

	*is_sent_out = false;
	set_facts(&facts, job);
	arena_start(&memory, 8 * facts.message.size_bytes + 1024 * 1024);
	if (has_travelled(facts.message) ||
	    !outgoing_redirect(&mail, action, &facts, &memory)) {
		(void)failure_retry(why, "redirect-loop", "4.4.6", "sendmail");
		note_trouble(&job->filtering, why);
	} else if (!memory.is_exhausted) {
		verdict = send(job, &mail, spool->is_whole ? NULL : spool,
		    is_sent_out, why);
	}
	arena_end(&memory);
	return verdict;
}

/* ---- Answers ------------------------------------------------------------ */

void
filter_mail_mark(struct state_mark *mark, const struct sieve_action *action)
{
	const struct sieve_vacation *vacation = &action->vacation;

	memset(mark, 0, sizeof(*mark));
	mark->kind = 'v';
	mark->handle = vacation->handle;
	mark->id = vacation->to;
	mark->period_s = vacation->period_s;
}

/* Without a memory of whom was answered nobody is: two who do so would
   answer each other for ever. */
static bool
may_answer(struct job *job, const struct sieve_action *action)
{
	struct filtering *filtering = &job->filtering;
	struct state_mark mark;
	bool was_answered;

	if (action->vacation.why_not != NULL) {
		filtering->answer = action->vacation.why_not;
		return false;
	}
	filter_mail_mark(&mark, action);
	if (state_has(&filtering->state, &mark, filtering->now_s,
		&was_answered, &filtering->state_trouble) != VERDICT_OK) {
		filtering->has_state_trouble = true;
		filtering->answer = "not sent: no state";
		return false;
	}
	if (was_answered)
		filtering->answer = "not sent: answered before";
	return !was_answered;
}

static enum verdict
answer(struct job *job, const struct sieve_action *action, struct failure *why)
{
	struct outgoing_facts facts;
	struct outgoing mail;
	struct arena memory;
	enum verdict verdict;
	bool is_sent;

	if (!may_answer(job, action))
		return VERDICT_OK;
	set_facts(&facts, job);
	arena_start(&memory, 16 * 1024 * 1024);
	outgoing_vacation(&mail, action, &facts, &memory);
	verdict = send(job, &mail, NULL, &is_sent, why);
	arena_end(&memory);
	job->filtering.answer = is_sent ? "sent" : "not sent: sendmail failed";
	return verdict;
}

enum verdict
filter_mail_send(struct job *job, bool *is_kept_out, struct failure *why)
{
	const struct sieve_plan *plan = &job->filtering.decision.plan;
	enum verdict verdict = VERDICT_OK;
	bool is_sent;
	size_t i;

	*is_kept_out = false;
	for (i = 0; verdict == VERDICT_OK && i < plan->count; i++) {
		const struct sieve_action *action = &plan->actions[i];

		if (action->kind == SIEVE_REDIRECT) {
			verdict = redirect(job, action, &is_sent, why);
			job->filtering.redirects += is_sent;
			*is_kept_out = *is_kept_out || !is_sent;
		} else if (action->kind == SIEVE_VACATION) {
			verdict = answer(job, action, why);
		}
	}
	return verdict;
}
