#include "mime/parameter.h"

#include <atf-c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/arenas.h"
#include "tests/support/guard.h"
#include "tests/support/prng.h"
#include "tests/support/spans.h"

#define CHECK_PARAMETER(want, value, name)                                  \
	do {                                                                \
		struct span got = SPAN("");                                 \
                                                                            \
		ATF_CHECK(                                                  \
		    parameter_find(SPAN(value), name, test_arena(), &got)); \
		CHECK_SPAN(want, got);                                      \
	} while (0)

#define CHECK_NO_PARAMETER(value, name)                                      \
	do {                                                                 \
		struct span got = SPAN("");                                  \
                                                                             \
		ATF_CHECK(                                                   \
		    !parameter_find(SPAN(value), name, test_arena(), &got)); \
	} while (0)

#define CHECK_MAIN(want, value) \
	CHECK_SPAN(want, parameter_main(SPAN(value), test_arena()))

ATF_TC_WITHOUT_HEAD(main__type__lower_case_without_comments);
ATF_TC_BODY(main__type__lower_case_without_comments, tc)
{
	CHECK_MAIN("text/plain", " Text/PLAIN; charset=x");
	CHECK_MAIN("text/plain", "text (a;b) / (c) plain (d)");
	CHECK_MAIN("attachment", "attachment; filename=a");
	CHECK_MAIN("text", "text;");
	CHECK_MAIN("", "");
	CHECK_MAIN("", "; a=b");
}

ATF_TC_WITHOUT_HEAD(find__rfc_2045_5_1__value);
ATF_TC_BODY(find__rfc_2045_5_1__value, tc)
{
	CHECK_PARAMETER("us-ascii", "text/plain; charset=us-ascii (Plain text)",
	    "charset");
	CHECK_PARAMETER("us-ascii", "text/plain; charset=\"us-ascii\"",
	    "Charset");
	CHECK_PARAMETER("a;\"b", "x/y; z=\"a;\\\"b\"; q=1", "z");
	CHECK_PARAMETER("1", "x/y; z=\"a;q=2\"; q=1", "q");
	CHECK_PARAMETER("", "x/y; z=\"\"", "z");
}

ATF_TC_WITHOUT_HEAD(find__not_there__false);
ATF_TC_BODY(find__not_there__false, tc)
{
	CHECK_NO_PARAMETER("text/plain", "charset");
	CHECK_NO_PARAMETER("text/plain; xcharset=a", "charset");
	CHECK_NO_PARAMETER("text/plain; charset", "charset");
	CHECK_NO_PARAMETER("text/plain (; charset=a)", "charset");
	CHECK_NO_PARAMETER("", "charset");
}

ATF_TC_WITHOUT_HEAD(find__twice__the_first);
ATF_TC_BODY(find__twice__the_first, tc)
{
	CHECK_PARAMETER("a", "x/y; z=a; z=b", "z");
}

ATF_TC_WITHOUT_HEAD(find__not_well_formed__what_is_meant);
ATF_TC_BODY(find__not_well_formed__what_is_meant, tc)
{
	CHECK_PARAMETER("a b.txt", "x/y; name=a b.txt; z=1", "name");
	CHECK_PARAMETER("a", "x/y;; ;z=a", "z");
	CHECK_PARAMETER("a", "x/y; z = a ", "z");
	CHECK_PARAMETER("ab", "x/y; z=\"ab", "z");
	CHECK_PARAMETER("\303\244.txt", "x; name=\"=?utf-8?Q?=C3=A4?=.txt\"",
	    "name");
}

ATF_TC_WITHOUT_HEAD(find__rfc_2231_3__pieces);
ATF_TC_BODY(find__rfc_2231_3__pieces, tc)
{
	CHECK_PARAMETER("ftp://cs.utk.edu/pub/moore/bulk-mailer.tar",
	    "message/external-body; access-type=URL;\n URL*0=\"ftp://\";\n "
	    "URL*1=\"cs.utk.edu/pub/moore/bulk-mailer.tar\"",
	    "url");
	CHECK_PARAMETER("abc", "x/y; z*2=c; z*0=a; z*1=b; z*4=e", "z");
}

ATF_TC_WITHOUT_HEAD(find__rfc_2231_4__percent_codes);
ATF_TC_BODY(find__rfc_2231_4__percent_codes, tc)
{
	CHECK_PARAMETER("This is ***fun***",
	    "application/x-stuff;\n "
	    "title*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A",
	    "title");
	CHECK_PARAMETER("\303\244", "x/y; z*=iso-8859-1''%E4", "z");
	CHECK_PARAMETER("%G1%", "x/y; z*=us-ascii''%G1%", "z");
}

ATF_TC_WITHOUT_HEAD(find__rfc_2231_4_1__both);
ATF_TC_BODY(find__rfc_2231_4_1__both, tc)
{
	CHECK_PARAMETER("This is even more ***fun*** isn't it!",
	    "application/x-stuff;\n "
	    "title*0*=us-ascii'en'This%20is%20even%20more%20;\n "
	    "title*1*=%2A%2A%2Afun%2A%2A%2A%20;\n title*2=\"isn't it!\"",
	    "title");
}

ATF_TC_WITHOUT_HEAD(find__extended_and_plain__extended);
ATF_TC_BODY(find__extended_and_plain__extended, tc)
{
	CHECK_PARAMETER("b", "x/y; z=a; z*=utf-8''b", "z");
}

ATF_TC_WITHOUT_HEAD(find__more_pieces_than_allowed__those_allowed);
ATF_TC_BODY(find__more_pieces_than_allowed__those_allowed, tc)
{
	char text[4000] = "x/y";
	char piece[24];
	struct span got;
	int i;

	for (i = 0; i < 200; i++) {
		(void)snprintf(piece, sizeof(piece), "; z*%d=a", i);
		(void)strcat(text, piece);
	}
	ATF_REQUIRE(parameter_find(span_of(text), "z", test_arena(), &got));
	ATF_CHECK_EQ(64, got.size_bytes);
}

ATF_TC_WITHOUT_HEAD(find__any_bytes__no_crash);
ATF_TC_BODY(find__any_bytes__no_crash, tc)
{
	static const char *const words[] = { "x/y", ";", "z", "*0", "*", "=",
		"\"", "\\", "(", ")", "%41", "utf-8''", " " };
	char text[120];
	unsigned int seed;

	for (seed = 0; seed < 30000; seed++) {
		struct prng prng = prng_start(seed);
		size_t length =
		    prng_words(&prng, text, sizeof(text), words, 13);
		struct span placed = guard_place(text, length), got;
		struct arena *arena = test_arena();

		(void)parameter_main(placed, arena);
		(void)parameter_find(placed, "z", arena, &got);
	}
}

ATF_TC_WITHOUT_HEAD(find__ten_megabytes__within_two_seconds);
ATF_TC_BODY(find__ten_megabytes__within_two_seconds, tc)
{
	static const char *const pieces[] = { ";", "; z=a", "; z*1=a", "(",
		"\"", "; q=\"b\"", "; z*=a'" };
	size_t size_bytes = 10 << 20;
	char *text = malloc(size_bytes);
	struct span whole = { text, size_bytes }, got;
	double before_s;
	size_t i, k;

	ATF_REQUIRE(text != NULL);
	for (i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		for (k = 0; k < size_bytes; k++)
			text[k] = pieces[i][k % strlen(pieces[i])];
		before_s = cpu_s();
		(void)parameter_find(whole, "z", test_arena(), &got);
		ATF_CHECK_MSG(cpu_s() - before_s < limit_s(), "%s", pieces[i]);
	}
	free(text);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, main__type__lower_case_without_comments);
	ATF_TP_ADD_TC(tp, find__rfc_2045_5_1__value);
	ATF_TP_ADD_TC(tp, find__not_there__false);
	ATF_TP_ADD_TC(tp, find__twice__the_first);
	ATF_TP_ADD_TC(tp, find__not_well_formed__what_is_meant);
	ATF_TP_ADD_TC(tp, find__rfc_2231_3__pieces);
	ATF_TP_ADD_TC(tp, find__rfc_2231_4__percent_codes);
	ATF_TP_ADD_TC(tp, find__rfc_2231_4_1__both);
	ATF_TP_ADD_TC(tp, find__extended_and_plain__extended);
	ATF_TP_ADD_TC(tp, find__more_pieces_than_allowed__those_allowed);
	ATF_TP_ADD_TC(tp, find__any_bytes__no_crash);
	ATF_TP_ADD_TC(tp, find__ten_megabytes__within_two_seconds);
	return atf_no_error();
}
