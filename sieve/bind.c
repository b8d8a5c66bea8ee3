#include "sieve/bind.h"

#include <string.h>

#include "sieve/match.h"
#include "sieve/text.h"

struct binding {
	struct sieve_compiler *compiler;
	const struct sieve_spec *spec;
	struct sieve_call *call;
	const struct tree_argument *next;
};

static const char *
kind_name(enum sieve_kind kind)
{
	switch (kind) {
	case SIEVE_NUMBER:
		return "a number";
	case SIEVE_STRING:
		return "a string";
	case SIEVE_STRINGS:
		return "a string or a list of strings";
	case SIEVE_NOTHING:
		break;
	}
	return "nothing";
}

static const char *
written_name(const struct tree_argument *argument)
{
	if (argument == NULL)
		return "nothing";
	if (argument->kind == TREE_NUMBER)
		return "a number";
	if (argument->kind == TREE_TAG)
		return "a tag";
	return argument->is_list ? "a list of strings" : "a string";
}

static bool
is_kind(const struct tree_argument *argument, enum sieve_kind kind)
{
	if (argument == NULL)
		return false;
	if (kind == SIEVE_NUMBER)
		return argument->kind == TREE_NUMBER;
	return argument->kind == TREE_STRINGS &&
	    (kind == SIEVE_STRINGS || !argument->is_list);
}

static bool
bind_strings(struct sieve_compiler *compiler,
    const struct tree_argument *argument, struct sieve_value *value)
{
	const struct tree_string *string = argument->strings;
	struct sieve_text *texts = arena_take(compiler->memory,
	    argument->string_count, sizeof(*texts));

	if (texts == NULL)
		return compiler_error(compiler, argument->place,
		    "no memory is left");
	value->texts = texts;
	for (; string != NULL; string = string->next)
		if (!text_compile(compiler, string->text, string->place,
			&texts[value->count++]))
			return false;
	return true;
}

/* The argument is of the right kind: is_kind() was asked before. */
static bool
bind_value(struct sieve_compiler *compiler,
    const struct tree_argument *argument, enum sieve_kind kind,
    struct sieve_value *value)
{
	value->kind = kind;
	value->place = argument->place;
	value->number = argument->number;
	return kind == SIEVE_NUMBER || bind_strings(compiler, argument, value);
}

static bool
is_tag(const struct sieve_tag *tag, struct span name)
{
	return strlen(tag->name) == name.size_bytes &&
	    span_starts_nocase(name, tag->name);
}

static const struct sieve_tag *
find_tag(const struct sieve_spec *spec, struct span name)
{
	const struct sieve_tag *tag;
	size_t i;

	for (i = 0; i < SPEC_TAG_LISTS_MAX && spec->tags[i] != NULL; i++)
		for (tag = spec->tags[i]; tag->name != NULL; tag++)
			if (is_tag(tag, name))
				return tag;
	return NULL;
}

/* Is the tag allowed here, beside those that stand before it? */
static bool
check_tag(struct binding *binding, const struct sieve_tag *tag)
{
	struct sieve_compiler *compiler = binding->compiler;
	struct sieve_place place = binding->next->place;
	size_t i;

	if (!compiler_has(compiler, tag->needs))
		return compiler_error(compiler, place,
		    "\":%s\" needs require \"%s\" at the top of the script",
		    tag->name, tag->needs);
	for (i = 0; i < binding->call->tag_count; i++) {
		const struct sieve_tag *other = binding->call->tags[i].tag;

		if (other == tag)
			return compiler_error(compiler, place,
			    "\":%s\" stands here twice", tag->name);
		if (tag->group != 0 && other->group == tag->group)
			return compiler_error(compiler, place,
			    "\":%s\" and \":%s\" exclude each other; write "
			    "one of them",
			    other->name, tag->name);
	}
	return true;
}

static bool
bind_tag_value(struct binding *binding, const struct sieve_tag *tag,
    struct sieve_value *value)
{
	const struct tree_argument *argument = binding->next;
	struct sieve_place place = value->place;

	if (tag->value == SIEVE_NOTHING)
		return true;
	if (!is_kind(argument, tag->value))
		return compiler_error(binding->compiler,
		    argument != NULL ? argument->place : place,
		    "\":%s\" must be followed by %s, found %s", tag->name,
		    kind_name(tag->value), written_name(argument));
	binding->next = argument->next;
	if (!bind_value(binding->compiler, argument, tag->value, value))
		return false;
	if (tag->wants_constant && value->count > 0 &&
	    value->texts[0].piece_count > 0)
		return compiler_error(binding->compiler, argument->place,
		    "what follows \":%s\" must not hold variables", tag->name);
	return true;
}

static bool
bind_tag(struct binding *binding, struct sieve_tagged *tagged)
{
	struct span name = binding->next->tag;

	tagged->tag = find_tag(binding->spec, name);
	if (tagged->tag == NULL)
		return compiler_error(binding->compiler, binding->next->place,
		    "\"%s\" has no \":%.*s\"; write: %s", binding->spec->name,
		    (int)name.size_bytes, name.at, binding->spec->usage);
	if (!check_tag(binding, tagged->tag))
		return false;
	tagged->value.place = binding->next->place;
	binding->next = binding->next->next;
	if (!bind_tag_value(binding, tagged->tag, &tagged->value))
		return false;
	binding->call->tag_count++;
	return true;
}

static bool
bind_tags(struct binding *binding)
{
	const struct tree_argument *argument = binding->next;
	struct sieve_tagged *tags;
	size_t count = 0;

	for (; argument != NULL; argument = argument->next)
		count += argument->kind == TREE_TAG;
	tags = arena_take(binding->compiler->memory, count, sizeof(*tags));
	if (tags == NULL)
		return compiler_error(binding->compiler, binding->call->place,
		    "no memory is left");
	binding->call->tags = tags;
	while (binding->next != NULL && binding->next->kind == TREE_TAG)
		if (!bind_tag(binding, &tags[binding->call->tag_count]))
			return false;
	return true;
}

static size_t
count_wanted(const struct sieve_spec *spec)
{
	size_t count = 0;

	while (count < SPEC_ARGUMENTS_MAX &&
	    spec->arguments[count] != SIEVE_NOTHING)
		count++;
	return count;
}

static bool
complain_count(struct binding *binding, size_t written, size_t wanted)
{
	const struct tree_argument *last = binding->next;

	return compiler_error(binding->compiler,
	    last != NULL && written > wanted ? last->place
					     : binding->call->place,
	    "\"%s\" has too %s arguments; write: %s", binding->spec->name,
	    written > wanted ? "many" : "few", binding->spec->usage);
}

static bool
bind_positional(struct binding *binding, size_t number)
{
	struct sieve_value *value = &binding->call->arguments[number];
	enum sieve_kind kind = binding->spec->arguments[number];
	const struct tree_argument *argument = binding->next;

	if (!is_kind(argument, kind))
		return compiler_error(binding->compiler, argument->place,
		    argument->kind == TREE_TAG
			? "\"%s\" wants %s here, found %s: tags stand before "
			  "other arguments; write: %s"
			: "\"%s\" wants %s here, found %s; write: %s",
		    binding->spec->name, kind_name(kind),
		    written_name(argument), binding->spec->usage);
	binding->next = argument->next;
	return bind_value(binding->compiler, argument, kind, value);
}

static bool
bind_positionals(struct binding *binding)
{
	const struct tree_argument *argument = binding->next;
	size_t wanted = count_wanted(binding->spec), written = 0, i;
	unsigned left_out = 0;

	for (; argument != NULL; argument = argument->next)
		written++;
	if (binding->spec->optional != 0 && written + 1 == wanted)
		left_out = binding->spec->optional;
	else if (written < wanted)
		return complain_count(binding, written, wanted);
	for (i = 0; i < wanted; i++)
		if (i + 1 != left_out && !bind_positional(binding, i))
			return false;
	return written <= wanted || complain_count(binding, written, wanted);
}

static bool
bind_relation(struct sieve_compiler *compiler,
    const struct sieve_tagged *tagged, struct sieve_matching *matching)
{
	struct span word = tagged->value.texts[0].constant;

	if (compare_relation_named(&matching->relation, word))
		return true;
	return compiler_error(compiler, tagged->value.place,
	    "\":%s\" wants \"gt\", \"ge\", \"lt\", \"le\", \"eq\" or \"ne\", "
	    "found \"%.*s\"",
	    tagged->tag->name, (int)word.size_bytes, word.at);
}

static bool
bind_comparator(struct sieve_compiler *compiler,
    const struct sieve_tagged *tagged, struct sieve_matching *matching)
{
	struct span name = tagged->value.texts[0].constant;

	if (!compare_named(&matching->comparator, name))
		return compiler_error(compiler, tagged->value.place,
		    "there is no comparator \"%.*s\"; write \"i;octet\", "
		    "\"i;ascii-casemap\" or \"i;ascii-numeric\"",
		    (int)name.size_bytes, name.at);
	if (matching->comparator != COMPARATOR_NUMERIC ||
	    compiler_has(compiler, "comparator-i;ascii-numeric"))
		return true;
	return compiler_error(compiler, tagged->value.place,
	    "the comparator \"i;ascii-numeric\" needs require "
	    "\"comparator-i;ascii-numeric\" at the top of the script");
}

static bool
bind_match_tag(struct binding *binding, const struct sieve_tagged *tagged)
{
	struct sieve_matching *matching = &binding->call->matching;

	switch (tagged->tag->id) {
	case TAG_CONTAINS:
		matching->type = SIEVE_CONTAINS;
		return true;
	case TAG_MATCHES:
		matching->type = SIEVE_MATCHES;
		return true;
	case TAG_REGEX:
		matching->type = SIEVE_REGEX;
		return true;
	case TAG_VALUE:
		matching->type = SIEVE_VALUE;
		return bind_relation(binding->compiler, tagged, matching);
	case TAG_COUNT:
		matching->type = SIEVE_COUNT;
		return bind_relation(binding->compiler, tagged, matching);
	case TAG_COMPARATOR:
		return bind_comparator(binding->compiler, tagged, matching);
	}
	return true;
}

static bool
bind_regexes(struct binding *binding)
{
	struct sieve_call *call = binding->call;
	const struct sieve_value *keys =
	    &call->arguments[binding->spec->keys - 1];
	struct match_regex **regexes;
	size_t i;

	for (i = 0; i < keys->count; i++)
		if (keys->texts[i].piece_count > 0)
			return true;
	regexes = arena_take(binding->compiler->memory, keys->count,
	    sizeof(*regexes));
	if (regexes == NULL)
		return compiler_error(binding->compiler, call->place,
		    "no memory is left");
	for (i = 0; i < keys->count; i++) {
		regexes[i] = compiler_regex(binding->compiler,
		    call->matching.comparator, &keys->texts[i]);
		if (regexes[i] == NULL)
			return false;
	}
	call->matching.regexes = regexes;
	return true;
}

static bool
bind_matching(struct binding *binding)
{
	struct sieve_call *call = binding->call;
	enum sieve_match type;
	size_t i;

	call->matching.comparator = COMPARATOR_CASEMAP;
	for (i = 0; i < call->tag_count; i++)
		if (!bind_match_tag(binding, &call->tags[i]))
			return false;
	type = call->matching.type;
	if (!compare_has_substrings(call->matching.comparator) &&
	    (type == SIEVE_CONTAINS || type == SIEVE_MATCHES ||
		type == SIEVE_REGEX))
		return compiler_error(binding->compiler, call->place,
		    "the comparator \"i;ascii-numeric\" compares whole "
		    "numbers: write \":is\", \":value\" or \":count\"");
	if (type == SIEVE_REGEX && binding->spec->keys != 0)
		return bind_regexes(binding);
	return true;
}

/* RFC 5260 section 6: counts from 1, and ":last" says from where. */
static bool
check_index(struct binding *binding)
{
	const struct sieve_value *index = call_tag(binding->call, TAG_INDEX);

	if (index != NULL && index->kind == SIEVE_NUMBER && index->number == 0)
		return compiler_error(binding->compiler, index->place,
		    "\":index\" counts from 1");
	if (index == NULL && find_tag(binding->spec, span_of("index")) &&
	    call_tag(binding->call, TAG_LAST) != NULL)
		return compiler_error(binding->compiler, binding->call->place,
		    "\":last\" says from where \":index\" counts: write "
		    "\":index 1 :last\"");
	return true;
}

const struct sieve_call *
bind_call(struct sieve_compiler *compiler, const struct tree_node *node,
    const struct sieve_spec *spec)
{
	struct binding binding = { compiler, spec, NULL, node->arguments };
	struct sieve_call *call =
	    arena_take(compiler->memory, 1, sizeof(*call));

	if (call == NULL) {
		(void)compiler_error(compiler, node->place,
		    "no memory is left");
		return NULL;
	}
	binding.call = call;
	call->spec = spec;
	call->place = node->place;
	if (!bind_tags(&binding) || !bind_positionals(&binding) ||
	    !bind_matching(&binding) || !check_index(&binding) ||
	    (spec->check != NULL && !spec->check(compiler, call)))
		return NULL;
	return call;
}
