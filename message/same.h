/*
 * same.h - are two stored messages one message?
 */
#ifndef MESSAGE_SAME_H
#define MESSAGE_SAME_H

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

#endif
