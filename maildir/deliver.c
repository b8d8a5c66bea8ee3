#include "maildir/deliver.h"

#include "maildir/group.h"

enum verdict
maildir_open(struct maildir_delivery *delivery, struct failure *why)
{
	delivery->stage.fd = -1;
	name_host(delivery->host);
	return layout_open(&delivery->layout, delivery->where, why);
}

/* A group of one; whoever waits for our exit status is told by it. */
enum verdict
maildir_deliver(struct maildir_delivery *delivery, struct failure *why)
{
	const struct maildir_group group = {
		.deliveries = &delivery,
		.count = 1,
	};

	group_deliver(&group);
	if (delivery->verdict == VERDICT_OK)
		group_settle(&group);
	else
		*why = delivery->why;
	return delivery->verdict;
}

void
maildir_close(struct maildir_delivery *delivery)
{
	stage_close(&delivery->stage);
	layout_close(&delivery->layout);
}
