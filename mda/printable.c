#include "mda/printable.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "base/utf8.h"

static bool
is_unsafe(unsigned long code)
{
	return code < ' ' || (code >= 0x7f && code < 0xa0) ||
	    (code >= 0x2028 && code <= 0x202e) ||
	    (code >= 0x2066 && code <= 0x2069);
}

/* In the reader's own character set; 0 when it is no letter there. */
static size_t
local_length(struct span text)
{
	mbstate_t state;
	wchar_t letter;
	size_t length;

	memset(&state, 0, sizeof(state));
	length = mbrtowc(&letter, text.at, text.size_bytes, &state);
	if (length == 0 || length >= PRINTABLE_MAX || !iswprint((wint_t)letter))
		return 0; /* (size_t)-1 and -2 are among these */
	return length;
}

/*
 * Names are in UTF-8 even where the locale says nothing, as a mail server's;
 * sentences are in the locale's character set. A byte that is a letter in
 * neither is left, unless terminals take it for a control.
 */
void
printable_next(char *text, struct span *rest)
{
	unsigned long code = (unsigned char)rest->at[0];
	size_t length = utf8_decode(*rest, &code);
	bool is_local = length == 0 && (length = local_length(*rest)) > 0;
	bool is_hidden = !is_local && is_unsafe(code);

	if (length == 0)
		length = 1;
	(void)snprintf(text, PRINTABLE_MAX, "%.*s",
	    is_hidden ? 1 : (int)length, is_hidden ? "?" : rest->at);
	*rest = span_from(*rest, length);
}

static void
replace(char *text, bool has_lines)
{
	struct span rest = span_of(text);
	char letter[PRINTABLE_MAX];

	while (rest.size_bytes > 0) {
		bool is_end = has_lines && rest.at[0] == '\n';

		printable_next(letter, &rest);
		memcpy(text, is_end ? "\n" : letter, strlen(letter));
		text += strlen(letter);
	}
	*text = '\0';
}

void
printable(char *text)
{
	replace(text, false);
}

void
printable_lines(char *text)
{
	replace(text, true);
}
