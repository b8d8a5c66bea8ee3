#include "mda/sieve_setup.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "compat/compat.h"

enum { TEXTS_BYTES = 16 * 1024 * 1024 };

/* ---- Scanners ----------------------------------------------------------- */

/* "1=Clean 5=Infected": the words are cut up in place. */
static void
set_texts(struct sieve_score *score, char *texts)
{
	char *word = texts;

	while (*word != '\0') {
		size_t length = strcspn(word, " \t");
		char *next = word + length + strspn(word + length, " \t");
		char *equals = memchr(word, '=', length);
		const char *fault = NULL;
		long long number;

		word[length] = '\0';
		if (equals != NULL) {
			*equals = '\0';
			number = strtonum(word, 0, 10, &fault);
			if (fault == NULL)
				score->texts[number] = equals + 1;
		}
		word = next;
	}
}

static const char *
or_null(const char *text)
{
	return text[0] == '\0' ? NULL : text;
}

/* A maximum is a number, or the field that holds one. */
static void
set_score(struct sieve_score *score, int type, const char *status,
    const char *maximum)
{
	static const enum sieve_score_type types[] = {
		[SCORE_NONE] = SIEVE_SCORE_NONE,
		[SCORE_NUMBER] = SIEVE_SCORE_NUMBER,
		[SCORE_LENGTH] = SIEVE_SCORE_LENGTH,
		[SCORE_TEXT] = SIEVE_SCORE_TEXT,
	};
	bool is_number = strspn(maximum, "0123456789.") == strlen(maximum);

	score->type = status[0] == '\0' ? SIEVE_SCORE_NONE : types[type];
	score->status = or_null(status);
	if (is_number)
		score->maximum = or_null(maximum);
	else
		score->maximum_field = maximum;
}

static void
set_scores(struct sieve_setup *setup, const struct settings *settings)
{
	struct sieve_options *options = &setup->options;

	set_score(&options->spam, settings->sieve_spam_type,
	    settings->sieve_spam_status, settings->sieve_spam_maximum);
	set_score(&options->virus, settings->sieve_virus_type,
	    settings->sieve_virus_status, settings->sieve_virus_maximum);
	(void)strlcpy(setup->score_texts[0], settings->sieve_spam_texts,
	    sizeof(setup->score_texts[0])); /* as large */
	(void)strlcpy(setup->score_texts[1], settings->sieve_virus_texts,
	    sizeof(setup->score_texts[1])); /* as large */
	set_texts(&options->spam, setup->score_texts[0]);
	set_texts(&options->virus, setup->score_texts[1]);
}

/* ---- Surroundings ------------------------------------------------------- */

static void
set_item(struct sieve_setup *setup, size_t at, const char *name,
    const char *value)
{
	setup->environment[at].name = name;
	setup->environment[at].value = span_of(value);
}

/* No name server is asked, so a host's domain is what its own name says. */
static void
set_environment(struct sieve_setup *setup, const struct template_values *values)
{
	const char *dot;

	if (gethostname(setup->host, sizeof(setup->host)) == -1)
		setup->host[0] = '\0';
	setup->host[sizeof(setup->host) - 1] = '\0';
	dot = strchr(setup->host, '.');
	set_item(setup, 0, "domain", dot == NULL ? "" : dot + 1);
	set_item(setup, 1, "host", setup->host);
	set_item(setup, 2, "location", "MDA");
	set_item(setup, 3, "name", "mda");
	set_item(setup, 4, "phase", "during");
	set_item(setup, 5, "version", MDA_VERSION);
	(void)snprintf(setup->address, sizeof(setup->address), "%s@%s",
	    values->user, setup->host); /* or cut, and nobody's */
	setup->own[0] = span_of(setup->address);
}

static void
expand(char *path, const char *pattern, const struct settings *settings,
    const struct template_values *values)
{
	struct failure ignored;

	path[0] = '\0';
	if (pattern[0] != '\0' &&
	    template_expand(path, pattern, settings->lower_case == ANSWER_YES,
		values, &ignored) != VERDICT_OK)
		path[0] = '\0';
}

void
sieve_setup_start(struct sieve_setup *setup)
{
	memset(setup, 0, offsetof(struct sieve_setup, personal));
	arena_start(&setup->memory, TEXTS_BYTES);
}

void
sieve_setup_settle(struct sieve_setup *setup, const struct settings *settings,
    const struct template_values *values)
{
	sieve_options_default(&setup->options);
	setup->options.delimiters = settings->delimiter;
	setup->options.limits.redirects = (unsigned)settings->sieve_redirects;
	setup->options.vacation_minimum_s =
	    (uint64_t)settings->sieve_vacation_minimum_s;
	set_scores(setup, settings);
	set_environment(setup, values);
	expand(setup->personal, settings->sieve_dir, settings, values);
	expand(setup->global, settings->sieve_global, settings, values);
}

/* ---- Files -------------------------------------------------------------- */

static void
refuse(struct sieve_setup *setup, const struct failure *why)
{
	if (!setup->is_refused)
		setup->refused = *why;
	setup->is_refused = true;
}

/* Behind one that may not be used none is run: what it says is not known. */
static void
read_one(struct sieve_setup *setup, struct sieve_file *file)
{
	struct span text;

	file->found =
	    script_read(&text, file->path, &setup->memory, &file->why);
	if (file->found == SIEVE_UNREADABLE)
		refuse(setup, &file->why);
	else if (file->found == SIEVE_FOUND && !setup->is_refused)
		sieve_setup_add(setup, file->path, text);
}

/* Who has no home has no script there, and needs none. */
static bool
is_wanted(const char *pattern, const struct template_values *values)
{
	bool names_home = strncmp(pattern, "~/", 2) == 0 ||
	    strstr(pattern, "%h") != NULL;

	return pattern[0] != '\0' && !(names_home && values->home[0] == '\0');
}

size_t
sieve_setup_files(struct sieve_setup *setup, struct sieve_file *files,
    const struct settings *settings, const struct template_values *values)
{
	const struct {
		const char *setting, *pattern;
	} rows[SIEVE_SCRIPTS_MAX] = {
		{ "sieve_before", settings->sieve_before },
		{ "sieve", settings->sieve },
		{ "sieve_after", settings->sieve_after },
	};
	size_t count = 0;
	size_t i;

	for (i = 0; i < SIEVE_SCRIPTS_MAX; i++) {
		struct sieve_file *file = &files[count];

		if (!is_wanted(rows[i].pattern, values))
			continue;
		file->setting = rows[i].setting;
		file->found = SIEVE_UNREADABLE;
		if (template_expand(file->path, rows[i].pattern,
			settings->lower_case == ANSWER_YES, values,
			&file->why) == VERDICT_OK)
			read_one(setup, file);
		else
			refuse(setup, &file->why);
		count++;
	}
	return count;
}

void
sieve_setup_add(struct sieve_setup *setup, const char *name, struct span text)
{
	struct judge_script *script = &setup->scripts[setup->script_count++];

	script->name = name;
	script->text = text;
}

/* Of what scripts see of it. */
static size_t
largest_message(const struct settings *settings)
{
	long long most = settings->spool_memory_bytes;

	if (settings->sieve_body_limit_bytes > most)
		most = settings->sieve_body_limit_bytes;
	return (size_t)most;
}

void
sieve_setup_judge(struct judge_setup *wanted, const struct sieve_setup *setup,
    const struct settings *settings)
{
	memset(wanted, 0, sizeof(*wanted));
	wanted->scripts = setup->scripts;
	wanted->script_count = setup->script_count;
	wanted->library.personal = or_null(setup->personal);
	wanted->library.global = or_null(setup->global);
	wanted->options = &setup->options;
	wanted->environment = setup->environment;
	wanted->environment_count = SIEVE_ITEMS;
	wanted->own_addresses = setup->own;
	wanted->own_address_count = 1;
	wanted->cpu_s = (unsigned int)settings->sieve_cpu_s;
	wanted->memory_bytes = JUDGE_MEMORY_BYTES + 4 * largest_message(settings);
}

void
sieve_setup_end(struct sieve_setup *setup)
{
	arena_end(&setup->memory);
}
