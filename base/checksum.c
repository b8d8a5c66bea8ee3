#include "base/checksum.h"

static const uint64_t prime = 0x9e3779b97f4a7c15ULL; /* 2^64 / golden ratio */

/* Little-endian whatever the machine; compilers make one load of it. */
static uint64_t
word_at(const unsigned char *at)
{
	return (uint64_t)at[0] | (uint64_t)at[1] << 8 |
	    (uint64_t)at[2] << 16 | (uint64_t)at[3] << 24 |
	    (uint64_t)at[4] << 32 | (uint64_t)at[5] << 40 |
	    (uint64_t)at[6] << 48 | (uint64_t)at[7] << 56;
}

static uint64_t
mix(uint64_t sum, uint64_t word)
{
	sum = (sum ^ word) * prime;
	return sum ^ (sum >> 32);
}

uint64_t
checksum(struct span data)
{
	const unsigned char *at = (const unsigned char *)data.at;
	size_t left = data.size_bytes;
	uint64_t sum = mix(prime, data.size_bytes);

	for (; left >= 8; left -= 8, at += 8)
		sum = mix(sum, word_at(at));
	for (; left > 0; left--, at++)
		sum = mix(sum, *at);
	return sum;
}
