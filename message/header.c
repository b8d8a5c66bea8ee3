#include "message/header.h"

#include <string.h>

static bool
is_name_byte(char byte)
{
	return byte > ' ' && byte < 0x7f && byte != ':';
}

static bool
is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

/* Bytes up to the colon, which is not counted; 0 when it is no field. */
static size_t
name_length(struct span line)
{
	size_t name_bytes = 0;
	size_t i;

	while (name_bytes < line.size_bytes && is_name_byte(line.at[name_bytes]))
		name_bytes++;
	for (i = name_bytes; i < line.size_bytes && is_blank(line.at[i]); i++)
		continue;
	return i < line.size_bytes && line.at[i] == ':' ? name_bytes : 0;
}

bool
header_is_field(struct span line)
{
	return name_length(line) > 0;
}

bool
header_is_named(struct span line, const char *name)
{
	return name_length(line) == strlen(name) &&
	    span_starts_nocase(line, name);
}

static struct span
field_value(struct span line)
{
	const char *colon = memchr(line.at, ':', line.size_bytes);

	return span_trim(span_from(line, (size_t)(colon - line.at) + 1));
}

static void
note_folded(struct header *header, struct span line, bool is_message_id)
{
	if (is_message_id && header->message_id.size_bytes == 0)
		header->message_id = span_trim(line);
}

static void
note_field(struct header *header, struct span line)
{
	if (header_is_named(line, "Message-ID")) {
		if (!header->has_message_id)
			header->message_id = field_value(line);
		header->has_message_id = true;
	} else if (header_is_named(line, "Received")) {
		header->has_received = true;
	} else if (header_is_named(line, "Return-Path")) {
		header->has_return_path = true;
	} else if (header_is_named(line, "Delivered-To")) {
		header->has_delivered_to = true;
	}
}

void
header_scan(struct header *header, struct span head)
{
	struct span rest = head;
	struct span line = span_line(&rest);
	bool is_message_id = false;

	memset(header, 0, sizeof(*header));
	header->is_crlf = line.size_bytes >= 2 &&
	    line.at[line.size_bytes - 2] == '\r' &&
	    line.at[line.size_bytes - 1] == '\n';
	header->fields.at = head.at;
	while (header_is_field(line) ||
	    (header->fields.size_bytes > 0 && line.size_bytes > 0 &&
		is_blank(line.at[0]))) {
		if (header_is_field(line)) {
			is_message_id = !header->has_message_id &&
			    header_is_named(line, "Message-ID");
			note_field(header, line);
		} else {
			note_folded(header, line, is_message_id);
		}
		header->fields.size_bytes += line.size_bytes;
		line = span_line(&rest);
	}
}
