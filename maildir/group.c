#include "maildir/group.h"

#include <sys/stat.h>

#include <errno.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/sys.h"
#include "compat/compat.h"

enum { NAME_TRIES = 10 /* names taken, before something else is wrong */ };

static bool
is_adopting(const struct maildir_delivery *delivery)
{
	return delivery->leftover.witness[0] != '\0';
}

/* Not delivered; whatever is still to be undone is undone. */
static void
fail(struct maildir_delivery *delivery, enum verdict verdict,
    const struct failure *why)
{
	if (&delivery->why != why)
		delivery->why = *why;
	delivery->verdict = verdict;
	if (delivery->stage.is_visible && !delivery->why.residue)
		stage_hide(&delivery->stage, &delivery->why);
	stage_abandon(&delivery->stage);
}

static void
fail_all(const struct maildir_group *group, enum verdict verdict,
    const struct failure *why)
{
	size_t i;

	for (i = 0; i < group->count; i++)
		if (group->deliveries[i]->verdict == VERDICT_OK)
			fail(group->deliveries[i], verdict, why);
}

/* ---- Staging ------------------------------------------------------------ */

static enum verdict
write_to_stage(void *context, struct span data, struct failure *why)
{
	return stage_write(context, data, why);
}

static bool
has_flags(const struct maildir_delivery *delivery)
{
	return delivery->flags != NULL && delivery->flags[0] != '\0';
}

static enum verdict
find_final_folder(struct maildir_delivery *delivery)
{
	struct layout *layout = &delivery->layout;
	enum verdict verdict = VERDICT_OK;

	delivery->stage.final_dir_fd = layout->new_dir_fd;
	if (!has_flags(delivery))
		return VERDICT_OK;
	verdict = layout_open_cur(layout, &delivery->why);
	delivery->stage.final_dir_fd = layout->cur_dir_fd;
	return verdict;
}

/* With a donor: as a link to its file. */
static enum verdict
open_stage(struct maildir_delivery *delivery, struct maildir_delivery *donor)
{
	struct stage *stage = &delivery->stage;
	struct failure *why = &delivery->why;
	enum verdict verdict = find_final_folder(delivery);
	int tries = 0;

	if (verdict != VERDICT_OK)
		return verdict;
	stage->path = delivery->layout.path;
	stage->stage_dir_fd = delivery->layout.tmp_dir_fd;
	stage->policy = &delivery->where->sync;
	do {
		name_make(stage->name, delivery->host);
		if (donor == NULL)
			verdict = stage_open(stage, why);
		else
			verdict = stage_share(stage, &donor->stage, why);
	} while (verdict != VERDICT_OK && why->sys_errno == EEXIST &&
	    ++tries < NAME_TRIES);
	delivery->donor = verdict == VERDICT_OK ? donor : NULL;
	return verdict;
}

/*
 * An earlier delivery of the same bytes, whole in its stage; to be shared,
 * one that will be sealed.
 */
static struct maildir_delivery *
find_donor(
    const struct maildir_group *group, size_t index, bool is_to_be_shared)
{
	const struct message *message = group->deliveries[index]->message;
	struct maildir_delivery *earlier;
	size_t i;

	for (i = 0; i < index; i++) {
		earlier = group->deliveries[i];
		if (earlier->verdict == VERDICT_OK &&
		    message_is_alike(earlier->message, message) &&
		    (!is_to_be_shared ||
			(earlier->donor == NULL && !is_adopting(earlier))))
			return earlier;
	}
	return NULL;
}

/* What was read once, and failed, cannot be read again. */
static const struct maildir_delivery *
find_spoiler(const struct maildir_group *group, size_t index)
{
	const struct message *message = group->deliveries[index]->message;
	size_t i;

	if (message_is_repeatable(message))
		return NULL;
	for (i = 0; i < index; i++)
		if (group->deliveries[i]->message == message)
			return group->deliveries[i];
	return NULL;
}

static enum verdict
fill_stage(const struct maildir_group *group, size_t index)
{
	struct maildir_delivery *delivery = group->deliveries[index];
	const struct maildir_delivery *spoiler = find_spoiler(group, index);
	const struct maildir_delivery *donor = find_donor(group, index, false);

	if (spoiler == NULL)
		return message_copy(delivery->message, write_to_stage,
		    &delivery->stage, &delivery->why);
	if (donor != NULL)
		return stage_copy(
		    &delivery->stage, &donor->stage, &delivery->why);
	delivery->why = spoiler->why;
	return spoiler->verdict;
}

/* One dead delivery's message is one message, for one of ours. */
static bool
is_adopted_already(const struct maildir_group *group, size_t index)
{
	const struct maildir_delivery *delivery = group->deliveries[index];
	const struct maildir_delivery *earlier;
	size_t i;

	for (i = 0; i < index; i++) {
		earlier = group->deliveries[i];
		if (strcmp(earlier->leftover.witness,
			delivery->leftover.witness) == 0 &&
		    strcmp(earlier->layout.path, delivery->layout.path) == 0)
			return true;
	}
	return false;
}

static enum verdict
scan_leftovers(const struct maildir_group *group, size_t index)
{
	struct maildir_delivery *delivery = group->deliveries[index];
	enum verdict verdict;

	delivery->leftover.awaited_before_us =
	    delivery->where->awaited_before_us;
	verdict = leftover_scan(&delivery->leftover, &delivery->layout,
	    &delivery->stage, message_is_identifiable(delivery->message),
	    delivery->host, &delivery->why);
	if (is_adopting(delivery) && is_adopted_already(group, index))
		delivery->leftover.witness[0] = '\0';
	return verdict;
}

static void
stage_one(const struct maildir_group *group, size_t index, bool may_share)
{
	struct maildir_delivery *delivery = group->deliveries[index];
	struct maildir_delivery *donor =
	    may_share ? find_donor(group, index, true) : NULL;
	enum verdict verdict = VERDICT_RETRY;

	delivery->leftover.witness[0] = '\0';
	if (donor != NULL)
		verdict = open_stage(delivery, donor);
	if (verdict != VERDICT_OK) {
		delivery->verdict = open_stage(delivery, NULL);
		if (delivery->verdict != VERDICT_OK)
			return; /* nothing to abandon */
		verdict = fill_stage(group, index);
	}
	if (verdict == VERDICT_OK)
		verdict = scan_leftovers(group, index);
	delivery->verdict = verdict;
	if (verdict != VERDICT_OK)
		fail(delivery, verdict, &delivery->why);
}

static void
stage_all(const struct maildir_group *group)
{
	size_t i;

	for (i = 0; i < group->count; i++)
		stage_one(group, i, group->may_share);
}

/* ---- Sealing ------------------------------------------------------------ */

/* After an fsync that failed the bytes may be tried in a fresh file only. */
static bool
may_try_again(const struct maildir_delivery *delivery)
{
	return !delivery->stage.is_sealed && !delivery->is_rewritten &&
	    strcmp(delivery->why.step, "fsync") == 0 &&
	    message_is_repeatable(delivery->message);
}

static enum verdict
seal_file(struct maildir_delivery *delivery)
{
	const struct maildir_delivery *donor = delivery->donor;

	if (donor == NULL)
		return stage_seal(&delivery->stage, &delivery->why);
	if (donor->verdict == VERDICT_OK && !donor->is_rewritten)
		return stage_seal_shared(&delivery->stage, &delivery->why);
	/* The file that both have is as lost for us as for the donor. */
	if (donor->verdict != VERDICT_OK)
		delivery->why = donor->why;
	else
		(void)failure_retry(
		    &delivery->why, "fsync", "4.3.0", delivery->layout.path);
	return VERDICT_RETRY;
}

static void
seal_one(const struct maildir_group *group, size_t index)
{
	struct maildir_delivery *delivery = group->deliveries[index];
	enum verdict verdict = seal_file(delivery);

	if (verdict == VERDICT_OK)
		return;
	fail(delivery, verdict, &delivery->why);
	if (!may_try_again(delivery))
		return;
	delivery->is_rewritten = true;
	stage_one(group, index, false);
	if (delivery->verdict != VERDICT_OK || is_adopting(delivery))
		return;
	verdict = stage_seal(&delivery->stage, &delivery->why);
	if (verdict != VERDICT_OK)
		fail(delivery, verdict, &delivery->why);
}

static bool
is_to_seal(const struct maildir_delivery *delivery)
{
	return delivery->verdict == VERDICT_OK && !is_adopting(delivery);
}

static void
seal_all(const struct maildir_group *group)
{
	size_t i;

	for (i = 0; group->count > 1 && i < group->count; i++)
		if (is_to_seal(group->deliveries[i]) &&
		    group->deliveries[i]->donor == NULL)
			stage_start_seal(&group->deliveries[i]->stage);
	for (i = 0; i < group->count; i++)
		if (is_to_seal(group->deliveries[i]))
			seal_one(group, i);
}

/* ---- Becoming visible --------------------------------------------------- */

/* The first that failed speaks for all. */
static void
take_along(const struct maildir_group *group)
{
	size_t i;

	for (i = 0; group->is_all_or_none && i < group->count; i++)
		if (group->deliveries[i]->verdict != VERDICT_OK) {
			struct failure why = group->deliveries[i]->why;

			why.residue = false;
			fail_all(group, group->deliveries[i]->verdict, &why);
			return;
		}
}

static bool
is_any_alive(const struct maildir_group *group)
{
	size_t i;

	for (i = 0; i < group->count; i++)
		if (group->deliveries[i]->verdict == VERDICT_OK)
			return true;
	return false;
}

static void
pass_gate(const struct maildir_group *group)
{
	struct failure why;
	enum verdict verdict;

	take_along(group);
	if (!is_any_alive(group))
		return;
	verdict = interrupt_check(&why);
	if (verdict == VERDICT_OK && group->gate != NULL)
		verdict = group->gate(group->context, &why);
	if (verdict == VERDICT_OK)
		verdict = interrupt_commit(&why);
	if (verdict != VERDICT_OK)
		fail_all(group, verdict, &why);
}

/* Source  maildir(5): the info behind ":2,". They fit, being few. */
static void
add_flags(struct stage *stage, const char *flags)
{
	const size_t size_bytes = sizeof(stage->final_name);

	(void)strlcat(stage->final_name, ":2,", size_bytes);
	(void)strlcat(stage->final_name, flags, size_bytes);
}

static enum verdict
show_one(struct maildir_delivery *delivery)
{
	struct stage *stage = &delivery->stage;
	char name[NAME_BYTES];
	enum verdict verdict;
	int tries = 0;

	(void)strlcpy(name, stage->name, sizeof(name)); /* as large */
	do {
		name_final(stage->final_name, name, stage->size_bytes);
		if (has_flags(delivery))
			add_flags(stage, delivery->flags);
		verdict = stage_show(stage, &delivery->why);
		if (verdict != VERDICT_OK)
			name_make(name, delivery->host);
	} while (verdict != VERDICT_OK && delivery->why.sys_errno == EEXIST &&
	    ++tries < NAME_TRIES);
	return verdict;
}

static void
show_all(const struct maildir_group *group)
{
	struct maildir_delivery *delivery;
	enum verdict verdict;
	size_t i;

	for (i = 0; i < group->count; i++) {
		delivery = group->deliveries[i];
		if (delivery->verdict != VERDICT_OK)
			continue;
		/* What was visible before needs no file of ours. */
		if (is_adopting(delivery))
			verdict = leftover_adopt(&delivery->leftover,
			    &delivery->layout, &delivery->where->sync,
			    &delivery->why);
		else
			verdict = show_one(delivery);
		if (verdict != VERDICT_OK)
			fail(delivery, verdict, &delivery->why);
	}
}

/* ---- Becoming durable --------------------------------------------------- */

static bool
is_to_sync(const struct maildir_delivery *delivery)
{
	return delivery->stage.is_visible && !is_adopting(delivery);
}

/* An earlier delivery whose folder is ours too, and was synced for both. */
static const struct maildir_delivery *
find_synced(const struct maildir_group *group, size_t index)
{
	struct maildir_delivery *delivery = group->deliveries[index];
	const struct maildir_delivery *earlier;
	struct stat st;
	size_t i;

	if (group->count == 1 ||
	    sys->fstat(delivery->stage.final_dir_fd, &st) == -1)
		return NULL;
	delivery->new_dev = st.st_dev;
	delivery->new_ino = st.st_ino;
	for (i = 0; i < index; i++) {
		earlier = group->deliveries[i];
		if (earlier->has_synced && earlier->new_dev == st.st_dev &&
		    earlier->new_ino == st.st_ino)
			return earlier;
	}
	delivery->has_synced = true;
	return NULL;
}

static void
sync_folder_of(const struct maildir_group *group, size_t index)
{
	struct maildir_delivery *delivery = group->deliveries[index];
	const struct maildir_delivery *synced = find_synced(group, index);

	if (synced == NULL) {
		delivery->verdict =
		    stage_sync_folder(&delivery->stage, &delivery->why);
		return;
	}
	delivery->verdict = synced->verdict;
	delivery->why = synced->why;
	delivery->stage.is_folder_unsynced = synced->stage.is_folder_unsynced;
}

/*
 * The first sync writes the journal of the file system with the names of
 * all; the others find their work done. Only when all folders are through
 * does a failed one take back its files: an earlier verdict may be borrowed.
 */
static void
sync_all(const struct maildir_group *group)
{
	struct maildir_delivery *delivery;
	size_t i;

	for (i = 0; i < group->count; i++)
		if (group->deliveries[i]->verdict == VERDICT_OK &&
		    is_to_sync(group->deliveries[i]))
			sync_folder_of(group, i);
	for (i = 0; i < group->count; i++) {
		delivery = group->deliveries[i];
		if (delivery->verdict == VERDICT_OK && is_to_sync(delivery))
			delivery->verdict = stage_sync_name(
			    &delivery->stage, &delivery->why);
	}
	for (i = 0; i < group->count; i++) {
		delivery = group->deliveries[i];
		if (delivery->verdict != VERDICT_OK && is_to_sync(delivery))
			fail(delivery, delivery->verdict, &delivery->why);
	}
	take_along(group);
}

/* Only when every promise holds may a crash from here on be a success. */
static void
conclude(const struct maildir_group *group)
{
	struct maildir_delivery *delivery;
	bool is_whole = true;
	size_t i;

	for (i = 0; i < group->count; i++) {
		delivery = group->deliveries[i];
		if (delivery->verdict != VERDICT_OK)
			is_whole = false;
		else if (is_adopting(delivery))
			stage_abandon(&delivery->stage);
		else
			stage_keep(&delivery->stage);
	}
	if (is_whole && !group->is_more_to_come)
		interrupt_done();
	else
		interrupt_release();
}

void
group_deliver(const struct maildir_group *group)
{
	size_t i;

	for (i = 0; i < group->count; i++) {
		group->deliveries[i]->is_rewritten = false;
		group->deliveries[i]->has_synced = false;
	}
	stage_all(group);
	seal_all(group);
	pass_gate(group);
	if (!is_any_alive(group))
		return;
	show_all(group);
	sync_all(group);
	conclude(group);
}

void
group_settle(const struct maildir_group *group)
{
	struct maildir_delivery *delivery;
	size_t i;

	for (i = 0; i < group->count; i++) {
		delivery = group->deliveries[i];
		if (delivery->verdict != VERDICT_OK)
			continue;
		if (is_adopting(delivery))
			leftover_forget(
			    &delivery->leftover, &delivery->layout);
		else
			stage_forget(&delivery->stage);
	}
}
