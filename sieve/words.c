#include "sieve/words.h"

#include <string.h>
#include <strings.h>

bool
words_have(const char *words, struct span word)
{
	while (words != NULL && *words != '\0') {
		size_t length = strcspn(words, " ");

		if (length > 0 && length == word.size_bytes &&
		    strncasecmp(words, word.at, length) == 0)
			return true;
		words += length + strspn(words + length, " ");
	}
	return false;
}
