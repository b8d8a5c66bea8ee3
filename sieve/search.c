#include "sieve/search.h"

#include <string.h>

/*
 * A word is cut where its two halves have nothing in common at the cut (a
 * critical factorization). The right half is compared from the cut to the
 * right: a mismatch there allows a shift by as many bytes as agreed. Then the
 * left half: a mismatch there allows a shift by the period of the word.
 */
struct factors {
	size_t cut;    /* where the right half begins */
	size_t period; /* of the word, or a bound for it */
	bool is_periodic;
};

static int
folded(enum comparator comparator, char byte)
{
	int code = (unsigned char)byte;

	if (comparator == COMPARATOR_CASEMAP && code >= 'a' && code <= 'z')
		return code - ('a' - 'A');
	return code;
}

bool
search_same(enum comparator comparator, char one, char other)
{
	return folded(comparator, one) == folded(comparator, other);
}

/*
 * Where the largest suffix begins, by the order of bytes or by its reverse,
 * and the period of that suffix.
 */
static struct factors
largest_suffix(enum comparator comparator, struct span word, bool is_reversed)
{
	struct factors best = { 0, 1, false };
	size_t candidate = 1;
	size_t agreed = 0;

	while (candidate + agreed < word.size_bytes) {
		int one = folded(comparator, word.at[best.cut + agreed]);
		int other = folded(comparator, word.at[candidate + agreed]);

		if (one == other) {
			if (agreed + 1 == best.period) {
				candidate += best.period;
				agreed = 0;
			} else {
				agreed++;
			}
		} else if ((other > one) == is_reversed) {
			candidate += agreed + 1;
			agreed = 0;
			best.period = candidate - best.cut;
		} else {
			best.cut = candidate++;
			agreed = 0;
			best.period = 1;
		}
	}
	return best;
}

/* Is the left half, byte for byte, what stands a period further on? */
static bool
repeats(enum comparator comparator, struct span word, struct factors factors)
{
	size_t i;

	if (factors.cut + factors.period > word.size_bytes)
		return false;
	for (i = 0; i < factors.cut; i++)
		if (!search_same(comparator, word.at[i],
			word.at[i + factors.period]))
			return false;
	return true;
}

static struct factors
factorize(enum comparator comparator, struct span word)
{
	struct factors one = largest_suffix(comparator, word, false);
	struct factors other = largest_suffix(comparator, word, true);
	struct factors best = one.cut > other.cut ? one : other;

	best.is_periodic = repeats(comparator, word, best);
	if (!best.is_periodic) {
		size_t right = word.size_bytes - best.cut;

		best.period = (best.cut > right ? best.cut : right) + 1;
	}
	return best;
}

/* How far the right half agrees from here on; to its end when it does. */
static size_t
agree_right(enum comparator comparator, const char *at, struct span word,
    size_t from)
{
	size_t i = from;

	while (
	    i < word.size_bytes && search_same(comparator, at[i], word.at[i]))
		i++;
	return i;
}

static bool
agree_left(enum comparator comparator, const char *at, struct span word,
    size_t least, size_t cut)
{
	size_t i = cut;

	while (i > least && search_same(comparator, at[i - 1], word.at[i - 1]))
		i--;
	return i <= least;
}

/* How many bytes stand before the first that is the same as this one. */
static size_t
bytes_before(enum comparator comparator, struct span text, char byte)
{
	int wanted = folded(comparator, byte);
	const char *found;
	size_t i = 0;

	if (comparator == COMPARATOR_OCTET) {
		found = text.size_bytes == 0
		    ? NULL
		    : memchr(text.at, wanted, text.size_bytes);
		return found == NULL ? text.size_bytes
				     : (size_t)(found - text.at);
	}
	while (i < text.size_bytes && folded(comparator, text.at[i]) != wanted)
		i++;
	return i;
}

/* "known" bytes at the front agree already, after a shift by the period. */
static bool
search_two_way(enum comparator comparator, struct span text, struct span word,
    struct factors factors)
{
	size_t at = 0;
	size_t known = 0;

	while (at + word.size_bytes <= text.size_bytes) {
		size_t from = factors.cut > known ? factors.cut : known;
		size_t to;

		if (known == 0)
			at += bytes_before(comparator,
			    span_from(text, at + factors.cut),
			    word.at[factors.cut]);
		if (at + word.size_bytes > text.size_bytes)
			return false;
		to = agree_right(comparator, text.at + at, word, from);
		if (to < word.size_bytes) {
			at += to - factors.cut + 1;
			known = 0;
			continue;
		}
		if (agree_left(comparator, text.at + at, word, known,
			factors.cut))
			return true;
		at += factors.period;
		known =
		    factors.is_periodic ? word.size_bytes - factors.period : 0;
	}
	return false;
}

bool
search_holds(enum comparator comparator, struct span text, struct span word)
{
	if (word.size_bytes == 0)
		return true;
	if (word.size_bytes > text.size_bytes)
		return false;
	if (word.size_bytes == 1 && comparator == COMPARATOR_OCTET)
		return memchr(text.at, word.at[0], text.size_bytes) != NULL;
	return search_two_way(comparator, text, word,
	    factorize(comparator, word));
}
