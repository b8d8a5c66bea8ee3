#include "mda/account_report.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "account/names.h"
#include "mda/nls.h"

enum { GROUPS_MAX = 1024, NAME_MAX_BYTES = 64, SHOWN_MAX = 1024 };

/* Gives what is shown to people: "1003 (al)", or the number alone. */
static void
tell_group(struct tell *tell, gid_t gid, char *shown, size_t size_bytes)
{
	char name[NAME_MAX_BYTES];

	names_group(name, sizeof(name), gid);
	if (name[0] == '\0')
		(void)snprintf(shown, size_bytes, " %ld", (long)gid);
	else
		(void)snprintf(shown, size_bytes, " %ld (%s)", (long)gid, name);
	tell_object(tell, NULL);
	tell_number(tell, "gid", (long long)gid);
	tell_text(tell, "name", name[0] == '\0' ? NULL : name);
	tell_close(tell);
}

/* What no longer fits into the line is left out there. */
static void
tell_groups(struct tell *tell, char *shown, size_t size_bytes)
{
	static gid_t groups[GROUPS_MAX];
	int count = getgroups(GROUPS_MAX, groups);
	char one[2 * NAME_MAX_BYTES];
	size_t used = 0;
	int i;

	shown[0] = '\0';
	tell_list(tell, "groups");
	for (i = 0; i < count; i++) {
		tell_group(tell, groups[i], one, sizeof(one));
		if (used + strlen(one) >= size_bytes)
			continue;
		memcpy(shown + used, one, strlen(one) + 1);
		used += strlen(one);
	}
	tell_close(tell);
}

static void
tell_ids(struct tell *tell)
{
	char groups[SHOWN_MAX];
	char user[NAME_MAX_BYTES];

	names_user(user, sizeof(user), geteuid());
	tell_number(tell, "uid", (long long)geteuid());
	tell_text(tell, "user", user[0] == '\0' ? NULL : user);
	tell_number(tell, "gid", (long long)getegid());
	tell_groups(tell, groups, sizeof(groups));
	tell_line(tell, _("account"), _("uid %ld, gid %ld, groups%s"),
	    (long)geteuid(), (long)getegid(), groups);
	tell_line(tell, _("user"), "%s", user[0] == '\0' ? _("unknown") : user);
}

void
account_report(struct tell *tell, const struct account *account)
{
	bool is_homeless = account->home[0] == '\0';

	tell_object(tell, "account");
	tell_ids(tell);
	tell_text(tell, "home", is_homeless ? NULL : account->home);
	tell_line(tell, _("home"), "%s",
	    is_homeless ? _("unknown") : account->home);
	tell_close(tell);
}
