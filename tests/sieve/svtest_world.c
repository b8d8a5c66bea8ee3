#include "tests/sieve/svtest_world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mime/address.h"
#include "mime/field.h"
#include "sieve/match.h"
#include "sieve/outgoing.h"

static const char first_message[] = "From: sender@example.com\n"
				    "To: recipient@example.com\n"
				    "Subject: a message\n\nits body\n";

/* ---- Files -------------------------------------------------------------- */

bool
world_read(struct world *world, const char *name, struct span *text_out)
{
	char path[1024], block[4096];
	struct buffer text;
	size_t got;
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s%s%s",
	    name[0] == '/' ? "" : world->folder, name[0] == '/' ? "" : "/",
	    name);
	file = fopen(path, "r");
	if (file == NULL)
		return false;
	buffer_start(&text, &world->memory);
	while ((got = fread(block, 1, sizeof(block), file)) > 0)
		buffer_add(&text, (struct span){ block, got });
	got = (size_t)ferror(file);
	(void)fclose(file); /* read only */
	*text_out = buffer_span(&text);
	return got == 0;
}

static enum sieve_found
find_script(void *context, enum sieve_where where, const char *name,
    struct span *text_out)
{
	char path[512];

	(void)snprintf(path, sizeof(path), "%s/%s.sieve",
	    where == SIEVE_GLOBAL ? "included-global" : "included", name);
	return world_read(context, path, text_out) ? SIEVE_FOUND : SIEVE_ABSENT;
}

/* ---- Life --------------------------------------------------------------- */

static enum sieve_answer
mailbox_exists(void *context, struct span name)
{
	return world_has_mailbox(context, name) ? SIEVE_YES : SIEVE_NO;
}

void
world_start(struct world *world, const char *folder)
{
	arena_start(&world->memory, (size_t)512 << 20);
	world->folder = folder;
	world->library.find = find_script;
	world->library.context = world;
	world->input.answers.context = world;
	world->input.answers.mailbox_exists = mailbox_exists;
	world->input.context = world;
	world->input.now_s = time(NULL);
	world_add_mailbox(world, span_of("INBOX"));
	world_set_message(world, span_of(first_message));
	world_configure(world);
}

void
world_end(struct world *world)
{
	size_t i;

	for (i = 0; i < world->program_count; i++)
		if (world->programs[i].name.at == NULL)
			sieve_release(world->programs[i].program);
	for (i = 0; i < world->plan_count; i++)
		sieve_plan_release(world->plans[i]);
	arena_end(&world->memory);
}

bool
world_error(struct world *world, const char *format, ...)
{
	static const struct sieve_place nowhere;
	struct sieve_errors *errors = &world->errors;
	va_list arguments;

	if (errors->count < SIEVE_ERRORS_MAX) {
		va_start(arguments, format);
		error_set(&errors->list[errors->count], "", nowhere, format,
		    arguments);
		va_end(arguments);
		errors->count++;
	}
	return false;
}

/* ---- The message and its envelope --------------------------------------- */

static struct span
address_in(struct world *world, const char *const *names, const char *other)
{
	struct address_list list;
	struct span head, body;
	struct field field;

	field_split(world->message, &head, &body);
	for (; *names != NULL; names++) {
		if (!field_find(head, *names, &field))
			continue;
		address_read(&list, field.value, &world->memory);
		if (list.count > 0 && list.items[0].is_valid)
			return list.items[0].all;
	}
	return span_of(other);
}

void
world_set_message(struct world *world, struct span message)
{
	static const char *const to[] = { "Envelope-To", "To", NULL };
	static const char *const from[] = { "Return-Path", "Sender", "From",
		NULL };

	world->message = arena_copy(&world->memory, message);
	world->envelope.to = address_in(world, to, "recipient@example.com");
	world->envelope.from = address_in(world, from, "sender@example.com");
	world->envelope.original_to = world->envelope.to;
	world->envelope.has_from = world->envelope.has_to = true;
	world->input.message = world->message;
	world->input.envelope = world->envelope;
}

static struct span
without_angles(struct world *world, struct span text)
{
	text = span_trim(text);
	if (text.size_bytes > 1 && text.at[0] == '<' &&
	    text.at[text.size_bytes - 1] == '>') {
		text = span_from(text, 1);
		text.size_bytes--;
	}
	return arena_copy(&world->memory, text);
}

bool
world_set_envelope(struct world *world, struct span name, struct span value)
{
	struct sieve_envelope *envelope = &world->envelope;

	value = without_angles(world, value);
	if (match_is(COMPARATOR_CASEMAP, name, span_of("envelope.from")))
		envelope->from = value;
	else if (match_is(COMPARATOR_CASEMAP, name, span_of("envelope.to")))
		envelope->to = envelope->original_to = value;
	else if (match_is(COMPARATOR_CASEMAP, name,
		     span_of("envelope.orig_to")))
		envelope->original_to = value;
	else if (match_is(COMPARATOR_CASEMAP, name, span_of("envelope.auth")))
		envelope->auth = value;
	else
		return false;
	world->input.envelope = *envelope;
	return true;
}

/* ---- Settings ----------------------------------------------------------- */

struct span
world_setting(const struct world *world, const char *name)
{
	size_t i = world->setting_count;

	while (i-- > 0)
		if (match_is(COMPARATOR_OCTET, world->settings[i].name,
			span_of(name)))
			return world->settings[i].value;
	return span_of(NULL);
}

static const char *
string_setting(struct world *world, const char *name, const char *other)
{
	struct span value = world_setting(world, name);

	return value.at == NULL ? other : arena_copy(&world->memory, value).at;
}

static unsigned long long
number_setting(struct world *world, const char *name, unsigned long long other)
{
	const char *value = string_setting(world, name, NULL);

	return value == NULL || value[0] == '\0' ? other
						 : strtoull(value, NULL, 10);
}

/* "4k", "2M", "300". */
static size_t
size_setting(struct world *world, const char *name, size_t other)
{
	const char *value = string_setting(world, name, NULL);
	char *end;
	unsigned long long size;

	if (value == NULL || value[0] == '\0')
		return other;
	size = strtoull(value, &end, 10);
	if (*end == 'k' || *end == 'K')
		size <<= 10;
	else if (*end == 'm' || *end == 'M')
		size <<= 20;
	return (size_t)size;
}

/* "1d", "2h", "30m", "7s"; a bare number is in the unit given. */
static uint64_t
time_setting(struct world *world, const char *name, uint64_t unit_s,
    uint64_t other)
{
	const char *value = string_setting(world, name, NULL);
	char *end;
	uint64_t time_s;

	if (value == NULL || value[0] == '\0')
		return other;
	time_s = strtoull(value, &end, 10);
	switch (*end) {
	case 'd':
		return time_s * 86400;
	case 'h':
		return time_s * 3600;
	case 'm':
		return time_s * 60;
	case 's':
		return time_s;
	default:
		return time_s * unit_s;
	}
}

static bool
bool_setting(struct world *world, const char *name)
{
	return span_starts_nocase(world_setting(world, name), "y");
}

static void
configure_score(struct world *world, struct sieve_score *score,
    const char *prefix)
{
	char name[100];
	struct span type;
	int i;

	(void)snprintf(name, sizeof(name), "%s_status_type", prefix);
	type = world_setting(world, name);
	score->type = span_starts(type, "strlen") ? SIEVE_SCORE_LENGTH
	    : span_starts(type, "text")		  ? SIEVE_SCORE_TEXT
						  : SIEVE_SCORE_NUMBER;
	(void)snprintf(name, sizeof(name), "%s_status_header", prefix);
	score->status = string_setting(world, name, NULL);
	(void)snprintf(name, sizeof(name), "%s_max_value", prefix);
	score->maximum = string_setting(world, name, NULL);
	(void)snprintf(name, sizeof(name), "%s_max_header", prefix);
	score->maximum_field = string_setting(world, name, NULL);
	for (i = 0; i < 11; i++) {
		(void)snprintf(name, sizeof(name), "%s_text_value%d", prefix,
		    i);
		score->texts[i] = string_setting(world, name, NULL);
	}
	if (score->status == NULL)
		score->type = SIEVE_SCORE_NONE;
}

static void
configure_vacation(struct world *world, struct sieve_options *options)
{
	options->vacation_default_s =
	    time_setting(world, "sieve_vacation_default_period", 86400,
		options->vacation_default_s);
	options->vacation_minimum_s = time_setting(world,
	    "sieve_vacation_min_period", 86400, options->vacation_minimum_s);
	options->vacation_maximum_s = time_setting(world,
	    "sieve_vacation_max_period", 86400, options->vacation_maximum_s);
	options->vacation_subject = string_setting(world,
	    "sieve_vacation_default_subject", options->vacation_subject);
	options->vacation_subject_template =
	    string_setting(world, "sieve_vacation_default_subject_template",
		options->vacation_subject_template);
	options->vacation_subject_characters = (size_t)number_setting(world,
	    "sieve_vacation_max_subject_codepoints",
	    options->vacation_subject_characters);
	options->vacation_any_recipient =
	    bool_setting(world, "sieve_vacation_dont_check_recipient");
	options->vacation_from_recipient =
	    bool_setting(world, "sieve_vacation_send_from_recipient");
}

static void
configure_limits(struct world *world, struct sieve_limits *limits)
{
	limits->actions = (unsigned)number_setting(world, "sieve_max_actions",
	    limits->actions);
	limits->redirects = (unsigned)number_setting(world,
	    "sieve_max_redirects", limits->redirects);
	limits->script_bytes =
	    size_setting(world, "sieve_max_script_size", limits->script_bytes);
	limits->variable_bytes = size_setting(world,
	    "sieve_variables_max_variable_size", limits->variable_bytes);
	limits->variables = (unsigned)number_setting(world,
	    "sieve_variables_max_scope_size", limits->variables);
	limits->include_depth = (unsigned)number_setting(world,
	    "sieve_include_max_nesting_depth", limits->include_depth);
	limits->includes = (unsigned)number_setting(world,
	    "sieve_include_max_includes", limits->includes);
	limits->header_bytes = size_setting(world,
	    "sieve_editheader_max_header_size", limits->header_bytes);
}

void
world_configure(struct world *world)
{
	struct sieve_options *options = &world->options;
	const struct sieve_extra *const *extras = world->outer.extras;

	sieve_options_default(options);
	configure_limits(world, &options->limits);
	configure_vacation(world, options);
	options->delimiters =
	    string_setting(world, "recipient_delimiter", options->delimiters);
	options->editheader_protected =
	    string_setting(world, "sieve_editheader_protected", NULL);
	options->editheader_forbid_add =
	    string_setting(world, "sieve_editheader_forbid_add", NULL);
	options->editheader_forbid_delete =
	    string_setting(world, "sieve_editheader_forbid_delete", NULL);
	configure_score(world, &options->spam, "sieve_spamtest");
	configure_score(world, &options->virus, "sieve_virustest");
	world->outer = *options;
	world->outer.extras = extras;
	world->outer.limits.steps *= 1000;
	world->outer.limits.memory_bytes *= 8;
}

/* ---- Execution ---------------------------------------------------------- */

bool
world_has_mailbox(const struct world *world, struct span name)
{
	size_t i;

	for (i = 0; i < world->mailbox_count; i++)
		if (match_is(span_starts_nocase(name, "INBOX")
			    ? COMPARATOR_CASEMAP
			    : COMPARATOR_OCTET,
			world->mailboxes[i], name))
			return true;
	return false;
}

void
world_add_mailbox(struct world *world, struct span name)
{
	if (!world_has_mailbox(world, name) &&
	    world->mailbox_count < WORLD_NAMES_MAX)
		world->mailboxes[world->mailbox_count++] =
		    arena_copy(&world->memory, name);
}

static struct span
as_edited(struct world *world, const struct sieve_action *action)
{
	struct span head, body;
	struct buffer bytes;

	if (action->header == NULL)
		return world->message;
	field_split(world->message, &head, &body);
	buffer_start(&bytes, &world->memory);
	buffer_add(&bytes, *action->header);
	buffer_add(&bytes, body);
	return buffer_span(&bytes);
}

static struct world_mail *
mail_add(struct world *world)
{
	if (world->mail_count == WORLD_MAIL_MAX)
		return NULL;
	return &world->mail[world->mail_count++];
}

static bool
store(struct world *world, const struct sieve_action *action)
{
	struct span mailbox =
	    action->kind == SIEVE_KEEP ? span_of("INBOX") : action->mailbox;
	struct world_mail *mail;
	struct buffer flags;
	size_t i;

	if (action->create)
		world_add_mailbox(world, mailbox);
	if (!world_has_mailbox(world, mailbox))
		return world_error(world, "the mailbox \"%.*s\" does not exist",
		    (int)mailbox.size_bytes, mailbox.at);
	mail = mail_add(world);
	if (mail == NULL)
		return world_error(world, "too much mail");
	buffer_start(&flags, &world->memory);
	for (i = 0; i < action->flag_count; i++) {
		buffer_add_text(&flags, i > 0 ? " " : "");
		buffer_add(&flags, action->flags[i]);
	}
	memset(mail, 0, sizeof(*mail));
	mail->mailbox = arena_copy(&world->memory, mailbox);
	mail->bytes = as_edited(world, action);
	mail->flags = buffer_span(&flags);
	return true;
}

static void
set_facts(struct world *world, struct outgoing_facts *facts)
{
	memset(facts, 0, sizeof(*facts));
	facts->now_s = time(NULL);
	facts->serial = world->mail_count * 2 + 2;
	facts->host = span_of("example.com");
	facts->own = world->envelope.to;
	facts->sender = world->envelope.from;
	facts->message = world->message;
	facts->postmaster = span_of("postmaster@example.com");
}

/* Who is the sender of a message that is sent on? */
static struct span
redirect_from(struct world *world)
{
	struct span value =
	    world_setting(world, "sieve_redirect_envelope_from");

	if (span_starts(value, "recipient"))
		return world->envelope.to;
	if (span_starts(value, "orig_recipient"))
		return world->envelope.original_to;
	if (span_starts(value, "user_email"))
		return world_setting(world, "sieve_user_email");
	if (span_starts(value, "<"))
		return without_angles(world, value);
	return world->envelope.from;
}

/* The empty sender stays empty: a bounce must not be answered. */
static bool
send(struct world *world, const struct sieve_action *action)
{
	struct outgoing_facts facts;
	struct outgoing out;
	struct world_mail *mail;
	bool is_sent = true;

	memset(&out, 0, sizeof(out));
	set_facts(world, &facts);
	if (action->kind == SIEVE_REDIRECT)
		is_sent =
		    outgoing_redirect(&out, action, &facts, &world->memory);
	else if (action->kind == SIEVE_VACATION)
		outgoing_vacation(&out, action, &facts, &world->memory);
	else
		is_sent = outgoing_reject(&out, action, &facts, &world->memory);
	if (!is_sent)
		return true;
	if (action->kind == SIEVE_REDIRECT && out.from.size_bytes > 0)
		out.from = redirect_from(world);
	mail = mail_add(world);
	if (mail == NULL)
		return world_error(world, "too much mail");
	memset(mail, 0, sizeof(*mail));
	mail->bytes = out.bytes;
	mail->from = arena_copy(&world->memory, out.from);
	mail->to = arena_copy(&world->memory, out.to);
	return true;
}

static bool
execute(struct world *world, const struct sieve_action *action)
{
	switch (action->kind) {
	case SIEVE_KEEP:
	case SIEVE_FILEINTO:
		return store(world, action);
	case SIEVE_VACATION:
		return action->vacation.why_not != NULL || send(world, action);
	case SIEVE_REDIRECT:
	case SIEVE_REJECT:
	case SIEVE_EREJECT:
		return send(world, action);
	default:
		return true;
	}
}

bool
world_execute(struct world *world, const struct sieve_plan *plan)
{
	bool is_good = true;
	size_t i;

	for (i = 0; i < plan->count; i++)
		is_good = execute(world, &plan->actions[i]) && is_good;
	return is_good;
}
