#include "account/account.h"

#include <errno.h>
#include <pwd.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "compat/compat.h"

enum {
	ENTRY_BYTES = 16 * 1024,   /* one entry of the user database */
	ENTRY_MAX_BYTES = 1024 * 1024
};

struct entry {
	struct passwd passwd;
	char *text; /* owned: what passwd points into */
};

/* name, or uid when name is NULL. Gives 0 or an errno. */
static int
ask_once(struct entry *entry, const char *name, uid_t uid, size_t size_bytes,
    bool *is_absent_out)
{
	struct passwd *found = NULL;
	char *bigger = realloc(entry->text, size_bytes);
	int error;

	if (bigger == NULL)
		return ENOMEM;
	entry->text = bigger;
	if (name != NULL)
		error = getpwnam_r(name, &entry->passwd, entry->text,
		    size_bytes, &found);
	else
		error = getpwuid_r(
		    uid, &entry->passwd, entry->text, size_bytes, &found);
	*is_absent_out = error == 0 && found == NULL;
	return error;
}

/*
 * Only "0 and no result" is an answer. Some systems say ENOENT or ESRCH for
 * it, but the same codes come from a database that is away, so they count as
 * "could not ask".
 */
static int
ask(struct entry *entry, const char *name, uid_t uid, bool *is_absent_out)
{
	size_t size_bytes = ENTRY_BYTES;
	int error;

	entry->text = NULL;
	*is_absent_out = false;
	error = ask_once(entry, name, uid, size_bytes, is_absent_out);
	while (error == ERANGE && size_bytes < ENTRY_MAX_BYTES) {
		size_bytes *= 2;
		error = ask_once(entry, name, uid, size_bytes, is_absent_out);
	}
	return error;
}

/*
 * glibc says "0 and no result" of a database whose module cannot be loaded,
 * too; then it does not know root either. Gives 0 or an errno.
 */
static int
ask_for_root(void)
{
	struct entry entry;
	bool is_absent;
	int error = ask(&entry, NULL, 0, &is_absent);

	free(entry.text);
	return error == 0 && is_absent ? ENXIO : error;
}

/* "/home//al/" is "/home/al": paths that begin with it are to be known. */
static void
drop_slashes(char *path)
{
	char *to = path;
	const char *from;

	for (from = path; *from != '\0'; from++)
		if (from[0] != '/' || (from[1] != '/' && from[1] != '\0'))
			*to++ = *from;
	if (to == path)
		*to++ = '/';
	*to = '\0';
}

static enum verdict
set_home(struct account *account, const char *home, struct failure *why)
{
	if (strlcpy(account->home, home, sizeof(account->home)) >=
	    sizeof(account->home))
		return failure_retry(why, "home-long", "4.3.5", home);
	drop_slashes(account->home);
	return VERDICT_OK;
}

static enum verdict
set_entry(struct account *account, const struct passwd *passwd,
    struct failure *why)
{
	account->uid = passwd->pw_uid;
	account->gid = passwd->pw_gid;
	if (strlcpy(account->name, passwd->pw_name, sizeof(account->name)) >=
	    sizeof(account->name))
		return failure_retry(
		    why, "user-long", "4.3.5", passwd->pw_name);
	if (passwd->pw_dir[0] != '/')
		return VERDICT_OK; /* no home that a path could begin with */
	return set_home(account, passwd->pw_dir, why);
}

enum verdict
account_self(struct account *account, const char *home, struct failure *why)
{
	struct entry entry;
	enum verdict verdict = VERDICT_OK;
	bool is_absent;
	int error;

	account->uid = geteuid();
	account->gid = 0;
	account->name[0] = '\0';
	account->home[0] = '\0';
	account->groups = NULL;
	account->group_count = 0;
	if (home != NULL && home[0] == '/')
		return set_home(account, home, why);
	error = ask(&entry, NULL, account->uid, &is_absent);
	if (error != 0) {
		errno = error;
		verdict = failure_errno(why, "getpwuid", "user database");
	} else if (!is_absent) {
		verdict = set_entry(account, &entry.passwd, why);
	}
	free(entry.text);
	return verdict;
}

enum verdict
account_named(struct account *account, const char *name, struct failure *why)
{
	struct entry entry;
	enum verdict verdict;
	bool is_absent;
	int error;

	memset(account, 0, sizeof(*account));
	error = ask(&entry, name, 0, &is_absent);
	if (error == 0 && is_absent)
		error = ask_for_root();
	if (error != 0) {
		errno = error;
		verdict = failure_errno(why, "getpwnam", name);
	} else if (is_absent) {
		verdict = failure_refuse(
		    why, "user-unknown", EX_NOUSER, "5.1.1", name);
	} else {
		verdict = set_entry(account, &entry.passwd, why);
	}
	free(entry.text);
	return verdict;
}
