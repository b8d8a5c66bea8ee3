/*
 * replay FILE ... - what a fuzzer would try, from files, one after the other.
 *
 * The main() of targets for compilers that bring no fuzzer.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { INPUT_BYTES_MAX = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes);

/* A copy of the exact size, so that reading beyond it is seen. */
static int
try_file(const char *name)
{
	FILE *file = fopen(name, "rb");
	uint8_t *data = malloc(INPUT_BYTES_MAX), *exact = NULL;
	size_t size_bytes;

	if (file == NULL || data == NULL)
		goto fail;
	size_bytes = fread(data, 1, INPUT_BYTES_MAX, file);
	exact = realloc(data, size_bytes > 0 ? size_bytes : 1);
	if (exact == NULL)
		goto fail;
	(void)fclose(file); /* read only */
	(void)LLVMFuzzerTestOneInput(exact, size_bytes);
	free(exact);
	return 0;

fail:
	(void)fprintf(stderr, "%s: cannot be read\n", name);
	return 1;
}

int
main(int argc, char **argv)
{
	int i, failures = 0;

	for (i = 1; i < argc; i++)
		failures += try_file(argv[i]);
	(void)printf("%d tried\n", argc - 1 - failures);
	return failures > 0;
}
