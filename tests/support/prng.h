/*
 * prng.h - random numbers that are the same at every run.
 *
 * A property is tried with a seed of its own in each round, and a failure
 * names that seed: starting there alone shows the fault again.
 */
#ifndef TESTS_SUPPORT_PRNG_H
#define TESTS_SUPPORT_PRNG_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct prng {
	uint64_t state;
};

/*
 * prng_start - begin the sequence that belongs to a seed.
 *
 * Source  the mixing steps of splitmix64.
 */
static inline struct prng
prng_start(unsigned int seed)
{
	struct prng prng = { (uint64_t)seed + 0x9e3779b97f4a7c15U };

	prng.state = (prng.state ^ (prng.state >> 30)) * 0xbf58476d1ce4e5b9U;
	prng.state = (prng.state ^ (prng.state >> 27)) * 0x94d049bb133111ebU;
	prng.state = (prng.state ^ (prng.state >> 31)) | 1;
	return prng;
}

/*
 * prng_next - 32 bits, xorshift64*.
 */
static inline uint32_t
prng_next(struct prng *prng)
{
	prng->state ^= prng->state >> 12;
	prng->state ^= prng->state << 25;
	prng->state ^= prng->state >> 27;
	return (uint32_t)((prng->state * 0x2545f4914f6cdd1dU) >> 32);
}

/*
 * prng_below - a number from 0 to limit - 1; limit is 1 or more.
 */
static inline size_t
prng_below(struct prng *prng, size_t limit)
{
	return prng_next(prng) % limit;
}

/*
 * prng_fill - bytes of any value.
 */
static inline void
prng_fill(struct prng *prng, char *at, size_t size_bytes)
{
	size_t i;

	for (i = 0; i < size_bytes; i++)
		at[i] = (char)(unsigned char)prng_below(prng, 256);
}

/*
 * prng_words - text put together of pieces that matter to a parser.
 *
 * Takes   text, size_bytes large; words, count of them. One byte in eight
 *         is any byte at all.
 * Gives   the length; no NUL is put behind.
 */
static inline size_t
prng_words(struct prng *prng, char *text, size_t size_bytes,
    const char *const *words, size_t count)
{
	size_t wanted_bytes = prng_below(prng, size_bytes + 1);
	size_t used_bytes = 0;
	const char *word;
	size_t length;

	while (used_bytes < wanted_bytes) {
		if (prng_below(prng, 8) == 0) {
			prng_fill(prng, text + used_bytes++, 1);
			continue;
		}
		word = words[prng_below(prng, count)];
		length = strlen(word);
		if (length > wanted_bytes - used_bytes)
			length = wanted_bytes - used_bytes;
		memcpy(text + used_bytes, word, length);
		used_bytes += length;
	}
	return used_bytes;
}

#endif
