#include <atf-c.h>
#include <stdint.h>
#include <string.h>

#include "base/checksum.h"
#include "tests/support/guard.h"
#include "tests/support/prng.h"
#include "tests/support/spans.h"

enum { DATA_BYTES = 200 };

static void
fill(char *data)
{
	struct prng prng = prng_start(1);

	prng_fill(&prng, data, DATA_BYTES);
}

/* It is written to disk: another version must give the same. */
ATF_TC_WITHOUT_HEAD(sum__known_data__known_number);
ATF_TC_BODY(sum__known_data__known_number, tc)
{
	ATF_CHECK_EQ(0xdf442d22110c749bU, checksum(SPAN("")));
	ATF_CHECK_EQ(0x9f543549bd42748U, checksum(SPAN("a")));
	ATF_CHECK_EQ(0xa22fc43eaaa9c1edU,
	    checksum(SPAN("From the desk of \0\377 more\n")));
}

ATF_TC_WITHOUT_HEAD(sum__one_bit_changed__another);
ATF_TC_BODY(sum__one_bit_changed__another, tc)
{
	char data[DATA_BYTES];
	struct span span = { data, sizeof(data) };
	uint64_t before;
	size_t bit;

	fill(data);
	before = checksum(span);
	for (bit = 0; bit < 8 * sizeof(data); bit++) {
		data[bit / 8] ^= (char)(1 << bit % 8);
		ATF_CHECK_MSG(checksum(span) != before, "bit %zu", bit);
		data[bit / 8] ^= (char)(1 << bit % 8);
	}
	ATF_CHECK_EQ(before, checksum(span));
}

ATF_TC_WITHOUT_HEAD(sum__nuls_of_each_length__all_differ);
ATF_TC_BODY(sum__nuls_of_each_length__all_differ, tc)
{
	static const char nuls[DATA_BYTES];
	uint64_t sums[DATA_BYTES];
	size_t i;
	size_t j;

	for (i = 0; i < DATA_BYTES; i++) {
		sums[i] = checksum((struct span){ nuls, i });
		for (j = 0; j < i; j++)
			ATF_CHECK_MSG(sums[i] != sums[j], "%zu and %zu", i, j);
	}
}

ATF_TC_WITHOUT_HEAD(sum__nuls_from_each_byte_on__another);
ATF_TC_BODY(sum__nuls_from_each_byte_on__another, tc)
{
	char data[DATA_BYTES];
	struct span span = { data, sizeof(data) };
	uint64_t whole;
	size_t at;

	fill(data);
	whole = checksum(span);
	for (at = 0; at < sizeof(data); at++) {
		fill(data);
		memset(data + at, 0, sizeof(data) - at);
		ATF_CHECK_MSG(checksum(span) != whole, "from %zu on", at);
	}
}

ATF_TC_WITHOUT_HEAD(sum__words_exchanged__another);
ATF_TC_BODY(sum__words_exchanged__another, tc)
{
	ATF_CHECK(checksum(SPAN("12345678abcdefgh")) !=
	    checksum(SPAN("abcdefgh12345678")));
	ATF_CHECK(checksum(SPAN("12345678a")) != checksum(SPAN("a12345678")));
}

/* At every address, and never a byte beyond the end. */
ATF_TC_WITHOUT_HEAD(sum__any_alignment__same);
ATF_TC_BODY(sum__any_alignment__same, tc)
{
	char room[DATA_BYTES + 16];
	char data[DATA_BYTES];
	size_t length;
	size_t shift;

	fill(data);
	for (length = 0; length < 40; length++) {
		uint64_t sum = checksum(guard_place(data, length));

		for (shift = 0; shift < 16; shift++) {
			memcpy(room + shift, data, length);
			ATF_CHECK_EQ(sum,
			    checksum((struct span){ room + shift, length }));
		}
	}
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, sum__known_data__known_number);
	ATF_TP_ADD_TC(tp, sum__one_bit_changed__another);
	ATF_TP_ADD_TC(tp, sum__nuls_of_each_length__all_differ);
	ATF_TP_ADD_TC(tp, sum__nuls_from_each_byte_on__another);
	ATF_TP_ADD_TC(tp, sum__words_exchanged__another);
	ATF_TP_ADD_TC(tp, sum__any_alignment__same);
	return atf_no_error();
}
