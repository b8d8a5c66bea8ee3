/*
 * sieve_eval.c - how long ten rules take on a message of 10 KB, in the process
 * that runs them: header, addresses and body are read anew each time.
 *
 *     bench/sieve_eval [ROUNDS]
 *
 * Prints microseconds of a processor: least and median of the rounds, and
 * the time to compile the script.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sieve/sieve.h"

static const char script[] =
    "require [\"fileinto\", \"variables\", \"relational\", \"envelope\","
    "\"comparator-i;ascii-numeric\", \"regex\", \"body\", \"date\","
    "\"subaddress\", \"imap4flags\"];\n"
    "if header :contains \"list-id\" \"bugs.example.org\" "
    "{ fileinto \"Bugs\"; }\n"
    "if header :matches \"subject\" \"[*] *\" { set \"list\" \"${1}\"; }\n"
    "if address :domain [\"from\", \"sender\"] \"spam.example\" { stop; }\n"
    "if header :value \"ge\" :comparator \"i;ascii-numeric\" \"x-spam\" "
    "\"5\" { fileinto \"Junk\"; }\n"
    "if envelope :localpart \"from\" \"boss\" { addflag \"\\\\Flagged\"; }\n"
    "if address :detail \"to\" \"orders\" { fileinto \"Orders\"; }\n"
    "if header :regex \"subject\" \"^(re|aw): \" { fileinto \"Re\"; }\n"
    "if body :text :contains \"no such words\" { fileinto \"Body\"; }\n"
    "if date :is \"date\" \"weekday\" \"0\" { fileinto \"Sunday\"; }\n"
    "if allof(size :over 1M, exists \"x-large\") { fileinto \"Large\"; }\n";

static double
now_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static size_t
make_message(char *text, size_t room_bytes)
{
	size_t used = (size_t)snprintf(text, room_bytes,
	    "Received: from a.example by b.example; Fri, 27 Nov 2026 "
	    "10:00:00 +0000\nDate: Fri, 27 Nov 2026 10:00:00 +0000\n"
	    "From: =?utf-8?Q?J=C3=BCrgen?= <j@a.example>\n"
	    "To: me+lists@example.net, other@example.org\n"
	    "Subject: [list] a subject of usual length\nX-Spam: 1.5\n"
	    "Message-ID: <1@a.example>\n\n");

	while (used + 80 < room_bytes)
		used += (size_t)snprintf(text + used, room_bytes - used,
		    "A line of seventy bytes, as mail has many of them, and "
		    "no more text.\n");
	return used;
}

static int
by_size(const void *one, const void *other)
{
	const double *a = one, *b = other;

	return (*a > *b) - (*a < *b);
}

static double
run_once(const struct sieve_program *program, const struct sieve_input *input)
{
	struct sieve_error error;
	struct sieve_plan plan;
	double before_us = now_us();

	sieve_plan_init(&plan);
	if (!sieve_run(&program, 1, input, &plan, &error) || plan.count != 1) {
		(void)fprintf(stderr, "no plan: %s\n", error.text);
		exit(1);
	}
	sieve_plan_release(&plan);
	return now_us() - before_us;
}

int
main(int argc, char **argv)
{
	static char message[10 * 1024];
	size_t rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : 2000, i;
	double *times_us = calloc(rounds + 1, sizeof(*times_us));
	struct sieve_options options;
	struct sieve_errors errors;
	struct sieve_program *program;
	struct sieve_input input;
	double before_us;

	memset(&input, 0, sizeof(input));
	input.message.at = message;
	input.message.size_bytes = make_message(message, sizeof(message));
	input.envelope.from = span_of("j@a.example");
	input.envelope.has_from = true;
	sieve_options_default(&options);
	before_us = now_us();
	program = sieve_compile(
	    "bench", span_of(script), &options, NULL, &errors);
	if (program == NULL || times_us == NULL || rounds == 0) {
		(void)fprintf(stderr, "no program: %s\n", errors.list[0].text);
		return 1;
	}
	(void)printf("compile %.0f us\n", now_us() - before_us);
	for (i = 0; i < rounds; i++)
		times_us[i] = run_once(program, &input);
	qsort(times_us, rounds, sizeof(*times_us), by_size);
	(void)printf("ten rules, %zu bytes: least %.1f us, median %.1f us\n",
	    input.message.size_bytes, times_us[0], times_us[rounds / 2]);
	sieve_release(program);
	free(times_us);
	return 0;
}
