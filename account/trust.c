#include "account/trust.h"

#include <stddef.h>
#include <unistd.h>

static const char *
find_fault(const struct stat *st, long long most_bytes,
    const struct trust_steps *steps)
{
	if (!S_ISREG(st->st_mode))
		return steps->kind;
	if (st->st_uid != 0 && st->st_uid != geteuid())
		return steps->owner;
	if ((st->st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return steps->mode;
	return st->st_size > most_bytes ? steps->size : NULL;
}

enum verdict
trust_check(const struct stat *st, long long most_bytes,
    const struct trust_steps *steps, const char *path, struct failure *why)
{
	const char *step = find_fault(st, most_bytes, steps);

	return step == NULL ? VERDICT_OK
			    : failure_retry(why, step, "4.3.5", path);
}
