/*
 * quota.h - what an account may still store, where somebody counts.
 */
#ifndef DURABLE_QUOTA_H
#define DURABLE_QUOTA_H

#include <sys/types.h>

#include <stdbool.h>

/* A limit of 0 is none. What is above soft has to go after some days. */
struct quota_count {
	unsigned long long used;
	unsigned long long soft;
	unsigned long long hard;
};

struct quota {
	struct quota_count bytes;
	struct quota_count files;
};

/*
 * quota_find - the quota of a user on the file system of a descriptor.
 *
 * Takes   source, the device it is mounted from, for systems that want that;
 *         uid, the caller's own, or any for root.
 * Gives   false when there is none, or the system does not tell: then only
 *         the free space is known.
 * Source  quotactl(2) of Linux.
 */
bool quota_find(
    struct quota *quota, int fd, const char *source, uid_t uid);

/*
 * quota_is_used_up - would one more be too many?
 */
bool quota_is_used_up(const struct quota_count *count);

#endif
