/*
 * part.h - the parts of a message, and what they say.
 */
#ifndef MIME_PART_H
#define MIME_PART_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/span.h"

/* Deeper or more than this is not taken apart: the part stays whole. */
enum { PART_DEPTH_MAX = 32, PART_COUNT_MAX = 1000 };

enum part_encoding {
	PART_IDENTITY, /* 7bit, 8bit, binary, none named */
	PART_BASE64,
	PART_QUOTED, /* quoted-printable */
	PART_UNKNOWN /* named, and not one of these */
};

struct part {
	struct span head;     /* borrowed: its header */
	struct span body;     /* borrowed: raw, without the boundaries' lines */
	struct span type;     /* of the arena: "text/plain", lower case */
	struct span charset;  /* of the arena: as written; empty when none */
	struct span prologue; /* borrowed: of a multipart, else empty */
	struct span epilogue;
	enum part_encoding encoding;
	size_t depth;	   /* 0 is the message itself */
	size_t end;	   /* index of the first part that is not within it */
	bool is_multipart; /* and was taken apart */
	bool is_message;   /* message/rfc822 or message/global; the part that
			      follows is the message in it */
};

struct part_list {
	struct part *parts; /* of the arena: each before those within it */
	size_t count;
	bool is_cut; /* a limit left something whole */
};

/*
 * part_read - take a message apart.
 *
 * Takes   head and body, of the message.
 * Gives   at least one part, unless the arena is exhausted. A multipart whose
 *         boundary is missing has no parts within it. Cost is linear in the
 *         size of the message for each of at most PART_DEPTH_MAX levels.
 * Source  RFC 2046 sections 5.1 and 5.2; RFC 2045 section 5.2 (defaults).
 */
void part_read(struct part_list *list, struct span head, struct span body,
    struct arena *arena);

/*
 * part_is_type - is a part of this type?
 *
 * Takes   type, "text/plain" for one type, "text" for all of that kind, ""
 *         for everything; in either case.
 * Gives   false for a type that is none ("text/", "a/b/c").
 * Source  RFC 5173 section 5.2.
 */
bool part_is_type(const struct part *part, struct span type);

/*
 * part_decode - the bytes of a part, without its transfer encoding.
 *
 * Gives   what could be decoded; wrong bytes are passed over. Identity and
 *         unknown encodings give the body, borrowed.
 * Source  RFC 2045 sections 6.7 and 6.8.
 */
struct span part_decode(const struct part *part, struct arena *arena);

/*
 * part_content - what "body :content" compares of a part.
 *
 * Gives   of a part of text the decoded text in UTF-8 (as it is, when its
 *         character set is unknown); of a multipart the prologue, beside which
 *         the epilogue is a string of its own; of a message its header,
 *         decoded; of others the decoded bytes.
 * Source  RFC 5173 section 5.2.
 */
struct span part_content(const struct part *part, struct arena *arena);

/*
 * part_text - what "body :text" compares of a part.
 *
 * Gives   true with the text in UTF-8; HTML without its tags, comments,
 *         scripts and styles, and with entities resolved. False when it is no
 *         part of text.
 * Source  RFC 5173 section 5.3.
 */
bool part_text(const struct part *part, struct arena *arena,
    struct span *text_out);

#endif
