#include "mda/destination.h"

#include <sys/stat.h>

#include <string.h>

#include "compat/compat.h"
#include "maildir/layout.h"

static bool
is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* One slash at the end says "Maildir"; none is wanted in what we show. */
static void
cut_slashes(char *path)
{
	size_t length = strlen(path);

	while (length > 1 && path[length - 1] == '/')
		path[--length] = '\0';
}

static enum verdict
find_box(struct destination *destination, const char *mailbox,
    bool is_lower, const struct template_values *values, struct failure *why)
{
	char *path = destination->path;
	bool has_slash;
	enum verdict verdict;
	const char *spec = mailbox;

	if (strncmp(mailbox, "maildir:", 8) == 0)
		spec = mailbox + 8;
	else if (strncmp(mailbox, "mbox:", 5) == 0)
		spec = mailbox + 5;
	verdict = template_expand(path, spec, is_lower, values, why);
	if (verdict != VERDICT_OK)
		return verdict;
	if (path[0] == '\0')
		return failure_retry(why, "mailbox-empty", "4.3.5", mailbox);
	has_slash = path[strlen(path) - 1] == '/';
	cut_slashes(path);
	if (spec == mailbox)
		destination->kind = has_slash || is_folder(path) ? BOX_MAILDIR
								 : BOX_MBOX;
	else
		destination->kind =
		    mailbox[1] == 'a' ? BOX_MAILDIR : BOX_MBOX;
	return VERDICT_OK;
}

static enum verdict
find_default_box(struct destination *destination,
    const struct settings *settings, const struct template_values *values,
    struct failure *why)
{
	enum verdict verdict;

	verdict = find_box(destination, settings->mailbox,
	    settings->lower_case == ANSWER_YES, values, why);
	if (verdict == VERDICT_OK && destination->path[0] != '/')
		return failure_retry(
		    why, "mailbox-relative", "4.3.5", settings->mailbox);
	return verdict;
}

static enum verdict
set_folder(struct destination *destination, const char *folder,
    struct failure *why)
{
	if (destination->kind != BOX_MAILDIR)
		return failure_retry(why, "mailbox-folder", "4.3.5", folder);
	if (!layout_is_folder_name(folder))
		return failure_retry(why, "folder-name", "4.3.5", folder);
	(void)strlcpy(destination->folder, folder,
	    sizeof(destination->folder)); /* at most 200 bytes */
	return VERDICT_OK;
}

/* A detail comes from a stranger: what is no folder name is passed over. */
static void
set_detail(struct destination *destination, const char *detail,
    const struct settings *settings)
{
	struct failure ignored;

	if (settings->detail_folder == DETAIL_OFF || detail[0] == '\0' ||
	    set_folder(destination, detail, &ignored) != VERDICT_OK)
		return;
	destination->is_folder_made =
	    settings->detail_folder == DETAIL_CREATE;
	destination->is_folder_optional = !destination->is_folder_made;
}

enum verdict
destination_find(struct destination *destination, const char *mailbox,
    const struct settings *settings, const struct template_values *values,
    struct failure *why)
{
	enum verdict verdict;

	destination->folder[0] = '\0';
	destination->is_folder_made = settings->create == CREATE_MAILBOX;
	destination->is_folder_optional = false;
	if (mailbox != NULL && mailbox[0] != '+')
		return find_box(destination, mailbox,
		    settings->lower_case == ANSWER_YES, values, why);
	verdict = find_default_box(destination, settings, values, why);
	if (verdict != VERDICT_OK)
		return verdict;
	if (mailbox != NULL)
		return set_folder(destination, mailbox + 1, why);
	set_detail(destination, values->detail, settings);
	return VERDICT_OK;
}
