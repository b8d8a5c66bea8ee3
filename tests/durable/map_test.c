#include <atf-c.h>
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

#include "durable/map.h"
#include "tests/support/files.h"
#include "tests/support/mbox_bytes.h"
#include "tests/support/spans.h"

/* A file of three pages and a bit, each byte telling its place. */
static int
open_file(struct bytes *content)
{
	size_t wanted_bytes = 3 * (size_t)sysconf(_SC_PAGESIZE) + 100;
	size_t i;

	memset(content, 0, sizeof(*content));
	for (i = 0; i < wanted_bytes; i++)
		bytes_add(content, &"0123456789abcdefghijklmnopqrstuvw"[i % 33],
		    1);
	file_put("file", bytes_span(content));
	return open("file", O_RDONLY | O_CLOEXEC);
}

ATF_TC_WITHOUT_HEAD(open__any_stretch__its_bytes);
ATF_TC_BODY(open__any_stretch__its_bytes, tc)
{
	long page = sysconf(_SC_PAGESIZE);
	const long places[] = { 0, 1, page - 1, page, page + 1, 2 * page - 1,
		2 * page, 3 * page, 3 * page + 99, 3 * page + 100 };
	enum { PLACES = 10 };
	struct bytes content;
	int fd = open_file(&content);
	size_t i;
	size_t j;

	for (i = 0; i < PLACES; i++)
		for (j = i; j < PLACES; j++) {
			struct span expected = { content.at + places[i],
				(size_t)(places[j] - places[i]) };
			struct map map;

			ATF_REQUIRE(map_open(&map, fd, places[i],
			    places[j] - places[i]));
			ATF_CHECK_MSG(span_equals(expected, map.bytes),
			    "%ld to %ld", places[i], places[j]);
			map_close(&map);
		}
	ATF_REQUIRE_EQ(0, close(fd));
	bytes_free(&content);
}

ATF_TC_WITHOUT_HEAD(open__nothing__empty);
ATF_TC_BODY(open__nothing__empty, tc)
{
	struct map map;

	ATF_CHECK(map_open(&map, -1, 17, 0));
	ATF_CHECK_EQ((size_t)0, map.bytes.size_bytes);
	ATF_CHECK(map.start == NULL);
	map_close(&map);
}

ATF_TC_WITHOUT_HEAD(open__bad_descriptor__refused);
ATF_TC_BODY(open__bad_descriptor__refused, tc)
{
	struct map map;

	ATF_CHECK(!map_open(&map, -1, 0, 1));
	ATF_CHECK(map.start == NULL);
	map_close(&map);
}

ATF_TC_WITHOUT_HEAD(open__more_than_any_memory__refused);
ATF_TC_BODY(open__more_than_any_memory__refused, tc)
{
	struct bytes content;
	int fd = open_file(&content);
	struct map map;

	ATF_CHECK(!map_open(&map, fd, 1, (off_t)INT64_MAX - 1));
	ATF_CHECK(!map_open(&map, fd, 0, (off_t)INT64_MAX));
	map_close(&map);
	ATF_REQUIRE_EQ(0, close(fd));
	bytes_free(&content);
}

ATF_TC_WITHOUT_HEAD(close__twice__harmless);
ATF_TC_BODY(close__twice__harmless, tc)
{
	struct bytes content;
	int fd = open_file(&content);
	struct map map;

	ATF_REQUIRE(map_open(&map, fd, 5, 10));
	map_close(&map);
	map_close(&map);
	ATF_CHECK_EQ((size_t)0, map.bytes.size_bytes);
	ATF_REQUIRE_EQ(0, close(fd));
	bytes_free(&content);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, open__any_stretch__its_bytes);
	ATF_TP_ADD_TC(tp, open__nothing__empty);
	ATF_TP_ADD_TC(tp, open__bad_descriptor__refused);
	ATF_TP_ADD_TC(tp, open__more_than_any_memory__refused);
	ATF_TP_ADD_TC(tp, close__twice__harmless);
	return atf_no_error();
}
