#include "mda/report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/span.h"
#include "mda/nls.h"
#include "mda/printable.h"

/*
 * In each sentence %1$s is the subject and %2$s the system's own word for
 * the error. The first row that fits is taken.
 */
struct sentence {
	const char *step; /* NULL fits every step */
	int sys_errno;	  /* 0 fits every error */
	const char *text;
};

static const struct sentence sentences[] = {
	{ NULL, ENOSPC,
	    N_("the disk is full, at %1$s: free some space there") },
	{ NULL, EDQUOT,
	    N_("the disk quota is used up, at %1$s: delete some mail or raise "
	       "it") },
	{ "abandoned", 0,
	    N_("nobody waits for the outcome any more: the %1$s has gone") },
	{ "append-moved", 0,
	    N_("another host wrote to %1$s without the lock: use the same "
	       "locks on all hosts") },
	{ "child-died", 0,
	    N_("the process that delivered died (%1$s); please report this") },
	{ "child-hung", 0,
	    N_("the process that delivered for %1$s did not end in time and "
	       "was killed: its disk does not answer") },
	{ "close", 0, N_("closing the file failed in %1$s: %2$s") },
	{ "deadline", 0,
	    N_("the delivery took longer than the deadline allows: the sender "
	       "or the mailbox is too slow") },
	{ "dotlock", 0,
	    N_("cannot make the lock file %1$s: %2$s; give this user the right "
	       "to, or take dotlock out of the setting locks") },
	{ "dup", 0, N_("too many open files, at %1$s: %2$s") },
	{ "fcntl-lock", 0, N_("cannot lock %1$s with fcntl: %2$s") },
	{ "fixed-user", 0,
	    N_("the setting fixed_user names %1$s, whom the user database does "
	       "not know") },
	{ "flock", 0, N_("cannot lock %1$s with flock: %2$s") },
	{ "folder-missing", 0,
	    N_("the folder %1$s does not exist: create it, or set create = "
	       "mailbox") },
	{ "folder-name", 0,
	    N_("\"%1$s\" cannot be the name of a folder: \"/\", control "
	       "characters and dots at the ends are not allowed") },
	{ "fork", 0, N_("cannot start a process for %1$s: %2$s") },
	{ "fstat", 0, N_("cannot examine %1$s: %2$s") },
	{ "fsync", 0,
	    N_("writing to stable storage failed in %1$s: %2$s; check the "
	       "disk") },
	{ "fsync-dir", 0,
	    N_("writing the folder %1$s to stable storage failed: %2$s; check "
	       "the disk") },
	{ "fsync-dir-unsupported", 0,
	    N_("the file system of %1$s cannot make a folder durable: move the "
	       "mailbox, or set folder_sync = if-supported") },
	{ "ftruncate", 0,
	    N_("cannot cut %1$s back to its old size: %2$s") },
	{ "getpwnam", 0, N_("cannot ask the user database for %1$s: %2$s") },
	{ "getpwuid", 0,
	    N_("cannot ask the %1$s who runs this program: %2$s") },
	{ "home-missing", 0,
	    N_("the home folder %1$s: %2$s; create it, or mount its file "
	       "system") },
	{ "home-mode", 0,
	    N_("others may write the home folder %1$s: chmod go-w it, or set "
	       "home_check = no") },
	{ "home-owner", 0,
	    N_("the home folder %1$s belongs to another user: chown it, or set "
	       "home_check = no") },
	{ "home-long", 0, N_("the home folder's path is too long: %1$s") },
	{ "home-unknown", 0,
	    N_("the account has no home folder or name, which %1$s needs: name "
	       "the mailbox with -m") },
	{ "initgroups", 0, N_("cannot take on the groups of %1$s: %2$s") },
	{ "journal", 0,
	    N_("cannot write the journal %1$s: %2$s; see mbox_journal in "
	       "mda.conf(5)") },
	{ "link", 0, N_("cannot give the message its name in %1$s: %2$s") },
	{ "lmtp-user", 0,
	    N_("the setting lmtp_user names %1$s: it must be an account, and "
	       "not root's") },
	{ "lock-timeout", 0,
	    N_("%1$s stayed locked by another program for too long: see who "
	       "holds it, or remove a stale lock file") },
	{ "lseek", 0, N_("cannot find the end of %1$s: %2$s") },
	{ "mailbox-empty", 0, N_("no mailbox is named in \"%1$s\"") },
	{ "mailbox-folder", 0,
	    N_("the folder %1$s needs a Maildir: the mailbox set is none") },
	{ "mailbox-relative", 0,
	    N_("the setting mailbox = %1$s must be an absolute path, or begin "
	       "with ~/ or %%h") },
	{ "mailbox-template", 0,
	    N_("%1$s holds a %% that is not followed by one of u n d e h "
	       "%%") },
	{ "maildir-missing", 0,
	    N_("the Maildir %1$s does not exist: create it, or set create = "
	       "mailbox") },
	{ "maildir-parent", 0,
	    N_("the folder that holds the Maildir %1$s does not exist: create "
	       "it, or mount its file system") },
	{ "mailer", 0,
	    N_("the process that hands the mail of scripts to %1$s has "
	       "ended") },
	{ "malloc", 0, N_("not enough memory for %1$s") },
	{ "mbox-fuse", 0,
	    N_("%1$s lies on a FUSE file system, where an mbox is not safe: "
	       "use a Maildir, or set mbox_on_fuse = yes") },
	{ "mbox-kind", 0,
	    N_("%1$s is no regular file: no mail is written to it") },
	{ "mbox-links", 0,
	    N_("the mbox %1$s has another name as well: remove one of the "
	       "hard links") },
	{ "mbox-missing", 0,
	    N_("the mbox %1$s does not exist: create it, or set create = "
	       "mailbox") },
	{ "mbox-mode", 0,
	    N_("the mbox %1$s has the set-user-id or set-group-id bit: chmod "
	       "ug-s it") },
	{ "mbox-open", EACCES,
	    N_("no permission to write the mbox %1$s: check its owner and mode "
	       "and those of its folder") },
	{ "mbox-open", ELOOP,
	    N_("the mbox %1$s is a symbolic link: name the file itself") },
	{ "mbox-open", EISDIR,
	    N_("%1$s is a folder: no mail is written to it as an mbox") },
	{ "mbox-open", 0, N_("cannot open the mbox %1$s: %2$s") },
	{ "mbox-owner", 0,
	    N_("the mbox %1$s belongs to another user: no mail is written to "
	       "it") },
	{ "message-open", 0, N_("cannot read the message %1$s: %2$s") },
	{ "message-size", 0,
	    N_("the message on %1$s is larger than message_size_limit "
	       "allows") },
	{ "mkdir", EACCES,
	    N_("no permission to create %1$s: check owner and mode of the "
	       "folder above") },
	{ "mkdir", 0, N_("cannot create the folder %1$s: %2$s") },
	{ "open", 0, N_("cannot create a file in %1$s: %2$s") },
	{ "open-dir", EACCES,
	    N_("no permission to open the folder %1$s: check owner and mode of "
	       "each folder in its path") },
	{ "open-dir", ELOOP,
	    N_("%1$s is a symbolic link where a folder must be: replace it") },
	{ "open-dir", ENOTDIR,
	    N_("%1$s is not a folder, or leads through something that is "
	       "none") },
	{ "open-dir", 0, N_("cannot open the folder %1$s: %2$s") },
	{ "operand", 0,
	    N_("the argument %1$s belongs to no option: see mda(1)") },
	{ "option-overrides", 0, N_("too many -o options, from %1$s on") },
	{ "option-unknown", 0,
	    N_("there is no option %1$s: see mda(1); a value is an argument of "
	       "its own") },
	{ "option-value", 0,
	    N_("the option %1$s needs a value, as an argument of its own") },
	{ "path-long", 0, N_("the path is too long: %1$s") },
	{ "pread", 0, N_("cannot read the end of %1$s: %2$s") },
	{ "privilege-kept", 0,
	    N_("root's rights could not be given up for those of %1$s: nothing "
	       "was delivered") },
	{ "read", 0, N_("reading the message from %1$s failed: %2$s") },
	{ "readdir", 0, N_("cannot read the folder tmp of %1$s: %2$s") },
	{ "redirect-loop", 0,
	    N_("the message was not sent on by %1$s but kept: it has been here "
	       "before, or came through too many hosts") },
	{ "rename", 0, N_("cannot give the message its name in %1$s: %2$s") },
	{ "script-kind", 0, N_("the script %1$s is no regular file") },
	{ "script-mode", 0,
	    N_("others may write the script %1$s: chmod go-w it") },
	{ "script-open", 0, N_("cannot read the script %1$s: %2$s") },
	{ "script-owner", 0,
	    N_("the script %1$s belongs neither to root nor to the user whose "
	       "mail it is for") },
	{ "script-size", 0, N_("the script %1$s is larger than 1 MiB") },
	{ "sender-died", 0,
	    N_("the sender ended in the middle of the message, on %1$s") },
	{ "sendmail", 0,
	    N_("the program that takes the mail of scripts ended with "
	       "status %1$s: see sendmail_path in mda.conf(5)") },
	{ "sandbox", 0,
	    N_("this system cannot give the sandbox that is required (it has: "
	       "%1$s): use a newer kernel, or set sandbox = on") },
	{ "sieve-reject", 0, N_("the recipient refuses this message: %1$s") },
	{ "setgid", 0, N_("cannot take on the group of %1$s: %2$s") },
	{ "setting-unknown", 0,
	    N_("unknown setting at %1$s: mda.conf(5) lists the names") },
	{ "set-id", 0,
	    N_("%1$s runs with the rights of two users or groups: chmod ug-s "
	       "it, or have it started with one identity") },
	{ "setting-value", 0,
	    N_("bad value at %1$s: mda.conf(5) lists the values") },
	{ "settings-kind", 0, N_("the settings file %1$s is no regular file") },
	{ "settings-line", 0,
	    N_("no \"name = value\" in the settings at %1$s") },
	{ "settings-mode", 0,
	    N_("others may write the settings file %1$s: chmod go-w it") },
	{ "settings-open", 0,
	    N_("cannot read the settings file %1$s: %2$s") },
	{ "settings-owner", 0,
	    N_("the settings file %1$s belongs neither to root nor to the user "
	       "who delivers") },
	{ "settings-size", 0,
	    N_("the settings file %1$s is larger than 64 KiB") },
	{ "settings-way", 0,
	    N_("others may change a folder on the way to the settings file "
	       "%1$s: chown them to root, and chmod go-w") },
	{ "setuid", 0, N_("cannot become %1$s: %2$s") },
	{ "signal", 0, N_("the delivery was interrupted by a %1$s") },
	{ "socketpair", 0, N_("cannot start a process for %1$s: %2$s") },
	{ "spill", 0, N_("cannot keep %1$s in a temporary file: %2$s") },
	{ "spill-map", 0,
	    N_("%1$s is too large for this machine's memory map: %2$s") },
	{ "state-lock", 0,
	    N_("another delivery uses what scripts remember in %1$s: %2$s") },
	{ "state-open", 0,
	    N_("cannot open the folder %1$s of what scripts remember: %2$s") },
	{ "state-owner", 0,
	    N_("the folder %1$s of what scripts remember belongs to "
	       "another user, or others may write it: chown it, and chmod "
	       "go-w") },
	{ "state-read", 0,
	    N_("cannot read what scripts remember in %1$s: %2$s") },
	{ "state-write", 0,
	    N_("cannot write what scripts remember into %1$s: %2$s") },
	{ "stdin-closed", 0,
	    N_("%1$s is closed: there is no message to deliver") },
	{ "template-value", 0,
	    N_("the address has no part that could stand in %1$s: it is empty, "
	       "begins with a dot or holds a slash") },
	{ "user-none", 0,
	    N_("%1$s delivers for no account: name one with -d or fixed_user, "
	       "or set root_mail = yes") },
	{ "user-other", 0,
	    N_("only root may deliver for another user, %1$s: run as root, or "
	       "as that user") },
	{ "user-long", 0, N_("the user name is too long: %1$s") },
	{ "user-root", 0,
	    N_("%1$s has root's rights: give it an alias, or set root_mail = "
	       "yes") },
	{ "user-unknown", 0, N_("there is no user %1$s") },
	{ "write", 0, N_("writing the message failed in %1$s: %2$s") },
};

/* Subjects that are words of ours, not names. */
static const char *const words[] = { N_("standard input"), N_("signal"),
	N_("user database"), N_("the message"), N_("header lines"),
	N_("sender") };

enum {
	REFUSAL_BYTES = 4000, /* Postfix reads 4096 of what a command says */
	LINE_BYTES = 900
};

enum { SENTENCES = sizeof(sentences) / sizeof(sentences[0]) };

static const char *
find_text(const struct failure *why)
{
	const struct sentence *row;

	for (row = sentences; row < sentences + SENTENCES; row++)
		if ((row->step == NULL || strcmp(row->step, why->step) == 0) &&
		    (row->sys_errno == 0 || row->sys_errno == why->sys_errno))
			return row->text;
	return N_("%1$s: %2$s");
}

static const char *
translate_subject(const char *subject)
{
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(subject, words[i]) == 0)
			return _(words[i]);
	return subject;
}

void
report_sentence(char *text, size_t size_bytes, const struct failure *why)
{
	nls_start();
	(void)snprintf(text, size_bytes, _(find_text(why)),
	    translate_subject(why->subject),
	    strerror(why->sys_errno)); /* cut rather than nothing */
	printable(text);
}

void
report_reason(char *text, size_t size_bytes, const struct failure *why,
    const char *reason)
{
	static const char dots[] = "...";
	int length;

	nls_start();
	length = snprintf(text, size_bytes, _(find_text(why)), reason, "");
	if (length < 0 || (size_t)length >= size_bytes)
		memcpy(text + span_cut(span_of(text),
			   size_bytes - sizeof(dots)),
		    dots, sizeof(dots));
	printable_lines(text);
}

void
report_refusal(const struct failure *why, const char *reason)
{
	char text[REFUSAL_BYTES];
	struct span rest;
	char *at;

	report_reason(text, sizeof(text), why, reason);
	for (at = text; *at != '\0'; at++)
		if (*at == '\n')
			*at = ' ';
	(void)fprintf(stderr, "%s ", why->dsn);
	for (rest = span_of(text); rest.size_bytes > 0;) {
		struct span line = span_piece(&rest, LINE_BYTES);

		(void)fprintf(
		    stderr, "%.*s\n", (int)line.size_bytes, line.at);
	}
}

void
report_failure(const struct failure *why)
{
	char sentence[1024];

	report_sentence(sentence, sizeof(sentence), why);
	(void)fprintf(stderr, "%s %s\n", why->dsn, sentence);
}

bool
report_has_step(const char *step)
{
	size_t i;

	for (i = 0; i < SENTENCES; i++)
		if (sentences[i].step != NULL &&
		    strcmp(sentences[i].step, step) == 0)
			return true;
	return false;
}
