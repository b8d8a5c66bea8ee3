#include "compat/compat.h"

#if !HAVE_STRTONUM

#include <errno.h>
#include <limits.h>

/* What is wrong with the number; sets errno, which strtoll left at 0. */
static const char *
number_fault(const char *text, const char *end, long long number,
    long long least, long long most)
{
	int range = errno;

	errno = EINVAL;
	if (least > most || end == text || *end != '\0')
		return "invalid";
	errno = ERANGE;
	if (number < least || (range == ERANGE && number == LLONG_MIN))
		return "too small";
	if (number > most || (range == ERANGE && number == LLONG_MAX))
		return "too large";
	return NULL;
}

long long
compat_strtonum(const char *text, long long least, long long most,
    const char **fault_out)
{
	int errno_before = errno;
	const char *fault;
	long long number;
	char *end;

	errno = 0;
	number = strtoll(text, &end, 10);
	fault = number_fault(text, end, number, least, most);
	if (fault_out != NULL)
		*fault_out = fault;
	if (fault != NULL)
		return 0;
	errno = errno_before;
	return number;
}

#else
/* ISO C wants something in every file. */
typedef int strtonum_is_there;
#endif
