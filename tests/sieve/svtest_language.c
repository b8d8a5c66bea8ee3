#include "tests/sieve/svtest_language.h"

#include <stdio.h>
#include <string.h>

#include "sieve/matcher.h"
#include "sieve/run.h"
#include "tests/sieve/svtest_world.h"

enum tag_id {
	TAG_TEST_INDEX = 1000,
	TAG_TEST_SMTP,
	TAG_TEST_FOLDER,
	TAG_TEST_APPEND,
	TAG_TEST_EXTENSION,
	TAG_TEST_MAILBOX
};

#define END_OF_TAGS                                           \
	{                                                     \
		NULL, TAG_NONE, SIEVE_NOTHING, 0, NULL, false \
	}

static const struct sieve_tag index_tags[] = {
	{ "index", TAG_TEST_INDEX, SIEVE_NUMBER, 0, NULL, false },
	END_OF_TAGS,
};
static const struct sieve_tag message_tags[] = {
	{ "smtp", TAG_TEST_SMTP, SIEVE_NOTHING, GROUP_OWN, NULL, false },
	{ "folder", TAG_TEST_FOLDER, SIEVE_STRING, GROUP_OWN, NULL, false },
	END_OF_TAGS,
};
static const struct sieve_tag append_tags[] = {
	{ "append_result", TAG_TEST_APPEND, SIEVE_NOTHING, 0, NULL, false },
	END_OF_TAGS,
};
static const struct sieve_tag extension_tags[] = {
	{ "extension", TAG_TEST_EXTENSION, SIEVE_STRING, 0, NULL, false },
	END_OF_TAGS,
};
static const struct sieve_tag mailbox_tags[] = {
	{ "mailbox", TAG_TEST_MAILBOX, SIEVE_STRING, 0, NULL, false },
	END_OF_TAGS,
};

static struct world *
world_of(const struct sieve_run *run)
{
	return run->input->context;
}

static struct span
argument(struct sieve_run *run, const struct sieve_call *call, size_t at)
{
	return run_string(run, &call->arguments[at]);
}

/* With a NUL behind it. */
static const char *
text_argument(struct sieve_run *run, const struct sieve_call *call, size_t at)
{
	const char *text = arena_copy(&run->memory, argument(run, call, at)).at;

	return text == NULL ? "" : text;
}

/* ---- Blocks ------------------------------------------------------------- */

static bool
enter_test(struct sieve_run *run, const struct sieve_call *call,
    bool *enters_out)
{
	struct world *world = world_of(run);

	if (world->test != NULL)
		return run_error(run, call, "a test cannot lie in another");
	world->test = arena_copy(&world->memory, argument(run, call, 0)).at;
	world->has_failed = false;
	*enters_out = true;
	(void)printf("%3u: Test '%s': ", world->passed + world->failed + 1,
	    world->test);
	return true;
}

static bool
leave_test(struct sieve_run *run, const struct sieve_call *call,
    bool *again_out)
{
	struct world *world = world_of(run);

	(void)call;
	*again_out = false;
	world->test = NULL;
	if (world->has_failed) {
		world->failed++;
		return true;
	}
	(void)printf("SUCCESS\n");
	world->passed++;
	return true;
}

static bool
fail_test(struct sieve_run *run, const struct sieve_call *call,
    const char *reason)
{
	struct world *world = world_of(run);
	size_t i;

	if (world->test == NULL || !run_leave_block(run))
		return run_error(run, call, "%s", reason);
	world->has_failed = true;
	(void)printf("FAILED: line %u: %s\n", call->place.line, reason);
	for (i = 0; i < world->errors.count && i < SIEVE_ERRORS_MAX; i++)
		(void)printf("     : %s:%u: %s\n", world->errors.list[i].script,
		    world->errors.list[i].place.line,
		    world->errors.list[i].text);
	return true;
}

static bool
do_test_fail(struct sieve_run *run, const struct sieve_call *call)
{
	return fail_test(run, call, text_argument(run, call, 0));
}

/* ---- Message, envelope, settings ---------------------------------------- */

static bool
do_test_set(struct sieve_run *run, const struct sieve_call *call)
{
	struct world *world = world_of(run);
	struct span name = argument(run, call, 0);

	if (match_is(COMPARATOR_CASEMAP, name, span_of("message"))) {
		world_set_message(world, argument(run, call, 1));
		run_set_message(run, world->message);
		run->flags = span_of(NULL);
	} else if (!world_set_envelope(world, name, argument(run, call, 1))) {
		return run_error(run, call, "there is nothing of this name");
	}
	run->envelope = world->envelope;
	return true;
}

static bool
do_config_set(struct sieve_run *run, const struct sieve_call *call)
{
	struct world *world = world_of(run);
	struct world_setting *setting;

	if (world->setting_count == WORLD_NAMES_MAX)
		return run_error(run, call, "too many settings");
	setting = &world->settings[world->setting_count++];
	setting->name = arena_copy(&world->memory, argument(run, call, 0));
	setting->value = arena_copy(&world->memory, argument(run, call, 1));
	return true;
}

static bool
do_config_unset(struct sieve_run *run, const struct sieve_call *call)
{
	struct world *world = world_of(run);
	struct span name = argument(run, call, 0);
	size_t from, to = 0;

	for (from = 0; from < world->setting_count; from++)
		if (!match_is(COMPARATOR_OCTET, world->settings[from].name,
			name))
			world->settings[to++] = world->settings[from];
	world->setting_count = to;
	return true;
}

static bool
do_config_reload(struct sieve_run *run, const struct sieve_call *call)
{
	const struct sieve_value *tag = call_tag(call, TAG_TEST_EXTENSION);
	struct span wanted;
	size_t i = 0;

	world_configure(world_of(run));
	if (tag == NULL)
		return true;
	wanted = run_string(run, tag);
	for (; sieve_extension_name(i) != NULL; i++)
		if (match_is(COMPARATOR_OCTET, wanted,
			span_of(sieve_extension_name(i))))
			return true;
	return fail_test(run, call, "there is no such extension");
}

/* ---- Scripts ------------------------------------------------------------ */

static struct sieve_program *
compile_text(struct world *world, const char *name, struct span text)
{
	struct sieve_program *program;

	program = sieve_compile(name, text, &world->options, &world->library,
	    &world->errors);
	if (program == NULL || world->program_count == WORLD_NAMES_MAX) {
		sieve_release(program);
		(void)world_error(world, "validation failed");
		return NULL;
	}
	world->programs[world->program_count++].program = program;
	return program;
}

static struct sieve_program *
compile(struct world *world, const char *name)
{
	struct span text;

	if (world_read(world, name, &text))
		return compile_text(world, name, text);
	world->errors.count = 0;
	(void)world_error(world, "%s cannot be read", name);
	return NULL;
}

static bool
test_script_compile_now(struct sieve_run *run, const struct sieve_call *call,
    bool *truth_out)
{
	struct world *world = world_of(run);
	struct sieve_program *program =
	    compile(world, text_argument(run, call, 0));

	*truth_out = program != NULL;
	if (program != NULL)
		world->program = program;
	return true;
}

static bool
test_script_text_now(struct sieve_run *run, const struct sieve_call *call,
    bool *truth_out)
{
	struct world *world = world_of(run);
	struct sieve_program *program =
	    compile_text(world, "script", argument(run, call, 0));

	*truth_out = program != NULL;
	if (program != NULL)
		world->program = program;
	return true;
}

static void
reset_result(struct sieve_run *run)
{
	struct world *world = world_of(run);

	while (world->plan_count > 0)
		sieve_plan_release(world->plans[--world->plan_count]);
	sieve_plan_clear(run->plan);
	run->first_action = 0;
}

static bool
run_programs(struct world *world, const struct sieve_program *const *programs,
    size_t count)
{
	struct sieve_plan *plan = arena_take(&world->memory, 1, sizeof(*plan));
	struct sieve_error error;

	world->errors.count = 0;
	if (plan == NULL || world->plan_count == WORLD_RESULTS_MAX)
		return world_error(world, "too many results");
	sieve_plan_init(plan);
	world->plans[world->plan_count++] = plan;
	if (sieve_run(programs, count, &world->input, plan, &error))
		return true;
	world->errors.list[0] = error;
	world->errors.count = 1;
	return false;
}

static bool
test_script_run_now(struct sieve_run *run, const struct sieve_call *call,
    bool *truth_out)
{
	struct world *world = world_of(run);
	const struct sieve_program *program = world->program;

	if (program == NULL)
		return run_error(run, call, "no script was compiled");
	if (call_tag(call, TAG_TEST_APPEND) == NULL)
		reset_result(run);
	*truth_out = run_programs(world, &program, 1);
	return true;
}

/*
 * What the test script itself did so far, with the keep that would come if it
 * ended here; but it goes on.
 */
static bool
execute_own(struct sieve_run *run)
{
	struct sieve_plan *plan = run->plan;
	size_t count = plan->count;
	bool keeps = plan->keeps_implicitly, is_good;

	if (world_of(run)->plan_count == 0 && !run_implicit_keep(run))
		return false;
	is_good = world_execute(world_of(run), plan);
	plan->count = count;
	plan->keeps_implicitly = keeps;
	return is_good;
}

static bool
execute_result(struct sieve_run *run)
{
	struct world *world = world_of(run);
	bool is_good;
	size_t i;

	world->errors.count = 0;
	is_good = execute_own(run);
	for (i = 0; i < world->plan_count; i++)
		is_good = world_execute(world, world->plans[i]) && is_good;
	return is_good;
}

static bool
test_multiscript_now(struct sieve_run *run, const struct sieve_call *call,
    bool *truth_out)
{
	struct world *world = world_of(run);
	struct sieve_strings paths = run_strings(run, &call->arguments[0]);
	const struct sieve_program *programs[WORLD_RESULTS_MAX];
	size_t i;

	*truth_out = false;
	reset_result(run);
	for (i = 0; i < paths.count && i < WORLD_RESULTS_MAX; i++) {
		const char *path = arena_copy(&run->memory, paths.at[i]).at;

		programs[i] = path == NULL ? NULL : compile(world, path);
		if (programs[i] == NULL)
			return true;
	}
	*truth_out = run_programs(world, programs, i) && execute_result(run);
	return true;
}

static bool
do_binary_save(struct sieve_run *run, const struct sieve_call *call)
{
	struct world *world = world_of(run);
	struct world_program *place = &world->programs[world->program_count];

	if (world->program == NULL || world->program_count == WORLD_NAMES_MAX)
		return fail_test(run, call, "no script to keep");
	place->name = arena_copy(&world->memory, argument(run, call, 0));
	place->program = world->program;
	world->program_count++;
	return true;
}

static bool
do_binary_load(struct sieve_run *run, const struct sieve_call *call)
{
	struct world *world = world_of(run);
	struct span name = argument(run, call, 0);
	size_t i = world->program_count;

	while (i-- > 0)
		if (world->programs[i].name.at != NULL &&
		    match_is(COMPARATOR_OCTET, world->programs[i].name, name)) {
			world->program = world->programs[i].program;
			return true;
		}
	return fail_test(run, call, "no script was kept under this name");
}

/* ---- Results ------------------------------------------------------------ */

static bool
do_result_reset(struct sieve_run *run, const struct sieve_call *call)
{
	struct world *world = world_of(run);
	size_t from, to = 0;

	(void)call;
	reset_result(run);
	for (from = 0; from < world->mail_count; from++)
		if (world->mail[from].mailbox.at != NULL)
			world->mail[to++] = world->mail[from];
	world->mail_count = to;
	return true;
}

static bool
test_result_execute_now(struct sieve_run *run, const struct sieve_call *call,
    bool *truth_out)
{
	(void)call;
	*truth_out = execute_result(run);
	return true;
}

static const char *
action_name(const struct sieve_action *action)
{
	return action->kind == SIEVE_FILEINTO
	    ? "store"
	    : sieve_plan_action_name(action->kind);
}

/* Offer a value when it has the number that ":index" wants, or any. */
struct numbered {
	struct matcher matcher;
	uint64_t wanted; /* 0: all */
	uint64_t number;
};

static void
numbered_start(struct numbered *numbered, struct sieve_run *run,
    const struct sieve_call *call)
{
	const struct sieve_value *index = call_tag(call, TAG_TEST_INDEX);

	numbered->wanted = index == NULL ? 0 : index->number;
	numbered->number = 0;
	matcher_start(&numbered->matcher, run, call);
}

static void
numbered_offer(struct numbered *numbered, const char *value)
{
	numbered->number++;
	if ((numbered->wanted == 0 || numbered->wanted == numbered->number) &&
	    !numbered->matcher.is_true)
		(void)matcher_offer(&numbered->matcher, span_of(value));
}

static void
offer_plan(struct numbered *numbered, const struct sieve_plan *plan)
{
	size_t i;

	for (i = 0; i < plan->count; i++)
		if (!plan->actions[i].is_implicit &&
		    plan->actions[i].kind != SIEVE_DUPLICATE)
			numbered_offer(numbered,
			    action_name(&plan->actions[i]));
}

static bool
test_result_action_now(struct sieve_run *run, const struct sieve_call *call,
    bool *truth_out)
{
	struct world *world = world_of(run);
	struct numbered numbered;
	size_t i;

	numbered_start(&numbered, run, call);
	offer_plan(&numbered, run->plan);
	for (i = 0; i < world->plan_count; i++)
		offer_plan(&numbered, world->plans[i]);
	return matcher_end(&numbered.matcher, truth_out);
}

static bool
test_error_now(struct sieve_run *run, const struct sieve_call *call,
    bool *truth_out)
{
	struct world *world = world_of(run);
	struct numbered numbered;
	size_t i;

	numbered_start(&numbered, run, call);
	for (i = 0; i < world->errors.count && i < SIEVE_ERRORS_MAX; i++)
		numbered_offer(&numbered, world->errors.list[i].text);
	return matcher_end(&numbered.matcher, truth_out);
}

static bool
do_print(struct sieve_run *run, const struct sieve_call *call)
{
	(void)run;
	(void)call;
	return true;
}

/* ---- Mailboxes and mail ------------------------------------------------- */

static bool
do_mailbox_create(struct sieve_run *run, const struct sieve_call *call)
{
	world_add_mailbox(world_of(run), argument(run, call, 0));
	return true;
}

/* With what is in it. */
static bool
do_mailbox_delete(struct sieve_run *run, const struct sieve_call *call)
{
	struct world *world = world_of(run);
	struct span name = argument(run, call, 0);
	size_t from, to = 0;

	for (from = 0; from < world->mail_count; from++)
		if (world->mail[from].mailbox.at == NULL ||
		    !world_is_same(world->mail[from].mailbox, name))
			world->mail[to++] = world->mail[from];
	world->mail_count = to;
	to = 0;
	for (from = 0; from < world->mailbox_count; from++)
		if (!world_is_same(world->mailboxes[from], name))
			world->mailboxes[to++] = world->mailboxes[from];
	world->mailbox_count = to;
	return true;
}

static struct world_mail *
find_mail(struct sieve_run *run, const struct sieve_call *call)
{
	struct world *world = world_of(run);
	const struct sieve_value *folder = call_tag(call, TAG_TEST_FOLDER);
	struct span name =
	    folder == NULL ? span_of(NULL) : run_string(run, folder);
	uint64_t left = call->arguments[0].number;
	size_t i;

	for (i = 0; i < world->mail_count; i++) {
		struct world_mail *mail = &world->mail[i];

		if ((folder == NULL) != (mail->mailbox.at == NULL) ||
		    (folder != NULL && !world_is_same(mail->mailbox, name)))
			continue;
		if (left-- == 0)
			return mail;
	}
	return NULL;
}

static bool
look_at_mail(struct sieve_run *run, const struct sieve_call *call)
{
	struct world *world = world_of(run);
	struct world_mail *mail = find_mail(run, call);

	if (mail == NULL)
		return false;
	world_set_message(world, mail->bytes);
	run_set_message(run, world->message);
	if (mail->mailbox.at == NULL) {
		world->envelope.from = mail->from;
		world->envelope.to = world->envelope.original_to = mail->to;
		world->input.envelope = world->envelope;
	} else {
		run->flags = arena_copy(&run->memory, mail->flags);
	}
	run->envelope = world->envelope;
	return true;
}

static bool
do_test_message(struct sieve_run *run, const struct sieve_call *call)
{
	return look_at_mail(run, call) ||
	    fail_test(run, call, "there is no such message");
}

static bool
test_message_now(struct sieve_run *run, const struct sieve_call *call,
    bool *truth_out)
{
	*truth_out = look_at_mail(run, call);
	return true;
}

/* ---- The tables --------------------------------------------------------- */

#define COMMAND(word, how, tag_list, argument_kinds, what)        \
	{                                                         \
		.name = word, .usage = how, .tags = { tag_list }, \
		.arguments = argument_kinds, .execute = what      \
	}
#define TEST(word, how, tag_list, argument_kinds, what)           \
	{                                                         \
		.name = word, .usage = how, .tags = { tag_list }, \
		.arguments = argument_kinds, .test = what         \
	}
#define NONE                  \
	{                     \
		SIEVE_NOTHING \
	}
#define NUMBER               \
	{                    \
		SIEVE_NUMBER \
	}
#define STRING               \
	{                    \
		SIEVE_STRING \
	}
#define STRINGS               \
	{                     \
		SIEVE_STRINGS \
	}

static const struct sieve_spec commands[] = {
	{ .name = "test",
	    .usage = "test \"name\" { ... }",
	    .arguments = STRING,
	    .enter = enter_test,
	    .leave = leave_test },
	{ .name = "test_set",
	    .usage = "test_set \"name\" \"value\";",
	    .arguments = { SIEVE_STRING, SIEVE_STRING },
	    .execute = do_test_set },
	{ .name = "test_config_set",
	    .usage = "test_config_set \"name\" \"value\";",
	    .arguments = { SIEVE_STRING, SIEVE_STRING },
	    .execute = do_config_set },
	{ .name = "test_imap_metadata_set",
	    .usage = "test_imap_metadata_set [:mailbox \"name\"] \"name\" "
		     "\"value\";",
	    .tags = { mailbox_tags },
	    .arguments = { SIEVE_STRING, SIEVE_STRING },
	    .execute = do_print },
	COMMAND("test_fail", "test_fail \"reason\";", NULL, STRING,
	    do_test_fail),
	COMMAND("test_config_unset", "test_config_unset \"name\";", NULL,
	    STRING, do_config_unset),
	COMMAND("test_config_reload",
	    "test_config_reload [:extension \"name\"];", extension_tags, NONE,
	    do_config_reload),
	COMMAND("test_result_reset", "test_result_reset;", NULL, NONE,
	    do_result_reset),
	COMMAND("test_result_print", "test_result_print;", NULL, NONE,
	    do_print),
	COMMAND("test_message_print", "test_message_print;", NULL, NONE,
	    do_print),
	COMMAND("test_mailbox_create", "test_mailbox_create \"name\";", NULL,
	    STRING, do_mailbox_create),
	COMMAND("test_mailbox_delete", "test_mailbox_delete \"name\";", NULL,
	    STRING, do_mailbox_delete),
	COMMAND("test_binary_save", "test_binary_save \"name\";", NULL, STRING,
	    do_binary_save),
	COMMAND("test_binary_load", "test_binary_load \"name\";", NULL, STRING,
	    do_binary_load),
	COMMAND("test_message", "test_message :smtp | :folder \"name\" 0;",
	    message_tags, NUMBER, do_test_message),
	{ .name = NULL },
};

static const struct sieve_spec tests[] = {
	TEST("test_script_compile", "test_script_compile \"file\"", NULL,
	    STRING, test_script_compile_now),
	TEST("test_script_run", "test_script_run [:append_result]", append_tags,
	    NONE, test_script_run_now),
	TEST("test_multiscript", "test_multiscript [\"file\", ...]", NULL,
	    STRINGS, test_multiscript_now),
	TEST("test_result_execute", "test_result_execute", NULL, NONE,
	    test_result_execute_now),
	TEST("test_message", "test_message :smtp | :folder \"name\" 0",
	    message_tags, NUMBER, test_message_now),
	{ .name = "test_result_action",
	    .usage = "test_result_action [MATCH-TYPE] [:index 1] \"name\"",
	    .tags = { spec_match_tags, index_tags },
	    .arguments = STRINGS,
	    .keys = 1,
	    .test = test_result_action_now },
	{ .name = "test_error",
	    .usage = "test_error [MATCH-TYPE] [:index 1] \"text\"",
	    .tags = { spec_match_tags, index_tags },
	    .arguments = STRINGS,
	    .keys = 1,
	    .test = test_error_now },
	{ .name = NULL },
};

/* ${tst.path} */
static struct span
variable(struct sieve_run *run, struct span name)
{
	if (match_is(COMPARATOR_CASEMAP, name, span_of("path")))
		return span_of(world_of(run)->folder);
	return span_of(NULL);
}

const struct sieve_extra svtest_language = {
	.name = "vnd.dovecot.testsuite",
	.commands = commands,
	.tests = tests,
	.variables = "tst",
	.variable = variable,
};

/* ---- Of our own ----------------------------------------------------------- */

static const struct sieve_spec own_tests[] = {
	TEST("test_script_text", "test_script_text \"script\"", NULL, STRING,
	    test_script_text_now),
	{ .name = NULL },
};

const struct sieve_extra svtest_own = {
	.name = "vnd.mda.testsuite",
	.tests = own_tests,
};

/* ---- Tracing ------------------------------------------------------------ */

static const struct sieve_spec debug_commands[] = {
	COMMAND("debug_log", "debug_log \"text\";", NULL, STRING, do_print),
	{ .name = NULL },
};

const struct sieve_extra svtest_debug = {
	.name = "vnd.dovecot.debug",
	.commands = debug_commands,
};
