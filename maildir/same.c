#include "maildir/same.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <stdint.h>
#include <string.h>

#include "base/sys.h"
#include "message/header.h"

/* Case matters: this is the senders' own spelling. */
static bool
contains(struct span text, const char *word)
{
	for (; text.size_bytes > 0; text = span_from(text, 1))
		if (span_starts(text, word))
			return true;
	return false;
}

static bool
is_folded(struct span line)
{
	return line.size_bytes > 0 &&
	    (line.at[0] == ' ' || line.at[0] == '\t');
}

/* A field with its folded lines; empty when the header is over. */
static struct span
take_field(struct span *rest)
{
	struct span field = span_of(NULL);
	struct span next = *rest;
	struct span line = span_line(&next);

	if (!header_is_field(line))
		return field;
	field = line;
	*rest = next;
	for (line = span_line(&next); is_folded(line);
	     line = span_line(&next)) {
		field.size_bytes += line.size_bytes;
		*rest = next;
	}
	return field;
}

static bool
is_regenerated(struct span field)
{
	if (header_is_named(field, "Delivery-date"))
		return true;
	return header_is_named(field, "Received") &&
	    (contains(field, "(fetchmail-") || contains(field, " getmail"));
}

static struct span
take_lasting_field(struct span *rest)
{
	struct span field = take_field(rest);

	while (field.size_bytes > 0 && is_regenerated(field))
		field = take_field(rest);
	return field;
}

static bool
is_equal(struct span one, struct span other)
{
	return one.size_bytes == other.size_bytes &&
	    (one.size_bytes == 0 ||
		memcmp(one.at, other.at, one.size_bytes) == 0);
}

bool
same_message(struct span one, struct span other)
{
	struct span one_field;
	struct span other_field;

	do {
		one_field = take_lasting_field(&one);
		other_field = take_lasting_field(&other);
		if (!is_equal(one_field, other_field))
			return false;
	} while (one_field.size_bytes > 0);
	return is_equal(one, other);
}

static bool
map_file(struct span *file, int fd)
{
	struct stat st;
	void *at;

	*file = span_of(NULL);
	if (sys->fstat(fd, &st) == -1 || (uintmax_t)st.st_size > SIZE_MAX)
		return false;
	if (st.st_size == 0)
		return true;
	at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		return false;
	file->at = at;
	file->size_bytes = (size_t)st.st_size;
	return true;
}

static void
unmap(struct span file)
{
	if (file.size_bytes > 0)
		(void)munmap((void *)file.at, file.size_bytes);
}

bool
same_file(int one_fd, int other_fd)
{
	struct span one;
	struct span other;
	bool is_same;

	if (!map_file(&one, one_fd))
		return false;
	if (!map_file(&other, other_fd)) {
		unmap(one);
		return false;
	}
	is_same = same_message(one, other);
	unmap(one);
	unmap(other);
	return is_same;
}
