/* RFC 5228: fileinto; RFC 3894: ":copy"; RFC 5490: ":create". */
#include <string.h>

#include "mime/charset.h"
#include "sieve/commands.h"
#include "sieve/compiler.h"
#include "sieve/copy.h"
#include "sieve/flags.h"
#include "sieve/run.h"

static const struct sieve_tag fileinto_tags[] = {
	{ "create", TAG_CREATE, SIEVE_NOTHING, 0, "mailbox", false },
	{ NULL, TAG_NONE, SIEVE_NOTHING, 0, NULL, false },
};

/* Gives NULL, or what is wrong with the name of a mailbox. */
static const char *
find_fault(struct span name)
{
	if (name.size_bytes == 0)
		return "it is empty";
	if (!charset_is_utf8(name) ||
	    memchr(name.at, '\0', name.size_bytes) != NULL)
		return "it is not UTF-8";
	if (span_has_control(name))
		return "it has control characters";
	if (name.size_bytes > SIEVE_MAILBOX_BYTES_MAX)
		return "it is too long";
	return NULL;
}

static bool
check_fileinto(struct sieve_compiler *compiler, struct sieve_call *call)
{
	const struct sieve_text *name = &call->arguments[0].texts[0];
	const char *fault = NULL;

	if (name->piece_count == 0)
		fault = find_fault(name->constant);
	return fault == NULL ||
	    compiler_error(compiler, name->place,
		"\"fileinto\" has an invalid folder name: %s", fault);
}

static bool
do_fileinto(struct sieve_run *run, const struct sieve_call *call)
{
	struct sieve_action action;
	const char *fault;

	memset(&action, 0, sizeof(action));
	action.kind = SIEVE_FILEINTO;
	action.mailbox = run_string(run, &call->arguments[0]);
	action.is_copy = call_tag(call, TAG_COPY) != NULL;
	action.create = call_tag(call, TAG_CREATE) != NULL;
	fault = find_fault(action.mailbox);
	if (fault != NULL)
		return run_error(run, call,
		    "\"fileinto\" has an invalid folder name: %s", fault);
	return flags_of_action(run, call, &action) &&
	    run_action(run, call, &action);
}

const struct sieve_spec command_fileinto = {
	.name = "fileinto",
	.needs = "fileinto",
	.usage = "fileinto [:copy] [:create] [:flags <flags>] \"mailbox\";",
	.tags = { copy_tags, fileinto_tags, flags_tags },
	.arguments = { SIEVE_STRING },
	.check = check_fileinto,
	.execute = do_fileinto,
};
