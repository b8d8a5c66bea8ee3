#include "sieve/text.h"

#include <string.h>

#include "base/buffer.h"
#include "sieve/encoded.h"

static bool
is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static bool
is_letter(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	    byte == '_';
}

/* The length of the identifier, or of the number, at the start; or 0. */
static size_t
word_bytes(struct span text)
{
	size_t length = 0;
	bool is_number = text.size_bytes > 0 && is_digit(text.at[0]);

	while (length < text.size_bytes &&
	    (is_digit(text.at[length]) ||
		(!is_number && is_letter(text.at[length]))))
		length++;
	return length;
}

bool
text_variable_name(struct span whole, struct span *namespace_out,
    struct span *name_out)
{
	size_t at = 0;

	*namespace_out = whole;
	namespace_out->size_bytes = 0;
	for (;;) {
		size_t length = word_bytes(span_from(whole, at));

		/* A namespace begins with a letter. */
		if (length == 0 ||
		    (at == 0 && is_digit(whole.at[0]) &&
			length < whole.size_bytes))
			return false;
		*name_out = span_from(whole, at);
		if (at + length == whole.size_bytes)
			return true;
		if (whole.at[at + length] != '.')
			return false;
		namespace_out->size_bytes = at + length;
		at += length + 1;
	}
}

static bool
match_number(struct sieve_compiler *compiler, struct span digits,
    struct sieve_place place, size_t *number_out)
{
	unsigned most = compiler->options->limits.match_values;
	size_t i;

	*number_out = 0;
	for (i = 0; i < digits.size_bytes && *number_out < most; i++)
		*number_out = *number_out * 10 + (size_t)(digits.at[i] - '0');
	if (*number_out >= most)
		return compiler_error(compiler, place,
		    "${%.*s} is out of range: the last match variable is "
		    "${%u}",
		    (int)digits.size_bytes, digits.at, most - 1);
	return true;
}

/* Which of the extras that the script requires has this namespace? */
static const struct sieve_extra *
find_namespace(struct sieve_compiler *compiler, struct span name)
{
	const struct sieve_extra *const *extra = compiler->options->extras;

	for (; extra != NULL && *extra != NULL; extra++)
		if ((*extra)->variables != NULL &&
		    strlen((*extra)->variables) == name.size_bytes &&
		    span_starts_nocase(name, (*extra)->variables) &&
		    compiler_has(compiler, (*extra)->name))
			return *extra;
	return NULL;
}

static bool
is_global_namespace(struct sieve_compiler *compiler, struct span name)
{
	return name.size_bytes == 6 && span_starts_nocase(name, "global") &&
	    compiler_has(compiler, "include");
}

static bool
resolve_namespace(struct sieve_compiler *compiler, struct span name_space,
    struct span name, struct sieve_place place, struct text_piece *piece)
{
	if (is_global_namespace(compiler, name_space) &&
	    !is_digit(name.at[0])) {
		piece->kind = PIECE_GLOBAL;
		return compiler_global(compiler, name, place, &piece->index);
	}
	piece->kind = PIECE_EXTRA;
	piece->literal = arena_copy(compiler->memory, name);
	piece->extra = find_namespace(compiler, name_space);
	if (piece->extra == NULL)
		return compiler_error(compiler, place,
		    "there is no namespace \"%.*s\" for variables%s",
		    (int)name_space.size_bytes, name_space.at,
		    span_starts_nocase(name_space, "global")
			? "; write require \"include\""
			: "");
	return true;
}

static bool
resolve(struct sieve_compiler *compiler, struct span name_space,
    struct span name, struct sieve_place place, struct text_piece *piece)
{
	struct scope_name found;

	if (name_space.size_bytes > 0)
		return resolve_namespace(compiler, name_space, name, place,
		    piece);
	if (is_digit(name.at[0])) {
		piece->kind = PIECE_MATCH;
		return match_number(compiler, name, place, &piece->index);
	}
	if (!compiler_variable(compiler, name, place, false, &found))
		return false;
	piece->kind = found.is_global ? PIECE_GLOBAL : PIECE_LOCAL;
	piece->index = found.index;
	return true;
}

/* The name in "${name}" at the start of text, if that is what it is. */
static bool
find_reference(struct span text, struct span *namespace_out,
    struct span *name_out)
{
	struct span whole;
	size_t length = 0;

	if (!span_starts(text, "${"))
		return false;
	whole = span_from(text, 2);
	while (length < whole.size_bytes &&
	    (is_letter(whole.at[length]) || is_digit(whole.at[length]) ||
		whole.at[length] == '.'))
		length++;
	if (length == whole.size_bytes || whole.at[length] != '}')
		return false;
	whole.size_bytes = length;
	return text_variable_name(whole, namespace_out, name_out);
}

/* Room doubles whenever the count is a power of two. */
static struct text_piece *
add_piece(struct sieve_compiler *compiler, struct sieve_text *text)
{
	size_t count = text->piece_count;
	struct text_piece *pieces =
	    (struct text_piece *)(uintptr_t)text->pieces;

	if ((count & (count - 1)) == 0)
		pieces = arena_grow(compiler->memory, pieces,
		    count * sizeof(*pieces),
		    (count == 0 ? 1 : 2 * count) * sizeof(*pieces));
	if (pieces == NULL)
		return NULL;
	text->pieces = pieces;
	text->piece_count++;
	return &pieces[count];
}

static bool
add_literal(struct sieve_compiler *compiler, struct sieve_text *text,
    struct span literal)
{
	struct text_piece *piece;

	if (literal.size_bytes == 0)
		return true;
	piece = add_piece(compiler, text);
	if (piece == NULL)
		return compiler_error(compiler, text->place,
		    "no memory is left");
	piece->kind = PIECE_LITERAL;
	piece->literal = literal;
	return true;
}

static bool
add_reference(struct sieve_compiler *compiler, struct sieve_text *text,
    struct span name_space, struct span name)
{
	struct text_piece *piece = add_piece(compiler, text);

	if (piece == NULL)
		return compiler_error(compiler, text->place,
		    "no memory is left");
	return resolve(compiler, name_space, name, text->place, piece);
}

/* The literal before each reference ends where the reference begins. */
static bool
split(struct sieve_compiler *compiler, struct sieve_text *text)
{
	struct span rest = text->constant, literal = rest;
	struct span name_space, name;

	literal.size_bytes = 0;
	while (rest.size_bytes > 0) {
		if (!find_reference(rest, &name_space, &name)) {
			literal.size_bytes++;
			rest = span_from(rest, 1);
			continue;
		}
		if (!add_literal(compiler, text, literal) ||
		    !add_reference(compiler, text, name_space, name))
			return false;
		rest.size_bytes -=
		    (size_t)(name.at + name.size_bytes + 1 - rest.at);
		rest.at = name.at + name.size_bytes + 1;
		literal = rest;
		literal.size_bytes = 0;
	}
	return text->piece_count == 0 || add_literal(compiler, text, literal);
}

bool
text_compile(struct sieve_compiler *compiler, struct span string,
    struct sieve_place place, struct sieve_text *text_out)
{
	struct buffer decoded;

	memset(text_out, 0, sizeof(*text_out));
	text_out->place = place;
	buffer_start(&decoded, &compiler->tree);
	if (compiler_has(compiler, "encoded-character")) {
		if (!encoded_add(&decoded, string))
			return compiler_error(compiler, place,
			    "${unicode:...} holds a number that is no "
			    "character: write 0 to D7FF or E000 to 10FFFF");
		string = buffer_span(&decoded);
	}
	text_out->constant = arena_copy(compiler->memory, string);
	if (!compiler_has(compiler, "variables"))
		return true;
	return split(compiler, text_out);
}
