#include "mbox/filter.h"

#include <string.h>
#include <strings.h>

static const char from_mark[] = "From ";
static const char length_mark[] = "Content-Length";

void
filter_start(struct filter *filter, enum mbox_format format, spool_sink *sink,
    void *context)
{
	memset(filter, 0, sizeof(*filter));
	filter->sink = sink;
	filter->context = context;
	filter->format = format;
	filter->place = FILTER_LINE_START;
	filter->is_header = true;
	filter->length_at = -1;
}

static enum verdict
emit(struct filter *filter, const char *at, size_t size_bytes,
    struct failure *why)
{
	struct span data = { at, size_bytes };

	if (size_bytes == 0)
		return VERDICT_OK;
	filter->out_bytes += (long long)size_bytes;
	filter->is_line_open = at[size_bytes - 1] != '\n';
	return filter->sink(filter->context, data, why);
}

static enum verdict
emit_held(struct filter *filter, struct failure *why)
{
	size_t size_bytes = filter->held_bytes;

	filter->held_bytes = 0;
	filter->place = FILTER_LINE;
	return emit(filter, filter->held, size_bytes, why);
}

static bool
is_prefix_of(const struct filter *filter, const char *mark)
{
	return filter->held_bytes <= strlen(mark) &&
	    strncasecmp(filter->held, mark, filter->held_bytes) == 0;
}

/* No field is called "From ": in the header it is always quoted. */
static bool
may_be_from(const struct filter *filter)
{
	return (filter->format != MBOX_CL2 || filter->is_header) &&
	    filter->held_bytes < sizeof(from_mark) &&
	    memcmp(filter->held, from_mark, filter->held_bytes) == 0;
}

/* "Content-Length" and the byte that follows: ":" or a blank. */
static bool
is_length_field(const struct filter *filter)
{
	char next = filter->held[sizeof(length_mark) - 1];

	return filter->is_header &&
	    filter->held_bytes == sizeof(length_mark) &&
	    strncasecmp(filter->held, length_mark, sizeof(length_mark) - 1) ==
	    0 && (next == ':' || next == ' ' || next == '\t');
}

/* Nothing but CR, or nothing at all, stands before this LF. */
static bool
is_empty_line(const struct filter *filter)
{
	return !filter->has_arrows &&
	    (filter->held_bytes == 0 ||
		(filter->held_bytes == 1 && filter->held[0] == '\r'));
}

static enum verdict
drop_line(struct filter *filter)
{
	filter->held_bytes = 0;
	filter->was_dropped = true;
	filter->place = FILTER_DROPPED;
	return VERDICT_OK;
}

/*
 * One more ">" behind a run of them is the same bytes as one in front, so
 * the run need not be held until it is known what follows.
 */
static enum verdict
quote(struct filter *filter, struct failure *why)
{
	enum verdict verdict = VERDICT_OK;

	if (filter->format != MBOX_O || !filter->has_arrows)
		verdict = emit(filter, ">", 1, why);
	if (verdict == VERDICT_OK)
		verdict = emit_held(filter, why);
	return verdict;
}

/* A byte at the start of a line, held until the line is decided. */
static enum verdict
hold(struct filter *filter, char byte, struct failure *why)
{
	filter->held[filter->held_bytes++] = byte;
	if (filter->held_bytes == 1 && filter->was_dropped &&
	    (byte == ' ' || byte == '\t'))
		return drop_line(filter);
	filter->was_dropped = false;
	if (may_be_from(filter))
		return filter->held_bytes == sizeof(from_mark) - 1
		    ? quote(filter, why)
		    : VERDICT_OK;
	if (is_length_field(filter))
		return drop_line(filter);
	if (is_empty_line(filter) && filter->is_header)
		return VERDICT_OK; /* CR: LF may follow */
	if (filter->is_header && !filter->has_arrows &&
	    is_prefix_of(filter, length_mark))
		return VERDICT_OK;
	return emit_held(filter, why);
}

/* The place of our own Content-Length, its value still blank. */
static enum verdict
end_header(struct filter *filter, struct failure *why)
{
	static const char field[] = "Content-Length: ";
	char line[sizeof(field) + FILTER_LENGTH_DIGITS + 1];
	size_t name_bytes = sizeof(field) - 1;

	filter->is_header = false;
	if (filter->format != MBOX_CL2)
		return VERDICT_OK;
	memcpy(line, field, name_bytes);
	memset(line + name_bytes, ' ', FILTER_LENGTH_DIGITS);
	line[name_bytes + FILTER_LENGTH_DIGITS] = '\n';
	filter->length_at = filter->out_bytes + (long long)name_bytes;
	return emit(
	    filter, line, name_bytes + FILTER_LENGTH_DIGITS + 1, why);
}

/* The LF itself is left for take_line(). */
static enum verdict
end_start(struct filter *filter, struct failure *why)
{
	enum verdict verdict;

	filter->was_dropped = false;
	if (filter->is_header && is_empty_line(filter)) {
		verdict = end_header(filter, why);
		if (verdict != VERDICT_OK)
			return verdict;
		filter->body_at =
		    filter->out_bytes + (long long)filter->held_bytes + 1;
	}
	return emit_held(filter, why);
}

static enum verdict
take_start(struct filter *filter, struct span *data, struct failure *why)
{
	char byte = data->at[0];

	if (byte == '\n')
		return end_start(filter, why);
	*data = span_from(*data, 1);
	if (byte == '>' && filter->held_bytes == 0) {
		filter->has_arrows = true;
		filter->was_dropped = false;
		return emit(filter, ">", 1, why);
	}
	return hold(filter, byte, why);
}

/* To the end of the line, or of the data. */
static enum verdict
take_line(struct filter *filter, struct span *data, struct failure *why)
{
	struct span line = span_line(data);
	enum verdict verdict = VERDICT_OK;

	if (filter->place == FILTER_LINE)
		verdict = emit(filter, line.at, line.size_bytes, why);
	if (line.at[line.size_bytes - 1] == '\n') {
		filter->place = FILTER_LINE_START;
		filter->has_arrows = false;
	}
	return verdict;
}

enum verdict
filter_put(void *context, struct span data, struct failure *why)
{
	struct filter *filter = context;
	enum verdict verdict = VERDICT_OK;

	while (verdict == VERDICT_OK && data.size_bytes > 0)
		verdict = filter->place == FILTER_LINE_START
		    ? take_start(filter, &data, why)
		    : take_line(filter, &data, why);
	return verdict;
}

/*
 * A message without an empty line is all header. It gets that line, for else
 * the one behind the record would be it, and readers such as movemail see no
 * other in front of the next From_ line.
 */
enum verdict
filter_end(struct filter *filter, struct failure *why)
{
	enum verdict verdict = VERDICT_OK;

	if (filter->held_bytes > 0 || filter->is_line_open ||
	    filter->place == FILTER_DROPPED)
		verdict = filter_put(filter, span_of("\n"), why);
	if (verdict == VERDICT_OK && filter->is_header)
		verdict = filter_put(filter, span_of("\n"), why);
	return verdict;
}
