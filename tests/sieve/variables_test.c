/*
 * The modifiers of "set" against the words of RFC 5229 section 4.1, done one
 * after the other on random values.
 */
#include <atf-c.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "tests/support/arenas.h"
#include "tests/support/prng.h"
#include "tests/support/sieve_case.h"
#include "tests/support/spans.h"

enum { VALUE_BYTES = 40, ROOM_BYTES = 4 * VALUE_BYTES, ROUNDS = 4000 };

static struct sieve_case sieve;
static unsigned seed; /* of this round */

/* In the order of their precedence; two of one row exclude each other. */
static const char *const modifiers[][2] = {
	{ ":lower", ":upper" },
	{ ":lowerfirst", ":upperfirst" },
	{ ":quotewildcard", ":quoteregex" },
	{ ":length", ":length" },
};

enum { LEVELS = 4 };

static const char *const words[] = { "a", "B", "Zz", "*", "?", "\\", "ab*",
	"\303\274", "\303\204", "\360\237\230\200", "^", "(x)", "[1]", ".", "+",
	" ", "{2}", "|" };

/* ---- The slow way ------------------------------------------------------- */

static void
fold(char *text, size_t count, int (*letter)(int))
{
	size_t i;

	for (i = 0; i < count && text[i] != '\0'; i++)
		if ((unsigned char)text[i] < 0x80)
			text[i] = (char)letter((unsigned char)text[i]);
}

static void
quote(char *text, const char *special)
{
	char quoted[ROOM_BYTES];
	size_t used = 0;
	const char *at;

	for (at = text; *at != '\0'; at++) {
		if (strchr(special, *at) != NULL)
			quoted[used++] = '\\';
		quoted[used++] = *at;
	}
	quoted[used] = '\0';
	memcpy(text, quoted, used + 1);
}

static size_t
character_bytes(unsigned char first)
{
	return first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

static void
count_characters(char *text)
{
	unsigned count = 0;
	const char *at = text;

	while (*at != '\0') {
		at += character_bytes((unsigned char)*at);
		count++;
	}
	(void)snprintf(text, ROOM_BYTES, "%u", count);
}

static void
apply(char *text, const char *modifier)
{
	if (strcmp(modifier, ":lower") == 0)
		fold(text, ROOM_BYTES, tolower);
	else if (strcmp(modifier, ":upper") == 0)
		fold(text, ROOM_BYTES, toupper);
	else if (strcmp(modifier, ":lowerfirst") == 0)
		fold(text, 1, tolower);
	else if (strcmp(modifier, ":upperfirst") == 0)
		fold(text, 1, toupper);
	else if (strcmp(modifier, ":quotewildcard") == 0)
		quote(text, "*?\\");
	else if (strcmp(modifier, ":quoteregex") == 0)
		quote(text, "\\^$.|?*+()[]{}");
	else
		count_characters(text);
}

/* ---- Scripts ------------------------------------------------------------ */

static void
make_value(struct prng *prng, char *value)
{
	size_t count = prng_below(prng, VALUE_BYTES / 4);

	for (value[0] = '\0'; count > 0; count--)
		(void)strcat(value,
		    words[prng_below(prng, sizeof(words) / sizeof(words[0]))]);
}

static void
quote_string(char *to, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\\' || *text == '"')
			*to++ = '\\';
		*to++ = *text;
	}
	*to = '\0';
}

/* Modifiers in any order: none of it may matter. */
static void
put_modifiers(struct prng *prng, char *tags, const char *const *chosen)
{
	size_t first = prng_below(prng, LEVELS), i;
	bool is_back = prng_below(prng, 2) == 0;

	for (tags[0] = '\0', i = 0; i < LEVELS; i++) {
		size_t at = (first + (is_back ? LEVELS - i : i)) % LEVELS;

		if (chosen[at] != NULL) {
			(void)strcat(tags, chosen[at]);
			(void)strcat(tags, " ");
		}
	}
}

/* The empty variable keeps the value from being judged as it is written. */
static struct span
value_set(const char *tags, const char *value)
{
	char script[1024], literal[2 * ROOM_BYTES];

	quote_string(literal, value);
	(void)snprintf(script, sizeof(script),
	    "require [\"variables\", \"reject\", \"regex\"];\n"
	    "set %s\"v\" \"%s${none}\"; reject \"${v}\";",
	    tags, literal);
	ATF_REQUIRE_MSG(sieve_case_decide(&sieve, script), "seed %u: %s: %s",
	    seed, script, sieve.error.text);
	ATF_REQUIRE_EQ(1, sieve.plan.count);
	return sieve.plan.actions[0].text;
}

ATF_TC_WITHOUT_HEAD(set__any_modifiers_and_order__as_the_slow_way_says);
ATF_TC_BODY(set__any_modifiers_and_order__as_the_slow_way_says, tc)
{
	char value[ROOM_BYTES], wanted[ROOM_BYTES], tags[100];

	sieve_case_start(&sieve);
	for (seed = 0; seed < ROUNDS; seed++) {
		const char *chosen[LEVELS] = { NULL };
		struct prng prng = prng_start(seed);
		struct span got;
		size_t i;

		make_value(&prng, value);
		(void)memcpy(wanted, value, sizeof(wanted));
		for (i = 0; i < LEVELS; i++) {
			if (prng_below(&prng, 2) == 0)
				continue;
			chosen[i] = modifiers[i][prng_below(&prng, 2)];
			apply(wanted, chosen[i]);
		}
		put_modifiers(&prng, tags, chosen);
		got = value_set(tags, value);
		ATF_REQUIRE_MSG(span_equals(got, span_of(wanted)),
		    "seed %u: set %s\"%s\" gave \"%.*s\", not \"%s\"", seed,
		    tags, value, (int)got.size_bytes, got.at, wanted);
	}
	sieve_case_end(&sieve);
}

/* RFC 5229 section 4.1: two modifiers of one precedence are an error. */
ATF_TC_WITHOUT_HEAD(set__two_of_one_precedence__refused);
ATF_TC_BODY(set__two_of_one_precedence__refused, tc)
{
	char script[200];
	size_t i;

	sieve_case_start(&sieve);
	for (i = 0; i < LEVELS; i++) {
		(void)snprintf(script, sizeof(script),
		    "require [\"variables\", \"regex\"];"
		    "set %s %s \"v\" \"x\";",
		    modifiers[i][0], modifiers[i][1]);
		ATF_CHECK_MSG(!sieve_case_compile(&sieve, span_of(script)),
		    "%s", script);
	}
	sieve_case_end(&sieve);
}

/*
 * What is longer than a variable may be is cut: between characters, and with
 * no backslash left without the character that it quotes.
 */
ATF_TC_WITHOUT_HEAD(set__longer_than_the_limit__cut_between_characters);
ATF_TC_BODY(set__longer_than_the_limit__cut_between_characters, tc)
{
	char value[ROOM_BYTES], whole[ROOM_BYTES];

	sieve_case_start(&sieve);
	for (seed = 0; seed < ROUNDS; seed++) {
		struct prng prng = prng_start(seed);
		bool is_quoted = prng_below(&prng, 2) == 0;
		size_t most = 1 + prng_below(&prng, 20), at;
		struct span got;

		make_value(&prng, value);
		(void)memcpy(whole, value, sizeof(whole));
		if (is_quoted)
			apply(whole, ":quotewildcard");
		sieve.options.limits.variable_bytes = most;
		got = value_set(is_quoted ? ":quotewildcard " : "", value);
		/* The longest beginning of whole characters that fits. */
		for (at = 0; whole[at] != '\0';) {
			size_t next =
			    at + (is_quoted && whole[at] == '\\' ? 1 : 0);

			next += character_bytes((unsigned char)whole[next]);
			if (next > most)
				break;
			at = next;
		}
		ATF_REQUIRE_MSG(
		    span_equals(got, (struct span){ whole, at }),
		    "seed %u: \"%s\" cut at %zu gave \"%.*s\"", seed, whole,
		    most, (int)got.size_bytes, got.at);
	}
	sieve_case_end(&sieve);
}

/* RFC 5229 section 6: 128 of them at least, in one script. */
ATF_TC_WITHOUT_HEAD(set__128_variables__each_has_its_own_value);
ATF_TC_BODY(set__128_variables__each_has_its_own_value, tc)
{
	struct buffer script;
	char line[80];
	unsigned i;

	sieve_case_start(&sieve);
	buffer_start(&script, test_arena());
	buffer_add_text(&script, "require \"variables\"; discard;\n");
	for (i = 0; i < 128; i++) {
		(void)snprintf(line, sizeof(line), "set \"v%u\" \"=%u\";\n", i,
		    i);
		buffer_add_text(&script, line);
	}
	for (i = 0; i < 128; i++) {
		(void)snprintf(line, sizeof(line),
		    "if not string \"${v%u}\" \"=%u\" { keep; }\n", i, i);
		buffer_add_text(&script, line);
	}
	ATF_REQUIRE_MSG(sieve_case_compile(&sieve, buffer_span(&script)), "%s",
	    sieve.errors.list[0].text);
	ATF_REQUIRE(sieve_case_run(&sieve));
	ATF_CHECK_STREQ("discard", sieve_case_plan(&sieve));
	sieve_case_end(&sieve);
}

/* RFC 5229 section 6: 4000 characters at least, and not only of one byte. */
ATF_TC_WITHOUT_HEAD(set__4000_characters_of_four_bytes__held);
ATF_TC_BODY(set__4000_characters_of_four_bytes__held, tc)
{
	struct buffer script;
	unsigned i;

	sieve_case_start(&sieve);
	buffer_start(&script, test_arena());
	buffer_add_text(&script, "require \"variables\"; set \"v\" \"");
	for (i = 0; i < 4000; i++)
		buffer_add_text(&script, "\360\237\223\254");
	buffer_add_text(&script,
	    "\"; set \"w\" \"${v}\"; set :length \"n\" \"${w}\";"
	    "if string \"${n}\" \"4000\" { discard; }");
	ATF_REQUIRE_MSG(sieve_case_compile(&sieve, buffer_span(&script)), "%s",
	    sieve.errors.list[0].text);
	ATF_REQUIRE(sieve_case_run(&sieve));
	ATF_CHECK_STREQ("discard", sieve_case_plan(&sieve));
	sieve_case_end(&sieve);
}

/* What :quotewildcard made matches the value that it was made of, and no
   other one that its wildcards would have. */
ATF_TC_WITHOUT_HEAD(quotewildcard__any_value__matches_itself_alone);
ATF_TC_BODY(quotewildcard__any_value__matches_itself_alone, tc)
{
	char value[ROOM_BYTES], other[ROOM_BYTES], script[1500];
	char literal[2 * ROOM_BYTES], other_literal[2 * ROOM_BYTES];

	sieve_case_start(&sieve);
	for (seed = 0; seed < ROUNDS / 4; seed++) {
		struct prng prng = prng_start(seed);
		bool is_same;

		make_value(&prng, value);
		make_value(&prng, other);
		if (prng_below(&prng, 2) == 0)
			(void)memcpy(other, value, sizeof(other));
		is_same = strcmp(value, other) == 0;
		quote_string(literal, value);
		quote_string(other_literal, other);
		(void)snprintf(script, sizeof(script),
		    "require [\"variables\"];"
		    "set :quotewildcard \"v\" \"%s\";"
		    "if string :comparator \"i;octet\" :matches \"%s\" "
		    "\"${v}\" { discard; }",
		    literal, other_literal);
		ATF_REQUIRE(sieve_case_decide(&sieve, script));
		ATF_REQUIRE_EQ_MSG(is_same,
		    sieve.plan.actions[0].kind == SIEVE_DISCARD, "seed %u: %s",
		    seed, script);
	}
	sieve_case_end(&sieve);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, set__any_modifiers_and_order__as_the_slow_way_says);
	ATF_TP_ADD_TC(tp, set__two_of_one_precedence__refused);
	ATF_TP_ADD_TC(tp, set__longer_than_the_limit__cut_between_characters);
	ATF_TP_ADD_TC(tp, set__128_variables__each_has_its_own_value);
	ATF_TP_ADD_TC(tp, set__4000_characters_of_four_bytes__held);
	ATF_TP_ADD_TC(tp, quotewildcard__any_value__matches_itself_alone);
	return atf_no_error();
}
