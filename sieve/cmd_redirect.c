/* RFC 5228: redirect; RFC 3894: ":copy". */
#include <string.h>

#include "mime/address.h"
#include "sieve/commands.h"
#include "sieve/compiler.h"
#include "sieve/copy.h"
#include "sieve/run.h"

const struct sieve_tag copy_tags[] = {
	{ "copy", TAG_COPY, SIEVE_NOTHING, 0, "copy", false },
	{ NULL, TAG_NONE, SIEVE_NOTHING, 0, NULL, false },
};

/*
 * "Name <a@b>" is an address to RFC 5228, section 2.4.2.3; only what is within
 * is used.
 */
static bool
bare_address(struct span text, struct arena *arena, struct span *bare_out)
{
	struct address_list list;
	struct buffer bare;

	address_read(&list, text, arena);
	if (list.count != 1 || !list.items[0].is_valid ||
	    list.items[0].is_null || address_has_extras(text, arena))
		return false;
	buffer_start(&bare, arena);
	address_add(&bare, &list.items[0]);
	*bare_out = buffer_span(&bare);
	return address_is_sendable(*bare_out, arena);
}

static bool
check_redirect(struct sieve_compiler *compiler, struct sieve_call *call)
{
	const struct sieve_text *text = &call->arguments[0].texts[0];
	struct span bare;

	if (text->piece_count > 0 ||
	    bare_address(text->constant, &compiler->tree, &bare))
		return true;
	return compiler_error(compiler, text->place,
	    "\"%.*s\" is not one mail address: write "
	    "\"somebody@example.org\"",
	    (int)text->constant.size_bytes,
	    text->constant.size_bytes > 0 ? text->constant.at : "");
}

static bool
do_redirect(struct sieve_run *run, const struct sieve_call *call)
{
	struct span text = run_string(run, &call->arguments[0]);
	struct sieve_action action;

	memset(&action, 0, sizeof(action));
	action.kind = SIEVE_REDIRECT;
	action.is_copy = call_tag(call, TAG_COPY) != NULL;
	if (!bare_address(text, &run->memory, &action.address))
		return run_error(run, call,
		    "\"%.*s\" is not one mail address to redirect to",
		    (int)text.size_bytes, text.size_bytes > 0 ? text.at : "");
	return run_action(run, call, &action);
}

const struct sieve_spec command_redirect = {
	.name = "redirect",
	.usage = "redirect [:copy] \"address\";",
	.tags = { copy_tags },
	.arguments = { SIEVE_STRING },
	.check = check_redirect,
	.execute = do_redirect,
};
