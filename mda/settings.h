/*
 * settings.h - what an administrator can set, from one table.
 */
#ifndef MDA_SETTINGS_H
#define MDA_SETTINGS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/failure.h"

enum create_rule { CREATE_MAILBOX, CREATE_NO };
enum detail_rule { DETAIL_OFF, DETAIL_IF_EXISTS, DETAIL_CREATE };
enum log_target { LOG_TO_SYSLOG, LOG_TO_NONE };
enum log_form { LOG_AS_LOGFMT, LOG_AS_JSON };
enum account_rule { ACCOUNT_SYSTEM, ACCOUNT_FIXED };
enum answer_rule { ANSWER_NO, ANSWER_YES };
enum score_rule { SCORE_NONE, SCORE_NUMBER, SCORE_LENGTH, SCORE_TEXT };
enum sync_rule { SYNC_REQUIRE, SYNC_IF_SUPPORTED };

enum {
	SETTINGS_MAX = 80,   /* rows of the table, at most */
	SETTINGS_TEXTS = 24, /* rows with a text, at most */
	SETTING_VALUE_MAX = 1024,
	SETTINGS_FILE_MAX = 64 * 1024
};

enum setting_source { FROM_DEFAULT, FROM_FILE, FROM_OPTION };

struct setting_origin {
	enum setting_source source;
	const char *file;  /* borrowed: FROM_FILE */
	unsigned int line; /* in the file */
};

/* A text is its default, or lies in texts: memory that is touched when used. */
struct settings {
	int account;		      /* enum account_rule */
	const char *account_settings; /* template, or empty */
	int create;		      /* enum create_rule */
	long long deadline_s;
	const char *delimiter;
	int delivered_to;  /* enum trace_rule */
	int detail_folder; /* enum detail_rule */
	long long dotlock_stale_s;
	const char *fixed_user; /* empty: who runs us */
	int folder_sync;	/* enum sync_rule */
	int home_check;		/* enum answer_rule */
	long long lock_timeout_s;
	long long lmtp_recipient_limit;
	long long lmtp_reply_limit_bytes;
	long long lmtp_timeout_s;
	const char *lmtp_user;
	int locks;	      /* enum mbox_lock, or-ed */
	int log;	      /* enum log_target */
	const char *log_file; /* empty for none */
	int log_format;	      /* enum log_form */
	int lower_case;	      /* enum answer_rule */
	const char *mailbox;
	int mbox_format;		    /* enum mbox_format */
	int mbox_journal;		    /* enum mbox_journal_rule */
	int mbox_on_fuse;		    /* enum answer_rule */
	long long message_size_limit_bytes; /* 0 for none */
	int return_path;		    /* enum trace_rule */
	int root_mail;			    /* enum answer_rule */
	int sandbox;			    /* enum sandbox_rule */
	const char *sendmail_path;
	int share;		  /* enum answer_rule */
	const char *sieve;	  /* template, or empty */
	const char *sieve_after;  /* template, or empty */
	const char *sieve_before; /* template, or empty */
	long long sieve_body_limit_bytes;
	long long sieve_cpu_s;
	const char *sieve_dir;	  /* template, or empty */
	const char *sieve_global; /* template, or empty */
	long long sieve_redirects;
	const char *sieve_spam_maximum;
	const char *sieve_spam_status;
	const char *sieve_spam_texts;
	int sieve_spam_type;	 /* enum score_rule */
	const char *sieve_state; /* template, or empty */
	long long sieve_vacation_minimum_s;
	const char *sieve_virus_maximum;
	const char *sieve_virus_status;
	const char *sieve_virus_texts;
	int sieve_virus_type; /* enum score_rule */
	long long spool_memory_bytes;
	int sync_after_link; /* enum after_link */

	const char *file; /* borrowed: where they were read from */
	bool is_file_read;
	struct setting_origin origins[SETTINGS_MAX]; /* by row */
	size_t text_count;
	char texts[SETTINGS_TEXTS][SETTING_VALUE_MAX];
};

enum setting_kind {
	SETTING_TEXT,	/* any, of limited length */
	SETTING_CHOICE, /* one word of a list */
	SETTING_SET,	/* one word or more of a list */
	SETTING_BYTES,	/* number, with K, M or G behind it */
	SETTING_SECONDS /* number, with s, m or h behind it */
};

/* A row of the table. */
struct setting_rule {
	const char *name;
	enum setting_kind kind;
	size_t offset;	     /* of its member in struct settings */
	const char *preset;  /* the default, as it would be written */
	const char *choices; /* words, in the order of enum or bits */
	long long least;     /* numbers */
	long long most;
};

/*
 * settings_rule - a row of the table, in the order of the names.
 *
 * Gives   NULL behind the last row.
 */
const struct setting_rule *settings_rule(size_t row);

/*
 * settings_default - set every member to its default.
 */
void settings_default(struct settings *settings);

/*
 * settings_inherit - start from the settings of somebody else.
 *
 * Takes   from, borrowed for the life of the settings: its texts are not
 *         copied.
 */
void settings_inherit(struct settings *settings, const struct settings *from);

/*
 * settings_copy - the same settings, in a place of their own.
 *
 * Takes   from: its texts are copied; what it borrows stays borrowed.
 * Gives   only as much memory is touched as there are texts.
 */
void settings_copy(struct settings *settings, const struct settings *from);

/*
 * settings_differ - does one say anything that the other does not?
 *
 * Takes   one that began as settings_inherit() of the other.
 */
bool settings_differ(const struct settings *one, const struct settings *other);

/*
 * settings_read - read a file of name = value lines.
 *
 * Takes   path, borrowed for the life of the settings; is_required, whether
 *         a missing file is an error. The file must belong to root or to the
 *         caller and must not be writable by anyone else.
 * Gives   settings->file and is_file_read tell of this file.
 * Fails   VERDICT_RETRY at "settings-open", "settings-owner",
 *         "settings-mode", "settings-kind", "settings-size",
 *         "settings-line", "setting-unknown" or "setting-value"; the subject
 *         names file and line.
 */
enum verdict settings_read(struct settings *settings, const char *path,
    bool is_required, struct failure *why);

/*
 * settings_read_account - read the file of one account, which may be missing.
 *
 * Takes   path, as for settings_read(). Root reads it for whoever gets mail,
 *         who must not turn root to another file: so for root each folder on
 *         its way belongs to root and can be written by root alone.
 * Fails   as settings_read(), and VERDICT_RETRY at "settings-way". What is in
 *         a file that is not read is never told.
 */
enum verdict settings_read_account(struct settings *settings, const char *path,
    struct failure *why);

/*
 * settings_override - apply one name=value from the command line.
 *
 * Fails   as settings_read(), with "-o" for the file.
 */
enum verdict settings_override(struct settings *settings,
    const char *assignment, struct failure *why);

/*
 * settings_show - a value as it would be written in the file.
 *
 * Takes   text, SETTING_VALUE_MAX large.
 */
void settings_show(char *text, const struct settings *settings, size_t row);

#endif
