/*
 * spool_racer.c - somebody in a spool who wants another's mail to go astray.
 *
 * spool_racer SPOOL NAME UID VICTIM ...: until SIGTERM or for two minutes,
 * take away what lies in SPOOL for the mailbox NAME (the mbox, its journal,
 * its lock, the keeper's unfinished files) and put something of ours there:
 * a symbolic or hard link to a VICTIM, or a file that all may write. With
 * SPOOL "-NAME", the folder itself is swapped for a link to each VICTIM.
 *
 * What belongs to UID is renamed to "kept.N", never removed: so a test can
 * still count each message. Prints how many turns were made, and how many
 * things of ours stood in the way of a delivery.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/prng.h"

enum { MOST_S = 120, PATH_BYTES = 1024, PAUSE_MOST_US = 400 };

static volatile sig_atomic_t is_stopped;

static struct {
	const char *box;
	uid_t uid;
	char *const *victims;
	unsigned int victim_count;
	struct prng random;
	unsigned long turns;
	unsigned long placed;
	unsigned long names;
} race;

static void
stop(int number)
{
	(void)number;
	is_stopped = 1;
}

static const char *
any_victim(void)
{
	return race.victims[prng_next(&race.random) % race.victim_count];
}

/* Some turns are tight, in others a delivery gets through. */
static void
pause_a_while(void)
{
	struct timespec pause = { 0, 0 };

	if (prng_next(&race.random) % 2 == 0)
		return;
	pause.tv_nsec = 1000 *
	    (long)(prng_next(&race.random) % PAUSE_MOST_US);
	(void)nanosleep(&pause, NULL);
}

/*
 * Under a new name first: only then is it certain what it is. Gives whether
 * it is the owner's mail, under its new name.
 */
static bool
take_away_as(char kept[64], const char *name)
{
	struct stat st;

	(void)snprintf(
	    kept, 64, "kept.%ld.%lu", (long)getpid(), race.names++);
	if (rename(name, kept) == -1 || lstat(kept, &st) == -1)
		return false;
	if (S_ISREG(st.st_mode) && st.st_uid == race.uid && st.st_nlink == 1)
		return true;
	(void)unlink(kept);
	return false;
}

static void
take_away(const char *name)
{
	char kept[64];

	(void)take_away_as(kept, name);
}

static bool
make_file(const char *name)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0666);

	if (fd == -1)
		return false;
	(void)fchmod(fd, 0666);
	(void)close(fd);
	return true;
}

/* A file of the owner's own would be a mailbox like any other. */
static bool
place(const char *name)
{
	unsigned int least = geteuid() == race.uid ? 1 : 0;

	switch (least + prng_next(&race.random) % (4 - least)) {
	case 0:
		return make_file(name);
	case 1:
		return mkfifo(name, 0666) == 0;
	case 2:
		return symlink(any_victim(), name) == 0;
	default:
		return link(any_victim(), name) == 0;
	}
}

/* What belongs to a mailbox begins with its name, dots and all. */
static bool
is_about(const char *name)
{
	return strncmp(name, race.box, strlen(race.box)) == 0 ||
	    (name[0] == '.' &&
		(strncmp(name, ".lk.", 4) == 0 ||
		    strncmp(name + 1, race.box, strlen(race.box)) == 0));
}

/* The names that live for a moment, such as those of locks being made. */
static void
attack_any(void)
{
	struct dirent *entry;
	DIR *dir = opendir(".");

	if (dir == NULL)
		return;
	while (!is_stopped && (entry = readdir(dir)) != NULL)
		if (is_about(entry->d_name)) {
			take_away(entry->d_name);
			if (place(entry->d_name))
				race.placed++;
		}
	(void)closedir(dir);
}

static void
attack(const char *format)
{
	char name[PATH_BYTES];

	(void)snprintf(name, sizeof(name), format, race.box);
	take_away(name);
	if (prng_next(&race.random) % 2 == 0)
		pause_a_while();
	if (!place(name))
		return;
	race.placed++;
	pause_a_while();
	take_away(name);
}

/*
 * What is opened is ours, and what is looked at afterwards is the mailbox
 * again. The name is taken by ours all the time: so nobody else makes one
 * that our rename() would remove.
 */
static void
attack_and_restore(const char *name)
{
	char kept[64];

	if (!take_away_as(kept, name) || !place(name))
		return;
	race.placed++;
	pause_a_while();
	(void)rename(kept, name);
}

static void
attack_names(void)
{
	static const char *const formats[] = { "%s", "%s", "%s.lock",
		".%s.mda" };
	unsigned int which = prng_next(&race.random) % 8;

	if (which < 4)
		attack(formats[which]);
	else if (which == 4)
		attack_any();
	else
		attack_and_restore(race.box);
	pause_a_while();
}

/* The folder stays what it is, under another name. */
static void
attack_folder(const char *spool)
{
	char away[PATH_BYTES];

	(void)snprintf(away, sizeof(away), "%s.away", spool);
	if (rename(spool, away) == -1)
		return;
	if (symlink(any_victim(), spool) == 0)
		race.placed++;
	pause_a_while();
	(void)unlink(spool);
	if (rename(away, spool) == -1)
		is_stopped = 1; /* the test would wait for nothing */
	pause_a_while();
}

int
main(int argc, char **argv)
{
	bool is_folder;

	if (argc < 5)
		return 2;
	is_folder = argv[1][0] == '-';
	race.box = argv[2];
	race.uid = (uid_t)strtol(argv[3], NULL, 10);
	race.victims = argv + 4;
	race.victim_count = (unsigned int)argc - 4;
	race.random = prng_start((unsigned int)getpid());
	(void)signal(SIGTERM, stop);
	(void)signal(SIGALRM, stop);
	(void)alarm(MOST_S);
	(void)umask(0);
	if (!is_folder && chdir(argv[1]) == -1)
		return 1;
	for (; !is_stopped; race.turns++) {
		if (is_folder)
			attack_folder(argv[1] + 1);
		else
			attack_names();
	}
	(void)printf("%lu turns, %lu placed\n", race.turns, race.placed);
	return 0;
}
