/*
 * An address in angle brackets, as MAIL and RCPT have it. What was taken must
 * be taken alike once more, and hold nothing that could end a line.
 */
#include <string.h>

#include "lmtp/address.h"
#include "tests/fuzz/fuzz.h"

static void
check_text(const char *text)
{
	MUST(memchr(text, '\0', ADDRESS_BYTES) != NULL);
	MUST(!span_has_control(span_of(text)));
}

static void
check_again(const struct lmtp_address *address)
{
	static struct lmtp_address again;
	char text[ADDRESS_BYTES + 2];
	struct span rest = { text, strlen(address->whole) + 2 };

	text[0] = '<';
	memcpy(text + 1, address->whole, rest.size_bytes - 2);
	text[rest.size_bytes - 1] = '>';
	MUST(address_take(&again, &rest, true));
	MUST(rest.size_bytes == 0);
	MUST(strcmp(again.whole, address->whole) == 0);
	MUST(strcmp(again.local, address->local) == 0);
	MUST(strcmp(again.domain, address->domain) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
	static struct lmtp_address address;
	struct span before = { (const char *)data, size_bytes };
	bool may_be_null = fuzz_flags(&before) & 1;
	struct span rest = before;

	if (before.size_bytes == 0 || before.at[0] != '<')
		return 0;
	if (!address_take(&address, &rest, may_be_null)) {
		MUST(rest.at == before.at);
		MUST(rest.size_bytes == before.size_bytes);
		return 0;
	}
	MUST(rest.size_bytes < before.size_bytes);
	MUST(before.at[before.size_bytes - rest.size_bytes - 1] == '>');
	MUST(may_be_null || address.whole[0] != '\0');
	check_text(address.whole);
	check_text(address.local);
	check_text(address.domain);
	check_again(&address);
	return 0;
}
