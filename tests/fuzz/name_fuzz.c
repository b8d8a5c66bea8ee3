/*
 * A name in tmp/ of a Maildir: it is one of ours exactly when it has the form
 * that the header tells, here as a regular expression.
 */
#include <limits.h>
#include <regex.h>
#include <string.h>

#include "maildir/name.h"
#include "tests/fuzz/fuzz.h"

static const char form[] =
    "^[0-9]+[.]M[0-9]+P([0-9]+)Q[0-9]+R[0-9a-f]{8}[.](.)";

/* No larger than an int, which no pid is; 0 is none either. */
static bool
is_pid(const char *digits, size_t length, long long *pid_out)
{
	long long pid = 0;
	size_t i;

	if (length > 11)
		return false;
	for (i = 0; i < length; i++)
		pid = pid * 10 + (digits[i] - '0');
	*pid_out = pid;
	return pid >= 1 && pid <= INT_MAX;
}

static void
check(const char *name)
{
	static regex_t regex;
	static bool is_ready;
	regmatch_t at[3];
	const char *host = NULL;
	long long expected = 0;
	bool is_ours;
	pid_t pid = 0;

	MUST(is_ready || regcomp(&regex, form, REG_EXTENDED) == 0);
	is_ready = true;
	is_ours = regexec(&regex, name, 3, at, 0) == 0 &&
	    is_pid(name + at[1].rm_so, (size_t)(at[1].rm_eo - at[1].rm_so),
		&expected);
	MUST(name_parse(name, &pid, &host) == is_ours);
	if (is_ours)
		MUST(pid == expected && host == name + at[2].rm_so);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
	char name[NAME_BYTES];

	if (size_bytes >= sizeof(name))
		size_bytes = sizeof(name) - 1;
	if (size_bytes > 0)
		memcpy(name, data, size_bytes);
	name[size_bytes] = '\0';
	check(name);
	return 0;
}
