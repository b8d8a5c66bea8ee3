#include "lmtp/body.h"

#include <string.h>

struct writer {
	char *text;
	size_t used_bytes;
	size_t room_bytes;
};

static void
put(struct writer *out, char byte)
{
	out->text[out->used_bytes++] = byte;
}

/* Bytes in the middle of a line, up to the next CR: most of all mail. */
static void
put_run(struct writer *out, struct span *wire)
{
	size_t run = out->room_bytes - out->used_bytes;
	const char *cr;

	if (run > wire->size_bytes)
		run = wire->size_bytes;
	cr = memchr(wire->at, '\r', run);
	if (cr != NULL)
		run = (size_t)(cr - wire->at);
	memcpy(out->text + out->used_bytes, wire->at, run);
	out->used_bytes += run;
	*wire = span_from(*wire, run);
}

static void
step_line_start(struct body *body, struct writer *out, char byte)
{
	if (byte == '.' && !body->is_chunked) {
		body->state = BODY_DOT;
	} else if (byte == '\r') {
		body->state = BODY_CR;
	} else {
		put(out, byte);
		body->state = BODY_TEXT;
	}
}

static void
step_cr(struct body *body, struct writer *out, char byte)
{
	if (byte == '\n') {
		put(out, '\n');
		body->state = BODY_LINE_START;
		return;
	}
	put(out, '\r');
	body->state = BODY_TEXT;
	if (byte == '\r')
		body->state = BODY_CR;
	else
		put(out, byte);
}

/* The dot was the sender's addition, whatever stands behind it. */
static void
step_dot(struct body *body, struct writer *out, char byte)
{
	if (byte == '\r') {
		body->state = BODY_DOT_CR;
		return;
	}
	put(out, byte);
	body->state = BODY_TEXT;
}

static void
step_dot_cr(struct body *body, struct writer *out, char byte)
{
	if (byte == '\n')
		body->state = BODY_END;
	else
		step_cr(body, out, byte);
}

static void
step(struct body *body, struct writer *out, char byte)
{
	switch (body->state) {
	case BODY_LINE_START:
		step_line_start(body, out, byte);
		break;
	case BODY_CR:
		step_cr(body, out, byte);
		break;
	case BODY_DOT:
		step_dot(body, out, byte);
		break;
	case BODY_DOT_CR:
		step_dot_cr(body, out, byte);
		break;
	case BODY_TEXT:
		body->state = BODY_CR; /* put_run() stops at nothing else */
		break;
	case BODY_END:
		break;
	}
}

void
body_start(struct body *body, bool is_chunked)
{
	body->state = BODY_LINE_START;
	body->is_chunked = is_chunked;
}

size_t
body_decode(
    struct body *body, struct span *wire, char *text, size_t room_bytes)
{
	struct writer out = { text, 0, room_bytes };

	while (wire->size_bytes > 0 && body->state != BODY_END &&
	    out.room_bytes - out.used_bytes >= 2) {
		if (body->state == BODY_TEXT)
			put_run(&out, wire);
		if (wire->size_bytes == 0 ||
		    out.room_bytes - out.used_bytes < 2)
			break;
		step(body, &out, wire->at[0]);
		*wire = span_from(*wire, 1);
	}
	return out.used_bytes;
}

size_t
body_finish(struct body *body, char *text)
{
	bool is_cr_held = body->state == BODY_CR;

	body->state = BODY_END;
	if (is_cr_held)
		text[0] = '\r';
	return is_cr_held ? 1 : 0;
}
