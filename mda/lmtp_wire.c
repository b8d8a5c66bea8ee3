#include "mda/lmtp_wire.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "compat/compat.h"
#include "mda/report.h"

bool
wire_send(int fd, const void *record, size_t size_bytes)
{
	const char *next = record;
	ssize_t taken;

	while (size_bytes > 0) {
		taken = write(fd, next, size_bytes);
		if (taken == -1 && errno == EINTR)
			continue;
		if (taken <= 0)
			return false;
		next += taken;
		size_bytes -= (size_t)taken;
	}
	return true;
}

bool
wire_receive(int fd, void *record, size_t size_bytes)
{
	char *next = record;
	ssize_t got;

	while (size_bytes > 0) {
		got = read(fd, next, size_bytes);
		if (got == -1 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		next += got;
		size_bytes -= (size_t)got;
	}
	return true;
}

bool
wire_send_word(int fd, enum wire_word word)
{
	const char byte = (char)word;

	return wire_send(fd, &byte, 1);
}

void
wire_answer_set(struct wire_answer *answer, size_t index, enum verdict verdict,
    const struct failure *why, const char *reason)
{
	memset(answer, 0, sizeof(*answer));
	answer->kind = WIRE_VERDICT;
	answer->index = index;
	answer->verdict = verdict;
	if (verdict == VERDICT_OK)
		return;
	(void)strlcpy(answer->dsn, why->dsn, sizeof(answer->dsn)); /* fits */
	if (verdict == VERDICT_REFUSE && reason != NULL)
		report_reason(
		    answer->text, sizeof(answer->text), why, reason);
	else
		report_sentence(answer->text, sizeof(answer->text), why);
}
