#include "sieve/compare.h"

#include <stdint.h>
#include <string.h>

static bool
is_word(struct span text, const char *word)
{
	return text.size_bytes == strlen(word) &&
	    span_starts_nocase(text, word);
}

bool
compare_named(enum comparator *comparator_out, struct span name)
{
	static const char *const names[] = { "i;octet", "i;ascii-casemap",
		"i;ascii-numeric" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (is_word(name, names[i])) {
			*comparator_out = (enum comparator)i;
			return true;
		}
	return false;
}

bool
compare_has_substrings(enum comparator comparator)
{
	return comparator != COMPARATOR_NUMERIC;
}

/* ASCII alone: the locale has no say in what is the same (RFC 4790). */
static int
upper(char byte)
{
	int code = (unsigned char)byte;

	return code >= 'a' && code <= 'z' ? code - ('a' - 'A') : code;
}

static int
order_casemap(struct span a, struct span b)
{
	size_t i;

	for (i = 0; i < a.size_bytes && i < b.size_bytes; i++)
		if (upper(a.at[i]) != upper(b.at[i]))
			return upper(a.at[i]) - upper(b.at[i]);
	return (a.size_bytes > b.size_bytes) - (a.size_bytes < b.size_bytes);
}

static int
order_octet(struct span a, struct span b)
{
	size_t least =
	    a.size_bytes < b.size_bytes ? a.size_bytes : b.size_bytes;
	int order = least > 0 ? memcmp(a.at, b.at, least) : 0;

	if (order != 0)
		return order;
	return (a.size_bytes > b.size_bytes) - (a.size_bytes < b.size_bytes);
}

/* The digits at the front, without zeros before them. */
static struct span
number_of(struct span text, bool *is_number_out)
{
	size_t i = 0;

	while (i < text.size_bytes && text.at[i] >= '0' && text.at[i] <= '9')
		i++;
	*is_number_out = i > 0;
	text.size_bytes = i;
	while (text.size_bytes > 0 && text.at[0] == '0')
		text = span_from(text, 1);
	return text;
}

static int
order_numeric(struct span a, struct span b)
{
	bool is_a, is_b;
	struct span number_a = number_of(a, &is_a);
	struct span number_b = number_of(b, &is_b);

	if (!is_a || !is_b)
		return is_b - is_a;
	if (number_a.size_bytes != number_b.size_bytes)
		return number_a.size_bytes > number_b.size_bytes ? 1 : -1;
	return order_octet(number_a, number_b);
}

int
compare_order(enum comparator comparator, struct span a, struct span b)
{
	switch (comparator) {
	case COMPARATOR_OCTET:
		return order_octet(a, b);
	case COMPARATOR_CASEMAP:
		return order_casemap(a, b);
	case COMPARATOR_NUMERIC:
		break;
	}
	return order_numeric(a, b);
}

int
compare_count(enum comparator comparator, size_t count, struct span key)
{
	char digits[24];
	size_t at = sizeof(digits);
	struct span text;

	do {
		digits[--at] = (char)('0' + count % 10);
		count /= 10;
	} while (count > 0);
	text.at = digits + at;
	text.size_bytes = sizeof(digits) - at;
	return compare_order(comparator, text, key);
}

bool
compare_relation_named(enum relation *relation_out, struct span name)
{
	static const char *const names[] = { "gt", "ge", "lt", "le", "eq",
		"ne" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (is_word(name, names[i])) {
			*relation_out = (enum relation)i;
			return true;
		}
	return false;
}

bool
compare_holds(enum relation relation, int order)
{
	switch (relation) {
	case RELATION_GT:
		return order > 0;
	case RELATION_GE:
		return order >= 0;
	case RELATION_LT:
		return order < 0;
	case RELATION_LE:
		return order <= 0;
	case RELATION_EQ:
		return order == 0;
	case RELATION_NE:
		break;
	}
	return order != 0;
}
