#include "mda/printable.h"

#include <atf-c.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/failure.h"
#include "mda/report.h"
#include "tests/support/prng.h"

enum { ROUNDS = 20000, TEXT_MAX = 200 };

static const char *
shown(const char *text)
{
	static char copy[TEXT_MAX];

	(void)snprintf(copy, sizeof(copy), "%s", text);
	printable(copy);
	return copy;
}

ATF_TC_WITHOUT_HEAD(letters__of_any_script__as_they_are);
ATF_TC_BODY(letters__of_any_script__as_they_are, tc)
{
	static const char text[] =
	    "a ~ \xc3\xa4 \xd0\x92\xd1\x85 \xd8\xb9\xd8\xb1 \xe5\x8f\x97 "
	    "\xf0\x9f\x93\xa7";

	ATF_CHECK_STREQ(text, shown(text));
}

ATF_TC_WITHOUT_HEAD(controls__of_ascii__question_marks);
ATF_TC_BODY(controls__of_ascii__question_marks, tc)
{
	ATF_CHECK_STREQ("a?[2J?b??c?", shown("a\033[2J\nb\r\177c\t"));
}

/* A terminal takes U+009B for the beginning of a command, as ESC "[". */
ATF_TC_WITHOUT_HEAD(controls__c1__question_marks);
ATF_TC_BODY(controls__c1__question_marks, tc)
{
	ATF_CHECK_STREQ("a?31m", shown("a\xc2\x9b"
				       "31m"));
	ATF_CHECK_STREQ("a?31m", shown("a\x9b"
				       "31m"));
	ATF_CHECK_STREQ("??\xc2\xa0", shown("\xc2\x80\xc2\x9f\xc2\xa0"));
}

ATF_TC_WITHOUT_HEAD(separators__of_lines__question_marks);
ATF_TC_BODY(separators__of_lines__question_marks, tc)
{
	ATF_CHECK_STREQ("a?b?c", shown("a\xe2\x80\xa8"
				       "b\xe2\x80\xa9"
				       "c"));
}

/* "gpj.exe" can be shown as "exe.jpg". */
ATF_TC_WITHOUT_HEAD(direction__overridden__question_marks);
ATF_TC_BODY(direction__overridden__question_marks, tc)
{
	ATF_CHECK_STREQ("???", shown("\xe2\x80\xae\xe2\x81\xa6\xe2\x81\xa9"));
	ATF_CHECK_STREQ("\xe2\x80\x8f\xe2\x81\xa5",
	    shown("\xe2\x80\x8f\xe2\x81\xa5")); /* marks are but letters */
}

ATF_TC_WITHOUT_HEAD(bytes__no_character__left_when_harmless);
ATF_TC_BODY(bytes__no_character__left_when_harmless, tc)
{
	ATF_CHECK_STREQ("f\xfcr \xff \xc3", shown("f\xfcr \xff \xc3"));
	ATF_CHECK_STREQ("\xe2?", shown("\xe2\x80"));
}

ATF_TC_WITHOUT_HEAD(next__nul__question_mark);
ATF_TC_BODY(next__nul__question_mark, tc)
{
	struct span rest = { "\0b", 2 };
	char text[PRINTABLE_MAX];

	printable_next(text, &rest);
	ATF_CHECK_STREQ("?", text);
	ATF_CHECK_EQ(1, rest.size_bytes);
}

ATF_TC_WITHOUT_HEAD(lines__several__ends_stay);
ATF_TC_BODY(lines__several__ends_stay, tc)
{
	char text[] = "a\nb\r\xc2\x85\nc\033";

	printable_lines(text);
	ATF_CHECK_STREQ("a\nb??\nc?", text);
}

/* What a reader of UTF-8, or of single bytes, would take for a control. */
static bool
is_harmless(const char *text)
{
	static const char *const evil[] = { "\xe2\x80\xa8", "\xe2\x80\xa9",
		"\xe2\x80\xaa", "\xe2\x80\xab", "\xe2\x80\xac", "\xe2\x80\xad",
		"\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x81\xa7", "\xe2\x81\xa8",
		"\xe2\x81\xa9" };
	const char *at;
	size_t i;

	for (i = 0; i < sizeof(evil) / sizeof(evil[0]); i++)
		if (strstr(text, evil[i]) != NULL)
			return false;
	for (at = text; *at != '\0'; at++) {
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			return false;
		if (at[0] == '\xc2' && (unsigned char)at[1] >= 0x80 &&
		    (unsigned char)at[1] < 0xa0)
			return false;
	}
	return true;
}

static void
make_evil(char *text, size_t size_bytes, struct prng *prng)
{
	static const char *const words[] = { "\xe2\x80", "\xa8", "\xae",
		"\xe2\x81\xa6", "\xc2\x9b", "\xc2", "\x85", "\033[", "\r\n",
		"\xf0\x9f", "4.3.0 ", "a" };
	size_t used = prng_words(prng, text, size_bytes - 1, words, 12);

	text[used] = '\0';
}

ATF_TC_WITHOUT_HEAD(text__any__nothing_but_letters);
ATF_TC_BODY(text__any__nothing_but_letters, tc)
{
	char text[TEXT_MAX];
	unsigned int seed;

	for (seed = 0; seed < ROUNDS; seed++) {
		struct prng prng = prng_start(seed);

		make_evil(text, sizeof(text), &prng);
		printable(text);
		ATF_REQUIRE_MSG(is_harmless(text), "seed %u: %s", seed, text);
	}
}

ATF_TC_WITHOUT_HEAD(sentence__any_subject__nothing_but_letters);
ATF_TC_BODY(sentence__any_subject__nothing_but_letters, tc)
{
	char text[TEXT_MAX];
	char sentence[1024];
	struct failure why;
	unsigned int seed;

	for (seed = 0; seed < ROUNDS; seed++) {
		struct prng prng = prng_start(seed);

		make_evil(text, sizeof(text), &prng);
		(void)failure_retry(&why, "open-dir", "4.3.0", text);
		report_sentence(sentence, sizeof(sentence), &why);
		ATF_REQUIRE_MSG(
		    is_harmless(sentence), "seed %u: %s", seed, sentence);
	}
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, letters__of_any_script__as_they_are);
	ATF_TP_ADD_TC(tp, controls__of_ascii__question_marks);
	ATF_TP_ADD_TC(tp, controls__c1__question_marks);
	ATF_TP_ADD_TC(tp, separators__of_lines__question_marks);
	ATF_TP_ADD_TC(tp, direction__overridden__question_marks);
	ATF_TP_ADD_TC(tp, bytes__no_character__left_when_harmless);
	ATF_TP_ADD_TC(tp, next__nul__question_mark);
	ATF_TP_ADD_TC(tp, lines__several__ends_stay);
	ATF_TP_ADD_TC(tp, text__any__nothing_but_letters);
	ATF_TP_ADD_TC(tp, sentence__any_subject__nothing_but_letters);
	return atf_no_error();
}
