/*
 * race.c - how long, how much, for several commands in turn?
 *
 * usage: race ROUNDS COUNT MESSAGE [AFTER] <LIST
 *
 * LIST has a contestant a line: its name, a tab, how many run at once, a tab,
 * and a command whose words are parted by blanks. In each round each
 * contestant runs COUNT times with MESSAGE as standard input; the rounds
 * begin with another one each time. So what slows the machine down for a while
 * slows all of them. For each turn a line goes out:
 *
 *	name TAB round TAB wall TAB cpu TAB peak
 *
 * microseconds a delivery, of the clock and of user and system time, and
 * kilobytes of the largest. A command that does not exit 0 ends the race.
 * AFTER is run by the shell after each turn, and not measured.
 */
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <err.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { CONTESTANTS_MAX = 32, WORDS_MAX = 32, LINE_MAX_BYTES = 4096 };

struct contestant {
	char line[LINE_MAX_BYTES];
	const char *name;
	int writers; /* at once */
	char *words[WORDS_MAX + 1];
};

struct turn {
	long long cpu_us;
	long peak_kb;
};

extern char **environ;

static struct contestant contestants[CONTESTANTS_MAX];

static void
start(const struct contestant *who, const char *message)
{
	posix_spawn_file_actions_t actions;
	pid_t pid;

	if (posix_spawn_file_actions_init(&actions) != 0 ||
	    posix_spawn_file_actions_addopen(
		&actions, STDIN_FILENO, message, O_RDONLY, 0) != 0 ||
	    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO,
		"/dev/null", O_WRONLY, 0) != 0 || /* safecat says a name */
	    posix_spawnp(&pid, who->words[0], &actions, NULL, who->words,
		environ) != 0)
		errx(1, "cannot start %s", who->words[0]);
	(void)posix_spawn_file_actions_destroy(&actions);
}

static long long
us_of(const struct timeval *time)
{
	return (long long)time->tv_sec * 1000000 + time->tv_usec;
}

static void
await_one(const struct contestant *who, struct turn *turn)
{
	struct rusage usage;
	int status;

	if (wait4(-1, &status, 0, &usage) == -1)
		err(1, "wait4");
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		errx(1, "%s: status %#x", who->name, (unsigned int)status);
	turn->cpu_us += us_of(&usage.ru_utime) + us_of(&usage.ru_stime);
	if (usage.ru_maxrss > turn->peak_kb)
		turn->peak_kb = usage.ru_maxrss;
}

static double
now_us(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now) == -1)
		err(1, "clock_gettime");
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void
take_turn(const struct contestant *who, int round, int count,
    const char *message)
{
	const int writers = who->writers;
	struct turn turn = { 0, 0 };
	double start_us = now_us();
	int begun;

	for (begun = 0; begun < count; begun++) {
		if (begun >= writers)
			await_one(who, &turn);
		start(who, message);
	}
	for (begun = begun < writers ? begun : writers; begun > 0; begun--)
		await_one(who, &turn);
	(void)printf("%s\t%d\t%.1f\t%.1f\t%ld\n", who->name, round,
	    (now_us() - start_us) / count, (double)turn.cpu_us / count,
	    turn.peak_kb);
}

static void
read_contestant(struct contestant *who)
{
	char *number = strchr(who->line, '\t');
	char *rest = number == NULL ? NULL : strchr(number + 1, '\t');
	char *word;
	size_t words = 0;

	if (rest == NULL || (who->writers = atoi(number + 1)) < 1)
		errx(64, "not a name, a number and a command: %s", who->line);
	*number = '\0';
	who->name = who->line;
	for (word = strtok(rest + 1, " \n"); word != NULL && words < WORDS_MAX;
	     word = strtok(NULL, " \n"))
		who->words[words++] = word;
	if (words == 0)
		errx(64, "no command for %s", who->name);
}

static int
read_list(void)
{
	int count = 0;

	while (count < CONTESTANTS_MAX &&
	    fgets(contestants[count].line, LINE_MAX_BYTES, stdin) != NULL)
		read_contestant(&contestants[count++]);
	if (count == 0)
		errx(64, "nobody takes part");
	return count;
}

int
main(int argc, char **argv)
{
	int contestant_count;
	int round;
	int rounds;
	int turn;

	if (argc < 4 || argc > 5 || atoi(argv[1]) < 1 || atoi(argv[2]) < 1)
		errx(64, "usage: race rounds count message [after] <list");
	contestant_count = read_list();
	rounds = atoi(argv[1]);
	for (round = 0; round < rounds; round++) {
		for (turn = 0; turn < contestant_count; turn++) {
			take_turn(&contestants[(round + turn) %
				      contestant_count],
			    round, atoi(argv[2]), argv[3]);
			if (argc > 4 && system(argv[4]) != 0)
				errx(1, "failed: %s", argv[4]);
		}
	}
	return 0;
}
