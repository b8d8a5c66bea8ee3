#include "message/message.h"

#include <string.h>

#include "base/block.h"

/* The head is there; what does it say, and what do we say in front of it? */
static enum verdict
prepare(struct message *message, const struct envelope *envelope,
    const struct trace_rules *rules, struct failure *why)
{
	message->envelope = *envelope;
	message->head.at = message->spool.head;
	message->head.size_bytes = message->spool.head_bytes;
	envelope_take_from_line(&message->envelope, &message->head);
	header_scan(&message->header, message->head);
	return trace_make(&message->lines, rules, &message->envelope,
	    &message->header, message->head, why);
}

enum verdict
message_open(struct message *message, int in_fd,
    const struct message_limits *limits, const struct envelope *envelope,
    const struct trace_rules *rules, struct failure *why)
{
	enum verdict verdict;

	message->envelope = *envelope;
	message->lines = span_of(NULL);
	verdict = spool_open(&message->spool, in_fd, limits->memory_bytes,
	    limits->most_bytes, why);
	if (verdict == VERDICT_OK)
		verdict = prepare(message, envelope, rules, why);
	return verdict;
}

enum verdict
message_open_file(struct message *message, int in_fd,
    const struct message_limits *limits, const struct envelope *envelope,
    const struct trace_rules *rules, struct failure *why)
{
	enum verdict verdict;

	message->envelope = *envelope;
	message->lines = span_of(NULL);
	verdict = spool_open_file(&message->spool, in_fd,
	    limits->memory_bytes, limits->most_bytes, why);
	if (verdict == VERDICT_OK)
		verdict = prepare(message, envelope, rules, why);
	return verdict;
}

/*
 * The room in front of the head is everyone's: who writes lines there hands
 * them to the sink before the next one does.
 */
enum verdict
message_share(struct message *message, const struct message *first,
    const struct envelope *envelope, const struct trace_rules *rules,
    struct failure *why)
{
	message->lines = span_of(NULL);
	message->spool = first->spool;
	message->spool.block = NULL; /* the first one frees it */
	return prepare(message, envelope, rules, why);
}

/*
 * Our lines and the head in one piece, so that they cost one write. Only when
 * the head begins where it was read: the envelope may still point into a
 * From_ line that was taken off.
 */
static struct span
join_lines(struct message *message)
{
	struct spool *spool = &message->spool;
	struct span joined = message->head;
	size_t size_bytes = message->lines.size_bytes;

	if (message->head.at != spool->head || size_bytes > spool->room_bytes)
		return span_of(NULL);
	joined.at = spool->head - size_bytes;
	joined.size_bytes += size_bytes;
	if (size_bytes > 0)
		memcpy(spool->head - size_bytes, message->lines.at, size_bytes);
	return joined;
}

enum verdict
message_copy(struct message *message, spool_sink *sink, void *context,
    struct failure *why)
{
	struct span joined = join_lines(message);
	enum verdict verdict;

	if (joined.size_bytes > 0) {
		verdict = sink(context, joined, why);
	} else {
		verdict = sink(context, message->lines, why);
		if (verdict == VERDICT_OK)
			verdict = sink(context, message->head, why);
	}
	if (verdict == VERDICT_OK)
		verdict = spool_rest(&message->spool, sink, context, why);
	return verdict;
}

bool
message_is_repeatable(const struct message *message)
{
	return spool_is_repeatable(&message->spool);
}

bool
message_is_alike(const struct message *one, const struct message *other)
{
	if (one == other)
		return true;
	return message_is_repeatable(one) && message_is_repeatable(other) &&
	    one->head.at == other->head.at &&
	    one->head.size_bytes == other->head.size_bytes &&
	    span_equals(one->lines, other->lines);
}

bool
message_is_identifiable(const struct message *message)
{
	return message->header.has_message_id || message->header.has_received;
}

void
message_close(struct message *message)
{
	block_give((void *)message->lines.at);
	message->lines = span_of(NULL);
	spool_close(&message->spool);
}
