/*
 * The one table that drives parsing, defaults, range checks and what mda -n
 * shows; mda.conf(5) lists the same rows, and a test compares the two. The
 * words of a choice stand in the order of its enum. Rows are sorted by name.
 */
#include "mda/settings.h"

#include <string.h>

#include "mda/setting_value.h"

#define MEMBER(name) offsetof(struct settings, name)

static const struct setting_rule rules[] = {
	{ "account", SETTING_CHOICE, MEMBER(account), "system",
	    "system fixed", 0, 0 },
	{ "account_settings", SETTING_TEXT, MEMBER(account_settings), "",
	    NULL, 0, 0 },
	{ "create", SETTING_CHOICE, MEMBER(create), "mailbox", "mailbox no",
	    0, 0 },
	{ "deadline", SETTING_SECONDS, MEMBER(deadline_s), "270s", NULL,
	    1, 900 },
	{ "delimiter", SETTING_TEXT, MEMBER(delimiter), "+", NULL, 0, 0 },
	{ "delivered_to", SETTING_CHOICE, MEMBER(delivered_to), "missing",
	    "missing always never", 0, 0 },
	{ "detail_folder", SETTING_CHOICE, MEMBER(detail_folder), "off",
	    "off if-exists create", 0, 0 },
	{ "dotlock_stale", SETTING_SECONDS, MEMBER(dotlock_stale_s), "5m",
	    NULL, 60, 86400 },
	{ "fixed_user", SETTING_TEXT, MEMBER(fixed_user), "", NULL, 0, 0 },
	{ "folder_sync", SETTING_CHOICE, MEMBER(folder_sync), "require",
	    "require if-supported", 0, 0 },
	{ "home_check", SETTING_CHOICE, MEMBER(home_check), "yes", "no yes",
	    0, 0 },
	{ "lmtp_recipient_limit", SETTING_BYTES, MEMBER(lmtp_recipient_limit),
	    "1000", NULL, 1, 1000 },
	{ "lmtp_reply_limit", SETTING_BYTES, MEMBER(lmtp_reply_limit_bytes),
	    "4000", NULL, 200, 4000 },
	{ "lmtp_timeout", SETTING_SECONDS, MEMBER(lmtp_timeout_s), "5m",
	    NULL, 1, 3600 },
	{ "lmtp_user", SETTING_TEXT, MEMBER(lmtp_user), "nobody", NULL, 0, 0 },
	{ "lock_timeout", SETTING_SECONDS, MEMBER(lock_timeout_s), "2m", NULL,
	    0, 600 },
	{ "locks", SETTING_SET, MEMBER(locks), "dotlock fcntl",
	    "dotlock fcntl flock", 0, 0 },
	{ "log", SETTING_CHOICE, MEMBER(log), "syslog", "syslog none", 0, 0 },
	{ "log_file", SETTING_TEXT, MEMBER(log_file), "", NULL, 0, 0 },
	{ "log_format", SETTING_CHOICE, MEMBER(log_format), "logfmt",
	    "logfmt json", 0, 0 },
	{ "lower_case", SETTING_CHOICE, MEMBER(lower_case), "no", "no yes",
	    0, 0 },
	{ "mailbox", SETTING_TEXT, MEMBER(mailbox), "maildir:%h/Maildir", NULL,
	    0, 0 },
	{ "mbox_format", SETTING_CHOICE, MEMBER(mbox_format), "mboxrd",
	    "mboxrd mboxo mboxcl2", 0, 0 },
	{ "mbox_journal", SETTING_CHOICE, MEMBER(mbox_journal), "auto",
	    "auto require off", 0, 0 },
	{ "mbox_on_fuse", SETTING_CHOICE, MEMBER(mbox_on_fuse), "no",
	    "no yes", 0, 0 },
	{ "message_size_limit", SETTING_BYTES,
	    MEMBER(message_size_limit_bytes), "0", NULL, 0,
	    1024LL * 1024 * 1024 * 1024 },
	{ "return_path", SETTING_CHOICE, MEMBER(return_path), "missing",
	    "missing always never", 0, 0 },
	{ "root_mail", SETTING_CHOICE, MEMBER(root_mail), "no", "no yes",
	    0, 0 },
	{ "sandbox", SETTING_CHOICE, MEMBER(sandbox), "on",
	    "on off require", 0, 0 },
	{ "sendmail_path", SETTING_TEXT, MEMBER(sendmail_path), "/usr/sbin/sendmail", NULL, 0,
	    0 },
	{ "share", SETTING_CHOICE, MEMBER(share), "no", "no yes", 0, 0 },
	{ "sieve", SETTING_TEXT, MEMBER(sieve), "%h/.mda.sieve", NULL, 0,
	    0 },
	{ "sieve_after", SETTING_TEXT, MEMBER(sieve_after), "", NULL, 0,
	    0 },
	{ "sieve_before", SETTING_TEXT, MEMBER(sieve_before), "", NULL, 0,
	    0 },
	{ "sieve_body_limit", SETTING_BYTES, MEMBER(sieve_body_limit_bytes),
	    "16M", NULL, 0, 256 * 1024 * 1024 },
	{ "sieve_cpu", SETTING_SECONDS, MEMBER(sieve_cpu_s), "1s", NULL, 1,
	    60 },
	{ "sieve_dir", SETTING_TEXT, MEMBER(sieve_dir), "%h/sieve", NULL, 0,
	    0 },
	{ "sieve_global", SETTING_TEXT, MEMBER(sieve_global), "", NULL, 0,
	    0 },
	{ "sieve_redirects", SETTING_BYTES, MEMBER(sieve_redirects), "4", NULL,
	    0, 32 },
	{ "sieve_spam_maximum", SETTING_TEXT, MEMBER(sieve_spam_maximum), "", NULL, 0,
	    0 },
	{ "sieve_spam_status", SETTING_TEXT, MEMBER(sieve_spam_status), "", NULL, 0,
	    0 },
	{ "sieve_spam_texts", SETTING_TEXT, MEMBER(sieve_spam_texts), "", NULL, 0,
	    0 },
	{ "sieve_spam_type", SETTING_CHOICE, MEMBER(sieve_spam_type), "none",
	    "none number length text", 0, 0 },
	{ "sieve_state", SETTING_TEXT, MEMBER(sieve_state), "%h/.local/state/mda", NULL, 0,
	    0 },
	{ "sieve_vacation_minimum", SETTING_SECONDS, MEMBER(sieve_vacation_minimum_s), "24h",
	    NULL, 0, 86400LL * 365 },
	{ "sieve_virus_maximum", SETTING_TEXT, MEMBER(sieve_virus_maximum), "", NULL, 0,
	    0 },
	{ "sieve_virus_status", SETTING_TEXT, MEMBER(sieve_virus_status), "", NULL, 0,
	    0 },
	{ "sieve_virus_texts", SETTING_TEXT, MEMBER(sieve_virus_texts), "", NULL, 0,
	    0 },
	{ "sieve_virus_type", SETTING_CHOICE, MEMBER(sieve_virus_type), "none",
	    "none number length text", 0, 0 },
	{ "spool_memory", SETTING_BYTES, MEMBER(spool_memory_bytes), "1M",
	    NULL, 4096, 1024LL * 1024 * 1024 },
	{ "sync_after_link", SETTING_CHOICE, MEMBER(sync_after_link), "auto",
	    "auto always never", 0, 0 },
};

enum { ROWS = sizeof(rules) / sizeof(rules[0]) };

const struct setting_rule *
settings_rule(size_t row)
{
	return row < ROWS ? &rules[row] : NULL;
}

void
settings_default(struct settings *settings)
{
	size_t row;

	settings->file = NULL;
	settings->is_file_read = false;
	settings->text_count = 0;
	for (row = 0; row < ROWS; row++) {
		(void)setting_value_set(settings, &rules[row],
		    rules[row].preset); /* a test sets each of them */
		settings->origins[row].source = FROM_DEFAULT;
		settings->origins[row].line = 0;
	}
}

void
settings_inherit(struct settings *settings, const struct settings *from)
{
	memcpy(settings, from, offsetof(struct settings, text_count));
	settings->text_count = 0;
}

/* A text that lies in from is to lie here. */
static void
move_text(struct settings *settings, const struct settings *from,
    const struct setting_rule *rule)
{
	const char **text = (void *)((char *)settings + rule->offset);
	size_t number;

	for (number = 0; number < from->text_count; number++)
		if (*text == from->texts[number])
			*text = settings->texts[number];
}

void
settings_copy(struct settings *settings, const struct settings *from)
{
	size_t row;

	settings_inherit(settings, from);
	settings->text_count = from->text_count;
	memcpy(settings->texts, from->texts,
	    from->text_count * sizeof(from->texts[0]));
	for (row = 0; row < ROWS; row++)
		if (rules[row].kind == SETTING_TEXT)
			move_text(settings, from, &rules[row]);
}

bool
settings_differ(const struct settings *one, const struct settings *other)
{
	return memcmp(one, other, offsetof(struct settings, text_count)) != 0;
}

void
settings_show(char *text, const struct settings *settings, size_t row)
{
	setting_value_show(text, settings, &rules[row]);
}
