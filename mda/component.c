#include "mda/component.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "account/names.h"
#include "compat/compat.h"
#include "mda/nls.h"

#if HAVE_GETXATTR
#include <sys/xattr.h>
#endif

enum { NAME_MAX_BYTES = 64, GROUPS_MAX = 1024 };

/* Who the process is to a file: one class of the mode decides. */
enum mode_class { CLASS_OWNER, CLASS_GROUP, CLASS_OTHERS };

static bool
has_acl(const struct path_walk *walk)
{
#if HAVE_GETXATTR
	return walk->target[0] == '\0' &&
	    getxattr(walk->here, "system.posix_acl_access", NULL, 0) > 0;
#else
	(void)walk; /* each system has its own way to ask */
	return false;
#endif
}

static char
special_letter(mode_t mode, mode_t execute, char letter)
{
	if ((mode & execute) != 0)
		return letter;
	return letter == 't' ? 'T' : 'S';
}

/* As ls(1) has it; text is 12 large. */
static void
show_mode(char *text, mode_t mode, bool is_acl)
{
	static const char letters[] = "rwxrwxrwx";
	int i;

	text[0] = S_ISDIR(mode) ? 'd' : S_ISLNK(mode) ? 'l' : '-';
	for (i = 0; i < 9; i++)
		text[i + 1] = (mode & (0400U >> i)) != 0 ? letters[i] : '-';
	if ((mode & S_ISUID) != 0)
		text[3] = special_letter(mode, S_IXUSR, 's');
	if ((mode & S_ISGID) != 0)
		text[6] = special_letter(mode, S_IXGRP, 's');
	if ((mode & S_ISVTX) != 0)
		text[9] = special_letter(mode, S_IXOTH, 't');
	text[10] = is_acl ? '+' : '\0';
	text[11] = '\0';
}

static const char *
kind_of(mode_t mode)
{
	if (S_ISDIR(mode))
		return "folder";
	if (S_ISLNK(mode))
		return "link";
	return S_ISREG(mode) ? "file" : "special";
}

/* A name that nobody knows is shown as "?". */
static const char *
known(const char *name)
{
	return name[0] == '\0' ? "?" : name;
}

static void
tell_owner(struct tell *tell, const struct path_walk *walk)
{
	const char *arrow = walk->target[0] == '\0' ? "" : " -> ";
	const struct stat *st = &walk->st;
	bool is_acl = has_acl(walk);
	char user[NAME_MAX_BYTES];
	char group[NAME_MAX_BYTES];
	char mode[12];

	names_user(user, sizeof(user), st->st_uid);
	names_group(group, sizeof(group), st->st_gid);
	show_mode(mode, st->st_mode, is_acl);
	tell_number(tell, "uid", (long long)st->st_uid);
	tell_text(tell, "user", user[0] == '\0' ? NULL : user);
	tell_number(tell, "gid", (long long)st->st_gid);
	tell_text(tell, "group", group[0] == '\0' ? NULL : group);
	tell_truth(tell, "acl", is_acl);
	tell_line(tell, NULL, _("  %s uid %ld gid %ld (%s:%s)  %s%s%s"), mode,
	    (long)st->st_uid, (long)st->st_gid, known(user), known(group),
	    walk->here, arrow, walk->target);
}

static void
tell_found(struct tell *tell, const struct path_walk *walk)
{
	char mode[8];

	(void)snprintf(mode, sizeof(mode), "%04o",
	    (unsigned int)walk->st.st_mode & 07777U);
	tell_text(tell, "kind", kind_of(walk->st.st_mode));
	tell_text(tell, "mode", mode);
	if (walk->target[0] != '\0')
		tell_text(tell, "target", walk->target);
	tell_owner(tell, walk);
}

void
component_tell(struct tell *tell, const struct path_walk *walk)
{
	tell_object(tell, NULL);
	tell_text(tell, "path", walk->here);
	if (walk->error == 0 || walk->error == ELOOP) {
		tell_found(tell, walk);
	} else if (walk->error == ENOENT) {
		tell_text(tell, "kind", "missing");
		tell_line(tell, NULL, _("  missing  %s"), walk->here);
	} else {
		tell_text(tell, "kind", "unknown");
		tell_line(tell, NULL, "  ?  %s", walk->here);
	}
	tell_close(tell);
}

int
component_allows(const struct path_walk *walk, int rights)
{
	if (faccessat(AT_FDCWD, walk->here, rights, AT_EACCESS) == -1)
		return errno;
	return 0;
}

static bool
is_member(gid_t gid)
{
	static gid_t groups[GROUPS_MAX];
	int count = getgroups(GROUPS_MAX, groups);

	if (gid == getegid())
		return true;
	while (count-- > 0)
		if (groups[count] == gid)
			return true;
	return false;
}

static enum mode_class
class_of(const struct stat *st)
{
	if (st->st_uid == geteuid())
		return CLASS_OWNER;
	return is_member(st->st_gid) ? CLASS_GROUP : CLASS_OTHERS;
}

/* Do the mode's bits alone refuse it to that class? */
static bool
mode_refuses(mode_t mode, enum mode_class class, int rights)
{
	unsigned int bits = (unsigned int)mode >> (6 - 3 * class);

	return ((rights & R_OK) != 0 && (bits & 04U) == 0) ||
	    ((rights & W_OK) != 0 && (bits & 02U) == 0) ||
	    ((rights & X_OK) != 0 && (bits & 01U) == 0);
}

void
component_refusal(struct tell *tell, const struct path_walk *walk, int rights)
{
	enum mode_class class = class_of(&walk->st);
	long uid = (long)geteuid();

	if (!mode_refuses(walk->st.st_mode, class, rights))
		tell_line(tell, "",
		    _("  its mode would allow that: an ACL or a security "
		      "module forbids it"));
	else if (has_acl(walk))
		tell_line(tell, "",
		    _("  an ACL is set, and gives uid %ld no such right"), uid);
	else if (class == CLASS_OWNER)
		tell_line(tell, "",
		    _("  uid %ld is its owner, who has no such right"), uid);
	else if (class == CLASS_GROUP)
		tell_line(tell, "",
		    _("  uid %ld is in its group, which has no such right"),
		    uid);
	else
		tell_line(tell, "",
		    _("  uid %ld is neither its owner nor in its group, and "
		      "others have no such right"),
		    uid);
}
