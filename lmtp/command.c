#include "lmtp/command.h"

#include <string.h>

#include "compat/compat.h"

static const char bad_syntax[] = "501 5.5.4 bad parameters";
static const char bad_value[] = "501 5.5.4 bad value of a parameter";
static const char unknown_parameter[] =
    "555 5.5.4 no such parameter of MAIL or RCPT";

enum { NUMBER_DIGITS = 15 }; /* a petabyte less one: no overflow */

/* Take what is before the next of these bytes, or all. */
static struct span
take_until(struct span *rest, const char *ends)
{
	struct span word = { rest->at, 0 };

	while (word.size_bytes < rest->size_bytes &&
	    strchr(ends, rest->at[word.size_bytes]) == NULL)
		word.size_bytes++;
	*rest = span_from(*rest, word.size_bytes);
	return word;
}

static void
skip_blanks(struct span *rest)
{
	while (rest->size_bytes > 0 && rest->at[0] == ' ')
		*rest = span_from(*rest, 1);
}

static bool
is_word(struct span word, const char *text)
{
	return word.size_bytes == strlen(text) &&
	    span_starts_nocase(word, text);
}

static bool
read_number(struct span word, long long *number_out)
{
	long long number = 0;
	size_t i;

	if (word.size_bytes == 0 || word.size_bytes > NUMBER_DIGITS)
		return false;
	for (i = 0; i < word.size_bytes; i++) {
		if (word.at[i] < '0' || word.at[i] > '9')
			return false;
		number = number * 10 + (word.at[i] - '0');
	}
	*number_out = number;
	return true;
}

static int
hex_digit(char byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	if (byte >= 'A' && byte <= 'F')
		return byte - 'A' + 10;
	return -1;
}

/* "+41" for "A"; what is decoded must be printable too. */
static bool
decode_xtext(char *text, size_t room_bytes, struct span word)
{
	size_t used_bytes = 0;
	int byte;
	size_t i;

	text[0] = '\0';
	for (i = 0; i < word.size_bytes; i++) {
		byte = (unsigned char)word.at[i];
		if (byte == '+' && word.size_bytes - i > 2) {
			byte = hex_digit(word.at[i + 1]) * 16 +
			    hex_digit(word.at[i + 2]);
			if (hex_digit(word.at[i + 1]) == -1 ||
			    hex_digit(word.at[i + 2]) == -1)
				return false;
			i += 2;
		} else if (byte == '+' || byte == '=') {
			return false;
		}
		if (byte < ' ' || byte == 0x7f || used_bytes + 1 >= room_bytes)
			return false;
		text[used_bytes++] = (char)byte;
		text[used_bytes] = '\0';
	}
	return used_bytes > 0;
}

/* ---- The parameters of MAIL and RCPT ------------------------------------ */

static bool
is_notify(struct span value)
{
	struct span word;

	if (is_word(value, "NEVER"))
		return true;
	do {
		word = take_until(&value, ",");
		if (!is_word(word, "SUCCESS") && !is_word(word, "FAILURE") &&
		    !is_word(word, "DELAY"))
			return false;
		if (value.size_bytes == 0)
			return true;
		value = span_from(value, 1);
	} while (true);
}

static bool
read_original(struct lmtp_command *command, struct span value)
{
	struct span kind = take_until(&value, ";");

	return kind.size_bytes > 0 && value.size_bytes > 1 &&
	    decode_xtext(command->original, sizeof(command->original),
		span_from(value, 1));
}

/* Gives a fault, or NULL. */
static const char *
mail_parameter(struct lmtp_command *command, struct span name,
    struct span value)
{
	bool is_good;

	if (is_word(name, "SIZE"))
		is_good = read_number(value, &command->size_bytes);
	else if (is_word(name, "BODY"))
		is_good = is_word(value, "7BIT") || is_word(value, "8BITMIME");
	else if (is_word(name, "SMTPUTF8"))
		is_good = value.size_bytes == 0;
	else if (is_word(name, "RET"))
		is_good = is_word(value, "FULL") || is_word(value, "HDRS");
	else if (is_word(name, "ENVID"))
		is_good = decode_xtext(command->envelope_id,
		    sizeof(command->envelope_id), value);
	else
		return unknown_parameter;
	return is_good ? NULL : bad_value;
}

static const char *
rcpt_parameter(struct lmtp_command *command, struct span name,
    struct span value)
{
	bool is_good;

	if (is_word(name, "ORCPT"))
		is_good = read_original(command, value);
	else if (is_word(name, "NOTIFY"))
		is_good = is_notify(value);
	else
		return unknown_parameter;
	return is_good ? NULL : bad_value;
}

static const char *
read_parameters(struct lmtp_command *command, struct span rest)
{
	const char *fault = NULL;
	struct span name;
	struct span value;

	while (fault == NULL && rest.size_bytes > 0) {
		if (rest.at[0] != ' ')
			return bad_syntax;
		skip_blanks(&rest);
		if (rest.size_bytes == 0)
			break; /* blanks at the end harm nobody */
		name = take_until(&rest, "= ");
		value = span_of(NULL);
		if (rest.size_bytes > 0 && rest.at[0] == '=') {
			rest = span_from(rest, 1);
			value = take_until(&rest, " ");
			if (value.size_bytes == 0)
				return bad_value;
		}
		fault = command->verb == VERB_MAIL
		    ? mail_parameter(command, name, value)
		    : rcpt_parameter(command, name, value);
	}
	return fault;
}

/* "FROM:<alice@example.org> SIZE=1" behind MAIL; "TO:" behind RCPT. */
static const char *
read_envelope(struct lmtp_command *command, struct span rest)
{
	bool is_mail = command->verb == VERB_MAIL;
	const char *word = is_mail ? "FROM:" : "TO:";

	if (!span_starts_nocase(rest, word))
		return is_mail ? "501 5.5.4 say MAIL FROM:<address>"
			       : "501 5.5.4 say RCPT TO:<address>";
	rest = span_from(rest, strlen(word));
	skip_blanks(&rest);
	if (!address_take(&command->address, &rest, is_mail))
		return is_mail ? "501 5.1.7 bad address of a sender"
			       : "501 5.1.3 bad address of a recipient";
	return read_parameters(command, rest);
}

/* ---- The others --------------------------------------------------------- */

static const char *
read_chunk(struct lmtp_command *command, struct span rest)
{
	if (!read_number(take_until(&rest, " "), &command->size_bytes))
		return "501 5.5.4 say BDAT size, or BDAT size LAST";
	skip_blanks(&rest);
	command->is_last = is_word(rest, "LAST");
	if (rest.size_bytes > 0 && !command->is_last)
		return "501 5.5.4 say BDAT size, or BDAT size LAST";
	return NULL;
}

/* Of what a mail server may forward only its queue id is of use here. */
static const char *
read_forwarded(struct lmtp_command *command, struct span rest)
{
	struct span name;
	struct span value;

	while (rest.size_bytes > 0) {
		name = take_until(&rest, "= ");
		if (rest.size_bytes == 0 || rest.at[0] != '=')
			return bad_syntax;
		rest = span_from(rest, 1);
		value = take_until(&rest, " ");
		skip_blanks(&rest);
		if (is_word(name, "IDENT") &&
		    !decode_xtext(command->queue_id,
			sizeof(command->queue_id), value))
			return bad_value;
	}
	return NULL;
}

static const char *
read_nothing(struct span rest)
{
	return rest.size_bytes == 0 ? NULL
				    : "501 5.5.4 this command stands alone";
}

static const char *
read_arguments(struct lmtp_command *command, struct span rest)
{
	switch (command->verb) {
	case VERB_MAIL:
	case VERB_RCPT:
		return read_envelope(command, rest);
	case VERB_BDAT:
		return read_chunk(command, rest);
	case VERB_XFORWARD:
		return read_forwarded(command, rest);
	case VERB_LHLO:
		return rest.size_bytes > 0 ? NULL : "501 5.5.4 say LHLO name";
	case VERB_DATA:
	case VERB_QUIT:
	case VERB_RSET:
		return read_nothing(rest);
	case VERB_NOOP:
	case VERB_VRFY:
	case VERB_UNKNOWN:
		break;
	}
	return NULL;
}

static const struct {
	const char *name;
	enum lmtp_verb verb;
	const char *fault;
} verbs[] = {
	{ "RCPT", VERB_RCPT, NULL },
	{ "MAIL", VERB_MAIL, NULL },
	{ "DATA", VERB_DATA, NULL },
	{ "BDAT", VERB_BDAT, NULL },
	{ "LHLO", VERB_LHLO, NULL },
	{ "QUIT", VERB_QUIT, NULL },
	{ "RSET", VERB_RSET, NULL },
	{ "NOOP", VERB_NOOP, NULL },
	{ "VRFY", VERB_VRFY, NULL },
	{ "XFORWARD", VERB_XFORWARD, NULL },
	{ "HELO", VERB_UNKNOWN, "500 5.5.1 this is LMTP: say LHLO" },
	{ "EHLO", VERB_UNKNOWN, "500 5.5.1 this is LMTP: say LHLO" },
	{ "AUTH", VERB_UNKNOWN, "502 5.5.1 not offered here" },
	{ "EXPN", VERB_UNKNOWN, "502 5.5.1 not offered here" },
	{ "HELP", VERB_UNKNOWN, "502 5.5.1 not offered here" },
	{ "STARTTLS", VERB_UNKNOWN, "502 5.5.1 not offered here" },
};

void
command_parse(struct lmtp_command *command, struct span line)
{
	struct span word;
	size_t i;

	command->verb = VERB_UNKNOWN;
	command->fault = "500 5.5.2 there is no such command";
	command->size_bytes = -1;
	command->envelope_id[0] = '\0';
	command->original[0] = '\0';
	command->queue_id[0] = '\0';
	command->is_last = false;
	if (span_has_control(line)) {
		command->fault = "500 5.5.2 control characters in a command";
		return;
	}
	word = take_until(&line, " ");
	skip_blanks(&line);
	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (is_word(word, verbs[i].name)) {
			command->verb = verbs[i].verb;
			command->fault = verbs[i].fault;
		}
	if (command->fault == NULL)
		command->fault = read_arguments(command, line);
}
