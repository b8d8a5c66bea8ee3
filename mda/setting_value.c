#include "mda/setting_value.h"

#include <stdio.h>
#include <string.h>

#include "compat/compat.h"

struct unit {
	char letter;
	long long factor;
};

static const struct unit byte_units[] = {
	{ 'K', 1024LL },
	{ 'M', 1024LL * 1024 },
	{ 'G', 1024LL * 1024 * 1024 },
	{ '\0', 1 },
};

static const struct unit second_units[] = {
	{ 's', 1 },
	{ 'm', 60 },
	{ 'h', 3600 },
	{ '\0', 1 },
};

static void *
member_of(struct settings *settings, const struct setting_rule *rule)
{
	return (char *)settings + rule->offset;
}

static const void *
member_in(const struct settings *settings, const struct setting_rule *rule)
{
	return (const char *)settings + rule->offset;
}

static bool
set_number(long long *number, const struct setting_rule *rule,
    const struct unit *units, const char *text)
{
	char digits[24];
	const char *error;
	long long value;
	size_t length = strspn(text, "0123456789");

	if (length == 0 || length >= sizeof(digits))
		return false;
	memcpy(digits, text, length);
	digits[length] = '\0';
	while (units->letter != text[length] && units->letter != '\0')
		units++;
	if (units->letter != text[length] ||
	    (text[length] != '\0' && text[length + 1] != '\0'))
		return false;
	value = strtonum(digits, 0, rule->most / units->factor, &error);
	if (error != NULL || value * units->factor < rule->least)
		return false;
	*number = value * units->factor;
	return true;
}

/* The list is words with one blank between them. */
static bool
set_choice(int *chosen, const char *choices, const char *text)
{
	size_t length = strlen(text);
	int number = 0;

	for (; length > 0 && choices != NULL; number++) {
		if (strncmp(choices, text, length) == 0 &&
		    (choices[length] == ' ' || choices[length] == '\0')) {
			*chosen = number;
			return true;
		}
		choices = strchr(choices, ' ');
		if (choices != NULL)
			choices++;
	}
	return false;
}

static bool
set_text(char *member, const char *text)
{
	if (strlen(text) >= SETTING_VALUE_MAX)
		return false;
	(void)strlcpy(member, text, SETTING_VALUE_MAX); /* fits */
	return true;
}

bool
setting_value_set(struct settings *settings, const struct setting_rule *rule,
    const char *text)
{
	void *member = member_of(settings, rule);

	switch (rule->kind) {
	case SETTING_CHOICE:
		return set_choice(member, rule->choices, text);
	case SETTING_BYTES:
		return set_number(member, rule, byte_units, text);
	case SETTING_SECONDS:
		return set_number(member, rule, second_units, text);
	case SETTING_TEXT:
		break;
	}
	return set_text(member, text);
}

static void
show_choice(char *text, const char *choices, int number)
{
	while (number-- > 0)
		choices = strchr(choices, ' ') + 1;
	(void)snprintf(text, SETTING_VALUE_MAX, "%.*s",
	    (int)strcspn(choices, " "), choices);
}

static void
show_number(char *text, const struct unit *units, long long number)
{
	const struct unit *best = NULL;

	for (; units->letter != '\0'; units++)
		if (number > 0 && number % units->factor == 0)
			best = units;
	if (best == NULL)
		(void)snprintf(text, SETTING_VALUE_MAX, "%lld", number);
	else
		(void)snprintf(text, SETTING_VALUE_MAX, "%lld%c",
		    number / best->factor, best->letter);
}

void
setting_value_show(char *text, const struct settings *settings,
    const struct setting_rule *rule)
{
	const void *member = member_in(settings, rule);

	switch (rule->kind) {
	case SETTING_CHOICE:
		show_choice(text, rule->choices, *(const int *)member);
		return;
	case SETTING_BYTES:
		show_number(text, byte_units, *(const long long *)member);
		return;
	case SETTING_SECONDS:
		show_number(text, second_units, *(const long long *)member);
		return;
	case SETTING_TEXT:
		break;
	}
	(void)strlcpy(text, member, SETTING_VALUE_MAX); /* as large */
}
