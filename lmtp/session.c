#include "lmtp/session.h"

#include <stdio.h>
#include <string.h>

#include "compat/compat.h"

enum { REPLY_BYTES = 512 /* RFC 5321 section 4.5.3.1.5 */ };

static const char no_recipient[] = "503 5.5.1 no valid recipient";

/* ---- Replies ------------------------------------------------------------ */

bool
session_has_room(const struct session *session)
{
	return session->out_bytes + SESSION_REPLY_BYTES <=
	    sizeof(session->out);
}

/* Seven bits, printable, one line: whatever a path or an address held. */
static void
reply(struct session *session, const char *text)
{
	char *at = session->out + session->out_bytes;
	size_t length = strlen(text);
	size_t i;

	if (session->out_bytes + REPLY_BYTES > sizeof(session->out))
		return; /* never: looked at before each command */
	if (length > REPLY_BYTES - 2)
		length = REPLY_BYTES - 2;
	for (i = 0; i < length; i++)
		at[i] = text[i] >= ' ' && text[i] < 0x7f ? text[i] : '?';
	at[length] = '\r';
	at[length + 1] = '\n';
	session->out_bytes += length + 2;
}

/* Too many errors in one conversation are no conversation. */
static void
complain(struct session *session, const char *text)
{
	if (++session->error_count < SESSION_ERRORS_MAX) {
		reply(session, text);
		return;
	}
	reply(session, "421 4.7.0 too many errors");
	session->state = SESSION_CLOSING;
}

void
session_end(struct session *session, const char *text)
{
	reply(session, text);
	session->state = SESSION_CLOSING;
}

/* All lines together stay below 250 octets: Exim reads no more. */
static void
reply_lhlo(struct session *session)
{
	char text[160];

	(void)snprintf(text, sizeof(text), "250-%s", session->host);
	reply(session, text);
	reply(session, "250-PIPELINING");
	reply(session, "250-8BITMIME");
	reply(session, "250-SMTPUTF8");
	reply(session, "250-ENHANCEDSTATUSCODES");
	(void)snprintf(text, sizeof(text), "250-SIZE %lld",
	    session->limits.message_most_bytes);
	reply(session, text);
	reply(session, "250-CHUNKING");
	reply(session, "250 XFORWARD IDENT");
}

static const char *
code_of(enum verdict verdict, const char *dsn)
{
	bool is_room = strcmp(dsn + 1, ".3.1") == 0 ||
	    strcmp(dsn + 1, ".2.2") == 0 || strcmp(dsn + 1, ".3.4") == 0;

	if (verdict == VERDICT_RETRY)
		return is_room ? "452" : "451";
	if (is_room)
		return "552";
	return dsn[2] == '1' || dsn[2] == '7' ? "550" : "554";
}

/* In ASCII, a byte for each character. Gives how many there are. */
static size_t
copy_ascii(char *to, size_t room_bytes, const char *from)
{
	size_t count = 0;

	for (; *from != '\0' && count < room_bytes; from++) {
		bool is_fit = *from == '\n' || (*from >= ' ' && *from < 0x7f);

		if (((unsigned char)*from & 0xc0) != 0x80)
			to[count++] = is_fit ? *from : '?';
	}
	return count;
}

static size_t
reply_limit(const struct session *session)
{
	size_t most = session->limits.reply_most_bytes;

	return most > 0 && most < SESSION_REPLY_BYTES ? most
						      : SESSION_REPLY_BYTES;
}

/* What does not fit ends in "...". */
static struct span
shorten(struct span piece, size_t most_bytes, char *room)
{
	if (piece.size_bytes > most_bytes - 3)
		piece.size_bytes = most_bytes - 3;
	memcpy(room, piece.at, piece.size_bytes);
	memcpy(room + piece.size_bytes, "...", 3);
	return (struct span){ room, piece.size_bytes + 3 };
}

static size_t
smaller(size_t one, size_t other)
{
	return one < other ? one : other;
}

/* Behind each line but the last there is room for another, of three dots. */
static void
reply_lines(struct session *session, const char *start, const char *text)
{
	char ascii[SESSION_REPLY_BYTES], room[REPLY_BYTES], line[REPLY_BYTES];
	struct span rest = { ascii, copy_ascii(ascii, sizeof(ascii), text) };
	size_t extra = strlen(start) + 2; /* CR and LF */
	size_t width = sizeof(line) - extra - 1;
	size_t left = reply_limit(session);

	do {
		struct span piece = span_piece(&rest, width);
		size_t behind = rest.size_bytes > 0 ? extra + 3 : 0;

		if (extra + piece.size_bytes + behind > left) {
			piece = shorten(piece, smaller(width, left - extra),
			    room);
			rest.size_bytes = 0;
		}
		(void)snprintf(line, sizeof(line), "%.3s%c%s%.*s", start,
		    rest.size_bytes > 0 ? '-' : ' ', start + 4,
		    (int)piece.size_bytes, piece.at); /* never longer */
		reply(session, line);
		left -= piece.size_bytes + extra;
	} while (rest.size_bytes > 0);
}

void
session_answer(struct session *session, enum verdict verdict,
    const char *dsn, const char *text)
{
	bool is_rcpt = session->answers_due == 0;
	char class = verdict == VERDICT_RETRY ? '4' : '5';
	char start[32];

	if (verdict == VERDICT_OK) {
		reply(session,
		    is_rcpt ? "250 2.1.5 ok" : "250 2.0.0 delivered");
	} else {
		(void)snprintf(start, sizeof(start), "%s %s ",
		    code_of(verdict, dsn),
		    dsn[0] == class ? dsn : class == '4' ? "4.3.0" : "5.3.0");
		reply_lines(session, start, text);
	}
	if (is_rcpt && verdict == VERDICT_OK)
		session->recipient_count++;
	if (!is_rcpt && --session->answers_due == 0)
		session->is_reset_due = true;
}

void
session_spoil(struct session *session, const char *text)
{
	if (session->spoiled[0] == '\0')
		(void)strlcpy(session->spoiled, text,
		    sizeof(session->spoiled)); /* our own words */
}

/* ---- One transaction ---------------------------------------------------- */

static void
forget(struct session *session)
{
	session->has_sender = false;
	session->has_chunks = false;
	session->sender[0] = '\0';
	session->recipient_count = 0;
	session->answers_due = 0;
	session->stored_bytes = 0;
	session->spoiled[0] = '\0';
}

static void
do_lhlo(struct session *session)
{
	session->is_greeted = true;
	session->is_reset_due = true;
	reply_lhlo(session);
}

static void
do_mail(struct session *session)
{
	long long most_bytes = session->limits.message_most_bytes;

	if (!session->is_greeted) {
		complain(session, "503 5.5.1 say LHLO first");
	} else if (session->has_sender) {
		complain(session, "503 5.5.1 one message at a time");
	} else if (most_bytes > 0 && session->command.size_bytes > most_bytes) {
		reply(session, "552 5.3.4 the message is too large");
	} else {
		session->has_sender = true;
		(void)strlcpy(session->sender, session->command.address.whole,
		    sizeof(session->sender)); /* as large */
		reply(session, "250 2.1.0 ok");
	}
}

static enum session_event
do_rcpt(struct session *session)
{
	if (!session->has_sender || session->has_chunks)
		complain(session, "503 5.5.1 say MAIL first");
	else if (session->recipient_count >= session->limits.recipients_most)
		reply(session, "452 4.5.3 too many recipients at once");
	else
		return SESSION_RECIPIENT;
	return SESSION_INPUT;
}

static void
do_data(struct session *session)
{
	if (session->has_chunks) {
		complain(session, "503 5.5.1 DATA and BDAT do not mix");
	} else if (session->recipient_count == 0) {
		complain(session, no_recipient);
	} else {
		reply(session, "354 go on, and end with a dot");
		body_start(&session->body, false);
		session->state = SESSION_DATA;
	}
}

/* The bytes behind BDAT come whatever we think of it. */
static void
do_bdat(struct session *session)
{
	session->chunk_fault = session->command.fault;
	if (session->command.size_bytes < 0) {
		session_end(session, "421 4.5.4 how long is that chunk?");
		return;
	}
	if (session->chunk_fault == NULL && session->recipient_count == 0)
		session->chunk_fault = no_recipient;
	if (session->chunk_fault == NULL && !session->has_chunks) {
		session->has_chunks = true;
		body_start(&session->body, true);
	}
	session->chunk_bytes = session->command.size_bytes;
	session->is_chunk_last = session->command.is_last;
	session->state = SESSION_CHUNK;
}

static enum session_event
obey(struct session *session)
{
	switch (session->command.verb) {
	case VERB_LHLO:
		do_lhlo(session);
		break;
	case VERB_MAIL:
		do_mail(session);
		break;
	case VERB_RCPT:
		return do_rcpt(session);
	case VERB_DATA:
		do_data(session);
		break;
	case VERB_RSET:
		session->is_reset_due = true;
		reply(session, "250 2.0.0 ok");
		break;
	case VERB_VRFY:
		reply(session, "252 2.5.0 send some mail, and see");
		break;
	case VERB_XFORWARD:
		(void)strlcpy(session->queue_id, session->command.queue_id,
		    sizeof(session->queue_id)); /* as large */
		reply(session, "250 2.0.0 ok");
		break;
	case VERB_QUIT:
		session_end(session, "221 2.0.0 bye");
		break;
	case VERB_NOOP:
	case VERB_BDAT:
	case VERB_UNKNOWN:
		reply(session, "250 2.0.0 ok");
		break;
	}
	return SESSION_INPUT;
}

static enum session_event
obey_line(struct session *session, struct span line)
{
	command_parse(&session->command, line);
	if (session->command.verb == VERB_BDAT)
		do_bdat(session);
	else if (session->command.fault != NULL)
		complain(session, session->command.fault);
	else
		return obey(session);
	return SESSION_INPUT;
}

/* ---- Bytes -------------------------------------------------------------- */

/* false until a whole line is in session->line. */
static bool
gather_line(struct session *session, struct span *input)
{
	const char *end = memchr(input->at, '\n', input->size_bytes);
	size_t taken = input->size_bytes;

	if (end != NULL)
		taken = (size_t)(end - input->at) + 1;
	if (taken > sizeof(session->line) - session->line_bytes)
		session->is_line_long = true;
	else
		memcpy(session->line + session->line_bytes, input->at, taken);
	if (!session->is_line_long)
		session->line_bytes += taken;
	*input = span_from(*input, taken);
	return end != NULL;
}

/*
 * A line that ends in LF alone is answered and never obeyed, so that nothing
 * can hide in what another program takes for one line.
 */
static enum session_event
next_command(struct session *session, struct span *input)
{
	struct span line = { session->line, 0 };
	bool is_long;

	if (!gather_line(session, input))
		return SESSION_INPUT;
	line.size_bytes = session->line_bytes;
	is_long = session->is_line_long;
	session->line_bytes = 0;
	session->is_line_long = false;
	if (is_long)
		complain(session, "500 5.5.2 the line is too long");
	else if (line.size_bytes < 2 || line.at[line.size_bytes - 2] != '\r')
		complain(session, "500 5.5.2 lines end in CR LF");
	else {
		line.size_bytes -= 2;
		return obey_line(session, line);
	}
	return SESSION_INPUT;
}

/* The whole message is through: who is to be answered, and by whom? */
static enum session_event
end_message(struct session *session)
{
	session->state = SESSION_COMMANDS;
	session->answers_due = session->recipient_count;
	return session->spoiled[0] == '\0' ? SESSION_MESSAGE : SESSION_INPUT;
}

static enum session_event
hand_over(struct session *session, size_t size_bytes)
{
	long long most_bytes = session->limits.message_most_bytes;

	session->stored.at = session->text;
	session->stored.size_bytes = size_bytes;
	session->stored_bytes += (long long)size_bytes;
	if (most_bytes > 0 && session->stored_bytes > most_bytes)
		session_spoil(session, "552 5.3.4 the message is too large");
	return session->spoiled[0] == '\0' ? SESSION_BODY : SESSION_INPUT;
}

static enum session_event
next_data(struct session *session, struct span *input)
{
	size_t got = body_decode(&session->body, input, session->text,
	    sizeof(session->text));

	if (got > 0)
		return hand_over(session, got);
	if (session->body.state == BODY_END)
		return end_message(session);
	return SESSION_INPUT;
}

static enum session_event
end_chunk(struct session *session)
{
	char text[80];
	size_t got;

	session->state = SESSION_COMMANDS;
	if (session->chunk_fault != NULL) {
		complain(session, session->chunk_fault);
		return SESSION_INPUT;
	}
	if (!session->is_chunk_last) {
		(void)snprintf(text, sizeof(text), "250 2.0.0 %lld octets",
		    session->command.size_bytes);
		reply(session, text);
		return SESSION_INPUT;
	}
	session->state = SESSION_ENDING;
	got = body_finish(&session->body, session->text);
	return got > 0 ? hand_over(session, got) : SESSION_INPUT;
}

static enum session_event
next_chunk(struct session *session, struct span *input)
{
	struct span chunk = *input;
	size_t got = 0;
	size_t used;

	if (session->chunk_bytes == 0)
		return end_chunk(session);
	if ((long long)chunk.size_bytes > session->chunk_bytes)
		chunk.size_bytes = (size_t)session->chunk_bytes;
	used = chunk.size_bytes;
	if (session->chunk_fault == NULL) {
		got = body_decode(&session->body, &chunk, session->text,
		    sizeof(session->text));
		used -= chunk.size_bytes;
	}
	*input = span_from(*input, used);
	session->chunk_bytes -= (long long)used;
	return got > 0 ? hand_over(session, got) : SESSION_INPUT;
}

/* One step; SESSION_INPUT says only that there is nothing to be done. */
static enum session_event
step(struct session *session, struct span *input)
{
	switch (session->state) {
	case SESSION_COMMANDS:
		return next_command(session, input);
	case SESSION_DATA:
		return next_data(session, input);
	case SESSION_CHUNK:
		return next_chunk(session, input);
	case SESSION_ENDING:
		return end_message(session);
	case SESSION_CLOSING:
		break;
	}
	return SESSION_CLOSE;
}

static bool
can_step(const struct session *session, const struct span *input)
{
	return input->size_bytes > 0 || session->state == SESSION_ENDING ||
	    (session->state == SESSION_DATA &&
		session->body.state == BODY_END) ||
	    session->state == SESSION_CLOSING ||
	    (session->state == SESSION_CHUNK && session->chunk_bytes == 0);
}

enum session_event
session_next(struct session *session, struct span *input)
{
	enum session_event event;

	do {
		if (session->is_reset_due) {
			session->is_reset_due = false;
			forget(session);
			return SESSION_RESET;
		}
		if (!session_has_room(session))
			return SESSION_FLUSH;
		if (session->answers_due > 0) { /* of a spoiled message */
			reply(session, session->spoiled);
			session->is_reset_due = --session->answers_due == 0;
			continue;
		}
		if (!can_step(session, input))
			return SESSION_INPUT;
		event = step(session, input);
		if (event != SESSION_INPUT)
			return event;
	} while (true);
}

void
session_sent(struct session *session)
{
	session->out_bytes = 0;
}

static void
set_host(struct session *session, const char *host)
{
	size_t i;

	(void)strlcpy(session->host, host, sizeof(session->host)); /* or cut */
	for (i = 0; session->host[i] != '\0'; i++)
		if (session->host[i] <= ' ' || session->host[i] >= 0x7f)
			session->host[i] = '?';
}

void
session_start(struct session *session, const char *host,
    const struct session_limits *limits)
{
	char text[SESSION_HOST_BYTES + 32];

	memset(session, 0, sizeof(*session));
	session->limits = *limits;
	set_host(session, host);
	(void)snprintf(text, sizeof(text), "220 %s LMTP mda", session->host);
	reply(session, text);
}
