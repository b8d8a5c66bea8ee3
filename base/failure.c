#include "base/failure.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sysexits.h>

#include "base/span.h"
#include "compat/compat.h"

static const char cut_mark[] = "...";

static void
set_subject(struct failure *why, const char *subject)
{
	size_t size_bytes = sizeof(why->subject), cut;

	if (strlcpy(why->subject, subject, size_bytes) < size_bytes)
		return;
	cut = span_cut(span_of(subject), size_bytes - sizeof(cut_mark));
	memcpy(why->subject + cut, cut_mark, sizeof(cut_mark));
}

static void
set_failure(struct failure *why, const char *step, const char *dsn,
    const char *subject)
{
	why->step = step;
	why->sys_errno = 0;
	why->exit_code = EX_TEMPFAIL;
	why->residue = false;
	(void)strlcpy(why->dsn, dsn, sizeof(why->dsn)); /* codes are short */
	set_subject(why, subject);
}

static const char *
dsn_of_errno(int sys_errno)
{
	switch (sys_errno) {
	case ENOSPC:
		return "4.3.1";
	case EDQUOT:
		return "4.2.2";
	default:
		return "4.3.0";
	}
}

enum verdict
failure_errno(struct failure *why, const char *step, const char *subject)
{
	int sys_errno = errno;

	set_failure(why, step, dsn_of_errno(sys_errno), subject);
	why->sys_errno = sys_errno;
	return VERDICT_RETRY;
}

enum verdict
failure_retry(struct failure *why, const char *step, const char *dsn,
    const char *subject)
{
	set_failure(why, step, dsn, subject);
	return VERDICT_RETRY;
}

enum verdict
failure_refuse(struct failure *why, const char *step, int exit_code,
    const char *dsn, const char *subject)
{
	set_failure(why, step, dsn, subject);
	why->exit_code = exit_code;
	return VERDICT_REFUSE;
}

void
failure_under(struct failure *why, const char *path)
{
	char below[sizeof(why->subject)];
	char whole[2 * sizeof(why->subject)];

	if (why->subject[0] == '/' || strcmp(why->subject, path) == 0)
		return;
	memcpy(below, why->subject, sizeof(below));
	(void)strlcpy(whole, path, sizeof(why->subject));
	(void)strlcat(whole, "/", sizeof(whole));
	(void)strlcat(whole, below, sizeof(whole));
	set_subject(why, whole);
}
