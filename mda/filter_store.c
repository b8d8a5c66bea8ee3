#include "mda/filter_store.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "compat/compat.h"
#include "maildir/group.h"
#include "mime/charset.h"
#include "mime/field.h"

/* ---- Names -------------------------------------------------------------- */

/* Modified UTF-7: runs of what is not ASCII are UTF-16 in base 64. */
struct utf7 {
	char *to;
	size_t used;
	size_t room;
	unsigned long bits; /* not yet written */
	unsigned int bit_count;
	bool is_shifted;
	bool is_full;
};

static void
put_byte(struct utf7 *out, char byte)
{
	if (out->used + 1 >= out->room)
		out->is_full = true;
	else
		out->to[out->used++] = byte;
}

static void
put_bits(struct utf7 *out, unsigned long bits, unsigned int count)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+,";

	out->bits = out->bits << count | bits;
	out->bit_count += count;
	while (out->bit_count >= 6) {
		out->bit_count -= 6;
		put_byte(out, digits[out->bits >> out->bit_count & 63]);
	}
	out->bits &= (1UL << out->bit_count) - 1;
}

static void
end_shift(struct utf7 *out)
{
	if (!out->is_shifted)
		return;
	if (out->bit_count > 0)
		put_bits(out, 0, 6 - out->bit_count);
	put_byte(out, '-');
	out->is_shifted = false;
	out->bits = 0;
	out->bit_count = 0;
}

static void
put_wide(struct utf7 *out, unsigned long code)
{
	if (!out->is_shifted)
		put_byte(out, '&');
	out->is_shifted = true;
	if (code > 0xffff) {
		code -= 0x10000;
		put_bits(out, 0xd800 | code >> 10, 16);
		code = 0xdc00 | (code & 0x3ff);
	}
	put_bits(out, code, 16);
}

/* One character of well-formed UTF-8. */
static unsigned long
take_code(struct span *text)
{
	static const unsigned char masks[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	size_t size_bytes = charset_char_bytes(*text);
	unsigned long code = (unsigned char)text->at[0] & masks[size_bytes];
	size_t i;

	for (i = 1; i < size_bytes; i++)
		code = code << 6 | ((unsigned char)text->at[i] & 0x3f);
	*text = span_from(*text, size_bytes);
	return code;
}

static bool
encode(char *to, size_t room, struct span name)
{
	struct utf7 out = { to, 0, room, 0, 0, false, false };

	while (name.size_bytes > 0) {
		unsigned long code = take_code(&name);

		if (code > 0x7e) {
			put_wide(&out, code);
			continue;
		}
		end_shift(&out);
		put_byte(&out, code == '/' ? '.' : (char)code);
		if (code == '&')
			put_byte(&out, '-');
	}
	end_shift(&out);
	to[out.used] = '\0';
	return !out.is_full;
}

bool
filter_store_folder(char *folder, struct span mailbox)
{
	static const char inbox[] = "INBOX";
	const size_t length = sizeof(inbox) - 1;

	folder[0] = '\0';
	if (!charset_is_utf8(mailbox))
		return false;
	if (span_starts_nocase(mailbox, inbox)) {
		if (mailbox.size_bytes == length)
			return true;
		if (mailbox.at[length] == '.' || mailbox.at[length] == '/')
			mailbox = span_from(mailbox, length + 1);
	}
	return encode(folder, STORE_FOLDER_BYTES, mailbox) &&
	    layout_is_folder_name(folder);
}

static bool
has_flag(const struct span *flags, size_t count, const char *name)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (flags[i].size_bytes == strlen(name) &&
		    span_starts_nocase(flags[i], name))
			return true;
	return false;
}

void
filter_store_flags(char *letters, const struct span *flags, size_t count)
{
	static const struct {
		char letter;
		const char *flag;
	} known[] = { { 'D', "\\Draft" }, { 'F', "\\Flagged" },
		{ 'P', "$Forwarded" }, { 'R', "\\Answered" },
		{ 'S', "\\Seen" }, { 'T', "\\Deleted" } };
	size_t used = 0;
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (has_flag(flags, count, known[i].flag))
			letters[used++] = known[i].letter;
	letters[used] = '\0';
}

/* ---- Messages ----------------------------------------------------------- */

/*
 * The message with the header that a script made of it. One whose header does
 * not end in what is in memory stays as it is.
 */
static struct message *
edited_message(struct job *job, const struct span *header)
{
	struct filtering *filtering = &job->filtering;
	struct message *message = &job->message;
	struct span head, body;
	struct message *edited;
	struct buffer text;

	field_split(message->head, &head, &body);
	if (!message->spool.is_whole && body.size_bytes == 0)
		return message;
	edited = arena_take(&filtering->memory, 1, sizeof(*edited));
	buffer_start(&text, &filtering->memory);
	(void)buffer_reserve(&text, header->size_bytes + body.size_bytes);
	buffer_add(&text, *header);
	buffer_add(&text, body);
	if (edited == NULL || filtering->memory.is_exhausted)
		return message;
	*edited = *message;
	edited->head = buffer_span(&text);
	return edited;
}

/* Actions that have a header in common have the message in common. */
static struct message *
message_of(struct job *job, const struct sieve_action *action)
{
	const struct filtering *filtering = &job->filtering;
	size_t i;

	if (action->header == NULL)
		return &job->message;
	for (i = 0; i < filtering->store_count; i++)
		if (filtering->stores[i].action->header == action->header)
			return filtering->stores[i].message;
	return edited_message(job, action->header);
}

/* ---- The list ----------------------------------------------------------- */

static void
note_trouble(struct filtering *filtering, const struct failure *why)
{
	if (!filtering->has_store_trouble)
		filtering->store_trouble = *why;
	filtering->has_store_trouble = true;
}

static bool
is_the_jobs(const struct job *job, const char *folder)
{
	return strcmp(folder, job->destination.folder) == 0;
}

static void
make_keep(struct job *job, struct store *store)
{
	store->is_keep = true;
	store->delivery = &job->maildir_delivery;
	(void)strlcpy(store->folder, job->destination.folder,
	    sizeof(store->folder)); /* as large */
}

static enum verdict
open_folder(struct job *job, struct store *store, struct failure *why)
{
	struct maildir *where = &store->where;
	struct maildir_delivery *delivery;

	delivery = arena_take(&job->filtering.memory, 1, sizeof(*delivery));
	if (delivery == NULL) {
		errno = ENOMEM;
		return failure_errno(why, "malloc", "the message");
	}
	*where = job->maildir;
	where->path = job->destination.path;
	where->folder = store->folder[0] == '\0' ? NULL : store->folder;
	where->home = where->path; /* what is above was synced before */
	where->may_create = false;
	where->may_create_folder = store->action->create;
	delivery->where = where;
	store->delivery = delivery;
	return maildir_open(delivery, why);
}

/*
 * Waiting would not help, or nobody knows how long: the mailbox itself takes
 * the message. All else may be over at the sender's next try.
 */
static bool
is_lasting(const struct failure *why)
{
	switch (why->sys_errno) {
	case 0: /* found out by ourselves: a name, a kind */
	case EACCES:
	case ELOOP:
	case ENAMETOOLONG:
	case ENOENT:
	case ENOTDIR:
	case EPERM:
	case EROFS:
		return true;
	default:
		return false;
	}
}

static enum verdict
find_place(struct job *job, struct store *store, struct failure *why)
{
	const struct sieve_action *action = store->action;
	enum verdict verdict = VERDICT_OK;
	char name[sizeof(why->subject)];

	if (action->kind == SIEVE_KEEP) {
		make_keep(job, store);
		return VERDICT_OK;
	}
	(void)snprintf(name, sizeof(name), "%.*s",
	    (int)action->mailbox.size_bytes, action->mailbox.at); /* or cut */
	if (job->destination.kind == BOX_MBOX)
		verdict = failure_retry(why, "mailbox-folder", "4.3.5", name);
	else if (!filter_store_folder(store->folder, action->mailbox))
		verdict = failure_retry(why, "folder-name", "4.3.5", name);
	else if (!is_the_jobs(job, store->folder))
		verdict = open_folder(job, store, why);
	if (verdict != VERDICT_OK && !is_lasting(why))
		return verdict;
	if (verdict != VERDICT_OK)
		note_trouble(&job->filtering, why);
	if (verdict != VERDICT_OK || is_the_jobs(job, store->folder))
		make_keep(job, store);
	return VERDICT_OK;
}

/* RFC 5228 section 2.10.3: once is enough. */
static struct store *
find_same(struct filtering *filtering, const struct store *wanted)
{
	struct store *store = filtering->stores;

	for (; store < filtering->stores + filtering->store_count; store++)
		if (store->message == wanted->message &&
		    store->is_keep == wanted->is_keep &&
		    strcmp(store->folder, wanted->folder) == 0)
			return store;
	return NULL;
}

/* A Maildir has one delivery at a time for one opened folder. */
static bool
is_taken(const struct filtering *filtering, const struct store *wanted)
{
	size_t i;

	for (i = 0; i < filtering->store_count; i++)
		if (filtering->stores[i].delivery == wanted->delivery)
			return true;
	return false;
}

static enum verdict
add_store(struct job *job, const struct sieve_action *action,
    struct failure *why)
{
	struct filtering *filtering = &job->filtering;
	struct store *store = &filtering->stores[filtering->store_count];
	struct store *same;

	memset(store, 0, sizeof(*store));
	store->action = action;
	store->message = message_of(job, action);
	filter_store_flags(store->flags, action->flags, action->flag_count);
	if (find_place(job, store, why) != VERDICT_OK)
		return VERDICT_RETRY;
	same = find_same(filtering, store);
	if (same != NULL) {
		if (!store->is_keep)
			maildir_close(store->delivery);
		memcpy(same->flags, store->flags, sizeof(same->flags));
		return VERDICT_OK;
	}
	if (job->destination.kind == BOX_MAILDIR && store->is_keep &&
	    is_taken(filtering, store)) {
		store->is_keep = false;
		if (open_folder(job, store, why) != VERDICT_OK)
			return VERDICT_RETRY;
	}
	filtering->store_count++;
	return VERDICT_OK;
}

static bool
is_store(const struct sieve_action *action)
{
	return action->kind == SIEVE_KEEP || action->kind == SIEVE_FILEINTO;
}

enum verdict
filter_store_plan(struct job *job, struct failure *why)
{
	struct filtering *filtering = &job->filtering;
	const struct sieve_plan *plan = &filtering->decision.plan;
	enum verdict verdict = VERDICT_OK;
	size_t i;

	filtering->stores = arena_take(&filtering->memory, plan->count + 1,
	    sizeof(*filtering->stores));
	if (filtering->stores == NULL) {
		errno = ENOMEM;
		return failure_errno(why, "malloc", "the message");
	}
	for (i = 0; verdict == VERDICT_OK && i < plan->count; i++)
		if (is_store(&plan->actions[i]))
			verdict = add_store(job, &plan->actions[i], why);
	return verdict;
}

/* ---- Delivering --------------------------------------------------------- */

/* An mbox has no folders and no flags: whatever is asked for goes in once. */
static enum verdict
store_in_mbox(struct job *job, bool is_more_to_come, struct failure *why)
{
	struct mbox_delivery *delivery = &job->mbox_delivery;

	delivery->message = job->filtering.stores[0].message;
	delivery->is_more_to_come = is_more_to_come;
	return mbox_store(delivery, why);
}

static enum verdict
store_in_maildirs(struct job *job, struct store *first, bool is_more_to_come,
    struct failure *why)
{
	struct filtering *filtering = &job->filtering;
	struct store *end = filtering->stores + filtering->store_count;
	struct maildir_group group = {
		.may_share = true,
		.is_all_or_none = true,
		.is_more_to_come = is_more_to_come,
	};
	struct maildir_delivery **deliveries;
	struct store *store;

	deliveries = arena_take(&filtering->memory, filtering->store_count,
	    sizeof(struct maildir_delivery *));
	if (deliveries == NULL) {
		errno = ENOMEM;
		return failure_errno(why, "malloc", "the message");
	}
	for (store = first; store < end; store++) {
		store->delivery->message = store->message;
		store->delivery->flags = store->flags;
		deliveries[group.count++] = store->delivery;
	}
	group.deliveries = deliveries;
	group_deliver(&group);
	/* All or none: the first one speaks for all. */
	if (first->delivery->verdict != VERDICT_OK)
		*why = first->delivery->why;
	return first->delivery->verdict;
}

enum verdict
filter_store_all(struct job *job, bool is_more_to_come, struct failure *why)
{
	struct filtering *filtering = &job->filtering;

	if (filtering->store_count == 0)
		return VERDICT_OK;
	if (job->destination.kind == BOX_MBOX)
		return store_in_mbox(job, is_more_to_come, why);
	return store_in_maildirs(
	    job, filtering->stores, is_more_to_come, why);
}

static bool
has_keep(const struct filtering *filtering)
{
	size_t i;

	for (i = 0; i < filtering->store_count; i++)
		if (filtering->stores[i].is_keep)
			return true;
	return false;
}

enum verdict
filter_store_keep(struct job *job, struct failure *why)
{
	static const struct sieve_action keep = { .kind = SIEVE_KEEP };
	struct filtering *filtering = &job->filtering;
	struct store *store = &filtering->stores[filtering->store_count];

	if (has_keep(filtering))
		return VERDICT_OK;
	memset(store, 0, sizeof(*store));
	store->action = &keep;
	store->message = &job->message;
	make_keep(job, store);
	filtering->store_count++;
	if (job->destination.kind == BOX_MBOX)
		return store_in_mbox(job, true, why);
	return store_in_maildirs(job, store, true, why);
}

void
filter_store_settle(struct job *job)
{
	struct filtering *filtering = &job->filtering;
	size_t i;

	if (filtering->store_count > 0 && job->destination.kind == BOX_MBOX)
		mbox_settle(&job->mbox_delivery);
	if (job->destination.kind == BOX_MBOX)
		return;
	for (i = 0; i < filtering->store_count; i++) {
		struct maildir_group group = {
			.deliveries = &filtering->stores[i].delivery,
			.count = 1,
		};

		group_settle(&group);
	}
}
