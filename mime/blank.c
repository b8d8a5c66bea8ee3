#include "mime/blank.h"

bool
blank_is_white(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static size_t
comment_bytes(struct span text)
{
	size_t depth = 0;
	size_t i;

	for (i = 0; i < text.size_bytes; i++) {
		if (text.at[i] == '\\')
			i++;
		else if (text.at[i] == '(')
			depth++;
		else if (text.at[i] == ')' && --depth == 0)
			return i + 1;
	}
	return text.size_bytes;
}

void
blank_skip(struct span *rest)
{
	while (rest->size_bytes > 0) {
		if (blank_is_white(rest->at[0]))
			*rest = span_from(*rest, 1);
		else if (rest->at[0] == '(')
			*rest = span_from(*rest, comment_bytes(*rest));
		else
			return;
	}
}
