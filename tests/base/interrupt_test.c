#include "base/interrupt.h"

#include <sys/resource.h>
#include <sys/socket.h>

#include <atf-c.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "compat/compat.h"
#include "tests/support/child.h"
#include "tests/support/files.h"

enum { LONG_S = 1000 }; /* no test lasts so long */

/* In a child: the verdict's step goes to standard error. */
static void
tell_check(void)
{
	struct failure why;

	if (interrupt_check(&why) == VERDICT_OK)
		return;
	child_say(why.step);
	_exit(why.exit_code);
}

static void
tell_dsn(void)
{
	struct failure why;

	if (interrupt_check(&why) != VERDICT_OK)
		child_say(why.dsn);
}

static void
check_unasked(void)
{
	interrupt_start(LONG_S);
	tell_check();
}

ATF_TC_WITHOUT_HEAD(check__nothing_came__ok);
ATF_TC_BODY(check__nothing_came__ok, tc)
{
	ATF_CHECK_EQ(0, child_run(check_unasked).exit_code);
}

static int stopping_signal;

static void
stop_and_check(void)
{
	interrupt_start(LONG_S);
	(void)raise(stopping_signal);
	tell_check();
}

ATF_TC_WITHOUT_HEAD(check__stopping_signals__retry_at_signal);
ATF_TC_BODY(check__stopping_signals__retry_at_signal, tc)
{
	static const int stopping[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
	struct ending ending;
	size_t i;

	for (i = 0; i < 4; i++) {
		stopping_signal = stopping[i];
		ending = child_run(stop_and_check);
		ATF_CHECK_EQ(EX_TEMPFAIL, ending.exit_code);
		ATF_CHECK_STREQ("signal", ending.text);
	}
}

ATF_TC_WITHOUT_HEAD(check__alarm__retry_at_deadline);
ATF_TC_BODY(check__alarm__retry_at_deadline, tc)
{
	struct ending ending;

	stopping_signal = SIGALRM;
	ending = child_run(stop_and_check);
	ATF_CHECK_EQ(EX_TEMPFAIL, ending.exit_code);
	ATF_CHECK_STREQ("deadline", ending.text);
}

static void
term_then_alarm(void)
{
	interrupt_start(LONG_S);
	(void)raise(SIGTERM);
	(void)raise(SIGALRM);
	tell_check();
}

ATF_TC_WITHOUT_HEAD(check__signal_then_tick__first_one_counts);
ATF_TC_BODY(check__signal_then_tick__first_one_counts, tc)
{
	ATF_CHECK_STREQ("signal", child_run(term_then_alarm).text);
}

static void
dsn_of_term(void)
{
	interrupt_start(LONG_S);
	(void)raise(SIGTERM);
	tell_dsn();
}

static void
dsn_of_alarm(void)
{
	interrupt_start(LONG_S);
	(void)raise(SIGALRM);
	tell_dsn();
}

ATF_TC_WITHOUT_HEAD(check__both_steps__class_4);
ATF_TC_BODY(check__both_steps__class_4, tc)
{
	ATF_CHECK_EQ('4', child_run(dsn_of_term).text[0]);
	ATF_CHECK_EQ('4', child_run(dsn_of_alarm).text[0]);
}

static void
wait_for_deadline(void)
{
	char byte;
	int ends[2];

	if (pipe(ends) == -1)
		_exit(EX_OSERR);
	interrupt_start(1);
	/* Nothing ever comes: only the deadline ends the read. */
	if (read(ends[0], &byte, 1) != -1 || errno != EINTR)
		_exit(EX_SOFTWARE);
	tell_check();
}

ATF_TC_WITHOUT_HEAD(deadline__over__read_is_cut_short);
ATF_TC_BODY(deadline__over__read_is_cut_short, tc)
{
	struct ending ending = child_run(wait_for_deadline);

	ATF_CHECK_EQ(EX_TEMPFAIL, ending.exit_code);
	ATF_CHECK_STREQ("deadline", ending.text);
}

static void
never_check(void)
{
	interrupt_start(1);
	for (;;)
		(void)pause();
}

ATF_TC_WITHOUT_HEAD(deadline__no_check_follows__exit_75_with_class_4);
ATF_TC_BODY(deadline__no_check_follows__exit_75_with_class_4, tc)
{
	struct ending ending = child_run(never_check);

	ATF_CHECK_EQ(EX_TEMPFAIL, ending.exit_code);
	ATF_CHECK_EQ(0, strncmp(ending.text, "4.", 2));
}

static void
clean_up(void)
{
	(void)unlink("stage");
}

static void
three_ticks(void)
{
	int i;

	interrupt_start(LONG_S);
	interrupt_cleanup(clean_up);
	(void)raise(SIGTERM);
	for (i = 0; i < 3; i++)
		(void)raise(SIGALRM);
}

ATF_TC_WITHOUT_HEAD(stop__third_tick__exit_75_with_class_4);
ATF_TC_BODY(stop__third_tick__exit_75_with_class_4, tc)
{
	struct ending ending = child_run(three_ticks);

	ATF_CHECK_EQ(EX_TEMPFAIL, ending.exit_code);
	ATF_CHECK_EQ(0, strncmp(ending.text, "4.", 2));
}

ATF_TC_WITHOUT_HEAD(stop__third_tick__cleans_up);
ATF_TC_BODY(stop__third_tick__cleans_up, tc)
{
	file_text("stage", "");
	(void)child_run(three_ticks);
	ATF_CHECK(!file_exists("stage"));
}

static void
two_ticks(void)
{
	interrupt_start(LONG_S);
	interrupt_cleanup(clean_up);
	(void)raise(SIGTERM);
	(void)raise(SIGALRM);
	(void)raise(SIGALRM);
}

ATF_TC_WITHOUT_HEAD(stop__second_tick__goes_on);
ATF_TC_BODY(stop__second_tick__goes_on, tc)
{
	file_text("stage", "");
	ATF_CHECK_EQ(0, child_run(two_ticks).exit_code);
	ATF_CHECK(file_exists("stage"));
}

static void
signals_alone(void)
{
	int i;

	interrupt_start(LONG_S);
	for (i = 0; i < 20; i++)
		(void)raise(SIGTERM);
}

ATF_TC_WITHOUT_HEAD(stop__twenty_signals__no_tick_among_them);
ATF_TC_BODY(stop__twenty_signals__no_tick_among_them, tc)
{
	ATF_CHECK_EQ(0, child_run(signals_alone).exit_code);
}

static int crashing_signal;

static void
crash(void)
{
	interrupt_start(LONG_S);
	interrupt_cleanup(clean_up);
	(void)raise(crashing_signal);
}

ATF_TC_WITHOUT_HEAD(crash__each_signal__exit_75_with_class_4);
ATF_TC_BODY(crash__each_signal__exit_75_with_class_4, tc)
{
	static const int crashing[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL,
		SIGABRT };
	struct ending ending;
	size_t i;

	for (i = 0; i < 5; i++) {
		crashing_signal = crashing[i];
		ending = child_run(crash);
		ATF_CHECK_EQ(EX_TEMPFAIL, ending.exit_code);
		ATF_CHECK_EQ(0, strncmp(ending.text, "4.", 2));
	}
}

ATF_TC_WITHOUT_HEAD(crash__before_commit__cleans_up);
ATF_TC_BODY(crash__before_commit__cleans_up, tc)
{
	file_text("stage", "");
	crashing_signal = SIGSEGV;
	(void)child_run(crash);
	ATF_CHECK(!file_exists("stage"));
}

static void
abort_now(void)
{
	interrupt_start(LONG_S);
	abort();
}

ATF_TC_WITHOUT_HEAD(crash__abort__exit_75);
ATF_TC_BODY(crash__abort__exit_75, tc)
{
	ATF_CHECK_EQ(EX_TEMPFAIL, child_run(abort_now).exit_code);
}

static void
crash_mutely(void)
{
	(void)close(STDERR_FILENO);
	crashing_signal = SIGSEGV;
	crash();
}

ATF_TC_WITHOUT_HEAD(crash__stderr_closed__exit_75);
ATF_TC_BODY(crash__stderr_closed__exit_75, tc)
{
	ATF_CHECK_EQ(EX_TEMPFAIL, child_run(crash_mutely).exit_code);
}

/* ---- No room on the stack ----------------------------------------------- */

static int
use_stack(int turns)
{
	volatile char block[4096];

	block[0] = 1;
	return turns == 0 ? 1 : use_stack(turns - 1) + block[0];
}

static void
overrun_stack(void)
{
	struct rlimit limit;

	interrupt_start(LONG_S);
	interrupt_cleanup(clean_up);
	if (getrlimit(RLIMIT_STACK, &limit) == -1)
		_exit(EX_OSERR);
	limit.rlim_cur = 512 * 1024;
	if (setrlimit(RLIMIT_STACK, &limit) == -1)
		_exit(EX_OSERR);
	_exit(use_stack(16 * 1024) > 0 ? EX_SOFTWARE : EX_OSERR);
}

/* A death by the signal would be a bounce. */
ATF_TC_WITHOUT_HEAD(crash__stack_overrun__exit_75_and_cleaned_up);
ATF_TC_BODY(crash__stack_overrun__exit_75_and_cleaned_up, tc)
{
	struct ending ending;

	if (!HAVE_SIGALTSTACK)
		atf_tc_skip("no handler has a stack of its own here");
	file_text("stage", "");
	ending = child_run(overrun_stack);
	ATF_CHECK_EQ(EX_TEMPFAIL, ending.exit_code);
	ATF_CHECK_EQ(0, strncmp(ending.text, "4.", 2));
	ATF_CHECK(!file_exists("stage"));
}

static void
hold_and_stop(void)
{
	interrupt_start(LONG_S);
	interrupt_cleanup(clean_up);
	interrupt_hold(INTERRUPT_HOLD_S);
	(void)raise(SIGTERM);
	(void)raise(SIGHUP);
	(void)raise(SIGINT);
	(void)raise(SIGQUIT);
}

ATF_TC_WITHOUT_HEAD(hold__stopping_signals__wait);
ATF_TC_BODY(hold__stopping_signals__wait, tc)
{
	struct ending ending = child_run(hold_and_stop);

	ATF_CHECK_EQ(0, ending.exit_code);
	ATF_CHECK_STREQ("", ending.text);
}

static void
hold_and_time_out(void)
{
	interrupt_start(LONG_S);
	interrupt_cleanup(clean_up);
	interrupt_hold(INTERRUPT_HOLD_S);
	(void)raise(SIGALRM); /* the deadline */
	(void)raise(SIGALRM); /* the end of what a commit may take */
}

ATF_TC_WITHOUT_HEAD(hold__time_is_over__exit_75_with_class_4);
ATF_TC_BODY(hold__time_is_over__exit_75_with_class_4, tc)
{
	struct ending ending = child_run(hold_and_time_out);

	ATF_CHECK_EQ(EX_TEMPFAIL, ending.exit_code);
	ATF_CHECK_EQ(0, strncmp(ending.text, "4.", 2));
}

ATF_TC_WITHOUT_HEAD(hold__time_is_over__nothing_cleaned_up);
ATF_TC_BODY(hold__time_is_over__nothing_cleaned_up, tc)
{
	file_text("stage", "");
	(void)child_run(hold_and_time_out);
	ATF_CHECK(file_exists("stage"));
}

static void
hold_and_crash(void)
{
	interrupt_start(LONG_S);
	interrupt_cleanup(clean_up);
	interrupt_hold(INTERRUPT_HOLD_S);
	(void)raise(SIGSEGV);
}

ATF_TC_WITHOUT_HEAD(hold__crash__exit_75_and_witness_stays);
ATF_TC_BODY(hold__crash__exit_75_and_witness_stays, tc)
{
	file_text("stage", "");
	ATF_CHECK_EQ(EX_TEMPFAIL, child_run(hold_and_crash).exit_code);
	ATF_CHECK(file_exists("stage"));
}

static void
hold_for_how_long(void)
{
	interrupt_start(5);
	interrupt_hold(INTERRUPT_HOLD_S);
	(void)raise(SIGALRM);
	_exit(alarm(0) > 885 ? 0 : EX_SOFTWARE);
}

ATF_TC_WITHOUT_HEAD(hold__short_deadline__becomes_900_s);
ATF_TC_BODY(hold__short_deadline__becomes_900_s, tc)
{
	ATF_CHECK_EQ(0, child_run(hold_for_how_long).exit_code);
}

static void
release_after_term(void)
{
	interrupt_start(LONG_S);
	interrupt_hold(INTERRUPT_HOLD_S);
	(void)raise(SIGTERM);
	interrupt_release();
	tell_check();
}

ATF_TC_WITHOUT_HEAD(release__signal_came_meanwhile__counts_now);
ATF_TC_BODY(release__signal_came_meanwhile__counts_now, tc)
{
	struct ending ending = child_run(release_after_term);

	ATF_CHECK_EQ(EX_TEMPFAIL, ending.exit_code);
	ATF_CHECK_STREQ("signal", ending.text);
}

static int signal_when_done;

static void
done_and_signal(void)
{
	interrupt_start(LONG_S);
	interrupt_cleanup(clean_up);
	interrupt_hold(INTERRUPT_HOLD_S);
	interrupt_done();
	(void)raise(signal_when_done);
	_exit(EX_SOFTWARE); /* reached only when the signal is ignored */
}

ATF_TC_WITHOUT_HEAD(done__alarm_or_crash__exit_0);
ATF_TC_BODY(done__alarm_or_crash__exit_0, tc)
{
	static const int numbers[] = { SIGALRM, SIGSEGV, SIGBUS, SIGFPE, SIGILL,
		SIGABRT };
	struct ending ending;
	size_t i;

	for (i = 0; i < 6; i++) {
		signal_when_done = numbers[i];
		ending = child_run(done_and_signal);
		ATF_CHECK_EQ(0, ending.exit_code);
		ATF_CHECK_STREQ("", ending.text);
	}
}

ATF_TC_WITHOUT_HEAD(done__crash__nothing_cleaned_up);
ATF_TC_BODY(done__crash__nothing_cleaned_up, tc)
{
	file_text("stage", "");
	signal_when_done = SIGSEGV;
	(void)child_run(done_and_signal);
	ATF_CHECK(file_exists("stage"));
}

ATF_TC_WITHOUT_HEAD(done__stopping_signals__ignored);
ATF_TC_BODY(done__stopping_signals__ignored, tc)
{
	static const int numbers[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
	size_t i;

	for (i = 0; i < 4; i++) {
		signal_when_done = numbers[i];
		ATF_CHECK_EQ(EX_SOFTWARE, child_run(done_and_signal).exit_code);
	}
}

static void
next_delivery(void)
{
	interrupt_start(LONG_S);
	interrupt_hold(INTERRUPT_HOLD_S);
	interrupt_done();
	interrupt_deadline(LONG_S);
	tell_check();
	(void)raise(SIGSEGV);
}

ATF_TC_WITHOUT_HEAD(deadline__next_delivery__crash_is_75_again);
ATF_TC_BODY(deadline__next_delivery__crash_is_75_again, tc)
{
	ATF_CHECK_EQ(EX_TEMPFAIL, child_run(next_delivery).exit_code);
}

static void
next_delivery_for_how_long(void)
{
	interrupt_start(LONG_S);
	interrupt_deadline(7);
	_exit(alarm(0) <= 7 ? 0 : EX_SOFTWARE);
}

static void
take_the_deadline_back(void)
{
	interrupt_start(7);
	interrupt_deadline(0);
	_exit((int)alarm(0));
}

ATF_TC_WITHOUT_HEAD(deadline__0__none);
ATF_TC_BODY(deadline__0__none, tc)
{
	ATF_CHECK_EQ(0, child_run(take_the_deadline_back).exit_code);
}

ATF_TC_WITHOUT_HEAD(deadline__set_anew__counts_from_now);
ATF_TC_BODY(deadline__set_anew__counts_from_now, tc)
{
	ATF_CHECK_EQ(0, child_run(next_delivery_for_how_long).exit_code);
}

static void
write_to_broken_pipe(void)
{
	int ends[2];

	if (pipe(ends) == -1 || close(ends[0]) == -1)
		_exit(EX_OSERR);
	interrupt_start(LONG_S);
	if (write(ends[1], "x", 1) != -1 || errno != EPIPE)
		_exit(EX_SOFTWARE);
	tell_check();
}

ATF_TC_WITHOUT_HEAD(blocked__broken_pipe__epipe);
ATF_TC_BODY(blocked__broken_pipe__epipe, tc)
{
	ATF_CHECK_EQ(0, child_run(write_to_broken_pipe).exit_code);
}

static void
write_beyond_limit(void)
{
	const struct rlimit limit = { 1, 1 };
	int fd = open("file", O_WRONLY | O_CREAT | O_APPEND, 0600);

	interrupt_start(LONG_S);
	if (fd == -1 || setrlimit(RLIMIT_FSIZE, &limit) == -1)
		_exit(EX_OSERR);
	if (write(fd, "x", 1) != 1 || write(fd, "y", 1) != -1 || errno != EFBIG)
		_exit(EX_SOFTWARE);
}

ATF_TC_WITHOUT_HEAD(blocked__file_size_limit__efbig);
ATF_TC_BODY(blocked__file_size_limit__efbig, tc)
{
	ATF_CHECK_EQ(0, child_run(write_beyond_limit).exit_code);
}

static void
user_signals(void)
{
	interrupt_start(LONG_S);
	(void)raise(SIGUSR1);
	(void)raise(SIGUSR2);
	(void)raise(SIGPROF);
	(void)raise(SIGTSTP);
	tell_check();
}

ATF_TC_WITHOUT_HEAD(blocked__other_signals__go_on);
ATF_TC_BODY(blocked__other_signals__go_on, tc)
{
	ATF_CHECK_EQ(0, child_run(user_signals).exit_code);
}

static void
inherit_ignored(void)
{
	(void)signal(SIGTERM, SIG_IGN);
	(void)signal(SIGALRM, SIG_IGN);
	stopping_signal = SIGTERM;
	stop_and_check();
}

ATF_TC_WITHOUT_HEAD(start__term_was_ignored__is_heard);
ATF_TC_BODY(start__term_was_ignored__is_heard, tc)
{
	ATF_CHECK_STREQ("signal", child_run(inherit_ignored).text);
}

static void
inherit_blocked(void)
{
	sigset_t all;

	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, NULL);
	stopping_signal = SIGTERM;
	stop_and_check();
}

ATF_TC_WITHOUT_HEAD(start__all_were_blocked__term_is_heard);
ATF_TC_BODY(start__all_were_blocked__term_is_heard, tc)
{
	ATF_CHECK_STREQ("signal", child_run(inherit_blocked).text);
}

/* ---- Who is asked before a commit --------------------------------------- */

static int asked_signal; /* comes while the question is being answered */
static bool is_refused;

/* "?" for the question, "-" for the word that nothing came of it. */
static bool
arbiter(bool is_begun)
{
	child_say(is_begun ? "?" : "-");
	if (is_begun && asked_signal != 0)
		(void)raise(asked_signal);
	return !is_refused;
}

static void
start_asking(void)
{
	interrupt_start(LONG_S);
	interrupt_cleanup(clean_up);
	interrupt_arbiter(arbiter);
}

/* The verdict goes where the arbiter's words went: "ok", or the step. */
static void
say_commit(void)
{
	struct failure why;

	child_say(interrupt_commit(&why) == VERDICT_OK ? "ok" : why.step);
}

static void
commit_unasked(void)
{
	interrupt_start(LONG_S);
	say_commit();
	(void)raise(SIGTERM);
	tell_check();
}

/* Without one, too, nothing but the first moment stops it. */
ATF_TC_WITHOUT_HEAD(commit__no_arbiter__ok);
ATF_TC_BODY(commit__no_arbiter__ok, tc)
{
	ATF_CHECK_STREQ("oksignal", child_run(commit_unasked).text);
}

static void
commit_and_stop(void)
{
	int i;

	start_asking();
	say_commit();
	(void)raise(SIGTERM);
	for (i = 0; i < 5; i++)
		(void)raise(SIGHUP);
}

ATF_TC_WITHOUT_HEAD(commit__agreed__signals_wait);
ATF_TC_BODY(commit__agreed__signals_wait, tc)
{
	struct ending ending;

	file_text("stage", "");
	ending = child_run(commit_and_stop);
	ATF_CHECK_EQ(0, ending.exit_code);
	ATF_CHECK_STREQ("?ok", ending.text);
	ATF_CHECK(file_exists("stage"));
}

static void
stop_and_commit(void)
{
	start_asking();
	(void)raise(stopping_signal);
	say_commit();
}

/* Who is asked, waits longer from then on: not for one that gives up. */
ATF_TC_WITHOUT_HEAD(commit__signal_before__not_asked);
ATF_TC_BODY(commit__signal_before__not_asked, tc)
{
	static const int numbers[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
	size_t i;

	for (i = 0; i < 4; i++) {
		stopping_signal = numbers[i];
		ATF_CHECK_STREQ("signal", child_run(stop_and_commit).text);
	}
	stopping_signal = SIGALRM;
	ATF_CHECK_STREQ("deadline", child_run(stop_and_commit).text);
}

static void
commit_without_watcher(void)
{
	int ends[2];

	start_asking();
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == -1)
		_exit(EX_OSERR);
	interrupt_watch(ends[0]);
	(void)close(ends[1]);
	say_commit();
}

ATF_TC_WITHOUT_HEAD(commit__watcher_gone__not_asked);
ATF_TC_BODY(commit__watcher_gone__not_asked, tc)
{
	ATF_CHECK_STREQ("abandoned", child_run(commit_without_watcher).text);
}

static void
commit_and_check(void)
{
	start_asking();
	say_commit();
	interrupt_release();
	tell_check();
}

/* Nothing is undone for it after the word was given; but it is not lost. */
ATF_TC_WITHOUT_HEAD(commit__signal_at_the_question__counts_afterwards);
ATF_TC_BODY(commit__signal_at_the_question__counts_afterwards, tc)
{
	asked_signal = SIGTERM;
	ATF_CHECK_STREQ("?ok-signal", child_run(commit_and_check).text);
	asked_signal = SIGALRM;
	ATF_CHECK_STREQ("?ok-deadline", child_run(commit_and_check).text);
}

/* The alarm that the signal had started comes during the commit. */
static void
commit_until_alarm(void)
{
	asked_signal = SIGALRM;
	start_asking();
	say_commit();
	(void)raise(SIGALRM);
	_exit(alarm(0) > INTERRUPT_HOLD_LEAST_S - 2 ? 0 : EX_SOFTWARE);
}

ATF_TC_WITHOUT_HEAD(commit__deadline_at_the_question__still_held);
ATF_TC_BODY(commit__deadline_at_the_question__still_held, tc)
{
	struct ending ending = child_run(commit_until_alarm);

	ATF_CHECK_EQ(0, ending.exit_code);
	ATF_CHECK_STREQ("?ok", ending.text);
}

/* As one that waits for an answer sees it: four signals, and no return. */
static bool
never_answer(bool is_begun)
{
	int i;

	(void)is_begun;
	(void)raise(SIGTERM);
	for (i = 0; i < 3; i++)
		(void)raise(SIGALRM);
	return true;
}

static void
commit_without_answer(void)
{
	start_asking();
	interrupt_arbiter(never_answer);
	say_commit();
}

ATF_TC_WITHOUT_HEAD(commit__never_answered__exit_75_and_cleaned_up);
ATF_TC_BODY(commit__never_answered__exit_75_and_cleaned_up, tc)
{
	struct ending ending;

	file_text("stage", "");
	ending = child_run(commit_without_answer);
	ATF_CHECK_EQ(EX_TEMPFAIL, ending.exit_code);
	ATF_CHECK_EQ(0, strncmp(ending.text, "4.", 2));
	ATF_CHECK(!file_exists("stage"));
}

static void
commit_refused(void)
{
	is_refused = true;
	start_asking();
	say_commit();
	interrupt_release();
	(void)raise(SIGTERM);
	tell_check();
}

/* Everything is as before, and nobody has to be told. */
ATF_TC_WITHOUT_HEAD(commit__refused__retry_at_abandoned_and_open);
ATF_TC_BODY(commit__refused__retry_at_abandoned_and_open, tc)
{
	ATF_CHECK_STREQ("?abandonedsignal", child_run(commit_refused).text);
}

static void
crash_refused(void)
{
	is_refused = true;
	start_asking();
	say_commit();
	(void)raise(SIGSEGV);
}

ATF_TC_WITHOUT_HEAD(commit__refused_then_crash__cleans_up);
ATF_TC_BODY(commit__refused_then_crash__cleans_up, tc)
{
	file_text("stage", "");
	ATF_CHECK_EQ(EX_TEMPFAIL, child_run(crash_refused).exit_code);
	ATF_CHECK(!file_exists("stage"));
}

static void
commit_twice(void)
{
	start_asking();
	say_commit();
	say_commit();
	interrupt_release();
	interrupt_release();
	say_commit();
}

ATF_TC_WITHOUT_HEAD(commit__twice__asked_and_released_once);
ATF_TC_BODY(commit__twice__asked_and_released_once, tc)
{
	ATF_CHECK_STREQ("?okok-?ok", child_run(commit_twice).text);
}

static void
commit_and_be_done(void)
{
	start_asking();
	say_commit();
	interrupt_done();
	(void)raise(SIGSEGV);
}

/* What is durable is never taken back. */
ATF_TC_WITHOUT_HEAD(commit__done__nothing_taken_back);
ATF_TC_BODY(commit__done__nothing_taken_back, tc)
{
	struct ending ending = child_run(commit_and_be_done);

	ATF_CHECK_EQ(0, ending.exit_code);
	ATF_CHECK_STREQ("?ok", ending.text);
}

static void
commit_after_arbiter(void)
{
	start_asking();
	say_commit();
	interrupt_arbiter(NULL);
	interrupt_release();
	say_commit();
}

ATF_TC_WITHOUT_HEAD(commit__arbiter_dismissed__nobody_told);
ATF_TC_BODY(commit__arbiter_dismissed__nobody_told, tc)
{
	ATF_CHECK_STREQ("?okok", child_run(commit_after_arbiter).text);
}

static void
release_unasked(void)
{
	start_asking();
	interrupt_release();
	interrupt_hold(INTERRUPT_HOLD_S);
	interrupt_release();
}

ATF_TC_WITHOUT_HEAD(release__nothing_asked__nobody_told);
ATF_TC_BODY(release__nothing_asked__nobody_told, tc)
{
	ATF_CHECK_STREQ("", child_run(release_unasked).text);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, check__nothing_came__ok);
	ATF_TP_ADD_TC(tp, check__stopping_signals__retry_at_signal);
	ATF_TP_ADD_TC(tp, check__alarm__retry_at_deadline);
	ATF_TP_ADD_TC(tp, check__signal_then_tick__first_one_counts);
	ATF_TP_ADD_TC(tp, check__both_steps__class_4);
	ATF_TP_ADD_TC(tp, deadline__over__read_is_cut_short);
	ATF_TP_ADD_TC(tp, deadline__no_check_follows__exit_75_with_class_4);
	ATF_TP_ADD_TC(tp, stop__third_tick__exit_75_with_class_4);
	ATF_TP_ADD_TC(tp, stop__third_tick__cleans_up);
	ATF_TP_ADD_TC(tp, stop__second_tick__goes_on);
	ATF_TP_ADD_TC(tp, stop__twenty_signals__no_tick_among_them);
	ATF_TP_ADD_TC(tp, crash__each_signal__exit_75_with_class_4);
	ATF_TP_ADD_TC(tp, crash__before_commit__cleans_up);
	ATF_TP_ADD_TC(tp, crash__abort__exit_75);
	ATF_TP_ADD_TC(tp, crash__stderr_closed__exit_75);
	ATF_TP_ADD_TC(tp, hold__stopping_signals__wait);
	ATF_TP_ADD_TC(tp, hold__time_is_over__exit_75_with_class_4);
	ATF_TP_ADD_TC(tp, hold__time_is_over__nothing_cleaned_up);
	ATF_TP_ADD_TC(tp, hold__crash__exit_75_and_witness_stays);
	ATF_TP_ADD_TC(tp, hold__short_deadline__becomes_900_s);
	ATF_TP_ADD_TC(tp, release__signal_came_meanwhile__counts_now);
	ATF_TP_ADD_TC(tp, done__alarm_or_crash__exit_0);
	ATF_TP_ADD_TC(tp, done__crash__nothing_cleaned_up);
	ATF_TP_ADD_TC(tp, done__stopping_signals__ignored);
	ATF_TP_ADD_TC(tp, deadline__next_delivery__crash_is_75_again);
	ATF_TP_ADD_TC(tp, deadline__0__none);
	ATF_TP_ADD_TC(tp, deadline__set_anew__counts_from_now);
	ATF_TP_ADD_TC(tp, blocked__broken_pipe__epipe);
	ATF_TP_ADD_TC(tp, blocked__file_size_limit__efbig);
	ATF_TP_ADD_TC(tp, blocked__other_signals__go_on);
	ATF_TP_ADD_TC(tp, start__term_was_ignored__is_heard);
	ATF_TP_ADD_TC(tp, start__all_were_blocked__term_is_heard);
	ATF_TP_ADD_TC(tp, commit__no_arbiter__ok);
	ATF_TP_ADD_TC(tp, commit__agreed__signals_wait);
	ATF_TP_ADD_TC(tp, commit__signal_before__not_asked);
	ATF_TP_ADD_TC(tp, commit__watcher_gone__not_asked);
	ATF_TP_ADD_TC(tp, commit__signal_at_the_question__counts_afterwards);
	ATF_TP_ADD_TC(tp, commit__deadline_at_the_question__still_held);
	ATF_TP_ADD_TC(tp, commit__never_answered__exit_75_and_cleaned_up);
	ATF_TP_ADD_TC(tp, commit__refused__retry_at_abandoned_and_open);
	ATF_TP_ADD_TC(tp, commit__refused_then_crash__cleans_up);
	ATF_TP_ADD_TC(tp, commit__twice__asked_and_released_once);
	ATF_TP_ADD_TC(tp, commit__done__nothing_taken_back);
	ATF_TP_ADD_TC(tp, commit__arbiter_dismissed__nobody_told);
	ATF_TP_ADD_TC(tp, release__nothing_asked__nobody_told);
	ATF_TP_ADD_TC(tp, crash__stack_overrun__exit_75_and_cleaned_up);
	return atf_no_error();
}
