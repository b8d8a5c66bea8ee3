#include "maildir/deliver.h"

#include <errno.h>
#include <string.h>

#include "base/interrupt.h"
#include "compat/compat.h"

enum {
	NAME_TRIES = 10, /* names taken, before something else is wrong */
	FILE_TRIES = 2	 /* files written, when the first cannot be synced */
};

static enum verdict
write_to_stage(void *context, struct span data, struct failure *why)
{
	return stage_write(context, data, why);
}

static enum verdict
open_stage_file(struct maildir_delivery *delivery, struct failure *why)
{
	struct stage *stage = &delivery->stage;
	enum verdict verdict;
	int tries = 0;

	stage->path = delivery->layout.path;
	stage->stage_dir_fd = delivery->layout.tmp_dir_fd;
	stage->final_dir_fd = delivery->layout.new_dir_fd;
	stage->policy = &delivery->where->sync;
	do {
		name_make(stage->name, delivery->host);
		verdict = stage_open(stage, why);
	} while (verdict != VERDICT_OK && why->sys_errno == EEXIST &&
	    ++tries < NAME_TRIES);
	return verdict;
}

static void
settle(enum verdict verdict)
{
	if (verdict == VERDICT_OK)
		interrupt_done();
	else
		interrupt_release();
}

static enum verdict
commit(struct maildir_delivery *delivery, struct failure *why)
{
	struct stage *stage = &delivery->stage;
	enum verdict verdict = interrupt_check(why);
	char name[NAME_BYTES];
	int tries = 0;

	if (verdict != VERDICT_OK)
		return verdict;
	(void)strlcpy(name, stage->name, sizeof(name)); /* as large */
	interrupt_hold(INTERRUPT_HOLD_S);
	do {
		name_final(stage->final_name, name, stage->size_bytes);
		verdict = stage_commit(stage, why);
		if (verdict != VERDICT_OK)
			name_make(name, delivery->host);
	} while (verdict != VERDICT_OK && why->sys_errno == EEXIST &&
	    ++tries < NAME_TRIES);
	settle(verdict);
	return verdict;
}

/* The message was visible before: make sure of it and forget our copy. */
static enum verdict
adopt(struct maildir_delivery *delivery, struct failure *why)
{
	enum verdict verdict;

	interrupt_hold(INTERRUPT_HOLD_S);
	verdict = leftover_adopt(&delivery->leftover, &delivery->layout,
	    &delivery->where->sync, why);
	settle(verdict);
	if (verdict == VERDICT_OK)
		stage_abandon(&delivery->stage);
	return verdict;
}

/* Fill the open stage and bring it to its end, whichever that is. */
static enum verdict
finish(struct maildir_delivery *delivery, struct failure *why)
{
	struct stage *stage = &delivery->stage;
	enum verdict verdict;

	verdict = message_copy(delivery->message, write_to_stage, stage, why);
	if (verdict == VERDICT_OK)
		verdict = leftover_scan(&delivery->leftover, &delivery->layout,
		    stage, message_is_identifiable(delivery->message),
		    delivery->host, why);
	if (verdict == VERDICT_OK && delivery->leftover.witness[0] != '\0')
		return adopt(delivery, why);
	if (verdict == VERDICT_OK)
		verdict = stage_seal(stage, why);
	if (verdict == VERDICT_OK)
		verdict = commit(delivery, why);
	return verdict;
}

/* After an fsync that failed the bytes may be tried in a fresh file only. */
static bool
may_try_again(const struct maildir_delivery *delivery,
    const struct failure *why)
{
	return !delivery->stage.is_sealed && strcmp(why->step, "fsync") == 0 &&
	    message_is_repeatable(delivery->message);
}

enum verdict
maildir_deliver(struct maildir_delivery *delivery, struct failure *why)
{
	enum verdict verdict;
	int tries = 0;

	do {
		verdict = open_stage_file(delivery, why);
		if (verdict != VERDICT_OK)
			return verdict;
		verdict = finish(delivery, why);
		if (verdict == VERDICT_OK)
			return VERDICT_OK;
		stage_abandon(&delivery->stage);
	} while (++tries < FILE_TRIES && may_try_again(delivery, why));
	return verdict;
}

enum verdict
maildir_open(struct maildir_delivery *delivery, struct failure *why)
{
	delivery->stage.fd = -1;
	name_host(delivery->host);
	return layout_open(&delivery->layout, delivery->where, why);
}

void
maildir_close(struct maildir_delivery *delivery)
{
	stage_close(&delivery->stage);
	layout_close(&delivery->layout);
}
