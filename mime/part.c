#include "mime/part.h"

#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "mime/charset.h"
#include "mime/encoding.h"
#include "mime/field.h"
#include "mime/html.h"
#include "mime/parameter.h"
#include "mime/text.h"

enum { FIRST_PARTS = 8, BOUNDARY_BYTES_MAX = 1000 };

struct walk {
	struct part_list *list;
	size_t room;
	struct arena *arena;
};

/* A multipart's body, cut at the lines of its boundary. */
struct cut {
	struct span rest;
	struct span boundary;
	bool is_closed; /* its last line was seen */
};

static void walk_part(struct walk *walk, struct span head, struct span body,
    size_t depth, const char *default_type);

/* ---- What a part's header says ------------------------------------------ */

static enum part_encoding
encoding_named(struct span name)
{
	static const struct {
		const char *name;
		enum part_encoding encoding;
	} known[] = { { "7bit", PART_IDENTITY }, { "8bit", PART_IDENTITY },
		{ "binary", PART_IDENTITY }, { "base64", PART_BASE64 },
		{ "quoted-printable", PART_QUOTED } };
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (name.size_bytes == strlen(known[i].name) &&
		    span_starts(name, known[i].name))
			return known[i].encoding;
	return name.size_bytes == 0 ? PART_IDENTITY : PART_UNKNOWN;
}

static bool
has_slash(struct span type)
{
	return type.size_bytes > 0 &&
	    memchr(type.at, '/', type.size_bytes) != NULL;
}

/* RFC 2045 section 5.2: without a type that can be read it is the default. */
static struct span
read_head(struct part *part, const char *default_type, struct arena *arena)
{
	struct field field;
	struct span boundary = { NULL, 0 };

	part->type = span_of(default_type);
	if (field_find(part->head, "Content-Type", &field)) {
		struct span type = parameter_main(field.value, arena);

		if (has_slash(type)) {
			part->type = type;
			(void)parameter_find(field.value, "charset", arena,
			    &part->charset);
			(void)parameter_find(field.value, "boundary", arena,
			    &boundary);
		}
	}
	if (field_find(part->head, "Content-Transfer-Encoding", &field))
		part->encoding =
		    encoding_named(parameter_main(field.value, arena));
	return boundary;
}

/* ---- Cutting ------------------------------------------------------------ */

static bool
is_blank_line(struct span text)
{
	return span_trim(text).size_bytes == 0;
}

/* 0: no boundary; 1: one; 2: the last one. */
static int
boundary_kind(struct span line, struct span boundary)
{
	struct span rest;

	if (!span_starts(line, "--") ||
	    line.size_bytes < 2 + boundary.size_bytes ||
	    memcmp(line.at + 2, boundary.at, boundary.size_bytes) != 0)
		return 0;
	rest = span_from(line, 2 + boundary.size_bytes);
	if (is_blank_line(rest))
		return 1;
	return span_starts(rest, "--") ? 2 : 0;
}

/* The line end before a boundary belongs to the boundary. */
static struct span
without_line_end(struct span text)
{
	if (text.size_bytes > 0 && text.at[text.size_bytes - 1] == '\n')
		text.size_bytes--;
	if (text.size_bytes > 0 && text.at[text.size_bytes - 1] == '\r')
		text.size_bytes--;
	return text;
}

/*
 * What lies before the next boundary, which is passed over. True when one
 * was there.
 */
static bool
cut_next(struct cut *cut, struct span *piece_out)
{
	struct span start = cut->rest;

	while (cut->rest.size_bytes > 0) {
		size_t piece_bytes = start.size_bytes - cut->rest.size_bytes;
		struct span line = span_line(&cut->rest);
		int kind = boundary_kind(line, cut->boundary);

		if (kind == 0)
			continue;
		cut->is_closed = kind == 2;
		piece_out->at = start.at;
		piece_out->size_bytes = piece_bytes;
		*piece_out = without_line_end(*piece_out);
		return true;
	}
	*piece_out = start;
	return false;
}

/* ---- Walking ------------------------------------------------------------ */

static struct part *
part_add(struct walk *walk)
{
	struct part_list *list = walk->list;

	if (list->count == walk->room) {
		size_t room = walk->room * 2 + FIRST_PARTS;
		struct part *more = arena_grow(walk->arena, list->parts,
		    walk->room * sizeof(*more), room * sizeof(*more));

		if (more == NULL)
			return NULL;
		list->parts = more;
		walk->room = room;
	}
	return &list->parts[list->count++];
}

static void
walk_piece(struct walk *walk, struct span piece, size_t depth,
    const char *default_type)
{
	struct span head, body;

	field_split(piece, &head, &body);
	walk_part(walk, head, body, depth, default_type);
}

static void
walk_multipart(struct walk *walk, size_t at, struct span boundary, size_t depth)
{
	struct part *part = &walk->list->parts[at];
	struct cut cut = { part->body, boundary, false };
	const char *default_type = "text/plain";
	struct span piece;
	bool has_more;

	if (!cut_next(&cut, &part->prologue)) {
		part->prologue = span_of(NULL);
		return;
	}
	if (part_is_type(part, span_of("multipart/digest")))
		default_type = "message/rfc822";
	part->is_multipart = true;
	has_more = !cut.is_closed;
	while (has_more) {
		has_more = cut_next(&cut, &piece) && !cut.is_closed;
		walk_piece(walk, piece, depth + 1, default_type);
		if (walk->arena->is_exhausted || walk->list->is_cut)
			return;
	}
	walk->list->parts[at].epilogue = cut.rest;
}

static bool
holds_message(const struct part *part)
{
	return part->encoding != PART_BASE64 && part->encoding != PART_QUOTED &&
	    (part_is_type(part, span_of("message/rfc822")) ||
		part_is_type(part, span_of("message/global")));
}

/* Add a part and those within it. As deep as PART_DEPTH_MAX, no deeper. */
static void
walk_part(struct walk *walk, struct span head, struct span body, size_t depth,
    const char *default_type)
{
	size_t at = walk->list->count;
	bool is_deepest = depth >= PART_DEPTH_MAX;
	struct span boundary;
	struct part *part;

	if (at >= PART_COUNT_MAX) {
		walk->list->is_cut = true;
		return;
	}
	part = part_add(walk);
	if (part == NULL)
		return;
	memset(part, 0, sizeof(*part));
	part->head = head;
	part->body = body;
	part->depth = depth;
	boundary = read_head(part, default_type, walk->arena);
	part->is_message = holds_message(part) && !is_deepest;
	if (is_deepest)
		walk->list->is_cut = boundary.size_bytes > 0 ||
		    holds_message(part) || walk->list->is_cut;
	else if (part->is_message)
		walk_piece(walk, body, depth + 1, "text/plain");
	else if (part_is_type(part, span_of("multipart")) &&
	    boundary.size_bytes > 0 &&
	    boundary.size_bytes <= BOUNDARY_BYTES_MAX)
		walk_multipart(walk, at, boundary, depth);
	walk->list->parts[at].end = walk->list->count;
}

void
part_read(struct part_list *list, struct span head, struct span body,
    struct arena *arena)
{
	struct walk walk = { list, 0, arena };

	memset(list, 0, sizeof(*list));
	walk_part(&walk, head, body, 0, "text/plain");
}

/* ---- What a part says --------------------------------------------------- */

/* One slash at most, and neither in front nor at the end. */
static bool
is_type_form(struct span type)
{
	size_t slashes = 0, i;

	for (i = 0; i < type.size_bytes; i++)
		slashes += type.at[i] == '/';
	return slashes <= 1 && type.at[0] != '/' &&
	    type.at[type.size_bytes - 1] != '/';
}

bool
part_is_type(const struct part *part, struct span type)
{
	if (type.size_bytes == 0)
		return true;
	if (!is_type_form(type))
		return false;
	if (type.size_bytes > part->type.size_bytes ||
	    strncasecmp(part->type.at, type.at, type.size_bytes) != 0)
		return false;
	if (has_slash(type))
		return type.size_bytes == part->type.size_bytes;
	return part->type.at[type.size_bytes] == '/';
}

struct span
part_decode(const struct part *part, struct arena *arena)
{
	struct buffer out;

	buffer_start(&out, arena);
	if (part->encoding == PART_BASE64)
		(void)encoding_add_base64(&out, part->body);
	else if (part->encoding == PART_QUOTED)
		encoding_add_quoted(&out, part->body);
	else
		return part->body;
	return buffer_span(&out);
}

/* Text that is UTF-8 already needs no copy. */
static struct span
text_in_utf8(const struct part *part, struct arena *arena)
{
	struct span bytes = part_decode(part, arena);
	struct span charset = part->charset;
	struct buffer out;

	if (charset.size_bytes == 0)
		charset = span_of("us-ascii");
	if (charset_is_same(charset, bytes))
		return bytes;
	buffer_start(&out, arena);
	if (!charset_to_utf8(charset, bytes, &out))
		return bytes;
	return buffer_span(&out);
}

/* The header of a message within: its lines, unfolded and decoded. */
static struct span
inner_head(const struct part *part, struct arena *arena)
{
	struct span head, body;
	struct field field;
	struct buffer out;

	field_split(part->body, &head, &body);
	buffer_start(&out, arena);
	while (field_next(&field, &head)) {
		buffer_add(&out, field.name);
		buffer_add_text(&out, ": ");
		buffer_add(&out, text_header(field.value, arena));
		buffer_add_text(&out, "\n");
	}
	return buffer_span(&out);
}

struct span
part_content(const struct part *part, struct arena *arena)
{
	if (part->is_multipart)
		return part->prologue;
	if (part->is_message)
		return inner_head(part, arena);
	if (part_is_type(part, span_of("text")))
		return text_in_utf8(part, arena);
	return part_decode(part, arena);
}

bool
part_text(const struct part *part, struct arena *arena, struct span *text_out)
{
	bool is_xhtml = part_is_type(part, span_of("application/xhtml+xml"));
	struct buffer out;

	if (part->is_multipart || part->is_message ||
	    part->encoding == PART_UNKNOWN ||
	    (!is_xhtml && !part_is_type(part, span_of("text"))))
		return false;
	*text_out = text_in_utf8(part, arena);
	if (!is_xhtml && !part_is_type(part, span_of("text/html")) &&
	    !part_is_type(part, span_of("text/xml")))
		return true;
	buffer_start(&out, arena);
	html_add_text(&out, *text_out);
	*text_out = buffer_span(&out);
	return true;
}
