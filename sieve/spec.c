#include "sieve/spec.h"

#include <string.h>

#include "sieve/commands.h"
#include "sieve/nearest.h"

static const struct sieve_spec *const commands[] = {
	&command_addflag,
	&command_addheader,
	&command_deleteheader,
	&command_discard,
	&command_ereject,
	&command_error,
	&command_fileinto,
	&command_global,
	&command_include,
	&command_keep,
	&command_redirect,
	&command_reject,
	&command_removeflag,
	&command_return,
	&command_set,
	&command_setflag,
	&command_stop,
	&command_vacation,
	NULL,
};

static const struct sieve_spec *const tests[] = {
	&test_address,
	&test_body,
	&test_currentdate,
	&test_date,
	&test_duplicate,
	&test_envelope,
	&test_environment,
	&test_exists,
	&test_hasflag,
	&test_header,
	&test_ihave,
	&test_mailboxexists,
	&test_size,
	&test_spamtest,
	&test_string,
	&test_virustest,
	NULL,
};

static const char *const compiled_commands[] = { "require", "if", "elsif",
	"else", NULL };
static const char *const compiled_tests[] = { "not", "allof", "anyof", "true",
	"false", NULL };

const struct sieve_tag spec_match_tags[] = {
	{ "is", TAG_IS, SIEVE_NOTHING, GROUP_MATCH, NULL, false },
	{ "contains", TAG_CONTAINS, SIEVE_NOTHING, GROUP_MATCH, NULL, false },
	{ "matches", TAG_MATCHES, SIEVE_NOTHING, GROUP_MATCH, NULL, false },
	{ "value", TAG_VALUE, SIEVE_STRING, GROUP_MATCH, "relational", true },
	{ "count", TAG_COUNT, SIEVE_STRING, GROUP_MATCH, "relational", true },
	{ "regex", TAG_REGEX, SIEVE_NOTHING, GROUP_MATCH, "regex", false },
	{ "comparator", TAG_COMPARATOR, SIEVE_STRING, GROUP_COMPARATOR, NULL,
	    true },
	{ NULL, TAG_NONE, SIEVE_NOTHING, 0, NULL, false },
};

const struct sieve_tag spec_address_tags[] = {
	{ "all", TAG_ALL, SIEVE_NOTHING, GROUP_ADDRESS_PART, NULL, false },
	{ "localpart", TAG_LOCALPART, SIEVE_NOTHING, GROUP_ADDRESS_PART, NULL,
	    false },
	{ "domain", TAG_DOMAIN, SIEVE_NOTHING, GROUP_ADDRESS_PART, NULL,
	    false },
	{ "user", TAG_USER, SIEVE_NOTHING, GROUP_ADDRESS_PART, "subaddress",
	    false },
	{ "detail", TAG_DETAIL, SIEVE_NOTHING, GROUP_ADDRESS_PART, "subaddress",
	    false },
	{ NULL, TAG_NONE, SIEVE_NOTHING, 0, NULL, false },
};

const struct sieve_tag spec_index_tags[] = {
	{ "index", TAG_INDEX, SIEVE_NUMBER, 0, "index", false },
	{ "last", TAG_LAST, SIEVE_NOTHING, 0, "index", false },
	{ NULL, TAG_NONE, SIEVE_NOTHING, 0, NULL, false },
};

static const struct sieve_spec *
find(const struct sieve_spec *const *list, struct span name)
{
	for (; *list != NULL; list++)
		if (strlen((*list)->name) == name.size_bytes &&
		    span_starts_nocase(name, (*list)->name))
			return *list;
	return NULL;
}

const struct sieve_spec *
spec_command(struct span name)
{
	return find(commands, name);
}

const struct sieve_spec *
spec_test(struct span name)
{
	return find(tests, name);
}

const char *
spec_nearest(struct span name, bool is_test)
{
	const struct sieve_spec *const *list = is_test ? tests : commands;
	const char *const *word = is_test ? compiled_tests : compiled_commands;
	struct nearest nearest;

	nearest_start(&nearest, name);
	for (; *list != NULL; list++)
		nearest_offer(&nearest, (*list)->name);
	for (; *word != NULL; word++)
		nearest_offer(&nearest, *word);
	return nearest_result(&nearest);
}

const struct sieve_value *
call_tag(const struct sieve_call *call, int id)
{
	size_t i;

	for (i = 0; i < call->tag_count; i++)
		if (call->tags[i].tag->id == id)
			return &call->tags[i].value;
	return NULL;
}
