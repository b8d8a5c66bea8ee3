/*
 * sieve_setup.h - what the settings say about Sieve, for a judge.
 */
#ifndef MDA_SIEVE_SETUP_H
#define MDA_SIEVE_SETUP_H

#include <limits.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/failure.h"
#include "filter/judge.h"
#include "mda/settings.h"
#include "mda/template.h"

enum { SIEVE_SCRIPTS_MAX = 3, SIEVE_ITEMS = 6, SIEVE_ADDRESS_MAX = 512 };

/* A script file, as the settings name it. */
struct sieve_file {
	const char *setting; /* static: "sieve_before" */
	enum sieve_found found;
	struct failure why; /* where it is SIEVE_UNREADABLE */
	char path[PATH_MAX];
};

struct sieve_setup {
	struct arena memory; /* owned: the texts */
	struct sieve_options options;
	struct judge_script scripts[SIEVE_SCRIPTS_MAX];
	size_t script_count;
	/* A file that may not be used: those above are run, then this keeps. */
	struct failure refused;
	bool is_refused;
	/* What follows is set by sieve_setup_settle(), for all. */
	char personal[PATH_MAX]; /* folder of includes; or empty */
	char global[PATH_MAX];
	char host[256];
	char address[SIEVE_ADDRESS_MAX]; /* of the account, on this host */
	struct span own[1];
	struct sieve_item environment[SIEVE_ITEMS];
	char score_texts[2][SETTING_VALUE_MAX];
};

/*
 * sieve_setup_start - an empty setup, without scripts.
 *
 * Owns    sieve_setup_end().
 */
void sieve_setup_start(struct sieve_setup *setup);

/*
 * sieve_setup_files - the files that the settings name, in their order.
 *
 * Takes   files, SIEVE_SCRIPTS_MAX of them.
 * Gives   their number; a setting that is empty, or that names a home that is
 *         not known, gives none. Each was tried, and the texts are kept.
 */
size_t sieve_setup_files(struct sieve_setup *setup, struct sieve_file *files,
    const struct settings *settings, const struct template_values *values);

/*
 * sieve_setup_add - one more script to run.
 *
 * Takes   name, borrowed; text, borrowed.
 */
void sieve_setup_add(
    struct sieve_setup *setup, const char *name, struct span text);

/*
 * sieve_setup_settle - the options that hold for every script.
 *
 * Takes   settings and values, borrowed while setup is in use.
 * Gives   folders whose template cannot be filled in are left out.
 */
void sieve_setup_settle(struct sieve_setup *setup,
    const struct settings *settings, const struct template_values *values);

/*
 * sieve_setup_judge - what judge_start() wants.
 *
 * Takes   a settled setup, which stays where it is while the result is in use.
 */
void sieve_setup_judge(struct judge_setup *wanted,
    const struct sieve_setup *setup, const struct settings *settings);

/*
 * sieve_setup_end - give back the texts.
 */
void sieve_setup_end(struct sieve_setup *setup);

#endif
