#include "mda/options.h"

#include <stdlib.h>
#include <string.h>

enum option_kind {
	OPTION_FLAG,	/* sets a bool */
	OPTION_VALUE,	/* sets a string; the last one counts */
	OPTION_LIST,	/* -o */
	OPTION_IGNORED	/* accepted for procmail's sake */
};

struct option_rule {
	char letter; /* '\0' for none */
	const char *name;
	enum option_kind kind;
	size_t offset; /* of the member in struct options */
};

#define MEMBER(name) offsetof(struct options, name)

static const struct option_rule rules[] = {
	{ 'a', "recipient", OPTION_VALUE, MEMBER(recipient) },
	{ 'c', "config", OPTION_VALUE, MEMBER(config) },
	{ 'd', "user", OPTION_VALUE, MEMBER(user) },
	{ 'e', "detail", OPTION_VALUE, MEMBER(detail) },
	{ 'f', "sender", OPTION_VALUE, MEMBER(sender) },
	{ 'm', "mailbox", OPTION_VALUE, MEMBER(mailbox) },
	{ 'n', "explain", OPTION_FLAG, MEMBER(is_explain) },
	{ 'o', "set", OPTION_LIST, 0 },
	{ 'q', "queue-id", OPTION_VALUE, MEMBER(queue_id) },
	{ 'r', "sender", OPTION_VALUE, MEMBER(sender) },
	{ 't', NULL, OPTION_IGNORED, 0 },
	{ 'v', "verbose", OPTION_FLAG, MEMBER(is_verbose) },
	{ 'Y', NULL, OPTION_IGNORED, 0 },
	{ '\0', "help", OPTION_FLAG, MEMBER(is_help) },
	{ '\0', "json", OPTION_FLAG, MEMBER(is_json) },
	{ '\0', "version", OPTION_FLAG, MEMBER(is_version) },
};

enum { RULES = sizeof(rules) / sizeof(rules[0]) };

static const struct option_rule *
find_letter(char letter)
{
	size_t i;

	for (i = 0; i < RULES; i++)
		if (letter != '\0' && rules[i].letter == letter)
			return &rules[i];
	return NULL;
}

static const struct option_rule *
find_name(const char *name, size_t length)
{
	size_t i;

	for (i = 0; i < RULES; i++)
		if (rules[i].name != NULL &&
		    strlen(rules[i].name) == length &&
		    memcmp(rules[i].name, name, length) == 0)
			return &rules[i];
	return NULL;
}

static bool
takes_value(const struct option_rule *rule)
{
	return rule->kind == OPTION_VALUE || rule->kind == OPTION_LIST;
}

static enum verdict
apply(struct options *options, const struct option_rule *rule,
    const char *value, struct failure *why)
{
	void *member = (char *)options + rule->offset;

	switch (rule->kind) {
	case OPTION_FLAG:
		*(bool *)member = true;
		break;
	case OPTION_VALUE:
		if (rule->letter == 'd' && value[0] == '\0')
			return failure_retry(
			    why, "option-value", "4.3.5", "-d");
		*(const char **)member = value;
		break;
	case OPTION_LIST:
		if (options->override_count == OVERRIDES_MAX)
			return failure_retry(
			    why, "option-overrides", "4.3.5", value);
		options->overrides[options->override_count++] = value;
		break;
	case OPTION_IGNORED:
		break;
	}
	return VERDICT_OK;
}

/* One long option; *next is moved on when its value is the next argument. */
static enum verdict
parse_long(struct options *options, char *const **next, struct failure *why)
{
	const char *argument = *(*next)++;
	const char *name = argument + 2;
	const char *value = strchr(name, '=');
	const struct option_rule *rule;

	rule = find_name(name, strcspn(name, "="));
	if (rule == NULL || (value != NULL && !takes_value(rule)))
		return failure_retry(
		    why, "option-unknown", "4.3.5", argument);
	if (value != NULL)
		value++;
	else if (takes_value(rule))
		value = **next;
	if (takes_value(rule) && value == NULL)
		return failure_retry(why, "option-value", "4.3.5", argument);
	if (takes_value(rule) && value == **next)
		(*next)++;
	return apply(options, rule, value, why);
}

/* One argument of letters, "-nv"; the last may take the next argument. */
static enum verdict
parse_letters(struct options *options, char *const **next, struct failure *why)
{
	const char *argument = *(*next)++;
	const char *letter;
	const struct option_rule *rule;
	enum verdict verdict = VERDICT_OK;
	const char *value;

	for (letter = argument + 1; *letter != '\0'; letter++) {
		value = NULL;
		rule = find_letter(*letter);
		if (rule == NULL)
			return failure_retry(
			    why, "option-unknown", "4.3.5", argument);
		if (takes_value(rule)) {
			if (letter[1] != '\0' || **next == NULL)
				return failure_retry(
				    why, "option-value", "4.3.5", argument);
			value = *(*next)++;
		}
		verdict = apply(options, rule, value, why);
		if (verdict != VERDICT_OK)
			break;
	}
	return verdict;
}

enum verdict
options_parse(struct options *options, char *const *argv, struct failure *why)
{
	char *const *next = argv[0] == NULL ? argv : argv + 1;
	enum verdict verdict = VERDICT_OK;

	memset(options, 0, sizeof(*options));
	while (verdict == VERDICT_OK && *next != NULL) {
		if (strncmp(*next, "--", 2) == 0)
			verdict = parse_long(options, &next, why);
		else if ((*next)[0] == '-' && (*next)[1] != '\0')
			verdict = parse_letters(options, &next, why);
		else
			verdict = failure_retry(
			    why, "operand", "4.3.5", *next);
	}
	if (options->is_json)
		options->is_explain = true;
	return verdict;
}

static const char *
value_of(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] != '\0' ? value : NULL;
}

void
options_environment(struct options *options)
{
	if (options->sender == NULL)
		options->sender = getenv("SENDER");
	if (options->recipient == NULL)
		options->recipient = value_of("ORIGINAL_RECIPIENT");
	if (options->recipient == NULL)
		options->recipient = value_of("RECIPIENT");
	if (options->detail == NULL)
		options->detail = value_of("EXTENSION");
	options->home = value_of("HOME");
}
