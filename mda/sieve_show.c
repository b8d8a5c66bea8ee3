/*
 * The words are fixed and English, like those of the language they tell of:
 * programs read them too.
 */
#include "mda/sieve_show.h"

#include <string.h>

#include "mda/printable.h"

/* No byte of a message or script moves a terminal's cursor. */
static void
put_plain(FILE *out, struct span text)
{
	char letter[PRINTABLE_MAX];

	while (text.size_bytes > 0) {
		printable_next(letter, &text);
		(void)fputs(letter, out);
	}
}

static void
put_all(FILE *out, const struct sieve_errors *errors, const char *word)
{
	size_t i;

	for (i = 0; i < errors->count && i < SIEVE_ERRORS_MAX; i++) {
		put_plain(out, span_of(errors->list[i].script));
		(void)fprintf(out, ":%u:%u: %s: ", errors->list[i].place.line,
		    errors->list[i].place.column, word);
		put_plain(out, span_of(errors->list[i].text));
		(void)fputs("\n", out);
	}
	if (errors->count > SIEVE_ERRORS_MAX)
		(void)fprintf(out, "... and %zu more %ss\n",
		    errors->count - SIEVE_ERRORS_MAX, word);
}

void
sieve_show_errors(FILE *out, const struct sieve_errors *errors)
{
	put_all(out, errors, "error");
}

void
sieve_show_warnings(FILE *out, const struct sieve_errors *warnings)
{
	put_all(out, warnings, "warning");
}

static void
put_text(FILE *out, struct span text)
{
	char letter[PRINTABLE_MAX];
	char byte;

	while (text.size_bytes > 0) {
		byte = text.at[0];
		printable_next(letter, &text);
		if (byte == '\n')
			(void)fputs("\\n", out);
		else if (byte == '\r')
			(void)fputs("\\r", out);
		else if (byte == '"' || byte == '\\')
			(void)fprintf(out, "\\%c", byte);
		else
			(void)fputs(letter, out);
	}
}

static void
put_string(FILE *out, struct span text)
{
	(void)fputs(" \"", out);
	put_text(out, text);
	(void)fputs("\"", out);
}

static void
put_flags(FILE *out, const struct sieve_action *action)
{
	size_t i;

	if (action->flag_count > 0)
		(void)fputs(" flags", out);
	for (i = 0; i < action->flag_count; i++) {
		(void)fputs(" ", out);
		put_plain(out, action->flags[i]);
	}
}

static void
put_vacation(FILE *out, const struct sieve_vacation *vacation)
{
	if (vacation->why_not != NULL) {
		(void)fprintf(out, ", but no answer: %s", vacation->why_not);
		return;
	}
	(void)fputs(" to", out);
	put_string(out, vacation->to);
	(void)fputs(" subject", out);
	put_string(out, vacation->subject);
}

static void
put_argument(FILE *out, const struct sieve_action *action)
{
	switch (action->kind) {
	case SIEVE_KEEP:
	case SIEVE_DISCARD:
		break;
	case SIEVE_FILEINTO:
		put_string(out, action->mailbox);
		break;
	case SIEVE_REDIRECT:
	case SIEVE_NOTIFY:
		put_string(out, action->address);
		break;
	case SIEVE_REJECT:
	case SIEVE_EREJECT:
		put_string(out, action->text);
		break;
	case SIEVE_VACATION:
		put_vacation(out, &action->vacation);
		break;
	case SIEVE_DUPLICATE:
		put_string(out, action->mark.id);
		break;
	}
}

static void
put_action(FILE *out, const struct sieve_action *action)
{
	(void)fprintf(out, "  %s", sieve_plan_action_name(action->kind));
	put_argument(out, action);
	put_flags(out, action);
	if (action->header != NULL)
		(void)fputs(", with the header changed", out);
	if (action->is_implicit)
		(void)fputs("  (implicit)\n", out);
	else
		(void)fprintf(
		    out, "  (%s:%u)\n", action->script, action->line);
}

void
sieve_show_plan(FILE *out, const struct judge_decision *decision)
{
	const struct sieve_plan *plan = &decision->plan;
	size_t i;

	for (i = 0; i < plan->count; i++)
		put_action(out, &plan->actions[i]);
}
