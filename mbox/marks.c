#include "mbox/marks.h"

#include <string.h>

#include "base/checksum.h"

enum {
	PAGE_BYTES = 4096,
	PAGES_SHARE = 4 /* of the marks, one in four is for ends of pages */
};

struct walk {
	struct span bytes;
	off_t file_at;	 /* of bytes */
	size_t lines;	 /* marks for ends of any lines */
	size_t count;	 /* marks passed */
	size_t end;	 /* of the last one */
	uint64_t sum;	 /* up to there */
};

static struct walk
walk_start(const struct marks *marks, struct span bytes, off_t at)
{
	struct walk walk = { bytes, at, 0, 0, 0, 0 };

	walk.lines = marks->room - marks->room / PAGES_SHARE;
	return walk;
}

/* One past the next end of a line that has a mark; 0 when none has. */
static size_t
find_end(const struct walk *walk)
{
	struct span rest = span_from(walk->bytes, walk->end);
	const char *found;
	size_t end;

	if (rest.size_bytes == 0)
		return 0;
	if (walk->count < walk->lines) {
		found = memchr(rest.at, '\n', rest.size_bytes);
		return found == NULL
		    ? 0
		    : (size_t)(found - walk->bytes.at) + 1;
	}
	end = walk->end + PAGE_BYTES -
	    (size_t)(walk->file_at + (off_t)walk->end) % PAGE_BYTES;
	for (; end <= walk->bytes.size_bytes; end += PAGE_BYTES)
		if (walk->bytes.at[end - 1] == '\n')
			return end;
	return 0;
}

/* What a page's mark sums up is that page: a record may be very large. */
static bool
walk_on(struct walk *walk)
{
	size_t end = find_end(walk);
	struct span part = walk->bytes;

	if (end == 0)
		return false;
	part.size_bytes = end;
	part = span_from(part,
	    end - walk->end > PAGE_BYTES ? end - PAGE_BYTES : walk->end);
	walk->sum = (walk->sum ^ checksum(part)) * 0x9e3779b97f4a7c15ULL;
	walk->end = end;
	walk->count++;
	return true;
}

static uint32_t
mark_of(const struct walk *walk)
{
	uint32_t mark = (uint32_t)(walk->sum >> 32);

	return mark == 0 ? 1 : mark;
}

static bool
is_line_empty(const struct walk *walk)
{
	const char *end = walk->bytes.at + walk->end;

	return walk->end >= 2 && (end[-2] == '\n' ||
	    (end[-2] == '\r' && walk->end >= 3 && end[-3] == '\n'));
}

void
marks_make(struct marks *marks, struct span record, off_t at,
    bool is_identifiable)
{
	struct walk walk = walk_start(marks, record, at);

	marks->count = 0;
	while (marks->count < marks->room && walk_on(&walk)) {
		bool is_proof = is_identifiable || !is_line_empty(&walk);

		marks->sums[marks->count++] = is_proof ? mark_of(&walk) : 0;
	}
}

bool
marks_match(const struct marks *marks, struct span piece, off_t at,
    size_t *proved_out)
{
	struct walk walk = walk_start(marks, piece, at);

	*proved_out = 0;
	while (walk.count < marks->count && walk_on(&walk)) {
		uint32_t mark = marks->sums[walk.count - 1];

		if (mark == 0)
			continue;
		if (mark != mark_of(&walk))
			return false;
		*proved_out = walk.end;
	}
	return true;
}
