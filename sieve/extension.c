#include "sieve/extension.h"

#include <string.h>

#include "sieve/nearest.h"
#include "sieve/spec.h"

/* Extras have the numbers from here on. */
enum { EXTRA_FIRST = 48, EXTRAS_MAX = 16 };

struct extension {
	const char *name;
	const char *brings; /* another one that comes with it; or NULL */
};

static const struct extension extensions[] = {
	{ "body", NULL },
	{ "comparator-i;ascii-casemap", NULL },
	{ "comparator-i;ascii-numeric", NULL },
	{ "comparator-i;octet", NULL },
	{ "copy", NULL },
	{ "date", NULL },
	{ "duplicate", NULL },
	{ "editheader", NULL },
	{ "encoded-character", NULL },
	{ "envelope", NULL },
	{ "environment", NULL },
	{ "ereject", NULL },
	{ "fileinto", NULL },
	{ "ihave", NULL },
	{ "imap4flags", NULL },
	{ "include", NULL },
	{ "index", NULL },
	{ "mailbox", NULL },
	{ "regex", NULL },
	{ "reject", NULL },
	{ "relational", NULL },
	{ "spamtest", NULL },
	{ "spamtestplus", "spamtest" },
	{ "subaddress", NULL },
	{ "vacation", NULL },
	{ "vacation-seconds", "vacation" },
	{ "variables", NULL },
	{ "virustest", NULL },
};

enum { EXTENSION_COUNT = sizeof(extensions) / sizeof(extensions[0]) };

static bool
is_named(const char *name, struct span wanted)
{
	return strlen(name) == wanted.size_bytes && span_starts(wanted, name);
}

static bool
is_disabled(const struct sieve_options *options, struct span name)
{
	size_t i;

	for (i = 0; options->disabled != NULL && options->disabled[i] != NULL;
	     i++)
		if (is_named(options->disabled[i], name))
			return true;
	return false;
}

static bool
find_extra(const struct sieve_options *options, struct span name,
    size_t *number_out)
{
	size_t i;

	for (i = 0; options->extras != NULL && options->extras[i] != NULL &&
	     i < EXTRAS_MAX;
	     i++)
		if (is_named(options->extras[i]->name, name)) {
			*number_out = EXTRA_FIRST + i;
			return true;
		}
	return false;
}

bool
extension_find(const struct sieve_options *options, struct span name,
    size_t *number_out)
{
	size_t i;

	if (is_disabled(options, name))
		return false;
	for (i = 0; i < EXTENSION_COUNT; i++)
		if (is_named(extensions[i].name, name)) {
			*number_out = i;
			return true;
		}
	return find_extra(options, name, number_out);
}

bool
extension_require(struct extension_set *set,
    const struct sieve_options *options, struct span name)
{
	size_t number, other;

	if (!extension_find(options, name, &number))
		return false;
	set->bits |= (uint64_t)1 << number;
	if (number < EXTENSION_COUNT && extensions[number].brings != NULL &&
	    extension_find(options, span_of(extensions[number].brings), &other))
		set->bits |= (uint64_t)1 << other;
	return true;
}

bool
extension_has(const struct extension_set *set,
    const struct sieve_options *options, const char *name)
{
	size_t number;

	return extension_find(options, span_of(name), &number) &&
	    (set->bits >> number & 1) != 0;
}

const char *
extension_nearest(struct span name)
{
	struct nearest nearest;
	size_t i;

	nearest_start(&nearest, name);
	for (i = 0; i < EXTENSION_COUNT; i++)
		nearest_offer(&nearest, extensions[i].name);
	return nearest_result(&nearest);
}

const char *
sieve_extension_name(size_t number)
{
	return number < EXTENSION_COUNT ? extensions[number].name : NULL;
}
