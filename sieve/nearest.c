#include "sieve/nearest.h"

#include <string.h>

/* Longer words are not guessed at. */
enum { WORD_MAX = 32 };

static int
lower(char letter)
{
	return letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter;
}

static size_t
least(size_t a, size_t b, size_t c)
{
	size_t smaller = a < b ? a : b;

	return smaller < c ? smaller : c;
}

/* How many letters to insert, delete or change (Levenshtein), row by row. */
static size_t
distance_between(struct span word, const char *known)
{
	size_t row[WORD_MAX + 1], length = strlen(known), i, j;

	for (j = 0; j <= length; j++)
		row[j] = j;
	for (i = 1; i <= word.size_bytes; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (j = 1; j <= length; j++) {
			size_t above = row[j];
			bool same =
			    lower(word.at[i - 1]) == lower(known[j - 1]);

			row[j] = least(above + 1, row[j - 1] + 1,
			    diagonal + (same ? 0 : 1));
			diagonal = above;
		}
	}
	return row[length];
}

void
nearest_start(struct nearest *nearest, struct span word)
{
	nearest->word = word;
	nearest->best = NULL;
	nearest->distance = word.size_bytes / 3 < 2 ? word.size_bytes / 3 : 2;
}

void
nearest_offer(struct nearest *nearest, const char *known)
{
	size_t distance;

	if (nearest->word.size_bytes > WORD_MAX || strlen(known) > WORD_MAX)
		return;
	distance = distance_between(nearest->word, known);
	if (distance < nearest->distance ||
	    (nearest->best == NULL && distance == nearest->distance)) {
		nearest->best = known;
		nearest->distance = distance;
	}
}

const char *
nearest_result(const struct nearest *nearest)
{
	return nearest->best;
}
