#include "base/buffer.h"

#include <atf-c.h>

#include "tests/support/spans.h"

ATF_TC_WITHOUT_HEAD(add__pieces__one_after_the_other);
ATF_TC_BODY(add__pieces__one_after_the_other, tc)
{
	struct arena arena;
	struct buffer buffer;

	arena_start(&arena, 10000);
	buffer_start(&buffer, &arena);
	buffer_add(&buffer, SPAN("a\0"));
	buffer_add_text(&buffer, "bc");
	buffer_add_byte(&buffer, 'd');
	buffer_add_number(&buffer, 7, 4);
	buffer_add_number(&buffer, -5, 1);
	CHECK_SPAN("a\0bcd0007-5", buffer_span(&buffer));
	arena_end(&arena);
}

ATF_TC_WITHOUT_HEAD(add__nothing__empty);
ATF_TC_BODY(add__nothing__empty, tc)
{
	struct arena arena;
	struct buffer buffer;

	arena_start(&arena, 10000);
	buffer_start(&buffer, &arena);
	buffer_add_text(&buffer, "");
	ATF_CHECK_EQ(0, buffer_span(&buffer).size_bytes);
	arena_end(&arena);
}

ATF_TC_WITHOUT_HEAD(add__over_the_limit__what_was_there_stays);
ATF_TC_BODY(add__over_the_limit__what_was_there_stays, tc)
{
	struct arena arena;
	struct buffer buffer;
	int i;

	arena_start(&arena, 1000);
	buffer_start(&buffer, &arena);
	for (i = 0; i < 2000; i++)
		buffer_add_byte(&buffer, 'x');
	ATF_CHECK(arena.is_exhausted);
	ATF_CHECK(buffer.size_bytes > 100 && buffer.size_bytes <= 1000);
	ATF_CHECK_EQ('x', buffer.at[buffer.size_bytes - 1]);
	arena_end(&arena);
}

ATF_TC_WITHOUT_HEAD(reserve__size_overflows__null);
ATF_TC_BODY(reserve__size_overflows__null, tc)
{
	struct arena arena;
	struct buffer buffer;

	arena_start(&arena, 1000);
	buffer_start(&buffer, &arena);
	buffer_add_byte(&buffer, 'x');
	ATF_CHECK(buffer_reserve(&buffer, (size_t)-1) == NULL);
	ATF_CHECK(arena.is_exhausted);
	arena_end(&arena);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, add__pieces__one_after_the_other);
	ATF_TP_ADD_TC(tp, add__nothing__empty);
	ATF_TP_ADD_TC(tp, add__over_the_limit__what_was_there_stays);
	ATF_TP_ADD_TC(tp, reserve__size_overflows__null);
	return atf_no_error();
}
