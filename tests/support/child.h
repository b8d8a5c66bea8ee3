/*
 * child.h - something that may end the process, in a process of its own.
 */
#ifndef TESTS_SUPPORT_CHILD_H
#define TESTS_SUPPORT_CHILD_H

#include <sys/types.h>
#include <sys/wait.h>

#include <atf-c.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

struct ending {
	int exit_code;	/* -1: ended by a signal */
	char text[512]; /* what it wrote on standard error */
};

/*
 * child_say - in a child, hand a word to the test, on standard error.
 */
static inline void
child_say(const char *word)
{
	if (write(STDERR_FILENO, word, strlen(word)) == -1)
		_exit(EX_OSERR);
}

/*
 * child_run - run a function in a child, to the end.
 *
 * Gives   how it ended; 0 when the function comes back.
 */
static inline struct ending
child_run(void (*work)(void))
{
	struct ending ending = { -1, "" };
	size_t used_bytes = 0;
	ssize_t got;
	int ends[2];
	int status;
	pid_t pid;

	ATF_REQUIRE_EQ(0, pipe(ends));
	pid = fork();
	ATF_REQUIRE(pid != -1);
	if (pid == 0) {
		(void)dup2(ends[1], STDERR_FILENO);
		(void)close(ends[0]);
		(void)close(ends[1]);
		work();
		_exit(0);
	}
	ATF_REQUIRE_EQ(0, close(ends[1]));
	while ((got = read(ends[0], ending.text + used_bytes,
		    sizeof(ending.text) - 1 - used_bytes)) > 0)
		used_bytes += (size_t)got;
	ending.text[used_bytes] = '\0';
	ATF_REQUIRE_EQ(0, close(ends[0]));
	ATF_REQUIRE_EQ(pid, waitpid(pid, &status, 0));
	if (WIFEXITED(status))
		ending.exit_code = WEXITSTATUS(status);
	return ending;
}

#endif
