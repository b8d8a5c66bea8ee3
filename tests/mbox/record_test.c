#include <atf-c.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/block.h"
#include "base/checksum.h"
#include "mbox/record.h"
#include "tests/support/files.h"
#include "tests/support/mbox_bytes.h"
#include "tests/support/mbox_calls.h"
#include "tests/support/mbox_delivery.h"
#include "tests/support/prng.h"
#include "tests/support/spans.h"

#define FROM "From ann@example.org Thu Jan  1 00:00:00 1970\n"

enum { HEAD_BYTES = 4096, ROUNDS = 60 };

/* ---- Memory that ends, in front of base/block.c ------------------------- */

static unsigned int blocks_taken;
static unsigned int failing_block; /* counted from 1; 0: none */

void *
block_take(size_t size_bytes)
{
	if (++blocks_taken == failing_block) {
		errno = ENOMEM;
		return NULL;
	}
	return malloc(size_bytes);
}

void
block_give(void *block)
{
	free(block);
}

/* One message on its way into a record. */
struct made {
	struct message message;
	struct record record;
};

static enum verdict
make(struct made *made, struct span text, size_t limit_bytes,
    enum mbox_format format, struct failure *why)
{
	int dir_fd = folder_fd(".");
	enum verdict verdict;

	mbox_message(&made->message, text, limit_bytes);
	verdict =
	    record_make(&made->record, &made->message, format, dir_fd, 0, why);
	ATF_REQUIRE_EQ(0, close(dir_fd));
	return verdict;
}

static void
require_make(struct made *made, struct span text, size_t limit_bytes,
    enum mbox_format format)
{
	struct failure why;

	ATF_REQUIRE_EQ(VERDICT_OK, make(made, text, limit_bytes, format, &why));
}

static void
end(struct made *made)
{
	record_free(&made->record);
	mbox_message_end(&made->message);
}

/* A header, and lines up to this size, some of which have to be quoted. */
static struct bytes
large_message(size_t size_bytes)
{
	struct bytes bytes = { NULL, 0, 0 };

	bytes_text(&bytes, "Message-ID: <l@example.org>\nSubject: l\n\n");
	while (bytes.used_bytes < size_bytes) {
		bytes_text(&bytes, "From the start of line ");
		bytes_fill(&bytes, 'x', bytes.used_bytes % 1000);
		bytes_text(&bytes, "\n");
	}
	return bytes;
}

ATF_TC_WITHOUT_HEAD(make__small_message__from_line_text_empty_line);
ATF_TC_BODY(make__small_message__from_line_text_empty_line, tc)
{
	struct made made;

	require_make(&made, SPAN("A: b\n\nFrom c\n"), HEAD_BYTES, MBOX_RD);
	CHECK_SPAN(FROM "A: b\n\n>From c\n\n", made.record.bytes);
	ATF_CHECK_STREQ(FROM, made.record.from_line);
	ATF_CHECK_EQ(checksum(made.record.bytes), made.record.sum);
	ATF_CHECK_EQ(-1, made.record.spill_fd);
	end(&made);
}

ATF_TC_WITHOUT_HEAD(make__no_final_lf__line_and_record_end);
ATF_TC_BODY(make__no_final_lf__line_and_record_end, tc)
{
	struct made made;

	require_make(&made, SPAN("A: b\n\nx"), HEAD_BYTES, MBOX_RD);
	CHECK_SPAN(FROM "A: b\n\nx\n\n", made.record.bytes);
	end(&made);
}

ATF_TC_WITHOUT_HEAD(make__empty_message__a_message_all_the_same);
ATF_TC_BODY(make__empty_message__a_message_all_the_same, tc)
{
	struct made made;

	require_make(&made, SPAN(""), HEAD_BYTES, MBOX_RD);
	CHECK_SPAN(FROM "\n\n", made.record.bytes);
	end(&made);
}

ATF_TC_WITHOUT_HEAD(make__from_line_in_front__taken_off);
ATF_TC_BODY(make__from_line_in_front__taken_off, tc)
{
	struct made made;

	require_make(&made, SPAN("From eve Mon Jan  1 1:00:00 2024\nA: b\n\n"),
	    HEAD_BYTES, MBOX_RD);
	CHECK_SPAN(FROM "A: b\n\n\n", made.record.bytes);
	end(&made);
}

ATF_TC_WITHOUT_HEAD(make__identifiable__by_message_id_or_received);
ATF_TC_BODY(make__identifiable__by_message_id_or_received, tc)
{
	struct made made;

	require_make(&made, SPAN("Message-ID: <a>\n\n"), HEAD_BYTES, MBOX_RD);
	ATF_CHECK(made.record.is_identifiable);
	end(&made);
	require_make(&made, SPAN("Subject: a\n\n"), HEAD_BYTES, MBOX_RD);
	ATF_CHECK(!made.record.is_identifiable);
	end(&made);
}

ATF_TC_WITHOUT_HEAD(with_lead__any__lfs_in_front);
ATF_TC_BODY(with_lead__any__lfs_in_front, tc)
{
	struct made made;

	require_make(&made, SPAN("A: b\n\n"), HEAD_BYTES, MBOX_RD);
	CHECK_SPAN(FROM "A: b\n\n\n", record_with_lead(&made.record, 0));
	CHECK_SPAN("\n" FROM "A: b\n\n\n", record_with_lead(&made.record, 1));
	CHECK_SPAN("\n\n" FROM "A: b\n\n\n", record_with_lead(&made.record, 2));
	end(&made);
}

static void
check_spilled_above(size_t head_bytes, struct span text,
    enum mbox_format format, size_t number)
{
	struct made whole;
	struct made spilled;

	require_make(&whole, text, 16 * 1024 * 1024, format);
	require_make(&spilled, text, head_bytes, format);
	ATF_REQUIRE_EQ_MSG(text.size_bytes >= head_bytes,
	    spilled.record.spill_fd != -1, "%zu", number);
	ATF_REQUIRE_MSG(span_equals(whole.record.bytes, spilled.record.bytes),
	    "%zu", number);
	ATF_REQUIRE_EQ(whole.record.sum, spilled.record.sum);
	ATF_REQUIRE(span_equals(record_with_lead(&whole.record, 2),
	    record_with_lead(&spilled.record, 2)));
	end(&whole);
	end(&spilled);
	ATF_REQUIRE_EQ_MSG(0, folder_count("."), "%zu", number);
}

static void
check_spilled(struct span text, enum mbox_format format, size_t number)
{
	check_spilled_above(HEAD_BYTES, text, format, number);
}

/* Around the sizes of head, buffers and pages. */
ATF_TC_WITHOUT_HEAD(spill__sizes_at_the_limits__as_in_memory);
ATF_TC_BODY(spill__sizes_at_the_limits__as_in_memory, tc)
{
	static const size_t sizes[] = { HEAD_BYTES - 1, HEAD_BYTES,
		HEAD_BYTES + 1, 64 * 1024, 256 * 1024 - 1, 256 * 1024,
		256 * 1024 + 1, 600 * 1024, 3 * 1024 * 1024 };
	size_t i;
	enum mbox_format format;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		for (format = MBOX_RD; format <= MBOX_CL2; format++) {
			struct bytes bytes = large_message(sizes[i]);
			struct span text = { bytes.at, sizes[i] };

			check_spilled(text, format, sizes[i]);
			bytes_free(&bytes);
		}
}

ATF_TC_WITHOUT_HEAD(spill__random__as_in_memory);
ATF_TC_BODY(spill__random__as_in_memory, tc)
{
	static const char *const words[] = { "From ", ">From ", "\n", "\n\n",
		"\r\n", "Content-Length: 3\n", "A: b\n", "xyzxyzxyzxyz" };
	static char text[40 * 1024];
	unsigned int seed;

	for (seed = 1; seed <= ROUNDS; seed++) {
		struct prng prng = prng_start(seed);
		struct span span = { text,
			prng_words(&prng, text, sizeof(text), words, 8) };

		check_spilled(span, (enum mbox_format)(seed % 3), seed);
	}
}

ATF_TC_WITHOUT_HEAD(spill__one_line_of_ten_megabytes__as_in_memory);
ATF_TC_BODY(spill__one_line_of_ten_megabytes__as_in_memory, tc)
{
	struct bytes bytes = { NULL, 0, 0 };

	bytes_fill(&bytes, '>', 10 * 1024 * 1024);
	check_spilled(bytes_span(&bytes), MBOX_RD, 0);
	bytes_free(&bytes);
}

/* A line in the head comes in one piece, larger than the buffer. */
ATF_TC_WITHOUT_HEAD(spill__long_lines_in_a_large_head__as_in_memory);
ATF_TC_BODY(spill__long_lines_in_a_large_head__as_in_memory, tc)
{
	struct bytes bytes = { NULL, 0, 0 };
	enum mbox_format format;

	bytes_text(&bytes, "Subject: l\n\n");
	bytes_fill(&bytes, 'x', 300 * 1024);
	bytes_text(&bytes, "\nFrom the start\n");
	bytes_fill(&bytes, 'y', 500 * 1024);
	bytes_text(&bytes, "\n");
	bytes_fill(&bytes, 'z', 700 * 1024);
	for (format = MBOX_RD; format <= MBOX_CL2; format++)
		check_spilled_above(
		    1024 * 1024, bytes_span(&bytes), format, 0);
	bytes_free(&bytes);
}

/* Byte by byte: what is before the body, the value, and the body. */
static void
check_length(struct span text, size_t limit_bytes)
{
	struct made made;
	struct span rest;
	struct span line;
	unsigned long long said = 0;
	bool is_said = false;

	require_make(&made, text, limit_bytes, MBOX_CL2);
	rest = made.record.bytes;
	for (line = span_line(&rest); line.size_bytes > 2;
	     line = span_line(&rest))
		if (span_starts(line, "Content-Length: ")) {
			ATF_CHECK(!is_said);
			said = strtoull(line.at + 16, NULL, 10);
			is_said = true;
		}
	ATF_CHECK(is_said);
	/* One empty line behind it is the record's; without one, the end. */
	ATF_CHECK_EQ_MSG(rest.size_bytes == 0 ? 0 : rest.size_bytes - 1,
	    (size_t)said, "%.*s", (int)text.size_bytes,
	    text.size_bytes < 100 ? text.at : "(large)");
	end(&made);
}

ATF_TC_WITHOUT_HEAD(cl2__any_message__length_in_its_place);
ATF_TC_BODY(cl2__any_message__length_in_its_place, tc)
{
	struct bytes bytes = large_message(700 * 1024);

	check_length(SPAN("A: b\n\nFrom c\nbody\n"), HEAD_BYTES);
	check_length(SPAN("A: b\n\nbody without end"), HEAD_BYTES);
	check_length(SPAN("A: b\n\n"), HEAD_BYTES);
	check_length(SPAN("A: b\n"), HEAD_BYTES);
	check_length(SPAN("A: b"), HEAD_BYTES);
	check_length(SPAN(""), HEAD_BYTES);
	check_length(SPAN("\n"), HEAD_BYTES);
	check_length(SPAN("A: b\r\n\r\nbody\r\n"), HEAD_BYTES);
	check_length(SPAN("Content-Length: 7\nA: b\n\nb\n"), HEAD_BYTES);
	check_length(SPAN("A: b\n\n\n\n\n"), HEAD_BYTES);
	check_length(SPAN("A: b\n\nNUL \0 and\n"), HEAD_BYTES);
	check_length(bytes_span(&bytes), 16 * 1024 * 1024);
	check_length(bytes_span(&bytes), HEAD_BYTES);
	bytes_free(&bytes);
}

ATF_TC_WITHOUT_HEAD(spill__folder_not_writable__elsewhere);
ATF_TC_BODY(spill__folder_not_writable__elsewhere, tc)
{
	static const int errors[] = { EACCES, EROFS };
	struct bytes bytes = large_message(20000);
	struct made whole;
	size_t i;

	require_make(&whole, bytes_span(&bytes), 1 << 20, MBOX_RD);
	calls_install();
	for (i = 0; i < 2; i++) {
		struct made spilled;

		fail_nth(CALL_openat, 1, errors[i]);
		require_make(&spilled, bytes_span(&bytes), HEAD_BYTES, MBOX_RD);
		ATF_CHECK(
		    span_equals(whole.record.bytes, spilled.record.bytes));
		end(&spilled);
		ATF_CHECK_EQ(0, folder_count("."));
	}
	end(&whole);
	bytes_free(&bytes);
}

/* Fails, says so, and leaves nothing behind. */
static void
check_failure(struct span text, const char *step, int sys_errno)
{
	struct failure why;
	struct made made;

	ATF_CHECK_EQ(VERDICT_RETRY,
	    make(&made, text, HEAD_BYTES, MBOX_CL2, &why));
	ATF_CHECK_STREQ(step, why.step);
	ATF_CHECK_EQ(sys_errno, why.sys_errno);
	ATF_CHECK_EQ(EX_TEMPFAIL, why.exit_code);
	end(&made);
	ATF_CHECK_EQ(0, folder_count("."));
	calls_reset();
}

ATF_TC_WITHOUT_HEAD(spill__each_call_fails__retry_and_nothing_left);
ATF_TC_BODY(spill__each_call_fails__retry_and_nothing_left, tc)
{
	struct bytes bytes = large_message(600 * 1024);
	struct span text = bytes_span(&bytes);

	calls_install();
	fail_nth(CALL_openat, 1, ENOSPC);
	check_failure(text, "spill", ENOSPC);
	fail_nth(CALL_openat, 1, EMFILE);
	check_failure(text, "spill", EMFILE);
	fail_always(CALL_openat, EACCES);
	check_failure(text, "spill", EACCES);
	fail_nth(CALL_write, 1, ENOSPC);
	check_failure(text, "spill", ENOSPC);
	fail_nth(CALL_write, 2, EDQUOT);
	check_failure(text, "spill", EDQUOT);
	fail_nth(CALL_pwrite, 1, EIO);
	check_failure(text, "spill", EIO);
	fail_nth(CALL_lseek, 1, EIO);
	check_failure(text, "spill-map", EIO);
	fail_nth(CALL_mmap, 1, ENOMEM);
	check_failure(text, "spill-map", ENOMEM);
	fail_nth(CALL_read, 3, EIO);
	check_failure(text, "read", EIO);
	bytes_free(&bytes);
}

ATF_TC_WITHOUT_HEAD(make__memory_ends__retry_and_nothing_left);
ATF_TC_BODY(make__memory_ends__retry_and_nothing_left, tc)
{
	struct bytes bytes = large_message(200 * 1024);
	struct failure why = { .step = "" };
	unsigned int nth;
	struct made made;

	for (nth = 1;; nth++) {
		failing_block = 0;
		mbox_message(&made.message, bytes_span(&bytes), 1 << 20);
		failing_block = blocks_taken + nth;
		if (record_make(&made.record, &made.message, MBOX_RD,
			AT_FDCWD, 0, &why) == VERDICT_OK)
			break;
		ATF_CHECK_STREQ("malloc", why.step);
		ATF_CHECK_EQ(ENOMEM, why.sys_errno);
		ATF_CHECK_EQ(EX_TEMPFAIL, why.exit_code);
		end(&made);
		ATF_CHECK_EQ(0, folder_count("."));
	}
	ATF_CHECK(nth > 3);
	end(&made);
	bytes_free(&bytes);
}

ATF_TC_WITHOUT_HEAD(spill__short_and_interrupted_writes__as_in_memory);
ATF_TC_BODY(spill__short_and_interrupted_writes__as_in_memory, tc)
{
	struct bytes bytes = large_message(600 * 1024);
	struct made whole;
	struct made spilled;

	require_make(&whole, bytes_span(&bytes), 1 << 20, MBOX_RD);
	calls_install();
	call_plans[CALL_write].most_bytes = 4095;
	fail_nth(CALL_write, 2, EINTR);
	require_make(&spilled, bytes_span(&bytes), HEAD_BYTES, MBOX_RD);
	ATF_CHECK(span_equals(whole.record.bytes, spilled.record.bytes));
	end(&whole);
	end(&spilled);
	bytes_free(&bytes);
}

ATF_TC_WITHOUT_HEAD(spill__file__no_name_and_closed_in_the_end);
ATF_TC_BODY(spill__file__no_name_and_closed_in_the_end, tc)
{
	struct bytes bytes = large_message(20000);
	struct made made;
	struct stat st;
	int fd;

	require_make(&made, bytes_span(&bytes), HEAD_BYTES, MBOX_RD);
	fd = made.record.spill_fd;
	ATF_REQUIRE(fd != -1);
	ATF_CHECK_EQ(0, fstat(fd, &st));
	ATF_CHECK_EQ((nlink_t)0, st.st_nlink);
	ATF_CHECK_EQ((mode_t)0600, st.st_mode & 07777);
	end(&made);
	ATF_CHECK_EQ(-1, fstat(fd, &st));
	bytes_free(&bytes);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, make__small_message__from_line_text_empty_line);
	ATF_TP_ADD_TC(tp, make__no_final_lf__line_and_record_end);
	ATF_TP_ADD_TC(tp, make__empty_message__a_message_all_the_same);
	ATF_TP_ADD_TC(tp, make__from_line_in_front__taken_off);
	ATF_TP_ADD_TC(tp, make__identifiable__by_message_id_or_received);
	ATF_TP_ADD_TC(tp, with_lead__any__lfs_in_front);
	ATF_TP_ADD_TC(tp, spill__sizes_at_the_limits__as_in_memory);
	ATF_TP_ADD_TC(tp, spill__random__as_in_memory);
	ATF_TP_ADD_TC(tp, spill__one_line_of_ten_megabytes__as_in_memory);
	ATF_TP_ADD_TC(tp, spill__long_lines_in_a_large_head__as_in_memory);
	ATF_TP_ADD_TC(tp, make__memory_ends__retry_and_nothing_left);
	ATF_TP_ADD_TC(tp, cl2__any_message__length_in_its_place);
	ATF_TP_ADD_TC(tp, spill__folder_not_writable__elsewhere);
	ATF_TP_ADD_TC(tp, spill__each_call_fails__retry_and_nothing_left);
	ATF_TP_ADD_TC(tp, spill__short_and_interrupted_writes__as_in_memory);
	ATF_TP_ADD_TC(tp, spill__file__no_name_and_closed_in_the_end);
	return atf_no_error();
}
