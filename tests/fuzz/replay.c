/*
 * replay [-r ROUNDS | -s SECONDS] FILE ... - what a fuzzer would try, from
 * files.
 *
 * The main() of targets for compilers that bring no fuzzer. Each file is
 * tried as it is; then, ROUNDS times or as long as that, one of them changed
 * at a few places, by random numbers that are the same at every run. An input
 * that ends the process is kept in the file "failed-input".
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "compat/compat.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/prng.h"

enum { INPUT_BYTES_MAX = 1 << 20, WALK_BYTES_MAX = 1 << 14 };

struct input {
	uint8_t *bytes; /* owned */
	size_t size_bytes;
};

static struct input current; /* for the handler */

static void
keep_current(int number)
{
	int fd = open("failed-input", O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd != -1)
		(void)!write(fd, current.bytes, current.size_bytes);
	(void)signal(number, SIG_DFL); /* it is one that can be set */
	(void)raise(number);	       /* and so it ends here */
}

/* A copy of the exact size, so that reading beyond it is seen. */
static bool
try_bytes(const uint8_t *bytes, size_t size_bytes)
{
	current.bytes = malloc(size_bytes > 0 ? size_bytes : 1);
	current.size_bytes = size_bytes;
	if (current.bytes == NULL)
		return false;
	if (size_bytes > 0)
		memcpy(current.bytes, bytes, size_bytes);
	(void)LLVMFuzzerTestOneInput(current.bytes, size_bytes);
	free(current.bytes);
	return true;
}

static bool
read_input(struct input *input, const char *name)
{
	FILE *file = fopen(name, "rb");

	input->bytes = malloc(INPUT_BYTES_MAX);
	input->size_bytes = 0;
	if (file == NULL || input->bytes == NULL) {
		(void)fprintf(stderr, "%s: cannot be read\n", name);
		if (file != NULL)
			(void)fclose(file); /* read only */
		free(input->bytes);
		return false;
	}
	input->size_bytes = fread(input->bytes, 1, INPUT_BYTES_MAX, file);
	(void)fclose(file); /* read only */
	return true;
}

/* Put count bytes of from in place of gone bytes at a random place. */
static void
put_part(struct prng *prng, struct input *to, const struct input *from)
{
	size_t at = prng_below(prng, to->size_bytes + 1);
	size_t gone = prng_below(prng, to->size_bytes - at + 1);
	size_t start = prng_below(prng, from->size_bytes + 1);
	size_t count = prng_below(prng, from->size_bytes - start + 1);

	if (prng_below(prng, 2) == 0)
		gone = 0;
	if (to->size_bytes - gone + count > WALK_BYTES_MAX)
		return;
	memmove(to->bytes + at + count, to->bytes + at + gone,
	    to->size_bytes - at - gone);
	memcpy(to->bytes + at, from->bytes + start, count);
	to->size_bytes = to->size_bytes - gone + count;
}

static void
change_byte(struct prng *prng, struct input *input)
{
	static const char often[] = "\n\r\0 <>@\"\\%:;,.=/{}[]()?*\x80\xff";
	size_t at;

	if (input->size_bytes == 0)
		return;
	at = prng_below(prng, input->size_bytes);
	if (prng_below(prng, 2) == 0)
		input->bytes[at] ^= (uint8_t)(1U << prng_below(prng, 8));
	else
		input->bytes[at] =
		    (uint8_t)often[prng_below(prng, sizeof(often) - 1)];
}

static bool
try_changed(unsigned int round, const struct input *seeds, size_t count)
{
	static uint8_t room[WALK_BYTES_MAX];
	struct prng prng = prng_start(round);
	const struct input *seed = &seeds[prng_below(&prng, count)];
	struct input input = { room, seed->size_bytes };
	size_t changes = 1 + prng_below(&prng, 4);

	if (input.size_bytes > WALK_BYTES_MAX)
		input.size_bytes = WALK_BYTES_MAX;
	memcpy(room, seed->bytes, input.size_bytes);
	while (changes-- > 0)
		if (prng_below(&prng, 3) == 0)
			put_part(&prng, &input,
			    &seeds[prng_below(&prng, count)]);
		else
			change_byte(&prng, &input);
	return try_bytes(input.bytes, input.size_bytes);
}

/* How far a walk goes: so many rounds, or until then. */
struct walk {
	unsigned int rounds;
	time_t end_s; /* 0: the rounds count */
};

static bool
goes_on(const struct walk *walk, unsigned int round)
{
	if (walk->end_s == 0)
		return round <= walk->rounds;
	return round != 0 && time(NULL) < walk->end_s;
}

static int
run(char **names, size_t count, const struct walk *walk)
{
	struct input *seeds = calloc(count + 1, sizeof(*seeds));
	unsigned int round, tried = 0;
	size_t i, readable = 0;

	for (i = 0; seeds != NULL && i < count; i++)
		if (read_input(&seeds[readable], names[i])) {
			tried += try_bytes(seeds[readable].bytes,
			    seeds[readable].size_bytes);
			readable++;
		}
	for (round = 1; readable > 0 && goes_on(walk, round); round++)
		tried += try_changed(round, seeds, readable);
	(void)printf("%u tried\n", tried);
	for (i = 0; i < readable; i++)
		free(seeds[i].bytes);
	free(seeds);
	return readable < count;
}

int
main(int argc, char **argv)
{
	struct walk walk = { 0, 0 };
	int letter;

	(void)signal(SIGABRT, keep_current); /* it is one that can be set */
	(void)signal(SIGSEGV, keep_current); /* so */
	while ((letter = getopt(argc, argv, "r:s:")) != -1) {
		if (letter == 'r')
			walk.rounds = (unsigned int)strtoul(optarg, NULL, 10);
		else if (letter == 's')
			walk.end_s = time(NULL) + (time_t)atoi(optarg);
		else
			return 64;
	}
	return run(argv + optind, (size_t)(argc - optind), &walk);
}
