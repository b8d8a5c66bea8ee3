/* Inline functions of the C library must not stand in front of ours. */
#undef _FORTIFY_SOURCE

#include "maildir/name.h"

#include <atf-c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/support/prng.h"

/* What the system answers; in front of libc's own function. */
static char system_name[256];

int
gethostname(char *name, size_t size_bytes)
{
	(void)snprintf(name, size_bytes, "%s", system_name);
	return 0;
}

static const char *
host_of(const char *name)
{
	static char host[NAME_HOST_BYTES];

	(void)snprintf(system_name, sizeof(system_name), "%s", name);
	name_host(host);
	return host;
}

ATF_TC_WITHOUT_HEAD(host__plain__as_it_is);
ATF_TC_BODY(host__plain__as_it_is, tc)
{
	ATF_CHECK_STREQ("mx-1.example.org", host_of("mx-1.example.org"));
}

ATF_TC_WITHOUT_HEAD(host__none__localhost);
ATF_TC_BODY(host__none__localhost, tc)
{
	ATF_CHECK_STREQ("localhost", host_of(""));
}

ATF_TC_WITHOUT_HEAD(host__special_bytes__octal);
ATF_TC_BODY(host__special_bytes__octal, tc)
{
	ATF_CHECK_STREQ("\\057\\072\\054\\134", host_of("/:,\\"));
	ATF_CHECK_STREQ("a\\040b\\011\\012\\177\\303\\244",
	    host_of("a b\t\n\177\303\244"));
}

ATF_TC_WITHOUT_HEAD(host__long__cut_to_128_bytes_at_most);
ATF_TC_BODY(host__long__cut_to_128_bytes_at_most, tc)
{
	char name[256];

	memset(name, 'h', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	ATF_CHECK(strlen(host_of(name)) <= 128);
	ATF_CHECK(strlen(host_of(name)) > 120);
}

ATF_TC_WITHOUT_HEAD(host__any_bytes__fit_for_a_name);
ATF_TC_BODY(host__any_bytes__fit_for_a_name, tc)
{
	char raw[256];
	unsigned int seed;
	size_t i;

	for (seed = 0; seed < 5000; seed++) {
		struct prng prng = prng_start(seed);
		const char *host;

		prng_fill(&prng, raw, sizeof(raw));
		raw[prng_below(&prng, sizeof(raw))] = '\0';
		host = host_of(raw);
		ATF_REQUIRE_MSG(strlen(host) > 0 &&
			strlen(host) < NAME_HOST_BYTES &&
			strpbrk(host, "/:, ") == NULL,
		    "seed %u", seed);
		for (i = 0; host[i] != '\0'; i++)
			ATF_REQUIRE_MSG(host[i] > ' ' && host[i] < 0x7f,
			    "seed %u", seed);
	}
}

/* A name's parts, read by other means than the code has. */
struct parts {
	long long seconds;
	long micro;
	long pid;
	unsigned int counter;
	unsigned int random;
	char host[NAME_HOST_BYTES];
};

static struct parts
parts_of(const char *name)
{
	struct parts parts;
	int length = 0;

	ATF_REQUIRE_EQ(6,
	    sscanf(name, "%lld.M%ldP%ldQ%uR%8x.%128s%n", &parts.seconds,
		&parts.micro, &parts.pid, &parts.counter, &parts.random,
		parts.host, &length));
	ATF_REQUIRE_EQ(strlen(name), (size_t)length);
	return parts;
}

ATF_TC_WITHOUT_HEAD(make__form__time_pid_host);
ATF_TC_BODY(make__form__time_pid_host, tc)
{
	time_t before = time(NULL);
	char name[NAME_BYTES];
	struct parts parts;

	name_make(name, "mx.example.org");
	parts = parts_of(name);
	ATF_CHECK(parts.seconds >= before && parts.seconds <= before + 60);
	ATF_CHECK(parts.micro >= 0 && parts.micro < 1000000);
	ATF_CHECK_EQ(getpid(), parts.pid);
	ATF_CHECK_STREQ("mx.example.org", parts.host);
}

ATF_TC_WITHOUT_HEAD(make__twice__counter_and_random_differ);
ATF_TC_BODY(make__twice__counter_and_random_differ, tc)
{
	char name[NAME_BYTES];
	struct parts one;
	struct parts two;

	name_make(name, "h");
	one = parts_of(name);
	name_make(name, "h");
	two = parts_of(name);
	ATF_CHECK_EQ(one.counter + 1, two.counter);
	ATF_CHECK(one.random != two.random);
}

ATF_TC_WITHOUT_HEAD(make__longest_host__fits_with_its_size);
ATF_TC_BODY(make__longest_host__fits_with_its_size, tc)
{
	char host[NAME_HOST_BYTES];
	char final_name[NAME_BYTES];
	char name[NAME_BYTES];

	memset(host, 'h', sizeof(host) - 1);
	host[sizeof(host) - 1] = '\0';
	name_make(name, host);
	name_final(final_name, name, 9223372036854775807LL);
	ATF_CHECK(strstr(final_name, "h,S=9223372036854775807") != NULL);
}

ATF_TC_WITHOUT_HEAD(final__size__behind_the_name);
ATF_TC_BODY(final__size__behind_the_name, tc)
{
	char final_name[NAME_BYTES];

	name_final(final_name, "1.M2P3Q4R0123abcd.h", 0);
	ATF_CHECK_STREQ("1.M2P3Q4R0123abcd.h,S=0", final_name);
}

static bool
is_ours(const char *name)
{
	const char *host;
	pid_t pid;

	return name_parse(name, &pid, &host);
}

ATF_TC_WITHOUT_HEAD(parse__made_name__its_pid_and_host);
ATF_TC_BODY(parse__made_name__its_pid_and_host, tc)
{
	char name[NAME_BYTES];
	const char *host;
	pid_t pid;

	name_make(name, "mx.example.org");
	ATF_REQUIRE(name_parse(name, &pid, &host));
	ATF_CHECK_EQ(getpid(), pid);
	ATF_CHECK_STREQ("mx.example.org", host);
}

ATF_TC_WITHOUT_HEAD(parse__any_host__round_trip);
ATF_TC_BODY(parse__any_host__round_trip, tc)
{
	char name[NAME_BYTES];
	char raw[200];
	unsigned int seed;

	for (seed = 0; seed < 3000; seed++) {
		struct prng prng = prng_start(seed);
		const char *made_for;
		const char *host;
		pid_t pid;

		prng_fill(&prng, raw, sizeof(raw));
		raw[prng_below(&prng, sizeof(raw))] = '\0';
		made_for = host_of(raw);
		name_make(name, made_for);
		ATF_REQUIRE_MSG(name_parse(name, &pid, &host) &&
			pid == getpid() && strcmp(host, made_for) == 0,
		    "seed %u: %s", seed, name);
	}
}

ATF_TC_WITHOUT_HEAD(parse__names_of_other_agents__no);
ATF_TC_BODY(parse__names_of_other_agents__no, tc)
{
	ATF_CHECK(!is_ours("1718000000.12345.mx"));
	ATF_CHECK(!is_ours("1718000000.M12345P678.mx"));
	ATF_CHECK(!is_ours("1718000000.M12345P678Q1.mx"));
	ATF_CHECK(!is_ours("1718000000.12345_1.mx"));
	ATF_CHECK(!is_ours("1718000000.M1P2V3I4.mx,S=5"));
	ATF_CHECK(!is_ours("maildirfolder"));
}

ATF_TC_WITHOUT_HEAD(parse__parts_missing__no);
ATF_TC_BODY(parse__parts_missing__no, tc)
{
	ATF_CHECK(!is_ours(""));
	ATF_CHECK(!is_ours(".M2P3Q4R0123abcd.h"));
	ATF_CHECK(!is_ours("1.MP3Q4R0123abcd.h"));
	ATF_CHECK(!is_ours("1.M2PQ4R0123abcd.h"));
	ATF_CHECK(!is_ours("1.M2P3QR0123abcd.h"));
	ATF_CHECK(!is_ours("1.M2P3Q4R.h"));
	ATF_CHECK(!is_ours("1.M2P3Q4R0123abcd"));
	ATF_CHECK(!is_ours("1.M2P3Q4R0123ABCD.h"));
	ATF_CHECK(!is_ours("1.M2P-3Q4R0123abcd.h"));
	ATF_CHECK(!is_ours("x1.M2P3Q4R0123abcd.h"));
}

ATF_TC_WITHOUT_HEAD(parse__random_part_not_8_long__no);
ATF_TC_BODY(parse__random_part_not_8_long__no, tc)
{
	ATF_CHECK(is_ours("1.M2P3Q4R0123abcd.h"));
	ATF_CHECK(!is_ours("1.M2P3Q4R0123abc.h"));
	ATF_CHECK(!is_ours("1.M2P3Q4R0123abcde.h"));
}

ATF_TC_WITHOUT_HEAD(parse__pid_beyond_its_type__no);
ATF_TC_BODY(parse__pid_beyond_its_type__no, tc)
{
	ATF_CHECK(!is_ours("1.M2P4294967297Q4R0123abcd.h"));
	ATF_CHECK(!is_ours("1.M2P99999999999999999999Q4R0123abcd.h"));
	ATF_CHECK(!is_ours("1.M2P0Q4R0123abcd.h"));
}

ATF_TC_WITHOUT_HEAD(parse__host_empty__no);
ATF_TC_BODY(parse__host_empty__no, tc)
{
	ATF_CHECK(!is_ours("1.M2P3Q4R0123abcd."));
}

ATF_TC_WITHOUT_HEAD(parse__any_text__never_a_pid_below_1);
ATF_TC_BODY(parse__any_text__never_a_pid_below_1, tc)
{
	static const char *const words[] = { "1", "99999999999", ".M", "P", "Q",
		"R", "0123abcd", ".", "-", "h" };
	char text[64];
	unsigned int seed;

	for (seed = 0; seed < 50000; seed++) {
		struct prng prng = prng_start(seed);
		char pattern[64];
		const char *host;
		pid_t pid = 1;

		text[prng_words(&prng, text, sizeof(text) - 1, words, 10)] =
		    '\0';
		(void)snprintf(pattern, sizeof(pattern), "1.M2P%.20sQ1R%.8s.h",
		    text, text);
		(void)name_parse(text, &pid, &host);
		(void)name_parse(pattern, &pid, &host);
		ATF_REQUIRE_MSG(pid > 0, "seed %u: %s", seed, pattern);
	}
}

ATF_TC_WITHOUT_HEAD(time__made_name__when_that_was);
ATF_TC_BODY(time__made_name__when_that_was, tc)
{
	struct timespec before = clock_wall();
	char name[NAME_BYTES];
	long long made_us;

	name_make(name, "mx");
	made_us = name_time_us(name);
	ATF_CHECK(made_us >=
	    (long long)before.tv_sec * 1000000 + before.tv_nsec / 1000);
	ATF_CHECK(made_us <= (long long)time(NULL) * 1000000 + 999999);
	ATF_CHECK_EQ(1700000000000042LL,
	    name_time_us("1700000000.M42P2Q0R0123abcd.mx"));
}

ATF_TC_WITHOUT_HEAD(time__other_names_and_numbers__none);
ATF_TC_BODY(time__other_names_and_numbers__none, tc)
{
	ATF_CHECK_EQ(-1, name_time_us("1700000000.M42P2.mx"));
	ATF_CHECK_EQ(-1, name_time_us(""));
	ATF_CHECK_EQ(
	    -1, name_time_us("1700000000000.M42P2Q0R0123abcd.mx"));
	ATF_CHECK_EQ(
	    -1, name_time_us("1700000000.M1234567P2Q0R0123abcd.mx"));
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, host__plain__as_it_is);
	ATF_TP_ADD_TC(tp, host__none__localhost);
	ATF_TP_ADD_TC(tp, host__special_bytes__octal);
	ATF_TP_ADD_TC(tp, host__long__cut_to_128_bytes_at_most);
	ATF_TP_ADD_TC(tp, host__any_bytes__fit_for_a_name);
	ATF_TP_ADD_TC(tp, make__form__time_pid_host);
	ATF_TP_ADD_TC(tp, make__twice__counter_and_random_differ);
	ATF_TP_ADD_TC(tp, make__longest_host__fits_with_its_size);
	ATF_TP_ADD_TC(tp, final__size__behind_the_name);
	ATF_TP_ADD_TC(tp, parse__made_name__its_pid_and_host);
	ATF_TP_ADD_TC(tp, parse__any_host__round_trip);
	ATF_TP_ADD_TC(tp, parse__names_of_other_agents__no);
	ATF_TP_ADD_TC(tp, parse__parts_missing__no);
	ATF_TP_ADD_TC(tp, parse__random_part_not_8_long__no);
	ATF_TP_ADD_TC(tp, parse__pid_beyond_its_type__no);
	ATF_TP_ADD_TC(tp, parse__host_empty__no);
	ATF_TP_ADD_TC(tp, parse__any_text__never_a_pid_below_1);
	ATF_TP_ADD_TC(tp, time__made_name__when_that_was);
	ATF_TP_ADD_TC(tp, time__other_names_and_numbers__none);
	return atf_no_error();
}
