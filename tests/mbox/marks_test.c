#include <atf-c.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mbox/marks.h"
#include "tests/support/prng.h"
#include "tests/support/spans.h"

enum { ROOM = 40, PAGE = 4096, LARGE = 300 * 1024 };

#define SMALL "From a\nMessage-ID: <m>\n\none\ntwo\n\n"

static struct marks
marks_of(struct span record, off_t at, bool is_identifiable)
{
	struct marks marks = { .room = ROOM };

	marks_make(&marks, record, at, is_identifiable);
	return marks;
}

/* How much of the first size_bytes is proved; -1 when they do not fit. */
static long
proved(const struct marks *marks, const char *at, size_t size_bytes,
    off_t file_at)
{
	size_t end;

	if (!marks_match(
		marks, (struct span){ at, size_bytes }, file_at, &end))
		return -1;
	return (long)end;
}

ATF_TC_WITHOUT_HEAD(match__each_piece__proved_to_its_last_line);
ATF_TC_BODY(match__each_piece__proved_to_its_last_line, tc)
{
	struct marks marks = marks_of(SPAN(SMALL), 10, true);
	size_t line = 0;
	size_t at;

	for (at = 0; at < sizeof(SMALL); at++) {
		if (at > 0 && SMALL[at - 1] == '\n')
			line = at;
		ATF_CHECK_EQ_MSG(
		    (long)line, proved(&marks, SMALL, at, 10), "at %zu", at);
	}
}

ATF_TC_WITHOUT_HEAD(match__each_byte_changed__no_match_behind_it);
ATF_TC_BODY(match__each_byte_changed__no_match_behind_it, tc)
{
	struct marks marks = marks_of(SPAN(SMALL), 0, true);
	char other[sizeof(SMALL)];
	size_t at;

	for (at = 0; at < sizeof(SMALL) - 2; at++) {
		memcpy(other, SMALL, sizeof(SMALL));
		other[at] ^= 1;
		ATF_CHECK_EQ_MSG(-1,
		    proved(&marks, other, sizeof(other) - 1, 0), "at %zu", at);
	}
}

ATF_TC_WITHOUT_HEAD(match__unidentifiable__empty_lines_prove_nothing);
ATF_TC_BODY(match__unidentifiable__empty_lines_prove_nothing, tc)
{
	static const char crlf[] = "From a\nS: b\r\n\r\nc\r\n\r\n";
	struct marks marks = marks_of(SPAN(SMALL), 0, false);
	struct marks with_cr = marks_of(SPAN(crlf), 0, false);

	ATF_CHECK_EQ(23, proved(&marks, SMALL, 23, 0));
	ATF_CHECK_EQ(23, proved(&marks, SMALL, 24, 0));
	ATF_CHECK_EQ(32, proved(&marks, SMALL, sizeof(SMALL) - 1, 0));
	ATF_CHECK_EQ(13, proved(&with_cr, crlf, 15, 0));
	ATF_CHECK_EQ(18, proved(&with_cr, crlf, sizeof(crlf) - 1, 0));
}

ATF_TC_WITHOUT_HEAD(match__no_marks__all_fits_and_nothing_proved);
ATF_TC_BODY(match__no_marks__all_fits_and_nothing_proved, tc)
{
	struct marks marks = { .room = ROOM };

	ATF_CHECK_EQ(0, proved(&marks, SMALL, sizeof(SMALL) - 1, 0));
	marks.room = 0;
	marks_make(&marks, SPAN(SMALL), 0, true);
	ATF_CHECK_EQ(0, (int)marks.count);
}

/* Lines of any length, and of one byte often, so that pages end with some. */
static char *
large_text(struct prng *prng)
{
	char *text = malloc(LARGE);
	size_t at;

	ATF_REQUIRE(text != NULL);
	for (at = 0; at < LARGE; at++)
		text[at] = prng_below(prng, 3) == 0 ? '\n' : 'x';
	return text;
}

/* Far behind the first lines, where a page ends with one. */
ATF_TC_WITHOUT_HEAD(match__page_ends_with_a_line__proved);
ATF_TC_BODY(match__page_ends_with_a_line__proved, tc)
{
	struct prng prng = prng_start(1);
	char *text = large_text(&prng);
	off_t file_at;
	int found = 0;

	for (file_at = 0; file_at < 3 * PAGE; file_at += 1000) {
		struct marks marks = marks_of(
		    (struct span){ text, LARGE }, file_at, true);
		size_t at = (size_t)(PAGE - file_at % PAGE) + PAGE;

		ATF_CHECK_EQ(ROOM, (int)marks.count);
		for (; at < 15 * PAGE; at += PAGE)
			if (text[at - 1] == '\n') {
				found++;
				ATF_CHECK_EQ((long)at,
				    proved(&marks, text, at, file_at));
				text[at - 1000] ^= 1;
				ATF_CHECK_EQ(-1,
				    proved(&marks, text, at, file_at));
				text[at - 1000] ^= 1;
			}
	}
	ATF_CHECK(found > 20);
	free(text);
}

ATF_TC_WITHOUT_HEAD(match__no_line_ends__nothing_proved);
ATF_TC_BODY(match__no_line_ends__nothing_proved, tc)
{
	char *text = malloc(LARGE);
	struct marks marks;

	ATF_REQUIRE(text != NULL);
	memset(text, 'x', LARGE);
	marks = marks_of((struct span){ text, LARGE }, 0, true);
	ATF_CHECK_EQ(0, (int)marks.count);
	ATF_CHECK_EQ(0, proved(&marks, text, LARGE, 0));
	free(text);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, match__each_piece__proved_to_its_last_line);
	ATF_TP_ADD_TC(tp, match__each_byte_changed__no_match_behind_it);
	ATF_TP_ADD_TC(tp, match__unidentifiable__empty_lines_prove_nothing);
	ATF_TP_ADD_TC(tp, match__no_marks__all_fits_and_nothing_proved);
	ATF_TP_ADD_TC(tp, match__page_ends_with_a_line__proved);
	ATF_TP_ADD_TC(tp, match__no_line_ends__nothing_proved);
	return atf_no_error();
}
