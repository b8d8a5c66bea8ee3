/*
 * deliveries.c - how long do so many deliveries take?
 *
 * usage: deliveries COUNT WRITERS MESSAGE COMMAND [ARGUMENT ...]
 *
 * Runs COMMAND COUNT times, at most WRITERS at once, each with MESSAGE as
 * its standard input, and prints the microseconds that one took on average.
 * Fails when any of them does not exit 0.
 */
#include <sys/types.h>
#include <sys/wait.h>

#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static void
start(const char *message, char **command)
{
	int fd;

	switch (fork()) {
	case -1:
		err(1, "fork");
	case 0:
		fd = open(message, O_RDONLY);
		if (fd == -1 || dup2(fd, STDIN_FILENO) == -1)
			err(1, "%s", message);
		execv(command[0], command);
		err(1, "%s", command[0]);
	default:
		break;
	}
}

static void
await_one(void)
{
	int status;

	if (wait(&status) == -1)
		err(1, "wait");
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		errx(1, "a delivery failed with status %d", status);
}

static double
now_us(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now) == -1)
		err(1, "clock_gettime");
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

int
main(int argc, char **argv)
{
	double start_us = now_us();
	int count;
	int writers;
	int begun;

	if (argc < 5)
		errx(64, "usage: deliveries count writers message command...");
	count = atoi(argv[1]);
	writers = atoi(argv[2]);
	if (count < 1 || writers < 1)
		errx(64, "count and writers must be 1 or more");
	for (begun = 0; begun < count; begun++) {
		if (begun >= writers)
			await_one();
		start(argv[3], argv + 4);
	}
	for (begun = begun < writers ? begun : writers; begun > 0; begun--)
		await_one();
	(void)printf("%.0f\n", (now_us() - start_us) / count);
	return 0;
}
