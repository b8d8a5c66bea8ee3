/*
 * Whatever a sender writes, one delivery is one line of the log, with the
 * keys that belong to it and no others, each once.
 *
 * The reader below shares nothing with base/logline.c: it is as strict as
 * the manual's words on the two formats.
 */
#include "mda/log.h"

#include <sys/socket.h>

#include <atf-c.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/errno_name.h"
#include "base/logline.h"
#include "tests/support/prng.h"

enum {
	ROUNDS = 4000,
	EVIL_MAX = 3000,
	PAIRS_MAX = 40,
	VALUE_ROOM = 512, /* what one value may take in the line */
	ESCAPE_MAX = 12,
	NOT_A_CHARACTER = 0xfffd
};

/* ---- A strict reader --------------------------------------------------- */

struct found {
	char key[32];
	bool is_number;
	unsigned long codes[VALUE_ROOM]; /* bytes, or characters in JSON */
	size_t count;
	size_t room_bytes; /* taken in the line, without the quotes */
};

struct reader {
	const char *at;
	bool is_json;
};

/* count digits of a base, as a number; -1 when they are not there. */
static long
take_digits(struct reader *reader, int count, int base)
{
	static const char digits[] = "0123456789abcdef";
	const char *digit;
	long number = 0;

	for (; count > 0; count--, reader->at++) {
		digit = *reader->at == '\0' ? NULL
					    : strchr(digits, *reader->at);
		if (digit == NULL || digit - digits >= base)
			return -1;
		number = number * base + (digit - digits);
	}
	return number;
}

static bool
take(struct reader *reader, const char *text)
{
	size_t length = strlen(text);

	if (strncmp(reader->at, text, length) != 0)
		return false;
	reader->at += length;
	return true;
}

/* "\uxxxx", and the second half of a pair; -1 when that is missing. */
static long
take_json_escape(struct reader *reader)
{
	long high;
	long low;

	if (!take(reader, "\\u"))
		return -1;
	high = take_digits(reader, 4, 16);
	if (high < 0xd800 || high > 0xdfff)
		return high;
	if (high > 0xdbff || !take(reader, "\\u"))
		return -1;
	low = take_digits(reader, 4, 16);
	if (low < 0xdc00 || low > 0xdfff)
		return -1;
	return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

static long
take_logfmt_escape(struct reader *reader)
{
	long byte;

	if (!take(reader, "\\"))
		return -1;
	byte = take_digits(reader, 3, 8);
	return byte > 0xff ? -1 : byte;
}

/* One character between quotes. */
static long
take_quoted(struct reader *reader)
{
	char byte = *reader->at;

	if (byte < ' ' || byte > '~' || byte == '"')
		return -1;
	if (byte == '\\')
		return reader->is_json ? take_json_escape(reader)
				       : take_logfmt_escape(reader);
	reader->at++;
	return byte;
}

static bool
take_string(struct reader *reader, struct found *found)
{
	const char *start = reader->at + 1;
	long code;

	if (!take(reader, "\""))
		return false;
	for (found->count = 0; *reader->at != '"'; found->count++) {
		code = found->count < VALUE_ROOM ? take_quoted(reader) : -1;
		if (code < 0)
			return false;
		found->codes[found->count] = (unsigned long)code;
	}
	found->room_bytes = (size_t)(reader->at - start);
	return take(reader, "\"");
}

/* A bare value of logfmt: nothing in it could be taken for syntax. */
static bool
take_bare(struct reader *reader, struct found *found)
{
	for (found->count = 0; *reader->at != ' ' && *reader->at != '\0';
	     found->count++) {
		if (*reader->at < ' ' || *reader->at > '~' ||
		    strchr("\"\\=", *reader->at) != NULL ||
		    found->count == VALUE_ROOM)
			return false;
		found->codes[found->count] = (unsigned char)*reader->at++;
	}
	found->room_bytes = found->count;
	return found->count > 0;
}

/* RFC 8259: no zeros in front. */
static bool
take_number(struct reader *reader, struct found *found)
{
	size_t length = strspn(reader->at, "0123456789");

	found->is_number = true;
	for (found->count = 0; found->count < length; found->count++)
		found->codes[found->count] = (unsigned char)*reader->at++;
	return length > 0 && (length == 1 || found->codes[0] != '0');
}

static bool
take_value(struct reader *reader, struct found *found)
{
	found->is_number = false;
	if (*reader->at == '"')
		return take_string(reader, found);
	return reader->is_json ? take_number(reader, found)
			       : take_bare(reader, found);
}

static bool
take_pair(struct reader *reader, struct found *found)
{
	size_t length;

	if (reader->is_json && !take(reader, "\""))
		return false;
	length = strspn(reader->at, "abcdefghijklmnopqrstuvwxyz_");
	if (length == 0 || length >= sizeof(found->key))
		return false;
	memcpy(found->key, reader->at, length);
	found->key[length] = '\0';
	reader->at += length;
	return take(reader, reader->is_json ? "\":" : "=") &&
	    take_value(reader, found);
}

/* How many pairs the line is made of; 0 when it is not well-formed. */
static size_t
read_line(const char *line, bool is_json, struct found *list)
{
	struct reader reader = { line, is_json };
	size_t count = 0;

	if (is_json && !take(&reader, "{"))
		return 0;
	do {
		if (count == PAIRS_MAX || !take_pair(&reader, &list[count++]))
			return 0;
	} while (take(&reader, is_json ? "," : " "));
	if (is_json && !take(&reader, "}"))
		return 0;
	return *reader.at == '\0' ? count : 0;
}

/* ---- What has to stand there ------------------------------------------- */

struct wanted {
	const char *key;
	struct span value;
	bool is_number; /* its value is not looked at */
	bool is_found;
};

struct scene {
	struct wanted list[PAIRS_MAX];
	size_t count;
	struct prng prng;
	bool is_long; /* every value is as long as can be */
	char evil[16][EVIL_MAX + 1];
	size_t evil_count;
};

static void
want(struct scene *scene, const char *key, struct span value)
{
	struct wanted *wanted = &scene->list[scene->count++];

	ATF_REQUIRE(scene->count <= PAIRS_MAX);
	wanted->key = key;
	wanted->value = value;
	wanted->is_number = false;
	wanted->is_found = false;
}

static void
want_text(struct scene *scene, const char *key, const char *value)
{
	want(scene, key, span_of(value));
}

static void
want_number(struct scene *scene, const char *key)
{
	want(scene, key, span_of(""));
	scene->list[scene->count - 1].is_number = true;
}

/* A character by RFC 3629, table 3-7 of Unicode; else one byte as U+FFFD. */
static unsigned long
next_character(const unsigned char **at, size_t left)
{
	static const struct {
		unsigned char first, last; /* of the first byte */
		unsigned char low, high; /* of the second */
		size_t length;
	} forms[] = { { 0x00, 0x7f, 0, 0, 1 }, { 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 } };
	const unsigned char *text = *at;
	unsigned long code;
	size_t form = 0;
	size_t i;

	(*at)++;
	while (form < 9 && (text[0] < forms[form].first ||
			       text[0] > forms[form].last))
		form++;
	if (form == 9 || forms[form].length > left)
		return NOT_A_CHARACTER;
	if (form == 0)
		return text[0];
	if (text[1] < forms[form].low || text[1] > forms[form].high)
		return NOT_A_CHARACTER;
	code = text[0] & (0xffUL >> (forms[form].length + 1));
	for (i = 1; i < forms[form].length; i++) {
		if (text[i] < 0x80 || text[i] > 0xbf)
			return NOT_A_CHARACTER;
		code = code << 6 | (text[i] & 0x3fUL);
	}
	*at = text + forms[form].length;
	return code;
}

/* Is it that value, or as much of its beginning as there was room for? */
static bool
is_value(const struct found *found, struct span value, bool is_json)
{
	const unsigned char *at = (const unsigned char *)value.at;
	const unsigned char *end = at + value.size_bytes;
	size_t i;

	for (i = 0; i < found->count; i++) {
		unsigned long code;

		if (at == end)
			return false;
		code = is_json ? next_character(&at, (size_t)(end - at)) : *at++;
		if (code != found->codes[i])
			return false;
	}
	if (found->room_bytes > VALUE_ROOM)
		return false;
	return at == end || found->room_bytes + ESCAPE_MAX > VALUE_ROOM;
}

static const char *
what_is_wrong(struct scene *scene, const char *line, bool is_json)
{
	static struct found found[PAIRS_MAX];
	size_t count = read_line(line, is_json, found);
	size_t i;
	size_t k;

	if (count == 0)
		return "not well-formed";
	if (count != scene->count)
		return "keys too many or too few";
	for (i = 0; i < count; i++) {
		for (k = 0; k < scene->count; k++)
			if (strcmp(found[i].key, scene->list[k].key) == 0)
				break;
		if (k == scene->count || scene->list[k].is_found)
			return found[i].key;
		scene->list[k].is_found = true;
		if (!scene->list[k].is_number &&
		    (found[i].is_number ||
			!is_value(&found[i], scene->list[k].value, is_json)))
			return found[i].key;
	}
	return NULL;
}

/* ---- Deliveries of every kind ------------------------------------------ */

/* What a sender may write, of the pieces that matter to readers. */
static struct span
make_evil(struct scene *scene)
{
	static const char *const words[] = { "\n", "\r", "\r\n", "\t", "\"",
		"\\", "'", "=", " ", "}", "{", ",", " status=delivered",
		"\nstatus=delivered box=maildir", "\",\"status\":\"delivered",
		"\"}\n{\"status\":\"delivered\"}", "\\u0022", "\\042", "\\n",
		"\xe2\x80\xa8", "\xe2\x80\xa9", "\xc2\x85", "\xc2\x9b[31m",
		"\x9b", "\x85", "\xff", "\xc3", "\xed\xa0\x80", "\xc0\xa2",
		"\xf0\x9f\x93\xa7", "\xf0\x9f", "\xef\xbf\xbd", "\x7f",
		"\033[2J", "%s%n%1$s", "al@example.org" };
	const size_t count = sizeof(words) / sizeof(words[0]);
	size_t room = prng_below(&scene->prng, 3) == 0 ? EVIL_MAX : 40;
	struct span made;
	char *text = scene->evil[scene->evil_count++];

	ATF_REQUIRE(scene->evil_count <= 16);
	made.at = text;
	made.size_bytes = prng_words(&scene->prng, text, room, words, count);
	if (scene->is_long) {
		memset(text, prng_below(&scene->prng, 2) == 0 ? '\n' : 'x',
		    EVIL_MAX);
		made.size_bytes = EVIL_MAX;
	}
	text[made.size_bytes] = '\0';
	return made;
}

/* The same for an argument or a path, which end at the first NUL. */
static const char *
make_word(struct scene *scene)
{
	return make_evil(scene).at;
}

static bool
toss(struct scene *scene)
{
	return scene->is_long || prng_below(&scene->prng, 2) == 0;
}

static void
make_trouble(struct scene *scene, struct failure *why, const char *key)
{
	static char text[4][sizeof(why->subject) + 64];
	static size_t next;
	char *all = text[next++ % 4];

	(void)failure_retry(why, "state-read", "4.3.0", make_word(scene));
	(void)snprintf(all, sizeof(text[0]), "state-read: %s", why->subject);
	want_text(scene, key, all);
}

static void
make_envelope(struct scene *scene, struct job *job)
{
	static char head[EVIL_MAX + 20];
	struct message *message = &job->message;
	int length;

	if (toss(scene)) {
		job->options.queue_id = make_word(scene);
		want_text(scene, "queue", job->options.queue_id);
	}
	job->is_message_open = toss(scene);
	if (!job->is_message_open)
		return;
	length = snprintf(
	    head, sizeof(head), "message-Id:\n %s\n\n", make_word(scene));
	header_scan(&message->header, (struct span){ head, (size_t)length });
	ATF_REQUIRE(message->header.has_message_id);
	want(scene, "id", message->header.message_id);
	envelope_set_sender(&message->envelope, make_evil(scene));
	want(scene, "from", message->envelope.sender);
	message->envelope.recipient = make_evil(scene);
	message->envelope.has_recipient = true;
	want(scene, "to", message->envelope.recipient);
}

static void
make_filter(struct scene *scene, struct job *job)
{
	static struct sieve_action actions[40];
	struct filtering *filtering = &job->filtering;
	static struct store store;

	filtering->is_decided = true;
	filtering->decision.plan.actions = actions;
	filtering->decision.plan.count = 1;
	actions[0].kind = SIEVE_REDIRECT;
	want_text(scene, "sieve", "redirect");
	filtering->stores = &store;
	store.delivery = &job->maildir_delivery;
	filtering->store_count = 2;
	want_number(scene, "stores");
	filtering->redirects = 1;
	want_number(scene, "redirects");
	filtering->answer = make_word(scene);
	want_text(scene, "answer", filtering->answer);
	(void)snprintf(filtering->decision.trouble,
	    sizeof(filtering->decision.trouble), "x%s", make_word(scene));
	want_text(scene, "sieve_error", filtering->decision.trouble);
	filtering->has_store_trouble = true;
	make_trouble(scene, &filtering->store_trouble, "folder_error");
	filtering->has_mail_trouble = true;
	make_trouble(scene, &filtering->mail_trouble, "mail_error");
	filtering->has_state_trouble = true;
	make_trouble(scene, &filtering->state_trouble, "state_error");
}

static void
make_maildir(struct scene *scene, struct maildir_delivery *delivery)
{
	(void)snprintf(delivery->layout.path, sizeof(delivery->layout.path),
	    "%s", make_word(scene)); /* cut */
	want_text(scene, "path", delivery->layout.path);
	if (toss(scene)) {
		(void)snprintf(delivery->leftover.witness,
		    sizeof(delivery->leftover.witness), "x%s",
		    make_word(scene));
		want_text(scene, "witness", delivery->leftover.witness);
	} else {
		(void)snprintf(delivery->stage.final_name,
		    sizeof(delivery->stage.final_name), "%s",
		    make_word(scene));
		want_text(scene, "name", delivery->stage.final_name);
	}
	want_number(scene, "bytes");
	want_number(scene, "write_ms");
	want_number(scene, "sync_ms");
	delivery->leftover.swept = 1;
	want_number(scene, "swept");
	delivery->stage.is_folder_unsynced = true;
	want_text(scene, "folder_sync", "unsupported");
}

static void
make_mbox(struct scene *scene, struct mbox_delivery *delivery)
{
	static struct mbox where;

	where.path = make_word(scene);
	delivery->where = &where;
	want_text(scene, "path", where.path);
	delivery->repair.is_witness = toss(scene);
	want_number(
	    scene, delivery->repair.is_witness ? "witness" : "offset");
	want_number(scene, "bytes");
	want_number(scene, "lock_ms");
	want_number(scene, "write_ms");
}

static void
make_mending(struct scene *scene, struct mbox_delivery *delivery)
{
	delivery->box.dotlock.is_broken = true;
	(void)snprintf(delivery->box.dotlock.name,
	    sizeof(delivery->box.dotlock.name), "%s", make_word(scene));
	want_text(scene, "lock_broken", delivery->box.dotlock.name);
	delivery->repair.cut_bytes = 1;
	want_number(scene, "repaired");
}

static void
make_failure(struct scene *scene, struct failure *why)
{
	errno = EACCES;
	(void)failure_errno(why, "open-dir", make_word(scene));
	want_text(scene, "step", "open-dir");
	want_text(scene, "errno", errno_name(EACCES));
	want_text(scene, "dsn", why->dsn);
	want_text(scene, "path", why->subject);
	want_text(scene, "residue", "no");
}

static void
make_job(struct scene *scene, struct job *job, enum verdict verdict,
    struct failure *why)
{
	static const char *const statuses[] = { "delivered", "deferred",
		"bounced" };
	bool is_mbox = !scene->is_long && toss(scene);

	memset(job, 0, sizeof(*job));
	job->destination.kind = is_mbox ? BOX_MBOX : BOX_MAILDIR;
	(void)strcpy(job->destination.path, "/x");
	want_text(scene, "status", statuses[verdict]);
	want_text(scene, "box", is_mbox ? "mbox" : "maildir");
	if (!is_mbox && toss(scene))
		make_filter(scene, job);
	if (verdict != VERDICT_OK)
		make_failure(scene, why);
	else if (is_mbox)
		make_mbox(scene, &job->mbox_delivery);
	else
		make_maildir(scene, &job->maildir_delivery);
	if (toss(scene))
		make_mending(scene, &job->mbox_delivery);
	make_envelope(scene, job);
	if (sandbox_best() != SANDBOX_NONE) {
		job->is_confined = true;
		want_text(scene, "sandbox", sandbox_name(SANDBOX_NONE));
	}
}

/* ---- Both ends of the log ---------------------------------------------- */

struct ends {
	struct log log;
	int syslog_fd;
	char line[2 * LOGLINE_MAX];	    /* of the file */
	char datagram[2 * LOGLINE_MAX]; /* of the socket */
};

static void
open_ends(struct ends *ends)
{
	int pair[2];

	ATF_REQUIRE_EQ(0, socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
	ends->log.is_open = true;
	ends->log.syslog_fd = pair[0];
	ends->syslog_fd = pair[1];
	ends->log.file_fd =
	    open("log", O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0600);
	ATF_REQUIRE(ends->log.file_fd != -1);
}

static void
write_and_read(struct ends *ends, const struct job *job, enum verdict verdict,
    const struct failure *why)
{
	ssize_t length;

	ATF_REQUIRE_EQ(0, ftruncate(ends->log.file_fd, 0));
	log_write(&ends->log, job, verdict, why);
	length = pread(ends->log.file_fd, ends->line, LOGLINE_MAX + 1, 0);
	ATF_REQUIRE(length > 0);
	ends->line[length] = '\0';
	length = recv(
	    ends->syslog_fd, ends->datagram, LOGLINE_MAX + 1, MSG_DONTWAIT);
	ATF_REQUIRE(length > 0);
	ends->datagram[length] = '\0';
	ATF_CHECK_EQ(strlen(ends->datagram), (size_t)length);
}

/* Gives the line without its end. */
static char *
chop(struct ends *ends)
{
	char *end = strchr(ends->line, '\n');

	ATF_REQUIRE(end != NULL && end[1] == '\0');
	*end = '\0';
	return ends->line;
}

static void
play(bool is_json)
{
	static struct ends ends;
	static struct scene scene;
	static struct job job;
	struct failure why;
	unsigned int seed;

	open_ends(&ends);
	for (seed = 0; seed < ROUNDS; seed++) {
		enum verdict verdict = (enum verdict)(seed % 3);
		const char *wrong;

		scene.prng = prng_start(seed);
		scene.count = scene.evil_count = 0;
		make_job(&scene, &job, verdict, &why);
		job.settings.log_format = is_json ? LOG_AS_JSON : LOG_AS_LOGFMT;
		write_and_read(&ends, &job, verdict, &why);
		wrong = what_is_wrong(&scene, chop(&ends), is_json);
		ATF_REQUIRE_MSG(wrong == NULL, "seed %u: %s: %s", seed, wrong,
		    ends.line);
		ATF_REQUIRE_STREQ(
		    ends.line, strstr(ends.datagram, "mda: ") + 5);
	}
}

ATF_TC_WITHOUT_HEAD(logfmt__any_bytes_of_a_sender__one_line_with_its_keys);
ATF_TC_BODY(logfmt__any_bytes_of_a_sender__one_line_with_its_keys, tc)
{
	play(false);
}

ATF_TC_WITHOUT_HEAD(json__any_bytes_of_a_sender__one_line_with_its_keys);
ATF_TC_BODY(json__any_bytes_of_a_sender__one_line_with_its_keys, tc)
{
	play(true);
}

/* All that can be long at once, and the socket takes no such line. */
static void
play_long(bool is_json, enum verdict verdict)
{
	static struct ends ends;
	static struct scene scene;
	static struct found found[PAIRS_MAX];
	static struct job job;
	struct failure why;
	const char *wrong;
	int small = 1;

	open_ends(&ends);
	ATF_REQUIRE_EQ(0,
	    setsockopt(ends.log.syslog_fd, SOL_SOCKET, SO_SNDBUF, &small,
		sizeof(small)));
	scene.prng = prng_start(0);
	scene.count = scene.evil_count = 0;
	scene.is_long = true;
	make_job(&scene, &job, verdict, &why);
	job.settings.log_format = is_json ? LOG_AS_JSON : LOG_AS_LOGFMT;
	write_and_read(&ends, &job, verdict, &why);
	wrong = what_is_wrong(&scene, chop(&ends), is_json);
	ATF_CHECK_MSG(wrong == NULL, "%s: %s", wrong, ends.line);
	ATF_CHECK(strlen(ends.datagram) < 2048);
	ATF_CHECK(strlen(ends.line) > 4096);
	ATF_CHECK_EQ(scene.count,
	    read_line(strstr(ends.datagram, "mda: ") + 5, is_json, found));
}

ATF_TC_WITHOUT_HEAD(values__all_as_long_as_can_be__no_key_crowded_out);
ATF_TC_BODY(values__all_as_long_as_can_be__no_key_crowded_out, tc)
{
	play_long(false, VERDICT_OK);
	play_long(true, VERDICT_OK);
	play_long(false, VERDICT_RETRY);
	play_long(true, VERDICT_RETRY);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp,
	    logfmt__any_bytes_of_a_sender__one_line_with_its_keys);
	ATF_TP_ADD_TC(tp, json__any_bytes_of_a_sender__one_line_with_its_keys);
	ATF_TP_ADD_TC(tp, values__all_as_long_as_can_be__no_key_crowded_out);
	return atf_no_error();
}
