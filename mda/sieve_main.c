/*
 * sieve_main.c - mda-sieve: check a script; show what it would do.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "compat/compat.h"
#include "filter/judge.h"
#include "mda/job.h"
#include "mda/nls.h"
#include "mda/plan.h"
#include "mda/report.h"
#include "mda/sieve_setup.h"
#include "mda/sieve_show.h"
#include "message/message.h"
#include "mime/date.h"

struct command {
	struct job job;
	struct sieve_setup setup;
	bool is_check; /* else "test" */
	char **operands;
};

static int
print_usage(FILE *out)
{
	(void)fputs(_("usage: mda-sieve check [-c file] [-o setting=value] "
		      "script ...\n"
		      "       mda-sieve test [-a address] [-c file] "
		      "[-f sender]\n"
		      "                      [-o setting=value] script "
		      "[message ...]\n"
		      "       mda-sieve --help | --version\n"
		      "Check Sieve scripts, or show what one would do with "
		      "messages.\n"
		      "See mda-sieve(1), and mda-sieve(5) for the language.\n"),
	    out);
	return out == stdout ? EX_OK : EX_USAGE;
}

static int
say(const struct failure *why)
{
	char sentence[1024];

	report_sentence(sentence, sizeof(sentence), why);
	(void)fprintf(stderr, "mda-sieve: %s\n", sentence);
	return EX_CONFIG;
}

/* ---- Arguments ---------------------------------------------------------- */

static const char **
option_value(struct options *options, char letter)
{
	switch (letter) {
	case 'a':
		return &options->recipient;
	case 'c':
		return &options->config;
	case 'f':
		return &options->sender;
	case 'o':
		if (options->override_count < OVERRIDES_MAX)
			return &options->overrides[options->override_count++];
		return NULL;
	default:
		return NULL;
	}
}

/* Each value is an argument of its own, as with mda. */
static bool
parse_options(struct options *options, char ***next)
{
	char **argument = *next;
	const char **value;

	for (; *argument != NULL && (*argument)[0] == '-'; argument += 2) {
		if (strcmp(*argument, "--") == 0) {
			*next = argument + 1;
			return true;
		}
		if ((*argument)[1] == '\0')
			break; /* standard input */
		value = (*argument)[2] == '\0'
		    ? option_value(options, (*argument)[1])
		    : NULL;
		if (value == NULL || argument[1] == NULL)
			return false;
		*value = argument[1];
	}
	*next = argument;
	return true;
}

static bool
parse(struct command *command, char **argv)
{
	char **next = argv + 1;

	if (*next == NULL)
		return false;
	command->is_check = strcmp(*next, "check") == 0;
	if (!command->is_check && strcmp(*next, "test") != 0)
		return false;
	next++;
	if (!parse_options(&command->job.options, &next) || *next == NULL)
		return false;
	command->operands = next;
	return true;
}

/* Whose account it is matters only for paths and addresses. */
static enum verdict
prepare(struct command *command, struct failure *why)
{
	struct job *job = &command->job;
	const char *home = getenv("HOME");
	enum verdict verdict = plan_settings(job, why);

	if (verdict != VERDICT_OK)
		return verdict;
	verdict = account_self(&job->account, home, why);
	if (verdict != VERDICT_OK)
		return verdict;
	job->values.user = job->account.name;
	job->values.local = job->account.name;
	job->values.domain = "";
	job->values.detail = "";
	job->values.home = job->account.home;
	return VERDICT_OK;
}

/* ---- Files -------------------------------------------------------------- */

static enum verdict
read_message(struct message *message, const struct command *command,
    const char *path, struct failure *why)
{
	static const struct trace_rules rules = { TRACE_NEVER, TRACE_NEVER };
	const struct settings *settings = &command->job.settings;
	const struct message_limits limits = {
		(size_t)settings->spool_memory_bytes, 0 };
	struct envelope envelope = { { NULL, 0 }, { NULL, 0 }, false, false };
	const struct options *options = &command->job.options;
	bool is_input = strcmp(path, "-") == 0;
	int fd = is_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);

	if (fd == -1)
		return failure_errno(why, "message-open", path);
	if (options->sender != NULL)
		envelope_set_sender(&envelope, span_of(options->sender));
	envelope.has_recipient = options->recipient != NULL;
	envelope.recipient = span_of(options->recipient);
	return message_open(message, fd, &limits, &envelope, &rules, why);
}

static enum verdict
count_bytes(void *context, struct span data, struct failure *why)
{
	long long *size_bytes = context;

	(void)why;
	*size_bytes += (long long)data.size_bytes;
	return VERDICT_OK;
}

/* ---- check -------------------------------------------------------------- */

/* Here nothing is sent by a stranger: no other process is needed. */
static int
check_one(struct command *command, const char *path, struct span text)
{
	struct sieve_setup *setup = &command->setup;
	struct judge_setup wanted;
	struct sieve_library library = { script_find, NULL };
	struct sieve_program *program;
	struct sieve_errors errors;

	sieve_setup_judge(&wanted, setup, &command->job.settings);
	wanted.library.arena = &setup->memory;
	library.context = &wanted.library;
	program =
	    sieve_compile(path, text, &setup->options, &library, &errors);
	sieve_show_errors(stderr, &errors);
	if (program == NULL)
		return EX_DATAERR;
	sieve_show_warnings(stderr, sieve_warnings(program));
	sieve_release(program);
	return EX_OK;
}

/* ---- test --------------------------------------------------------------- */

/* The envelope of a message that stands in a file is what its trace says. */
static void
set_envelope(struct judge_task *task, const struct message *message)
{
	const struct envelope *envelope = &message->envelope;

	task->envelope.from = envelope->sender;
	task->envelope.has_from = envelope->has_sender;
	task->envelope.to = envelope->recipient;
	task->envelope.has_to = envelope->has_recipient;
}

static int
test_message(const struct command *command, struct judge *judge,
    struct message *message, const char *path)
{
	struct sieve_answers nobody;
	struct judge_decision decision;
	struct judge_task task;
	struct failure why;
	int status = EX_OK;

	memset(&task, 0, sizeof(task));
	memset(&nobody, 0, sizeof(nobody));
	task.message = message->head;
	task.answers = &nobody;
	task.now_s = (int64_t)clock_wall().tv_sec;
	set_envelope(&task, message);
	(void)command;
	if (message_copy(message, count_bytes, &task.size_bytes, &why) !=
	    VERDICT_OK)
		return say(&why);
	judge_decide(judge, &task, &decision);
	(void)printf("%s:\n", path);
	sieve_show_plan(stdout, &decision);
	(void)fflush(stdout); /* so that both come in order */
	sieve_show_errors(stderr, &decision.errors);
	if (decision.errors.count == 0 && decision.trouble[0] != '\0')
		(void)fprintf(stderr, "mda-sieve: %s\n", decision.trouble);
	if (decision.trouble[0] != '\0')
		status = EX_DATAERR;
	judge_forget(&decision);
	return status;
}

static int
test_one(struct command *command, const char *path)
{
	struct judge_setup wanted;
	struct message message;
	struct judge judge;
	struct failure why;
	int status = EX_NOINPUT;

	memset(&message, 0, sizeof(message));
	sieve_setup_judge(&wanted, &command->setup, &command->job.settings);
	judge_start(&judge, &wanted);
	if (read_message(&message, command, path, &why) == VERDICT_OK)
		status = test_message(command, &judge, &message, path);
	else
		(void)say(&why);
	message_close(&message);
	judge_end(&judge);
	return status;
}

static int
test_all(struct command *command, struct span text)
{
	static char standard_input[] = "-";
	char *only_input[] = { standard_input, NULL };
	char **message = command->operands + 1;
	int status = EX_OK;
	int one;

	if (*message == NULL)
		message = only_input;
	sieve_setup_add(&command->setup, command->operands[0], text);
	for (; *message != NULL; message++) {
		one = test_one(command, *message);
		if (status == EX_OK)
			status = one;
	}
	return status;
}

/* ---- All ---------------------------------------------------------------- */

static int
read_script(struct command *command, const char *path, struct span *text_out)
{
	struct failure why;

	switch (script_read(text_out, path, &command->setup.memory, &why)) {
	case SIEVE_FOUND:
		return EX_OK;
	case SIEVE_ABSENT:
		errno = ENOENT;
		(void)failure_errno(&why, "script-open", path);
		break;
	case SIEVE_UNREADABLE:
		break;
	}
	(void)say(&why);
	return EX_NOINPUT;
}

static int
run(struct command *command)
{
	struct job *job = &command->job;
	char **operand = command->operands;
	int status = EX_OK;
	struct span text;
	int one;

	sieve_setup_start(&command->setup);
	sieve_setup_settle(&command->setup, &job->settings, &job->values);
	do {
		one = read_script(command, *operand, &text);
		if (one == EX_OK)
			one = command->is_check
			    ? check_one(command, *operand, text)
			    : test_all(command, text);
		if (status == EX_OK)
			status = one;
	} while (command->is_check && *++operand != NULL);
	sieve_setup_end(&command->setup);
	return status;
}

int
main(int argc, char **argv)
{
	static struct command command; /* large */
	struct failure why;

	(void)argc;
	nls_guard();
	nls_start();
	date_prepare();
	if (argv[0] != NULL && argv[1] != NULL && argv[2] == NULL) {
		if (strcmp(argv[1], "--help") == 0)
			return print_usage(stdout);
		if (strcmp(argv[1], "--version") == 0)
			return printf("mda-sieve %s\n", MDA_VERSION) < 0;
	}
	if (argv[0] == NULL || !parse(&command, argv))
		return print_usage(stderr);
	if (prepare(&command, &why) != VERDICT_OK)
		return say(&why);
	return run(&command);
}
