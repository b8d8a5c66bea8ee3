#include "sieve/match.h"

#include "compat/compat.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "sieve/bound.h"
#include "sieve/search.h"

/* ---- :is, :contains, :matches ------------------------------------------- */

bool
match_is(enum comparator comparator, struct span value, struct span key)
{
	return compare_order(comparator, value, key) == 0;
}

bool
match_contains(enum comparator comparator, struct span value, struct span key)
{
	return search_holds(comparator, value, key);
}

/*
 * One try at a pattern. When bytes differ, the last star takes one octet
 * more, and all behind it is compared anew. Stars before the last one never
 * need to change: what stands for them is the shortest that works, and making
 * it longer only leaves less for the rest.
 */
struct glob {
	enum comparator comparator;
	struct span value;
	struct span pattern;
	size_t value_at;
	size_t pattern_at;
	size_t star_value_at;	/* what the last star stands for ends here */
	size_t star_pattern_at; /* behind the last star */
	size_t star_piece;	/* its number */
	bool has_star;
	struct match_pieces pieces;
};

static void
glob_piece(struct glob *glob, size_t number, size_t from, size_t to)
{
	if (number >= MATCH_PIECES_MAX)
		return;
	glob->pieces.at[number].at = glob->value.at + from;
	glob->pieces.at[number].size_bytes = to - from;
}

static bool
glob_star(struct glob *glob)
{
	glob->has_star = true;
	glob->pattern_at++;
	glob->star_pattern_at = glob->pattern_at;
	glob->star_value_at = glob->value_at;
	glob->star_piece = glob->pieces.count++;
	glob_piece(glob, glob->star_piece, glob->value_at, glob->value_at);
	return true;
}

/* To these comparators a character is an octet (RFC 5228 section 2.7.1). */
static bool
glob_any(struct glob *glob)
{
	if (glob->value_at == glob->value.size_bytes)
		return false;
	glob_piece(glob, glob->pieces.count++, glob->value_at,
	    glob->value_at + 1);
	glob->value_at++;
	glob->pattern_at++;
	return true;
}

static bool
glob_literal(struct glob *glob)
{
	size_t at = glob->pattern_at;

	if (glob->pattern.at[at] == '\\' && at + 1 < glob->pattern.size_bytes)
		at++;
	if (glob->value_at == glob->value.size_bytes ||
	    !search_same(glob->comparator, glob->value.at[glob->value_at],
		glob->pattern.at[at]))
		return false;
	glob->value_at++;
	glob->pattern_at = at + 1;
	return true;
}

/* Take the next step in the pattern; false when it does not fit. */
static bool
glob_step(struct glob *glob)
{
	if (glob->pattern_at == glob->pattern.size_bytes)
		return false;
	switch (glob->pattern.at[glob->pattern_at]) {
	case '*':
		return glob_star(glob);
	case '?':
		return glob_any(glob);
	default:
		return glob_literal(glob);
	}
}

/* Let the last star take one octet more; false when it cannot. */
static bool
glob_retry(struct glob *glob)
{
	size_t star_start;

	if (!glob->has_star || glob->star_value_at == glob->value.size_bytes)
		return false;
	glob->star_value_at++;
	if (glob->star_piece < MATCH_PIECES_MAX) {
		star_start = (size_t)(glob->pieces.at[glob->star_piece].at -
		    glob->value.at);
		glob_piece(glob, glob->star_piece, star_start,
		    glob->star_value_at);
	}
	glob->value_at = glob->star_value_at;
	glob->pattern_at = glob->star_pattern_at;
	glob->pieces.count = glob->star_piece + 1;
	return true;
}

bool
match_glob(enum comparator comparator, struct span value, struct span pattern,
    struct match_pieces *pieces)
{
	struct glob glob;

	memset(&glob, 0, sizeof(glob));
	glob.comparator = comparator;
	glob.value = value.at == NULL ? span_of("") : value;
	glob.pattern = pattern;
	glob.pieces.count = 1;
	while (glob.pattern_at < pattern.size_bytes ||
	    glob.value_at < value.size_bytes)
		if (!glob_step(&glob) && !glob_retry(&glob))
			return false;
	if (pieces == NULL)
		return true;
	glob_piece(&glob, 0, 0, value.size_bytes);
	if (glob.pieces.count > MATCH_PIECES_MAX)
		glob.pieces.count = MATCH_PIECES_MAX;
	*pieces = glob.pieces;
	return true;
}

struct span
match_escape(struct span text, struct arena *arena)
{
	struct buffer out;
	size_t i;

	buffer_start(&out, arena);
	for (i = 0; i < text.size_bytes; i++) {
		if (text.at[i] == '*' || text.at[i] == '?' ||
		    text.at[i] == '\\')
			buffer_add_byte(&out, '\\');
		buffer_add_byte(&out, text.at[i]);
	}
	return buffer_span(&out);
}

/* ---- :regex ------------------------------------------------------------- */

struct match_regex {
	regex_t compiled;
};

struct match_regex *
match_regex_compile(enum comparator comparator, struct span pattern,
    struct arena *arena, const char **fault_out)
{
	struct match_regex *regex;
	struct span text = arena_copy(arena, pattern);
	char fault[200];
	int flags = REG_EXTENDED;
	int error;

	*fault_out = bound_fault(pattern);
	if (*fault_out != NULL)
		return NULL;
	regex = text.at == NULL ? NULL : calloc(1, sizeof(*regex));
	if (regex == NULL) {
		*fault_out = "no more memory";
		return NULL;
	}
	if (comparator == COMPARATOR_CASEMAP)
		flags |= REG_ICASE;
	error = regcomp(&regex->compiled, text.at, flags);
	if (error == 0)
		return regex;
	(void)regerror(error, &regex->compiled, fault, sizeof(fault));
	*fault_out = arena_copy(arena, span_of(fault)).at;
	if (*fault_out == NULL)
		*fault_out = "no more memory";
	free(regex);
	return NULL;
}

void
match_regex_free(struct match_regex *regex)
{
	if (regex == NULL)
		return;
	regfree(&regex->compiled);
	free(regex);
}

/* Groups that took no part in the match are empty. */
static void
set_pieces(const struct match_regex *regex, const regmatch_t *found,
    const char *base, struct match_pieces *pieces)
{
	size_t count = regex->compiled.re_nsub + 1;
	size_t i;

	memset(pieces, 0, sizeof(*pieces));
	pieces->count = count < MATCH_PIECES_MAX ? count : MATCH_PIECES_MAX;
	for (i = 0; i < pieces->count; i++) {
		if (found[i].rm_so < 0)
			continue;
		pieces->at[i].at = base + found[i].rm_so;
		pieces->at[i].size_bytes =
		    (size_t)(found[i].rm_eo - found[i].rm_so);
	}
}

/*
 * AddressSanitizer looks for a NUL in what regexec() is given, whatever the
 * flags say: under it the other way is taken, and so is tested, too.
 */
#if defined(REG_STARTEND) && !HAS_LEAK_CHECKER

static int
try_once(const struct match_regex *regex, struct span *value,
    struct arena *arena, regmatch_t *found)
{
	(void)arena;
	if (value->at == NULL)
		*value = span_of("");
	found[0].rm_so = 0;
	found[0].rm_eo = (regoff_t)value->size_bytes;
	if ((size_t)found[0].rm_eo != value->size_bytes || found[0].rm_eo < 0)
		return REG_ESPACE;
	return regexec(&regex->compiled, value->at, MATCH_PIECES_MAX, found,
	    REG_STARTEND);
}

#else

/* Where regexec() wants a NUL at the end, it sees nothing behind the first. */
static int
try_once(const struct match_regex *regex, struct span *value,
    struct arena *arena, regmatch_t *found)
{
	*value = arena_copy(arena, *value);
	if (value->at == NULL)
		return REG_ESPACE;
	return regexec(&regex->compiled, value->at, MATCH_PIECES_MAX, found, 0);
}

#endif

int
match_regex_try(const struct match_regex *regex, struct span value,
    struct arena *arena, struct match_pieces *pieces)
{
	regmatch_t found[MATCH_PIECES_MAX];
	int result = try_once(regex, &value, arena, found);

	if (result == REG_NOMATCH)
		return 0;
	if (result != 0)
		return -1;
	if (pieces != NULL)
		set_pieces(regex, found, value.at, pieces);
	return 1;
}
