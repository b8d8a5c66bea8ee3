/*
 * address.h - an address as MAIL and RCPT write it, taken apart.
 */
#ifndef LMTP_ADDRESS_H
#define LMTP_ADDRESS_H

#include <stdbool.h>

#include "base/span.h"

enum { ADDRESS_BYTES = 512 }; /* RFC 5321 asks for 256, RFC 6531 for more */

struct lmtp_address {
	char whole[ADDRESS_BYTES]; /* as written, without brackets and route */
	char local[ADDRESS_BYTES]; /* without its quotes */
	char domain[ADDRESS_BYTES]; /* empty when there is none */
};

/*
 * address_take - take an address in angle brackets off the front of a line.
 *
 * Takes   *rest, which begins with it; may_be_null, whether "<>" is one.
 * Gives   false when it is none, with *rest as before. A source route is
 *         dropped; the domain may be missing, as OpenSMTPD leaves it out;
 *         bytes of UTF-8 may stand everywhere, whether SMTPUTF8 was said or
 *         not, because Exim says it never. Control bytes, broken UTF-8 and
 *         what is too long make no address.
 * Source  RFC 5321 section 4.1.2, RFC 6531 section 3.3.
 */
bool address_take(
    struct lmtp_address *address, struct span *rest, bool may_be_null);

#endif
