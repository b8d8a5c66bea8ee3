#include "sieve/headers.h"

#include <string.h>

#include "mime/field.h"

/* Names that can be compared in about the time of an instruction. */
enum { FIELDS_A_STEP = 8 };

static bool
check_name(struct sieve_compiler *compiler, const struct sieve_text *text)
{
	struct span name = text->constant;

	if (text->piece_count > 0 || field_name_is_valid(name))
		return true;
	return compiler_error(compiler, text->place,
	    "the field name \"%.*s\" is invalid: write it without colon and "
	    "blanks",
	    (int)name.size_bytes, name.size_bytes > 0 ? name.at : "");
}

bool
headers_check(struct sieve_compiler *compiler, const struct sieve_value *names)
{
	size_t i;

	for (i = 0; i < names->count; i++)
		if (!check_name(compiler, &names->texts[i]))
			return false;
	return true;
}

bool
headers_spend(struct sieve_run *run, const struct sieve_call *call,
    size_t times)
{
	return run_spend(run, call,
	    1 + (uint64_t)times * run->mail.fields.count / FIELDS_A_STEP);
}

void
headers_start(struct headers *headers, struct sieve_run *run,
    const struct sieve_call *call, const struct sieve_value *names)
{
	memset(headers, 0, sizeof(*headers));
	headers->run = run;
	headers->call = call;
	headers->names = run_strings(run, names);
	if (!headers_spend(run, call, headers->names.count))
		headers->names.count = 0; /* the run ends */
}

static size_t
count_fields(const struct sieve_mail *mail, struct span name)
{
	size_t count = 0, at;

	for (at = 0; mail_next(mail, name, &at); at++)
		count++;
	return count;
}

/* All named fields are one list, in the order of the names. */
static bool
select_field(const struct headers *headers, uint64_t number, size_t *at_out)
{
	const struct sieve_mail *mail = &headers->run->mail;
	bool is_last = call_tag(headers->call, TAG_LAST) != NULL;
	size_t count = headers->names.count, i;

	for (i = 0; i < count; i++) {
		struct span name =
		    headers->names.at[is_last ? count - 1 - i : i];
		size_t fields = count_fields(mail, name);

		if (number <= fields)
			return mail_select(mail, name, number, is_last, at_out);
		number -= fields;
	}
	return false;
}

bool
headers_next(struct headers *headers, size_t *at_out)
{
	const struct sieve_value *index = call_tag(headers->call, TAG_INDEX);
	const struct sieve_mail *mail = &headers->run->mail;

	if (index != NULL && headers->name < headers->names.count) {
		headers->name = headers->names.count;
		return select_field(headers, index->number, at_out);
	}
	for (; headers->name < headers->names.count; headers->name++) {
		struct span name = headers->names.at[headers->name];

		if (mail_next(mail, name, &headers->at)) {
			*at_out = headers->at++;
			return true;
		}
		headers->at = 0;
	}
	return false;
}
