#include "sieve/error.h"

#include <stdio.h>
#include <string.h>

#include "compat/compat.h"

/* vsnprintf(3) never writes more than it is given. A cut says so. */
void
error_set(struct sieve_error *error, const char *script,
    struct sieve_place place, const char *format, va_list arguments)
{
	char *at;
	int length;

	(void)strlcpy(error->script, script, sizeof(error->script));
	error->place = place;
	length = vsnprintf(error->text, sizeof(error->text), format, arguments);
	if (length >= (int)sizeof(error->text))
		memcpy(error->text + sizeof(error->text) - 4, "...", 4);
	/* What is quoted of a script must not begin a line of a log. */
	for (at = error->text; *at != '\0'; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			*at = ' ';
}

bool
error_add(struct sieve_errors *errors, const char *script,
    struct sieve_place place, const char *format, ...)
{
	va_list arguments;

	if (errors->count++ >= SIEVE_ERRORS_MAX)
		return false;
	va_start(arguments, format);
	error_set(&errors->list[errors->count - 1], script, place, format,
	    arguments);
	va_end(arguments);
	return false;
}
