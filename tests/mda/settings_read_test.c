#include "mda/settings.h"

#include <sys/stat.h>

#include <atf-c.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "message/trace.h"
#include "tests/support/files.h"
#include "tests/support/prng.h"
#include "tests/support/spans.h"

static struct settings settings;
static struct failure why;

static enum verdict
read_text(const char *text)
{
	file_text("mda.conf", text);
	settings_default(&settings);
	return settings_read(&settings, "mda.conf", true, &why);
}

static void
check_refused(const char *text, const char *step, const char *subject)
{
	ATF_CHECK_EQ_MSG(VERDICT_RETRY, read_text(text), "%s", text);
	ATF_CHECK_STREQ(step, why.step);
	ATF_CHECK_STREQ(subject, why.subject);
	ATF_CHECK_EQ(EX_TEMPFAIL, why.exit_code);
	ATF_CHECK_STREQ("4.3.5", why.dsn);
	ATF_CHECK(!settings.is_file_read);
}

static size_t
row_of(const char *name)
{
	const struct setting_rule *rule;
	size_t row;

	for (row = 0; (rule = settings_rule(row)) != NULL; row++)
		if (strcmp(rule->name, name) == 0)
			return row;
	atf_tc_fail("no setting %s", name);
	return 0;
}

/* ---- The table. ------------------------------------------------------- */

ATF_TC_WITHOUT_HEAD(table__rows__sorted_by_name);
ATF_TC_BODY(table__rows__sorted_by_name, tc)
{
	size_t row;

	for (row = 1; settings_rule(row) != NULL; row++)
		ATF_CHECK(strcmp(settings_rule(row - 1)->name,
			      settings_rule(row)->name) < 0);
	ATF_CHECK(row <= SETTINGS_MAX);
}

ATF_TC_WITHOUT_HEAD(default__all__come_from_nowhere);
ATF_TC_BODY(default__all__come_from_nowhere, tc)
{
	size_t row;

	memset(&settings, 0xff, sizeof(settings));
	settings_default(&settings);
	for (row = 0; settings_rule(row) != NULL; row++)
		ATF_CHECK_EQ(FROM_DEFAULT, settings.origins[row].source);
	ATF_CHECK(!settings.is_file_read);
}

ATF_TC_WITHOUT_HEAD(default__values__as_the_design_has_them);
ATF_TC_BODY(default__values__as_the_design_has_them, tc)
{
	settings_default(&settings);
	ATF_CHECK_EQ(CREATE_MAILBOX, settings.create);
	ATF_CHECK_EQ(270, settings.deadline_s);
	ATF_CHECK_STREQ("+", settings.delimiter);
	ATF_CHECK_EQ(TRACE_MISSING, settings.delivered_to);
	ATF_CHECK_EQ(DETAIL_OFF, settings.detail_folder);
	ATF_CHECK_EQ(SYNC_REQUIRE, settings.folder_sync);
	ATF_CHECK_EQ(LOG_TO_SYSLOG, settings.log);
	ATF_CHECK_STREQ("", settings.log_file);
	ATF_CHECK_STREQ("maildir:%h/Maildir", settings.mailbox);
	ATF_CHECK_EQ(TRACE_MISSING, settings.return_path);
	ATF_CHECK_EQ(1024 * 1024, settings.spool_memory_bytes);
}

/* ---- Lines. ----------------------------------------------------------- */

ATF_TC_WITHOUT_HEAD(read__a_line__sets_its_value);
ATF_TC_BODY(read__a_line__sets_its_value, tc)
{
	ATF_REQUIRE_EQ(VERDICT_OK, read_text("create = no\n"));
	ATF_CHECK_EQ(CREATE_NO, settings.create);
	ATF_CHECK(settings.is_file_read);
	ATF_CHECK_STREQ("mda.conf", settings.file);
}

ATF_TC_WITHOUT_HEAD(read__a_line__origin_is_its_number);
ATF_TC_BODY(read__a_line__origin_is_its_number, tc)
{
	ATF_REQUIRE_EQ(VERDICT_OK, read_text("# one\n\ncreate = no\n"));
	ATF_CHECK_EQ(FROM_FILE, settings.origins[row_of("create")].source);
	ATF_CHECK_EQ(3, settings.origins[row_of("create")].line);
	ATF_CHECK_EQ(FROM_DEFAULT, settings.origins[row_of("mailbox")].source);
}

ATF_TC_WITHOUT_HEAD(read__forms_of_a_line__all_understood);
ATF_TC_BODY(read__forms_of_a_line__all_understood, tc)
{
	static const char *const forms[] = { "create=no", "create=no\n",
		" \t create \t = \t no \t \n", "create = no\r\n",
		"create = mailbox\ncreate = no\n" };
	size_t i;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		ATF_CHECK_EQ_MSG(VERDICT_OK, read_text(forms[i]), "%s",
		    forms[i]);
		ATF_CHECK_EQ(CREATE_NO, settings.create);
	}
}

ATF_TC_WITHOUT_HEAD(read__equals_sign_in_value__belongs_to_it);
ATF_TC_BODY(read__equals_sign_in_value__belongs_to_it, tc)
{
	ATF_REQUIRE_EQ(VERDICT_OK, read_text("mailbox = /a=b # c\n"));
	ATF_CHECK_STREQ("/a=b # c", settings.mailbox);
}

ATF_TC_WITHOUT_HEAD(read__comments_and_empty_lines__nothing_set);
ATF_TC_BODY(read__comments_and_empty_lines__nothing_set, tc)
{
	ATF_CHECK_EQ(VERDICT_OK,
	    read_text("\n \t\n#\n # create = no\n#create = no\n"));
	ATF_CHECK_EQ(CREATE_MAILBOX, settings.create);
}

ATF_TC_WITHOUT_HEAD(read__empty_file__defaults);
ATF_TC_BODY(read__empty_file__defaults, tc)
{
	ATF_CHECK_EQ(VERDICT_OK, read_text(""));
	ATF_CHECK(settings.is_file_read);
	ATF_CHECK_EQ(CREATE_MAILBOX, settings.create);
}

ATF_TC_WITHOUT_HEAD(read__unknown_name__retry_with_file_and_line);
ATF_TC_BODY(read__unknown_name__retry_with_file_and_line, tc)
{
	check_refused("\ncrate = no\n", "setting-unknown", "mda.conf:2: crate");
	check_refused("Create = no\n", "setting-unknown", "mda.conf:1: Create");
}

ATF_TC_WITHOUT_HEAD(read__bad_value__retry_with_file_and_line);
ATF_TC_BODY(read__bad_value__retry_with_file_and_line, tc)
{
	check_refused("#\n#\ncreate = maybe\n", "setting-value",
	    "mda.conf:3: create = maybe");
	check_refused("deadline = 0\n", "setting-value",
	    "mda.conf:1: deadline = 0");
}

ATF_TC_WITHOUT_HEAD(read__no_assignment__retry_with_file_and_line);
ATF_TC_BODY(read__no_assignment__retry_with_file_and_line, tc)
{
	check_refused("create no\n", "settings-line", "mda.conf:1: create no");
	ATF_CHECK_EQ(VERDICT_RETRY, read_text("= no\n"));
	ATF_CHECK_STREQ("settings-line", why.step);
}

ATF_TC_WITHOUT_HEAD(read__nul_in_a_line__retry_at_settings_line);
ATF_TC_BODY(read__nul_in_a_line__retry_at_settings_line, tc)
{
	file_put("mda.conf", SPAN("create = no\0\n"));
	settings_default(&settings);
	ATF_CHECK_EQ(VERDICT_RETRY,
	    settings_read(&settings, "mda.conf", true, &why));
	ATF_CHECK_STREQ("settings-line", why.step);
}

ATF_TC_WITHOUT_HEAD(read__line_of_3000_bytes__retry_at_settings_line);
ATF_TC_BODY(read__line_of_3000_bytes__retry_at_settings_line, tc)
{
	char text[3001];

	memset(text, 'x', sizeof(text) - 1);
	memcpy(text, "mailbox = ", 10);
	text[sizeof(text) - 1] = '\0';
	ATF_CHECK_EQ(VERDICT_RETRY, read_text(text));
	ATF_CHECK_STREQ("settings-line", why.step);
}

ATF_TC_WITHOUT_HEAD(read__value_too_long__retry_at_setting_value);
ATF_TC_BODY(read__value_too_long__retry_at_setting_value, tc)
{
	char text[1500];

	memset(text, 'x', sizeof(text) - 1);
	memcpy(text, "mailbox = ", 10);
	text[sizeof(text) - 1] = '\0';
	ATF_CHECK_EQ(VERDICT_RETRY, read_text(text));
	ATF_CHECK_STREQ("setting-value", why.step);
}

/* ---- The file. -------------------------------------------------------- */

ATF_TC_WITHOUT_HEAD(file__missing_and_not_required__ok);
ATF_TC_BODY(file__missing_and_not_required__ok, tc)
{
	settings_default(&settings);
	ATF_CHECK_EQ(VERDICT_OK,
	    settings_read(&settings, "mda.conf", false, &why));
	ATF_CHECK(!settings.is_file_read);
}

ATF_TC_WITHOUT_HEAD(file__missing_and_required__retry_at_settings_open);
ATF_TC_BODY(file__missing_and_required__retry_at_settings_open, tc)
{
	settings_default(&settings);
	ATF_CHECK_EQ(VERDICT_RETRY,
	    settings_read(&settings, "mda.conf", true, &why));
	ATF_CHECK_STREQ("settings-open", why.step);
	ATF_CHECK_EQ(ENOENT, why.sys_errno);
	ATF_CHECK_STREQ("mda.conf", why.subject);
}

ATF_TC_WITHOUT_HEAD(file__path_through_a_file__retry_though_not_required);
ATF_TC_BODY(file__path_through_a_file__retry_though_not_required, tc)
{
	file_text("file", "");
	settings_default(&settings);
	ATF_CHECK_EQ(VERDICT_RETRY,
	    settings_read(&settings, "file/mda.conf", false, &why));
	ATF_CHECK_STREQ("settings-open", why.step);
}

static void
check_mode(mode_t mode, bool is_accepted)
{
	file_text("mda.conf", "create = no\n");
	ATF_REQUIRE_EQ(0, chmod("mda.conf", mode));
	settings_default(&settings);
	ATF_CHECK_EQ(is_accepted ? VERDICT_OK : VERDICT_RETRY,
	    settings_read(&settings, "mda.conf", true, &why));
	if (!is_accepted)
		ATF_CHECK_STREQ("settings-mode", why.step);
	ATF_CHECK_EQ(is_accepted ? CREATE_NO : CREATE_MAILBOX, settings.create);
}

ATF_TC_WITHOUT_HEAD(file__writable_by_others__retry_at_settings_mode);
ATF_TC_BODY(file__writable_by_others__retry_at_settings_mode, tc)
{
	check_mode(0620, false);
	check_mode(0602, false);
	check_mode(0666, false);
	check_mode(0644, true);
	check_mode(0600, true);
}

ATF_TC(file__of_another_user__retry_at_settings_owner);
ATF_TC_HEAD(file__of_another_user__retry_at_settings_owner, tc)
{
	atf_tc_set_md_var(tc, "require.user", "root");
}
ATF_TC_BODY(file__of_another_user__retry_at_settings_owner, tc)
{
	file_text("mda.conf", "create = no\n");
	ATF_REQUIRE_EQ(0, chown("mda.conf", 12345, (gid_t)-1));
	settings_default(&settings);
	ATF_CHECK_EQ(VERDICT_RETRY,
	    settings_read(&settings, "mda.conf", true, &why));
	ATF_CHECK_STREQ("settings-owner", why.step);
	ATF_CHECK_EQ(CREATE_MAILBOX, settings.create);
}

ATF_TC(file__of_root__accepted_by_a_user);
ATF_TC_HEAD(file__of_root__accepted_by_a_user, tc)
{
	atf_tc_set_md_var(tc, "require.user", "unprivileged");
}
ATF_TC_BODY(file__of_root__accepted_by_a_user, tc)
{
	struct stat st;

	/* A file that every system has, root's and without assignments. */
	if (stat("/etc/passwd", &st) == -1 || st.st_uid != 0)
		atf_tc_skip("/etc/passwd does not belong to root here");
	settings_default(&settings);
	ATF_CHECK_EQ(VERDICT_RETRY,
	    settings_read(&settings, "/etc/passwd", true, &why));
	ATF_CHECK_STREQ("settings-line", why.step);
}

ATF_TC_WITHOUT_HEAD(file__folder_or_fifo__retry_at_settings_kind);
ATF_TC_BODY(file__folder_or_fifo__retry_at_settings_kind, tc)
{
	ATF_REQUIRE_EQ(0, mkdir("folder", 0700));
	ATF_REQUIRE_EQ(0, mkfifo("fifo", 0600));
	settings_default(&settings);
	ATF_CHECK_EQ(VERDICT_RETRY,
	    settings_read(&settings, "folder", true, &why));
	ATF_CHECK_STREQ("settings-kind", why.step);
	ATF_CHECK_EQ(VERDICT_RETRY,
	    settings_read(&settings, "fifo", true, &why));
	ATF_CHECK_STREQ("settings-kind", why.step);
}

static enum verdict
read_of_size(size_t size_bytes)
{
	static char text[SETTINGS_FILE_MAX + 2];

	memset(text, '\n', sizeof(text));
	text[size_bytes] = '\0';
	return read_text(text);
}

ATF_TC_WITHOUT_HEAD(file__64_kib__accepted);
ATF_TC_BODY(file__64_kib__accepted, tc)
{
	ATF_CHECK_EQ(VERDICT_OK, read_of_size(SETTINGS_FILE_MAX));
}

ATF_TC_WITHOUT_HEAD(file__larger_than_64_kib__retry_at_settings_size);
ATF_TC_BODY(file__larger_than_64_kib__retry_at_settings_size, tc)
{
	ATF_CHECK_EQ(VERDICT_RETRY, read_of_size(SETTINGS_FILE_MAX + 1));
	ATF_CHECK_STREQ("settings-size", why.step);
}

/* ---- -o --------------------------------------------------------------- */

ATF_TC_WITHOUT_HEAD(override__assignment__on_top_of_the_file);
ATF_TC_BODY(override__assignment__on_top_of_the_file, tc)
{
	ATF_REQUIRE_EQ(VERDICT_OK, read_text("create = mailbox\n"));
	ATF_REQUIRE_EQ(VERDICT_OK,
	    settings_override(&settings, "create=no", &why));
	ATF_CHECK_EQ(CREATE_NO, settings.create);
	ATF_CHECK_EQ(FROM_OPTION, settings.origins[row_of("create")].source);
}

ATF_TC_WITHOUT_HEAD(override__mistakes__retry_with_the_option);
ATF_TC_BODY(override__mistakes__retry_with_the_option, tc)
{
	settings_default(&settings);
	ATF_CHECK_EQ(VERDICT_RETRY,
	    settings_override(&settings, "crate=no", &why));
	ATF_CHECK_STREQ("setting-unknown", why.step);
	ATF_CHECK_STREQ("-o: crate", why.subject);
	ATF_CHECK_EQ(VERDICT_RETRY,
	    settings_override(&settings, "create=x", &why));
	ATF_CHECK_STREQ("setting-value", why.step);
	ATF_CHECK_STREQ("-o: create = x", why.subject);
	ATF_CHECK_EQ(VERDICT_RETRY,
	    settings_override(&settings, "create", &why));
	ATF_CHECK_STREQ("settings-line", why.step);
}

ATF_TC_WITHOUT_HEAD(show__each_row__can_be_set_again);
ATF_TC_BODY(show__each_row__can_be_set_again, tc)
{
	char text[SETTING_VALUE_MAX];
	char assignment[2 * SETTING_VALUE_MAX];
	size_t row;

	settings_default(&settings);
	for (row = 0; settings_rule(row) != NULL; row++) {
		settings_show(text, &settings, row);
		(void)snprintf(assignment, sizeof(assignment), "%s=%s",
		    settings_rule(row)->name, text);
		ATF_CHECK_EQ(VERDICT_OK,
		    settings_override(&settings, assignment, &why));
	}
}

/* ---- Any lines. ------------------------------------------------------- */

/* Does each accepted assignment name a row of the table? */
static bool
names_are_known(const char *text)
{
	struct span rest = span_of(text);
	char name[300];

	while (rest.size_bytes > 0) {
		struct span line = span_trim(span_line(&rest));
		size_t length = 0;
		size_t row = 0;

		if (line.size_bytes == 0 || line.at[0] == '#')
			continue;
		while (length < line.size_bytes && line.at[length] != '=')
			length++;
		if (length == line.size_bytes || length >= sizeof(name))
			return false;
		line.size_bytes = length;
		line = span_trim(line);
		memcpy(name, line.at, line.size_bytes);
		name[line.size_bytes] = '\0';
		while (settings_rule(row) != NULL &&
		    strcmp(settings_rule(row)->name, name) != 0)
			row++;
		if (settings_rule(row) == NULL)
			return false;
	}
	return true;
}

ATF_TC_WITHOUT_HEAD(read__any_lines__no_unknown_name_accepted);
ATF_TC_BODY(read__any_lines__no_unknown_name_accepted, tc)
{
	static const char *const words[] = { "create", "no", " = ", "=", "\n",
		"\n", "#", "deadline = 5m\n", "mailbox=/x\n", "creat", "\r\n",
		"\t", "log = none\n" };
	unsigned int accepted = 0;
	char text[120];
	unsigned int seed;
	size_t i;

	for (seed = 0; seed < 8000; seed++) {
		struct prng prng = prng_start(seed);
		size_t length =
		    prng_words(&prng, text, sizeof(text) - 1, words, 13);

		for (i = 0; i < length; i++)
			if (text[i] == '\0')
				text[i] = '0';
		text[length] = '\0';
		if (read_text(text) != VERDICT_OK)
			continue;
		accepted++;
		ATF_REQUIRE_MSG(names_are_known(text), "seed %u: %s", seed,
		    text);
	}
	ATF_CHECK(accepted > 100);
}

ATF_TC_WITHOUT_HEAD(override__any_text__as_the_file_would);
ATF_TC_BODY(override__any_text__as_the_file_would, tc)
{
	static const char *const words[] = { "create", "no", " = ", "=", "#",
		"deadline", "5m", "mailbox", "\t", "always", "return_path" };
	char text[60];
	unsigned int seed;
	size_t i;

	for (seed = 0; seed < 5000; seed++) {
		struct prng prng = prng_start(seed);
		size_t length =
		    prng_words(&prng, text, sizeof(text) - 1, words, 11);
		enum verdict from_file;

		for (i = 0; i < length; i++)
			if (text[i] == '\0' || text[i] == '\n')
				text[i] = '0';
		text[length] = '\0';
		from_file = read_text(text);
		settings_default(&settings);
		ATF_REQUIRE_EQ_MSG(from_file,
		    settings_override(&settings, text, &why), "seed %u: %s",
		    seed, text);
	}
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, table__rows__sorted_by_name);
	ATF_TP_ADD_TC(tp, default__all__come_from_nowhere);
	ATF_TP_ADD_TC(tp, default__values__as_the_design_has_them);
	ATF_TP_ADD_TC(tp, read__a_line__sets_its_value);
	ATF_TP_ADD_TC(tp, read__a_line__origin_is_its_number);
	ATF_TP_ADD_TC(tp, read__forms_of_a_line__all_understood);
	ATF_TP_ADD_TC(tp, read__equals_sign_in_value__belongs_to_it);
	ATF_TP_ADD_TC(tp, read__comments_and_empty_lines__nothing_set);
	ATF_TP_ADD_TC(tp, read__empty_file__defaults);
	ATF_TP_ADD_TC(tp, read__unknown_name__retry_with_file_and_line);
	ATF_TP_ADD_TC(tp, read__bad_value__retry_with_file_and_line);
	ATF_TP_ADD_TC(tp, read__no_assignment__retry_with_file_and_line);
	ATF_TP_ADD_TC(tp, read__nul_in_a_line__retry_at_settings_line);
	ATF_TP_ADD_TC(tp, read__line_of_3000_bytes__retry_at_settings_line);
	ATF_TP_ADD_TC(tp, read__value_too_long__retry_at_setting_value);
	ATF_TP_ADD_TC(tp, file__missing_and_not_required__ok);
	ATF_TP_ADD_TC(tp, file__missing_and_required__retry_at_settings_open);
	ATF_TP_ADD_TC(tp, file__path_through_a_file__retry_though_not_required);
	ATF_TP_ADD_TC(tp, file__writable_by_others__retry_at_settings_mode);
	ATF_TP_ADD_TC(tp, file__of_another_user__retry_at_settings_owner);
	ATF_TP_ADD_TC(tp, file__of_root__accepted_by_a_user);
	ATF_TP_ADD_TC(tp, file__folder_or_fifo__retry_at_settings_kind);
	ATF_TP_ADD_TC(tp, file__64_kib__accepted);
	ATF_TP_ADD_TC(tp, file__larger_than_64_kib__retry_at_settings_size);
	ATF_TP_ADD_TC(tp, override__assignment__on_top_of_the_file);
	ATF_TP_ADD_TC(tp, override__mistakes__retry_with_the_option);
	ATF_TP_ADD_TC(tp, show__each_row__can_be_set_again);
	ATF_TP_ADD_TC(tp, read__any_lines__no_unknown_name_accepted);
	ATF_TP_ADD_TC(tp, override__any_text__as_the_file_would);
	return atf_no_error();
}
