#include "sieve/sieve.h"

#include <string.h>

#include "sieve/match.h"

#define DAY_S ((uint64_t)24 * 60 * 60)

/* The manual states each of these. */
static void
default_limits(struct sieve_limits *limits)
{
	limits->script_bytes = (size_t)1024 * 1024;
	limits->nesting = 32;
	limits->actions = 32;
	limits->redirects = 4;
	limits->variables = 255;
	/* RFC 5229 section 6: 4000 characters, of up to four bytes each. */
	limits->variable_bytes = 16384;
	limits->match_values = MATCH_PIECES_MAX;
	limits->include_depth = 10;
	limits->includes = 255;
	limits->steps = 10 * 1000 * 1000;
	limits->memory_bytes = (size_t)64 * 1024 * 1024;
	limits->header_bytes = 2048;
}

void
sieve_options_default(struct sieve_options *options)
{
	memset(options, 0, sizeof(*options));
	default_limits(&options->limits);
	options->delimiters = "+";
	options->vacation_default_s = 7 * DAY_S;
	options->vacation_minimum_s = DAY_S;
	options->vacation_subject = "Automated reply";
	options->vacation_subject_template = "Auto: %$subject";
	options->vacation_subject_characters = 256;
	options->duplicate_default_s = 7 * DAY_S;
	options->duplicate_maximum_s = 7 * DAY_S;
}
