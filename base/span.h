/*
 * span.h - a stretch of bytes that belongs to somebody else.
 *
 * Mail is bytes: a span may hold NUL, lone CR and eight-bit text.
 */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>

struct span {
	const char *at; /* borrowed; may be NULL when size_bytes is 0 */
	size_t size_bytes;
};

/*
 * span_of - the bytes of a string, without its NUL.
 *
 * Takes   text, or NULL for the empty span.
 */
struct span span_of(const char *text);

/*
 * span_from - what is left of a span after its first bytes.
 *
 * Takes   skip_bytes; more than there is gives the empty span.
 */
struct span span_from(struct span whole, size_t skip_bytes);

/*
 * span_line - take the next line off the front of a span.
 *
 * Gives   the line with its LF, or what is left when no LF follows; rest
 *         begins behind it. The empty span when nothing was left.
 */
struct span span_line(struct span *rest);

/*
 * span_piece - take a line off the front of a span, or as much as fits.
 *
 * Takes   most_bytes, 4 or more.
 * Gives   the line without its LF when that is not longer; else what stands
 *         in front of the last blank that lets it fit, and the blank is
 *         gone, or what ends between two characters of UTF-8. rest begins
 *         behind it.
 */
struct span span_piece(struct span *rest, size_t most_bytes);

/*
 * span_cut - how much of a span fits, with no character of UTF-8 in two?
 *
 * Gives   at most most_bytes.
 */
size_t span_cut(struct span whole, size_t most_bytes);

/*
 * span_equals - are these the same bytes?
 */
bool span_equals(struct span one, struct span other);

/*
 * span_starts - does a span begin with this string, byte for byte?
 */
bool span_starts(struct span whole, const char *prefix);

/*
 * span_starts_nocase - the same, where ASCII letters of either case match.
 */
bool span_starts_nocase(struct span whole, const char *prefix);

/*
 * span_trim - a span without the blanks, CR and LF at its two ends.
 */
struct span span_trim(struct span whole);

/*
 * span_has_control - is there a control character of ASCII in it (below blank,
 * or DEL)? No header line or command may be given one.
 */
bool span_has_control(struct span whole);

#endif
