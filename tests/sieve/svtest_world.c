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

/* What a setting "mda_personal_NAME" says, or a file beside the test. */
static enum sieve_found
find_script(void *context, enum sieve_where where, const char *name,
    struct span *text_out)
{
	struct world *world = context;
	bool is_global = where == SIEVE_GLOBAL;
	char path[512];

	(void)snprintf(path, sizeof(path), "mda_%s_%s",
	    is_global ? "global" : "personal", name);
	*text_out = world_setting(world, path);
	if (text_out->at != NULL)
		return SIEVE_FOUND;
	(void)snprintf(path, sizeof(path), "%s/%s.sieve",
	    is_global ? "included-global" : "included", name);
	return world_read(world, path, text_out) ? SIEVE_FOUND : SIEVE_ABSENT;
}

/* ---- Life --------------------------------------------------------------- */

static enum sieve_answer
mailbox_exists(void *context, struct span name)
{
	return world_has_mailbox(context, name) ? SIEVE_YES : SIEVE_NO;
}

static int
zone_minutes(void *context, int64_t at_s)
{
	const struct world *world = context;

	(void)at_s; /* the same all the year round */
	return world->zone_minutes;
}

static bool
is_same_mark(const struct sieve_mark *a, const struct sieve_mark *b)
{
	return match_is(COMPARATOR_OCTET, a->id, b->id) &&
	    match_is(COMPARATOR_OCTET, a->handle, b->handle);
}

static enum sieve_answer
was_seen(void *context, const struct sieve_mark *mark)
{
	const struct world *world = context;
	size_t i = world->mark_count;

	while (i-- > 0)
		if (is_same_mark(&world->marks[i].mark, mark))
			return world->marks[i].until_s > world->input.now_s
			    ? SIEVE_YES
			    : SIEVE_NO;
	return SIEVE_NO;
}

static bool
remember(struct world *world, const struct sieve_mark *mark)
{
	struct world_mark *place = &world->marks[world->mark_count];

	if (world->mark_count == WORLD_NAMES_MAX)
		return world_error(world, "too many marks");
	place->mark.id = arena_copy(&world->memory, mark->id);
	place->mark.handle = arena_copy(&world->memory, mark->handle);
	place->until_s = world->input.now_s + (int64_t)mark->period_s;
	world->mark_count++;
	return true;
}

static const struct sieve_item environment[] = {
	{ "domain", { "example.com", 11 } },
	{ "host", { "host.example.com", 16 } },
	{ "location", { "MDA", 3 } },
	{ "name", { "mda", 3 } },
	{ "phase", { "during", 6 } },
	{ "remote-host", { "", 0 } },
	{ "remote-ip", { "192.0.2.1", 9 } },
	{ "version", { "1.0", 3 } },
};

void
world_start(struct world *world, const char *folder)
{
	arena_start(&world->memory, (size_t)512 << 20);
	world->folder = folder;
	world->library.find = find_script;
	world->library.context = world;
	world->input.answers.context = world;
	world->input.answers.mailbox_exists = mailbox_exists;
	world->input.answers.was_seen = was_seen;
	world->input.answers.zone_min = zone_minutes;
	world->input.environment = environment;
	world->input.environment_count =
	    sizeof(environment) / sizeof(environment[0]);
	world->input.context = world;
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

/* "%$" and "%{subject}" of Pigeonhole are "%$subject" here. */
static const char *
subject_template(struct world *world, const char *other)
{
	static const char *const marks[] = { "%{subject}", "%$subject", "%$" };
	const char *text = string_setting(world,
	    "sieve_vacation_default_subject_template", NULL);
	const char *at = NULL;
	struct buffer filled;
	size_t i;

	if (text == NULL || text[0] == '\0')
		return other;
	for (i = 0; i < 3 && at == NULL; i++)
		at = strstr(text, marks[i]);
	if (at == NULL)
		return text;
	buffer_start(&filled, &world->memory);
	buffer_add(&filled, (struct span){ text, (size_t)(at - text) });
	buffer_add_text(&filled, "%$subject");
	buffer_add_text(&filled, at + strlen(marks[i - 1]));
	return arena_copy(&world->memory, buffer_span(&filled)).at;
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
	if (world_setting(world, "sieve_vacation_default_subject").size_bytes >
	    0)
		options->vacation_subject = string_setting(world,
		    "sieve_vacation_default_subject", NULL);
	options->vacation_subject_template =
	    subject_template(world, options->vacation_subject_template);
	options->vacation_original_recipient =
	    bool_setting(world, "sieve_vacation_use_original_recipient");
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

/* Settings of our own: what time it is, and where. */
static void
configure_input(struct world *world)
{
	struct span email = world_setting(world, "sieve_user_email");

	world->input.now_s = (int64_t)number_setting(world, "mda_now",
	    (unsigned long long)time(NULL));
	world->zone_minutes = (int)number_setting(world, "mda_zone_minutes", 0);
	world->own_address = email;
	world->input.own_addresses = &world->own_address;
	world->input.own_address_count = email.size_bytes > 0;
}

void
world_configure(struct world *world)
{
	struct sieve_options *options = &world->options;
	const struct sieve_extra *const *extras = world->outer.extras;

	sieve_options_default(options);
	configure_input(world);
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
	options->extras = extras;
	world->outer = *options;
	world->outer.limits.steps *= 1000;
	world->outer.limits.memory_bytes *= 8;
}

/* ---- Execution ---------------------------------------------------------- */

/* Folders of INBOX, too, may be written in either case. */
bool
world_is_same(struct span a, struct span b)
{
	size_t size = strlen("INBOX");

	if (!span_starts_nocase(a, "INBOX") || !span_starts_nocase(b, "INBOX"))
		return match_is(COMPARATOR_OCTET, a, b);
	return match_is(COMPARATOR_OCTET, span_from(a, size),
	    span_from(b, size));
}

bool
world_has_mailbox(const struct world *world, struct span name)
{
	size_t i;

	for (i = 0; i < world->mailbox_count; i++)
		if (world_is_same(world->mailboxes[i], name))
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

/* No level of the hierarchy is empty. */
static bool
is_mailbox_name(struct span name)
{
	size_t i;

	for (i = 0; i < name.size_bytes; i++)
		if (name.at[i] == '/' &&
		    (i == 0 || i + 1 == name.size_bytes ||
			name.at[i + 1] == '/'))
			return false;
	return name.size_bytes > 0;
}

static bool
store(struct world *world, const struct sieve_action *action)
{
	struct span mailbox =
	    action->kind == SIEVE_KEEP ? span_of("INBOX") : action->mailbox;
	struct world_mail *mail;
	struct buffer flags;
	size_t i;

	if (!is_mailbox_name(mailbox))
		return world_error(world,
		    "failed to store into mailbox \"%.*s\": it is no name",
		    (int)mailbox.size_bytes, mailbox.at);
	if (action->create)
		world_add_mailbox(world, mailbox);
	if (!world_has_mailbox(world, mailbox))
		return world_error(world,
		    "failed to store into mailbox \"%.*s\": it does not exist",
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

static struct span
user_email(struct world *world)
{
	struct span email = world_setting(world, "sieve_user_email");

	return email.size_bytes > 0 ? without_angles(world, email)
				    : world->envelope.to;
}

static void
set_facts(struct world *world, struct outgoing_facts *facts)
{
	memset(facts, 0, sizeof(*facts));
	facts->now_s = world->input.now_s;
	facts->serial = world->mail_count * 2 + 2;
	facts->host = span_of("example.com");
	facts->own = user_email(world);
	facts->recipient = world->envelope.to;
	facts->sender = world->envelope.from;
	facts->message = world->message;
	facts->postmaster = span_of("postmaster@example.com");
}

/* Who is the sender of a message that is sent on? */
static struct span
redirect_from(struct world *world)
{
	struct span value =
	    span_trim(world_setting(world, "sieve_redirect_envelope_from"));

	if (span_starts(value, "recipient"))
		return world->envelope.to;
	if (span_starts(value, "orig_recipient"))
		return world->envelope.original_to;
	if (span_starts(value, "user_email"))
		return user_email(world);
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

/* Only a test that says "mda_track" wants one answer a sender. */
static bool
was_answered(struct world *world, const struct sieve_vacation *vacation)
{
	struct sieve_mark mark = { vacation->handle, vacation->to,
		vacation->period_s, false };

	if (!bool_setting(world, "mda_track"))
		return false;
	return was_seen(world, &mark) == SIEVE_YES || !remember(world, &mark);
}

static bool
execute(struct world *world, const struct sieve_action *action)
{
	switch (action->kind) {
	case SIEVE_KEEP:
	case SIEVE_FILEINTO:
		return store(world, action);
	case SIEVE_DUPLICATE:
		return remember(world, &action->mark);
	case SIEVE_VACATION:
		return action->vacation.why_not != NULL ||
		    was_answered(world, &action->vacation) ||
		    send(world, action);
	case SIEVE_REDIRECT:
	case SIEVE_REJECT:
	case SIEVE_EREJECT:
		return send(world, action);
	default:
		return true;
	}
}

/* What failed is made up for by a keep of the message as it came. */
bool
world_execute(struct world *world, const struct sieve_plan *plan)
{
	static const struct sieve_action keep = { .kind = SIEVE_KEEP };
	bool is_good = true;
	size_t i;

	for (i = 0; i < plan->count; i++)
		is_good = execute(world, &plan->actions[i]) && is_good;
	if (!is_good)
		(void)store(world, &keep); /* the test fails anyway */
	return is_good;
}
