#include "mda/report.h"

#include <atf-c.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/child.h"
#include "tests/support/files.h"

enum { STEPS_MAX = 200, STEP_BYTES = 40 };

static const char *
sentence_of(const char *step, int sys_errno, const char *subject)
{
	static char text[1024];
	struct failure why;

	ATF_REQUIRE_EQ(0, setenv("LC_ALL", "C", 1));
	(void)failure_retry(&why, step, "4.3.0", subject);
	why.sys_errno = sys_errno;
	report_sentence(text, sizeof(text), &why);
	return text;
}

ATF_TC_WITHOUT_HEAD(sentence__known_step__names_thing_and_reason);
ATF_TC_BODY(sentence__known_step__names_thing_and_reason, tc)
{
	const char *text = sentence_of("fsync", EIO, "/home/al/Maildir");

	ATF_CHECK(strstr(text, "/home/al/Maildir") != NULL);
	ATF_CHECK(strstr(text, strerror(EIO)) != NULL);
}

ATF_TC_WITHOUT_HEAD(sentence__enospc__at_any_step_the_disk);
ATF_TC_BODY(sentence__enospc__at_any_step_the_disk, tc)
{
	char text[1024];

	(void)snprintf(text, sizeof(text), "%s",
	    sentence_of("write", ENOSPC, "/home/al/Maildir"));
	ATF_CHECK(strstr(text, "disk is full") != NULL);
	ATF_CHECK(strstr(text, "/home/al/Maildir") != NULL);
	ATF_CHECK_STREQ(text, sentence_of("mkdir", ENOSPC, "/home/al/Maildir"));
}

ATF_TC_WITHOUT_HEAD(sentence__edquot__at_any_step_the_quota);
ATF_TC_BODY(sentence__edquot__at_any_step_the_quota, tc)
{
	ATF_CHECK(strstr(sentence_of("close", EDQUOT, "box"), "quota") != NULL);
}

ATF_TC_WITHOUT_HEAD(sentence__errno_with_words_of_its_own__those);
ATF_TC_BODY(sentence__errno_with_words_of_its_own__those, tc)
{
	ATF_CHECK(strstr(sentence_of("open-dir", EACCES, "box"),
		      "permission") != NULL);
	ATF_CHECK(strstr(sentence_of("open-dir", ELOOP, "box"),
		      "symbolic link") != NULL);
}

ATF_TC_WITHOUT_HEAD(sentence__unknown_step__subject_and_reason);
ATF_TC_BODY(sentence__unknown_step__subject_and_reason, tc)
{
	char wanted[256];

	(void)snprintf(wanted, sizeof(wanted), "box: %s", strerror(EIO));
	ATF_CHECK_STREQ(wanted, sentence_of("no-such-step", EIO, "box"));
}

ATF_TC_WITHOUT_HEAD(sentence__control_bytes_in_subject__question_marks);
ATF_TC_BODY(sentence__control_bytes_in_subject__question_marks, tc)
{
	const char *text = sentence_of("write", EIO, "a\033[2J\nb\r\177c");

	ATF_CHECK_MSG(strstr(text, "a?[2J?b??c") != NULL, "%s", text);
}

ATF_TC_WITHOUT_HEAD(sentence__percent_signs_in_subject__shown);
ATF_TC_BODY(sentence__percent_signs_in_subject__shown, tc)
{
	const char *text = sentence_of("write", EIO, "100%s%n%1$s");

	ATF_CHECK_MSG(strstr(text, "100%s%n%1$s") != NULL, "%s", text);
}

ATF_TC_WITHOUT_HEAD(sentence__little_room__cut);
ATF_TC_BODY(sentence__little_room__cut, tc)
{
	struct failure why;
	char text[20];

	memset(text, 'x', sizeof(text));
	errno = EIO;
	(void)failure_errno(&why, "write", "/home/al/Maildir");
	report_sentence(text, 10, &why);
	ATF_CHECK_EQ(9, strlen(text));
	ATF_CHECK_EQ('x', text[10]);
}

static void
report_full_disk(void)
{
	struct failure why;

	errno = ENOSPC;
	(void)failure_errno(&why, "write", "box\nForged: line");
	report_failure(&why);
}

ATF_TC_WITHOUT_HEAD(failure__printed__code_first_and_one_line);
ATF_TC_BODY(failure__printed__code_first_and_one_line, tc)
{
	struct ending ending = child_run(report_full_disk);
	const char *end = strchr(ending.text, '\n');

	ATF_CHECK_EQ(0, strncmp(ending.text, "4.3.1 ", 6));
	ATF_REQUIRE(end != NULL);
	ATF_CHECK_STREQ("\n", end);
}

ATF_TC_WITHOUT_HEAD(has_step__known_and_unknown__told_apart);
ATF_TC_BODY(has_step__known_and_unknown__told_apart, tc)
{
	ATF_CHECK(report_has_step("fsync-dir"));
	ATF_CHECK(!report_has_step("fsync-di"));
	ATF_CHECK(!report_has_step(""));
}

/* ---- The steps that stand in the sources. ----------------------------- */

static char steps[STEPS_MAX][STEP_BYTES];
static size_t step_count;

static void
note_step(const char *step, size_t length)
{
	size_t i;

	ATF_REQUIRE(length > 0 && length < STEP_BYTES);
	for (i = 0; i < step_count; i++)
		if (strlen(steps[i]) == length &&
		    memcmp(steps[i], step, length) == 0)
			return;
	ATF_REQUIRE(step_count < STEPS_MAX);
	memcpy(steps[step_count], step, length);
	steps[step_count++][length] = '\0';
}

/* name(first, "STEP", ...: the second argument, when it is a string. */
static void
find_calls(const char *text, const char *name)
{
	const char *at = text;

	while ((at = strstr(at, name)) != NULL) {
		at += strlen(name);
		if (at[strspn(at, " ")] != '(')
			continue;
		at += strcspn(at, ",;{");
		if (*at != ',')
			continue;
		at++;
		at += strspn(at, " \t\n");
		if (*at == '"')
			note_step(at + 1, strcspn(at + 1, "\""));
	}
}

static void
read_source(const char *path)
{
	static const char *const names[] = { "failure_errno", "failure_retry",
		"failure_refuse", "name_missing", "fail_at" };
	struct span text = file_get(path);
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		find_calls(text.at, names[i]);
	free((void *)text.at);
}

static void
read_folder(const char *srcdir, const char *folder)
{
	struct dirent *entry;
	char path[1024];
	size_t length;
	DIR *stream;

	(void)snprintf(path, sizeof(path), "%s/%s", srcdir, folder);
	stream = opendir(path);
	if (stream == NULL)
		return;
	while ((entry = readdir(stream)) != NULL) {
		length = strlen(entry->d_name);
		if (length < 2 || strcmp(entry->d_name + length - 2, ".c") != 0)
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s/%s", srcdir, folder,
		    entry->d_name);
		read_source(path);
	}
	(void)closedir(stream);
}

static void
find_steps(void)
{
	static const char *const folders[] = { "base", "durable", "message",
		"account", "maildir", "mbox", "mime", "sieve", "filter", "lmtp",
		"mda" };
	const char *srcdir = getenv("SRCDIR");
	size_t i;

	if (srcdir == NULL)
		atf_tc_skip("SRCDIR does not lead to the sources");
	for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		read_folder(srcdir, folders[i]);
	ATF_REQUIRE(step_count > 40); /* else they are not found */
}

ATF_TC_WITHOUT_HEAD(steps__in_the_sources__each_has_a_sentence);
ATF_TC_BODY(steps__in_the_sources__each_has_a_sentence, tc)
{
	size_t i;

	find_steps();
	for (i = 0; i < step_count; i++)
		ATF_CHECK_MSG(report_has_step(steps[i]),
		    "the step \"%s\" has no sentence", steps[i]);
}

ATF_TC_WITHOUT_HEAD(steps__in_the_sources__sentences_without_control_bytes);
ATF_TC_BODY(steps__in_the_sources__sentences_without_control_bytes, tc)
{
	static const int errors[] = { 0, EIO, EACCES, ELOOP, ENOTDIR, EISDIR,
		ENOSPC, EDQUOT, 9999 };
	const char *text;
	size_t i;
	size_t k;

	find_steps();
	for (i = 0; i < step_count; i++)
		for (k = 0; k < sizeof(errors) / sizeof(errors[0]); k++) {
			text = sentence_of(steps[i], errors[k], "box");
			ATF_CHECK_MSG(strlen(text) > strlen("box: "), "%s: %s",
			    steps[i], text);
			ATF_CHECK_MSG(strchr(text, '?') == NULL, "%s: %s",
			    steps[i], text);
			ATF_CHECK_MSG(strstr(text, "(null)") == NULL, "%s: %s",
			    steps[i], text);
		}
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, sentence__known_step__names_thing_and_reason);
	ATF_TP_ADD_TC(tp, sentence__enospc__at_any_step_the_disk);
	ATF_TP_ADD_TC(tp, sentence__edquot__at_any_step_the_quota);
	ATF_TP_ADD_TC(tp, sentence__errno_with_words_of_its_own__those);
	ATF_TP_ADD_TC(tp, sentence__unknown_step__subject_and_reason);
	ATF_TP_ADD_TC(tp, sentence__control_bytes_in_subject__question_marks);
	ATF_TP_ADD_TC(tp, sentence__percent_signs_in_subject__shown);
	ATF_TP_ADD_TC(tp, sentence__little_room__cut);
	ATF_TP_ADD_TC(tp, failure__printed__code_first_and_one_line);
	ATF_TP_ADD_TC(tp, has_step__known_and_unknown__told_apart);
	ATF_TP_ADD_TC(tp, steps__in_the_sources__each_has_a_sentence);
	ATF_TP_ADD_TC(tp,
	    steps__in_the_sources__sentences_without_control_bytes);
	return atf_no_error();
}
