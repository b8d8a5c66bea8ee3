#include "sieve/headers.h"

#include <string.h>

#include "mime/field.h"

static bool
check_name(struct sieve_compiler *compiler, const struct sieve_text *text)
{
	struct span name = text->constant;

	if (text->piece_count > 0 || field_name_is_valid(name))
		return true;
	if (name.size_bytes > 1 && name.at[name.size_bytes - 1] == ':')
		return compiler_error(compiler, text->place,
		    "write the name of a header field without the colon: "
		    "\"%.*s\"",
		    (int)name.size_bytes - 1, name.at);
	return compiler_error(compiler, text->place,
	    "\"%.*s\" is no name of a header field", (int)name.size_bytes,
	    name.size_bytes > 0 ? name.at : "");
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

void
headers_start(struct headers *headers, struct sieve_run *run,
    const struct sieve_call *call, const struct sieve_value *names)
{
	memset(headers, 0, sizeof(*headers));
	headers->run = run;
	headers->call = call;
	headers->names = run_strings(run, names);
}

bool
headers_next(struct headers *headers, size_t *at_out)
{
	const struct sieve_value *index = call_tag(headers->call, TAG_INDEX);
	bool is_last = call_tag(headers->call, TAG_LAST) != NULL;
	const struct sieve_mail *mail = &headers->run->mail;

	while (headers->name < headers->names.count) {
		struct span name = headers->names.at[headers->name];

		if (index != NULL) {
			headers->name++;
			if (mail_select(mail, name, index->number, is_last,
				at_out))
				return true;
			continue;
		}
		if (mail_next(mail, name, &headers->at)) {
			*at_out = headers->at++;
			return true;
		}
		headers->name++;
		headers->at = 0;
	}
	return false;
}
