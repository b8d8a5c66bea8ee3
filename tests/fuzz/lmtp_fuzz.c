/*
 * Bytes of a client, against the machine that answers them. The first byte
 * says into what pieces the rest is cut.
 */
#include <string.h>

#include "lmtp/session.h"
#include "tests/fuzz/fuzz.h"

enum { RECIPIENTS_MOST = 3, MESSAGE_MOST_BYTES = 4096 };

struct played {
	struct session session;
	unsigned int accepted; /* recipients that we said yes to */
	unsigned int answered; /* replies to messages that we gave */
	long long stored_bytes;
	long long steps;
	long long steps_most;
};

static void
check_replies(const struct session *session)
{
	const char *out = session->out;
	size_t i;

	MUST(session->out_bytes <= sizeof(session->out));
	for (i = 0; i < session->out_bytes; i++)
		MUST((out[i] >= ' ' && out[i] < 0x7f) || out[i] == '\r' ||
		    out[i] == '\n');
	MUST(session->out_bytes == 0 || out[session->out_bytes - 1] == '\n');
}

static void
on_recipient(struct played *played)
{
	struct session *session = &played->session;
	const struct lmtp_address *address = &session->command.address;

	MUST(session->has_sender);
	MUST(strlen(address->whole) < sizeof(address->whole));
	MUST(strlen(address->local) < sizeof(address->local));
	if (address->local[0] == 'x') {
		session_answer(session, VERDICT_REFUSE, "5.1.1", "nobody");
		return;
	}
	session_answer(session, VERDICT_OK, NULL, NULL);
	MUST(++played->accepted <= RECIPIENTS_MOST);
}

static void
on_message(struct played *played)
{
	struct session *session = &played->session;

	MUST(played->accepted > 0);
	MUST(session->answers_due == played->accepted);
	while (session->answers_due > 0) {
		if (!session_has_room(session))
			session_sent(session);
		session_answer(session, VERDICT_RETRY, "4.3.1", "full");
		played->answered++;
	}
}

/* false when the conversation is over. */
static bool
go_on(struct played *played, struct span *input)
{
	struct session *session = &played->session;
	enum session_event event = session_next(session, input);

	check_replies(session);
	MUST(++played->steps <= played->steps_most);
	switch (event) {
	case SESSION_INPUT:
		MUST(input->size_bytes == 0);
		return false;
	case SESSION_RECIPIENT:
		on_recipient(played);
		break;
	case SESSION_BODY:
		MUST(session->stored.size_bytes > 0);
		played->stored_bytes += (long long)session->stored.size_bytes;
		MUST(played->stored_bytes <= MESSAGE_MOST_BYTES);
		break;
	case SESSION_MESSAGE:
		on_message(played);
		break;
	case SESSION_RESET:
		played->accepted = 0;
		played->stored_bytes = 0;
		break;
	case SESSION_FLUSH:
		session_sent(session);
		break;
	case SESSION_CLOSE:
		return false;
	}
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
	static const struct session_limits limits = { RECIPIENTS_MOST,
		MESSAGE_MOST_BYTES, 0 };
	static struct played played;
	struct span rest = { (const char *)data, size_bytes };
	struct span piece;
	size_t most = size_bytes == 0 ? 1 : (size_t)data[0] + 1;

	memset(&played, 0, sizeof(played));
	played.steps_most = (long long)size_bytes * 8 + 64;
	session_start(&played.session, "mx", &limits);
	for (rest = span_from(rest, 1); rest.size_bytes > 0;) {
		piece = rest;
		if (piece.size_bytes > most)
			piece.size_bytes = most;
		rest = span_from(rest, piece.size_bytes);
		while (go_on(&played, &piece))
			continue;
		if (played.session.state == SESSION_CLOSING)
			break;
		session_sent(&played.session);
	}
	return 0;
}
