#include "mda/setting_value.h"

#include <limits.h>
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

/*
 * The defaults go through here at every start: neither strtonum() nor
 * strcspn(), whose tables and locales are five pages that nothing else needs.
 */
static bool
read_digits(const char **text, long long *value_out)
{
	const char *start = *text;
	long long value = 0;
	int digit;

	for (; **text >= '0' && **text <= '9'; (*text)++) {
		digit = **text - '0';
		if (value > (LLONG_MAX - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*value_out = value;
	return *text > start;
}

static bool
set_number(long long *number, const struct setting_rule *rule,
    const struct unit *units, const char *text)
{
	long long value;

	if (!read_digits(&text, &value))
		return false;
	while (units->letter != *text && units->letter != '\0')
		units++;
	if (units->letter != *text || (*text != '\0' && text[1] != '\0'))
		return false;
	if (value > rule->most / units->factor ||
	    value * units->factor < rule->least)
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

	if (strchr(text, ' ') != NULL)
		return false; /* two words are none of the choices */
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
is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

/* One word or more with blanks between them. */
static bool
set_words(int *chosen, const char *choices, const char *text)
{
	char word[32];
	size_t length;
	int mask = 0;
	int number;

	while (*text != '\0') {
		for (length = 0; *text != '\0' && !is_blank(*text); text++)
			if (length < sizeof(word) - 1)
				word[length++] = *text;
		word[length] = '\0'; /* or cut, and none of the choices */
		if (!set_choice(&number, choices, word))
			return false;
		mask |= 1 << number;
		while (is_blank(*text))
			text++;
	}
	if (mask != 0)
		*chosen = mask;
	return mask != 0;
}

/* The place of a text: its own, if it has one, or the next that is free. */
static char *
place_of(struct settings *settings, const char *text)
{
	size_t number;

	for (number = 0; number < settings->text_count; number++)
		if (text == settings->texts[number])
			return settings->texts[number];
	return settings->texts[settings->text_count++];
}

static bool
set_text(struct settings *settings, const struct setting_rule *rule,
    const char *text)
{
	const char **member = member_of(settings, rule);
	char *place;

	if (strlen(text) >= SETTING_VALUE_MAX)
		return false;
	if (text == rule->preset) {
		*member = text;
		return true;
	}
	place = place_of(settings, *member);
	(void)strlcpy(place, text, SETTING_VALUE_MAX); /* fits */
	*member = place;
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
	case SETTING_SET:
		return set_words(member, rule->choices, text);
	case SETTING_BYTES:
		return set_number(member, rule, byte_units, text);
	case SETTING_SECONDS:
		return set_number(member, rule, second_units, text);
	case SETTING_TEXT:
		break;
	}
	return set_text(settings, rule, text);
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
show_words(char *text, const char *choices, int mask)
{
	char word[SETTING_VALUE_MAX];
	int number;

	text[0] = '\0';
	for (number = 0; mask >> number != 0; number++) {
		if ((mask >> number & 1) == 0)
			continue;
		show_choice(word, choices, number);
		if (text[0] != '\0')
			(void)strlcat(text, " ", SETTING_VALUE_MAX);
		(void)strlcat(text, word, SETTING_VALUE_MAX);
	}
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
	case SETTING_SET:
		show_words(text, rule->choices, *(const int *)member);
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
	(void)strlcpy(text, *(const char *const *)member,
	    SETTING_VALUE_MAX); /* as large */
}
