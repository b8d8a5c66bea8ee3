/*
 * svtest FILE ... - run tests that are written in Sieve.
 *
 * The language is that of Pigeonhole's test suite: a script that requires
 * vnd.dovecot.testsuite; ours may require vnd.mda.testsuite, too. Ends with
 * "N passed, N failed" over all files, and status 0 only when none failed; a
 * file that is wrong or ends in an error is one failure more.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mime/date.h"
#include "tests/sieve/svtest_language.h"
#include "tests/sieve/svtest_world.h"

static const struct sieve_extra *const extras[] = { &svtest_language,
	&svtest_own, &svtest_debug, NULL };

static void
print_error(const struct sieve_error *error)
{
	(void)printf("%s:%u:%u: error: %s\n", error->script, error->place.line,
	    error->place.column, error->text);
}

static void
run_file(struct world *world, const struct sieve_program *program)
{
	struct sieve_plan plan;
	struct sieve_error error;

	sieve_plan_init(&plan);
	if (!sieve_run(&program, 1, &world->input, &plan, &error)) {
		(void)printf("\n");
		print_error(&error);
		world->failed++;
	}
	sieve_plan_release(&plan);
}

static void
compile_and_run(struct world *world, const char *name)
{
	struct sieve_program *program = NULL;
	struct sieve_errors errors;
	struct span text;
	size_t i;

	errors.count = 0;
	if (!world_read(world, name, &text)) {
		(void)printf("%s: error: cannot be read\n", name);
		world->failed++;
		return;
	}
	program =
	    sieve_compile(name, text, &world->outer, &world->library, &errors);
	for (i = 0; i < errors.count && i < SIEVE_ERRORS_MAX; i++)
		print_error(&errors.list[i]);
	if (program == NULL)
		world->failed++;
	else
		run_file(world, program);
	sieve_release(program);
}

/* Its folder is where the names in it begin. */
static void
test_file(const char *path, unsigned *passed_out, unsigned *failed_out)
{
	struct world *world = calloc(1, sizeof(*world));
	char *folder = strdup(path);
	char *slash;

	if (world == NULL || folder == NULL)
		exit(1);
	slash = strrchr(folder, '/');
	if (slash != NULL)
		*slash = '\0';
	(void)printf("Test case: %s:\n\n", path);
	world->outer.extras = extras;
	world_start(world, slash == NULL ? "." : folder);
	compile_and_run(world,
	    slash == NULL ? path : path + (slash - folder) + 1);
	if (world->failed == 0)
		(void)printf("\nPASS: %u tests succeeded.\n\n", world->passed);
	else
		(void)printf("\nFAIL: %u of %u tests failed.\n\n",
		    world->failed, world->passed + world->failed);
	*passed_out += world->passed;
	*failed_out += world->failed;
	world_end(world);
	free(folder);
	free(world);
}

int
main(int argc, char **argv)
{
	unsigned passed = 0, failed = 0;
	int i;

	if (argc < 2) {
		(void)fprintf(stderr, "usage: svtest file ...\n");
		return 2;
	}
	date_prepare();
	for (i = 1; i < argc; i++)
		test_file(argv[i], &passed, &failed);
	(void)printf("%u passed, %u failed\n", passed, failed);
	return failed > 0 || passed == 0;
}
