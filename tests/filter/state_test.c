#include "filter/state.h"

#include <sys/wait.h>

#include <atf-c.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/faults.h"
#include "tests/support/files.h"
#include "tests/support/spans.h"

enum { NOW_S = 1000000 };

static const struct sync_policy policy = { true, AFTER_LINK_NEVER };
static struct state state;
static struct failure why;
static char path[PATH_MAX];

static void
open_state(const char *name)
{
	char here[PATH_MAX];

	ATF_REQUIRE(getcwd(here, sizeof(here)) != NULL);
	ATF_REQUIRE(snprintf(path, sizeof(path), "%s/%s", here, name) <
	    (int)sizeof(path));
	ATF_REQUIRE_EQ_MSG(VERDICT_OK, state_open(&state, path, here, &why),
	    "%s", why.step);
}

static struct state_mark
mark(const char *id, uint64_t period_s)
{
	struct state_mark one;

	memset(&one, 0, sizeof(one));
	one.kind = 'd';
	one.id = span_of(id);
	one.period_s = period_s;
	return one;
}

static enum verdict
remember(const char *id, uint64_t period_s, int64_t now_s)
{
	struct state_mark one = mark(id, period_s);

	return state_remember(&state, &one, 1, now_s, &policy, &why);
}

static bool
has(const char *id, int64_t now_s)
{
	struct state_mark one = mark(id, 0);
	bool is_there;

	ATF_REQUIRE_EQ(VERDICT_OK,
	    state_has(&state, &one, now_s, &is_there, &why));
	return is_there;
}

ATF_TC_WITHOUT_HEAD(remember__period__known_until_its_end);
ATF_TC_BODY(remember__period__known_until_its_end, tc)
{
	open_state("a/b/c");
	ATF_CHECK(!has("<1@x>", NOW_S));
	ATF_REQUIRE_EQ(VERDICT_OK, remember("<1@x>", 60, NOW_S));
	ATF_CHECK(has("<1@x>", NOW_S));
	ATF_CHECK(has("<1@x>", NOW_S + 59));
	ATF_CHECK(!has("<1@x>", NOW_S + 60));
	ATF_CHECK(!has("<1@x", NOW_S));
	ATF_CHECK(!has("<1@x>>", NOW_S));
	ATF_REQUIRE_EQ(VERDICT_OK, remember("<1@x>", 60, NOW_S + 30));
	ATF_CHECK(has("<1@x>", NOW_S + 80));
	ATF_REQUIRE_EQ(VERDICT_OK, remember("<2@x>", 60, NOW_S + 200));
	ATF_CHECK(file_holds("a/b/c/seen", SPAN("1000260 d: <2@x>\n")));
	state_close(&state);
}

ATF_TC_WITHOUT_HEAD(remember__kinds_and_handles__apart);
ATF_TC_BODY(remember__kinds_and_handles__apart, tc)
{
	struct state_mark one = mark("id", 60), other = one;
	bool is_there;

	open_state("state");
	one.handle = SPAN("a b\n%");
	ATF_REQUIRE_EQ(VERDICT_OK,
	    state_remember(&state, &one, 1, NOW_S, &policy, &why));
	ATF_REQUIRE_EQ(
	    VERDICT_OK, state_has(&state, &one, NOW_S, &is_there, &why));
	ATF_CHECK(is_there);
	other.handle = SPAN("a%20b%0a%25"); /* as ours is written */
	ATF_REQUIRE_EQ(
	    VERDICT_OK, state_has(&state, &other, NOW_S, &is_there, &why));
	ATF_CHECK(!is_there);
	other = one;
	other.kind = 'v';
	ATF_REQUIRE_EQ(
	    VERDICT_OK, state_has(&state, &other, NOW_S, &is_there, &why));
	ATF_CHECK(!is_there);
	state_close(&state);
}

ATF_TC_WITHOUT_HEAD(remember__long_id__told_apart_at_its_end);
ATF_TC_BODY(remember__long_id__told_apart_at_its_end, tc)
{
	static char one[5000], other[5000];

	memset(one, 'a', sizeof(one) - 1);
	memset(other, 'a', sizeof(other) - 1);
	other[sizeof(other) - 2] = 'b';
	open_state("state");
	ATF_REQUIRE_EQ(VERDICT_OK, remember(one, 60, NOW_S));
	ATF_CHECK(has(one, NOW_S));
	ATF_CHECK(!has(other, NOW_S));
	state_close(&state);
}

ATF_TC_WITHOUT_HEAD(remember__too_much__oldest_goes);
ATF_TC_BODY(remember__too_much__oldest_goes, tc)
{
	static char text[STATE_BYTES_MAX + 100];
	size_t used = 0;
	struct stat st;
	int i;

	open_state("state");
	for (i = 0; used + 64 < STATE_BYTES_MAX / 2; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
		    "9999999999 d: <%040d@x>\n", i);
	file_put("state/seen", (struct span){ text, used });
	ATF_CHECK(has("<0000000000000000000000000000000000000000@x>", NOW_S));
	ATF_REQUIRE_EQ(VERDICT_OK, remember("<1@x>", 60, NOW_S));
	ATF_REQUIRE_EQ(VERDICT_OK, remember("<2@x>", 60, NOW_S));
	ATF_REQUIRE_EQ(VERDICT_OK,
	    remember("<a rather long id that does not fit any more@x>", 60,
		NOW_S));
	ATF_CHECK(!has("<0000000000000000000000000000000000000000@x>", NOW_S));
	ATF_CHECK(has("<0000000000000000000000000000000000000009@x>", NOW_S));
	ATF_CHECK(has("<1@x>", NOW_S));
	ATF_CHECK(has("<2@x>", NOW_S));
	ATF_REQUIRE_EQ(0, stat("state/seen", &st));
	ATF_CHECK(st.st_size <= STATE_BYTES_MAX);
	state_close(&state);
}

enum { MANY = 1000, LONG_BYTES = 320 };

/* Answers with long texts and addresses, of bytes that are written as three. */
static void
make_answers(struct state_mark *answers, char (*ids)[LONG_BYTES + 1])
{
	static char handle[2000];
	size_t i;

	memset(handle, 0xe9, sizeof(handle) - 1);
	for (i = 0; i < MANY; i++) {
		memset(ids[i], 0xe8, LONG_BYTES);
		(void)snprintf(ids[i] + LONG_BYTES - 6, 7, "%06zu", i);
		answers[i] = mark(ids[i], 1000);
		answers[i].kind = 'v';
		answers[i].handle = span_of(handle);
	}
}

static size_t
count_known(const struct state_mark *marks, size_t count)
{
	size_t known = 0, i;

	for (i = 0; i < count; i++) {
		bool is_there;

		ATF_REQUIRE_EQ(VERDICT_OK,
		    state_has(&state, &marks[i], NOW_S + 1, &is_there, &why));
		known += is_there;
	}
	return known;
}

ATF_TC_WITHOUT_HEAD(remember__rfc_5230_4_2__a_thousand_answers);
ATF_TC_BODY(remember__rfc_5230_4_2__a_thousand_answers, tc)
{
	static char ids[MANY][LONG_BYTES + 1];
	static struct state_mark answers[MANY], seen[MANY];
	size_t round, i;

	open_state("state");
	make_answers(answers, ids);
	ATF_REQUIRE_EQ(VERDICT_OK,
	    state_remember(&state, answers, MANY, NOW_S, &policy, &why));
	/* However much is looked at for duplicates meanwhile. */
	for (round = 0; round < 5; round++) {
		for (i = 0; i < MANY; i++) {
			ids[i][0] = (char)('a' + round);
			seen[i] = mark(ids[i], 1000);
		}
		ATF_REQUIRE_EQ(VERDICT_OK,
		    state_remember(&state, seen, MANY, NOW_S, &policy, &why));
	}
	ATF_CHECK_EQ(MANY, count_known(seen, MANY));
	for (i = 0; i < MANY; i++)
		ids[i][0] = (char)0xe8;
	ATF_CHECK_EQ(MANY, count_known(answers, MANY));
}

ATF_TC_WITHOUT_HEAD(file__spoiled__other_lines_count);
ATF_TC_BODY(file__spoiled__other_lines_count, tc)
{
	open_state("state");
	file_text("state/seen",
	    "\n \nx d: <1@x>\n99999999999999999999999999 d: <1@x>\n-5 d: <1@x>\n"
	    "1000060 d: <2@x>\n1000060\n1000060 d: <3@x");
	ATF_CHECK(!has("<1@x>", NOW_S));
	ATF_CHECK(has("<2@x>", NOW_S));
	ATF_CHECK(has("<3@x", NOW_S));
	state_close(&state);
}

/* The process ends at each of its calls: the old file, or the new one. */
ATF_TC_WITHOUT_HEAD(remember__ends_at_each_call__old_or_new);
ATF_TC_BODY(remember__ends_at_each_call__old_or_new, tc)
{
	unsigned int call;
	int status = 0;

	open_state("state");
	ATF_REQUIRE_EQ(VERDICT_OK, remember("<1@x>", 60, NOW_S));
	for (call = 1; call < 100; call++) {
		pid_t pid = fork();

		if (pid == 0) {
			faults_install();
			calls_made = 0;
			die_at = call;
			_exit(remember("<2@x>", 60, NOW_S) != VERDICT_OK);
		}
		ATF_REQUIRE_EQ(pid, waitpid(pid, &status, 0));
		ATF_CHECK(has("<1@x>", NOW_S));
		if (WEXITSTATUS(status) != DIED)
			break;
	}
	ATF_CHECK(call > 8);
	ATF_CHECK_EQ(0, status);
	ATF_CHECK(has("<2@x>", NOW_S));
	state_close(&state);
}

/* The order is what makes it whole: written, synced, renamed, synced. */
ATF_TC_WITHOUT_HEAD(remember__calls__in_their_order);
ATF_TC_BODY(remember__calls__in_their_order, tc)
{
	open_state("state");
	ATF_REQUIRE_EQ(VERDICT_OK, remember("<1@x>", 60, NOW_S));
	faults_install();
	ATF_REQUIRE_EQ(VERDICT_OK, remember("<2@x>", 60, NOW_S));
	ATF_CHECK_MSG(strstr(trail, "write fsync close renameat fsync-dir ") !=
		NULL,
	    "%s", trail);
	state_close(&state);
}

static void
check_fault(enum call call, const char *step)
{
	memset(fault_plans, 0, sizeof(fault_plans));
	fault_plans[call].first = 1;
	fault_plans[call].last = 1000;
	fault_plans[call].sys_errno = EIO;
	ATF_CHECK_EQ(VERDICT_RETRY, remember("<2@x>", 60, NOW_S));
	ATF_CHECK_STREQ(step, why.step);
	memset(fault_plans, 0, sizeof(fault_plans));
	ATF_CHECK(has("<1@x>", NOW_S));
	ATF_CHECK(call == CALL_FSYNC_DIR || !has("<2@x>", NOW_S));
}

ATF_TC_WITHOUT_HEAD(remember__call_fails__told_and_old_one_stays);
ATF_TC_BODY(remember__call_fails__told_and_old_one_stays, tc)
{
	open_state("state");
	ATF_REQUIRE_EQ(VERDICT_OK, remember("<1@x>", 60, NOW_S));
	faults_install();
	check_fault(CALL_READ, "state-read");
	check_fault(CALL_WRITE, "state-write");
	check_fault(CALL_FSYNC_FILE, "fsync");
	check_fault(CALL_RENAMEAT, "state-write");
	check_fault(CALL_OPENAT, "state-lock");
	check_fault(CALL_FSYNC_DIR, "fsync-dir");
	state_close(&state);
}

ATF_TC_WITHOUT_HEAD(open__not_ours_alone__refused);
ATF_TC_BODY(open__not_ours_alone__refused, tc)
{
	ATF_REQUIRE_EQ(0, mkdir("state", 0700));
	ATF_REQUIRE_EQ(0, chmod("state", 0770));
	ATF_CHECK_EQ(VERDICT_RETRY, state_open(&state, "state", "", &why));
	ATF_CHECK_STREQ("state-owner", why.step);
	ATF_CHECK_EQ(-1, state.dir_fd);
	ATF_CHECK_EQ(VERDICT_RETRY, state_open(&state, "none", "", &why));
	ATF_CHECK_EQ(ENOENT, why.sys_errno);
	file_text("file", "");
	ATF_CHECK_EQ(VERDICT_RETRY, state_open(&state, "file", "", &why));
}

ATF_TC_WITHOUT_HEAD(folder__none__told);
ATF_TC_BODY(folder__none__told, tc)
{
	struct state_mark one = mark("<1@x>", 60);
	bool is_there;

	state.dir_fd = -1;
	ATF_CHECK_EQ(VERDICT_RETRY,
	    state_has(&state, &one, NOW_S, &is_there, &why));
	ATF_CHECK_STREQ("state-read", why.step);
	ATF_CHECK_EQ(VERDICT_RETRY, remember("<1@x>", 60, NOW_S));
	ATF_CHECK_STREQ("state-write", why.step);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, remember__period__known_until_its_end);
	ATF_TP_ADD_TC(tp, remember__kinds_and_handles__apart);
	ATF_TP_ADD_TC(tp, remember__long_id__told_apart_at_its_end);
	ATF_TP_ADD_TC(tp, remember__too_much__oldest_goes);
	ATF_TP_ADD_TC(tp, remember__rfc_5230_4_2__a_thousand_answers);
	ATF_TP_ADD_TC(tp, file__spoiled__other_lines_count);
	ATF_TP_ADD_TC(tp, remember__ends_at_each_call__old_or_new);
	ATF_TP_ADD_TC(tp, remember__calls__in_their_order);
	ATF_TP_ADD_TC(tp, remember__call_fails__told_and_old_one_stays);
	ATF_TP_ADD_TC(tp, open__not_ours_alone__refused);
	ATF_TP_ADD_TC(tp, folder__none__told);
	return atf_no_error();
}
