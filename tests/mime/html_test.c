#include "mime/html.h"

#include <atf-c.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/arenas.h"
#include "tests/support/guard.h"
#include "tests/support/prng.h"
#include "tests/support/spans.h"

static struct span
text_of(struct span html)
{
	struct buffer out;

	buffer_start(&out, test_arena());
	html_add_text(&out, html);
	return buffer_span(&out);
}

ATF_TC_WITHOUT_HEAD(text__tags__gone);
ATF_TC_BODY(text__tags__gone, tc)
{
	CHECK_SPAN("a bold word",
	    text_of(SPAN("a <b class=\"x\">bold</b> word")));
}

ATF_TC_WITHOUT_HEAD(text__tags_within_a_word__word_stays_whole);
ATF_TC_BODY(text__tags_within_a_word__word_stays_whole, tc)
{
	CHECK_SPAN("viagra", text_of(SPAN("vi<i></i>ag<!-- x -->ra")));
}

ATF_TC_WITHOUT_HEAD(text__ends_of_lines__kept_apart);
ATF_TC_BODY(text__ends_of_lines__kept_apart, tc)
{
	CHECK_SPAN("a\nb\n c\n", text_of(SPAN("a<BR>b<tr><td>c</tr>")));
}

ATF_TC_WITHOUT_HEAD(text__comments_scripts_styles__gone);
ATF_TC_BODY(text__comments_scripts_styles__gone, tc)
{
	CHECK_SPAN("abc",
	    text_of(SPAN("a<!-- <b> > -->b<script>if (a<b) "
			 "x();</script>c<STYLE>p{}</style >")));
}

ATF_TC_WITHOUT_HEAD(text__entities__characters);
ATF_TC_BODY(text__entities__characters, tc)
{
	CHECK_SPAN("&<>\" \303\244\342\202\254\303\244\303\244&x;&",
	    text_of(SPAN("&amp;&lt;&gt;&quot;&nbsp;&auml;&euro;&#228;&#xE4;"
			 "&x;&")));
}

ATF_TC_WITHOUT_HEAD(text__entity_of_no_character__replaced);
ATF_TC_BODY(text__entity_of_no_character__replaced, tc)
{
	CHECK_SPAN("\357\277\275", text_of(SPAN("&#xD800;")));
}

ATF_TC_WITHOUT_HEAD(text__no_tag__stays);
ATF_TC_BODY(text__no_tag__stays, tc)
{
	CHECK_SPAN("1 < 2", text_of(SPAN("1 < 2")));
}

ATF_TC_WITHOUT_HEAD(text__any_bytes__no_crash);
ATF_TC_BODY(text__any_bytes__no_crash, tc)
{
	static const char *const words[] = { "<", ">", "<!--", "-->", "&",
		"<script", "</script", "a", ";", "#x", "/", "<td>" };
	char text[120];
	unsigned int seed;

	for (seed = 0; seed < 20000; seed++) {
		struct prng prng = prng_start(seed);
		size_t length =
		    prng_words(&prng, text, sizeof(text), words, 12);

		ATF_REQUIRE(text_of(guard_place(text, length)).size_bytes <=
		    length * 2 + 3);
	}
}

ATF_TC_WITHOUT_HEAD(text__ten_megabytes__within_two_seconds);
ATF_TC_BODY(text__ten_megabytes__within_two_seconds, tc)
{
	static const char *const pieces[] = { "<", "<a", "<!--", "<script>",
		"&", "&a", "&#x", "<!-", "<a>", "-" };
	size_t size_bytes = 10 << 20;
	char *text = malloc(size_bytes);
	struct span whole = { text, size_bytes };
	double before_s;
	size_t i, k;

	ATF_REQUIRE(text != NULL);
	for (i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		for (k = 0; k < size_bytes; k++)
			text[k] = pieces[i][k % strlen(pieces[i])];
		before_s = cpu_s();
		(void)text_of(whole);
		ATF_CHECK_MSG(cpu_s() - before_s < limit_s(), "%s", pieces[i]);
	}
	free(text);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, text__tags__gone);
	ATF_TP_ADD_TC(tp, text__tags_within_a_word__word_stays_whole);
	ATF_TP_ADD_TC(tp, text__ends_of_lines__kept_apart);
	ATF_TP_ADD_TC(tp, text__comments_scripts_styles__gone);
	ATF_TP_ADD_TC(tp, text__entities__characters);
	ATF_TP_ADD_TC(tp, text__entity_of_no_character__replaced);
	ATF_TP_ADD_TC(tp, text__no_tag__stays);
	ATF_TP_ADD_TC(tp, text__any_bytes__no_crash);
	ATF_TP_ADD_TC(tp, text__ten_megabytes__within_two_seconds);
	return atf_no_error();
}
