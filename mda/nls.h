/*
 * nls.h - sentences in the reader's language.
 */
#ifndef MDA_NLS_H
#define MDA_NLS_H

#include <stddef.h>

#include "compat/compat.h"

#if HAVE_LIBINTL
#include <libintl.h>
#define _(text) gettext(text)
#else
#define _(text) (text)
#define ngettext(one, many, count) ((count) == 1 ? (one) : (many))
#endif

enum { NLS_FOLDERS_MAX = 3 };

/* Marks a sentence in a table; it is translated where it is printed. */
#define N_(text) text

/*
 * nls_guard - in a process started by root, forget paths to other catalogs.
 *
 * Before any fork: a child that has given up root's rights still has root's
 * environment.
 */
void nls_guard(void);

/*
 * nls_start - choose the language; called when a sentence is to be printed.
 *
 * Gives   only LC_CTYPE and LC_MESSAGES are set: numbers and dates in mail
 *         stay as the standards have them. For a process started by root,
 *         variables that could lead to a foreign catalog are dropped first,
 *         because a catalog holds printf formats.
 */
void nls_start(void);

/*
 * nls_skip - stay with English: what is printed is for programs.
 *
 * Gives   nls_start() does nothing from now on.
 */
void nls_skip(void);

/*
 * nls_count - a count for ngettext(), which takes an unsigned long.
 *
 * Takes   count, 0 or more.
 * Gives   a number that fits and has the same form in every language: forms
 *         go by the last digits, of which no language looks at more than six.
 */
unsigned long nls_count(long long count);

/*
 * nls_folders - what nls_start() and sentences read, for a sandbox.
 *
 * Takes   folders, NLS_FOLDERS_MAX of them.
 * Gives   how many there are: none when the reader asks for no language, as
 *         a mail server hardly ever does.
 */
size_t nls_folders(const char **folders);

#endif
