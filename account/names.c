#include "account/names.h"

#include <grp.h>
#include <pwd.h>

#include "compat/compat.h"

/* A group with so many members that it does not fit is shown as a number. */
enum { ENTRY_BYTES = 64 * 1024 };

void
names_user(char *text, size_t size_bytes, uid_t uid)
{
	char entry[ENTRY_BYTES];
	struct passwd *found = NULL;
	struct passwd passwd;

	if (getpwuid_r(uid, &passwd, entry, sizeof(entry), &found) != 0)
		found = NULL;
	(void)strlcpy(text, found == NULL ? "" : found->pw_name, size_bytes);
}

void
names_group(char *text, size_t size_bytes, gid_t gid)
{
	char entry[ENTRY_BYTES];
	struct group *found = NULL;
	struct group group;

	if (getgrgid_r(gid, &group, entry, sizeof(entry), &found) != 0)
		found = NULL;
	(void)strlcpy(text, found == NULL ? "" : found->gr_name, size_bytes);
}
