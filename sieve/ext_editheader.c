/* RFC 5293: addheader, deleteheader. */
#include <string.h>

#include "mime/charset.h"
#include "mime/text.h"
#include "sieve/commands.h"
#include "sieve/edit.h"
#include "sieve/headers.h"
#include "sieve/matcher.h"
#include "sieve/words.h"

enum { FIELD_BYTES_MIN = 998 };

/* Of a value, as much as an error message should show. */
#define SHOWN_BYTES_MAX(value) \
	(int)((value).size_bytes < 60 ? (value).size_bytes : 60)

static bool
is_invalid_name(struct sieve_run *run, const struct sieve_call *call,
    struct span name)
{
	if (field_name_is_valid(name))
		return false;
	(void)run_error(run, call, "the field name \"%.*s\" is invalid",
	    (int)name.size_bytes, name.size_bytes > 0 ? name.at : "");
	return true;
}

/* ---- addheader --------------------------------------------------------- */

static const struct sieve_tag addheader_tags[] = {
	{ "last", TAG_LAST, SIEVE_NOTHING, 0, NULL, false },
	{ NULL, TAG_NONE, SIEVE_NOTHING, 0, NULL, false },
};

/* Section 4: a limit below 998 characters is none. */
static size_t
most_bytes(const struct sieve_options *options)
{
	return options->limits.header_bytes < FIELD_BYTES_MIN
	    ? FIELD_BYTES_MIN
	    : options->limits.header_bytes;
}

/* Gives NULL, or what is wrong with a value. */
static const char *
find_fault(const struct sieve_options *options, struct span value)
{
	if (value.size_bytes > most_bytes(options))
		return "too long";
	if (!charset_is_utf8(value))
		return "not UTF-8";
	if (value.size_bytes > 0 &&
	    memchr(value.at, '\0', value.size_bytes) != NULL)
		return "the byte 0 is in it";
	return NULL;
}

static bool
check_addheader(struct sieve_compiler *compiler, struct sieve_call *call)
{
	const struct sieve_text *value = &call->arguments[1].texts[0];
	const char *fault = NULL;

	if (value->piece_count == 0)
		fault = find_fault(compiler->options, value->constant);
	if (fault != NULL)
		return compiler_error(compiler, value->place,
		    "the value \"%.*s\" for a header field is invalid: %s",
		    SHOWN_BYTES_MAX(value->constant), value->constant.at,
		    fault);
	return headers_check(compiler, &call->arguments[0]);
}

static bool
is_good_value(struct sieve_run *run, const struct sieve_call *call,
    struct span value)
{
	const char *fault = find_fault(run->options, value);

	return fault == NULL ||
	    run_error(run, call,
		"the value \"%.*s\" for a header field is invalid: %s",
		SHOWN_BYTES_MAX(value), value.at, fault);
}

/* Section 6: the subject is everybody's to change. */
static bool
is_forbidden(const char *words, struct span name)
{
	return words_have(words, name) && !words_have("subject", name);
}

static bool
do_addheader(struct sieve_run *run, const struct sieve_call *call)
{
	const struct sieve_options *options = run->options;
	struct span name = run_string(run, &call->arguments[0]);
	struct span value = run_string(run, &call->arguments[1]);
	struct arena *memory = &run->memory;

	if (is_invalid_name(run, call, name) ||
	    !is_good_value(run, call, value))
		return false;
	if (is_forbidden(options->editheader_protected, name) ||
	    is_forbidden(options->editheader_forbid_add, name))
		return true;
	/* Variables may change; the list of fields stays. */
	if (!edit_add(&run->mail.fields, arena_copy(memory, name),
		arena_copy(memory, text_unfold(value, memory)),
		call_tag(call, TAG_LAST) != NULL, run->mail.is_crlf, memory))
		return run_error(run, call, "no memory is left");
	mail_was_edited(&run->mail);
	return true;
}

const struct sieve_spec command_addheader = {
	.name = "addheader",
	.needs = "editheader",
	.usage = "addheader [:last] \"field name\" \"value\";",
	.tags = { addheader_tags },
	.arguments = { SIEVE_STRING, SIEVE_STRING },
	.check = check_addheader,
	.execute = do_addheader,
};

/* ---- deleteheader ------------------------------------------------------ */

static const struct sieve_tag deleteheader_tags[] = {
	{ "index", TAG_INDEX, SIEVE_NUMBER, 0, NULL, false },
	{ "last", TAG_LAST, SIEVE_NOTHING, 0, NULL, false },
	{ NULL, TAG_NONE, SIEVE_NOTHING, 0, NULL, false },
};

static bool
check_deleteheader(struct sieve_compiler *compiler, struct sieve_call *call)
{
	return headers_check(compiler, &call->arguments[0]);
}

/* Section 5: these tell where a message has been. */
static bool
is_protected(const struct sieve_options *options, struct span name)
{
	return words_have("received auto-submitted", name) ||
	    is_forbidden(options->editheader_protected, name) ||
	    is_forbidden(options->editheader_forbid_delete, name);
}

static bool
matches(struct sieve_run *run, const struct sieve_call *call, size_t at,
    bool *truth_out)
{
	struct matcher matcher;

	matcher_start(&matcher, run, call);
	(void)matcher_offer(&matcher,
	    mail_value(&run->mail, at)); /* the only one */
	return matcher_end(&matcher, truth_out);
}

/* Is this field one of those to delete? */
static bool
is_meant(struct sieve_run *run, const struct sieve_call *call, struct span name,
    size_t at, bool *truth_out)
{
	*truth_out = field_is_named(&run->mail.fields.fields[at], name);
	if (!*truth_out || call->arguments[1].kind == SIEVE_NOTHING)
		return true;
	return matches(run, call, at, truth_out);
}

static bool
delete_one(struct sieve_run *run, const struct sieve_call *call,
    struct span name, uint64_t number)
{
	bool is_last = call_tag(call, TAG_LAST) != NULL, is_true;
	size_t at;

	if (!mail_select(&run->mail, name, number, is_last, &at))
		return true;
	if (!is_meant(run, call, name, at, &is_true))
		return false;
	if (is_true) {
		edit_delete(&run->mail.fields, at);
		mail_was_edited(&run->mail);
	}
	return true;
}

static bool
delete_all(struct sieve_run *run, const struct sieve_call *call,
    struct span name)
{
	struct field_list *fields = &run->mail.fields;
	bool *is_marked =
	    arena_take(&run->memory, fields->count, sizeof(*is_marked));
	size_t at;

	if (is_marked == NULL)
		return run_error(run, call, "no memory is left");
	for (at = 0; at < fields->count; at++)
		if (!is_meant(run, call, name, at, &is_marked[at]))
			return false;
	edit_delete_marked(fields, is_marked);
	mail_was_edited(&run->mail);
	return true;
}

static bool
do_deleteheader(struct sieve_run *run, const struct sieve_call *call)
{
	struct span name = run_string(run, &call->arguments[0]);
	const struct sieve_value *index = call_tag(call, TAG_INDEX);

	if (is_invalid_name(run, call, name) || !headers_spend(run, call, 1))
		return false;
	if (is_protected(run->options, name))
		return true;
	return index != NULL ? delete_one(run, call, name, index->number)
			     : delete_all(run, call, name);
}

const struct sieve_spec command_deleteheader = {
	.name = "deleteheader",
	.needs = "editheader",
	.usage = "deleteheader [:index <number> [:last]] [MATCH-TYPE] "
		 "[:comparator \"name\"] \"field name\" [<values>];",
	.tags = { spec_match_tags, deleteheader_tags },
	.arguments = { SIEVE_STRING, SIEVE_STRINGS },
	.optional = 2,
	.keys = 2,
	.check = check_deleteheader,
	.execute = do_deleteheader,
};
