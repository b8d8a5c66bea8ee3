#include "sieve/variable.h"

#include "sieve/text.h"

static bool
is_global_namespace(struct sieve_compiler *compiler, struct span name)
{
	return name.size_bytes == 6 && span_starts_nocase(name, "global") &&
	    compiler_has(compiler, "include");
}

static bool
bind_name(struct sieve_compiler *compiler, const struct sieve_text *text,
    struct span name, bool is_set, struct variable *variable_out)
{
	struct scope_name found;

	if (!compiler_variable(compiler, name, text->place, is_set, &found))
		return false;
	variable_out->index = found.index;
	variable_out->is_global = found.is_global;
	return true;
}

bool
variable_bind(struct sieve_compiler *compiler, const struct sieve_text *text,
    bool is_set, struct variable *variable_out)
{
	struct span name_space, name;

	if (text->piece_count > 0)
		return compiler_error(compiler, text->place,
		    "the name of a variable must be written out here, "
		    "without \"${...}\"");
	if (!text_variable_name(text->constant, &name_space, &name) ||
	    (name.at[0] >= '0' && name.at[0] <= '9'))
		return compiler_error(compiler, text->place,
		    "\"%.*s\" is no name of a variable: write letters, "
		    "digits and \"_\", with a letter in front",
		    (int)text->constant.size_bytes,
		    text->constant.size_bytes > 0 ? text->constant.at : "");
	if (name_space.size_bytes == 0)
		return bind_name(compiler, text, name, is_set, variable_out);
	if (!is_global_namespace(compiler, name_space))
		return compiler_error(compiler, text->place,
		    "variables of the namespace \"%.*s\" cannot be %s here",
		    (int)name_space.size_bytes, name_space.at,
		    is_set ? "set" : "used");
	variable_out->is_global = true;
	return compiler_global(compiler, name, text->place,
	    &variable_out->index);
}

struct sieve_slot *
variable_slot(struct sieve_run *run, const struct variable *variable)
{
	return variable->is_global ? &run->globals[variable->index]
				   : &run->frame->locals[variable->index];
}

struct span
variable_value(struct sieve_run *run, const struct variable *variable)
{
	const struct sieve_slot *slot = variable_slot(run, variable);
	struct span value = { slot->at, slot->size_bytes };

	return value;
}
