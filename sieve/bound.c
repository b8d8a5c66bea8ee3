#include "sieve/bound.h"

#include <stdbool.h>
#include <string.h>

enum { GROUP_DEPTH_MAX = 100 };

/* A group that is open: what is in it so far. */
struct group {
	unsigned long length; /* its atoms, bounds written out */
	unsigned long repeat; /* the largest product of bounds in it */
};

/* The atom before the place where we are. */
struct scan {
	struct span rest;
	struct group groups[GROUP_DEPTH_MAX];
	size_t depth;
	struct group last;
};

static unsigned long
least(unsigned long one, unsigned long other)
{
	return one < other ? one : other;
}

/* The atom is done: nothing repeats it any more. */
static void
close_atom(struct scan *scan)
{
	struct group *group = &scan->groups[scan->depth];

	group->length = least(group->length + scan->last.length, 1000000);
	if (scan->last.repeat > group->repeat)
		group->repeat = scan->last.repeat;
	scan->last.length = 0;
	scan->last.repeat = 1;
}

static void
one_atom(struct scan *scan, size_t size_bytes)
{
	close_atom(scan);
	scan->last.length = 1;
	scan->rest = span_from(scan->rest, size_bytes);
}

/* "[...]": "]" in front is one of its characters, "[:" ":]" a class. */
static size_t
bracket_bytes(struct span text)
{
	size_t i = 1;

	if (i < text.size_bytes && text.at[i] == '^')
		i++;
	if (i < text.size_bytes && text.at[i] == ']')
		i++;
	for (; i < text.size_bytes && text.at[i] != ']'; i++) {
		char kind;

		if (text.at[i] != '[' || i + 1 == text.size_bytes ||
		    strchr(":.=", text.at[i + 1]) == NULL)
			continue;
		kind = text.at[i + 1];
		for (i += 2; i + 1 < text.size_bytes; i++)
			if (text.at[i] == kind && text.at[i + 1] == ']')
				break;
		i++;
	}
	return i + 1;
}

/* "{2,5}": how often that can mean the atom. "{2,}" is two and a star. */
static unsigned long
take_bound(struct scan *scan)
{
	unsigned long number = 0;
	unsigned long most = 1;
	char byte = '{';

	while (scan->rest.size_bytes > 0 && byte != '}') {
		byte = scan->rest.at[0];
		scan->rest = span_from(scan->rest, 1);
		if (byte >= '0' && byte <= '9')
			number =
			    least(number * 10 + (unsigned long)(byte - '0'),
				1000000);
		else if (byte != '{')
			number = 0;
		if (number > most)
			most = number;
	}
	return most;
}

static const char *
group_open(struct scan *scan)
{
	close_atom(scan);
	if (scan->depth + 1 == GROUP_DEPTH_MAX)
		return "too many groups within groups";
	scan->depth++;
	scan->groups[scan->depth].length = 0;
	scan->groups[scan->depth].repeat = 1;
	scan->rest = span_from(scan->rest, 1);
	return NULL;
}

static void
group_close(struct scan *scan)
{
	close_atom(scan);
	if (scan->depth > 0)
		scan->last = scan->groups[scan->depth--];
	scan->rest = span_from(scan->rest, 1);
}

static const char *
bound_apply(struct scan *scan)
{
	unsigned long times = take_bound(scan);

	scan->last.repeat = least(scan->last.repeat * times, 1000000);
	scan->last.length = least(scan->last.length * times, 1000000);
	return scan->last.repeat > BOUND_REPEAT_MAX
	    ? "bounds that repeat too much"
	    : NULL;
}

static const char *
scan_step(struct scan *scan)
{
	struct span rest = scan->rest;

	switch (rest.at[0]) {
	case '\\':
		if (rest.size_bytes > 1 && rest.at[1] >= '1' &&
		    rest.at[1] <= '9')
			return "a back reference";
		one_atom(scan, 2);
		return NULL;
	case '[':
		one_atom(scan, bracket_bytes(rest));
		return NULL;
	case '(':
		return group_open(scan);
	case ')':
		group_close(scan);
		return NULL;
	case '{':
		return bound_apply(scan);
	case '*':
	case '+':
	case '?':
		scan->rest = span_from(rest, 1);
		return NULL;
	default:
		one_atom(scan, 1);
		return NULL;
	}
}

const char *
bound_fault(struct span pattern)
{
	struct scan scan;
	const char *fault;

	memset(&scan, 0, sizeof(scan));
	scan.rest = pattern;
	scan.groups[0].repeat = scan.last.repeat = 1;
	if (pattern.size_bytes > 0 &&
	    memchr(pattern.at, '\0', pattern.size_bytes) != NULL)
		return "a NUL";
	while (scan.rest.size_bytes > 0) {
		fault = scan_step(&scan);
		if (fault != NULL)
			return fault;
	}
	close_atom(&scan);
	while (scan.depth > 0)
		group_close(&scan);
	close_atom(&scan);
	return scan.groups[0].length > BOUND_LENGTH_MAX
	    ? "too long when its bounds are written out"
	    : NULL;
}
