#include "message/trace.h"

#include <stdbool.h>
#include <string.h>

#include "base/block.h"

struct writer {
	char *at;
	size_t used_bytes;
};

static void
put(struct writer *out, struct span text)
{
	if (text.size_bytes > 0)
		memcpy(out->at + out->used_bytes, text.at, text.size_bytes);
	out->used_bytes += text.size_bytes;
}

static void
put_address(struct writer *out, struct span address)
{
	size_t i;

	for (i = 0; i < address.size_bytes; i++) {
		unsigned char byte = (unsigned char)address.at[i];
		bool is_control = byte < ' ' || byte == 0x7f;

		out->at[out->used_bytes++] = is_control ? '?' : (char)byte;
	}
}

static bool
is_wanted(enum trace_rule rule, bool is_known, bool is_there)
{
	return is_known && rule != TRACE_NEVER &&
	    (rule == TRACE_ALWAYS || !is_there);
}

/* A first line such as "hello" would end the header that ours begins. */
static bool
needs_empty_line(const struct header *header, struct span head)
{
	return header->fields.size_bytes == 0 && head.size_bytes > 0 &&
	    !span_starts(head, "\n") && !span_starts(head, "\r\n");
}

enum verdict
trace_make(struct span *lines_out, const struct trace_rules *rules,
    const struct envelope *envelope, const struct header *header,
    struct span head, struct failure *why)
{
	struct span end = span_of(header->is_crlf ? "\r\n" : "\n");
	bool has_path = is_wanted(rules->return_path, envelope->has_sender,
	    header->has_return_path);
	bool has_to = is_wanted(rules->delivered_to, envelope->has_recipient,
	    header->has_delivered_to);
	struct writer out = { NULL, 0 };

	*lines_out = span_of(NULL);
	if (!has_path && !has_to)
		return VERDICT_OK;
	out.at = block_take(envelope->sender.size_bytes +
	    envelope->recipient.size_bytes + 64); /* names, line ends */
	if (out.at == NULL)
		return failure_errno(why, "malloc", "header lines");
	if (has_path) {
		put(&out, span_of("Return-Path: <"));
		put_address(&out, envelope->sender);
		put(&out, span_of(">"));
		put(&out, end);
	}
	if (has_to) {
		put(&out, span_of("Delivered-To: "));
		put_address(&out, envelope->recipient);
		put(&out, end);
	}
	if (needs_empty_line(header, head))
		put(&out, end);
	lines_out->at = out.at;
	lines_out->size_bytes = out.used_bytes;
	return VERDICT_OK;
}
