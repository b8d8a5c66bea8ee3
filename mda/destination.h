/*
 * destination.h - which mailbox a delivery goes to.
 */
#ifndef MDA_DESTINATION_H
#define MDA_DESTINATION_H

#include <limits.h>
#include <stdbool.h>

#include "base/failure.h"
#include "mda/settings.h"
#include "mda/template.h"

enum box_kind { BOX_MAILDIR, BOX_MBOX };

struct destination {
	enum box_kind kind;
	char path[PATH_MAX];
	char folder[256]; /* Maildir++ folder, empty for none */
	bool is_folder_made;	 /* a missing folder is created */
	bool is_folder_optional; /* a missing folder: the mailbox itself */
};

/*
 * destination_find - turn -m, or the mailbox setting, into a destination.
 *
 * Takes   mailbox, the value of -m, or NULL; values, of which the detail may
 *         also name a folder. As for the forms: "maildir:PATH", "mbox:PATH", a path that ends in "/"
 *         (Maildir), another path (a folder there is a Maildir, all else an
 *         mbox), "+folder" of the mailbox set. "~/" in front is the home;
 *         %u %n %d %e %h as in values, %% a "%".
 * Gives   a detail counts only where -m is not given.
 * Fails   as template_expand(), and VERDICT_RETRY at "mailbox-empty",
 *         "mailbox-relative" (a setting must not depend on the working
 *         folder), "mailbox-folder", or "folder-name".
 */
enum verdict destination_find(struct destination *destination,
    const char *mailbox, const struct settings *settings,
    const struct template_values *values, struct failure *why);

#endif
