/*
 * tell.h - what mda -n has to say: lines for people, or JSON for programs.
 *
 * Both come from the same calls. A fact has a fixed English key and is for
 * programs; a line is a sentence in the reader's language and is for people;
 * pairs, items and problems are both at once. In JSON every value may hold
 * any byte: it is escaped, and never ends the string it stands in. In a line
 * controls become "?" (mda/printable.h), so no path can forge another line.
 */
#ifndef MDA_TELL_H
#define MDA_TELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum {
	TELL_DEPTH_MAX = 8,	/* objects and lists in each other */
	TELL_PROBLEMS_MAX = 32, /* more than one plan has */
	TELL_SENTENCE_MAX = 1024
};

/* What a problem does to a delivery. */
enum tell_weight {
	TELL_NOTE,    /* cannot be judged from here */
	TELL_WARNING, /* it would succeed all the same */
	TELL_FAILURE  /* it would fail */
};

struct tell_problem {
	enum tell_weight weight;
	const char *code; /* static */
	char sentence[TELL_SENTENCE_MAX];
};

struct tell {
	FILE *out; /* borrowed */
	bool is_json;
	unsigned int depth;
	char closers[TELL_DEPTH_MAX];	 /* "}" or "]" for what is open */
	bool has_member[TELL_DEPTH_MAX]; /* so a comma comes next */
	struct tell_problem problems[TELL_PROBLEMS_MAX];
	size_t problem_count;
};

#ifdef __GNUC__
#define TELL_FORMAT(at, first) __attribute__((format(printf, at, first)))
#else
#define TELL_FORMAT(at, first)
#endif

/*
 * tell_start - begin; in JSON, open the one object.
 *
 * Takes   out, borrowed.
 */
void tell_start(struct tell *tell, FILE *out, bool is_json);

/*
 * tell_end - close what is open, with the list of problems before it.
 *
 * Gives   false when not all of it could be written.
 */
bool tell_end(struct tell *tell);

/*
 * tell_object - for programs: open an object, which tell_close() closes.
 *
 * Takes   key, or NULL inside a list.
 */
void tell_object(struct tell *tell, const char *key);

/*
 * tell_list - for programs: open a list, which tell_close() closes.
 *
 * Takes   key, or NULL inside a list.
 */
void tell_list(struct tell *tell, const char *key);

/*
 * tell_close - close the innermost object or list.
 */
void tell_close(struct tell *tell);

/*
 * tell_text - for programs: a fact that is text.
 *
 * Takes   key, or NULL inside a list; value, or NULL for null.
 */
void tell_text(struct tell *tell, const char *key, const char *value);

/*
 * tell_number - for programs: a fact that is a whole number.
 */
void tell_number(struct tell *tell, const char *key, long long value);

/*
 * tell_truth - for programs: a fact that is true or false.
 */
void tell_truth(struct tell *tell, const char *key, bool value);

/*
 * tell_line - for people: one line.
 *
 * Takes   label, which fills a column of twelve; "" leaves the column empty,
 *         and NULL leaves it out.
 */
void tell_line(struct tell *tell, const char *label, const char *format, ...)
    TELL_FORMAT(3, 4);

/*
 * tell_pair - for both: a value with a key and with a label.
 */
void tell_pair(struct tell *tell, const char *key, const char *label,
    const char *value);

/*
 * tell_item - for both: a sentence, which is an item of the open list.
 */
void tell_item(struct tell *tell, const char *label, const char *sentence);

/*
 * tell_problem - for both: something is wrong.
 *
 * Takes   code, a fixed English word, static.
 * Gives   a line here, with a "!" in front unless it is a note; or an object
 *         in the list "problems", at the end.
 */
void tell_problem(struct tell *tell, enum tell_weight weight, const char *code,
    const char *format, ...) TELL_FORMAT(4, 5);

#endif
