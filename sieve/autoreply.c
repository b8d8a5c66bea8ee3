#include "sieve/autoreply.h"

#include <string.h>

#include "mime/address.h"
#include "mime/parameter.h"
#include "sieve/words.h"

/* Reading bytes of addresses, and comparing addresses, in one step. */
enum { BYTES_A_STEP = 32, ADDRESSES_A_STEP = 4 };

struct own_address {
	struct span all;
	struct span base; /* without detail */
};

struct recipients {
	struct sieve_run *run;
	struct own_address *own;
	size_t own_count;
	struct span named; /* by which the header names the user */
};

/* ---- Is it an address of the user? ------------------------------------- */

static bool
is_same(struct span a, struct span b)
{
	return a.size_bytes > 0 && match_is(COMPARATOR_CASEMAP, a, b);
}

/* "user+detail@domain" is "user@domain", too. */
static struct span
without_detail(struct sieve_run *run, const struct address *address)
{
	const char *delimiters = run->options->delimiters;
	struct buffer base;
	size_t at = 0;

	while (at < address->local.size_bytes &&
	    (at == 0 || address->local.at[at] == '\0' ||
		strchr(delimiters, address->local.at[at]) == NULL))
		at++;
	if (at == address->local.size_bytes || !address->is_valid)
		return address->all;
	buffer_start(&base, &run->memory);
	buffer_add(&base, (struct span){ address->local.at, at });
	buffer_add_byte(&base, '@');
	buffer_add(&base, address->domain);
	return buffer_span(&base);
}

static void
add_own(struct recipients *recipients, struct span text)
{
	struct own_address *own = &recipients->own[recipients->own_count];
	struct address address;

	address_path(&address, text, &recipients->run->memory);
	if (address.all.size_bytes == 0)
		return;
	own->all = address.all;
	own->base = without_detail(recipients->run, &address);
	recipients->own_count++;
}

/* All addresses of the user, each read once. */
static void
collect_own(struct recipients *recipients, struct sieve_strings addresses)
{
	struct sieve_run *run = recipients->run;
	const struct sieve_input *input = run->input;
	size_t count = addresses.count + input->own_address_count + 2, i;

	recipients->own =
	    arena_take(&run->memory, count, sizeof(*recipients->own));
	if (recipients->own == NULL)
		return; /* the run ends for want of memory */
	add_own(recipients, run->envelope.to);
	if (run->options->vacation_original_recipient)
		add_own(recipients, run->envelope.original_to);
	for (i = 0; i < addresses.count; i++)
		add_own(recipients, addresses.at[i]);
	for (i = 0; i < input->own_address_count; i++)
		add_own(recipients, input->own_addresses[i]);
}

static bool
is_own(const struct recipients *recipients, const struct address *address)
{
	struct span base;
	size_t i;

	if (address->all.size_bytes == 0)
		return false;
	base = without_detail(recipients->run, address);
	for (i = 0; i < recipients->own_count; i++) {
		const struct own_address *own = &recipients->own[i];

		if (is_same(address->all, own->all) ||
		    is_same(base, own->all) || is_same(base, own->base))
			return true;
	}
	return false;
}

static bool
names_user(struct recipients *recipients, struct span value)
{
	struct sieve_run *run = recipients->run;
	struct address_list list;
	struct buffer bare;
	size_t i;

	address_read(&list, value, &run->memory);
	if (!run_spend(run, NULL,
		1 + value.size_bytes / BYTES_A_STEP +
		    (uint64_t)list.count * recipients->own_count /
			ADDRESSES_A_STEP))
		return false; /* the run ends */
	for (i = 0; i < list.count; i++) {
		if (!is_own(recipients, &list.items[i]))
			continue;
		buffer_start(&bare, &run->memory);
		address_add(&bare, &list.items[i]);
		recipients->named = buffer_span(&bare);
		return true;
	}
	return false;
}

/* Section 4.5: blind copies and lists do not name the user. */
static bool
is_for_user(struct recipients *recipients)
{
	const struct field_list *fields = &recipients->run->mail.fields;
	size_t i;

	for (i = 0; i < fields->count; i++)
		if (words_have("to cc bcc resent-to resent-cc resent-bcc",
			fields->fields[i].name) &&
		    names_user(recipients, fields->fields[i].value))
			return true;
	return false;
}

/* ---- Is there a person at the other end? ------------------------------- */

static bool
ends_with(struct span text, const char *end)
{
	size_t length = strlen(end);

	return text.size_bytes >= length &&
	    span_starts_nocase(span_from(text, text.size_bytes - length), end);
}

/* Section 4.6, and RFC 3834 section 2 for the names. */
static bool
is_program(const struct address *sender)
{
	return words_have("mailer-daemon listserv majordomo", sender->local) ||
	    span_starts_nocase(sender->local, "owner-") ||
	    ends_with(sender->local, "-request") ||
	    ends_with(sender->local, "-bounces") ||
	    ends_with(sender->local, "-owner");
}

static bool
is_list_mail(const struct sieve_run *run)
{
	const struct field_list *fields = &run->mail.fields;
	size_t i;

	for (i = 0; i < fields->count; i++)
		if (span_starts_nocase(fields->fields[i].name, "list-"))
			return true;
	return false;
}

static bool
is_automatic(struct sieve_run *run)
{
	struct span value;

	if (!mail_field(&run->mail, "auto-submitted", &value))
		return false;
	return !is_same(parameter_main(value, &run->memory), span_of("no"));
}

static bool
is_bulk(struct sieve_run *run)
{
	struct span value;

	return mail_field(&run->mail, "precedence", &value) &&
	    words_have("bulk junk list", span_trim(value));
}

/* A field of Microsoft's: which automatic answers the sender can do without. */
static bool
is_unwanted(struct sieve_run *run)
{
	struct span value;

	return mail_field(&run->mail, "x-auto-response-suppress", &value) &&
	    (match_contains(COMPARATOR_CASEMAP, value, span_of("all")) ||
		match_contains(COMPARATOR_CASEMAP, value, span_of("oof")) ||
		match_contains(COMPARATOR_CASEMAP, value,
		    span_of("autoreply")));
}

static const char *
why_not_sender(const struct recipients *recipients)
{
	struct sieve_run *run = recipients->run;
	struct address sender;

	if (!run->envelope.has_from)
		return "the sender of the envelope is not known";
	address_path(&sender, run->envelope.from, &run->memory);
	if (sender.is_null || sender.all.size_bytes == 0)
		return "the sender of the envelope is empty";
	if (!sender.is_valid)
		return "the sender of the envelope is no address";
	if (!address_is_sendable(run->envelope.from, &run->memory))
		return "mail cannot be sent to the sender of the envelope";
	if (is_own(recipients, &sender))
		return "the sender is the user himself";
	if (is_program(&sender))
		return "the sender is a program";
	return NULL;
}

const char *
autoreply_why_not(struct sieve_run *run, struct sieve_strings addresses,
    struct span *named_out)
{
	struct recipients recipients = { run, NULL, 0, { NULL, 0 } };
	const char *why_not;
	bool is_for_us;

	collect_own(&recipients, addresses);
	why_not = why_not_sender(&recipients);
	is_for_us = is_for_user(&recipients);
	*named_out = recipients.named;

	if (why_not != NULL)
		return why_not;
	if (is_automatic(run))
		return "the message was sent automatically (Auto-Submitted)";
	if (is_list_mail(run))
		return "the message comes from a mailing list (List-...)";
	if (is_bulk(run))
		return "the message is bulk mail (Precedence)";
	if (is_unwanted(run))
		return "the sender wants no automatic answer "
		       "(X-Auto-Response-Suppress)";
	if (!run->options->vacation_any_recipient && !is_for_us)
		return "no field of the header names the user as a recipient";
	return NULL;
}
