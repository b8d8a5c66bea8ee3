/*
 * destination.h - which mailbox a delivery goes to.
 */
#ifndef MDA_DESTINATION_H
#define MDA_DESTINATION_H

#include <limits.h>
#include <stdbool.h>

#include "account/account.h"
#include "base/failure.h"
#include "mda/settings.h"

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
 * Takes   mailbox, the value of -m, or NULL; detail, or NULL. As for the
 *         forms: "maildir:PATH", "mbox:PATH", a path that ends in "/"
 *         (Maildir), another path (a folder there is a Maildir, all else an
 *         mbox), "+folder" of the mailbox set. "~/" in front is the home;
 *         %h the home, %u the account's name, %% a "%".
 * Gives   a detail counts only where -m is not given.
 * Fails   VERDICT_RETRY at "mailbox-empty", "mailbox-template",
 *         "mailbox-relative" (a setting must not depend on the working
 *         folder), "mailbox-folder", "folder-name", "home-unknown" or
 *         "path-long".
 */
enum verdict destination_find(struct destination *destination,
    const char *mailbox, const char *detail, const struct settings *settings,
    const struct account *account, struct failure *why);

#endif
