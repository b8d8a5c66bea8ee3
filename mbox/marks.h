/*
 * marks.h - what proves that a torn piece is of our record, and of no other.
 *
 * A piece that ends in the middle of a line is nobody's whole message. One
 * that ends with a line may be: a foreign message by the same sender, of the
 * same second. Therefore the journal has a mark, a checksum, for ends of
 * lines: for the first ones, and for later ones that are a page's end as
 * well, where kernels and disks stop.
 */
#ifndef MBOX_MARKS_H
#define MBOX_MARKS_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

enum { MARKS_MAX = 45 };

struct marks {
	size_t room; /* so many there may be; decides which lines have one */
	size_t count;
	uint32_t sums[MARKS_MAX]; /* 0: as a whole message could end */
};

/*
 * marks_make - mark a record that is about to be written.
 *
 * Takes   marks whose room is set, at most MARKS_MAX; the record, and the
 *         offset in its file where it begins; whether it can be told from
 *         others. One that cannot may have a foreign one as its first lines:
 *         then no mark proves a piece that ends with an empty line.
 * Never   looks at more than MARKS_MAX pages and one byte of each other.
 */
void marks_make(struct marks *marks, struct span record, off_t at,
    bool is_identifiable);

/*
 * marks_match - compare a piece with the marks, as far as these reach.
 *
 * Takes   piece, what lies in the file at that offset.
 * Gives   false when it is not the beginning of the record marked.
 *         *proved_out, so many bytes of the piece end at the last mark that
 *         fits and is a proof.
 */
bool marks_match(const struct marks *marks, struct span piece, off_t at,
    size_t *proved_out);

#endif
