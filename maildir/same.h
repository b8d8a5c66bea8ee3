/*
 * same.h - are two stored messages one message?
 */
#ifndef MAILDIR_SAME_H
#define MAILDIR_SAME_H

#include <stdbool.h>

#include "base/span.h"

/*
 * same_message - compare two messages, regenerated fields aside.
 *
 * Gives   true when both are alike to the byte, not counting header fields
 *         that a sender makes anew for each try: Delivery-date, and the
 *         Received field that fetchmail and getmail add.
 */
bool same_message(struct span one, struct span other);

/*
 * same_file - the same for two files.
 *
 * Takes   descriptors open for reading; their offsets do not matter.
 * Gives   false as well when one cannot be mapped into memory: a second copy
 *         is better than a loss.
 */
bool same_file(int one_fd, int other_fd);

#endif
