#include "sieve/parser.h"

#include <string.h>

#include "sieve/lexer.h"

struct parser {
	struct lexer lexer;
	unsigned depth;
	unsigned nesting;
};

static bool parse_test(struct parser *parser, struct tree_node **test_out);
static bool parse_commands(struct parser *parser, struct tree_node **out);

/* What is wrong is told at the place of the word that was read last. */
static bool
complain(struct parser *parser, const char *expected)
{
	struct lexer *lexer = &parser->lexer;

	return error_add(lexer->errors, lexer->script, lexer->token.place,
	    "expected %s, found %s", expected, lexer_describe(lexer));
}

static bool
no_memory(struct parser *parser)
{
	struct lexer *lexer = &parser->lexer;

	return error_add(lexer->errors, lexer->script, lexer->token.place,
	    "no memory is left for this script");
}

static bool
deeper(struct parser *parser)
{
	struct lexer *lexer = &parser->lexer;

	if (parser->depth == parser->nesting)
		return error_add(lexer->errors, lexer->script,
		    lexer->token.place,
		    "blocks or tests lie more than %u deep in each other",
		    parser->nesting);
	parser->depth++;
	return true;
}

static bool
parse_string(struct parser *parser, struct tree_argument *argument,
    struct tree_string ***last)
{
	struct lexer *lexer = &parser->lexer;
	struct tree_string *string;

	if (lexer->token.kind != TOKEN_STRING)
		return complain(parser, "a string");
	string = arena_take(lexer->arena, 1, sizeof(*string));
	if (string == NULL)
		return no_memory(parser);
	string->text = lexer->token.text;
	string->place = lexer->token.place;
	**last = string;
	*last = &string->next;
	argument->string_count++;
	return lexer_next(lexer);
}

static bool
parse_strings(struct parser *parser, struct tree_argument *argument)
{
	struct lexer *lexer = &parser->lexer;
	struct tree_string **last = &argument->strings;

	argument->kind = TREE_STRINGS;
	if (!lexer_is_sign(lexer, '['))
		return parse_string(parser, argument, &last);
	argument->is_list = true;
	do {
		if (!lexer_next(lexer) ||
		    !parse_string(parser, argument, &last))
			return false;
	} while (lexer_is_sign(lexer, ','));
	if (!lexer_is_sign(lexer, ']'))
		return complain(parser, "\",\" or \"]\"");
	return lexer_next(lexer);
}

static bool
is_argument(const struct lexer *lexer)
{
	return lexer->token.kind == TOKEN_TAG ||
	    lexer->token.kind == TOKEN_NUMBER ||
	    lexer->token.kind == TOKEN_STRING || lexer_is_sign(lexer, '[');
}

static bool
parse_argument(struct parser *parser, struct tree_argument *argument)
{
	struct lexer *lexer = &parser->lexer;

	argument->place = lexer->token.place;
	argument->number = lexer->token.number;
	if (lexer->token.kind == TOKEN_NUMBER)
		argument->kind = TREE_NUMBER;
	else if (lexer->token.kind == TOKEN_TAG) {
		argument->kind = TREE_TAG;
		argument->tag = lexer->token.text;
	} else
		return parse_strings(parser, argument);
	return lexer_next(lexer);
}

static bool
parse_test_list(struct parser *parser, struct tree_node *node)
{
	struct lexer *lexer = &parser->lexer;
	struct tree_node **last = &node->tests;

	node->has_test_list = true;
	do {
		if (!lexer_next(lexer) || !parse_test(parser, last))
			return false;
		last = &(*last)->next;
	} while (lexer_is_sign(lexer, ','));
	if (!lexer_is_sign(lexer, ')'))
		return complain(parser, "\",\" or \")\"");
	return lexer_next(lexer);
}

/* Arguments, then a test or a list of tests, as the grammar has them. */
static bool
parse_arguments(struct parser *parser, struct tree_node *node)
{
	struct lexer *lexer = &parser->lexer;
	struct tree_argument **last = &node->arguments;

	while (is_argument(lexer)) {
		*last = arena_take(lexer->arena, 1, sizeof(**last));
		if (*last == NULL)
			return no_memory(parser);
		if (!parse_argument(parser, *last))
			return false;
		last = &(*last)->next;
	}
	if (lexer_is_sign(lexer, '('))
		return parse_test_list(parser, node);
	if (lexer->token.kind == TOKEN_IDENTIFIER)
		return parse_test(parser, &node->tests);
	return true;
}

static bool
parse_name(struct parser *parser, struct tree_node **node_out)
{
	struct lexer *lexer = &parser->lexer;
	struct tree_node *node = arena_take(lexer->arena, 1, sizeof(*node));

	if (node == NULL)
		return no_memory(parser);
	node->place = lexer->token.place;
	node->name = lexer->token.text;
	*node_out = node;
	return lexer_next(lexer);
}

static bool
parse_test(struct parser *parser, struct tree_node **test_out)
{
	if (parser->lexer.token.kind != TOKEN_IDENTIFIER)
		return complain(parser, "a test");
	if (!deeper(parser) || !parse_name(parser, test_out) ||
	    !parse_arguments(parser, *test_out))
		return false;
	parser->depth--;
	return true;
}

static bool
parse_block(struct parser *parser, struct tree_node *node)
{
	struct lexer *lexer = &parser->lexer;

	node->has_block = true;
	if (!deeper(parser) || !lexer_next(lexer) ||
	    !parse_commands(parser, &node->block))
		return false;
	if (!lexer_is_sign(lexer, '}'))
		return complain(parser, "a command or \"}\"");
	parser->depth--;
	return lexer_next(lexer);
}

static bool
parse_command(struct parser *parser, struct tree_node **command_out)
{
	struct lexer *lexer = &parser->lexer;

	if (!parse_name(parser, command_out) ||
	    !parse_arguments(parser, *command_out))
		return false;
	if (lexer_is_sign(lexer, ';'))
		return lexer_next(lexer);
	if (lexer_is_sign(lexer, '{'))
		return parse_block(parser, *command_out);
	return complain(parser,
	    (*command_out)->tests != NULL ? "\"{\" or \";\""
					  : "an argument or \";\"");
}

static bool
parse_commands(struct parser *parser, struct tree_node **out)
{
	while (parser->lexer.token.kind == TOKEN_IDENTIFIER) {
		if (!parse_command(parser, out))
			return false;
		out = &(*out)->next;
	}
	return true;
}

bool
parser_read(const char *script, struct span text, unsigned nesting,
    struct arena *arena, struct sieve_errors *errors,
    struct tree_node **tree_out)
{
	struct parser parser;

	memset(&parser, 0, sizeof(parser));
	parser.nesting = nesting;
	*tree_out = NULL;
	lexer_start(&parser.lexer, script, text, arena, errors);
	if (!lexer_next(&parser.lexer) || !parse_commands(&parser, tree_out))
		return false;
	if (parser.lexer.token.kind != TOKEN_END)
		return complain(&parser, "a command");
	if (arena->is_exhausted)
		return no_memory(&parser);
	return true;
}
