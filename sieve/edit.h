/*
 * edit.h - a header that a script changes.
 *
 * Works on the list of mime/field.h: what is read after a change sees it.
 */
#ifndef SIEVE_EDIT_H
#define SIEVE_EDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/span.h"
#include "mime/field.h"

/*
 * edit_add - put a field in front of all others, or behind them.
 *
 * Takes   name, valid by field_name_is_valid(); value, in UTF-8, not folded:
 *         line ends in it become blanks; is_crlf, how lines of this message
 *         end.
 * Gives   long values are folded at blanks; what is not US-ASCII becomes
 *         encoded words. False when the arena is exhausted.
 * Source  RFC 5293 section 4.
 */
bool edit_add(struct field_list *list, struct span name, struct span value,
    bool is_last, bool is_crlf, struct arena *arena);

/*
 * edit_delete - take one field away.
 *
 * Takes   at, its index in the list.
 */
void edit_delete(struct field_list *list, size_t at);

/*
 * edit_delete_marked - take fields away, all in one pass.
 *
 * Takes   is_marked, by index in the list.
 */
void edit_delete_marked(struct field_list *list, const bool *is_marked);

/*
 * edit_find - the field of this name with this number.
 *
 * Takes   number, 1 for the first; is_last counts from the end.
 * Gives   its index in the list; list->count when there is none.
 * Source  RFC 5293 section 5, RFC 5260 section 6.
 */
size_t edit_find(const struct field_list *list, struct span name, size_t number,
    bool is_last);

/*
 * edit_head - the header as it is now.
 *
 * Gives   its bytes, of the arena, without the empty line.
 */
struct span edit_head(const struct field_list *list, struct arena *arena);

#endif
