/* RFC 5228: address, envelope; RFC 5233: ":user", ":detail". */
#include "sieve/address_part.h"

#include <string.h>

#include "sieve/commands.h"
#include "sieve/headers.h"
#include "sieve/matcher.h"

static int
part_id(const struct sieve_call *call)
{
	size_t i;

	for (i = 0; i < call->tag_count; i++)
		if (call->tags[i].tag->group == GROUP_ADDRESS_PART)
			return call->tags[i].tag->id;
	return TAG_ALL;
}

/* The first delimiter in the local part; its size when there is none. */
static size_t
find_delimiter(const struct sieve_run *run, struct span local)
{
	const char *delimiters = run->options->delimiters;
	size_t at;

	for (at = 0; at < local.size_bytes; at++)
		if (local.at[at] != '\0' &&
		    strchr(delimiters, local.at[at]) != NULL)
			break;
	return at;
}

static bool
user_or_detail(const struct sieve_run *run, struct span local, int id,
    struct span *part_out)
{
	size_t at = find_delimiter(run, local);

	*part_out = local;
	if (id == TAG_USER) {
		part_out->size_bytes = at;
		return true;
	}
	*part_out = span_from(local, at + 1);
	return at < local.size_bytes;
}

bool
address_part(const struct sieve_run *run, const struct sieve_call *call,
    const struct address *address, struct span *part_out)
{
	int id = part_id(call);

	*part_out = address->all;
	if (id == TAG_ALL)
		return true;
	if (!address->is_valid && !address->is_null)
		return false;
	if (id == TAG_DOMAIN)
		*part_out = address->domain;
	else if (id == TAG_LOCALPART)
		*part_out = address->local;
	else
		return user_or_detail(run, address->local, id, part_out);
	return true;
}

/* ---- address ----------------------------------------------------------- */

/*
 * RFC 5228 section 5.1: only fields that hold addresses. Those of RFC 5322,
 * those that mail servers add, and all whose names begin with "X-".
 */
static const char *const address_fields[] = { "apparently-to", "approved",
	"bcc", "cc", "delivered-to", "disposition-notification-to",
	"envelope-from", "envelope-to", "errors-to", "from", "mail-followup-to",
	"mail-reply-to", "original-recipient", "reply-to", "resent-bcc",
	"resent-cc", "resent-from", "resent-reply-to", "resent-sender",
	"resent-to", "return-path", "return-receipt-to", "sender", "to" };

static bool
has_addresses(struct span name)
{
	size_t i;

	if (span_starts_nocase(name, "x-"))
		return true;
	for (i = 0; i < sizeof(address_fields) / sizeof(*address_fields); i++)
		if (strlen(address_fields[i]) == name.size_bytes &&
		    span_starts_nocase(name, address_fields[i]))
			return true;
	return false;
}

static bool
check_address(struct sieve_compiler *compiler, struct sieve_call *call)
{
	const struct sieve_value *names = &call->arguments[0];
	size_t i;

	for (i = 0; i < names->count; i++)
		if (names->texts[i].piece_count == 0 &&
		    field_name_is_valid(names->texts[i].constant) &&
		    !has_addresses(names->texts[i].constant))
			return compiler_error(compiler, names->texts[i].place,
			    "the field \"%.*s\" holds no addresses; use "
			    "\"header\" instead of \"address\"",
			    (int)names->texts[i].constant.size_bytes,
			    names->texts[i].constant.at);
	return true;
}

static bool
offer_addresses(struct matcher *matcher, struct span value)
{
	struct address_list list;
	struct span part;
	size_t i;

	if (!run_spend(matcher->run, matcher->call, 1 + value.size_bytes / 32))
		return false;
	address_read(&list, value, &matcher->run->memory);
	for (i = 0; i < list.count; i++)
		if (address_part(matcher->run, matcher->call, &list.items[i],
			&part) &&
		    !matcher_offer(matcher, part))
			return false;
	return true;
}

static bool
test_address_now(struct sieve_run *run, const struct sieve_call *call,
    bool *truth_out)
{
	struct matcher matcher;
	struct headers headers;
	size_t at;

	matcher_start(&matcher, run, call);
	headers_start(&headers, run, call, &call->arguments[0]);
	while (headers_next(&headers, &at)) {
		struct span name = run->mail.fields.fields[at].name;

		/* A name out of a variable was not looked at before. */
		if (has_addresses(name) &&
		    !offer_addresses(&matcher,
			run->mail.fields.fields[at].value))
			break;
	}
	return matcher_end(&matcher, truth_out);
}

const struct sieve_spec test_address = {
	.name = "address",
	.usage = "address [MATCH-TYPE] [:comparator \"name\"] [ADDRESS-PART] "
		 "[:index <number> [:last]] <header names> <keys>",
	.tags = { spec_match_tags, spec_address_tags, spec_index_tags },
	.arguments = { SIEVE_STRINGS, SIEVE_STRINGS },
	.keys = 2,
	.check = check_address,
	.test = test_address_now,
};

/* ---- envelope ---------------------------------------------------------- */

static bool
is_part(struct span name, const char *wanted)
{
	return name.size_bytes == strlen(wanted) &&
	    span_starts_nocase(name, wanted);
}

static bool
check_envelope(struct sieve_compiler *compiler, struct sieve_call *call)
{
	static const char *const parts[] = { "from", "to", "auth", "orig_to" };
	const struct sieve_value *names = &call->arguments[0];
	size_t i, j;

	for (i = 0; i < names->count; i++) {
		struct span name = names->texts[i].constant;

		for (j = 0; j < sizeof(parts) / sizeof(parts[0]); j++)
			if (is_part(name, parts[j]))
				break;
		if (j < sizeof(parts) / sizeof(parts[0]) ||
		    names->texts[i].piece_count > 0)
			continue;
		return compiler_error(compiler, names->texts[i].place,
		    "the envelope has no part \"%.*s\"; write \"from\", "
		    "\"to\", \"orig_to\" or \"auth\"",
		    (int)name.size_bytes, name.size_bytes > 0 ? name.at : "");
	}
	return true;
}

/* Gives false when the envelope has no such part. */
static bool
envelope_value(const struct sieve_run *run, struct span name,
    struct span *value_out)
{
	const struct sieve_envelope *envelope = &run->envelope;

	if (is_part(name, "from")) {
		*value_out = envelope->from;
		return envelope->has_from;
	}
	if (is_part(name, "to")) {
		*value_out = envelope->to;
		return envelope->has_to;
	}
	if (is_part(name, "orig_to")) {
		*value_out = envelope->original_to.size_bytes > 0
		    ? envelope->original_to
		    : envelope->to;
		return envelope->has_to;
	}
	*value_out = envelope->auth;
	return is_part(name, "auth") && envelope->auth.size_bytes > 0;
}

/*
 * The null path is the empty string, whatever part is asked for; to ":count"
 * it is none (RFC 5231 section 4.2).
 */
static bool
offer_path(struct matcher *matcher, struct span path)
{
	struct address address;
	struct span part;

	address_path(&address, path, &matcher->run->memory);
	if (address.is_null && matcher->call->matching.type == SIEVE_COUNT)
		return true;
	if (address.is_null)
		return matcher_offer(matcher, span_of(""));
	return !address_part(matcher->run, matcher->call, &address, &part) ||
	    matcher_offer(matcher, part);
}

static bool
test_envelope_now(struct sieve_run *run, const struct sieve_call *call,
    bool *truth_out)
{
	struct sieve_strings names = run_strings(run, &call->arguments[0]);
	struct matcher matcher;
	struct span value;
	size_t i;

	matcher_start(&matcher, run, call);
	for (i = 0; i < names.count; i++)
		if (envelope_value(run, names.at[i], &value) &&
		    !offer_path(&matcher, value))
			break;
	return matcher_end(&matcher, truth_out);
}

const struct sieve_spec test_envelope = {
	.name = "envelope",
	.needs = "envelope",
	.usage = "envelope [MATCH-TYPE] [:comparator \"name\"] [ADDRESS-PART] "
		 "<parts> <keys>",
	.tags = { spec_match_tags, spec_address_tags },
	.arguments = { SIEVE_STRINGS, SIEVE_STRINGS },
	.keys = 2,
	.check = check_envelope,
	.test = test_envelope_now,
};
