#include "mda/tell.h"

#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "compat/compat.h"
#include "mda/printable.h"

enum {
	LABEL_COLUMNS = 12,
	LABEL_LETTERS = 40, /* more need not be counted */
	LINE_MAX_BYTES = 2 * PATH_MAX + TELL_SENTENCE_MAX,
	LINES_DEPTH = 2 /* what lies deeper stands on one line */
};

static void
put(struct tell *tell, const char *text)
{
	(void)fputs(text, tell->out); /* tell_end() asks ferror() */
}

/* ---- JSON ------------------------------------------------------------- */

static void
put_string(struct tell *tell, const char *text)
{
	char escaped[JSON_ESCAPED_MAX];
	struct span rest = span_of(text);

	put(tell, "\"");
	while (rest.size_bytes > 0) {
		json_escape_next(escaped, &rest);
		put(tell, escaped);
	}
	put(tell, "\"");
}

static void
put_break(struct tell *tell, unsigned int depth)
{
	if (depth > LINES_DEPTH)
		return;
	put(tell, "\n");
	while (depth-- > 0)
		put(tell, "  ");
}

/* All that comes before a value: comma, place and key. */
static void
put_key(struct tell *tell, const char *key)
{
	bool *has_member = &tell->has_member[tell->depth - 1];

	if (*has_member)
		put(tell, tell->depth > LINES_DEPTH ? ", " : ",");
	*has_member = true;
	put_break(tell, tell->depth);
	if (key == NULL)
		return;
	put_string(tell, key);
	put(tell, ": ");
}

static void
put_opener(struct tell *tell, const char *opener, char closer)
{
	put(tell, opener);
	tell->closers[tell->depth] = closer;
	tell->has_member[tell->depth] = false;
	tell->depth++;
}

void
tell_object(struct tell *tell, const char *key)
{
	if (!tell->is_json)
		return;
	put_key(tell, key);
	put_opener(tell, "{", '}');
}

void
tell_list(struct tell *tell, const char *key)
{
	if (!tell->is_json)
		return;
	put_key(tell, key);
	put_opener(tell, "[", ']');
}

void
tell_close(struct tell *tell)
{
	if (!tell->is_json)
		return;
	tell->depth--;
	if (tell->has_member[tell->depth] && tell->depth < LINES_DEPTH)
		put_break(tell, tell->depth);
	(void)fputc(tell->closers[tell->depth], tell->out);
}

void
tell_text(struct tell *tell, const char *key, const char *value)
{
	if (!tell->is_json)
		return;
	put_key(tell, key);
	if (value == NULL)
		put(tell, "null");
	else
		put_string(tell, value);
}

void
tell_number(struct tell *tell, const char *key, long long value)
{
	if (!tell->is_json)
		return;
	put_key(tell, key);
	(void)fprintf(tell->out, "%lld", value);
}

void
tell_truth(struct tell *tell, const char *key, bool value)
{
	if (!tell->is_json)
		return;
	put_key(tell, key);
	put(tell, value ? "true" : "false");
}

/* ---- Lines ------------------------------------------------------------ */

static void
put_spaces(struct tell *tell, size_t count)
{
	while (count-- > 0)
		put(tell, " ");
}

/* A letter may have several bytes, and take two columns or none. */
static size_t
columns_of(const char *text)
{
	wchar_t letters[LABEL_LETTERS];
	const size_t count = mbstowcs(letters, text, LABEL_LETTERS);
	const int columns =
	    count == (size_t)-1 ? -1 : wcswidth(letters, count);

	return columns < 0 ? strlen(text) : (size_t)columns;
}

static void
put_label(struct tell *tell, const char *label)
{
	const size_t columns = columns_of(label);

	put(tell, label);
	put_spaces(tell, columns < LABEL_COLUMNS ? LABEL_COLUMNS - columns : 1);
}

/* No blanks at the end, which nobody would see. */
static void
put_line(struct tell *tell, const char *label, char *text)
{
	printable(text);
	if (label != NULL && text[0] == '\0')
		put(tell, label);
	else if (label != NULL)
		put_label(tell, label);
	put(tell, text);
	put(tell, "\n");
}

void
tell_line(struct tell *tell, const char *label, const char *format, ...)
{
	char text[LINE_MAX_BYTES];
	va_list list;

	if (tell->is_json)
		return;
	va_start(list, format);
	(void)vsnprintf(text, sizeof(text), format, list); /* or cut */
	va_end(list);
	put_line(tell, label, text);
}

/* ---- Both ------------------------------------------------------------- */

void
tell_pair(struct tell *tell, const char *key, const char *label,
    const char *value)
{
	tell_text(tell, key, value);
	tell_line(tell, label, "%s", value);
}

void
tell_item(struct tell *tell, const char *label, const char *sentence)
{
	tell_pair(tell, NULL, label, sentence);
}

static void
put_problem(struct tell *tell, const struct tell_problem *problem)
{
	static const char *const weights[] = { "note", "warning", "failure" };

	tell_object(tell, NULL);
	tell_text(tell, "weight", weights[problem->weight]);
	tell_text(tell, "code", problem->code);
	tell_text(tell, "sentence", problem->sentence);
	tell_close(tell);
}

void
tell_problem(struct tell *tell, enum tell_weight weight, const char *code,
    const char *format, ...)
{
	struct tell_problem problem = { weight, code, "" };
	va_list list;

	va_start(list, format);
	(void)vsnprintf(problem.sentence, sizeof(problem.sentence), format,
	    list); /* or cut */
	va_end(list);
	tell_line(tell, "", weight == TELL_NOTE ? "%s" : "! %s",
	    problem.sentence);
	if (tell->problem_count < TELL_PROBLEMS_MAX)
		tell->problems[tell->problem_count++] = problem;
}

void
tell_start(struct tell *tell, FILE *out, bool is_json)
{
	tell->out = out;
	tell->is_json = is_json;
	tell->depth = 0;
	tell->problem_count = 0;
	if (is_json)
		put_opener(tell, "{", '}');
}

bool
tell_end(struct tell *tell)
{
	size_t i;

	while (tell->depth > 1)
		tell_close(tell);
	tell_list(tell, "problems");
	for (i = 0; i < tell->problem_count; i++)
		put_problem(tell, &tell->problems[i]);
	tell_close(tell);
	tell_close(tell);
	if (tell->is_json)
		put(tell, "\n");
	return fflush(tell->out) == 0 && !ferror(tell->out);
}
