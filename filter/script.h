/*
 * script.h - files that hold Sieve scripts, read with care.
 */
#ifndef FILTER_SCRIPT_H
#define FILTER_SCRIPT_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/failure.h"
#include "base/span.h"
#include "sieve/sieve.h"

enum { SCRIPT_BYTES_MAX = 1024 * 1024 };

/*
 * script_read - read a script whole.
 *
 * Takes   path; arena, for its text. The file must belong to root or to the
 *         caller and must not be writable by anyone else: whoever can write
 *         it can send anybody's mail elsewhere.
 * Gives   *text_out. SIEVE_ABSENT when there is none: nothing is wrong then.
 *         SIEVE_UNREADABLE with why->step as below.
 * Fails   at "script-open", "script-kind", "script-owner", "script-mode",
 *         "script-size" or "malloc"; these never fail a delivery.
 */
enum sieve_found script_read(struct span *text_out, const char *path,
    struct arena *arena, struct failure *why);

/* The folders that the command "include" looks into; NULL for none. */
struct script_library {
	const char *personal; /* borrowed */
	const char *global;   /* borrowed */
	struct arena *arena;  /* borrowed: of the texts */
};

/*
 * script_find - the text of a script that is included.
 *
 * Takes   context, a struct script_library; name, without "/". The file is
 *         NAME.sieve, or NAME.
 */
enum sieve_found script_find(void *context, enum sieve_where where,
    const char *name, struct span *text_out);

#endif
