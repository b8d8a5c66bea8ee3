/* RFC 5228: header, exists, size. */
#include "sieve/commands.h"
#include "sieve/headers.h"
#include "sieve/matcher.h"
#include "sieve/run.h"

/* ---- header ------------------------------------------------------------ */

static bool
test_header_now(struct sieve_run *run, const struct sieve_call *call,
    bool *truth_out)
{
	struct matcher matcher;
	struct headers headers;
	size_t at;

	matcher_start(&matcher, run, call);
	headers_start(&headers, run, call, &call->arguments[0]);
	while (headers_next(&headers, &at))
		if (!matcher_offer(&matcher, mail_value(&run->mail, at)))
			break;
	return matcher_end(&matcher, truth_out);
}

const struct sieve_spec test_header = {
	.name = "header",
	.usage = "header [MATCH-TYPE] [:comparator \"name\"] [:index <number> "
		 "[:last]] <header names> <keys>",
	.tags = { spec_match_tags, spec_index_tags },
	.arguments = { SIEVE_STRINGS, SIEVE_STRINGS },
	.keys = 2,
	.test = test_header_now,
};

/* ---- exists ------------------------------------------------------------ */

static bool
test_exists_now(struct sieve_run *run, const struct sieve_call *call,
    bool *truth_out)
{
	struct sieve_strings names = run_strings(run, &call->arguments[0]);
	size_t i, at;

	*truth_out = true;
	if (!headers_spend(run, call, names.count))
		return false;
	for (i = 0; i < names.count && *truth_out; i++) {
		at = 0;
		*truth_out = mail_next(&run->mail, names.at[i], &at);
	}
	return true;
}

const struct sieve_spec test_exists = {
	.name = "exists",
	.usage = "exists <header names>",
	.arguments = { SIEVE_STRINGS },
	.test = test_exists_now,
};

/* ---- size -------------------------------------------------------------- */

static const struct sieve_tag size_tags[] = {
	{ "over", TAG_OVER, SIEVE_NOTHING, GROUP_OWN, NULL, false },
	{ "under", TAG_UNDER, SIEVE_NOTHING, GROUP_OWN, NULL, false },
	{ NULL, TAG_NONE, SIEVE_NOTHING, 0, NULL, false },
};

static bool
check_size(struct sieve_compiler *compiler, struct sieve_call *call)
{
	return call->tag_count == 1 ||
	    compiler_error(compiler, call->place,
		"\"size\" wants \":over\" or \":under\"; write: %s",
		call->spec->usage);
}

/* A message of exactly the limit is neither over nor under it. */
static bool
test_size_now(struct sieve_run *run, const struct sieve_call *call,
    bool *truth_out)
{
	uint64_t limit = call->arguments[0].number;
	uint64_t size = mail_size(&run->mail);

	if (run->input->size_bytes > size &&
	    run->mail.message.at == run->input->message.at)
		size = run->input->size_bytes;
	*truth_out =
	    call_tag(call, TAG_OVER) != NULL ? size > limit : size < limit;
	return true;
}

const struct sieve_spec test_size = {
	.name = "size",
	.usage = "size :over <number>, or: size :under <number>",
	.tags = { size_tags },
	.arguments = { SIEVE_NUMBER },
	.check = check_size,
	.test = test_size_now,
};
