/* RFC 5173: body. */
#include "mime/part.h"
#include "sieve/commands.h"
#include "sieve/matcher.h"

static const struct sieve_tag body_tags[] = {
	{ "raw", TAG_RAW, SIEVE_NOTHING, GROUP_OWN, NULL, false },
	{ "content", TAG_CONTENT, SIEVE_STRINGS, GROUP_OWN, NULL, false },
	{ "text", TAG_TEXT, SIEVE_NOTHING, GROUP_OWN, NULL, false },
	{ NULL, TAG_NONE, SIEVE_NOTHING, 0, NULL, false },
};

static bool
is_wanted(const struct part *part, struct sieve_strings types)
{
	size_t i;

	for (i = 0; i < types.count; i++)
		if (part_is_type(part, types.at[i]))
			return true;
	return false;
}

/* Gives false when this part has nothing to compare. */
static bool
part_value(struct sieve_run *run, const struct sieve_call *call,
    struct sieve_strings types, const struct part *part, struct span *value_out)
{
	if (call_tag(call, TAG_CONTENT) == NULL)
		return part_text(part, &run->memory, value_out);
	if (!is_wanted(part, types))
		return false;
	*value_out = part_content(part, &run->memory);
	return true;
}

/* Section 5.2: of a multipart two strings, what is before and behind its parts.
   False when no more is needed. */
static bool
offer_part(struct matcher *matcher, struct sieve_strings types,
    const struct part *part)
{
	struct sieve_run *run = matcher->run;
	struct span value;

	if (!part_value(run, matcher->call, types, part, &value))
		return true;
	return matcher_offer(matcher, value) &&
	    (!part->is_multipart || matcher_offer(matcher, part->epilogue));
}

static void
offer_parts(struct matcher *matcher)
{
	struct sieve_run *run = matcher->run;
	const struct sieve_value *tag = call_tag(matcher->call, TAG_CONTENT);
	const struct part_list *list = mail_parts(&run->mail);
	struct sieve_strings types = { NULL, 0 };
	size_t i;

	if (tag != NULL)
		types = run_strings(run, tag);
	for (i = 0; i < list->count; i++) {
		const struct part *part = &list->parts[i];

		if (!run_spend(run, matcher->call,
			1 + part->body.size_bytes / 64))
			return;
		if (!offer_part(matcher, types, part))
			return;
	}
}

/*
 * Section 4: without the empty line there is nothing to match. Section 6:
 * wildcards leave ${1} and the like alone.
 */
static bool
test_body_now(struct sieve_run *run, const struct sieve_call *call,
    bool *truth_out)
{
	struct matcher matcher;

	matcher_start(&matcher, run, call);
	matcher.keeps_pieces = false;
	if (!run->mail.has_body)
		return matcher_end(&matcher, truth_out);
	if (call_tag(call, TAG_RAW) != NULL)
		(void)matcher_offer(&matcher, run->mail.body); /* only one */
	else
		offer_parts(&matcher);
	return matcher_end(&matcher, truth_out);
}

const struct sieve_spec test_body = {
	.name = "body",
	.needs = "body",
	.usage = "body [MATCH-TYPE] [:comparator \"name\"] [:raw | :text | "
		 ":content <types>] <keys>",
	.tags = { spec_match_tags, body_tags },
	.arguments = { SIEVE_STRINGS },
	.keys = 1,
	.test = test_body_now,
};
