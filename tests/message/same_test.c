#include "message/same.h"

#include <atf-c.h>
#include <string.h>

#include "tests/support/guard.h"
#include "tests/support/prng.h"
#include "tests/support/spans.h"

static bool
same(const char *one, const char *other)
{
	return same_message(span_of(one), span_of(other));
}

ATF_TC_WITHOUT_HEAD(same__equal_bytes__yes);
ATF_TC_BODY(same__equal_bytes__yes, tc)
{
	ATF_CHECK(same("A: b\n\nbody\n", "A: b\n\nbody\n"));
	ATF_CHECK(same("", ""));
}

ATF_TC_WITHOUT_HEAD(same__other_body__no);
ATF_TC_BODY(same__other_body__no, tc)
{
	ATF_CHECK(!same("A: b\n\nbody\n", "A: b\n\nBody\n"));
}

ATF_TC_WITHOUT_HEAD(same__body_goes_on__no);
ATF_TC_BODY(same__body_goes_on__no, tc)
{
	ATF_CHECK(!same("A: b\n\nbody\n", "A: b\n\nbody\n\n"));
	ATF_CHECK(!same("A: b\n\nbody\n", "A: b\n\nbody"));
	ATF_CHECK(!same("A: b\n\nbody\n", ""));
}

ATF_TC_WITHOUT_HEAD(same__other_field__no);
ATF_TC_BODY(same__other_field__no, tc)
{
	ATF_CHECK(!same("A: b\nC: d\n\nx", "A: b\nC: e\n\nx"));
}

ATF_TC_WITHOUT_HEAD(same__one_field_more__no);
ATF_TC_BODY(same__one_field_more__no, tc)
{
	ATF_CHECK(!same("A: b\n\nx", "A: b\nC: d\n\nx"));
}

ATF_TC_WITHOUT_HEAD(same__fields_in_other_order__no);
ATF_TC_BODY(same__fields_in_other_order__no, tc)
{
	ATF_CHECK(!same("A: b\nC: d\n\nx", "C: d\nA: b\n\nx"));
}

ATF_TC_WITHOUT_HEAD(same__other_delivery_date__yes);
ATF_TC_BODY(same__other_delivery_date__yes, tc)
{
	ATF_CHECK(same("A: b\nDelivery-date: Mon\n\nx",
	    "A: b\nDelivery-date: Tue\n\nx"));
}

ATF_TC_WITHOUT_HEAD(same__delivery_date_in_one_alone__yes);
ATF_TC_BODY(same__delivery_date_in_one_alone__yes, tc)
{
	ATF_CHECK(same("delivery-DATE: Mon\nA: b\n\nx", "A: b\n\nx"));
}

ATF_TC_WITHOUT_HEAD(same__folded_delivery_date__goes_whole);
ATF_TC_BODY(same__folded_delivery_date__goes_whole, tc)
{
	ATF_CHECK(same("Delivery-date: Mon,\n 1 Jan\n\t2024\nA: b\n\nx",
	    "Delivery-date: Tue\nA: b\n\nx"));
}

ATF_TC_WITHOUT_HEAD(same__delivery_date_in_body__counts);
ATF_TC_BODY(same__delivery_date_in_body__counts, tc)
{
	ATF_CHECK(!same("A: b\n\nDelivery-date: Mon\n",
	    "A: b\n\nDelivery-date: Tue\n"));
}

ATF_TC_WITHOUT_HEAD(same__received_of_fetchers__does_not_count);
ATF_TC_BODY(same__received_of_fetchers__does_not_count, tc)
{
	ATF_CHECK(same("Received: from x by y with IMAP (fetchmail-6.4) Mon\n"
		       "A: b\n\nx",
	    "Received: from x by y with IMAP (fetchmail-6.4) Tue\n"
	    "A: b\n\nx"));
	ATF_CHECK(same("Received: from x by y with getmail 6; Mon\nA: b\n\nx",
	    "Received: from x by y\n with getmail 6; Tue\nA: b\n\nx"));
}

ATF_TC_WITHOUT_HEAD(same__received_of_others__counts);
ATF_TC_BODY(same__received_of_others__counts, tc)
{
	ATF_CHECK(!same("Received: from x by y id 1\nA: b\n\nx",
	    "Received: from x by y id 2\nA: b\n\nx"));
}

ATF_TC_WITHOUT_HEAD(same__fetcher_named_in_other_field__counts);
ATF_TC_BODY(same__fetcher_named_in_other_field__counts, tc)
{
	ATF_CHECK(!same("Subject: (fetchmail-6.4) 1\n\nx",
	    "Subject: (fetchmail-6.4) 2\n\nx"));
}

ATF_TC_WITHOUT_HEAD(same__no_header__bytes_count);
ATF_TC_BODY(same__no_header__bytes_count, tc)
{
	ATF_CHECK(same("hello\n", "hello\n"));
	ATF_CHECK(!same("hello\n", "hallo\n"));
}

ATF_TC_WITHOUT_HEAD(same__nul_bytes__count);
ATF_TC_BODY(same__nul_bytes__count, tc)
{
	ATF_CHECK(same_message(SPAN("A: b\n\n\0x"), SPAN("A: b\n\n\0x")));
	ATF_CHECK(!same_message(SPAN("A: b\n\n\0x"), SPAN("A: b\n\n\0y")));
}

static const char *const words[] = { "A: b\n", "Delivery-date: x\n", " c\n",
	"\n", "Received: (fetchmail-\n", "Received: y\n", "text", "\r\n" };

ATF_TC_WITHOUT_HEAD(same__any_message__reflexive);
ATF_TC_BODY(same__any_message__reflexive, tc)
{
	char text[200];
	unsigned int seed;

	for (seed = 0; seed < 10000; seed++) {
		struct prng prng = prng_start(seed);
		size_t length = prng_words(&prng, text, sizeof(text), words, 8);
		struct span one = { text, length };

		ATF_REQUIRE_MSG(same_message(guard_place(text, length), one),
		    "seed %u", seed);
	}
}

ATF_TC_WITHOUT_HEAD(same__any_two_messages__symmetric);
ATF_TC_BODY(same__any_two_messages__symmetric, tc)
{
	char text[2][40];
	unsigned int alike = 0;
	unsigned int seed;

	for (seed = 0; seed < 20000; seed++) {
		struct prng prng = prng_start(seed);
		struct span one = { text[0],
			prng_words(&prng, text[0], 40, words, 8) };
		struct span other = { text[1],
			prng_words(&prng, text[1], 40, words, 8) };

		ATF_REQUIRE_EQ_MSG(same_message(one, other),
		    same_message(other, one), "seed %u", seed);
		if (same_message(one, other))
			alike++;
	}
	ATF_CHECK(alike > 0); /* else nothing was tried */
}

/* Bytes [first, last) of this message are regenerated. */
static const char dated[] = "Message-ID: <a@b>\n"
			    "Received: from x by y;\n Mon\n"
			    "Delivery-date: Mon, 1 Jan\n 2024 12:00\n"
			    "Subject: words\n"
			    "\n"
			    "Delivery-date: in the body\n";

ATF_TC_WITHOUT_HEAD(same__byte_changed_outside__no);
ATF_TC_BODY(same__byte_changed_outside__no, tc)
{
	size_t first = (size_t)(strstr(dated, "Delivery") - dated);
	size_t last = (size_t)(strstr(dated, "Subject") - dated);
	char changed[sizeof(dated)];
	size_t i;
	int byte;

	for (i = 0; i < sizeof(dated) - 1; i++) {
		if (i >= first && i < last)
			continue;
		for (byte = 0; byte < 256; byte++) {
			memcpy(changed, dated, sizeof(dated));
			changed[i] = (char)(unsigned char)byte;
			if (changed[i] == dated[i])
				continue;
			ATF_REQUIRE_MSG(!same_message(SPAN(dated),
					    guard_place(changed,
						sizeof(dated) - 1)),
			    "byte %d at %zu", byte, i);
		}
	}
}

ATF_TC_WITHOUT_HEAD(same__byte_changed_in_delivery_date__yes);
ATF_TC_BODY(same__byte_changed_in_delivery_date__yes, tc)
{
	char changed[sizeof(dated)];
	size_t at = (size_t)(strstr(dated, "1 Jan") - dated);

	memcpy(changed, dated, sizeof(dated));
	changed[at] = '2';
	ATF_CHECK(same(dated, changed));
}

ATF_TC_WITHOUT_HEAD(same__byte_lost_anywhere_outside__no);
ATF_TC_BODY(same__byte_lost_anywhere_outside__no, tc)
{
	size_t first = (size_t)(strstr(dated, "Delivery") - dated);
	size_t last = (size_t)(strstr(dated, "Subject") - dated);
	char changed[sizeof(dated)];
	size_t i;

	for (i = 0; i < sizeof(dated) - 1; i++) {
		if (i >= first && i < last)
			continue;
		memcpy(changed, dated, i);
		memcpy(changed + i, dated + i + 1, sizeof(dated) - i - 1);
		ATF_REQUIRE_MSG(!same(dated, changed), "at %zu", i);
	}
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, same__equal_bytes__yes);
	ATF_TP_ADD_TC(tp, same__other_body__no);
	ATF_TP_ADD_TC(tp, same__body_goes_on__no);
	ATF_TP_ADD_TC(tp, same__other_field__no);
	ATF_TP_ADD_TC(tp, same__one_field_more__no);
	ATF_TP_ADD_TC(tp, same__fields_in_other_order__no);
	ATF_TP_ADD_TC(tp, same__other_delivery_date__yes);
	ATF_TP_ADD_TC(tp, same__delivery_date_in_one_alone__yes);
	ATF_TP_ADD_TC(tp, same__folded_delivery_date__goes_whole);
	ATF_TP_ADD_TC(tp, same__delivery_date_in_body__counts);
	ATF_TP_ADD_TC(tp, same__received_of_fetchers__does_not_count);
	ATF_TP_ADD_TC(tp, same__received_of_others__counts);
	ATF_TP_ADD_TC(tp, same__fetcher_named_in_other_field__counts);
	ATF_TP_ADD_TC(tp, same__no_header__bytes_count);
	ATF_TP_ADD_TC(tp, same__nul_bytes__count);
	ATF_TP_ADD_TC(tp, same__any_message__reflexive);
	ATF_TP_ADD_TC(tp, same__any_two_messages__symmetric);
	ATF_TP_ADD_TC(tp, same__byte_changed_outside__no);
	ATF_TP_ADD_TC(tp, same__byte_changed_in_delivery_date__yes);
	ATF_TP_ADD_TC(tp, same__byte_lost_anywhere_outside__no);
	return atf_no_error();
}
