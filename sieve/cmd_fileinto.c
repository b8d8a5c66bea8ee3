/* RFC 5228: fileinto; RFC 3894: ":copy"; RFC 5490: ":create". */
#include <string.h>

#include "mime/charset.h"
#include "sieve/commands.h"
#include "sieve/copy.h"
#include "sieve/flags.h"
#include "sieve/run.h"

static const struct sieve_tag fileinto_tags[] = {
	{ "create", TAG_CREATE, SIEVE_NOTHING, 0, "mailbox", false },
	{ NULL, TAG_NONE, SIEVE_NOTHING, 0, NULL, false },
};

static bool
do_fileinto(struct sieve_run *run, const struct sieve_call *call)
{
	struct sieve_action action;

	memset(&action, 0, sizeof(action));
	action.kind = SIEVE_FILEINTO;
	action.mailbox = run_string(run, &call->arguments[0]);
	action.is_copy = call_tag(call, TAG_COPY) != NULL;
	action.create = call_tag(call, TAG_CREATE) != NULL;
	if (action.mailbox.size_bytes == 0)
		return run_error(run, call,
		    "the name of the mailbox for \"fileinto\" is empty");
	if (memchr(action.mailbox.at, '\0', action.mailbox.size_bytes) !=
		NULL ||
	    !charset_is_utf8(action.mailbox))
		return run_error(run, call,
		    "the name of the mailbox for \"fileinto\" is not valid "
		    "UTF-8");
	return flags_of_action(run, call, &action) &&
	    run_action(run, call, &action);
}

const struct sieve_spec command_fileinto = {
	.name = "fileinto",
	.needs = "fileinto",
	.usage = "fileinto [:copy] [:create] [:flags <flags>] \"mailbox\";",
	.tags = { copy_tags, fileinto_tags, flags_tags },
	.arguments = { SIEVE_STRING },
	.execute = do_fileinto,
};
