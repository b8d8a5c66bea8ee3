#include "mime/address.h"

#include <string.h>

#include "mime/charset.h"

enum { FIRST_ADDRESSES = 4, SENDABLE_BYTES_MAX = 320 };

/*
 * Reads from left to right and looks ahead one byte. When an item is broken,
 * it goes on behind the next comma outside of quotes and comments, which is
 * never before the place where the fault was seen, a byte or two aside: so
 * each byte is seen a bounded number of times.
 */
struct scan {
	struct span rest;
	struct span comment; /* the last one that was passed over */
	bool is_broken;
	struct arena *arena;
};

/* Words of a phrase or a local part, without quotes. */
struct words {
	struct buffer joined; /* without blanks: a local part, a domain */
	struct buffer phrase; /* a blank where there were some: a name */
	size_t count;	      /* words, without dots */
	bool is_joined;	      /* dots stand between all of them */
	bool after_dot;
};

static int
scan_peek(const struct scan *scan)
{
	return scan->rest.size_bytes == 0 ? -1
					  : (unsigned char)scan->rest.at[0];
}

static void
scan_skip(struct scan *scan, size_t bytes)
{
	scan->rest = span_from(scan->rest, bytes);
}

static bool
is_white(int byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static bool
is_atom_byte(int byte)
{
	return byte > ' ' && byte != 0x7f &&
	    strchr("()<>[]:;@\\,.\"", byte) == NULL;
}

/* Comments nest, and may hold quoted pairs. */
static void
skip_comment(struct scan *scan)
{
	const char *start = scan->rest.at + 1;
	size_t depth = 0;
	size_t i;

	for (i = 0; i < scan->rest.size_bytes; i++) {
		char byte = scan->rest.at[i];

		if (byte == '\\')
			i++;
		else if (byte == '(')
			depth++;
		else if (byte == ')' && --depth == 0)
			break;
	}
	if (i >= scan->rest.size_bytes) {
		scan->is_broken = true;
		scan_skip(scan, scan->rest.size_bytes);
		return;
	}
	scan->comment.at = start;
	scan->comment.size_bytes = (size_t)(scan->rest.at + i - start);
	scan_skip(scan, i + 1);
}

static void
skip_white(struct scan *scan)
{
	for (;;) {
		if (is_white(scan_peek(scan)))
			scan_skip(scan, 1);
		else if (scan_peek(scan) == '(')
			skip_comment(scan);
		else
			return;
	}
}

/* A quoted string without its quotes; broken when it does not end. */
static void
scan_quoted(struct scan *scan, struct buffer *out)
{
	scan_skip(scan, 1);
	while (scan_peek(scan) != -1 && scan_peek(scan) != '"') {
		if (scan_peek(scan) == '\\' && scan->rest.size_bytes > 1)
			scan_skip(scan, 1);
		if (scan_peek(scan) != '\r' && scan_peek(scan) != '\n')
			buffer_add_byte(out, scan->rest.at[0]);
		scan_skip(scan, 1);
	}
	if (scan_peek(scan) == -1)
		scan->is_broken = true;
	scan_skip(scan, 1);
}

static void
scan_atom(struct scan *scan, struct buffer *out)
{
	struct span atom = { scan->rest.at, 0 };

	while (is_atom_byte(scan_peek(scan))) {
		atom.size_bytes++;
		scan_skip(scan, 1);
	}
	buffer_add(out, atom);
}

/* A word, into both forms. */
static void
scan_word(struct scan *scan, struct words *words)
{
	size_t before_bytes = words->joined.size_bytes;

	if (scan_peek(scan) == '"')
		scan_quoted(scan, &words->joined);
	else
		scan_atom(scan, &words->joined);
	buffer_add(&words->phrase,
	    span_from(buffer_span(&words->joined), before_bytes));
	if (words->count > 0 && !words->after_dot)
		words->is_joined = false;
	words->count++;
	words->after_dot = false;
}

/* Words and dots, up to what is neither. */
static void
scan_words(struct scan *scan, struct words *words)
{
	const char *end;

	memset(words, 0, sizeof(*words));
	buffer_start(&words->joined, scan->arena);
	buffer_start(&words->phrase, scan->arena);
	words->is_joined = true;
	for (;;) {
		end = scan->rest.at;
		skip_white(scan);
		if (scan_peek(scan) != '.' && scan_peek(scan) != '"' &&
		    !is_atom_byte(scan_peek(scan)))
			return;
		if (words->phrase.size_bytes > 0 && scan->rest.at != end)
			buffer_add_byte(&words->phrase, ' ');
		if (scan_peek(scan) != '.') {
			scan_word(scan, words);
			continue;
		}
		buffer_add_byte(&words->joined, '.');
		buffer_add_byte(&words->phrase, '.');
		words->after_dot = true;
		scan_skip(scan, 1);
	}
}

/* Dots at the ends or side by side are read, but not written. */
static bool
has_empty_label(struct span name)
{
	size_t i;

	for (i = 0; i < name.size_bytes; i++)
		if (name.at[i] == '.' &&
		    (i == 0 || i + 1 == name.size_bytes ||
			name.at[i + 1] == '.'))
			return true;
	return false;
}

/* Is there something in a local part that no atom has? */
static bool
has_special(struct span local)
{
	size_t i;

	for (i = 0; i < local.size_bytes; i++)
		if (!is_atom_byte((unsigned char)local.at[i]) &&
		    local.at[i] != '.')
			return true;
	return local.size_bytes == 0;
}

static void
add_address(struct buffer *out, const struct address *address, bool is_quoted)
{
	size_t i;

	if (is_quoted)
		buffer_add_byte(out, '"');
	for (i = 0; i < address->local.size_bytes; i++) {
		char byte = address->local.at[i];

		if (is_quoted && (byte == '"' || byte == '\\'))
			buffer_add_byte(out, '\\');
		buffer_add_byte(out, byte);
	}
	if (is_quoted)
		buffer_add_byte(out, '"');
	buffer_add_byte(out, '@');
	buffer_add(out, address->domain);
}

void
address_add(struct buffer *out, const struct address *address)
{
	add_address(out, address,
	    has_special(address->local) || has_empty_label(address->local));
}

/* "[...]" as it is written. */
static struct span
scan_literal(struct scan *scan)
{
	struct span literal = { scan->rest.at, 1 };

	scan_skip(scan, 1);
	while (scan_peek(scan) != -1 && scan_peek(scan) != ']' &&
	    scan_peek(scan) != ',' && scan_peek(scan) != '[') {
		literal.size_bytes++;
		scan_skip(scan, 1);
	}
	if (scan_peek(scan) != ']')
		scan->is_broken = true;
	literal.size_bytes++;
	scan_skip(scan, 1);
	skip_white(scan);
	return scan->is_broken ? span_of(NULL) : literal;
}

static struct span
scan_domain(struct scan *scan)
{
	struct words words;

	skip_white(scan);
	if (scan_peek(scan) == '[')
		return scan_literal(scan);
	if (scan_peek(scan) == '"')
		scan->is_broken = true;
	scan_words(scan, &words);
	if (words.count == 0 || !words.is_joined)
		scan->is_broken = true;
	return buffer_span(&words.joined);
}

/* Fill in an address whose local part was read, at the "@" or behind it. */
static void
take_domain(struct scan *scan, struct words *local, struct address *address)
{
	struct buffer all;

	if (local->joined.size_bytes == 0 && local->count == 0)
		scan->is_broken = true;
	if (!local->is_joined || scan_peek(scan) != '@')
		scan->is_broken = true;
	if (scan->is_broken)
		return;
	scan_skip(scan, 1);
	address->local = buffer_span(&local->joined);
	address->domain = scan_domain(scan);
	/* "a..b" is nobody's to write, but people have such addresses. */
	buffer_start(&all, scan->arena);
	add_address(&all, address, has_special(address->local));
	address->all = buffer_span(&all);
	address->is_valid = !scan->is_broken;
}

/* "@a,@b:" in front of an address: obsolete, and without meaning. */
static void
skip_route(struct scan *scan)
{
	bool after_host = false;

	while (scan_peek(scan) == '@' || scan_peek(scan) == ',') {
		bool is_host = scan_peek(scan) == '@';

		scan_skip(scan, 1);
		skip_white(scan);
		if (is_host &&
		    (after_host || has_empty_label(scan_domain(scan))))
			scan->is_broken = true;
		if (scan->is_broken)
			return;
		after_host = is_host;
	}
	if (scan_peek(scan) == ':')
		scan_skip(scan, 1);
	else
		scan->is_broken = true;
	skip_white(scan);
}

/* From "<" to behind ">". */
static void
scan_angle(struct scan *scan, struct address *address)
{
	struct words local;

	scan_skip(scan, 1);
	skip_white(scan);
	if (scan_peek(scan) == '>') {
		scan_skip(scan, 1);
		skip_white(scan);
		address->is_null = true;
		address->is_valid = true;
		return;
	}
	if (scan_peek(scan) == '@')
		skip_route(scan);
	scan_words(scan, &local);
	take_domain(scan, &local, address);
	if (scan_peek(scan) != '>')
		scan->is_broken = true;
	scan_skip(scan, 1);
	skip_white(scan);
}

/* Behind an address only these may stand. */
static bool
is_item_end(int byte)
{
	return byte == -1 || byte == ',' || byte == ';';
}

/* To the comma or semicolon that ends this item. */
static void
skip_item(struct scan *scan)
{
	struct buffer nowhere;

	while (!is_item_end(scan_peek(scan))) {
		buffer_start(&nowhere, scan->arena);
		if (scan_peek(scan) == '(')
			skip_comment(scan);
		else if (scan_peek(scan) == '"')
			scan_quoted(scan, &nowhere);
		else
			scan_skip(scan, 1);
	}
}

static void
address_break(struct scan *scan, struct span start, struct address *address)
{
	memset(address, 0, sizeof(*address));
	scan->rest = start;
	skip_item(scan);
	address->all.at = start.at;
	address->all.size_bytes = start.size_bytes - scan->rest.size_bytes;
	address->all = span_trim(address->all);
}

static bool
is_group_start(const struct scan *scan, const struct words *words)
{
	return scan_peek(scan) == ':' && words->count > 0;
}

/* Give the first comment behind "al@example.org (Al)" as a name. */
static void
name_by_comment(const struct scan *scan, struct address *address)
{
	address->name = span_trim(scan->comment);
}

/*
 * One item, up to its end. False when there was none: an empty item, or the
 * beginning of a group, whose members are items like any other.
 */
static bool
scan_item(struct scan *scan, struct address *address)
{
	struct span start = scan->rest;
	struct words words;

	memset(address, 0, sizeof(*address));
	scan->is_broken = false;
	scan->comment = span_of(NULL);
	scan_words(scan, &words);
	if (is_group_start(scan, &words)) {
		scan_skip(scan, 1);
		return false;
	}
	if (words.joined.size_bytes == 0 && words.count == 0 &&
	    !scan->is_broken && is_item_end(scan_peek(scan)))
		return false;
	if (scan_peek(scan) == '<') {
		scan_angle(scan, address);
		address->name = buffer_span(&words.phrase);
	} else {
		take_domain(scan, &words, address);
		name_by_comment(scan, address);
	}
	if (scan->is_broken || !is_item_end(scan_peek(scan)))
		address_break(scan, start, address);
	return true;
}

static bool
list_add(struct address_list *list, size_t *room, struct address address,
    struct arena *arena)
{
	if (list->count == *room) {
		size_t more = *room * 2 + FIRST_ADDRESSES;
		struct address *items = arena_grow(arena, list->items,
		    *room * sizeof(address), more * sizeof(address));

		if (items == NULL)
			return false;
		list->items = items;
		*room = more;
	}
	list->items[list->count++] = address;
	return true;
}

void
address_read(struct address_list *list, struct span value, struct arena *arena)
{
	struct scan scan = { value, { NULL, 0 }, false, arena };
	struct address address;
	size_t room = 0;

	memset(list, 0, sizeof(*list));
	while (scan_peek(&scan) != -1 && !arena->is_exhausted) {
		if (scan_item(&scan, &address) &&
		    !list_add(list, &room, address, arena))
			return;
		if (scan_peek(&scan) == ',' || scan_peek(&scan) == ';')
			scan_skip(&scan, 1);
	}
}

/* A local user, who has no domain here. */
static bool
is_bare_local(const struct scan *scan, const struct words *words,
    struct span path)
{
	return !scan->is_broken && words->count > 0 && words->is_joined &&
	    (scan_peek(scan) == -1 ||
		(scan_peek(scan) == '>' && span_starts(path, "<")));
}

void
address_path(struct address *address, struct span path, struct arena *arena)
{
	struct scan scan = { span_trim(path), { NULL, 0 }, false, arena };
	struct words words;

	memset(address, 0, sizeof(*address));
	path = scan.rest;
	if (path.size_bytes == 0 || span_starts(path, "<>")) {
		address->is_null = address->is_valid = true;
		return;
	}
	if (span_starts(path, "<"))
		scan_skip(&scan, 1);
	if (scan_peek(&scan) == '@')
		skip_route(&scan);
	scan_words(&scan, &words);
	if (is_bare_local(&scan, &words, path)) {
		address->local = address->all = buffer_span(&words.joined);
		address->is_valid = true;
		return;
	}
	take_domain(&scan, &words, address);
	if (span_starts(path, "<") && scan_peek(&scan) != '>')
		scan.is_broken = true;
	if (span_starts(path, "<"))
		scan_skip(&scan, 1);
	if (scan.is_broken || scan_peek(&scan) != -1)
		address_break(&scan, path, address);
}

/* Colons belong to groups and routes, but for those of "[IPv6:...]". */
bool
address_has_extras(struct span value, struct arena *arena)
{
	struct scan scan = { value, { NULL, 0 }, false, arena };
	struct buffer nowhere;

	while (scan_peek(&scan) != -1 && !scan.is_broken) {
		buffer_start(&nowhere, arena);
		if (scan_peek(&scan) == ':' || scan_peek(&scan) == ';')
			return true;
		if (scan_peek(&scan) == '(')
			skip_comment(&scan);
		else if (scan_peek(&scan) == '"')
			scan_quoted(&scan, &nowhere);
		else if (scan_peek(&scan) == '[')
			(void)scan_literal(&scan);
		else
			scan_skip(&scan, 1);
	}
	return false;
}

/* Is this just the address that was read from it, and nothing around it? */
static bool
is_bare(const struct address *address, struct span text)
{
	size_t domain_bytes = address->domain.size_bytes;

	if (text.at[0] != '"')
		return text.size_bytes == address->all.size_bytes &&
		    memcmp(text.at, address->all.at, text.size_bytes) == 0 &&
		    !has_empty_label(address->local);
	text.size_bytes -= domain_bytes;
	return text.size_bytes > 2 && text.at[text.size_bytes - 2] == '"' &&
	    text.at[text.size_bytes - 1] == '@' &&
	    memcmp(text.at + text.size_bytes, address->domain.at,
		domain_bytes) == 0;
}

bool
address_is_sendable(struct span text, struct arena *arena)
{
	struct address_list list;

	if (text.size_bytes == 0 || text.size_bytes > SENDABLE_BYTES_MAX ||
	    span_has_control(text) || !charset_is_utf8(text))
		return false;
	address_read(&list, text, arena);
	return list.count == 1 && list.items[0].is_valid &&
	    !list.items[0].is_null && list.items[0].local.size_bytes > 0 &&
	    !has_empty_label(list.items[0].domain) &&
	    is_bare(&list.items[0], text);
}
